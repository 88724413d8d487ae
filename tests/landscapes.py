"""Pictures as busy as photographs, drawn by us."""

import random

from PIL import Image as Picture
from PIL import ImageFilter


def landscape(width=1920, height=1280, seed=1):
    """A picture as busy as a photograph: sky, hills, stones and leaves, out of focus far away."""
    dice = random.Random(seed)

    def rough(grain, contrast):
        size = max(2, width // grain), max(2, height // grain)
        return Picture.effect_noise(size, contrast).resize((width, height))

    ground = Picture.blend(rough(3, 55), rough(24, 90), 0.6)
    ground = ground.filter(ImageFilter.GaussianBlur(width / 1600))
    sky = Picture.linear_gradient("L").resize((width, height))
    horizon = Picture.new("L", (width, height), 0)
    line = [int(height * (0.35 + 0.1 * dice.random())) for _ in range(width // 40 + 2)]  # of hills
    for x in range(width):
        at = line[x // 40] + (line[x // 40 + 1] - line[x // 40]) * (x % 40) // 40
        horizon.paste(255, (x, at, x + 1, height))
    horizon = horizon.filter(ImageFilter.GaussianBlur(2))
    colours = [(0.9, 60), (0.8, 90), (0.6, 140)]
    bands = [
        Picture.composite(
            ground.point(lambda v, f=factor: int(v * f)),
            sky.point(lambda v, b=base: min(255, b + v // 2)),
            horizon,
        )
        for factor, base in colours
    ]
    return Picture.merge("RGB", bands)
