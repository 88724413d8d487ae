"""Scenes of landscape: rock, sea, wood and field, and what people cut or painted into it."""

from heritage.media.covers.brush import Canvas, boat, fir, fir_path, leafy, pine
from heritage.media.covers.silhouettes.parts import roof
from heritage.media.covers.silhouettes.scene import Scene
from heritage.values.svg_paths import smooth


def peaks(c: Canvas) -> None:
    """Granite peaks over a sea of cloud, pines in every crack, a pavilion on the highest."""
    p = c.colours
    c.path(
        c.fading("m"),
        "M-330 200Q-290-100-260-190T-210-290Q-190-310-172-280T-140-150T-90 200zM300 200"
        "Q320-150 356-240T400-330Q420-350 436-310T470-190T540 200z",
    )  # fmt: skip
    c.path(
        p.near, "M-200 200Q-170 20-140-60T-120-250Q-104-380-60-410Q-24-436 16-404T70-300"
        "Q110-260 116-170T170-30T250 200z",
    )  # fmt: skip
    c.path(
        p.ink, "M-200 200Q-170 20-140-60T-120-250Q-104-380-60-410Q-40-424-20-420Q-50-340-30-260"
        "T-60-120T-30 30T-70 200z", opacity=0.75,
    )  # fmt: skip
    c.path(p.wash, "M150 200Q170 40 196-20T226-130Q250-200 280-160T320-50T380 60T430 200z")
    c.path(
        p.ink, "M150 200Q170 40 196-20T226-130Q240-166 258-170Q244-90 260-40T236 90T260 200z",
        opacity=0.7,
    )  # fmt: skip
    c.path(p.wash, "M-460 200Q-420 40-390-10T-350-120Q-326-170-300-130T-270-20T-230 60T-190 200z")
    c.line(
        p.light, 2.5, "M20-390Q44-320 40-250M76-280Q90-200 80-120M30-200Q60-120 50-20M120-130"
        "Q130-60 150 0M270-130Q290-80 286-20M-310-110Q-300-60-306 0", opacity=0.4,
    )  # fmt: skip
    c.dashes(p.light, 10, 3, 4, "M30 60Q90 20 50-40T70-140T20-230T30-330T-6-404")
    c.boxes(p.accent, (-54, -440, 5, 32), (-34, -440, 5, 32), (-14, -440, 5, 32))
    roof(c, -32, -436, 46, 5, 44, tiles=2)
    for x, y, size in ((96, -228, 120), (-116, -250, 100), (268, -156, 110), (-320, -136, 96),
                       (150, -80, 76), (-178, -6, 84)):  # fmt: skip
        pine(c, x, y, size)
    for x, y, wide, high in ((-260, 90, 420, 70), (240, 110, 460, 76), (-20, 150, 640, 90)):
        c.oval(c.fading("v"), x, y, wide, high)


def lake(c: Canvas) -> None:
    """Snow peaks mirrored in a lake, firs on the shore, cranes in the shallows."""
    p = c.colours
    c.path(c.fading("n"), "M-500 30L-250-220L-190-180L-20-370L110-230L160-260L430 30z")
    c.path(
        p.light, "M-20-370L56-288L24-296L6-262L-22-290L-52-258L-66-286L-92-290zM-250-220L-222-202"
        "L-240-186L-262-194L-288-182zM160-260L190-228L166-224L150-236L132-238L118-222L110-230z",
    )  # fmt: skip
    c.path(p.near, "M-500 30H430L160 176L110 150L-20 200L-190 130L-250 150z", opacity=0.18)
    for x, size in ((-560, 170), (-500, 230), (-446, 180), (-400, 120), (300, 150), (350, 220),
                    (404, 270), (458, 200), (510, 150)):  # fmt: skip
        fir(c, x, 34, size, p.ink if size > 160 else p.ground)
    c.path(p.ground, "M-820 24Q-500 20-340 36Q-560 48-820 46zM820 22Q420 18 230 38Q520 50 820 48z")
    for x, y, f in ((60, 128, 1), (140, 140, -1)):
        c.line(p.ink, 3, "M", x, y, "v", -44, "M", x + 7 * f, y, "v", -44)
        c.path(
            p.ink, "M", x - 30 * f, y - 48, "q", 8 * f, -26, 38 * f, -22, "q", 14 * f, 4, 14 * f,
            14, "q", -18 * f, 16, -52 * f, 8, "z",
        )  # fmt: skip
        c.path(
            p.light, "M", x - 14 * f, y - 58, "q", 12 * f, -8, 28 * f, -4, "q", -8 * f, 12,
            -28 * f, 4, "z",
        )  # fmt: skip
        c.line(
            p.ink, 4, "M", x + 18 * f, y - 60, "q", 14 * f, -16, 4 * f, -34, "q", 2 * f, -8,
            22 * f, -2,
        )  # fmt: skip
        c.oval(p.accent, x + 25 * f, y - 98, 5, 3)


