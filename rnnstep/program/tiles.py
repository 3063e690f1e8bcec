"""Sixteen rows of a matrix times some vectors, each sum in a register until it is made.

numba has no vector types: what its loops add up goes through memory, or is added across the lanes
of a register, which takes longer than the products of a short row. So these are LLVM's own.

Who changes this file: see :mod:`rnnstep.program.kernels`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import binding, ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from rnnstep.program.panels import LANES

_INDEX, _I32, _BIT = (ir.IntType(bits) for bits in (64, 32, 1))
_EACH = range(LANES)

_CONTRACT = ("contract",)
"""A product and a sum become one operation, rounded once, where the processor has it."""

_Typed = tuple[Any, Callable[..., Any]]
"""What numba asks of an operation that it lacks: its signature, and what makes its code."""


def _tile(vectors: int, chains: int, panels: int = 1) -> Any:
    """The operation that multiplies panels with so many vectors.

    Compiled code calls it with places in arrays, all unsigned: where the first panel begins,
    (columns, lanes) one behind the other; the vectors' array, where the first begins and how far
    each is from the one before it, and their columns; the results' array, where the first vector's
    begin and how far those of each are from those of the one before it; and how many rows there
    are, what goes beyond is left out.

    Args:
        vectors: how many.
        chains: sums of each number that are made side by side and added at the end, a power of
            two: a sum waits for the one before it, so a core needs some four to be busy. Each is
            of a stretch of the columns, for memory gives more where it is read in several places.
        panels: how many, one behind the other.
    """

    def typed(
        _context: Any,
        matrix: Any,
        _begin: Any,
        x: Any,
        _first: Any,
        _step: Any,
        _columns: Any,
        out: Any,
        _to: Any,
        _apart: Any,
        _rows: Any,
    ) -> _Typed:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            _, start, _, first, step, columns, _, to, apart, rows = arguments
            data = [
                context.make_array(kind)(context, builder, array).data
                for kind, array in zip(signature.args, arguments, strict=True)
                if isinstance(kind, types.Array)
            ]
            size = builder.mul(columns, _index(LANES))
            matrices = _places(builder, data[0], start, size, panels)
            number = context.get_data_type(signature.args[0].dtype)
            code = _Code(
                builder, number, matrices, _places(builder, data[1], first, step, vectors), chains
            )
            results = code.sums(columns)
            for panel in range(panels):
                before = _index(panel * LANES)
                left, begin = builder.sub(rows, before), builder.add(to, before)
                places = _places(builder, data[2], begin, apart, vectors)
                for place, sums in zip(places, results[panel::panels], strict=True):
                    code.store(sums, place, left)
            return context.get_dummy_value()

        place = types.uint64
        return types.void(matrix, place, x, place, place, place, out, place, place, place), generate

    return intrinsic(typed)


def _sum(vectors: int) -> Any:
    """The operation that adds up the products of two panels with so many pairs of vectors.

    Compiled code calls it with places in arrays, all unsigned: where a column begins that the sums
    start with, and behind it the panels; the numbers' array; for each panel its columns, where its
    first vector begins and how far each is from the one before it; and as :func:`_tile`, where the
    results go in the numbers' array.
    """

    # one by one, for numba unpacks no arguments here
    def typed(
        _context: Any,
        weights: Any,
        _begin: Any,
        numbers: Any,
        _columns: Any,
        _first: Any,
        _step: Any,
        _more: Any,
        _second: Any,
        _other: Any,
        _to: Any,
        _apart: Any,
        _rows: Any,
    ) -> _Typed:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            _, begin, _, columns, first, step, more, second, other, to, apart, rows = arguments
            matrix, values = (
                context.make_array(signature.args[i])(context, builder, arguments[i]).data
                for i in (0, 2)
            )
            number = context.get_data_type(signature.args[0].dtype)
            start = _Code(builder, number, [builder.gep(matrix, [begin])], [], 1)
            panel, sums = start.after(_index(1)), [start.column(_index(0))] * vectors
            for size, place, apart_by in ((columns, first, step), (more, second, other)):
                places = _places(builder, values, place, apart_by, vectors)
                code = _Code(builder, number, [panel], places, 1)
                panel, sums = code.after(size), code.more(size, sums)
            places = _places(builder, values, to, apart, vectors)
            for place, total in zip(places, sums, strict=True):
                start.store(total, place, rows)
            return context.get_dummy_value()

        kinds = [types.uint64] * 12
        kinds[0], kinds[2] = weights, numbers
        return types.void(*kinds), generate

    return intrinsic(typed)


class _Code:
    """Writes the code of one tile: chain by chain sums for each vector, of each panel."""

    def __init__(
        self, builder: Any, number: Any, panels: Sequence[Any], vectors: Sequence[Any], chains: int
    ) -> None:
        self._builder, self._panels, self._vectors = builder, panels, vectors
        self._chains = chains
        self._lanes = ir.VectorType(number, LANES)
        self._bytes = 4 if isinstance(number, ir.FloatType) else 8

    def sums(self, columns: Any) -> list[Any]:
        """Each vector's products with the panels, vector by vector."""
        each = len(self._vectors) * len(self._panels)
        zeros = [ir.Constant(self._lanes, [0.0] * LANES)] * (each * self._chains)
        stretch = self._builder.udiv(columns, _index(self._chains))
        starts = [self._builder.mul(stretch, _index(chain)) for chain in range(self._chains)]
        sums = self._loop(_index(0), stretch, starts, zeros)
        if self._chains > 1:
            done = self._builder.mul(stretch, _index(self._chains))
            sums = self._loop(done, columns, [_index(0)], sums)
        return [self._added(sums[place::each]) for place in range(each)]

    def more(self, columns: Any, sums: Sequence[Any]) -> list[Any]:
        """The sums and what :meth:`sums` gives."""
        return self._loop(_index(0), columns, [_index(0)], sums)

    def after(self, columns: Any) -> Any:
        """The place behind so many columns of the first panel."""
        return self._after(self._panels[0], columns)

    def _after(self, panel: Any, columns: Any) -> Any:
        return self._builder.gep(panel, [self._builder.mul(columns, _index(LANES))])

    def column(self, number: Any, panel: int = 0) -> Any:
        """A column of a panel."""
        place = self._after(self._panels[panel], number)
        weights = self._builder.load(self._builder.bitcast(place, self._lanes.as_pointer()))
        weights.align = self._bytes
        return weights

    def store(self, sums: Any, place: Any, rows: Any) -> None:
        """Write the sums of the rows that there are."""
        builder = self._builder
        place = builder.bitcast(place, self._lanes.as_pointer())
        whole = builder.icmp_unsigned(">=", rows, _index(LANES))
        # to write some lanes of a register takes long where that is no instruction of its own
        with builder.if_else(whole, likely=True) as (then, otherwise):
            with then:
                builder.store(sums, place, align=self._bytes)
            with otherwise:
                self._store_some(sums, place, rows)

    def _store_some(self, sums: Any, place: Any, rows: Any) -> None:
        """Write the first of the sums."""
        builder = self._builder
        mask = builder.icmp_unsigned(
            "<", ir.Constant(_vector(_INDEX), [*_EACH]), self._spread(rows)
        )
        kinds = [self._lanes, self._lanes.as_pointer(), _I32, _vector(_BIT)]
        suffix = f"v{LANES}f{8 * self._bytes}"
        function = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(ir.VoidType(), kinds),
            f"llvm.masked.store.{suffix}.p0{suffix}",
        )
        builder.call(function, [sums, place, ir.Constant(_I32, self._bytes), mask])

    def _loop(self, begin: Any, end: Any, starts: Sequence[Any], sums: Sequence[Any]) -> list[Any]:
        """Go through columns from each start on, each start's added to a chain of its own."""
        builder = self._builder
        before, (test, body, after) = builder.block, map(builder.append_basic_block, "tba")
        builder.branch(test)
        builder.position_at_end(test)
        running = [builder.phi(value.type) for value in (begin, *sums)]
        builder.cbranch(builder.icmp_unsigned("<", running[0], end), body, after)
        builder.position_at_end(body)
        column, *added = running
        for chain, start in enumerate(starts):
            self._add(builder.add(column, start), chain, added)
        later = [builder.add(column, _index(1)), *added]
        for phi, first, value in zip(running, (begin, *sums), later, strict=True):
            phi.add_incoming(first, before)
            phi.add_incoming(value, body)
        builder.branch(test)
        builder.position_at_end(after)
        return running[1:]

    def _add(self, column: Any, chain: int, sums: list[Any]) -> None:
        """Add a column's products with each vector to the sums of a chain."""
        builder, place = self._builder, chain * len(self._vectors) * len(self._panels)
        weights = [self.column(column, panel) for panel in range(len(self._panels))]
        for vector in self._vectors:
            number = self._spread(builder.load(builder.gep(vector, [column])))
            for own in weights:
                product = builder.fmul(own, number, flags=_CONTRACT)
                sums[place] = builder.fadd(product, sums[place], flags=_CONTRACT)
                place += 1

    def _added(self, chains: list[Any]) -> Any:
        while len(chains) > 1:
            half = len(chains) // 2
            pairs = zip(chains[:half], chains[half:], strict=True)
            chains = [self._builder.fadd(a, b) for a, b in pairs]
        return chains[0]

    def _spread(self, number: Any) -> Any:
        """A number in each lane."""
        undefined = ir.Constant(_vector(number.type), ir.Undefined)
        alone = self._builder.insert_element(undefined, number, ir.Constant(_I32, 0))
        lanes = ir.Constant(_vector(_I32), [0] * LANES)
        return self._builder.shuffle_vector(alone, undefined, lanes)


def _index(number: int) -> Any:
    return ir.Constant(_INDEX, number)


def _vector(number: Any) -> Any:
    return ir.VectorType(number, LANES)


def _places(builder: Any, array: Any, first: Any, step: Any, count: int) -> list[Any]:
    apart = [builder.mul(step, _index(i)) for i in range(count)]
    return [builder.gep(array, [builder.add(first, way)]) for way in apart]


SUMS = 8 if dict(binding.get_host_cpu_features()).get("avx512f") else 4
"""Sums of a panel's rows that fit the registers of this processor: more go through memory."""

sums: Any = _sum(SUMS)
"""Two panels times so many pairs of vectors, and what they begin with."""

pair: Any = _tile(1, 2, panels=2)
"""Two panels times a vector."""

one: Any = _tile(1, 2)
"""A panel times a vector, in the bits that :data:`pair` gives to each."""

two: Any = _tile(2, 2)
"""A panel times two vectors, in the same bits."""

several: Any = _tile(SUMS, 1)
"""A panel times :data:`SUMS` vectors, each column of it read once for all of them: a quarter
quicker, in other bits."""

one_of_several: Any = _tile(1, 1)
"""A panel times a vector, in the bits that :data:`several` gives to each."""
