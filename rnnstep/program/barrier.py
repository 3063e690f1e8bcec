"""Where the workers of the machine wait for each other: a counter in memory, without the GIL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

_PATIENCE = 4096
"""Looks at the counter, some microseconds, before the processor is left to another thread."""
_LONG = _PATIENCE + 256
"""Looks, of which the last take about 0.1 ms: the other worker must have lost its processor."""

_Typed = tuple[Any, Callable[..., Any]]
"""What numba asks of an operation that it lacks: its signature, and what makes its code."""


def _typed_add_one(_context: Any, counter: Any) -> _Typed:
    """Add 1 to the counter, and give what it was, as one operation."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place, one = _place(context, builder, signature, arguments), ir.Constant(ir.IntType(64), 1)
        return builder.atomic_rmw("add", place, one, "seq_cst")

    return types.int64(counter), generate


def _typed_count(_context: Any, counter: Any) -> _Typed:
    """Give what the counter is now, whoever has written it."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load_atomic(_place(context, builder, signature, arguments), "acquire", 8)

    return types.int64(counter), generate


def _typed_leave_processor(_context: Any) -> _Typed:
    """Let another thread run, by POSIX's sched_yield."""

    def generate(context: Any, builder: Any, *_: Any) -> Any:
        kind = ir.FunctionType(ir.IntType(32), [])
        builder.call(cgutils.get_or_insert_function(builder.module, kind, "sched_yield"), [])
        return context.get_dummy_value()

    return types.void(), generate


def _place(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    [kind], [array] = signature.args, arguments
    first = context.get_constant(types.intp, 0)
    made = context.make_array(kind)(context, builder, array)
    return cgutils.get_item_pointer(context, builder, kind, made, [first], wraparound=False)


_add_one: Any = intrinsic(_typed_add_one)
_count: Any = intrinsic(_typed_count)
_leave_processor: Any = intrinsic(_typed_leave_processor)


@njit
def wait(counter: Any, arrived: Any) -> Any:
    """Count as arrived, and go on once ``arrived`` have been counted.

    Args:
        counter: int64, (1,), 0 before the first wait.
        arrived: the workers times the waits so far, this one included.

    Returns:
        1 if another worker let this one wait for long, as if it did not run, else 0.
    """
    if _add_one(counter) + 1 == arrived:
        return 0
    looks = 0
    while _count(counter) < arrived:
        looks += 1
        if looks > _PATIENCE:
            _leave_processor()
    return 1 if looks > _LONG else 0
