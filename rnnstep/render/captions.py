"""What a reader must know about a drawing: its scale, and what of it is not shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from rnnstep.render.heatmap import Kind
from rnnstep.render.matrix import Layout
from rnnstep.render.numbers import unsigned
from rnnstep.render.pen import Mode, Pen
from rnnstep.render.placed import Placed


def scale_caption(told: str, kinds: Sequence[Kind]) -> str:
    """What the strongest colour stands for; digits must not be read as numbers."""
    return f"digits: ninths of {told}" if Kind.DIGIT in kinds else told


def operation_caption(layout: Layout, pen: Pen, width: int) -> str:
    """The scale, and what is not shown in full: in fewer words where ``width`` is too little."""
    scale = "" if pen.mode is Mode.NUMBERS else _scale_note(layout.placed, pen)
    full = [scale and f"{scale} ({pen.scale.value})", *_cut(layout, pen)]
    brief = [scale, *_cut(layout, pen)]
    down, across = _biggest(layout).block_size
    if down * across > 1:
        full.append(f"one cell: the largest of {down}×{across}")
        brief.append(f"{down}×{across} a cell")
    said, fewer = (" · ".join(filter(None, notes)) for notes in (full, brief))
    return said if cell_len(said) <= width else fewer


def _biggest(layout: Layout) -> Placed:
    return max(layout.placed, key=lambda one: one.block.array.size)


def _cut(layout: Layout, pen: Pen) -> Iterator[str]:
    """What of the arrays there was no room for."""
    if layout.pen.precision < pen.precision:
        yield f"{layout.pen.precision} of {pen.precision} digits"
    if layout.left_out:
        yield f"no room for {', '.join(layout.left_out)}"
    result = layout.placed[-1]
    count = result.block.array.shape[0]
    if len(result.rows) < count:
        yield f"{result.rows.start}–{result.rows.stop - 1} of {count}"
    biggest = _biggest(layout)
    if len(biggest.columns) < biggest.block.array.shape[1]:
        of = biggest.block.array.shape[1]
        yield f"columns {biggest.columns.start}–{biggest.columns.stop - 1} of {of}"


def _scale_note(placed: Sequence[Placed], pen: Pen) -> str:
    """What the strongest colour stands for: ``±2.464, Wh ±0.213``."""
    vectors = {one.block.limit for one in placed if not one.block.matrix}
    shared = f"±{unsigned(max(vectors), pen.precision)}" if len(vectors) == 1 else ""
    own = [
        f"{one.block.title} ±{unsigned(one.block.limit, pen.precision)}"
        for one in placed
        if one.block.matrix
    ]
    told = ", ".join([shared, *own] if shared else own) or "each array's largest"
    return scale_caption(told, [one.grid.kind for one in placed])
