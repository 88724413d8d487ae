"""Shared parts of buildings: curved roofs, bays of columns, terraces, battlements, pagodas."""

from heritage.media.covers.brush import Canvas


def roof(
    c: Canvas, x: float, y: float, half: float, top: float, height: float, *, tiles: int = 4
) -> None:
    """A hipped roof with upturned corners.

    The eaves lie at `y` and reach `half` to each side of `x`; the ridge is `top` long to each
    side and `height` above them. `tiles` is the number of ribs on each side.
    """
    lift = min(26, 8 + half * 0.07)
    slope = half - top
    # Clockwise, as the ridge is: where they overlap, shapes that turn against each other cancel.
    outline: list[str | float] = [
        "M", x - half, y - lift,
        "Q", x - top - slope * 0.3, y - height * 0.34, x - top, y - height, "h", 2 * top,
        "Q", x + top + slope * 0.3, y - height * 0.34, x + half, y - lift,
        "Q", x + half * 0.84, y + 1, x + half * 0.6, y, "H", x - half * 0.6,
        "Q", x - half * 0.84, y + 1, x - half, y - lift, "z",
    ]  # fmt: skip
    if top > 14:
        # The ridge, and at its ends the tails that swallow it.
        tail = min(20, height * 0.32)
        outline += [
            "M", x - top - 6, y - height + 5, "v", -9, "q", -3, -tail, 9, -tail,
            "q", -3, tail - 6, 9, tail - 4, "h", 2 * top - 24, "q", 12, -2, 9, 4 - tail,
            "q", 12, 0, 9, tail, "v", 9, "z",
        ]  # fmt: skip
    c.path(c.colours.ink, *outline)
    if tiles:
        ribs: list[str | float] = []
        for number in range(-tiles, tiles + 1):
            share = number / (tiles + 0.6)
            ribs += ["M", x + top * share, y - height + 6]
            ribs += ["Q", x + (top + slope * 0.26) * share, y - height * 0.36]
            ribs += [x + half * 0.84 * share, y - 5]
        c.line(c.colours.light, 1.6, *ribs, opacity=0.24)


def bays(
    c: Canvas, x: float, y: float, half: float, height: float, count: int, *, wall: str = ""
) -> None:
    """The front of a hall: columns before a wall, lattice doors between, beam and brackets."""
    p = c.colours
    c.boxes(wall or p.wash, (x - half, y - height, 2 * half, height))
    step = 2 * half / count
    doors = [(x - half + step * (i + 0.2), y - height * 0.66, step * 0.6, height * 0.66)
             for i in range(count) if count < 4 or 0 < i < count - 1]  # fmt: skip
    c.boxes(p.light, *doors, opacity=0.8 if p.night else 0.34)
    wide = max(3, step * 0.12)
    beam = (x - half - 4, y - height, 2 * half + 8, height * 0.17)
    columns: list[str | float] = []
    for i in range(count + 1):
        columns += ["M", x - half + step * i, y, "v", -height]
    c.line(p.accent, wide, *columns, cap="butt")
    c.boxes(p.ink, beam)
    if half < 80:
        return  # brackets would be specks
    gap = 2 * half / (count * 3)
    c.dashes(
        p.light, max(2, height * 0.05), 0, gap, "M", x - half + gap / 2, y - height * 0.9, "h",
        2 * half - gap, opacity=0.5, cap="round",
    )  # fmt: skip


