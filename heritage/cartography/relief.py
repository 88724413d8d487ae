"""The relief under a tile: a small picture in grey, level ground and water 128, to be laid over the
land by hard light."""

import io
from base64 import b64encode
from functools import cache, lru_cache

import numpy as np
from PIL import Image

from heritage.cartography.base_map import FOLDER
from heritage.cartography.mercator import project

_WORLD = (-180.0, -60.0, 180.0, 80.0)  # degrees that the pictures span
_CHINA = (70.0, 14.0, 138.0, 55.0)
_FLAT = 128
_FINE_FROM = 3  # the zoom from which East Asia has its own picture
_FEATHER = 90  # pixels in which that picture gives way to the one of the world
# By zoom how strongly it is laid on: one pixel of it is 3.7 km, so that close up nothing is left.
_STRENGTH = {0: 0.55, 1: 0.6, 2: 0.62, 3: 0.6, 4: 0.55, 5: 0.5, 6: 0.46, 7: 0.36, 8: 0.18}
# How much of the picture of the world is left where it is too coarse, beyond East Asia.
_COARSE = {5: 0.75, 6: 0.45, 7: 0.2, 8: 0.0}
_SIZES = {0: 200, 6: 180, 7: 128, 8: 80}  # pixels of a tile's picture, where it has no more to show
_SIZE = 256
_QUALITY = 40

type _Box = tuple[float, float, float, float]


def strength(zoom: int) -> float:
    """Opacity from 0 to 1."""
    return _STRENGTH.get(zoom, 0.0)


@lru_cache(maxsize=128)
def data_url(zoom: int, x: int, y: int) -> str:
    """The picture of a tile; empty where there is no relief."""
    if not strength(zoom):
        return ""
    span = 1 / (1 << zoom)
    x %= 1 << zoom
    box = (x * span, y * span, (x + 1) * span, (y + 1) * span)
    size = _SIZES.get(zoom, _SIZE)
    values = _cut(_world(), _square(_WORLD), box, size)
    values = _FLAT + (values - _FLAT) * _COARSE.get(zoom, 1.0)
    if zoom >= _FINE_FROM and _meets(box, _square(_CHINA)):
        fine = _cut(_china(), _square(_CHINA), box, size)
        share = _cut(_share(), _square(_CHINA), box, size, outside=0) / 255
        values = values * (1 - share) + fine * share
    if np.abs(values - _FLAT).max() < 6:
        return ""
    out = io.BytesIO()
    picture = Image.fromarray(values.round().clip(0, 255).astype(np.uint8))
    picture.save(out, "WEBP", quality=_QUALITY, method=3)
    return "data:image/webp;base64," + b64encode(out.getvalue()).decode()


def _square(degrees: _Box) -> _Box:
    west, south, east, north = degrees
    return (*project(west, north), *project(east, south))


def _meets(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1]


def _cut(
    picture: Image.Image, spans: _Box, box: _Box, size: int, outside: int = _FLAT
) -> np.ndarray:
    """A part of a picture, size × size; what lies beyond the picture is `outside`."""
    width = picture.width / (spans[2] - spans[0])
    height = picture.height / (spans[3] - spans[1])
    extent = (
        (box[0] - spans[0]) * width,
        (box[1] - spans[1]) * height,
        (box[2] - spans[0]) * width,
        (box[3] - spans[1]) * height,
    )
    shrink = (extent[2] - extent[0]) / size
    if shrink > 1.5:  # averaged, as the filter below looks at few pixels only
        factor = round(shrink)
        picture = _reduced(picture, factor)
        west, north, east, south = extent
        extent = (west / factor, north / factor, east / factor, south / factor)
    cut = picture.transform(
        (size, size), Image.Transform.EXTENT, extent, Image.Resampling.BICUBIC, fillcolor=outside
    )
    return np.asarray(cut, dtype=float)


_kept: dict[tuple[int, int], Image.Image] = {}


def _reduced(picture: Image.Image, factor: int) -> Image.Image:
    key = id(picture), factor
    if key not in _kept:
        _kept[key] = picture.reduce(factor)
    return _kept[key]


@cache
def _world() -> Image.Image:
    with Image.open(FOLDER / "relief-world.webp") as picture:
        return picture.convert("L")


@cache
def _china() -> Image.Image:
    with Image.open(FOLDER / "relief-china.webp") as picture:
        return picture.convert("L")


@cache
def _share() -> Image.Image:
    """How much of the finer picture is seen: all of it in the middle, nothing at its edges."""
    width, height = _china().size
    across = np.minimum(np.arange(width), np.arange(width)[::-1]) / _FEATHER
    down = np.minimum(np.arange(height), np.arange(height)[::-1]) / _FEATHER
    share = np.minimum(1, np.minimum.outer(down, across))
    return Image.fromarray((share * 255).astype(np.uint8))
