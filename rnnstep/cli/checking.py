"""What a user says about a comparison, and the comparison that follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Group, Parameter

from rnnstep.cli.options import File
from rnnstep.errors import InputError

if TYPE_CHECKING:
    import numpy as np

    from rnnstep.check import Asked, Comparison, Tolerance
    from rnnstep.session import Session

_GROUP = Group("Comparison", default_parameter=Parameter(show_default=False))


@Parameter(name="*", group=_GROUP)
@dataclass(frozen=True)
class Checking:
    """What a run is compared with, and how closely."""

    expect: Annotated[File | None, Parameter(help="File of reference values")] = None
    against: Annotated[File | None, Parameter(help="Another weight file, run on SEQ")] = None
    map: Annotated[str, Parameter(help="Names of reference values: THEIRS=OURS,…")] = ""
    value: Annotated[str, Parameter(help="Which value an array without a name is")] = ""
    at: Annotated[str, Parameter(help="Timesteps of the rows: START:STOP")] = ""
    atol: Annotated[float | None, Parameter(help="Absolute tolerance")] = None
    rtol: Annotated[float | None, Parameter(help="Relative tolerance")] = None
    ulp: Annotated[float | None, Parameter(help="Units in the last place, instead")] = None

    def compare(self, session: Session, sequence: Path, sample: int | None) -> Comparison:
        """The comparison of a session's run.

        Raises:
            InputError: nothing to compare with is said, or it does not fit.
        """
        import numpy as np

        from rnnstep.check import Comparison, from_trace, read_reference

        if (self.expect is None) == (self.against is None):
            raise InputError("say what to compare with: --expect FILE, or --against WEIGHTS")
        trace = session.trace
        if self.expect is not None:
            asked = self._asked(len(trace), sample)
            reference = read_reference(self.expect, trace.model, len(trace), asked)
        else:
            from rnnstep.opening import open_session

            other = open_session(sequence, weights=self.against, sample=sample).trace
            reference = from_trace(other, trace, str(self.against))
        dtypes = {value.dtype for value in reference.values if value.dtype.kind == "f"}
        coarse = min({*dtypes, trace.model.dtype}, key=lambda dtype: np.dtype(dtype).itemsize)
        return Comparison(trace, reference, self.tolerance(coarse, reference.decimals))

    def tolerance(self, dtype: np.dtype[Any], decimals: int | None = None) -> Tolerance:
        """The user's tolerance, or else that of a dtype.

        Raises:
            InputError: it is negative or no number.
        """
        from rnnstep.check import tolerance_for

        return tolerance_for(dtype, decimals, self.atol, self.rtol, self.ulp)

    @property
    def tolerance_alone(self) -> Checking:
        """What is said of the tolerance, and nothing else."""
        return Checking(atol=self.atol, rtol=self.rtol, ulp=self.ulp)

    def _asked(self, length: int, sample: int | None) -> Asked:
        from rnnstep.check import Asked

        return Asked(self._mapping(), self.value, self._times(length), sample)

    def _mapping(self) -> Mapping[str, str]:
        pairs = [pair.partition("=") for pair in self.map.split(",") if pair.strip()]
        for theirs, equals, ours in pairs:
            if not (theirs.strip() and equals and ours.strip()):
                raise InputError(f"--map {self.map}: write THEIRS=OURS,THEIRS=OURS")
        return {theirs.strip(): ours.strip() for theirs, _, ours in pairs}

    def _times(self, length: int) -> range | None:
        if not self.at:
            return None
        start, _, stop = self.at.partition(":")
        try:
            first = int(start or 0)
            return range(first, int(stop) if stop else length if ":" in self.at else first + 1)
        except ValueError:
            raise InputError(f"--at {self.at}: write START:STOP, such as 0:5") from None
