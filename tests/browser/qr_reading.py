"""Reads a clean QR image off a page, as a scanner at the entrance would."""

import re

from playwright.sync_api import Locator
from qrcode import QRCode
from qrcode.base import rs_blocks
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import (
    ALPHA_NUM,
    MODE_8BIT_BYTE,
    MODE_ALPHA_NUM,
    MODE_NUMBER,
    length_in_bits,
    mask_func,
)

SQUARE = re.compile(r"M(\d+),(\d+)H")
TYPE_MASK = 0b101010000010010  # ISO/IEC 18004, 7.9.1: laid over the format bits
VERSIONED = 7  # from this version on the image says its version twice


class Bits:
    """A row of bits that is read from the front."""

    def __init__(self, values: list[int]) -> None:
        self.text = "".join(f"{value:08b}" for value in values)

    def take(self, count: int) -> int:
        taken, self.text = self.text[:count], self.text[count:]
        return int(taken.ljust(count, "0") or "0", 2)


def read_qr(image: Locator) -> str:
    """The text of the ``<svg>`` found by ``image``; medium error correction, nothing damaged."""
    path = image.locator("path").get_attribute("d") or ""
    dark = {(int(row), int(column)) for column, row in SQUARE.findall(path)}
    border = min(row for row, _ in dark)
    side = max(row for row, _ in dark) - border + 1
    matrix = [[(r + border, c + border) in dark for c in range(side)] for r in range(side)]
    return _text(Bits(_in_order(_codewords(matrix), (side - 17) // 4)), (side - 17) // 4)


def _codewords(matrix: list[list[bool]]) -> list[int]:
    """The bytes in the order of the zigzag, the mask taken off."""
    side = len(matrix)
    is_masked = mask_func(_mask_number(matrix))
    free = _free_squares(side)
    bits: list[bool] = []
    upwards = True
    for right in (c if c > 6 else c - 1 for c in range(side - 1, 0, -2)):
        for row in reversed(range(side)) if upwards else range(side):
            two = [column for column in (right, right - 1) if free[row][column]]
            bits += [matrix[row][column] ^ is_masked(row, column) for column in two]
        upwards = not upwards
    whole = len(bits) // 8
    return [sum(bits[8 * n + k] << (7 - k) for k in range(8)) for n in range(whole)]


def _mask_number(matrix: list[list[bool]]) -> int:
    column = [matrix[row][8] for row in (0, 1, 2, 3, 4, 5, 7, 8)]
    rest = [matrix[len(matrix) - 15 + bit][8] for bit in range(8, 15)]
    value = sum(dark << bit for bit, dark in enumerate(column + rest)) ^ TYPE_MASK
    return value >> 10 & 0b111


def _free_squares(side: int) -> list[list[bool]]:
    """Where an image of this size carries data: everywhere but on its fixed patterns."""
    code = QRCode(version=(side - 17) // 4, error_correction=ERROR_CORRECT_M)
    code.modules_count = side
    code.modules = [[None] * side for _ in range(side)]
    for row, column in ((0, 0), (side - 7, 0), (0, side - 7)):
        code.setup_position_probe_pattern(row, column)
    code.setup_position_adjust_pattern()
    code.setup_timing_pattern()
    code.setup_type_info(True, 0)
    if (side - 17) // 4 >= VERSIONED:
        code.setup_type_number(True)
    return [[module is None for module in row] for row in code.modules]


def _in_order(codewords: list[int], version: int) -> list[int]:
    """The data bytes of the interleaved blocks, block after block."""
    counts = [block.data_count for block in rs_blocks(version, ERROR_CORRECT_M)]
    blocks: list[list[int]] = [[] for _ in counts]
    source = iter(codewords)
    for position in range(max(counts)):
        for block, count in zip(blocks, counts, strict=True):
            if position < count:
                block.append(next(source))
    return [value for block in blocks for value in block]


def _text(bits: Bits, version: int) -> str:
    found = ""
    while mode := bits.take(4):
        count = bits.take(length_in_bits(mode, version))
        if mode == MODE_8BIT_BYTE:
            found += bytes(bits.take(8) for _ in range(count)).decode()
        elif mode == MODE_ALPHA_NUM:
            pairs = [divmod(bits.take(11), 45) for _ in range(count // 2)]
            codes = [code for pair in pairs for code in pair]
            codes += [bits.take(6) for _ in range(count % 2)]
            found += "".join(chr(ALPHA_NUM[code]) for code in codes)
        else:
            assert mode == MODE_NUMBER, f"a segment of the unknown mode {mode}"
            found += "".join(str(bits.take(10)).zfill(3) for _ in range(count // 3))
            if count % 3:
                found += str(bits.take((0, 4, 7)[count % 3])).zfill(count % 3)
    return found
