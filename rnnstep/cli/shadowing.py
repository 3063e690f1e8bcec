"""What a user says about a shadow, and the study that follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from cyclopts import Group, Parameter

from rnnstep.cli.options import File, Options
from rnnstep.errors import InputError

if TYPE_CHECKING:
    from rnnstep.session import Session
    from rnnstep.shadow import Spans, Study

_GROUP = Group("Shadow", default_parameter=Parameter(show_default=False))


@Parameter(name="*", group=_GROUP)
@dataclass(frozen=True)
class Shadowing:
    """What a shadow does otherwise, and how much that may matter."""

    form: Annotated[
        str, Parameter(name="--as", help="float16, bfloat16, int8, int16 or WEIGHTS/VALUES")
    ] = ""
    functions: Annotated[str, Parameter(help="table:ENTRIES, hard or hard2")] = ""
    weights_only: Annotated[bool, Parameter(negative="", help="Values stay exact")] = False
    per_row: Annotated[bool, Parameter(negative="", help="A step for each row")] = False
    calibrate: Annotated[File | None, Parameter(help="Another sequence, for the ranges")] = None
    ranges: Annotated[str, Parameter(help="Ranges of your own: h_t=1,c_t=8")] = ""
    atol: Annotated[float | None, Parameter(help="Exit 1 if an error is larger")] = None

    def study(self, session: Session, options: Options) -> Study:
        """The shadow beside a session's run.

        Raises:
            InputError: nothing to do otherwise is said, or something does not fit.
        """
        import numpy as np

        from rnnstep.check import tolerance_for
        from rnnstep.opening import open_session
        from rnnstep.shadow import ATOL, Shadow, Study, observe, with_ranges

        shadow = Shadow.in_format(self.form, self.functions, self.weights_only, self.per_row)
        tolerance_for(np.dtype(np.float32), absolute=self.atol)
        trace = session.trace
        spans = observe(trace)
        reaching: Spans = spans
        if self.calibrate is not None:
            said = {**vars(options), "weights": options.weights or trace.model.path}
            other = open_session(self.calibrate, **said).trace
            reaching = observe(other)
            if reaching.keys() != spans.keys():
                told = "is read by other layers than the sequence itself"
                raise InputError(f"--calibrate {self.calibrate}: {told}")
        reaching = with_ranges(reaching, trace.model, self._limits())
        atol = ATOL if self.atol is None else self.atol
        return Study(trace, shadow, spans, reaching, atol)

    def _limits(self) -> Mapping[str, float]:
        limits = {}
        for pair in filter(str.strip, self.ranges.split(",")):
            name, _, limit = pair.partition("=")
            try:
                limits[name.strip()] = float(limit)
            except ValueError:
                raise InputError(f"--ranges {self.ranges}: write NAME=LIMIT,…: h_t=1") from None
        return limits
