"""Buildings of the Chinese tradition: pagodas, temples, palaces, walls, gates, gardens."""

from heritage.media.covers.brush import Canvas, boat, cypress, leafy, pine, willow
from heritage.media.covers.silhouettes.parts import (
    battlements,
    bays,
    eaves_tower,
    hall,
    roof,
    terrace,
)
from heritage.media.covers.silhouettes.scene import Scene


def pagoda(c: Canvas) -> None:
    """A multi-eaved brick pagoda above the roofs of its monastery."""
    p, tiers = c.colours, c.dice.pick((9, 11, 13, 15))
    hall(c, 205, 4, 88, 112, count=3)
    hall(c, -176, 6, 62, 84, count=3)
    c.boxes(p.wash, (-92, -16, 184, 22))
    c.boxes(p.light, (-92, -16, 184, 3), opacity=0.5)
    eaves_tower(c, 0, -14, 66, 428, tiers)
    c.arches(p.light, (0, -14, 24, 58), opacity=0.85)
    c.arches(p.ink, (0, -14, 13, 46))
    c.arches(p.wash, (-37, -40, 12, 40), (37, -40, 12, 40))
    pine(c, 116, 6, 150)
    pine(c, -268, 10, 120)


def pagoda_forest(c: Canvas) -> None:
    """The tombs of abbots: small pagodas of every age, the near ones dark."""
    p, dice = c.colours, c.dice
    rows = ((p.mid, -12, 190, 4, 160), (p.near, 2, 260, 3, 200), (p.ink, 34, 350, 4, 176))
    for fill, y, tall, count, gap in rows:
        for number in range(count):
            x = (number - (count - 1) / 2) * gap + dice.between(-18, 18) + (y == 34) * 60
            high = tall * dice.between(0.66, 1) * (1 - abs(x) / 1400)
            if dice.whole(0, 4) == 0:
                _stupa(c, x, y, high * 0.62, fill)
            else:
                eaves_tower(
                    c, x, y, high * dice.between(0.12, 0.15), high, dice.pick((3, 5, 7)), fill
                )
            if fill == p.ink:
                c.arches(p.light, (x, y, high * 0.07, high * 0.13), opacity=0.7)
    cypress(c, 395, 24, 210)
    cypress(c, 440, 26, 150)


def _stupa(c: Canvas, x: float, y: float, tall: float, fill: str) -> None:
    """A bell on a stepped foot, and rings above it."""
    w = tall * 0.3
    c.path(
        fill, "M", x - w, y, "v", -tall * 0.14, "h", w * 0.2, "v", -tall * 0.1, "h", w * 0.2, "C",
        x - w * 1.1, y - tall * 0.6, x - w * 0.4, y - tall * 0.62, x - w * 0.2, y - tall * 0.64,
        "L", x, y - tall, "L", x + w * 0.2, y - tall * 0.64, "C", x + w * 0.4, y - tall * 0.62,
        x + w * 1.1, y - tall * 0.6, x + w * 0.6, y - tall * 0.24, "h", w * 0.2, "v", tall * 0.1,
        "h", w * 0.2, "v", tall * 0.14, "z",
    )  # fmt: skip


def temple(c: Canvas) -> None:
    """A monastery climbing its hill: gate, side halls, and a hall of two roofs behind."""
    p = c.colours
    pine(c, -318, 4, 200)
    pine(c, 330, 4, 230)
    c.path(p.ground, "M-330 8Q-200-96 0-100T330 8z")
    bays(c, 0, -92, 118, 60, 5, wall=p.wash)
    roof(c, 0, -142, 172, 100, 46, tiles=0)
    bays(c, 0, -178, 86, 30, 3)
    roof(c, 0, -202, 142, 66, 88)
    hall(c, -196, -22, 78, 112, count=3)
    hall(c, 196, -22, 78, 112, count=3)
    c.boxes(p.wash, (-330, -24, 660, 30))
    c.boxes(p.ink, (-334, -30, 668, 8))
    hall(c, 0, 10, 70, 92, count=3, wall=p.accent)


