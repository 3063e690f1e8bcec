"""Ctrl-C while libraries are loaded that cannot be stopped anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from signal import SIGINT, default_int_handler, getsignal, signal
from threading import current_thread, main_thread
from types import FrameType


@contextmanager
def heeded() -> Iterator[None]:
    """Ctrl-C meanwhile is raised at the end; pressed once more, at once.

    Where compiled code has called Python, as LLVM does, what that raises is printed and forgotten;
    and of what LLVM's objects are half made they complain on the screen when they are deleted.

    Raises:
        KeyboardInterrupt: it was pressed.
    """
    pressed = False

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        if pressed:
            default_int_handler(number, frame)
        pressed = True

    if current_thread() is not main_thread() or getsignal(SIGINT) is not default_int_handler:
        # no signal arrives in this thread, or somebody else handles it
        yield
        return
    signal(SIGINT, note)
    try:
        yield
    finally:
        signal(SIGINT, default_int_handler)
    if pressed:
        raise KeyboardInterrupt
