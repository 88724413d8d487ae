"""Files of lines and rings, and the part of a ring within a box.

A file is a list of features, then their points in as few bytes as possible.

A file begins with a line of JSON, `[rank, English, Chinese, [points of each line]]` a feature. Then
follow the steps from point to point in whole units, seven bits a byte, the lowest first; the lowest
bit of a number is its sign, and the highest bit of a byte says that more of the number follows.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from heritage.cartography.outlines import Ring


@dataclass(slots=True)
class Feature:
    """Lines of one rank and name."""

    rank: int
    en: str
    zh: str
    lines: list[Ring]


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a file: `points` of shape (n, 2) in parts of the world, cut at `starts`.

    `features` has the rank and the names of each feature, `owners` by line its feature, and `boxes`
    by line what it spans: left, top, right, bottom.
    """

    features: list[tuple[int, str, str]]
    owners: np.ndarray
    points: np.ndarray
    starts: np.ndarray
    boxes: np.ndarray = field(repr=False)

    def line(self, number: int) -> np.ndarray:
        return self.points[self.starts[number] : self.starts[number + 1]]

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
    head, steps = [], []
    for each in features:
        head.append([each.rank, each.en, each.zh, [len(line) for line in each.lines]])
        for line in each.lines:
            whole = np.round(np.array(line)).astype(np.int64)
            steps.append(np.diff(whole, axis=0, prepend=np.zeros((1, 2), np.int64)).ravel())
    text = json.dumps([bits, head], ensure_ascii=False, separators=(",", ":"))
    flat = np.concatenate(steps) if steps else np.zeros(0, np.int64)
    return text.encode() + b"\n" + _packed(np.where(flat < 0, -2 * flat - 1, 2 * flat))


def _packed(values: np.ndarray) -> bytes:
    data = bytearray()
    for value in values.tolist():
        while value > 127:
            data.append(value & 127 | 128)
            value >>= 7
        data.append(value)
    return bytes(data)


def decoded_lines(data: bytes) -> Lines:
    text, _newline, packed = data.partition(b"\n")
    bits, head = json.loads(text)
    counts = [count for *_what, each in head for count in each]
    owners = np.repeat(np.arange(len(head)), [len(each[3]) for each in head])
    starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    steps = _unpacked(np.frombuffer(packed, dtype=np.uint8)).reshape(-1, 2)
    # Each line begins at the corner of the world: sums run on, less what they were at its start.
    sums = np.concatenate((np.zeros((1, 2), np.int64), np.cumsum(steps, axis=0)))
    points = (sums[1:] - np.repeat(sums[starts[:-1]], counts, axis=0)) / (1 << bits)
    if len(counts):
        low = np.minimum.reduceat(points, starts[:-1])
        high = np.maximum.reduceat(points, starts[:-1])
        boxes = np.hstack((low, high))
    else:
        boxes = np.zeros((0, 4))
    return Lines([(each[0], each[1], each[2]) for each in head], owners, points, starts, boxes)


def _unpacked(data: np.ndarray) -> np.ndarray:
    ends = np.flatnonzero(data < 128)
    first = np.concatenate(([0], ends[:-1] + 1)) if len(ends) else ends
    place = np.arange(len(data)) - np.repeat(first, ends - first + 1)
    values = np.add.reduceat((data & 127).astype(np.int64) << (7 * place), first)
    return np.where(values & 1, -(values >> 1) - 1, values >> 1)