def palace_hall(c: Canvas) -> None:
    """A throne hall of double eaves on three levels of white marble."""
    p = c.colours
    top = terrace(c, 0, 22, 370, 3, 24)
    bays(c, 0, top, 212, 76, 9, wall=p.accent)
    roof(c, 0, top - 68, 282, 196, 50, tiles=7)
    bays(c, 0, top - 112, 176, 32, 9, wall=p.accent)
    roof(c, 0, top - 138, 258, 142, 108, tiles=7)
    for x in (-306, 306):
        hall(c, x, -26, 46, 78, count=3)


def city_wall(c: Canvas) -> None:
    """A battered brick wall from edge to edge, with a gate tower of three roofs above its arch."""
    p = c.colours
    battlements(c, p.wash, -760, 700, -112, 16)
    c.path(p.wash, "M-780-114H720V30H-780z")
    c.line(p.ink, 2, "M-760-94H700M-760-66H700M-760-38H700M-760-10H700", opacity=0.3)
    for x in (-420, 420):
        c.path(p.near, "M", x - 74, -122, "h", 148, "l", 14, 152, "h", -176, "z")
        battlements(c, p.near, x - 76, x + 76, -120, 16)
        hall(c, x, -122, 44, 66, count=3)
    c.path(p.ink, "M-168-134H168L188 30H-188z")
    battlements(c, p.ink, -172, 172, -132, 17)
    c.line(p.wash, 2, "M-170-112H170M-173-84H173M-176-56H176M-179-28H179", opacity=0.7)
    c.arches(p.light, (0, 30, 92, 122), opacity=0.9)
    c.arches(p.accent, (0, 30, 74, 108))
    c.line(p.ink, 3, "M0-76V30")
    bays(c, 0, -134, 128, 54, 7, wall=p.accent)
    roof(c, 0, -178, 178, 112, 38, tiles=5)
    bays(c, 0, -208, 106, 34, 5, wall=p.accent)
    roof(c, 0, -234, 160, 90, 86, tiles=5)


def mountain_pass(c: Canvas) -> None:
    """A fort that closes a valley; its walls climb the slope on either side."""
    p = c.colours
    for side in (-1, 1):
        c.path(
            c.fading("n"), "M", side * 60, 60, "Q", side * 200, -40, side * 290, -150, "T",
            side * 430, -262, "Q", side * 560, -230, side * 800, -330, "V", 160, "H", side * 60,
            "z",
        )  # fmt: skip
        climb = (side * 120, -30, "Q", side * 210, -70, side * 286, -168, "T", side * 430, -280)
        c.line(p.ink, 22, "M", *climb, cap="butt")
        c.dashes(p.ink, 38, 7, 8, "M", *climb)
        c.line(p.light, 2, "M", *climb, opacity=0.5)
        c.line(p.ink, 20, "M", side * 430, -276, "Q", side * 560, -250, side * 820, -356)
        x = side * 430
        c.path(p.ink, "M", x - 38, -230, "l", 6, -112, "h", 64, "l", 6, 112, "z")
        battlements(c, p.ink, x - 38, x + 38, -340, 12)
        c.arches(p.light, (x - 13, -302, 12, 20), (x + 13, -302, 12, 20), opacity=0.8)
    c.path(p.ink, "M-166-120H166L182 30H-182z")
    battlements(c, p.ink, -172, 172, -118, 17)
    c.line(p.wash, 2, "M-168-98H168M-171-70H171M-174-42H174M-177-14H177", opacity=0.7)
    c.arches(p.light, (0, 30, 80, 104), opacity=0.9)
    c.arches(p.accent, (0, 30, 62, 90))
    bays(c, 0, -120, 98, 46, 5, wall=p.accent)
    roof(c, 0, -158, 146, 84, 34)
    bays(c, 0, -184, 80, 26, 3, wall=p.accent)
    roof(c, 0, -204, 128, 64, 74)


