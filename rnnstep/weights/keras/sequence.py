"""Recurrent layers in their place: order of time, masks, and what the next layer gets of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rnnstep.layer import Link
from rnnstep.notes import Note
from rnnstep.weights.keras.builder import Builder
from rnnstep.weights.keras.functions import NotRun
from rnnstep.weights.keras.parts import Config, Shape, flag, mapping, text
from rnnstep.weights.keras.recurrent import RECURRENT_KINDS, Chain, chain_of
from rnnstep.weights.keras.signal import KerasLayer, Signal
from rnnstep.weights.keras.stores import Weights
from rnnstep.weights.plan import Plan

MERGES = {"concat": "Concat", "sum": "Sum", "mul": "Mul", "ave": "Ave"}
_CUT = "Cut"
_LATER = "the mask that Keras hands on is in the other order of time: not passed on"


def recurrent(
    build: Builder, layer: KerasLayer, weights: Weights, inputs: Sequence[Signal]
) -> list[Signal]:
    """A layer of one direction: its output, and its states if it returns them."""
    signal = _readable(inputs[0])
    chain = chain_of(build, layer.kind, layer.config, weights, layer.place)
    chain = chain.named(build.unique(layer.place))
    config = layer.config
    backwards, every = flag(config, "go_backwards"), flag(config, "return_sequences")
    _tell_states(build, layer, inputs)
    notes = _notes(backwards, every, signal)
    last = chain.plans[-1].replaced(notes=(*chain.plans[-1].notes, *notes))
    chain = replace(chain, plans=(*chain.plans[:-1], last))
    reverse = backwards != signal.flipped
    shape = _shape(signal, chain.units, every)
    link = chain.lay(build, signal, reverse, shape)
    zeroed = flag(config, "zero_output_for_mask")
    output = _zeroed(build, link, signal, reverse) if zeroed else link
    return [
        _joined(signal, Link(output.layer, final=reverse and not every), every, reverse, shape),
        *(_states(chain, link, signal) if flag(config, "return_state") else ()),
    ]


def bidirectional(
    build: Builder, layer: KerasLayer, weights: Weights, inputs: Sequence[Signal]
) -> list[Signal]:
    """Two layers of both directions, joined; without a merge they are two outputs."""
    signal, config = _readable(inputs[0]), layer.config
    forward, backward = _half(config, "layer"), _half(config, "backward_layer")
    ahead = mapping(forward.get("config"))
    behind = mapping(backward.get("config")) or {**ahead, "go_backwards": True}
    kinds = [text(forward, "class_name"), text(backward or forward, "class_name")]
    if any(kind not in RECURRENT_KINDS for kind in kinds):
        raise NotRun(f"both ways of {kinds[0] or 'an unknown layer'}")
    merge = config.get("merge_mode", "concat")
    if merge is not None and merge not in MERGES:
        raise NotRun("an unknown merge_mode")
    name = build.unique(layer.place)
    parts = (
        ("forward", "forward_layer", kinds[0], ahead),
        ("backward", "backward_layer", kinds[1], behind),
    )
    every = flag(ahead, "return_sequences")
    turned = flag(ahead, "go_backwards") != signal.flipped
    _tell_states(build, layer, inputs)
    chains, links, states = [], [], []
    for half, attribute, kind, settings in parts:
        store = weights.part(attribute, half)
        chain = chain_of(build, str(kind), settings, store, layer.place).named(f"{name}/{half}")
        reverse = turned if half == "forward" else not turned
        link = chain.lay(build, signal, reverse, _shape(signal, chain.units, every))
        states += _states(chain, link, signal)
        cut = _cuts(build, settings, every)
        link = _zeroed(build, link, signal, reverse) if cut else link
        links.append(Link(link.layer, final=reverse and not every))
        chains.append(chain)
    more = states if flag(ahead, "return_state") else []
    if merge is None:
        pairs = zip(links, chains, strict=True)
        return [
            *(_joined(signal, k, every, turned, _shape(signal, c.units, every)) for k, c in pairs),
            *more,
        ]
    units = chains[0].units
    both = 2 * units if merge == "concat" and units else units
    shape = _shape(signal, both, every)
    plan = Plan(name, f"Bidirectional{MERGES[merge]}", reads=tuple(links), notes=_merged(config))
    link = build.add(plan, replace(signal, stands_in=False), shape)
    return [_joined(signal, link, every, turned, shape), *more]


def _half(config: Config, key: str) -> Config:
    return mapping(config.get(key))


def _merged(config: Config) -> tuple[Note, ...]:
    said = "merge_mode" in config
    return () if said else (Note("the halves are concatenated, which the file does not say"),)


def _cuts(build: Builder, settings: Config, every: bool) -> bool:
    """Whether padding gives zeros: since TensorFlow 2 both halves of a sequence do so."""
    return every if build.major >= 3 else flag(settings, "zero_output_for_mask")


def _readable(signal: Signal) -> Signal:
    """The signal as a recurrent layer reads it."""
    if not signal.sequence:
        raise NotRun("what it reads has no timesteps")
    return signal if signal.masked_in_order else replace(signal, mask=None)


def _notes(backwards: bool, every: bool, signal: Signal) -> tuple[Note, ...]:
    notes = []
    if backwards and every:
        told = "go_backwards: shown in real time, while Keras gives its timesteps in reversed order"
        notes.append(Note(told))
    elif backwards:
        notes.append(Note("go_backwards: Keras gives what it ends with, at t = 0"))
    if signal.flipped:
        way = "forwards" if backwards else "backwards"
        notes.append(Note(f"reads a sequence in reversed order, and so runs {way} in real time"))
    if not signal.masked_in_order:
        notes.append(Note(_LATER, warning=True))
    return tuple(notes)


def _zeroed(build: Builder, link: Link, signal: Signal, reverse: bool) -> Link:
    """The same with zeros at padding."""
    if signal.mask is None:
        return link
    plan = Plan(f"{link.layer}/cut", _CUT, reads=(link, signal.mask), reverse=reverse)
    return build.add(plan, replace(signal, stands_in=False))


def _joined(signal: Signal, link: Link, every: bool, flipped: bool, shape: Shape | None) -> Signal:
    mask = signal.mask if every else None
    return replace(
        signal,
        link=link,
        shape=shape,
        sequence=every,
        flipped=flipped and every,
        mask=mask,
        # Keras turns the output of go_backwards, and hands its mask on as it is
        masked_in_order=mask is None or flipped == signal.flipped,
        recurrent=True,
        stands_in=False,
    )


def _shape(signal: Signal, units: int | None, every: bool) -> Shape | None:
    if signal.shape is None or len(signal.shape) != 3:
        return None
    return (*signal.shape[: 2 if every else 1], units)


def _states(chain: Chain, link: Link, signal: Signal) -> list[Signal]:
    """What the layer ends with, as Keras returns it: h, and c of an LSTM."""
    if len(chain.plans) > 1:
        return []
    names = ("h_t", "c_t") if chain.plans[0].cell.startswith("LSTM") else ("h_t",)
    shape = (signal.shape[0], chain.units) if signal.shape else None
    ends = [Link(link.layer, name, final=True) for name in names]
    return [_joined(signal, end, False, False, shape) for end in ends]


def _tell_states(build: Builder, layer: KerasLayer, inputs: Sequence[Signal]) -> None:
    if len(inputs) > 1:
        told = f"{layer.place}: its initial state comes from another layer; here it is zeros"
        build.notes.append(Note(told, "--state", warning=True))
