"""The relief under a tile: a small picture in grey, level ground and water 128, to be laid over the
land by hard light."""

import io
from base64 import b64encode
from functools import cache, lru_cache

import numpy as np
from PIL import Image, WebPImagePlugin

from heritage.cartography.base_map import FOLDER
from heritage.cartography.mercator import project

_WORLD = (-180.0, -60.0, 180.0, 80.0)  # degrees that the pictures span
_CHINA = (70.0, 14.0, 138.0, 55.0)
_FLAT = 128
_FINE_FROM = 3  # the zoom from which East Asia has its own picture
_FEATHER = 0.0083  # of the world, in which that picture gives way to the one of the world
# By zoom how strongly it is laid on: one pixel of it is 3.7 km, so that close up nothing is left.
_STRENGTH = {0: 0.55, 1: 0.6, 2: 0.62, 3: 0.6, 4: 0.55, 5: 0.5, 6: 0.46, 7: 0.36, 8: 0.18}
# How much of the picture of the world is left where it is too coarse, beyond East Asia.
_COARSE = {5: 0.75, 6: 0.45, 7: 0.2, 8: 0.0}
# Pixels of a tile's picture: a half, a quarter … of those that the pictures of the world and of
# East Asia have there, as what is between is grainy; at zooms 4, 7 and 8 all that they have, and at
# 6 nearly so: nine tiles of a province are 70 kB.
_SIZES = {0: 200, 1: 160, 2: 160, 3: 160, 4: 160, 5: 168, 6: 160, 7: 128, 8: 80}
_QUALITY = 38

# At once: the first tile would load the readers of all formats, for a quarter of a second.
Image.preinit()
_WEBP = WebPImagePlugin.WebPImageFile.format

type _Box = tuple[float, float, float, float]


def strength(zoom: int) -> float:
    """The opacity of the relief at a zoom, from 0 to 1."""
    return _STRENGTH.get(zoom, 0.0)


@lru_cache(maxsize=128)
def data_url(zoom: int, x: int, y: int) -> str:
    """The picture of a tile; empty where there is no relief."""
    if not strength(zoom):
        return ""
    span = 1 / (1 << zoom)
    x %= 1 << zoom
    box = (x * span, y * span, (x + 1) * span, (y + 1) * span)
    size = _SIZES[zoom]
    share = _share(box, size) if zoom >= _FINE_FROM else np.zeros((size, size))
    values = np.full((size, size), float(_FLAT))
    if share.min() < 1 and (coarse := _COARSE.get(zoom, 1.0)):
        values += (_cut("world", _square(_WORLD), box, size) - _FLAT) * coarse
    if share.max() > 0:
        values = values * (1 - share) + _cut("china", _square(_CHINA), box, size) * share
    if np.abs(values - _FLAT).max() < 6:
        return ""
    out = io.BytesIO()
    picture = Image.fromarray(values.round().clip(0, 255).astype(np.uint8))
    picture.save(out, _WEBP, quality=_QUALITY, method=4)
    return "data:image/webp;base64," + b64encode(out.getvalue()).decode()


def _square(degrees: _Box) -> _Box:
    west, south, east, north = degrees
    return (*project(west, north), *project(east, south))


def _cut(name: str, spans: _Box, box: _Box, size: int) -> np.ndarray:
    """A part of a picture, size × size; what lies beyond the picture is flat."""
    width, height = _sizes()[name]
    across, down = width / (spans[2] - spans[0]), height / (spans[3] - spans[1])
    shrink = (box[2] - box[0]) * across / size
    factor = max(each for each in (1, 2, 4, 8) if each <= max(1, shrink))
    extent = (
        (box[0] - spans[0]) * across / factor,
        (box[1] - spans[1]) * down / factor,
        (box[2] - spans[0]) * across / factor,
        (box[3] - spans[1]) * down / factor,
    )
    cut = _picture(name, factor).transform(
        (size, size), Image.Transform.EXTENT, extent, Image.Resampling.BICUBIC, fillcolor=_FLAT
    )
    return np.asarray(cut, dtype=float)


@cache
def _sizes() -> dict[str, tuple[int, int]]:
    found = {}
    for name in ("world", "china"):
        with Image.open(FOLDER / f"relief-{name}.jpg") as picture:
            found[name] = picture.size
    return found


@cache
def _picture(name: str, factor: int) -> Image.Image:
    """So many times smaller, which is quicker to read."""
    with Image.open(FOLDER / f"relief-{name}.jpg") as picture:
        picture.draft("L", (picture.width // factor, picture.height // factor))
        picture.load()
        return picture


def _share(box: _Box, size: int) -> np.ndarray:
    """How much of the finer picture is seen: all of it in the middle, nothing at its edges."""
    west, north, east, south = _square(_CHINA)
    at = (np.arange(size) + 0.5) / size
    x, y = box[0] + at * (box[2] - box[0]), box[1] + at * (box[3] - box[1])
    across, down = np.minimum(x - west, east - x), np.minimum(y - north, south - y)
    return (np.minimum.outer(down, across) / _FEATHER).clip(0, 1)
