"""The debugger without a screen: a trace, a cursor in it, and what moves the cursor.

Floor 3. The screen, the commands and scripts drive the same object. Nothing here draws, waits
or calls anybody back: a method changes the session and returns what it changed.
"""

from __future__ import annotations

from collections.abc import Generator
from copy import copy
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from rnnstep.asides import asides
from rnnstep.asking import Asking
from rnnstep.bookmarks import Marking
from rnnstep.breaks.breakpoints import Breakpoints
from rnnstep.equations import dependencies
from rnnstep.errors import InputError, did_you_mean
from rnnstep.expecting import Expecting
from rnnstep.finding.finder import Finding
from rnnstep.forking import Forking
from rnnstep.forks.tree import Tree
from rnnstep.frame import Cursor, Frame, Playback
from rnnstep.history import History
from rnnstep.labels import Labels
from rnnstep.notes import Note
from rnnstep.playing import Change, Playing, difference
from rnnstep.progress import Progress
from rnnstep.ranges import Ranges
from rnnstep.stopping import Stopping
from rnnstep.trace import INITIAL, Trace
from rnnstep.watching import Watching


class Session(Playing, Stopping, Marking, Watching, Asking, Expecting, Forking, Finding):
    """A run being debugged.

    Args:
        trace: the run.
        labels: names for its parts.
        notes: what was inferred about the files, beside the model's own notes; warnings are
            put first, asides last.
        title: what is being debugged, in a few words.

    Attributes:
        source: the file of the sequence, if it is one.
        sample: which sequence of that file, if it is a batch.
    """

    def __init__(
        self,
        trace: Trace,
        labels: Labels | None = None,
        notes: tuple[Note, ...] = (),
        title: str = "",
    ) -> None:
        self.tree = Tree.of(trace)
        self.trace = trace
        self.labels = labels or Labels()
        about = (*notes, *trace.model.notes, *asides(trace))
        self.notes = tuple(sorted(about, key=lambda note: note.rank))
        self.title = title
        self.source: Path | None = None
        self.sample = 0
        self.ranges = Ranges(trace)
        self.history = History(trace)
        self.cursor = Cursor(layer=trace.model.focus)
        self.playback = Playback()
        self.breakpoints = Breakpoints()
        self._visited: list[Cursor] = []
        self._wanted_unit = 0
        self._farthest = 0

    def frame(self) -> Frame:
        """The moment at the cursor."""
        cursor = self.cursor
        step = self.trace.frame(cursor.t)
        layer = step.model.layers[cursor.layer]
        self._farthest = max(self._farthest, cursor.t)
        return Frame(
            cursor,
            step,
            layer,
            layer.cell.equations[cursor.line],
            self.trace,
            self.ranges,
            self.history,
            self.labels,
            self.playback,
            copy(self.breakpoints),
            self.bookmarks,
            self.watches,
            self.comparison,
            self.tree,
            self.effect,
        )

    def _look_at(self, trace: Trace) -> None:
        self.trace, self.ranges, self.history = trace, Ranges(trace), History(trace)
        self._farthest = min(self._farthest, trace.origin)
        self.pause()

    @property
    def ahead(self) -> int:
        """How many timesteps the cursor is ahead of all frames so far: those have to be run."""
        return max(self.cursor.t - self._farthest, 0)

    def run_on(self) -> Generator[Progress | bool, None, None]:
        """Run to the cursor in parts, so that its frame is there at once.

        Yields:
            how far it is, and then ``True``.
        """
        # of a fork both futures are shown
        for trace in (self.trace, self.trace.parent):
            for count in trace.reach(max(self.cursor.t, 0)) if trace is not None else ():
                yield Progress(count - 1)
        self._farthest = max(self._farthest, self.cursor.t)
        yield True

    # Motions in time.

    def step(self, count: int = 1) -> Change:
        """Go ``count`` timesteps forward, to the last at most."""
        return self.goto(self.cursor.t + count)

    def back(self, count: int = 1) -> Change:
        """Go ``count`` timesteps back, to the initial state at most."""
        return self.goto(self.cursor.t - count)

    def goto(self, t: int) -> Change:
        """Go to timestep ``t``, or as near as the run has one."""
        return self._move(self.cursor.replaced(t=min(max(t, INITIAL), len(self.trace) - 1)))

    def first(self) -> Change:
        """Go to timestep 0."""
        return self.goto(0)

    def last(self) -> Change:
        """Go to the last timestep."""
        return self.goto(len(self.trace) - 1)

    # Motions in the equations.

    def next_line(self, count: int = 1) -> Change:
        """Go down the equations, and on into the next layer's."""
        return self._to_line(self._lines_before + self.cursor.line + count)

    def previous_line(self, count: int = 1) -> Change:
        """Go up the equations, and on into the layer before."""
        return self._to_line(self._lines_before + self.cursor.line - count)

    def goto_line(self, layer: int, line: int) -> Change:
        """Go to a line of a layer's equations."""
        layer = min(max(layer, 0), len(self.trace.model.layers) - 1)
        lines = len(self.trace.model.layers[layer].cell.equations)
        line = min(max(line, 0), lines - 1)
        return self._move(Cursor(self.cursor.t, layer, line, self._wanted_unit))

    def goto_value(self, name: str) -> Change:
        """Go to the line that defines a value.

        Raises:
            UnknownNameError: no value has this name, or several have it.
        """
        layer, value = self.trace.model.resolve(name)
        names = [e.name for e in self.trace.model.layers[layer].cell.equations]
        return self.goto_line(layer, names.index(value) if value in names else 0)

    def goto_number(self, layer: int, name: str, unit: int) -> Change:
        """Go to an entry of a layer's value; what no line defines is shown at its first reader."""
        equations = self.trace.model.layers[layer].cell.equations
        lines = [line for line, e in enumerate(equations) if e.name == name]
        lines += [line for line, e in enumerate(equations) if name in dependencies(e.node)]
        changed = self.goto_line(layer, lines[0])
        return changed | self.goto_unit(unit)

    def next_layer(self, count: int = 1) -> Change:
        """Go to the first line of the next layer, at the same timestep; the last has none."""
        layer = min(max(self.cursor.layer + count, 0), len(self.trace.model.layers) - 1)
        return Change() if layer == self.cursor.layer else self.goto_line(layer, 0)

    def previous_layer(self, count: int = 1) -> Change:
        """Go to the first line of the layer before, at the same timestep; the first has none."""
        return self.next_layer(-count)

    def next_unit(self, count: int = 1) -> Change:
        """Look into the next entry of this line's value."""
        return self.goto_unit(self.cursor.unit + count)

    def previous_unit(self, count: int = 1) -> Change:
        """Look into the entry before of this line's value."""
        return self.goto_unit(self.cursor.unit - count)

    def goto_unit(self, unit: int) -> Change:
        """Look into one entry of this line's value, or the nearest that it has.

        The choice is kept: a line with fewer entries shows its last one, and the next line that
        has this entry shows it again.
        """
        changed = self._move(self.cursor.replaced(unit=unit))
        self._wanted_unit = self.cursor.unit
        return changed

    def unit_called(self, label: str) -> int:
        """The entry of this line's value that has a label.

        Raises:
            InputError: none has it.
        """
        frame = self.frame()
        names = [frame.label(self.cursor.layer, frame.equation.name, n) for n in range(self.units)]
        if label not in names:
            labels = [name for number, name in enumerate(names) if name != str(number)]
            nearest = get_close_matches(label, labels, n=12, cutoff=0)
            raise InputError(f"no unit '{label}'{did_you_mean(label, nearest)}")
        return names.index(label)

    @property
    def units(self) -> int:
        """How many entries the value of the cursor's line has."""
        return self.units_at(self.cursor)

    def units_at(self, cursor: Cursor) -> int:
        """How many entries the value of a line has."""
        layer = self.trace.model.layers[cursor.layer]
        return int(np.prod(layer.shape(layer.cell.equations[cursor.line].name), dtype=int))

    # To a file and back.

    def save(self, path: str | Path) -> None:
        """Save cursor, breakpoints, watches, bookmarks and forks.

        What is there of an earlier session is replaced; anything else is copied to ``FILE.bak``
        first.

        Raises:
            InputError: the file cannot be written.
        """
        from rnnstep.saved import save

        save(self, Path(path))

    def restore(self, path: str | Path) -> tuple[Note, ...]:
        """Take back what was saved.

        Returns:
            a warning for all in the file that cannot be used; everything else is.

        Raises:
            InputError: there is no such file.
        """
        from rnnstep.saved import restore

        return restore(self, Path(path))

    # From a number to what it is made of, and back.

    def to_origin(self, part: int = 0) -> Change:
        """Go to the line, layer and timestep that made what this entry is made of.

        Args:
            part: which of the parts, the largest first.

        Raises:
            InputError: it comes from the sequence or an initial state, or from weights alone.
        """
        from rnnstep.origins import origin, parts

        frame = self.frame()
        found = [] if frame.initial else parts(frame, part + 1)
        if not found:
            raise InputError("this is made of weights alone, or given: nothing made it")
        chosen = found[min(part, len(found) - 1)]
        place = origin(frame, chosen)
        if place is None:
            name = f"{frame.layer.title(chosen.name)}[{chosen.entry}]"
            raise InputError(f"{name} is given: no line made it")
        return self.visit(place)

    def visit(self, cursor: Cursor) -> Change:
        """Go to a place, so that :meth:`from_origin` comes back."""
        self._visited.append(self.cursor)
        self._wanted_unit = cursor.unit
        return self._move(cursor)

    def from_origin(self) -> Change:
        """Go back to where :meth:`to_origin` or :meth:`visit` was called."""
        if not self._visited:
            return Change()
        self._wanted_unit = self._visited[-1].unit
        return self._move(self._visited.pop())

    @property
    def _lines_before(self) -> int:
        layers = self.trace.model.layers[: self.cursor.layer]
        return sum(len(layer.cell.equations) for layer in layers)

    def _to_line(self, number: int) -> Change:
        """Go to a line counted over all layers."""
        counts = [len(layer.cell.equations) for layer in self.trace.model.layers]
        number = min(max(number, 0), sum(counts) - 1)
        layer = 0
        while number >= counts[layer]:
            number -= counts[layer]
            layer += 1
        return self.goto_line(layer, number)

    def _move(self, cursor: Cursor) -> Change:
        """Put the cursor there, its unit within the value of its line."""
        unit = min(max(cursor.unit, 0), self.units_at(cursor) - 1)
        before, self.cursor = self.cursor, cursor.replaced(unit=unit)
        return difference(before, self.cursor)
