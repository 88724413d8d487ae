"""Scenes of bridges, stores, kilns, tombs and monuments, in China and elsewhere."""

from heritage.media.covers.brush import Canvas, arch_path, boat, cypress, leafy, pine, smoke, willow
from heritage.media.covers.silhouettes.parts import hall, roof
from heritage.media.covers.silhouettes.scene import Scene


def tomb(c: Canvas) -> None:
    """A burial mound at the end of its spirit way, between stone officials, beasts and pillars."""
    p = c.colours
    c.path(p.near, "M-330-4Q-150-40-80-176Q-60-196 0-198T80-176Q150-40 330-4z")
    c.path(p.wash, "M-64-186Q0-214 64-186Q40-176 0-176T-64-186z")
    for x, size in ((-206, 62), (-150, 84), (150, 88), (212, 60), (-96, 70), (100, 66)):
        cypress(c, x, -24 - (size > 80) * 30, size, p.ground)
    hall(c, 0, -12, 52, 74, count=3)
    c.path(p.light, "M-14-12h28L150 200h-300z", opacity=0.75)
    for y, size, gap in ((4, 50, 64), (36, 78, 122), (84, 118, 196)):
        for side in (-1, 1):
            x = side * gap
            if y == 36:
                _beast(c, x, y, size, side)
            else:
                _official(c, x, y, size)
    for side in (-1, 1):
        x = side * 300
        c.boxes(p.ink, (x - 24, 84, 48, 12), (x - 8, -110, 16, 196), (x - 15, -116, 30, 8))
        c.path(p.ink, "M", x - 10, -116, "q", -6, -18, 10, -34, "q", 16, 16, 10, 34, "z")
        c.path(
            p.ink, "M", x - 34, -76, "q", 14, -26, 34, -10, "q", 18, -12, 34, 10, "q", -40, 4, -68,
            0, "z",
        )  # fmt: skip


def _official(c: Canvas, x: float, y: float, tall: float) -> None:
    """A stone minister: hat, long sleeves joined over a tablet, a robe to the ground."""
    p, w = c.colours, tall * 0.17
    c.path(
        p.ink, "M", x - w * 1.3, y, "v", -tall * 0.07, "h", w * 0.3, "Q", x - w * 0.8,
        y - tall * 0.4, x - w * 1.1, y - tall * 0.6, "Q", x - w, y - tall * 0.76, x - w * 0.4,
        y - tall * 0.77, "V", y - tall * 0.9, "l", w * 0.12, -tall * 0.1, "h", w * 0.56, "l",
        w * 0.12, tall * 0.1, "V", y - tall * 0.77, "Q", x + w, y - tall * 0.76, x + w * 1.1,
        y - tall * 0.6, "Q", x + w * 0.8, y - tall * 0.4, x + w, y - tall * 0.07, "h", w * 0.3,
        "v", tall * 0.07, "z",
    )  # fmt: skip
    c.boxes(p.light, (x - 1, y - tall * 0.66, max(2, w * 0.16), tall * 0.26), opacity=0.6)


def _beast(c: Canvas, x: float, y: float, size: float, side: int) -> None:
    """A stone horse that faces the way."""
    f = -side * size
    c.path(
        c.colours.ink, "M", x - f * 0.5, y, "l", f * 0.04, -size * 0.46, "Q", x - f * 0.4,
        y - size * 0.68, x + f * 0.1, y - size * 0.6, "L", x + f * 0.32, y - size * 0.95, "l",
        f * 0.08, -size * 0.07, "l", f * 0.02, size * 0.08, "l", f * 0.2, size * 0.16, "l",
        -f * 0.07, size * 0.09, "l", -f * 0.16, -size * 0.04, "Q", x + f * 0.36, y - size * 0.5,
        x + f * 0.3, y - size * 0.34, "V", y, "h", -f * 0.12, "v", -size * 0.28, "h", -f * 0.4,
        "V", y, "z",
    )  # fmt: skip
    c.boxes(c.colours.ink, (x - size * 0.55, y - 2, size * 1.1, 8))


