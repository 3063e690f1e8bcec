"""Which of the layers found in a file run one after another, where it does not say so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from rnnstep.cells import load_cell
from rnnstep.layer import Link
from rnnstep.notes import Note
from rnnstep.weights.focus import is_called
from rnnstep.weights.order import Bundle, fits, likely_order, sizes_of
from rnnstep.weights.plan import Plan
from rnnstep.weights.remarks import some


class Chain(NamedTuple):
    """The layers that run.

    Attributes:
        bundles: in their order.
        notes: what was assumed about it.
        left: the layers that do not run.
    """

    bundles: list[Bundle]
    notes: tuple[Note, ...] = ()
    left: tuple[Plan, ...] = ()


def chained(bundles: Sequence[Bundle], ordered: bool, around: str = "") -> Chain:
    """The layers that run, in order, and what was assumed about it.

    If neither the order of the file nor another one lets each layer read the one before it, the
    layers around the first recurrent one that fit to each other are taken: what lies between
    the others (a convolution, attention) is no tensor, or none that is known here.

    Args:
        bundles: the layers, in the order of the file.
        ordered: whether that is the order in which they were made.
        around: the name of the layer that those around it are taken of, instead.
    """
    found = _tables(bundles)
    if len(found) < 2 or (ordered and _all_fit(found)):
        return Chain(found, doubts(found))
    other = likely_order(found)
    if _all_fit(other):
        names = ", ".join(bundle[-1].name for bundle in other)
        note = Note(f"order of the layers, which the file does not say: {names}")
        return Chain(other, (note, *doubts(other)))
    return _fitting(found if ordered else other, around)


def doubts(bundles: Sequence[Bundle]) -> tuple[Note, ...]:
    """A warning for each layer that may stand beside the one before, instead of reading it.

    Two layers of the same cell and sizes whose names are no numbers of one another, such as mu
    and sigma or an encoder and its decoder, fit one after another only by chance. And where two
    dense layers meet, a network has a function between them, which tensors do not tell.
    """
    beside = tuple(
        Note(f"'{after[-1].name}' is taken to read '{before[-1].name}'", "--prefix", warning=True)
        for before, after in pairwise(bundles)
        if before[0].cell == after[0].cell
        and sizes_of(before) == sizes_of(after)
        and _unnumbered(before) != _unnumbered(after)
    )
    between = tuple(
        Note(
            f"no function, such as relu, is run between '{b[-1].name}' and '{a[-1].name}'", "", True
        )
        for b, a in pairwise(bundles)
        if b[0].cell == a[0].cell == "Dense"
    )
    return beside + between


def _unnumbered(bundle: Bundle) -> str:
    return re.sub(r"\d+", "", bundle[-1].name)


def _all_fit(bundles: Sequence[Bundle]) -> bool:
    told = [sizes_of(bundle) for bundle in bundles]
    return all(fits(before[1], after[0]) for before, after in pairwise(told))


def _recurrent(bundle: Bundle) -> bool:
    return load_cell(bundle[0].cell).recurrent


def _fitting(bundles: Sequence[Bundle], around: str) -> Chain:
    """The first recurrent layer, or the one that is meant, and what fits before and after it."""
    start = _start(bundles, around)
    kept = [bundles[start]]
    for bundle in reversed(bundles[:start]):
        if kept[0][0].cell == "Embedding":
            # an input begins here: what is before it, is of another
            break
        if fits(sizes_of(bundle)[1], sizes_of(kept[0])[0]):
            kept.insert(0, bundle)
    for bundle in bundles[start + 1 :]:
        if bundle[0].cell == "Embedding":
            # a second input begins here: a decoder's, as a rule
            break
        if fits(sizes_of(kept[-1])[1], sizes_of(bundle)[0]):
            kept.append(bundle)
    taken = {id(bundle) for bundle in kept}
    left = [bundle for bundle in bundles if id(bundle) not in taken]
    text = f"not run, as they do not fit one after another: {some([*map(_told, left)])}"
    plans = tuple(plan for bundle in left for plan in bundle)
    return Chain(kept, (Note(text, "--layer", warning=True),), plans)


def _start(bundles: Sequence[Bundle], around: str) -> int:
    """The place of the layer that those around it are taken of."""
    recurrent = [place for place, bundle in enumerate(bundles) if _recurrent(bundle)]
    meant = [
        place
        for place, bundle in enumerate(bundles)
        if around and any(is_called(plan.name, around) for plan in bundle)
    ]
    chosen = [place for place in meant if place in recurrent] or meant or recurrent
    return chosen[0] if chosen else 0


def _told(bundle: Bundle) -> str:
    takes, gives = sizes_of(bundle)
    return f"{bundle[-1].name} {takes or 'any'}→{gives or 'any'}"


def _tables(bundles: Sequence[Bundle]) -> list[Bundle]:
    """The layers; a matrix without a bias that only fits as a table of vectors is one."""
    found = list(bundles)
    for index, (bundle, following) in enumerate(pairwise(bundles)):
        plan, takes = bundle[0], sizes_of(following)[0]
        if plan.cell != "Dense" or "b" in plan.weights or not _recurrent(following):
            break
        outputs, inputs = plan.weights["W"].shape
        if inputs == takes != outputs:
            note = Note("Embedding, by its shape: the next layer reads its rows")
            used = dict.fromkeys(plan.used, "E")
            weights = {"E": plan.weights["W"]}
            found[index] = [
                plan.replaced(cell="Embedding", weights=weights, used=used, notes=(note,))
            ]
    return found


def linked(bundles: Sequence[Bundle]) -> tuple[Plan, ...]:
    """The plans of layers of which each reads the one before."""
    plans: list[Plan] = []
    for bundle in bundles:
        before = plans[-1].name if plans else ""
        plans += [plan.replaced(reads=plan.reads or (Link(before),)) for plan in bundle]
    return tuple(plans)
