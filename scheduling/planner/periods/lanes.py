"""Looking at LANES numbers of the delta table at once, and at single bits of a word."""

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from scheduling.planner.periods.problem import Whole
from scheduling.planner.periods.tables import LANES

NUMBER = 32  # bits of llvm's own indices


@intrinsic
def lowest_bit(_context, _word):  # noqa: ANN001, ANN201 - numba's own types, known to it alone
    """The place of the lowest set bit of a word that is not zero."""

    def build(_context, builder, _signature, arguments):  # noqa: ANN001, ANN202 - as above
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), build


@intrinsic
def set_bits(_context, _word):  # noqa: ANN001, ANN201 - numba's own types, known to it alone
    """How many bits of a word are set."""

    def build(_context, builder, _signature, arguments):  # noqa: ANN001, ANN202 - as above
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), build


@intrinsic
def at_most(_context, table, _begin, _most):  # noqa: ANN001, ANN201 - numba's own types
    """A set bit for each of the LANES numbers from ``table[begin]`` on that is `most` or less."""
    number = ir.IntType(table.dtype.bitwidth)
    numbers = ir.VectorType(number, LANES)
    every = ir.Constant(ir.VectorType(ir.IntType(NUMBER), LANES), [0] * LANES)

    def build(context, builder, signature, arguments):  # noqa: ANN001, ANN202 - as above
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        there = builder.bitcast(builder.gep(array.data, [arguments[1]]), numbers.as_pointer())
        found = builder.load(there, align=number.width // 8)
        most = arguments[2] if number.width > NUMBER else builder.trunc(arguments[2], number)
        blank = ir.Constant(numbers, ir.Undefined)
        first = builder.insert_element(blank, most, ir.Constant(ir.IntType(NUMBER), 0))
        below = builder.icmp_signed("<=", found, builder.shuffle_vector(first, blank, every))
        return builder.zext(builder.bitcast(below, ir.IntType(LANES)), ir.IntType(64))

    return types.uint64(table, types.int64, types.int64), build


@njit(cache=True, nogil=True)
def count_between(
    table: NDArray[np.integer], row: Whole, groups: Whole, above: Whole, most: Whole
) -> Whole:
    """How many numbers of a row are more than `above` and at most `most`."""
    total = np.uint64(0)
    for group in range(groups):
        begin = row + LANES * group
        total += set_bits(at_most(table, begin, most) & ~at_most(table, begin, above))  # ty: ignore[missing-argument] - numba adds the first
    return total


@njit(cache=True, nogil=True)
def nth_between(
    table: NDArray[np.integer], row: Whole, above: Whole, most: Whole, place: Whole
) -> Whole:
    """Where in a row number `place` of those that `count_between` counted stands."""
    begin = row
    found = at_most(table, begin, most) & ~at_most(table, begin, above)  # ty: ignore[missing-argument] - numba adds the first
    while set_bits(found) <= place:  # ty: ignore[missing-argument] - numba adds the first
        place -= set_bits(found)
        begin += LANES
        found = at_most(table, begin, most) & ~at_most(table, begin, above)
    for _ in range(place):
        found &= found - np.uint64(1)
    return begin - row + np.int64(lowest_bit(found))
