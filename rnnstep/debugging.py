"""``rnnstep.debug``: a model in memory in the debugger, as text, or in a notebook's cell.

Floor 5: a face, as the command is.
"""

from __future__ import annotations

import builtins
import sys
from typing import Any

from rnnstep.live import open_live
from rnnstep.notes import printable
from rnnstep.session import Session

PRINTED = 10
"""Timesteps that are printed."""
SHOWN = 3
"""Timesteps that a notebook's cell shows from the start, and then the last one."""
_WIDTH = 100


class NotebookSession(Session):
    """A session that a notebook shows as a page, and a plain console as text."""

    def _repr_html_(self) -> str:
        """The equations, the run over time and a few timesteps: static and self-contained."""
        from rnnstep.render.html import page

        last = len(self.trace) - 1
        return page(self, sorted({*range(min(SHOWN, last)), last}))

    def __repr__(self) -> str:
        """The first timesteps as text."""
        return as_text(self)


def debug(
    module: Any,
    xs: Any,
    state: Any = None,
    *,
    sample: int | None = None,
    layer: str = "",
    dtype: str | None = None,
) -> Session:
    """Debug a live torch.nn module, or a Keras layer or model, on an input.

    Opens the debugger when the output is a terminal, and else prints the first timesteps; in a
    notebook the session that it returns is shown as a page.

    Args:
        module: the model; see :func:`rnnstep.live.open_live` for what of it is run.
        xs: the input: (timesteps, features), (timesteps,), or a batch as the module takes it.
        state: initial states by name, or as the framework takes them.
        sample: which sequence of a batch; the first if ``None``.
        layer: whose values go by their bare names; by default the first recurrent layer.
        dtype: ``float16``, ``float32`` or ``float64``; by default the weights' own.

    Returns:
        the session: ``session.trace.series("h_t")``.

    Raises:
        InputError: in one line, what does not fit and what to do.
    """
    session = open_live(module, xs, state, sample=sample, layer=layer, dtype=dtype)
    if _in_notebook():
        # the notes of the model are in the session's already
        shown = object.__new__(NotebookSession)
        vars(shown).update(vars(session))
        return shown
    if sys.stdout.isatty() and sys.stdin.isatty():
        from rnnstep.tui import run

        run(session)
    else:
        sys.stdout.write(f"{as_text(session)}\n")
    return session


def as_text(session: Session) -> str:
    """The first timesteps as ``rnnstep print`` has them."""
    from rnnstep.render.pen import Pen
    from rnnstep.render.report import report
    from rnnstep.render.rows import plain

    count = len(session.trace)
    rows = report(session, range(min(count, PRINTED)), Pen(), _WIDTH)
    lines = [printable(plain(row)).rstrip() for row in rows]
    if count > PRINTED:
        lines += ["", f"… {count - PRINTED} more timesteps: session.trace.frame({PRINTED})"]
    return "\n".join(lines)


def _in_notebook() -> bool:
    """Whether IPython runs this, and not in a terminal."""
    get = getattr(builtins, "get_ipython", None)
    return get is not None and get() is not None and not sys.stdout.isatty()
