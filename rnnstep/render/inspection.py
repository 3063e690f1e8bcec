"""A weight file, told as text or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

from rnnstep.inspection import Inspection, LayerFacts, TensorFacts


def as_json(found: Inspection) -> str:
    """The inspection as a JSON object."""
    return json.dumps(asdict(found) | {"count": found.count}, indent=2, ensure_ascii=False)


def as_text(found: Inspection) -> Iterator[str]:
    """The inspection, line by line."""
    tensors = {t.name for layer in found.layers for t in layer.tensors} | {
        t.name for t in found.unused
    }
    yield f"{found.path}: {len(tensors)} tensors, {found.count:,} numbers"
    for layer in found.layers:
        yield from _layer(layer)
    if found.unused:
        yield ""
        yield "not used"
        yield from _tensors(found.unused)
    yield from _list("inferred", found.inferred)
    yield from _list("worth a look", found.findings)


def _layer(layer: LayerFacts) -> Iterator[str]:
    yield ""
    yield f"{layer.name}: {layer.summary}"
    yield f"  {layer.shapes}"
    yield f"  {layer.numbers}"
    yield from _tensors(layer.tensors)


def _tensors(tensors: tuple[TensorFacts, ...]) -> Iterator[str]:
    rows = [
        (t.name, f"({', '.join(map(str, t.shape))})", t.dtype, t.role or "unused") for t in tensors
    ]
    widths = [max(len(row[place]) for row in rows) for place in range(3)] if rows else []
    for row in rows:
        cells = [text.ljust(width) for text, width in zip(row, widths, strict=False)]
        yield "    " + "  ".join([*cells, row[3]])


def _list(title: str, lines: tuple[str, ...]) -> Iterator[str]:
    if lines:
        yield ""
        yield title
        yield from (f"  {line}" for line in lines)
