"""What is said of how a run is run: why it may have other last bits, or go back slowly."""

from __future__ import annotations

from collections.abc import Iterator

from rnnstep.economy import MEBIBYTE
from rnnstep.notes import Note
from rnnstep.program.fast import LONG, VARIABLE, when
from rnnstep.trace import Trace


def asides(trace: Trace) -> Iterator[Note]:
    """Notes on what compiles it, and on what is run again as it does not fit into memory."""
    if trace.compiled:
        which = "a long run: beyond its beginning" if when() == LONG else "a run that is"
        yield Note(f"{which} compiled where that can be", flag=VARIABLE, aside=True)
    if trace.stride > trace.block:
        memory = -(-trace.whole_budget // MEBIBYTE)
        yield Note(
            f"the state of one timestep in {trace.stride:,} is kept, and going back runs those "
            f"between again: --memory {memory} keeps one in {trace.block:,}",
            aside=True,
        )
