"""What-if in a session: edits that make forks, and the way between the forks.

What makes a fork is loaded for the first one: a start does not wait for it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from rnnstep.errors import InputError
from rnnstep.forks.tree import Fork, Tree
from rnnstep.frame import Cursor
from rnnstep.labels import Labels
from rnnstep.trace import Trace

if TYPE_CHECKING:
    from rnnstep.forks.edit import Edit
    from rnnstep.forks.effect import Effect
    from rnnstep.forks.fixed import FixedPoint
    from rnnstep.forks.left_out import LeftOut

_NO_INPUT = "before the first timestep there is no input to hold: go to one"


class Forking(ABC):
    """What a session does with edits.

    Attributes:
        trace: the run that is looked at: that of the tree's current fork.
        cursor: where it stands.
        labels: names for its parts.
        tree: all runs that edits have made.
        left_out: what an earlier session had and cannot be made now; it is saved again.
        effect: how far the run differs from the one that it was forked from, if any.
    """

    trace: Trace
    cursor: Cursor
    labels: Labels
    tree: Tree
    left_out: tuple[LeftOut, ...] = ()
    effect: Effect | None = None

    @abstractmethod
    def _look_at(self, trace: Trace) -> None:
        """Debug another run of the same model over the same timesteps."""

    def edit(self, edit: Edit | str) -> Fork:
        """Fork the run with an edit, and look at the fork.

        Args:
            edit: an edit, or its text: ``set h_t[3] = 0``, ``scale i_t 0.5 from 12``; without a
                timestep it is at the cursor.

        Raises:
            ExpressionError: the text is no edit of this model, with the column.
            InputError: the edit does not fit this run; nothing was changed.
        """
        from rnnstep.forks.language import parse_edit
        from rnnstep.forks.making import edited

        if isinstance(edit, str):
            edit = parse_edit(edit, self.trace.model, self.cursor.t)
        return self._show(self.tree.grown(edited(self.trace, edit), edit))

    def ablate(self, unit: int | str | None = None) -> Fork:
        """Silence a unit for the whole run: its entry of the layer's first state is 0.

        Of a layer that carries no state it is the entry of its output.

        Args:
            unit: which one of the cursor's layer; the cursor's own if ``None``. Or what the
                labels call a unit, an output or an input, whose entry of the sequence is then 0.

        Raises:
            InputError: the layer has no such unit, or nothing has this label.
        """
        from rnnstep.forks.ready import silencing, silencing_called

        model, cursor = self.trace.model, self.cursor
        if isinstance(unit, str):
            return self.edit(silencing_called(model, self.labels, unit))
        return self.edit(silencing(model, cursor.layer, cursor.unit if unit is None else unit))

    def hold(self, t: int | None = None) -> Fork:
        """Fork the run with the input of a timestep, the cursor's if ``None``, from there on.

        Raises:
            InputError: there is no such input, or layers run backwards.
        """
        from rnnstep.forks.ready import holding

        t = self.cursor.t if t is None else t
        if t < 0:
            raise InputError(_NO_INPUT)
        return self.edit(holding(self.trace.model, t))

    def fixed_point(
        self, t: int | None = None, tolerance: float = 1e-6, limit: int = 1000
    ) -> FixedPoint:
        """Hold the input of a timestep, the cursor's if ``None``: see :func:`fixed_point`."""
        from rnnstep.forks.fixed import fixed_point

        t = self.cursor.t if t is None else t
        if t < 0:
            raise InputError(_NO_INPUT)
        return fixed_point(self.trace, t, tolerance, limit)

    def undo(self) -> Fork:
        """Look at the run that this one was forked from; or bring back what :meth:`drop` let go.

        Raises:
            InputError: this is the run as it was.
        """
        return self._show(self.tree.undone())

    def redo(self) -> Fork:
        """Look at the fork of this run that was looked at last.

        Raises:
            InputError: there is none.
        """
        return self._show(self.tree.redone())

    def switch(self, number: int) -> Fork:
        """Look at any run of the tree; 0 is the run as it was.

        Raises:
            InputError: none has this number.
        """
        return self._show(self.tree.to(number))

    def drop(self, number: int | None = None) -> Fork:
        """Let a fork go, the current one if ``None``, with all that were forked from it.

        :meth:`undo` brings them back if it is the next that is done with forks.

        Returns:
            the fork that is looked at then.

        Raises:
            InputError: none has this number, or it is the run as it was.
        """
        number = self.tree.current.number if number is None else number
        return self._show(self.tree.without(number))

    def _show(self, tree: Tree) -> Fork:
        left, self.tree = self.tree.current, tree
        # a tree of any size remembers the values of two runs: this one and its parent
        used = (tree.current, tree.current.parent)
        for fork in (left, left.parent):
            if fork is not None and fork not in used:
                fork.trace.forget()
        self.effect = tree.current.effect()
        self._look_at(tree.current.trace)
        return tree.current
