"""Landscapes for sites of which only the location is recorded.

Nothing here is a building: landforms that a climate has, and what grows there. Each form is
drawn with every kind of tree, so that a catalogue of a thousand places is not one picture.
"""

from collections.abc import Callable
from functools import partial

from heritage.media.covers.brush import Canvas
from heritage.media.covers.silhouettes.scene import Scene
from heritage.media.covers.silhouettes.trees import FLORA, Tree, cypress

# How tall each stands beside a leafy tree.
_STATURE = {"fir": 1.15, "cypress": 1.0, "palm": 1.25, "acacia": 1.05, "scrub": 0.75}
# What the foremost slope bears.
_NEAR = {
    "fir": ("pine", "reeds"),
    "leafy": ("leafy", "blossom", "reeds"),
    "cypress": ("leafy", "reeds", "pine"),
    "palm": ("palm", "reeds"),
    "acacia": ("reeds",),
    "scrub": ("reeds",),
}


def _grove(c: Canvas, tree: Tree, spots: tuple[tuple[float, float, float], ...]) -> None:
    """Trees about where they are told, no two of a size."""
    p, dice = c.colours, c.dice
    for x, y, size in spots:
        tall = size * dice.between(0.8, 1.15)
        tree(c, x + dice.between(-34, 34), y, tall, dice.pick((p.wash, p.ink, p.near)))


def way(c: Canvas, tree: Tree, tall: float) -> None:
    """Rolling land, and a path into it."""
    p, dice = c.colours, c.dice
    bend = dice.between(-120, 120)
    c.path(p.mid, "M-820 20Q-520-70-330-56T-60-4T260-40T560-66T820-20V60H-820z", opacity=0.35)
    c.path(
        p.light, "M", -70, 200, "Q", -10 + bend, 120, 60, 70, "T", 30 + bend / 2, 8, "T", 70, -34,
        "Q", 44 + bend / 2, 10, 96, 66, "T", 110, 200, "z", opacity=0.55,
    )  # fmt: skip
    spots = ((-250, 20, 150), (-190, 26, 104), (250, 14, 128), (330, 22, 170), (400, 30, 110),
             (-330, 34, 90))  # fmt: skip
    _grove(c, tree, tuple((x, y, size * tall) for x, y, size in spots))


def ridges(c: Canvas, tree: Tree, tall: float) -> None:
    """Mountains one behind another, lit from one side, with mist about their feet."""
    p, dice = c.colours, c.dice
    heights = sorted((dice.between(240, 300), dice.between(320, 400), dice.between(180, 240)))
    order = ((-330, heights[1], p.mid), (260, heights[0], p.mid), (-20, heights[2], p.near))
    for x, high, tone in order:
        top = x + dice.between(-60, 60)
        wide = high * dice.between(1.05, 1.35)
        notch = dice.between(0.4, 0.6)
        left = [(top - wide, 60), (top - wide * 0.62, -high * 0.22),
                (top - wide * notch, -high * 0.44), (top - wide * 0.2, -high * 0.74),
                (top, -high)]  # fmt: skip
        right = [(top, -high), (top + wide * 0.16, -high * 0.8), (top + wide * 0.3, -high * 0.5),
                 (top + wide * 0.6, -high * 0.3), (top + wide, 60)]  # fmt: skip
        c.path(tone, *_polygon([*left, *right[1:]]))
        spine = [(top, -high), (top + wide * 0.02, -high * 0.72), (top - wide * 0.1, -high * 0.5),
                 (top + wide * 0.04, -high * 0.26), (top - wide * 0.06, 60)]  # fmt: skip
        c.path(p.ink, *_polygon([*right, *reversed(spine)]), opacity=0.28)
        c.path(p.mist, *_polygon([(top, -high), left[3], spine[1]]), opacity=0.3)
        c.oval(c.fading("v"), top, 30, wide, 66)
    c.path(c.fading("g"), "M-820 30Q-420-6-60 26T820 20V200H-820z")
    spots = ((-470, 44, 110), (-410, 52, 150), (-340, 48, 96), (330, 50, 120), (400, 44, 160),
             (200, 60, 90))  # fmt: skip
    _grove(c, tree, tuple((x, y, size * tall) for x, y, size in spots))


