"""The shadow of the run, by command: the same network in another arithmetic, over the exact run."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import TYPE_CHECKING

from rnnstep.commands.action import Action, Outcome, Parts, Takes, Words, ending
from rnnstep.progress import Progress
from rnnstep.session import Session

if TYPE_CHECKING:
    from rnnstep.check import Comparison
    from rnnstep.shadow import Shadow

_OFF = "off"


def shadow(session: Session, said: str) -> Parts:
    """Run a shadow beside the run, or none any more; given up, all is as it was."""
    if said == _OFF:
        session.expect_no_shadow()
        yield Outcome("no shadow", {"shadow": None})
        return
    from rnnstep.shadow import Shadow

    yield from ending(_beside(session, Shadow.parse(said)), _told)


def _beside(session: Session, shadow: Shadow) -> Generator[Progress | Comparison, None, None]:
    from rnnstep.check import Tolerance
    from rnnstep.shadow import ATOL, observing, root_of, shadow_reference

    for part in observing(root_of(session.trace)):
        if isinstance(part, Progress):
            yield part
        else:
            reference = shadow_reference(session.trace, shadow, part)
            yield from session.seek_expected(reference, Tolerance(ATOL, 0.0))


def _told(found: Comparison | None) -> Outcome:
    from rnnstep.shadow import ATOL

    assert found is not None
    name = found.reference.source
    told = f"shadow {name}: the largest error is {found.worst:.3g}"
    if found.first is not None:
        told += f", over {ATOL:g} from t = {found.first.t} on"
    return Outcome(told, {"shadow": name, "largest_error": found.worst})


def _formats(session: Session, _: str) -> Iterable[str]:  # noqa: ARG001
    from rnnstep.shadow import FORMATS

    return [*FORMATS, _OFF]


def _known(_: Session, said: str) -> None:
    """A format, or none."""
    from rnnstep.shadow import Shadow

    if said != _OFF:
        Shadow.parse(said)


ACTIONS = (
    Action(
        "shadow",
        (),
        "",
        "what another number format would change",
        "Comparison",
        takes=Takes.TEXT,
        goes=shadow,
        usage=f"FORMAT | {_OFF}",
        words=Words(_formats),
        checks=_known,
    ),
)