def ruin(c: Canvas) -> None:
    """A city gone back to earth: rammed terraces, column stubs, the line of a wall."""
    p, dice = c.colours, c.dice
    for x, y, half, rise, levels, tone in (
        (100, -4, 250, 62, 4, p.mid), (-350, 6, 104, 54, 2, p.near), (-30, 12, 120, 40, 2, p.near),
    ):  # fmt: skip
        for level in range(levels):
            wide, low = half * (1 - level * 0.24), y - rise * level
            worn = dice.between(0.1, 0.3) * wide
            c.path(
                tone, "M", x - wide, low, "l", wide * 0.07, -rise * 0.7, "l", worn * 0.5,
                -rise * 0.1, "l", 5, -rise * 0.2, "H", x + wide - worn - 20, "l", 5, rise * 0.16,
                "l", worn * 0.6, 5, "L", x + wide, low, "z",
            )  # fmt: skip
            # Rammed earth shows every layer that was tamped.
            c.dashes(p.ink, wide * 1.5, 1.5, 9, "M", x, low - rise * 0.74, "V", low, opacity=0.25)
            c.line(
                p.light, 3, "M", x - wide * 0.8 + worn * 0.5, low - rise, "H",
                x + wide - worn - 22, opacity=0.6,
            )  # fmt: skip
    c.path(p.light, "M-320 44L-206 10H250L396 44z", opacity=0.85)
    c.path(p.wash, "M-320 44H396v20H-320z")
    c.dashes(p.ink, 20, 1.5, 34, "M-310 54H390", opacity=0.4)
    for y, count, gap, size in ((14, 6, 78, 40), (36, 6, 112, 62)):
        for number in range(count):
            x = 30 + (number - (count - 1) / 2) * gap
            high = size * dice.between(0.25, 1.7 if number in (0, 4) else 0.7)
            wide = size * 0.2
            c.oval(p.wash, x, y, wide * 1.7, wide * 0.5)
            c.path(
                p.ink, "M", x - wide, y, "v", -high, "l", wide * 0.7, -wide * 0.5, "l", wide * 0.5,
                wide * 0.5, "l", wide * 0.8, -wide * 0.2, "V", y, "z",
            )  # fmt: skip
    pine(c, -424, 20, 170)


def dig(c: Canvas) -> None:
    """An excavation: squares and baulks, a ranging pole, and the bronze that came to light."""
    p = c.colours
    c.path(p.wash, "M-470 150L-250-6H330L560 150z")
    for row, (top, bottom) in enumerate(((0, 34), (42, 84), (94, 146))):
        for column in range(4):
            corners = []
            for y in (top, bottom):
                half = 290 + (y + 6) * 1.43
                for side in (0.05, 0.95):
                    corners.append((-40 + half * ((column + side) / 2 - 1) + (y + 6) * 0.28, y))
            (ax, ay), (bx, _by), (cx, cy), (dx, _dy) = corners
            c.path(p.ink, "M", ax, ay, "H", bx, "L", dx, cy, "H", cx, "z")
            deep = (bottom - top) * 0.42
            c.path(p.near, "M", ax, ay, "H", bx, "v", deep, "H", ax, "z")
            c.line(p.light, 1.5, "M", ax, ay + deep * 0.4, "H", bx, opacity=0.5)
            if (row, column) in ((0, 1), (1, 3)):
                c.oval(p.light, (cx + dx) / 2, cy - 9, 12, 6, 0.8)
    # A ding, as tall as a house, because it is what one came for.
    c.path(p.ink, "M-92-118l-14-104h22l4 26H80l4-26h22L92-118z")
    c.path(p.ink, "M-108-196H108v-18H-108z")
    c.path(p.ink, "M-96-190H96Q104-84 62-64H-62Q-104-84-96-190z")
    c.path(p.ink, "M-74-80l10 84h26l12-84zM74-80L64 4H38L26-80zM-12-70l2 82h20l2-82z")
    c.path(p.light, "M-110-262h26v52h-10v-40h-6v40h-10zM84-262h26v52h-10v-40h-6v40H84z")
    c.path(p.ink, "M-110-262h26v52h-10v-40h-6v40h-10zM84-262h26v52h-10v-40h-6v40H84z")
    c.line(p.light, 3, "M-94-176H94M-92-118H92", opacity=0.75)
    c.line(
        p.light, 4,
        "M-80-132v-24h24v14h-12M-38-132v-24h24v14h-12M38-132v-24H14v14h12M80-132v-24H56v14"
        "h12M-4-160v30M4-160v30", opacity=0.75,
    )  # fmt: skip
    # The shoulder blade with its questions.
    c.path(p.light, "M214-10q-30-60-6-120q-14-60 20-66q40 0 30 56q36 70 14 130q-26 22-58 0z")
    c.line(
        p.accent, 3.5,
        "M222-118l20 8M232-126v36M222-90l22-6M226-70v40M246-74v40M226-54h20M238-150l-8 12l16 2",
    )  # fmt: skip
    for number in range(6):
        c.boxes(p.accent if number % 2 else p.light, (322, -20 - number * 30, 7, 30))


