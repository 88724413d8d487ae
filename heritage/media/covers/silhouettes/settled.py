"""Scenes of old towns, ruins and standing stones that suit any country."""

from heritage.media.covers.brush import Canvas, leafy
from heritage.media.covers.silhouettes.scene import Scene
from heritage.media.covers.silhouettes.trees import palm


def roofs(c: Canvas) -> None:
    """An old town of pitched roofs, rank above rank up its hill."""
    p, dice = c.colours, c.dice
    c.path(p.near, "M-560 40Q-300-120-40-130T520 40z", opacity=0.6)
    ranks = ((-78, 5, 96, p.wash), (-30, 7, 104, p.light), (26, 8, 118, p.light))
    for rank, (y, count, tall, wall) in enumerate(ranks):
        x = -count * 58.0 + dice.between(-20, 20)
        walls: list[tuple[float, ...]] = []
        tiles: list[str | float] = []
        shade: list[str | float] = []
        panes: list[tuple[float, ...]] = []
        for _number in range(count):
            wide, high = dice.between(84, 118), tall * dice.between(0.78, 1.2)
            eaves = y - high * 0.62
            walls.append((x, eaves, wide, high * 0.62 + 14))
            if dice.whole(0, 1):  # the gable towards us, else the long side
                walls.append((x, eaves, wide, 2))
                tiles += ["M", x - 7, eaves + 5, "L", x + wide / 2, y - high, "L", x + wide + 7]
                tiles += [eaves + 5, "l", -9, 5, "L", x + wide / 2, y - high + 15, "L", x + 2]
                tiles += [eaves + 10, "z"]
                shade += ["M", x, eaves, "L", x + wide / 2, y - high + 8, "L", x + wide, eaves, "z"]
            else:
                tiles += ["M", x - 7, eaves + 5, "l", 14, -high * 0.36, "h", wide - 14, "l", 14]
                tiles += [high * 0.36, "z", "M", x + wide * 0.68, eaves - high * 0.3, "v", -26]
                tiles += ["h", 12, "v", 26, "z"]
            step = wide / 3
            for row in (0.14, 0.38):
                for column in (0.66, 1.66):
                    panes.append((x + step * column, eaves + high * row, step * 0.6, high * 0.13))
            x += wide + dice.between(2, 10)
        c.path(wall, *shade)
        c.boxes(wall, *walls)
        c.path((p.near, p.ink, p.accent)[rank], *tiles)
        c.boxes(p.ink if rank else p.light, *panes, opacity=0.75)
    for side in (-1, 1):
        leafy(c, side * 500, 44, 130, p.near)


def cubes(c: Canvas) -> None:
    """An old town of earth and plaster: flat roofs in steps, small windows, palms between."""
    p, dice = c.colours, c.dice
    palm(c, -330, -30, 250, p.ink)
    palm(c, 350, -20, 290, p.ink)
    for y, count, tall, tones in (
        (-96, 4, 150, (p.mid, p.near)), (-40, 6, 136, (p.wash, p.light)),
        (36, 7, 132, (p.light, p.wash)),
    ):  # fmt: skip
        x = -count * 66.0 + dice.between(-24, 24)
        for number in range(count):
            wide, high = dice.between(96, 136), tall * dice.between(0.72, 1.2)
            top, tone = y - high, tones[number % 2]
            c.boxes(tone, (x, top, wide, high + 10), (x - 3, top - 7, wide + 6, 10))
            c.boxes(p.ink, (x + wide * 0.74, top + 3, wide * 0.26, high + 6), opacity=0.16)
            dark = p.light if tone in (p.mid, p.near) else p.ink
            c.boxes(dark, (x + wide * 0.18, top + high * 0.24, 13, 20),
                    (x + wide * 0.48, top + high * 0.24, 13, 20), opacity=0.8)  # fmt: skip
            if y > 0 and number % 2:
                c.arches(p.accent, (x + wide * 0.36, y + 8, 32, 62))
            x += wide + dice.between(-4, 4)
    c.path(p.ground, "M-820 40Q-300 26 0 40T820 36V66H-820z")