def terrace(c: Canvas, x: float, y: float, half: float, levels: int, rise: float) -> float:
    """Stone levels with balustrades and a flight of steps; returns the height of the top, y."""
    p = c.colours
    stone, line = (p.wash, p.light) if p.night else (p.light, p.wash)
    rails: list[str | float] = []
    posts: list[str | float] = []
    for level in range(levels):
        reach, top = half - level * rise * 0.9, y - rise * (level + 1)
        c.boxes(stone, (x - reach, top, 2 * reach, rise))
        rails += ["M", x - reach - 3, top + 1, "h", 2 * reach + 6]
        rails += ["M", x - reach, top + rise * 0.45, "h", 2 * reach]
        posts += ["M", x - reach, top + rise * 0.22, "h", 2 * reach]
    c.line(line, 2, *rails, opacity=0.75)
    c.dashes(line, rise * 0.45, 2, 11, *posts, opacity=0.75)
    top, wide = y - rise * levels, half * 0.13
    c.path(
        p.wash, "M", x - wide, top, "H", x + wide, "L", x + wide * 1.5, y, "H", x - wide * 1.5,
        "z",
    )  # fmt: skip
    c.dashes(p.light, wide * 2.4, 1.5, rise / 3 - 1.5, "M", x, top + 6, "V", y, opacity=0.5)
    return top


def hall(
    c: Canvas, x: float, y: float, half: float, height: float, *, count: int = 5, wall: str = ""
) -> None:
    """A single-storey hall, `height` from the floor at `y` to the ridge, without its terrace."""
    bays(c, x, y, half, height * 0.46, count, wall=wall)
    roof(c, x, y - height * 0.42, half * 1.34, half * 0.62, height * 0.58, tiles=3)


def battlements(c: Canvas, fill: str, left: float, right: float, y: float, size: float) -> None:
    """Merlons along a wall whose top is at `y`."""
    count = max(1, round((right - left) / (size * 1.7)))
    step = (right - left) / (count + 0.58)
    c.dashes(fill, size, step * 0.58, step * 0.42, "M", left, y - size / 2 + 1, "H", right)


def eaves_tower(
    c: Canvas, x: float, y: float, half: float, height: float, tiers: int, fill: str = ""
) -> None:
    """A brick pagoda: a tall first storey, then close eaves that draw in along a curve."""
    fill = fill or c.colours.ink
    first = height * 0.25
    parts: list[str | float] = ["M", x - half * 0.86, y, "v", -first, "h", half * 1.72, "v", first]
    parts += ["z", "M", x - half, y, "v", -first * 0.12, "h", 2 * half, "v", first * 0.12, "z"]
    low, span, below = y - first, height * 0.62, half * 0.8
    courses: list[str | float] = []
    for tier in range(tiers):
        share, after = tier / tiers, (tier + 1) / tiers
        # Tiers grow lower as they rise, and the outline is a bow, not a cone.
        base = low - span * (1 - (1 - share) ** 1.12)
        up = low - span * (1 - (1 - after) ** 1.12)
        reach, body = half * (1 - share**2 * 0.6) * 1.14, half * (1 - after**2 * 0.6) * 0.8
        thick = min((base - up) * 0.36, half * 0.2)
        # Bricks step out to the edge of the eaves, and slope back in above it.
        parts += ["M", x - below, base + 1, "L", x - reach, base - thick, "l", 3, -thick * 0.3]
        parts += ["L", x - body, base - thick * 1.9, "V", up, "H", x + body]
        parts += ["V", base - thick * 1.9, "L", x + reach - 3, base - thick * 1.3]
        parts += ["l", 3, thick * 0.3, "L", x + below, base + 1, "z"]
        courses += ["M", x - below, base - thick * 0.2, "h", 2 * below]
        below = body
    top, tip = low - span, height * 0.13
    parts += ["M", x - half * 0.4, top, "q", half * 0.3, -tip * 0.2, half * 0.3, -tip * 0.32]
    parts += ["h", half * 0.2, "q", 0, tip * 0.12, half * 0.3, tip * 0.32, "z"]
    parts += ["M", x - half * 0.13, top - tip * 0.28, "L", x, y - height, "L", x + half * 0.13]
    parts += [top - tip * 0.28, "z"]
    c.path(fill, *parts)
    if tiers > 7:
        c.line(c.colours.light, 2, *courses, opacity=0.45)