def que_gate(c: Canvas) -> None:
    """Two que towers of the Han, each with its lesser one, and the road between them."""
    p = c.colours
    c.path(p.light, "M-26-6h52l90 210h-232z", opacity=0.7)
    for side in (-1, 1):
        for x, half, tall in ((side * 282, 48, 176), (side * 182, 66, 290)):
            c.boxes(p.wash, (x - half * 1.2, -14, half * 2.4, 24))
            c.path(
                p.ink, "M", x - half, -14, "l", 10, -tall * 0.62, "H", x + half - 10, "L",
                x + half, -14, "z",
            )  # fmt: skip
            c.path(
                p.wash, "M", x - half + 8, -tall * 0.64, "l", -12, -tall * 0.16, "h", half * 2 + 8,
                "l", -12, tall * 0.16, "z",
            )  # fmt: skip
            c.line(
                p.light, 2, "M", x - half + 8, -tall * 0.3, "h", 2 * half - 16, "M", x - half + 6,
                -tall * 0.24, "h", 2 * half - 12, opacity=0.5,
            )  # fmt: skip
            roof(c, x, -tall * 0.79, half * 1.75, half * 0.8, tall * 0.2, tiles=3)
            if half > 50:
                c.path(
                    p.light, "M", x - 16, -tall * 0.5, "q", 16, -26, 32, 0, "l", -8, 22, "h", -16,
                    "z", opacity=0.45,
                )  # fmt: skip
    cypress(c, -390, 8, 210)
    cypress(c, 392, 8, 180)
    cypress(c, -50, -4, 66, p.near)
    cypress(c, 50, -4, 66, p.near)


def academy(c: Canvas) -> None:
    """A gate with its plaque before a quiet court, and the old trees that outlived the scholars."""
    p = c.colours
    hall(c, 0, -30, 120, 180, count=5)
    leafy(c, 214, 4, 320, p.mid)
    leafy(c, -236, 4, 280, p.near)
    c.boxes(p.light, (-380, -76, 760, 84), opacity=0.92)
    c.boxes(p.ink, (-386, -86, 270, 12), (116, -86, 270, 12))
    for x in (-250, 250):
        c.oval(p.ink, x, -36, 26, 26, 0.75)
        c.line(p.light, 3, "M", x - 24, -36, "h", 48, "M", x, -60, "v", 48)
    bays(c, 0, 8, 112, 98, 3, wall=p.accent)
    roof(c, 0, -84, 162, 90, 72)
    c.boxes(p.ink, (-38, -84, 76, 28))
    c.line(p.light, 7, "M-20-70h2M-1-70h2M18-70h2")
    c.path(p.ink, "M-132 10q-4-34 12-38q12 4 8 38zM132 10q4-34-12-38q-12 4-8 38z")