def bridge(c: Canvas) -> None:
    """A stone arch with open spandrels, flat enough for carts, and its shadow in the river."""
    p = c.colours
    c.path(p.ground, "M-820 2Q-500-16-330-40V60H-820zM820 2Q500-16 330-40V60H820z")
    spandrels = [part for x, y, size in ((266, -25, 38), (209, -53, 29)) for side in (-1, 1)
                 for part in arch_path(side * x, y, size, size)]  # fmt: skip
    c.path(
        p.ink, "M-470 0Q-400-16-330-44Q-160-124 0-124T330-44Q400-16 470 0L400 60H330Q230-78 0-78"
        "T-330 60H-400z", *spandrels, holes=True,
    )  # fmt: skip
    c.line(p.light, 3, "M-324 50Q-226-88 0-88T324 50", opacity=0.6)
    c.dashes(p.light, 14, 2, 17, "M-318 56Q-222-82 0-82T318 56", opacity=0.35)
    c.line(p.ink, 5, "M-440-22Q-380-42-330-66Q-160-146 0-146T330-66Q380-42 440-22")
    c.dashes(p.ink, 22, 5, 21, "M-440-12Q-380-32-330-56Q-160-136 0-136T330-56Q380-32 440-12")
    c.path(p.ink, "M-330 62Q-226 176 0 178T330 62H310Q210 152 0 152T-310 62z", opacity=0.16)
    willow(c, -470, 0, 260)
    leafy(c, 460, 0, 210, p.near)
    boat(c, 40, 74, 96)
    c.line(p.ink, 6, "M-70-152v-18M-58-148v-16M96-138v-18")
    c.line(p.ink, 9, "M-70-178h1M-58-170h1M96-164h1")


def canal(c: Canvas) -> None:
    """The humped bridge of a water town, a grain boat under sail, houses at the quay."""
    p = c.colours
    for x, wide, tall in ((-470, 70, 120), (-360, 52, 96), (360, 58, 104), (466, 74, 132)):
        c.boxes(p.light, (x - wide, -tall * 0.62, wide * 2, tall * 0.62 + 26))
        c.boxes(p.wash, (x - 30, -tall * 0.4, 16, 24), (x + 16, -tall * 0.4, 16, 24))
        roof(c, x, -tall * 0.6, wide * 1.25, wide * 0.8, tall * 0.42, tiles=0)
    c.boxes(p.wash, (-820, 14, 600, 20), (226, 14, 600, 20))
    c.path(
        p.ink, "M-290 34Q-236 20-200-24Q-110-134 0-134T200-24Q236 20 290 34H98A98 98 0 0 0-98 34z",
    )  # fmt: skip
    c.line(p.light, 3, "M-106 34A106 106 0 0 1 106 34", opacity=0.7)
    c.dashes(p.light, 12, 2, 13, "M-104 34A104 104 0 0 1 104 34", opacity=0.4)
    c.line(p.ink, 5, "M-244 0Q-216-26-200-46Q-110-156 0-156T200-46Q216-26 244 0")
    c.dashes(p.ink, 22, 5, 18, "M-240 8Q-216-16-200-36Q-110-146 0-146T200-36Q216-16 240 8")
    c.path(p.ink, "M-98 36a98 86 0 0 0 196 0h-16a82 72 0 0 1-164 0z", opacity=0.18)
    boat(c, 250, 104, 190, sail=True, battens=True)
    boat(c, -30, 62, 70)
    willow(c, -340, 24, 230)


