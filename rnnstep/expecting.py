"""A run that is expected to give something: from one divergence to the next."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator
from typing import TYPE_CHECKING

from rnnstep.playing import Change
from rnnstep.progress import Progress, last_of
from rnnstep.trace import Trace

if TYPE_CHECKING:
    from rnnstep.check import Comparison, Divergence, Reference, Tolerance


class Expecting(ABC):
    """What a session does with what is expected of its run.

    Attributes:
        trace: the run.
    """

    trace: Trace
    _comparison: Comparison | None = None
    _before: Comparison | None = None

    @abstractmethod
    def goto(self, t: int) -> Change:
        """Go to timestep ``t``, or as near as the run has one."""

    @abstractmethod
    def goto_number(self, layer: int, name: str, unit: int) -> Change:
        """Go to an entry of a layer's value."""

    @property
    def comparison(self) -> Comparison | None:
        """The run beside what is expected of it, if anything is; of a fork, the fork's."""
        known = self._comparison
        if known is not None and known.trace is not self.trace:
            from rnnstep.check import Comparison

            reference = known.reference
            reference = reference.anew(self.trace) if reference.anew else reference
            self._comparison = Comparison(self.trace, reference, known.tolerance)
        return self._comparison

    def expect(self, reference: Reference, tolerance: Tolerance) -> Comparison:
        """Compare the run with a reference from now on."""
        found = last_of(self.seek_expected(reference, tolerance))
        assert found is not None
        return found

    def seek_expected(
        self, reference: Reference, tolerance: Tolerance
    ) -> Generator[Progress | Comparison, None, None]:
        """The same in parts: how far it is, and then the comparison, which the session has then."""
        from rnnstep.check import Comparison

        made = Comparison(self.trace, reference, tolerance)
        if reference.is_shadow:
            # another reference is looked at when it is asked for
            for part in made.comparing():
                if isinstance(part, Progress):
                    yield part
        known = self._comparison
        if reference.is_shadow and known and not known.reference.is_shadow:
            self._before = known
        self._comparison = made
        yield made

    def expect_no_shadow(self) -> None:
        """Compare the run no longer with a shadow, but with what was expected before."""
        known = self._comparison
        if known and known.reference.is_shadow:
            self._comparison, self._before = self._before, None

    def goto_divergence(self, t: int, forward: bool = True) -> Divergence | None:
        """Go to the first number that is wrong after timestep ``t``, or the last before it.

        Returns:
            the number; ``None`` if all are right, or nothing is expected.
        """
        known = self.comparison
        found = None if known is None else known.after(t) if forward else known.before(t)
        if found is not None:
            self.goto_number(found.layer, found.name, found.unit)
            self.goto(found.t)
        return found
