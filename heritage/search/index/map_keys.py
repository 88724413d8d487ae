"""The order of the map: sites along a Morton curve in Web Mercator, on which neighbours stay near
each other.

A key interleaves the bits of the column and the row of the small square that a point lies in, so
that the points of any square of any zoom are one stretch of the order.
"""

import numpy as np

from heritage.cartography import mercator

BITS = 25  # of a column and of a row: a square of 1.2 metres at the equator
BEYOND = 1 << 2 * BITS  # the key of a point that no map of this kind shows, near a pole

_SPREADS = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)


def keys(latitudes: np.ndarray, longitudes: np.ndarray) -> np.ndarray:
    """The key of each point (int64)."""
    x, y = squares(latitudes, longitudes)
    found = _spread(x) | _spread(y) << 1
    return np.where(np.abs(latitudes) > mercator.EDGE, BEYOND, found)


def squares(latitudes: np.ndarray, longitudes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Column and row of each point, from the upper left corner of the world."""
    side = 1 << BITS
    x = np.floor((longitudes / 360 + 0.5) * side).astype(np.int64) % side
    slope = np.radians(np.clip(latitudes, -mercator.EDGE, mercator.EDGE))
    y = 0.5 - np.log(np.tan(np.pi / 4 + slope / 2)) / (2 * np.pi)
    return x, np.clip(np.floor(y * side).astype(np.int64), 0, side - 1)


def columns_and_rows(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The columns and rows of keys, for squares of any size: the inverse of `of_squares`."""
    return _gather(keys), _gather(keys >> 1)


def of_squares(columns: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The keys of all squares in these columns and rows, by row and column."""
    return _spread(columns.astype(np.int64)) | (_spread(rows.astype(np.int64)) << 1)[:, None]


def of_square(column: int, row: int) -> int:
    return int(of_squares(np.array([column]), np.array([row]))[0, 0])


def _spread(values: np.ndarray) -> np.ndarray:
    """Each bit moved to twice its place."""
    for shift, mask in _SPREADS:
        values = (values | values << shift) & mask
    return values


def _gather(values: np.ndarray) -> np.ndarray:
    values = values & _SPREADS[-1][1]
    for (shift, _mask), (_wider, mask) in zip(
        reversed(_SPREADS), [*reversed(_SPREADS[:-1]), (0, 0x00000000FFFFFFFF)], strict=True
    ):
        values = (values | values >> shift) & mask
    return values