def reef(c: Canvas) -> None:
    """Islets on the sea, and under the water line the coral."""
    p, dice = c.colours, c.dice
    c.path(
        c.fading("n"),
        "M-260-66Q-220-170-180-196T-110-150Q-80-110-30-100T40-66zM170-66Q230-130 270-120"
        "T380-66z",
    )  # fmt: skip
    boat(c, 150, -34, 120, sail=True)
    c.path(
        p.mid, "M-820 10Q-700-6-580 10T-340 10T-100 10T140 10T380 10T620 10T860 10V200H-820z",
        opacity=0.75,
    )  # fmt: skip
    c.path(p.near, "M-820 60Q-600 40-400 70T0 64T400 66T820 56V200H-820z", opacity=0.7)
    c.line(
        p.light, 3, "M-820 10Q-700-6-580 10T-340 10T-100 10T140 10T380 10T620 10T860 10",
        opacity=0.9,
    )  # fmt: skip
    c.path(p.ground, "M-820 150Q-640 110-480 150T-160 168T160 160T420 140T820 156V200H-820z")
    for x, size, tone in (
        (-430, 108, p.accent), (-250, 74, p.light), (300, 116, p.accent), (420, 76, p.light),
        (60, 70, p.accent), (-100, 54, p.accent),
    ):  # fmt: skip
        branches: list[str | float] = []
        for lean in (-0.6, -0.2, 0.2, 0.6):
            tip = size * dice.between(0.75, 1)
            branches += ["M", x, 176, "q", lean * size * 0.2, -tip * 0.5, lean * size, -tip]
            branches += ["M", x + lean * size * 0.36, 176 - tip * 0.56, "q", 0, -tip * 0.2]
            branches += [lean * size * 0.1 - 12, -tip * 0.4]
        c.line(tone, max(6, size / 9), *branches)
    for x, y, f in ((-20, 84, 1), (40, 104, 1), (-70, 108, 1), (200, 90, -1), (250, 112, -1)):
        c.path(
            p.light, "M", x - 16 * f, y, "q", 14 * f, -14, 30 * f, 0, "l", 12 * f, -9, "v", 18,
            "l", -12 * f, -9, "q", -16 * f, 14, -30 * f, 0, "z",
        )  # fmt: skip


def wood(c: Canvas) -> None:
    """Old firs in rows, each fainter in the mist, and a deer in the clearing."""
    p, dice = c.colours, c.dice
    for y, count, tall, tone in ((-40, 9, 250, p.far), (-14, 8, 310, p.mid), (14, 7, 370, p.near)):
        row: list[str | float] = []
        for number in range(count):
            x = -660 + (number + dice.between(0.2, 0.8)) * 1280 / count
            if tone != p.near or not -150 < x < 150:
                row += fir_path(x, y, tall * dice.between(0.7, 1.05))
        c.path(tone, *row)
        c.oval(c.fading("v"), 0, y, 760, 44)
    fir(c, 330, 62, 470)
    fir(c, 470, 90, 400)
    fir(c, -330, 40, 300)
    c.path(p.light, "M-16-6Q60 30 0 70T-80 200H110Q90 120 130 70T14-6z", opacity=0.6)
    # The deer.
    c.path(
        p.ink, "M52 40l4-52q-8-34 18-38q36-8 58 0l18-44q-2-16 10-18l20 6q12 6 12 14l-22 4l-10 46"
        "q4 26-14 34l2 48h-9l-8-44q-26 6-48 0l-8 44h-9l2-34l-8 34z",
    )  # fmt: skip
    c.line(
        p.ink, 4,
        "M160-110q-22-14-24-44M148-126q-16-2-22-14M168-112q14-18 8-46M176-132q14-4 16-18",
    )  # fmt: skip


