"""What the motions do, and how they tell where that led."""

from __future__ import annotations

from rnnstep.commands.action import Outcome, is_number
from rnnstep.equations import to_text
from rnnstep.render.numbers import signed
from rnnstep.session import Session

MOVED = Outcome(moved=True)
"""There is nothing to say but where it went, which costs a timestep to find out."""


def whereabouts(session: Session) -> Outcome:
    """Where the cursor is: timestep, layer, line and unit, and the number there."""
    frame = session.frame()
    cursor, equation = frame.cursor, frame.equation
    name = frame.trace.model.qualified(cursor.layer, equation.name)
    number = None
    if equation.name in frame.values:
        number = float(frame.values[equation.name].reshape(-1)[cursor.unit])
    value = "" if number is None else f" = {signed(number)}"
    place = f"{name}[{cursor.unit}]{value}"
    data = {
        "t": cursor.t,
        "layer": frame.layer.name,
        "line": cursor.line,
        "value": name,
        "unit": cursor.unit,
        "number": number,
    }
    text = f"{moment(session)}  {place}  ({equation.name} = {to_text(equation.node)})"
    return Outcome(text, data)


def moment(session: Session) -> str:
    """``t 12 / 31  2^12``, or the place before the first timestep."""
    t = session.cursor.t
    if t < 0:
        return "initial state (before t 0)"
    label = session.labels.of("timesteps", t)
    named = "" if label == str(t) else f"  {label}"
    return f"t {t} / {len(session.trace) - 1}{named}"


def goto(session: Session, said: str) -> Outcome:
    """To a timestep, or as near as there is one."""
    t = int(said)
    session.goto(t)
    at = session.cursor.t
    if at == t:
        return MOVED
    place = f"t {at}" if at >= 0 else "the initial state"
    return _out_of_range(f"t {t}", len(session.trace), place)


def first(session: Session, said: str) -> Outcome:
    """To timestep 0, or to the one that was said."""
    return goto(session, said or "0")


def last(session: Session, said: str) -> Outcome:
    """To the last timestep, or to the one that was said."""
    return goto(session, said or str(len(session.trace) - 1))


def unit(session: Session, said: str) -> Outcome:
    """To an entry of the line's value, by its number or its label."""
    wanted = int(said) if is_number(said) else session.unit_called(said)
    session.goto_unit(wanted)
    at = session.cursor.unit
    if at == wanted:
        return MOVED
    return _out_of_range(f"unit {wanted}", session.units, f"unit {at}")


def _out_of_range(what: str, count: int, place: str) -> Outcome:
    return Outcome(f"{what} is out of range, 0 to {count - 1}: went to {place}", moved=True)


def down(session: Session, said: str) -> Outcome:
    """To the next line."""
    session.next_line(int(said or 1))
    return MOVED


def up(session: Session, said: str) -> Outcome:
    """To the line before."""
    session.previous_line(int(said or 1))
    return MOVED


def origin(session: Session, _: str) -> Outcome:
    """To what made this number, or most of it."""
    session.to_origin()
    return MOVED
