"""Geometry of polylines and polygons: simplify, clip, test points."""

import heapq
from collections.abc import Sequence
from itertools import pairwise
from math import inf

Point = tuple[float, float]
Ring = list[Point]  # closed: the last point joins the first, and is not repeated


# --- simpler ----------------------------------------------------------------------------------


def area(ring: Sequence[Point]) -> float:
    """The area of a closed ring, always positive."""
    turned = zip(ring, [*ring[1:], *ring[:1]], strict=True)
    return abs(sum(x * v - u * y for (x, y), (u, v) in turned)) / 2


def simplified_corners(ring: Sequence[Point], least: float, *, is_line: bool = False) -> list[int]:
    """The indices of the points that remain of a ring when it is simplified.

    By Visvalingam and Whyatt: the point that forms the smallest triangle with its two neighbours is
    removed, and the triangles of these are measured again, until each has at least the area
    `least`. Three points always remain, or the two ends of a line.
    """
    count = len(ring)
    before = [(number - 1) % count for number in range(count)]
    after = [(number + 1) % count for number in range(count)]
    size = [_triangle(ring, before[n], n, after[n]) for n in range(count)]
    if is_line:
        size[0] = size[-1] = inf
    heap = [(each, number) for number, each in enumerate(size)]
    heapq.heapify(heap)
    gone = [False] * count
    left = count
    while heap and left > (2 if is_line else 3):
        smallest, number = heapq.heappop(heap)
        if smallest >= least:
            break
        if gone[number] or smallest != size[number]:
            continue  # measured again since
        gone[number] = True
        left -= 1
        west, east = before[number], after[number]
        after[west], before[east] = east, west
        for beside in (west, east):
            if size[beside] == inf:
                continue
            # Never less than what has gone, so that a removal cannot set off its neighbours.
            size[beside] = max(smallest, _triangle(ring, before[beside], beside, after[beside]))
            heapq.heappush(heap, (size[beside], beside))
    return [number for number in range(count) if not gone[number]]


def _triangle(ring: Sequence[Point], a: int, b: int, c: int) -> float:
    (ax, ay), (bx, by), (cx, cy) = ring[a], ring[b], ring[c]
    return abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2


def thinned(ring: Ring, least: float) -> Ring:
    return [ring[number] for number in simplified_corners(ring, least)] if len(ring) > 3 else ring


# --- within -----------------------------------------------------------------------------------


def clipped(ring: Ring, left: float, top: float, right: float, bottom: float) -> Ring:
    """The part within a box (Sutherland and Hodgman): what leaves it runs along its edge."""
    for axis, limit, sign in ((0, left, 1), (0, right, -1), (1, top, 1), (1, bottom, -1)):
        ring = _cut(ring, axis, limit, sign)
    return ring


def _cut(ring: Ring, axis: int, limit: float, sign: int) -> Ring:
    """The part where a coordinate is at least the limit, or with sign -1 at most."""
    inside: Ring = []
    last = ring[-1] if ring else (0.0, 0.0)
    last_in = (last[axis] - limit) * sign >= 0
    for point in ring:
        is_in = (point[axis] - limit) * sign >= 0
        if is_in != last_in:
            share = (limit - last[axis]) / (point[axis] - last[axis])
            other = last[1 - axis] + share * (point[1 - axis] - last[1 - axis])
            inside.append((limit, other) if axis == 0 else (other, limit))
        if is_in:
            inside.append(point)
        last, last_in = point, is_in
    return inside


def contains_point(ring: Ring, point: Point) -> bool:
    """Whether a point lies inside (even and odd crossings)."""
    x, y = point
    inside = False
    for (ax, ay), (bx, by) in pairwise([*ring, *ring[:1]]):
        if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            inside = not inside
    return inside
