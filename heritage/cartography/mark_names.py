"""The names of marks on a sheet: each beside its mark, where no mark and no name of the map is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from heritage.cartography import map_names, river_names
from heritage.cartography.map_names import Box, width_of

SIZE = 12.5  # of the letters, in pixels
GAP = 5  # pixels between a mark and its name
_BOLD = 1.12  # how much wider bold letters are than `width_of` knows


@dataclass(frozen=True, slots=True)
class MarkOnSheet:
    """A mark by its middle, in pixels of the sheet. `reach` is the distance to its edge, or 0 for
    an area, within which names may stand. Its name may be empty."""

    x: float
    y: float
    reach: float
    name: str = ""


def sides(zoom: int, box: Box, script: str, marks: Sequence[MarkOnSheet]) -> list[str]:
    """For each mark, the side at which its name stands: "right", "left", "bottom", "top" or, in an
    area, "center"; "" if there is no room.

    `box` is the sheet, in pixels of the world. Earlier marks choose first.
    """
    placed = map_names.around(zoom, script, box)
    taken = placed.taken
    for river in list(river_names.within(zoom, script, box, placed)):
        taken.add(river.boxes)
    left, top, right, bottom = box
    taken.add(
        (mark.x - mark.reach + left, mark.y - mark.reach + top,
         mark.x + mark.reach + left, mark.y + mark.reach + top)
        for mark in marks
        if mark.reach
    )  # fmt: skip
    found = []
    for mark in marks:
        found.append("")
        for side, room in _boxes(mark) if mark.name else ():
            there = (room[0] + left, room[1] + top, room[2] + left, room[3] + top)
            is_inside = (
                left < there[0] and there[2] < right and top < there[1] and there[3] < bottom
            )
            if is_inside and taken.is_free([there]):
                taken.add([there])
                found[-1] = side
                break
    return found


def text_position(mark: MarkOnSheet, side: str) -> tuple[float, float, str]:
    """Where a name stands, for SVG: x, y and text-anchor."""
    away = mark.reach + GAP
    if side == "center":
        return mark.x, mark.y + SIZE * 0.36, "middle"
    if side == "right":
        return mark.x + away, mark.y + SIZE * 0.36, "start"
    if side == "left":
        return mark.x - away, mark.y + SIZE * 0.36, "end"
    return mark.x, mark.y + (away + SIZE * 0.8 if side == "bottom" else -away), "middle"


def edge_offset(mark: MarkOnSheet, side: str) -> tuple[int, int]:
    """From the middle of the mark to its edge on this side: pixels to the right and down."""
    across, down = {"right": (1, 0), "left": (-1, 0), "bottom": (0, 1), "top": (0, -1)}.get(
        side, (0, 0)
    )
    return round(mark.reach) * across, round(mark.reach) * down


def _boxes(mark: MarkOnSheet) -> Iterator[tuple[str, Box]]:
    """The best side first."""
    wide, away = width_of(mark.name, _BOLD * SIZE), mark.reach + GAP - 2
    up, down = mark.y - SIZE * 0.65, mark.y + SIZE * 0.65
    if mark.reach:
        yield "right", (mark.x + away, up, mark.x + away + wide + 4, down)
        yield "left", (mark.x - away - wide - 4, up, mark.x - away, down)
    else:
        yield "center", (mark.x - wide / 2 - 2, up, mark.x + wide / 2 + 2, down)
    for side, y in (("bottom", mark.y + away), ("top", mark.y - away - SIZE * 1.3)):
        yield side, (mark.x - wide / 2 - 2, y, mark.x + wide / 2 + 2, y + SIZE * 1.3)