def road(c: Canvas) -> None:
    """An old road cut through loess, worn into ruts, and a caravan upon it."""
    p = c.colours
    c.path(
        c.fading("n"),
        "M-820-300Q-600-320-470-240T-250-120L-120 6H-820zM820-330Q560-330 430-230T190-90"
        "L90 6H820z",
    )  # fmt: skip
    for side, top in ((-1, -230), (1, -250)):
        c.path(
            p.wash, "M", side * 820, top, "Q", side * 600, top + 4, side * 520, top + 40, "L",
            side * 470, -70, "l", side * -70, 20, "L", side * 300, 40, "L", side * 260, 200, "H",
            side * 820, "z",
        )  # fmt: skip
        c.path(
            p.ink, "M", side * 820, top + 70, "Q", side * 640, top + 60, side * 590, -60, "l",
            side * -60, 40, "L", side * 400, 90, "L", side * 380, 200, "H", side * 820, "z",
        )  # fmt: skip
        c.line(
            p.light, 2, "M", side * 800, top + 40, "Q", side * 600, top + 50, side * 500, -120,
            "M", side * 800, top + 130, "Q", side * 640, top + 130, side * 570, 0, opacity=0.3,
        )  # fmt: skip
        cypress(c, side * 640, top + 12, 110)
        cypress(c, side * 590, top + 22, 74)
    c.path(p.light, "M-34-6H30L300 200H-330z")
    c.line(p.wash, 5, "M-16-2Q-30 40-130 200M12-2Q24 40 110 200")
    for y in (12, 24, 40, 62, 90, 124, 164):
        c.line(p.ground, 2, "M", -34 - y * 1.43, y, "H", 30 + y * 1.3, opacity=0.2)
    for x, y, size in ((-70, 92, 128), (66, 60, 92), (4, 26, 58)):
        _camel(c, x, y, size)


def _camel(c: Canvas, x: float, y: float, size: float) -> None:
    """A camel of two humps under its load."""
    s = size
    c.path(
        c.colours.ink, "M", x - s * 0.44, y, "l", s * 0.05, -s * 0.42, "q", -s * 0.04, -s * 0.2,
        s * 0.08, -s * 0.24, "q", s * 0.08, -s * 0.26, s * 0.18, -s * 0.02, "q", s * 0.07,
        s * 0.03, s * 0.12, 0, "q", s * 0.1, -s * 0.26, s * 0.2, 0, "q", s * 0.12, s * 0.1,
        s * 0.16, -s * 0.06, "l", s * 0.03, -s * 0.2, "q", s * 0.02, -s * 0.06, s * 0.2, -s * 0.02,
        "l", s * 0.02, s * 0.08, "l", -s * 0.14, s * 0.03, "q", s * 0.02, s * 0.34, -s * 0.18,
        s * 0.4, "l", s * 0.02, s * 0.45, "h", -s * 0.07, "l", -s * 0.03, -s * 0.34, "h",
        -s * 0.34, "l", -s * 0.14, s * 0.34, "z",
    )  # fmt: skip
    c.boxes(c.colours.accent, (x - s * 0.14, y - s * 0.66, s * 0.2, s * 0.22))


