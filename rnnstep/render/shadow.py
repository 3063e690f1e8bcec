"""A shadow beside the exact run, told as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rnnstep.check import Comparison
from rnnstep.equations import to_text
from rnnstep.render.check import as_data as comparison_data
from rnnstep.render.check import divergence_text, growth, plain_number, units
from rnnstep.shadow import Clipping, Study

_COLUMNS = ("value", "exact range", "step", "clipped", "largest error", "last error")


def as_text(study: Study) -> Iterator[str]:
    """What each value needs and loses, the growth of the error, and what of it does that."""
    found = study.comparison
    yield from _weights(study)
    yield from _table([_COLUMNS, *_rows(study)])
    yield ""
    times, error = found.over_time()
    yield from growth(found, times, error)
    yield _verdict(found)
    yield ""
    yield from units(found)
    yield from _clipped(study)
    yield from _alone(study)


def _weights(study: Study) -> Iterator[str]:
    rounded = study.weight_errors
    if rounded:
        name, error = max(rounded.items(), key=lambda one: one[1])
        count = f"{len(rounded)} weight{'s'[: len(rounded) != 1]}"
        yield f"{count} rounded to {study.shadow.weights}: by {error:.3g} at the most, in {name}"
        yield ""


def _rows(study: Study) -> Iterator[tuple[str, ...]]:
    clipped = {(one.layer, one.name): one for one in study.clippings}
    for compared in _shown(study):
        place = compared.expected.layer, compared.expected.name
        span, step, over = study.spans.get(place), study.steps.get(place), clipped.get(place)
        yield (
            study.trace.model.qualified(*place),
            f"{span.low:+.4g} … {span.high:+.4g}" if span else "",
            f"{step:.4g}" if step else "",
            f"{over.count} of {over.entries}" if over else "",
            f"{float(compared.error.max(initial=0.0)):.3g}",
            f"{float(compared.error[-1]):.3g}",
        )


def _shown(study: Study) -> Iterator[Any]:
    """Every value once: a state before the step is that of the step before."""
    for compared in study.comparison.values:
        layer = study.trace.model.layers[compared.expected.layer]
        if compared.expected.name not in layer.cell.carried:
            yield compared


def _table(rows: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *numbers in rows:
        cells = [text.rjust(width) for text, width in zip(numbers, widths[1:], strict=True)]
        yield "  ".join([name.ljust(widths[0]), *cells]).rstrip()


def _verdict(found: Comparison) -> str:
    limit = f"{found.tolerance.absolute:g}"
    if found.first is None:
        return f"the error is never over {limit}"
    return f"the error is over {limit} from {divergence_text(found, found.first)}"


def _clipped(study: Study) -> Iterator[str]:
    over = [one for one in study.clippings if one.count]
    if over:
        yield ""
        yield "clipped (the range, what would have been reached, when and where)"
    for one in over:
        name = study.trace.model.qualified(one.layer, one.name)
        reached = f"{one.limit:.4g} of {one.reached:.4g}"
        times = f"{len(one.times)} timestep{'s'[: len(one.times) != 1]} from t = {one.times[0]}"
        yield f"  {name}  {reached}  {times}, most often {name}[{int(one.over_units.argmax())}]"


def _alone(study: Study) -> Iterator[str]:
    if not study.alone:
        return
    output = study.trace.model.qualified(*study.output)
    rows = [(f"{name} alone", *_sizes(sizes)) for name, sizes in study.alone.items()]
    rows.append(("together", *_sizes(study.sizes(study.comparison))))
    yield ""
    yield "what the error is from"
    yield from _table([("", f"error of {output}", "of all values"), *rows])


def _sizes(sizes: tuple[float, float]) -> tuple[str, str]:
    own, largest = sizes
    return f"{own:.3g}", f"{largest:.3g}"


def as_data(study: Study) -> dict[str, Any]:
    """The same as JSON has it; ``equations`` are those that the shadow runs."""
    data = comparison_data(study.comparison)
    clipped = {(one.layer, one.name): one for one in study.clippings}
    for told, compared in zip(data["values"], study.comparison.values, strict=True):
        place = compared.expected.layer, compared.expected.name
        if span := study.spans.get(place):
            told.update(low=span.low, high=span.high)
        if step := study.steps.get(place):
            told.update(step=step)
        if over := clipped.get(place):
            told.update(clipped=_clipping_data(over))
        told.update(last_error=plain_number(float(compared.error[-1])))
        del told["reference"]
    del data["passed"], data["reference"]
    return {
        "shadow": str(study.shadow),
        **data,
        "weights": {name: plain_number(error) for name, error in study.weight_errors.items()},
        "alone": {name: _alone_data(sizes) for name, sizes in study.alone.items()},
        "equations": {
            layer.name: {e.name: to_text(e.node) for e in layer.cell.equations}
            for layer in study.run.model.layers
        },
    }


def _clipping_data(one: Clipping) -> Mapping[str, Any]:
    return {
        "limit": one.limit,
        "reached": plain_number(one.reached),
        "count": one.count,
        "timesteps": one.times.tolist(),
        "units": {str(unit): int(n) for unit, n in enumerate(one.over_units) if n},
    }


def _alone_data(sizes: tuple[float, float]) -> Mapping[str, float | str]:
    own, largest = map(plain_number, sizes)
    return {"output_error": own, "largest_error": largest}