def observatory(c: Canvas) -> None:
    """The tower of Dengfeng: battered brick, a notch, two huts, and the wall that measures noon."""
    p = c.colours
    dipper = (
        (250, -470),
        (304, -486),
        (346, -462),
        (392, -452),
        (410, -408),
        (474, -410),
        (482, -458),
    )
    route: list[str | float] = []
    for x, y in dipper:
        route += ["L", x, y] if route else ["M", x, y]
    route += ["L", 392, -452]
    star = p.light if p.night else p.ink
    c.line(star, 1.5, *route, opacity=0.5)
    c.line(star, 9, *(part for x, y in dipper for part in ("M", x, y, "h", 0)))
    c.path(p.near, "M-196 10L-136-236H136L196 10z")
    # Stairs go up around the tower from both sides and meet behind it.
    for side in (-1, 1):
        c.path(
            p.wash, "M", side * 262, 12, "H", side * 196, "L", side * 58, -214, "L", side * 82,
            -236, "L", side * 262, -18, "z",
        )  # fmt: skip
        c.dashes(p.light, 48, 2, 11, "M", side * 236, 4, "L", side * 74, -216, opacity=0.3)
        parapet = ("M", side * 258, -14, "L", side * 82, -232)
        c.line(p.ink, 9, *parapet)
    c.line(
        p.ink, 2, "M-186-30H186M-176-70H176M-166-110H166M-156-150H156M-146-190H146", opacity=0.25,
    )  # fmt: skip
    c.boxes(p.ink, (-146, -248, 292, 16))
    battlements(c, p.ink, -146, 148, -246, 12)
    c.path(p.ink, "M-30-234h60l6 246h-72z")
    c.line(p.light, 3, "M-24-206h48", opacity=0.9)
    for x in (-88, 88):
        c.boxes(p.wash, (x - 38, -300, 76, 56))
        c.arches(p.light, (x, -252, 22, 34), opacity=0.9)
        roof(c, x, -294, 60, 30, 38, tiles=3)
    c.boxes(p.wash, (-50, -282, 100, 32))
    c.boxes(p.ink, (-52, -288, 104, 7))
    # The sky-measuring wall runs out of the notch towards us.
    c.path(p.light, "M-14 4h28L-96 112h-84z")
    c.path(p.ink, "M14 4v10L-96 134v-22zM-180 112h84v22h-84z", opacity=0.85)
    c.line(p.wash, 2, "M-7 8L-152 112M7 8L-124 112")


def garden(c: Canvas) -> None:
    """A pavilion over a pond, a scholar's rock, a zigzag bridge, a willow."""
    p = c.colours
    c.boxes(p.light, (90, -84, 460, 96))
    c.path(p.ink, "M84-84q60-26 120-6t120 0t120 0t120 0v12H84z")
    c.oval(p.mid, 300, -30, 44, 44)
    c.line(p.ink, 5, "M256-30a44 44 0 1 0 88 0a44 44 0 1 0-88 0")
    leafy(c, 300, 8, 66, p.accent)
    for x in (176, 430):
        c.boxes(p.wash, (x - 20, -58, 40, 40))
        c.line(p.light, 3, "M", x - 20, -38, "h", 40, "M", x, -58, "v", 40)
    c.path(p.wash, "M-150 34V8h250v26h-10V18h-70v34h-12V18h-76v34h-12V18h-60v16z")
    c.line(p.accent, 9, "M-120 8v-112M-50 8v-112M30 8v-112M100 8v-112", cap="butt")
    c.line(
        p.accent, 3,
        "M-120-18H100M-120-8H100M-100-18v24M-80-18v24M-20-18v24M0-18v24M60-18v24M80-18v24",
    )  # fmt: skip
    roof(c, -10, -98, 186, 8, 124, tiles=4)
    c.path(p.ink, "M-22-216h24l-4-20q10-14-8-30q-18 16-8 30z")
    # Lake Tai stone: all holes.
    c.path(
        p.ink, "M116 22Q96-56 128-92T140-166Q172-186 180-142T208-96T196-50T226 22zM150-146"
        "q10-10 10 8t-14 14t4-22M168-92q18-4 16 10t-18 8t2-18M142-60q14-4 12 14t-16 12t4-26",
        holes=True,
    )  # fmt: skip
    c.path(p.wash, "M-150 16L-250 34L-350 22L-600 48V62L-350 36L-250 48L-150 30z")
    c.line(p.wash, 5, "M-200 30v28M-300 34v26M-400 36v28M-500 46v26")
    c.line(
        p.accent, 3,
        "M-150-6L-250 12L-350 0L-600 26M-200 2v24M-250 10v26M-300 4v24M-350 0v24M-400 4v24"
        "M-450 10v24M-500 16v24",
    )  # fmt: skip
    willow(c, -330, 16, 300)


