"""The shadow of the run, by command: the same network in another arithmetic, over the exact run."""

from __future__ import annotations

from collections.abc import Iterable

from rnnstep.commands.action import Action, Outcome, Takes, Words
from rnnstep.session import Session

_OFF = "off"


def shadow(session: Session, said: str) -> Outcome:
    """Run a shadow beside the run, or none any more."""
    if said == _OFF:
        session.expect_no_shadow()
        return Outcome("no shadow", {"shadow": None})
    from rnnstep.check import Tolerance
    from rnnstep.shadow import ATOL, Shadow, shadow_reference

    reference = shadow_reference(session.trace, Shadow.parse(said))
    found = session.expect(reference, Tolerance(ATOL, 0.0))
    data = {"shadow": reference.source, "largest_error": found.worst}
    told = f"shadow {reference.source}: the largest error is {found.worst:.3g}"
    if found.first is not None:
        told += f", over {ATOL:g} from t = {found.first.t} on"
    return Outcome(told, data)


def _formats(session: Session, _: str) -> Iterable[str]:  # noqa: ARG001
    from rnnstep.shadow import FORMATS

    return [*FORMATS, _OFF]


ACTIONS = (
    Action(
        "shadow",
        (),
        "",
        "what another number format would change",
        "Comparison",
        takes=Takes.TEXT,
        does=shadow,
        usage=f"FORMAT | {_OFF}",
        words=Words(_formats),
    ),
)