def _polygon(points: list[tuple[float, float]]) -> list[str | float]:
    parts: list[str | float] = []
    for x, y in points:
        parts += ["L" if parts else "M", x, y]
    return [*parts, "z"]


def valley(c: Canvas, tree: Tree, tall: float) -> None:
    """A river that comes from the hills in wide bends, and fields on its banks."""
    p, dice = c.colours, c.dice
    swing = dice.pick((-1, 1)) * dice.between(0.8, 1.15)
    c.path(c.fading("n"), "M-820-60Q-560-120-380-70T-90-10T230-56T500-110T820-50V80H-820z")
    c.path(p.ground, "M-820 10Q-400-20 0-4T820 0V200H-820z")
    for y, tone in ((26, p.near), (66, p.wash), (120, p.near)):
        c.path(tone, "M", -820, y, "Q", -420, y - 26, -60, y + 4, "T", 820, y - 8, "v", 24, "Q",
               400, y + 40, -40, y + 26, "T", -820, y + 30, "z", opacity=0.45)  # fmt: skip
    a, b, d = 150 * swing, 120 * swing, 90 * swing
    c.path(
        p.water, "M", -10, -10, "Q", a, 4, a * 0.7, 22, "T", -b, 56, "T", d, 122, "T", -d * 0.4,
        200, "H", 230 - d * 0.4, "Q", d + 330, 140, d + 60, 96, "T", -b + 96, 54, "T", a + 30, 20,
        "T", 14, -10, "z",
    )  # fmt: skip
    c.line(
        p.light, 3, "M", a * 0.7, 18, "h", 44, "M", -b - 20, 58, "h", 70, "M", d - 30, 112, "h",
        100, "M", d - 20, 150, "h", 120, "M", 30, 182, "h", 150, opacity=0.8,
    )  # fmt: skip
    side = 1 if swing < 0 else -1
    spots = ((side * 360, 30, 150), (side * 430, 40, 120), (side * 290, 26, 100),
             (-side * 400, 16, 80), (-side * 450, 20, 96), (-side * 340, 12, 60))  # fmt: skip
    _grove(c, tree, tuple((x, y, size * tall) for x, y, size in spots))


def plain(c: Canvas, tree: Tree, tall: float) -> None:
    """A wide plain under much sky, and one old tree."""
    p, dice = c.colours, c.dice
    c.path(p.mid, "M-820-34Q-300-50 100-36T820-40V30H-820z", opacity=0.8)
    c.path(p.near, "M-820-8Q-260-26 240-4T820-12V60H-820z")
    c.path(p.ground, "M-820 34Q-340 10 40 28T820 20V200H-820z")
    far: list[tuple[float, float, float]] = [
        (dice.between(-560, 520), -14, dice.between(34, 56)) for _number in range(7)
    ]
    for x, y, size in sorted(far, key=lambda spot: spot[2]):
        tree(c, x, y, size * tall, p.wash)
    x = dice.between(30, 130)
    c.oval(p.ink, x + 20, 50, 150, 11, 0.25)
    tree(c, x, 50, 330 * tall, p.ink)
    tree(c, x - dice.between(240, 300), 38, 150 * tall, p.wash)
    grass: list[str | float] = []
    for _number in range(26):
        blade = dice.between(14, 40)
        grass += ["M", dice.between(-720, 560), dice.between(80, 190), "q", 3, -blade * 0.6]
        grass += [dice.between(-10, 16), -blade]
    c.line(p.light, 3, *grass, opacity=0.35)


