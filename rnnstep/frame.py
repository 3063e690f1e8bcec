"""What a screen shows of one moment: an immutable snapshot of a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rnnstep.cells import Equation
from rnnstep.engine import Step
from rnnstep.history import History
from rnnstep.labels import Labels
from rnnstep.layer import Layer, Values
from rnnstep.ranges import Ranges
from rnnstep.record import Record
from rnnstep.trace import INITIAL, Trace

if TYPE_CHECKING:
    from rnnstep.bookmarks import Bookmark
    from rnnstep.breaks.breakpoints import Breakpoints
    from rnnstep.check import Comparison
    from rnnstep.forks.effect import Effect
    from rnnstep.forks.tree import Tree
    from rnnstep.watching import Watch


class Cursor(Record):
    """Where the debugger stands.

    Attributes:
        t: the timestep; ``INITIAL`` (-1) is the place before the first.
        layer: the layer, from 0.
        line: the equation of that layer's cell, from 0.
        unit: the entry of that equation's value that is looked into, from 0.
    """

    t: int = 0
    layer: int = 0
    line: int = 0
    unit: int = 0


class Playback(Record):
    """Whether time runs by itself, and how fast."""

    playing: bool = False
    speed: float = 5.0


class Frame(Record):
    """All that a screen shows of one moment, immutable.

    Attributes:
        cursor: where the session stands.
        step: every value at the cursor's timestep.
        layer: the layer at the cursor.
        equation: the line at the cursor.
        trace: the run.
        ranges: how large each value gets over the run.
        history: values over time.
        labels: names for timesteps, inputs, units and outputs.
        playback: whether time runs by itself.
        breakpoints: where the run stops.
        bookmarks: places to come back to.
        watches: the expressions that are watched.
        comparison: the run beside what is expected of it, if anything is.
        tree: the forks, one of which is the run.
        effect: how far the run differs from the one that it was forked from, if any.
    """

    cursor: Cursor
    step: Step
    layer: Layer
    equation: Equation
    trace: Trace
    ranges: Ranges
    history: History
    labels: Labels
    playback: Playback
    breakpoints: Breakpoints
    bookmarks: tuple[Bookmark, ...]
    watches: tuple[Watch, ...]
    comparison: Comparison | None
    tree: Tree
    effect: Effect | None

    @property
    def initial(self) -> bool:
        """Whether this is the place before the first timestep."""
        return self.cursor.t == INITIAL

    @property
    def values(self) -> Values:
        """The values of the cursor's layer; before the first timestep only its states."""
        return self.step.layers[self.cursor.layer]

    def label(self, layer: int, name: str, entry: int) -> str:
        """What an entry of a layer's value is called; its index if it has no label."""
        model = self.step.model
        axes = model.layers[layer].cell.shapes[name]
        kind = ""
        if axes == ("input",) and layer == 0:
            kind = "inputs"
        elif axes == ("hidden",) and layer == model.focus:
            kind = "units"
        elif axes == ("output",) and layer == len(model.layers) - 1:
            kind = "outputs"
        return self.labels.of(kind, entry) if kind else str(entry)
