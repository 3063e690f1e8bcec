"""Looking inside one number: the terms of its dot product, or the arithmetic of its line."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment

from rnnstep.equations import Node, infer, to_unicode
from rnnstep.equations.functions import FUNCTIONS, Kind
from rnnstep.equations.nodes import Binary, Call, walk
from rnnstep.frame import Frame
from rnnstep.render.numbers import signed
from rnnstep.render.pen import Pen
from rnnstep.render.products import products
from rnnstep.render.rows import Drawing, Row, clip
from rnnstep.terms import chosen, dot_product, operands


def drilldown(frame: Frame, pen: Pen, width: int, height: int, selected: int = 0) -> Drawing:
    """Draw what one entry of the line at the cursor is made of.

    Args:
        frame: the moment; its cursor names the entry.
        pen: the reader's choices.
        width: columns of the screen.
        height: lines of the screen.
        selected: which term of a product has to be visible, the largest is 0.

    Returns:
        rows whose targets are the places of the terms; the caption says what the entry is.
    """
    if frame.initial:
        told = "the initial state: no equation has made it"
        return Drawing([[Segment(clip(told, width), pen.look.muted)]], "initial state")
    unit, node = frame.cursor.unit, frame.equation.node
    value = float(frame.values[frame.equation.name].reshape(-1)[unit])
    caption = f"{_entry(frame, unit)} = {signed(value, pen.precision)}"
    product = _product(node)
    rows = _arithmetic(frame, value, pen, width) if product is not node else []
    targets: list[object] = [None] * len(rows)
    focus = total = 0
    terms = dot_product(frame.layer, product, frame.values, unit) if product else None
    if terms is not None:
        shown, places, at = products(terms, frame, pen, width, height - len(rows), selected)
        focus = len(rows) + at
        rows += shown
        targets += places
        total = len(terms)
    return Drawing(rows, caption, targets, focus, total)


def _entry(frame: Frame, unit: int) -> str:
    """``carry of hₜ``, or ``Wh·hₜ₋₁[3]``."""
    name = frame.equation.name
    label = frame.label(frame.cursor.layer, name, unit)
    own = "" if label == str(unit) else f" {label}"
    return f"{frame.layer.title(name)}[{unit}]{own}"


def _product(node: Node) -> Node | None:
    return next((n for n in walk(node) if isinstance(n, Binary) and n.symbol == "@"), None)


def _arithmetic(frame: Frame, value: float, pen: Pen, width: int) -> list[Row]:
    """The line for one entry: with names, with the numbers put in, and the result."""
    layer = frame.layer
    node, unit = chosen(layer, frame.equation.node, frame.values, frame.cursor.unit)
    found = operands(layer, node, frame.values, unit)

    def named(part: Node) -> str | None:
        if part not in found:
            return None
        title = to_unicode(part, layer.title)
        title = f"({title})" if " " in title else title
        return f"{title}[{unit}]" if _has_entries(frame, part) else title

    def numbered(part: Node) -> str | None:
        return signed(found[part], pen.precision) if part in found else None

    name = f"{layer.title(frame.equation.name)}[{frame.cursor.unit}]"
    indent = " " * cell_len(name)
    lines = [
        f"{name} = {to_unicode(node, leaf=named)}",
        f"{indent} = {to_unicode(node, leaf=numbered)}",
        f"{indent} = {signed(value, pen.precision)}",
    ]
    rows: list[Row] = [[Segment(clip(line, width), pen.look.plain)] for line in lines]
    together = [n for n in walk(node) if isinstance(n, Call) and _mixes(n)]
    if together:
        told = f"{together[0].function} is over all entries: this shows entry {unit} alone"
        rows.append([Segment(clip(told, width), pen.look.muted)])
    return rows


def _mixes(call: Call) -> bool:
    return FUNCTIONS[call.function].kind is not Kind.ELEMENTWISE


def _has_entries(frame: Frame, part: Node) -> bool:
    return bool(infer(part, frame.layer.cell.shapes))