def dunes(c: Canvas) -> None:
    """Dunes, one face in the sun and one in the shade, combed by the wind."""
    p, dice = c.colours, c.dice
    c.path(c.fading("n"), "M-820-60Q-520-150-300-90T60-70T420-140T820-70V200H-820z")
    for x, y, wide, high, lit, dark in (
        (-260, 40, 520, 190, p.mid, p.near), (330, 60, 560, 240, p.mid, p.near),
        (-40, 130, 640, 170, p.far, p.wash), (470, 200, 620, 150, p.mid, p.ground),
        (-560, 210, 560, 150, p.mid, p.ground),
    ):  # fmt: skip
        top = x + dice.between(-50, 50)
        crest = y - high * dice.between(0.85, 1.1)
        c.path(lit, "M", top - wide, y + 40, "C", top - wide * 0.5, y - 10, top - wide * 0.3, crest,
               top, crest, "C", top + wide * 0.16, crest + 30, top + wide * 0.6, y - 20, top + wide,
               y + 40, "V", 210, "H", top - wide, "z")  # fmt: skip
        c.path(dark, "M", top, crest, "C", top + wide * 0.16, crest + 30, top + wide * 0.6, y - 20,
               top + wide, y + 40, "V", 210, "H", top - wide * 0.1, "C", top + wide * 0.16, y, top -
               wide * 0.14, crest + high * 0.5, top, crest, "z")  # fmt: skip
        combed: list[str | float] = []
        for step in (0.3, 0.5, 0.7):
            combed += [
                "M",
                top - wide * step * 0.8,
                crest + high * step + 24,
                "q",
                wide * 0.14,
                -18,
            ]
            combed += [wide * 0.28, -26 - 10 * step]
        c.line(p.light, 2.5, *combed, opacity=0.5)


def mesas(c: Canvas) -> None:
    """Table mountains of layered rock over a dry plain."""
    p, dice = c.colours, c.dice
    for x, y, half, high, tone in (
        (-420, 0, 190, 210, p.mid), (420, 10, 150, 260, p.mid), (-60, 20, 120, 170, p.near),
        (190, 34, 84, 290, p.near),
    ):  # fmt: skip
        x += dice.between(-40, 40)
        top = y - high * dice.between(0.9, 1.1)
        talus = y - high * 0.34
        c.path(tone, "M", x - half * 1.7, y + 30, "Q", x - half * 1.1, y - 10, x - half * 0.92,
               talus, "l", half * 0.08, (top - talus) * 0.6, "l", half * 0.06, (top - talus) * 0.4,
               "H", x + half * 0.76, "l", half * 0.05, (talus - top) * 0.46, "l", half * 0.1,
               (talus - top) * 0.54, "Q", x + half * 1.2, y, x + half * 1.8, y + 30,
               "z")  # fmt: skip
        c.path(p.ink, "M", x + half * 0.2, top, "H", x + half * 0.76, "l", half * 0.05,
               (talus - top) * 0.46, "l", half * 0.1, (talus - top) * 0.54, "Q", x + half * 1.2, y,
               x + half * 1.8, y + 30, "H", x + half * 0.3, "Q", x + half * 0.1, talus, x + half *
               0.2, top, "z", opacity=0.26)  # fmt: skip
        bands: list[str | float] = []
        for share in (0.16, 0.3, 0.52, 0.7):
            level = top + (talus - top) * share
            bands += [
                "M",
                x - half * (0.78 + share * 0.12),
                level,
                "H",
                x + half * (0.76 + share * 0.1),
            ]
        c.line(p.light, 2.5, *bands, opacity=0.35)
        c.oval(c.fading("v"), x, y + 26, half * 2, 40, 0.8)
    c.path(c.fading("g"), "M-820 34Q-420 8 0 30T820 26V200H-820z")
    for x, y, size in ((-300, 60, 90), (60, 84, 130), (330, 62, 80), (430, 96, 140)):
        FLORA["scrub"](c, x + dice.between(-40, 40), y, size, p.ink)