def town(c: Canvas) -> None:
    """White walls, black roofs and stepped gables, close along a canal."""
    p, dice = c.colours, c.dice
    for y, houses, tall in ((-30, 4, 186), (12, 5, 140)):
        x = -420.0 + (y < 0) * 90
        for number in range(houses):
            wide, high = dice.between(64, 78), tall * dice.between(0.9, 1.15)
            if (number + (y < 0)) % 2:
                _gable(c, x + wide, y, wide, high)
            else:
                c.boxes(p.light, (x, y - high * 0.66, wide * 2, high * 0.66))
                c.path(
                    p.ink, "M", x - 12, y - high * 0.62, "L", x + 10, y - high * 0.9, "q", wide, 6,
                    wide * 2 - 20, 0, "l", 22, high * 0.28, "q", -wide, 7, -2 * wide - 24, 0, "z",
                )  # fmt: skip
            middle = x + wide
            c.boxes(
                p.wash, (middle - 34, y - high * 0.46, 14, 20),
                (middle + 20, y - high * 0.46, 14, 20),
            )  # fmt: skip
            if y > 0:
                c.boxes(p.accent if number in (1, 4) else p.ink, (middle - 12, y - 42, 24, 42))
                c.boxes(p.ink, (middle - 20, y - 50, 40, 7))
            x += 2 * wide + dice.between(10, 34)
    c.boxes(p.wash, (-480, 12, 980, 14))
    c.dashes(p.light, 3, 18, 16, "M-470 34H490", opacity=0.5)
    boat(c, 110, 80, 100)
    willow(c, 450, 20, 250)


def _gable(c: Canvas, x: float, y: float, wide: float, high: float) -> None:
    """A firewall in steps like a horse's head, each step under its own strip of tiles."""
    p = c.colours
    levels = ((1, 0.7), (0.62, 0.85), (0.26, 1))
    c.boxes(p.light, *((x - wide * w, y - high * h, wide * 2 * w, high * h) for w, h in levels))
    caps: list[str | float] = []
    for share, level in levels:
        half, top = wide * share + 6, y - high * level
        caps += [
            "M",
            x - half - 4,
            top - 13,
            "q",
            6,
            7,
            14,
            6,
            "h",
            2 * half - 20,
            "q",
            8,
            1,
            14,
            -6,
        ]
        caps += ["l", -2, 16, "h", -2 * half - 4, "z"]
    c.path(p.ink, *caps)


def pavilion(c: Canvas) -> None:
    """For any place: a scholar's pavilion on a rock, with a pine leaning over it."""
    p = c.colours
    c.path(p.ground, "M-330 30Q-240-20-190-66T-60-104Q60-118 120-92T220-30T360 30z")
    c.line(p.light, 3, "M-60 20Q-90-10-46-30T-30-66T-4-100", opacity=0.75)
    c.boxes(p.wash, (-104, -112, 208, 16))
    c.line(p.accent, 9, "M-82-112v-92M-30-112v-92M30-112v-92M82-112v-92", cap="butt")
    c.line(p.accent, 3, "M-82-136h52M30-136h52M-64-136v22M-48-136v22M48-136v22M64-136v22")
    roof(c, 0, -196, 148, 62, 44)
    c.boxes(p.accent, (-52, -262, 104, 30))
    roof(c, 0, -254, 116, 8, 86)
    c.path(p.ink, "M-9-334h18l-3-14q8-12-6-26q-14 14-6 26z")
    pine(c, 168, -64, 250)
    pine(c, -184, -50, 120)


HALLS = {
    "pagoda": Scene(pagoda),
    "pagoda-forest": Scene(pagoda_forest),
    "temple": Scene(temple),
    "hall": Scene(palace_hall, hills=0.8),
    "city-wall": Scene(city_wall, hills=0.8),
    "pass": Scene(mountain_pass, hills=1.2),
    "gate": Scene(que_gate, hills=1.1),
    "academy": Scene(academy, hills=0.9),
    "observatory": Scene(observatory, hills=0.9),
    "garden": Scene(garden, ground="bank", hills=0.7),
    "town": Scene(town, ground="bank", hills=0.9),
    "default": Scene(pavilion, hills=1.1),
}
