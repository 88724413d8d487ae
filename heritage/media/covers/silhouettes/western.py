"""Buildings of other traditions: churches, castles, palaces, mills and monuments."""

from heritage.media.covers.brush import Canvas, cypress, fir, leafy, smoke
from heritage.media.covers.silhouettes.parts import battlements
from heritage.media.covers.silhouettes.scene import Scene


def industrial(c: Canvas) -> None:
    """A mill: saw-tooth sheds, tall windows, a chimney, and the wheel over the shaft."""
    p = c.colours
    smoke(c, 236, -372, 150)
    c.path(p.wash, "M208-40l12-336h34l14 336z")
    c.line(p.ink, 7, "M216-350h42M218-330h38", cap="butt")
    c.line(p.ink, 8, "M-300 8L-236-258L-176 8M-286-60h100M-272-130h72M-294-40l96-88M-186-40l-84-88")
    c.line(p.ink, 6, "M-288-256a52 52 0 1 0 104 0a52 52 0 1 0-104 0")
    c.line(p.ink, 3, "M-288-256h104M-236-308v104M-273-293l74 74M-199-293l-74 74")
    c.path(p.ink, "M-190 14V-110L-110-168V-110L-30-168V-110L50-168V-110L130-168V14z")
    c.path(p.light, "M-120-148v38h-52zM-40-148v38h-52zM40-148v38h-52zM120-148v38H68z", opacity=0.75)
    c.path(p.wash, "M120 14V-214H330V14z")
    c.boxes(p.ink, (112, -226, 226, 16))
    c.arches(p.light, *((x, y, 24, 44) for x in (152, 200, 248, 296) for y in (-142, -78)))
    c.arches(p.light, *((x, -8, 30, 58) for x in (-150, -98, -46, 6, 58)), opacity=0.8)
    c.arches(p.accent, (226, 14, 54, 66))
    c.boxes(p.wash, (-360, 4, 740, 14))
    leafy(c, 396, 8, 130, p.near)


def obelisk(c: Canvas) -> None:
    """A shaft on its steps, cypresses around it."""
    p = c.colours
    for x, size in ((-300, 150), (-230, 190), (232, 196), (304, 148)):
        cypress(c, x, 6, size, p.near)
    c.path(p.light, "M-40 20h80L150 200h-300z", opacity=0.7)
    c.boxes(p.wash, (-190, -4, 380, 24), (-150, -26, 300, 24), (-112, -48, 224, 24))
    c.line(p.light, 3, "M-190-4H190M-150-26H150M-112-48H112", opacity=0.7)
    c.path(p.ink, "M-66-48v-86h132v86zM-78-134h156v-16H-78zM-46-150L-32-382L0-424L32-382L46-150z")
    c.path(p.wash, "M0-424L32-382L46-150H0z", opacity=0.55)
    c.boxes(p.light, (-38, -122, 76, 58), opacity=0.85)
    c.line(p.wash, 4, "M-24-106h48M-24-92h48M-24-78h30")
    c.path(p.accent, "M-18-196a18 18 0 1 0 36 0a18 18 0 1 0-36 0")
    for x in (-170, 170):
        c.boxes(p.ink, (x - 8, -64, 16, 62), (x - 14, -70, 28, 8))
        c.path(p.accent, "M", x - 12, -72, "q", -2, -18, 12, -30, "q", 14, 12, 12, 30, "z")


def cathedral(c: Canvas) -> None:
    """A Gothic west front of two towers, with the nave and its buttresses behind."""
    p = c.colours
    c.path(p.wash, "M60 10V-190L100-236H330L352-190V10z")
    c.path(p.ink, "M60-186L104-246H334L356-186z")
    c.path(p.ink, "M218-246l8-92l8 92z")
    for x in (150, 214, 278, 342):
        c.path(p.ink, "M", x + 30, 10, "V", -96, "l", -34, -52, "v", 16, "l", 20, 44, "V", 10, "z")
        c.arches(p.light, (x - 26, -40, 20, 96), opacity=0.75)
    for side in (-1, 1):
        x = side * 82
        c.path(p.ink, "M", x - 46, 10, "V", -262, "H", x + 46, "V", 10, "z")
        c.path(p.ink, "M", x - 40, -262, "L", x, -420, "L", x + 40, -262, "z")
        c.path(
            p.ink, "M", x - 50, -250, "l", 6, -54, "l", 7, 54, "z", "M", x + 37, -250, "l", 7, -54,
            "l", 6, 54, "z",
        )  # fmt: skip
        c.line(p.ink, 3, "M", x, -416, "v", -28, "M", x - 8, -434, "h", 16)
        c.arches(p.light, (x - 15, -166, 18, 76), (x + 15, -166, 18, 76), opacity=0.85)
        c.arches(p.wash, (x, -64, 26, 62))
    c.path(p.ink, "M-40 10V-196L0-240L40-196V10z")
    c.oval(p.light, 0, -132, 29, 29)
    c.oval(p.accent, 0, -132, 22, 22)
    c.line(p.light, 3, "M-24-132h48M0-156v48M-17-149l34 34M17-149l-34 34")
    c.oval(p.light, 0, -132, 6, 6)
    c.line(p.wash, 4, "M-128-80H128M-128-184H128")
    for x, wide, tall in ((0, 54, 82), (-82, 36, 56), (82, 36, 56)):
        for fill, share in ((p.light, 1), (p.accent, 0.62)):
            half, high = wide * share / 2, tall * share
            c.path(
                fill, "M", x - half, 10, "V", 10 - high * 0.5, "Q", x - half, 10 - high * 0.8, x,
                10 - high, "Q", x + half, 10 - high * 0.8, x + half, 10 - high * 0.5, "V", 10, "z",
            )  # fmt: skip
    leafy(c, -230, 8, 170, p.near)
    leafy(c, 420, 8, 130, p.near)


