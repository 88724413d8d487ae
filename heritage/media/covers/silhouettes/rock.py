"""Scenes of rock that people cut, painted or sheltered in."""

from heritage.media.covers.brush import Canvas, boat
from heritage.media.covers.silhouettes.scene import Scene


def grotto(c: Canvas) -> None:
    """A cliff like a honeycomb, and in its great niche a Buddha between two attendants."""
    p, dice = c.colours, c.dice
    c.path(
        p.near, "M-820-210Q-700-250-560-236T-330-300T-60-386T180-372T380-300T590-250T820-190V34"
        "H-820z",
    )  # fmt: skip
    c.path(
        p.wash, "M-560 34L-520-190L-420-214L-350-266L-250-280L-190-340L-40-366L150-350L236-300"
        "L330-276L430-210L540-180L600 34z",
    )  # fmt: skip
    c.line(
        p.ink, 3,
        "M-470-150L-420-60L-440 20M-300-250L-320-150M330-240L350-120L336-30M500-160L486-70"
        "M-200-320L-216-250M230-280L240-200", opacity=0.35,
    )  # fmt: skip
    niches, lights = [], []
    for x, y, size in (
        (-478, -20, 32), (-430, -74, 42), (-380, -6, 46), (-352, -130, 38), (-312, -58, 46),
        (-274, -180, 40), (-262, -2, 36), (-232, -104, 44), (266, -20, 44), (262, -126, 46),
        (318, -70, 40), (322, -186, 34), (370, -8, 38), (384, -116, 42), (440, -56, 38),
        (490, -6, 34),
    ):  # fmt: skip
        high = size * dice.between(1.2, 1.5)
        niches.append((x, y, size, high))
        lights.append((x, y - 2, size * 0.34, high * 0.6))
    c.arches(p.ink, *niches)
    c.arches(p.light, *lights, opacity=0.6)
    c.path(p.ink, "M-190 34V-190Q-180-330 0-336T190-190V34z")
    # The nimbus, pointed like a lotus petal.
    c.path(p.accent, "M0-316Q112-250 108-130T60 20H-60Q-112-40-108-130T0-316z", opacity=0.85)
    c.oval(p.light, 0, -196, 54, 56, 0.5)
    c.path(
        p.light, "M-10-258q-4-16 10-20q14 4 10 20q26 6 26 38q0 34-22 44v10q58 8 74 56l16 62"
        "q30 6 34 36q-60 28-138 28T-138-12q4-30 34-36l16-62q16-48 74-56v-10q-22-10-22-44"
        "q0-32 26-38z",
    )  # fmt: skip
    c.path(p.accent, "M-44-92Q-34-30-40-6Q0 8 40-6Q34-30 44-92Q30-40 0-38T-44-92z", opacity=0.45)
    c.line(
        p.wash, 3,
        "M-30-140Q0-96 30-140M-40-124Q0-66 40-124M-20-216q8 6 16 0M4-216q8 6 16 0M-8-190"
        "q8 5 16 0",
    )  # fmt: skip
    c.path(p.wash, "M-140 12H140V34H-140z")
    for side in (-1, 1):
        x = side * 152
        c.path(
            p.light, "M", x - 13, 34, "l", 3, -70, "q", -9, -40, 2, -62, "q", 2, -8, 4, -12, "q",
            -6, -22, 4, -28, "q", 10, 6, 4, 28, "q", 2, 4, 4, 12, "q", 11, 22, 2, 62, "l", 3, 70,
            "z", opacity=0.85,
        )  # fmt: skip
    c.path(p.ground, "M-820 30H820V52H-820z")
    boat(c, -220, 96, 90)


def cave(c: Canvas) -> None:
    """From inside the mouth of a cave: stone curtains, still water, a boat against the light."""
    p = c.colours
    c.path(p.water, "M-820 40H820V200H-820z")
    c.oval(c.fading("v"), 0, 40, 700, 50)
    c.path(p.disc, "M-30 44H60L110 200H-90z", opacity=0.35)
    c.line(
        p.light, 3, "M-160 70h90M40 84h140M-240 110h160M90 130h120M-60 150h90M-200 172h140",
        opacity=0.7,
    )  # fmt: skip
    c.path(
        p.near, "M-820-620H620V200H430Q470 60 400 10T370-150Q340-290 260-330T130-400T-60-430"
        "T-220-380T-340-300Q-400-220-390-110T-440 50T-470 200H-820z",
    )  # fmt: skip
    c.path(
        p.wash, "M-260-420L-236-240L-216-420zM-180-440L-166-330L-150-440zM60-450L86-220L110-450z"
        "M150-440L164-320L180-430zM-20-460L-8-370L6-460zM240-380L262-180L290-360zM-340-330"
        "L-326-160L-300-330z",
    )  # fmt: skip
    c.path(
        p.ink, "M-820-620H620V200H500Q530 100 470 40T450-120Q430-260 340-340Q320-250 306-340"
        "Q250-410 200-420Q176-250 150-440Q60-480-20-480Q-40-330-66-476Q-160-470-230-430"
        "Q-250-290-280-400Q-360-350-410-280Q-420-180-436-240Q-480-160-470-80T-520 60"
        "T-540 200H-820z",
    )  # fmt: skip
    c.path(
        p.ink, "M-470 200Q-440 90-420 60Q-410-20-392 60Q-360 110-350 200zM360 200Q372 120 386 96"
        "Q396 30 408 96Q440 140 450 200z",
    )  # fmt: skip
    boat(c, 14, 82, 130)