def ice(c: Canvas) -> None:
    """Mountains under ice that come down to the sea, and floes adrift before them."""
    p, dice = c.colours, c.dice
    for x, high, wide in ((-380, 230, 290), (360, 270, 320), (-20, 340, 330)):
        x += dice.between(-40, 40)
        high *= dice.between(0.9, 1.08)
        c.path(p.near, "M", x - wide, -20, "l", wide * 0.6, -high * 0.52, "l", wide * 0.12, -high *
               0.06, "L", x, -20 - high, "l", wide * 0.24, high * 0.3, "l", wide * 0.2, high * 0.1,
               "L", x + wide, -20, "z")  # fmt: skip
        c.path(p.light, "M", x - wide, -20, "l", wide * 0.6, -high * 0.52, "l", wide * 0.12, -high *
               0.06, "L", x, -20 - high, "l", wide * 0.05, high * 0.3, "l", -wide * 0.1, high * 0.1,
               "l", wide * 0.08, high * 0.24, "l", -wide * 0.2, high * 0.18, "L", x - wide * 0.1,
               -20, "z", opacity=0.9)  # fmt: skip
        c.path(p.light, "M", x, -20 - high, "l", wide * 0.24, high * 0.3, "l", wide * 0.2, high *
               0.1, "l", -wide * 0.2, 4, "l", -wide * 0.04, high * 0.12, "z",
               opacity=0.6)  # fmt: skip
    c.path(p.water, "M-820-22H820V200H-820z")
    c.oval(c.fading("v"), 0, -20, 900, 30)
    for x, y, half in ((-360, 20, 70), (120, 8, 46), (300, 44, 110), (-120, 70, 130),
                       (420, 110, 150), (-430, 124, 170)):  # fmt: skip
        x += dice.between(-40, 40)
        c.path(p.wash, "M", x - half, y, "h", 2 * half, "l", -half * 0.2, half * 0.2, "h", -half *
               1.5, "z", opacity=0.7)  # fmt: skip
        c.path(p.light, "M", x - half, y, "l", half * 0.24, -half * 0.16, "l", half * 0.5, -half *
               0.04, "l", half * 0.3, -half * 0.16, "l", half * 0.5, half * 0.2, "l", half * 0.46,
               half * 0.16, "z")  # fmt: skip


def shore(c: Canvas) -> None:
    """A headland, the sea, and the line where it breaks on the sand."""
    p, dice = c.colours, c.dice
    c.path(c.fading("n"), "M300-70Q400-150 520-150T820-190V-60H300z")
    c.path(p.near, "M-820-250Q-560-300-420-240T-250-130T-120-84L-70-50Q-260-20-500 10L-820 60z")
    c.path(
        p.ink, "M-250-130T-120-84L-70-50Q-260-20-500 10Q-340-30-330-90T-420-240Q-300-210-250-130z",
        opacity=0.4,
    )  # fmt: skip
    c.line(p.light, 3, "M-100-40Q-300-12-520 22M-60-24Q-260 10-480 44", opacity=0.7)
    turn = dice.between(-30, 30)
    sand = ("Q", -300, 60 + turn, -60, 96, "T", 330, 150, "T", 820, 130)
    c.path(p.light, "M", -820, 40, *sand, "V", 200, "H", -820, "z", opacity=0.9)
    c.path(p.mid, "M", -820, 84, "Q", -340, 92 + turn, -100, 130, "T", 300, 176, "T", 820, 160,
           "V", 200, "H", -820, "z", opacity=0.4)  # fmt: skip
    for lift, strong in ((0, 0.95), (-16, 0.7), (-34, 0.5)):
        c.line(p.light, 4, "M", -760, 34 + lift, "Q", -300, 54 + turn + lift, -60, 90 + lift, "T",
               330, 144 + lift, "T", 800, 124 + lift, opacity=strong)  # fmt: skip
    for x, y, size in ((-600, -252, 60), (-500, -244, 44), (-660, -262, 48)):
        FLORA["scrub"](c, x, y, size * 1.4, p.ink)