def stones(c: Canvas) -> None:
    """What a dig leaves open to the sky: footings of walls in the grass, one corner still high."""
    p, dice = c.colours, c.dice
    c.path(p.near, "M-560 60Q-260-40 40-36T560 60z", opacity=0.7)
    high = dice.between(150, 200)
    c.path(p.wash, "M", -20, 20, "V", -high * 0.5, "l", 26, -8, "l", 4, -high * 0.3, "l", 40, -6,
           "l", 6, -24, "h", 96, "V", 20, "z")  # fmt: skip
    c.path(p.ink, "M", 152, 20, "V", -high * 0.8 - 38, "h", 40, "l", 8, 30, "l", 30, 6, "l", 6, 56,
           "l", 34, 10, "l", 6, 40, "l", 44, 8, "V", 20, "z")  # fmt: skip
    c.arches(p.light, (72, 20, 46, 92), opacity=0.75)
    courses: list[str | float] = []
    for y in range(-10, -int(high * 0.5), -24):
        courses += ["M", -18, y, "H", 300 if y > -60 else 240]
    c.line(p.light, 2, *courses, opacity=0.3)
    for y, gap, thick in ((52, 150, 16), (100, 200, 22)):
        for number in range(5):
            x = (number - 2.2) * gap + dice.between(-16, 16)
            long = gap * dice.between(0.5, 0.86)
            c.path(p.light, "M", x, y, "h", long, "l", -thick, thick * 0.6, "h", -long, "z")
            c.path(p.ink, "M", x - thick, y + thick * 0.6, "h", long, "v", thick, "h", -long, "z")
            c.path(p.wash, "M", x + long, y, "v", thick, "l", -thick, thick * 0.6, "v", -thick, "z")
    leafy(c, -330, 34, 170, p.near)
    leafy(c, 430, 40, 130, p.wash)


def menhirs(c: Canvas) -> None:
    """Great stones that people raised: some alone, three under a fourth."""
    p, dice = c.colours, c.dice
    for x, y, tall in ((-470, 26, 90), (-380, 30, 120), (-270, 34, 150), (300, 30, 130),
                       (390, 26, 100), (470, 24, 80)):  # fmt: skip
        _menhir(c, x + dice.between(-18, 18), y, tall * dice.between(0.85, 1.2), p.near)
    for x, tall in ((-112, 176), (24, 190), (140, 172)):
        _menhir(c, x, 44, tall, p.ink)
    c.path(p.ink, "M-176-128Q-150-164-40-160T150-172Q196-166 206-136T120-112T-40-108T-176-128z")
    c.path(p.light, "M-168-134Q-146-160-40-156T150-168Q186-162 198-144Q90-150-20-138T-168-134z",
           opacity=0.3)  # fmt: skip
    c.oval(p.ink, 20, 48, 250, 12, 0.3)


def _menhir(c: Canvas, x: float, y: float, tall: float, fill: str) -> None:
    p, wide = c.colours, tall * 0.2
    lean = c.dice.between(-0.06, 0.06) * tall
    c.path(
        fill, "M", x - wide, y, "Q", x - wide * 1.2, y - tall * 0.5, x - wide * 0.7 + lean,
        y - tall * 0.92, "Q", x + lean, y - tall * 1.06, x + wide * 0.6 + lean, y - tall * 0.94,
        "Q", x + wide * 1.2, y - tall * 0.4, x + wide, y, "z",
    )  # fmt: skip
    c.path(
        p.light, "M", x - wide, y, "Q", x - wide * 1.2, y - tall * 0.5, x - wide * 0.7 + lean,
        y - tall * 0.92, "Q", x - wide * 0.5, y - tall * 0.5, x - wide * 0.4, y, "z", opacity=0.28,
    )  # fmt: skip


SETTLED = {
    "roofs": Scene(roofs, hills=1.0, near=False),
    "cubes": Scene(cubes, hills=0.7, near=False),
    "stones": Scene(stones, hills=0.9, plants=("leafy", "reeds")),
    "menhirs": Scene(menhirs, hills=0.7, plants=("reeds", "leafy")),
}