def rock_art(c: Canvas) -> None:
    """A sheltered wall, and on it in ochre the herd, the hunters and the hands."""
    p, dice = c.colours, c.dice
    c.path(c.fading("g"), "M-820 20Q-400-10 0 30T820 10V200H-820z")
    c.path(p.near, "M-540 34Q-560-150-500-230T-440-330Q-260-420-60-400T260-450T820-430V34z")
    c.path(
        p.light,
        "M-470 34Q-490-120-430-220T-240-300Q-60-336 120-320T390-256Q470-160 450-60T420 34z",
    )  # fmt: skip
    c.path(
        p.accent,
        "M-470 34Q-490-120-430-220T-240-300Q-60-336 120-320T390-256Q470-160 450-60T420 34"
        "Q460-160 340-210T60-262T-300-220Q-440-160-430 34z", opacity=0.16,
    )  # fmt: skip
    # The overhang that has kept the rain off, and the shade beneath it.
    c.path(
        p.ink, "M-556-190Q-560-260-470-350T-60-440T300-480T820-470V-340Q600-320 470-290T250-344"
        "T-30-350T-280-322T-440-250T-556-190z",
    )  # fmt: skip
    c.path(
        p.wash, "M-556-190Q-556-260-440-326T-60-404T300-440T820-420V-340Q600-320 470-290T250-344"
        "T-30-350T-280-322T-440-250T-556-190z", opacity=0.7,
    )  # fmt: skip
    c.line(
        p.ink, 3, "M520-250L560-160L540-60M640-280L660-180M720-200L700-60L730 10M-500-140L-510-60",
        opacity=0.35,
    )  # fmt: skip
    c.path(p.ground, "M-600 40Q-520 14-380 30T-40 26T300 30T560 16T820 30V80H-600z")
    for x, y, size, f in (
        (-250, -120, 150, 1),
        (-60, -190, 180, 1),
        (140, -120, 140, 1),
        (-60, -40, 110, 1),
    ):
        _deer(c, x, y, size * dice.between(0.95, 1.08), f)
    hunters: list[str | float] = []
    for x, y in ((270, -50), (330, -90), (345, -24)):
        hunters += ["M", x, y, "l", 10, -26, "l", 10, 26, "M", x + 10, y - 26, "v", -26]
        hunters += [
            "M",
            x + 20,
            y - 34,
            "l",
            -10,
            -10,
            "l",
            -22,
            4,
            "M",
            x - 10,
            y - 66,
            "q",
            -16,
            24,
            0,
            48,
        ]
        hunters += ["M", x + 10, y - 64, "h", 0.6]
    c.line(p.accent, 6, *hunters)
    for x, y in ((-396, -70), (-360, -150), (250, -250)):
        c.oval(p.accent, x, y, 15, 17)
        c.line(
            p.accent, 7, "M", x - 9, y - 8, "l", -7, -24, "M", x - 2, y - 12, "l", -1, -30, "M",
            x + 5, y - 11, "l", 5, -28, "M", x + 11, y - 5, "l", 11, -20, "M", x - 12, y + 4, "l",
            -16, -8,
        )  # fmt: skip
    c.line(
        p.accent, 5,
        "M300-210a26 26 0 1 0 52 0a26 26 0 1 0-52 0M326-246v-14M326-174v14M290-210h-14"
        "M362-210h14",
    )  # fmt: skip


def _deer(c: Canvas, x: float, y: float, size: float, f: int) -> None:
    """A stag at a run, drawn as the first painters did: all line and shoulder."""
    s, g = size, size * f
    c.path(
        c.colours.accent, "M", x - g * 0.42, y - s * 0.3, "q", g * 0.2, -s * 0.16, g * 0.44,
        -s * 0.08, "q", g * 0.16, -s * 0.02, g * 0.26, -s * 0.2, "l", g * 0.18, s * 0.05, "l",
        -g * 0.04, s * 0.06, "l", -g * 0.1, 0, "q", -g * 0.04, s * 0.22, -g * 0.2, s * 0.26, "l",
        g * 0.22, s * 0.2, "l", -g * 0.06, s * 0.02, "l", -g * 0.3, -s * 0.2, "q", -g * 0.14,
        s * 0.02, -g * 0.22, -s * 0.02, "l", -g * 0.22, s * 0.22, "l", -g * 0.04, -s * 0.04, "l",
        g * 0.12, -s * 0.2, "z",
    )  # fmt: skip
    c.line(
        c.colours.accent, s / 34, "M", x + g * 0.3, y - s * 0.56, "q", -g * 0.14, -s * 0.1,
        -g * 0.1, -s * 0.28, "M", x + g * 0.2, y - s * 0.66, "q", -g * 0.1, 0, -g * 0.14, -s * 0.1,
        "M", x + g * 0.33, y - s * 0.57, "q", g * 0.1, -s * 0.12, g * 0.02, -s * 0.28, "M",
        x + g * 0.37, y - s * 0.7, "q", g * 0.08, -s * 0.02, g * 0.1, -s * 0.1,
    )  # fmt: skip


ROCK = {
    "grotto": Scene(grotto, ground="river", hills=0.6),
    "cave": Scene(cave, ground="none", near=False),
    "rock-art": Scene(rock_art, ground="none", hills=0.9),
}