def castle(c: Canvas) -> None:
    """Towers with cone roofs on a crag, a bridge to the gate, banners out."""
    p = c.colours
    c.path(p.ground, "M-400 40L-290-10L-240-60L-190-84H190L236-50L268-30L330 4L430 40z")
    c.path(
        p.wash, "M-60 40L-100-30L-70-84H-20L0-20L40 40zM150 40L120-20L150-84H190L210-10z",
        opacity=0.6,
    )  # fmt: skip
    c.path(p.wash, "M-56-84V-270H78V-84z")
    c.path(p.ink, "M-66-266L-30-344H52L88-266z")
    towers = ((-150, 42, 150, 78), (-62, 34, 232, 104), (94, 38, 206, 92), (166, 46, 128, 74))
    for x, half, tall, cone in towers:
        c.path(
            p.ink, "M", x - half, -80, "l", 4, -tall, "h", 2 * half - 8, "l", 4, tall, "z", "M",
            x - half - 5, -76 - tall, "L", x, -80 - tall - cone, "L", x + half + 5, -76 - tall,
            "z",
        )  # fmt: skip
        c.arches(p.light, (x, -40 - tall, 12, 24), (x, -80 - tall * 0.4, 12, 26))
        c.line(p.ink, 3, "M", x, -80 - tall - cone, "v", -26)
        c.path(p.accent, "M", x, -106 - tall - cone, "q", 16, -7, 34, 4, "q", -16, 2, -34, 11, "z")
    c.path(p.ink, "M-192-80V-140H206V-80z")
    battlements(c, p.ink, -190, 204, -139, 14)
    c.arches(p.light, (12, -78, 54, 58))
    c.arches(p.accent, (12, -78, 42, 48))
    c.arches(p.light, (-8, -206, 14, 30), (30, -206, 14, 30), opacity=0.9)
    fir(c, -270, -16, 110)
    fir(c, -316, 8, 140)
    fir(c, 300, 0, 120)
    fir(c, 352, 16, 86)


def palace(c: Canvas) -> None:
    """A classical front: portico, dome, long wings, and water in its garden."""
    p = c.colours
    c.path(p.ink, "M-74-196Q-70-296 0-304Q70-296 74-196z")
    c.boxes(p.wash, (-84, -208, 168, 30))
    c.dashes(p.light, 22, 8, 12, "M-76-192H80", opacity=0.7)
    c.line(p.wash, 3, "M-36-200Q-34-280 0-302M36-200Q34-280 0-302M0-302v100")
    c.path(p.ink, "M-15-302v-26h30v26zM-17-328Q0-352 17-328zM-2-340v-34h4v34z")
    c.boxes(p.wash, (-380, -118, 760, 126))
    c.boxes(p.ink, (-390, -130, 780, 14), (-386, -2, 772, 14))
    c.dashes(p.ink, 12, 3, 6, "M-386-138H386")
    c.line(p.ink, 3, "M-386-146H386")
    c.arches(p.light, *((s * x, -22, 26, 66) for s in (-1, 1) for x in (166, 216, 266, 316, 356)))
    c.boxes(p.ink, (-396, -152, 46, 160), (350, -152, 46, 160))
    for x in (-373, 373):
        c.path(
            p.ink, "M", x - 30, -150, "Q", x - 22, -196, x, -200, "Q", x + 22, -196, x + 30, -150,
            "z",
        )  # fmt: skip
        c.arches(p.light, (x, -40, 20, 70))
    c.path(p.ink, "M-144-142L0-206L144-142z")
    c.path(p.light, "M-100-150L0-194L100-150z", opacity=0.7)
    c.oval(p.accent, 0, -164, 15, 15)
    c.boxes(p.ink, (-140, -142, 280, 16), (-130, -128, 260, 136))
    c.line(p.light, 15, "M-112-126V0M-75-126V0M-38-126V0M38-126V0M75-126V0M112-126V0", cap="butt")
    c.arches(p.accent, (0, 8, 38, 84))
    c.boxes(p.light, (-150, 4, 300, 6), (-162, 12, 324, 6), (-174, 20, 348, 6))
    c.oval(p.light, 0, 74, 230, 24, 0.85)
    c.oval(p.water, 0, 76, 214, 18)
    c.line(p.light, 3, "M0 76Q-6 10-30 30M0 76Q6 10 30 30M0 76V10")
    for x in (-300, -240, 240, 300):
        cypress(c, x, 54, 78)


WESTERN = {
    "industrial": Scene(industrial, hills=0.6),
    "monument": Scene(obelisk, hills=0.8),
    "church": Scene(cathedral, hills=0.7),
    "castle": Scene(castle, hills=1.1),
    "palace": Scene(palace, hills=0.6),
}