def island(c: Canvas) -> None:
    """A green island, rocks standing in the sea before it, and a sail."""
    p, dice = c.colours, c.dice
    c.path(c.fading("n"), "M-300-40Q-250-150-190-190T-90-250Q-40-280 10-220T110-160T240-60L300-40z")
    c.path(
        p.near, "M-380-20Q-310-50-270-90T-150-170Q-90-200-30-140T90-110T210-60T330-24Q180-6 0-4"
        "T-380-20z",
    )  # fmt: skip
    c.path(p.ink, "M-330-18Q-260-54-190-60T-60-80T90-62T240-50L310-20Q160-2 0 0T-330-18z")
    for x, y, size in ((-190, -130, 74), (-90, -160, 84), (-20, -126, 64), (-130, -80, 70),
                       (30, -104, 56)):  # fmt: skip
        leafy(c, x + dice.between(-16, 16), y, size * dice.between(0.85, 1.2), p.ground)
    for x, y, high in ((286, 4, 120), (366, 10, 74), (-440, 6, 64)):
        tall = high * dice.between(0.8, 1.2)
        c.path(
            p.ink, "M", x - tall * 0.34, y, "l", tall * 0.1, -tall * 0.5, "l", tall * 0.1,
            -tall * 0.42, "l", tall * 0.16, -tall * 0.08, "l", tall * 0.16, tall * 0.5, "l",
            tall * 0.14, tall * 0.5, "z",
        )  # fmt: skip
        c.line(p.light, 4, "M", x - tall * 0.5, y + 4, "h", tall, opacity=0.8)
    c.line(p.light, 4, "M-400-8Q-200 20 0 16T360-6", opacity=0.8)
    c.path(p.ink, "M-320 4Q0 40 300 4Q160 100-20 104T-320 4z", opacity=0.13)
    boat(c, -330, 84, 150, sail=True)


def fields(c: Canvas) -> None:
    """Rice terraces that follow the hill, full of sky, a farm among them."""
    p, dice = c.colours, c.dice
    tones = (p.mid, p.near, p.wash, p.near, p.ground, p.wash, p.ground, p.ink)
    for level, tone in enumerate(tones):
        y = -150 + level * 40 + level**1.5
        points = [(-820.0, y - 40 + level * 10)]
        for step in range(1, 9):
            x = -820 + step * 205
            hill = -90 * max(0, 1 - abs(x - 230) / 620) + 16 * (step % 2) - level * 3
            points.append((x, y + hill + dice.between(-14, 14)))
        edge = smooth(points)
        c.path(tone, edge, "V200H-820z")
        if level < 7:
            # The water that stands behind each bank, and the bank's lit edge.
            lower = smooth([(x, y + 15) for x, y in reversed(points)])
            c.path(p.light if level % 2 else p.water, edge, "L", lower[1:], "z", opacity=0.8)
    for x, y, wide in ((250, -206, 52), (346, -196, 40)):
        c.boxes(p.light, (x - wide * 0.8, y - 34, wide * 1.6, 36))
        c.boxes(p.wash, (x - 8, y - 22, 16, 24))
        c.path(
            p.ink, "M", x - wide * 1.1, y - 30, "Q", x - wide * 0.5, y - 50, x - wide * 0.5,
            y - 72, "h", wide, "Q", x + wide * 0.5, y - 50, x + wide * 1.1, y - 30, "z",
        )  # fmt: skip
    leafy(c, 160, -188, 110, p.accent)
    leafy(c, 420, -176, 90, p.accent)


LAND = {
    "mountain": Scene(peaks, ground="none", hills=1.2),
    "nature": Scene(lake, ground="river", hills=0.9),
    "reef": Scene(reef, ground="sea", hills=0.4, near=False),
    "forest": Scene(wood, hills=1.1, near=False),
    "island": Scene(island, ground="sea", hills=0.5, near=False),
    "landscape": Scene(fields, ground="none", hills=1.2, near=False),
}
