"""Files of lines and rings, each of which is decoded when it is asked for; and the part of a ring
within a box.

A file begins with a line of JSON: how many bits a coordinate has, and for each feature `[rank,
English name, Chinese name, number of lines]`. Then follow, for each line, its box in units of
1/65,536 of the world, and the offset at which its bytes end. Last come the steps from point to
point, as integers of variable length: seven bits a byte, the lowest first. The highest bit of a
byte says that more bytes follow; the lowest bit of a number is its sign.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np

from heritage.cartography.outlines import Ring


@dataclass(slots=True)
class Feature:
    """Lines of one rank and name."""

    rank: int
    en: str
    zh: str
    lines: list[Ring]


_GRID = 1 << 16  # units of boxes from one edge of the world to the other


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a file. `features` has rank, English and Chinese name of each feature; `owners`
    has for each line the index of its feature, and `boxes` its bounding box, rounded outwards:
    left, top, right, bottom, in parts of the world.
    """

    features: list[tuple[int, str, str]]
    owners: np.ndarray
    boxes: np.ndarray
    _steps: bytes = field(repr=False)
    _ends: list[int] = field(repr=False)
    _unit: int
    _read: dict[int, np.ndarray] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.owners)

    def line(self, number: int) -> np.ndarray:
        """The points of a line, of shape (n, 2), in parts of the world."""
        if number not in self._read:
            start = self._ends[number - 1] if number else 0
            packed = np.frombuffer(self._steps[start : self._ends[number]], dtype=np.uint8)
            steps = _unpacked(packed).reshape(-1, 2)
            self._read[number] = np.cumsum(steps, axis=0) / self._unit
        return self._read[number]

    def touching(self, left: float, top: float, right: float, bottom: float) -> np.ndarray:
        """The numbers of the lines whose box meets this one."""
        boxes = self.boxes
        return np.flatnonzero(
            (boxes[:, 0] <= right)
            & (boxes[:, 2] >= left)
            & (boxes[:, 1] <= bottom)
            & (boxes[:, 3] >= top)
        )


def clipped_ring(
    ring: np.ndarray, left: float, top: float, right: float, bottom: float
) -> np.ndarray:
    """The part of a ring, of shape (n, 2), within a box: what leaves it runs along its edge."""
    for axis, limit, sign in ((0, left, 1), (0, right, -1), (1, top, 1), (1, bottom, -1)):
        ring = _cut(ring, axis, limit, sign)
        if len(ring) < 3:
            return ring[:0]
    return ring


def _cut(ring: np.ndarray, axis: int, limit: float, sign: int) -> np.ndarray:
    """The part of a ring where a coordinate is at least the limit, or with sign -1 at most."""
    depth = (ring[:, axis] - limit) * sign
    inside = depth >= 0
    if inside.all():
        return ring
    if not inside.any():
        return ring[:0]
    following = np.roll(ring, -1, axis=0)
    crosses = inside != np.roll(inside, -1)
    over = depth - np.roll(depth, -1)
    share = np.where(crosses, depth / np.where(over == 0, 1, over), 0)[:, None]
    pairs = np.stack((ring, ring + share * (following - ring)), axis=1)
    return pairs[np.stack((inside, crosses), axis=1)]


def encoded_features(features: Iterable[Feature], bits: int) -> bytes:
    """The file; coordinates are in units of a world of 2**bits."""
    head, boxes, packed = [], [], []
    for each in features:
        head.append([each.rank, each.en, each.zh, len(each.lines)])
        for line in each.lines:
            rounded = np.round(np.array(line)).astype(np.int64)
            low, high = (edge * _GRID / (1 << bits) for edge in (rounded.min(0), rounded.max(0)))
            boxes.append(np.concatenate((np.floor(low), np.ceil(high))).clip(0, _GRID - 1))
            flat = np.diff(rounded, axis=0, prepend=np.zeros((1, 2), np.int64)).ravel()
            packed.append(_packed(np.where(flat < 0, -2 * flat - 1, 2 * flat)))
    text = json.dumps([bits, head], ensure_ascii=False, separators=(",", ":"))
    ends = np.array(list(accumulate(map(len, packed))), dtype="<u4")
    spans = np.array(boxes, dtype="<u2")
    return text.encode() + b"\n" + spans.tobytes() + ends.tobytes() + b"".join(packed)


def _packed(values: np.ndarray) -> bytes:
    data = bytearray()
    for value in values.tolist():
        while value > 127:
            data.append(value & 127 | 128)
            value >>= 7
        data.append(value)
    return bytes(data)


def decoded_lines(data: bytes) -> Lines:
    text, _newline, rest = data.partition(b"\n")
    bits, head = json.loads(text)
    owners = np.repeat(np.arange(len(head)), [lines for *_what, lines in head])
    count = len(owners)
    boxes = np.frombuffer(rest, "<u2", 4 * count).reshape(-1, 4).astype(float)
    boxes[:, 2:] += boxes[:, 2:] == _GRID - 1  # two bytes do not reach the edge of the world
    ends = np.frombuffer(rest, "<u4", count, 8 * count).tolist()
    features = [(rank, en, zh) for rank, en, zh, _lines in head]
    return Lines(features, owners, boxes / _GRID, rest[12 * count :], ends, 1 << bits)


def _unpacked(data: np.ndarray) -> np.ndarray:
    ends = np.flatnonzero(data < 128)
    first = np.concatenate(([0], ends[:-1] + 1)) if len(ends) else ends
    place = np.arange(len(data)) - np.repeat(first, ends - first + 1)
    values = np.add.reduceat((data & 127).astype(np.int64) << (7 * place), first)
    return np.where(values & 1, -(values >> 1) - 1, values >> 1)
