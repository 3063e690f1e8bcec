"""What a reader must know about a drawing: its scale, and what of it is not shown."""

from __future__ import annotations

from collections.abc import Sequence

from rnnstep.render.heatmap import Kind
from rnnstep.render.matrix import Layout
from rnnstep.render.numbers import unsigned
from rnnstep.render.pen import Mode, Pen
from rnnstep.render.placed import Placed


def scale_caption(told: str, kinds: Sequence[Kind]) -> str:
    """What the strongest colour stands for; digits must not be read as numbers."""
    return f"digits: ninths of {told}" if Kind.DIGIT in kinds else told


def operation_caption(layout: Layout, pen: Pen) -> str:
    """The scale, and what is not shown in full."""
    placed = layout.placed
    notes = [] if pen.mode is Mode.NUMBERS else [_scale_note(placed, pen)]
    if layout.pen.precision < pen.precision:
        notes.append(f"{layout.pen.precision} of {pen.precision} digits")
    if layout.left_out:
        notes.append(f"no room for {', '.join(layout.left_out)}")
    result = placed[-1]
    count = result.block.array.shape[0]
    if len(result.rows) < count:
        notes.append(f"{result.rows.start}–{result.rows.stop - 1} of {count}")
    biggest = max(placed, key=lambda one: one.block.array.size)
    down, across = biggest.block_size
    if down * across > 1:
        notes.append(f"one cell: the largest of {down}×{across}")
    if len(biggest.columns) < biggest.block.array.shape[1]:
        of = biggest.block.array.shape[1]
        notes.append(f"columns {biggest.columns.start}–{biggest.columns.stop - 1} of {of}")
    return " · ".join(notes)


def _scale_note(placed: Sequence[Placed], pen: Pen) -> str:
    """What the strongest colour stands for: ``±2.464, Wh ±0.213 (sequence)``."""
    vectors = {one.block.limit for one in placed if not one.block.matrix}
    shared = f"±{unsigned(max(vectors), pen.precision)}" if len(vectors) == 1 else ""
    own = [
        f"{one.block.title} ±{unsigned(one.block.limit, pen.precision)}"
        for one in placed
        if one.block.matrix
    ]
    told = ", ".join([shared, *own] if shared else own) or "each array's largest"
    return scale_caption(f"{told} ({pen.scale.value})", [one.grid.kind for one in placed])