def vines(c: Canvas) -> None:
    """Slopes under crops in long rows that follow every fold of the land."""
    p, dice = c.colours, c.dice
    slopes = (
        ("M-820 30Q-480-150-160-60T500-120T820-60V200H-820z", p.mid, -24),
        ("M-820 60Q-560-40-240 20T220-20T820 60V200H-820z", p.near, 30),
        ("M-820 150Q-420 40-40 90T460 70T820 130V200H-820z", p.ground, 86),
    )
    for number, (edge, tone, y) in enumerate(slopes):
        c.path(tone, edge)
        rows: list[str | float] = []
        gap, reach = 62 + number * 16, 0.5 + number * 0.2
        for row in range(-9, 10):
            x = row * gap + dice.between(-5, 5)
            rows += ["M", x, y + abs(row) * 2 + 14, "q", row * 5 * reach, 26, row * 16 * reach, 66]
        c.line((p.light, p.light, p.accent)[number], 4 + number, *rows, opacity=0.4)
    for x, y, size in ((-520, -20, 130), (-478, -26, 96), (440, -92, 110), (400, -84, 80)):
        cypress(c, x + dice.between(-20, 20), y, size, p.ink)


def rainforest(c: Canvas) -> None:
    """Forest upon forest: crowns to the horizon, palms above them, a stream below."""
    p, dice = c.colours, c.dice
    for y, radius, tone in ((-110, 46, p.far), (-60, 58, p.mid), (0, 74, p.near)):
        crowns: list[str | float] = []
        for number in range(12):
            x = -740 + number * 128 + dice.between(-26, 26)
            wide, high = radius * dice.between(1, 1.4), radius * dice.between(0.8, 1.5)
            crowns += ["M", x - wide, y + 50, "v", -high * 0.4, "q", 4, -high, wide, -high]
            crowns += ["t", wide, high, "v", high * 0.4, "z"]
        c.path(tone, *crowns, "M", -820, y, "H", 820, "V", 200, "H", -820, "z")
        c.oval(c.fading("v"), dice.between(-200, 200), y + 44, 660, 44, 0.75)
        if tone != p.near:
            FLORA["palm"](c, dice.between(-420, 420), y + 20, 150, tone)
    c.path(p.water, "M-20 40Q80 70 20 104T-90 200H180Q200 140 130 100T30 40z", opacity=0.85)
    c.line(p.light, 3, "M10 64h40M40 96h60M0 130h90M-30 166h140", opacity=0.8)
    for x, y, size in ((-330, 120, 380), (360, 130, 430), (-450, 150, 300), (480, 160, 300)):
        FLORA["palm"](c, x + dice.between(-30, 30), y, size, p.ink)
    fans: list[str | float] = []
    for x in (-300, -190, 250, 340):
        for lean in (-1, -0.5, 0, 0.5, 1):
            fans += ["M", x, 200, "q", lean * 30, -60, lean * 78, -80 + abs(lean) * 40]
    c.line(p.ink, 9, *fans)


_FORMS: dict[str, tuple[Callable[[Canvas, Tree, float], None], Scene]] = {
    "hills": (way, Scene(way, hills=1.2)),
    "ridges": (ridges, Scene(ridges, ground="none", hills=1.0)),
    "valley": (valley, Scene(valley, ground="none", hills=1.0)),
    "plain": (plain, Scene(plain, ground="none", hills=0.45, near=False)),
}
COUNTRY: dict[str, Scene] = {
    f"{form}-{name}": scene._replace(
        draw=partial(draw, tree=tree, tall=_STATURE.get(name, 1)), plants=_NEAR[name]
    )
    for form, (draw, scene) in _FORMS.items()
    for name, tree in FLORA.items()
    if (form, name) != ("plain", "scrub")  # a bush alone holds no picture
} | {
    "dunes": Scene(dunes, ground="none", hills=0.4, near=False),
    "mesas": Scene(mesas, ground="none", hills=0.5, plants=("reeds",)),
    "ice": Scene(ice, ground="none", hills=0.6, near=False),
    "shore": Scene(shore, ground="sea", hills=0.4, near=False),
    "vines": Scene(vines, ground="none", hills=1.0, plants=("leafy", "reeds")),
    "rainforest": Scene(rainforest, ground="none", hills=0.9, near=False),
}
# Where not even the climate is known.
COUNTRY["hills"] = Scene(
    lambda c: way(c, c.dice.pick((FLORA["leafy"], FLORA["fir"], FLORA["cypress"])), 1), hills=1.2
)