def granary(c: Canvas) -> None:
    """Round granaries under thatch, and the round pits of an older store before them."""
    p = c.colours
    for x, y, wide, tall in ((-218, -14, 64, 150), (214, -14, 68, 158), (-96, 0, 84, 206),
                             (104, 6, 92, 226)):  # fmt: skip
        c.path(
            p.wash, "M", x - wide, y - 14, "v", -tall * 0.46, "h", 2 * wide, "v", tall * 0.46, "q",
            -wide, 22, -2 * wide, 0, "z",
        )  # fmt: skip
        c.line(
            p.light, 2.5, "M", x - wide, y - tall * 0.2, "q", wide, 18, 2 * wide, 0, "M", x - wide,
            y - tall * 0.34, "q", wide, 18, 2 * wide, 0, opacity=0.55,
        )  # fmt: skip
        c.boxes(p.light, (x - 13, y - tall * 0.36, 26, 34), opacity=0.9)
        c.line(p.ink, 3, "M", x, y - tall * 0.36, "v", 34)
        c.path(
            p.ink, "M", x - wide * 1.34, y - tall * 0.44, "Q", x - wide * 0.34, y - tall * 0.76,
            x - 5, y - tall, "h", 10, "Q", x + wide * 0.34, y - tall * 0.76, x + wide * 1.34,
            y - tall * 0.44, "Q", x, y - tall * 0.3, x - wide * 1.34, y - tall * 0.44, "z",
        )  # fmt: skip
        c.line(
            p.light, 1.6, "M", x - 4, y - tall * 0.94, "Q", x - wide * 0.2, y - tall * 0.7,
            x - wide * 0.74, y - tall * 0.42, "M", x, y - tall * 0.94, "v", tall * 0.55, "M",
            x + 4, y - tall * 0.94, "Q", x + wide * 0.2, y - tall * 0.7, x + wide * 0.74,
            y - tall * 0.42, opacity=0.3,
        )  # fmt: skip
        c.oval(p.ink, x, y - tall - 4, 9, 12)
    for x, y, size in ((-150, 44, 44), (10, 52, 52), (180, 48, 46), (-40, 102, 78), (176, 108, 84)):
        c.oval(p.light, x, y, size, size * 0.34, 0.85)
        c.oval(p.ink, x, y + 3, size * 0.84, size * 0.26)
    leafy(c, 346, 4, 190, p.near)
    leafy(c, -340, 0, 150, p.accent)


def kiln(c: Canvas) -> None:
    """A dragon kiln climbing its slope, smoke at the tail, and jars drying at the foot."""
    p = c.colours
    c.path(c.fading("g"), "M-420 40Q-200 20 0-70T330-208Q470-240 820-180V200H-760z")
    smoke(c, 286, -322, 190)
    c.path(p.wash, "M270-190l6-134h28l8 134z")
    c.boxes(p.ink, (270, -330, 40, 12))
    c.path(
        p.ink, "M-250 44Q-262-26-214-38Q-150-50-84-86T90-176T262-262Q318-270 312-190Q180-140 60-74"
        "T-250 44z",
    )  # fmt: skip
    c.line(
        p.wash, 3,
        "M-196-32q30 22 20 56M-110-74q32 24 24 66M-22-120q32 26 26 68M66-164q32 26 28 70"
        "M154-208q32 26 28 70M232-248q34 26 32 70",
    )  # fmt: skip
    c.arches(p.disc, (-222, 40, 40, 50))
    c.arches(p.light, (-222, 40, 20, 28))
    c.line(p.accent, 11, "M-140-22h1M-54-64h1M34-110h1M122-154h1M206-198h1")
    c.line(p.ink, 7, "M-64-8v-124M96-80v-136M230-140v-160", cap="butt")
    c.path(p.ink, "M-118-104L-96-128L262-326L292-322L300-300L-92-84z")
    c.line(p.light, 2, "M-104-100L292-316", opacity=0.4)
    for x, size in ((-334, 108), (-396, 76), (-276, 66), (-10, 82), (50, 58)):
        _jar(c, x, 76 + (x > -100) * 16, size)
    pine(c, 440, -216, 180)


def _jar(c: Canvas, x: float, y: float, tall: float) -> None:
    w = tall * 0.3
    c.path(
        c.colours.ink, "M", x - w * 0.5, y, "C", x - w * 0.7, y - tall * 0.3, x - w * 1.5,
        y - tall * 0.74, x - w * 0.4, y - tall * 0.82, "l", -w * 0.2, -tall * 0.18, "h", w * 1.2,
        "l", -w * 0.2, tall * 0.18, "C", x + w * 1.5, y - tall * 0.74, x + w * 0.7, y - tall * 0.3,
        x + w * 0.5, y, "z",
    )  # fmt: skip
    c.line(
        c.colours.light, 2.5, "M", x - w * 0.8, y - tall * 0.6, "q", w * 0.8, 8, w * 1.6, 0,
        opacity=0.7,
    )  # fmt: skip


WORKS = {
    "tomb": Scene(tomb, hills=0.9),
    "ruin": Scene(ruin, hills=0.7),
    "archaeological": Scene(dig, hills=0.7),
    "bridge": Scene(bridge, ground="river"),
    "canal": Scene(canal, ground="river", hills=0.6),
    "road": Scene(road, hills=0.9, near=False),
    "granary": Scene(granary, hills=0.7),
    "kiln": Scene(kiln),
}
