"""A picture as a pyramid of tiles, and any part of it put together from them (IIIF Image API 3.0).

Tiles are squares of `TILE` pixels at full size and at each half of that, down to the size that fits
into one; at the right and lower edges they are smaller. Each is a JPEG under the address by which
the API asks for it, so that a web server hands them out as files. What is transparent is white.
"""

import io
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from PIL import Image

TILE = 512  # pixels
MAX_WIDTH = 4096  # of what is put together, as its height
MAX_AREA = 4_000_000  # pixels of it
QUALITIES = ("color", "gray", "bitonal")
CONTENT_TYPES = {"jpg": "image/jpeg", "png": "image/png"}
VERSION = "1"  # of how tiles and parts are made

_JPEG = {"quality": 82, "optimize": True}
# Of the tiles that one part is put together from; more only where it is squeezed out of shape.
_MAX_DECODED = 16_000_000
_BAD, _NOT_DONE = 400, 501
_PIXELS = re.compile(r"(\d{1,9}),(\d{1,9}),(\d{1,9}),(\d{1,9})")
_NUMBER = r"(\d{1,9}(?:\.\d{1,20})?|\.\d{1,20})"
_PERCENT = re.compile(rf"pct:{_NUMBER},{_NUMBER},{_NUMBER},{_NUMBER}")
_SIZE = re.compile(
    rf"(\^?)(?:(max)|pct:{_NUMBER}|(!?)(\d{{1,9}}),(\d{{1,9}})|(\d{{1,9}}),|,(\d{{1,9}}))"
)
_ROTATION = re.compile(r"(!?)(0|90|180|270|360)")

type OpenTile = Callable[[str], BinaryIO]


class PixelSize(NamedTuple):
    width: int  # pixels
    height: int


class PixelRegion(NamedTuple):
    """A part of the whole picture, in its pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def size(self) -> PixelSize:
        return PixelSize(self.width, self.height)


class RequestRefused(ValueError):
    """A request that the API does not allow, or that is not supported; with its HTTP status."""

    def __init__(self, text: str, status: int = _BAD):
        super().__init__(text)
        self.status = status


# --- the pyramid -----------------------------------------------------------------------------


def scale_factors(full_size: PixelSize) -> list[int]:
    """The factors by which the picture is reduced in its levels: 1, 2, 4 and so on."""
    found = [1]
    while max(_level(full_size, found[-1])) > TILE:
        found.append(2 * found[-1])
    return found


def _level(full_size: PixelSize, factor: int) -> PixelSize:
    return PixelSize(math.ceil(full_size.width / factor), math.ceil(full_size.height / factor))


def level_sizes(full_size: PixelSize) -> list[PixelSize]:
    """The sizes of the whole picture that are quickly made, the smallest first."""
    levels = (_level(full_size, factor) for factor in reversed(scale_factors(full_size)))
    return [size for size in levels if size == _within_limits(size)]


def tiles_of(full_size: PixelSize, factor: int) -> Iterator[PixelRegion]:
    side = TILE * factor
    for y in range(0, full_size.height, side):
        for x in range(0, full_size.width, side):
            yield PixelRegion(x, y, min(side, full_size.width - x), min(side, full_size.height - y))


def tile_name(full_size: PixelSize, region: PixelRegion, factor: int) -> str:
    """The path of a tile below that of its picture, as clients derive it from `info.json`."""
    if region.size == full_size:
        size = "max" if factor == 1 else _text(_level(full_size, factor))
        return f"full/{size}/0/default.jpg"
    return f"{_text(region)}/{_text(_level(region.size, factor))}/0/default.jpg"


def tile_names(full_size: PixelSize) -> Iterator[str]:
    for factor in scale_factors(full_size):
        for region in tiles_of(full_size, factor):
            yield tile_name(full_size, region, factor)


def _text(numbers: PixelRegion | PixelSize) -> str:
    return ",".join(map(str, numbers))


def pyramid(file: BinaryIO) -> Iterator[tuple[str, bytes]]:
    """The names and the contents of all tiles of a picture that `make_safe()` encoded.

    Raises OSError if it cannot be read. The whole picture is decoded: 3 bytes a pixel.
    """
    with Image.open(file, formats=("JPEG", "PNG")) as picture:
        picture.load()
        level = _flat(picture)
    full_size = PixelSize(*level.size)
    for factor in scale_factors(full_size):
        if factor > 1:
            level = level.reduce(2)  # a last row or column by itself stays, as in `_level()`
        for region in tiles_of(full_size, factor):
            x, y = region.x // factor, region.y // factor
            width, height = _level(region.size, factor)
            tile = level.crop((x, y, x + width, y + height))
            yield tile_name(full_size, region, factor), _encoded(tile, "jpg")


def _flat(picture: Image.Image) -> Image.Image:
    """In grey or in colours, without transparency and without what the file says besides."""
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        picture = Image.new("RGB", layer.size, "white")
        picture.paste(layer, mask=layer.getchannel("A"))
    elif picture.mode != "L":
        picture = picture.convert("RGB")
    picture.info = {}
    return picture


def _encoded(picture: Image.Image, form: str) -> bytes:
    out = io.BytesIO()
    if form == "png":
        picture.save(out, "PNG", compress_level=1)
    else:
        picture.save(out, "JPEG", **_JPEG)
    return out.getvalue()


# --- what is asked for -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PartRequest:
    """A part of a picture in a size, turned and coloured."""

    full_size: PixelSize
    region: PixelRegion
    size: PixelSize
    is_mirrored: bool = False
    turned: int = 0  # degrees clockwise, after mirroring
    quality: str = "default"
    form: str = "jpg"

    @property
    def canonical(self) -> str:
        """Its canonical address below that of the picture, as the API defines it."""
        region = "full" if self.region.size == self.full_size else _text(self.region)
        is_largest = self.size == _within_limits(self.region.size)
        size = "max" if is_largest else _text(self.size)
        turned = f"{'!' * self.is_mirrored}{self.turned}"
        return f"{region}/{size}/{turned}/{self.quality}.{self.form}"

    @property
    def stored(self) -> str | None:
        """The name of the stored tile that is just this part; None if it has to be put together."""
        if (self.is_mirrored, self.turned, self.quality, self.form) != (False, 0, "default", "jpg"):
            return None
        for factor in scale_factors(self.full_size):
            side, region = TILE * factor, self.region
            wanted = PixelRegion(
                region.x,
                region.y,
                min(side, self.full_size.width - region.x),
                min(side, self.full_size.height - region.y),
            )
            is_at = region.x % side == region.y % side == 0
            if is_at and region == wanted and self.size == _level(region.size, factor):
                return tile_name(self.full_size, region, factor)
        return None

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[self.form]


def parse(
    full_size: PixelSize, region: str, size: str, rotation: str, quality: str, form: str
) -> PartRequest:
    """What the parts of an address ask of a picture of this size. Raises `RequestRefused`."""
    if form not in CONTENT_TYPES:
        raise RequestRefused("The format is jpg or png.")
    if quality not in ("default", *QUALITIES):
        raise RequestRefused("The quality is default, color, gray or bitonal.")
    turned = _ROTATION.fullmatch(rotation)
    if turned is None:
        raise RequestRefused("The rotation is 0, 90, 180 or 270, or one of these after !.")
    cut = _region(full_size, region)
    return PartRequest(
        full_size,
        cut,
        _size(cut.size, size),
        bool(turned[1]),
        int(turned[2]) % 360,
        "default" if quality == "color" else quality,
        form,
    )


def may_be_stored(region: str, rotation: str, quality: str, form: str) -> bool:
    """Whether some picture may have a tile of this address, whatever its size."""
    at = _PIXELS.fullmatch(region)
    is_at_corner = at is not None and int(at[1]) % TILE == int(at[2]) % TILE == 0
    is_plain = (rotation, quality, form) == ("0", "default", "jpg")
    return is_plain and (is_at_corner or region == "full")


def _region(full_size: PixelSize, text: str) -> PixelRegion:
    if text == "full":
        return PixelRegion(0, 0, *full_size)
    if text == "square":
        side = min(full_size)
        return PixelRegion(
            (full_size.width - side) // 2, (full_size.height - side) // 2, side, side
        )
    if found := _PIXELS.fullmatch(text):
        x, y, width, height = map(int, found.groups())
    elif found := _PERCENT.fullmatch(text):
        x, width = (round(full_size.width * float(found[n]) / 100) for n in (1, 3))
        y, height = (round(full_size.height * float(found[n]) / 100) for n in (2, 4))
    else:
        raise RequestRefused("The region is full, square, x,y,w,h or pct:x,y,w,h.")
    width, height = min(width, full_size.width - x), min(height, full_size.height - y)
    if width <= 0 or height <= 0:
        raise RequestRefused("The region lies outside of the picture, or is empty.")
    return PixelRegion(x, y, width, height)


def _size(region: PixelSize, text: str) -> PixelSize:
    found = _SIZE.fullmatch(text)
    if found is None:
        raise RequestRefused("The size is max, w, or ,h or w,h or !w,h or pct:n.")
    may_grow, largest, percent, confined, *numbers = found.groups()
    width, height, width_alone, height_alone = (int(each) if each else None for each in numbers)
    if largest:
        wanted = _within_limits(region)
        if may_grow and wanted == region:
            raise RequestRefused("Pictures are not enlarged.", _NOT_DONE)
        return wanted
    if percent:
        share = float(percent) / 100
        wanted = PixelSize(round(region.width * share), round(region.height * share))
    elif width is not None and height is not None:
        wanted = PixelSize(width, height)
        if confined:  # larger than the region is refused, as validators of the API ask
            share = min(width / region.width, height / region.height)
            wanted = _scaled(region, share)
    elif width_alone is not None:
        wanted = PixelSize(width_alone, max(1, round(region.height * width_alone / region.width)))
    else:
        height_alone = height_alone or 0
        wanted = PixelSize(max(1, round(region.width * height_alone / region.height)), height_alone)
    if wanted.width > region.width or wanted.height > region.height:
        raise RequestRefused("Pictures are not enlarged.", _NOT_DONE if may_grow else _BAD)
    if min(wanted) < 1:
        raise RequestRefused("The size is less than a pixel.")
    if max(wanted) > MAX_WIDTH or wanted.width * wanted.height > MAX_AREA:
        raise RequestRefused(f"The size is at most {MAX_WIDTH} pixels, and {MAX_AREA:,} in all.")
    return wanted


def _scaled(size: PixelSize, share: float) -> PixelSize:
    return PixelSize(max(1, round(size.width * share)), max(1, round(size.height * share)))


def _within_limits(size: PixelSize) -> PixelSize:
    """The size reduced to the limits, if it is beyond them."""
    area = size.width * size.height
    share = min(1, MAX_WIDTH / max(size), math.sqrt(MAX_AREA / area))
    if share == 1:
        return size
    return PixelSize(
        max(1, math.floor(size.width * share)), max(1, math.floor(size.height * share))
    )


def largest_size(full_size: PixelSize) -> PixelSize:
    """The largest size in which the whole picture is answered at once."""
    return _within_limits(full_size)


# --- put together ----------------------------------------------------------------------------


def assemble(asked: PartRequest, open_tile: OpenTile) -> bytes:
    """The part that is asked for, encoded; `open_tile` gives the file of a name.

    Raises OSError if a tile cannot be read. It decodes as few tiles as the size needs.
    """
    full_size, region, size = asked.full_size, asked.region, asked.size
    factor = _factor_for(asked)
    side = TILE * factor
    mosaic: Image.Image | None = None
    left, top = region.x // side * side, region.y // side * side
    right, bottom = region.x + region.width, region.y + region.height
    for tile in tiles_of(full_size, factor):
        if left <= tile.x < right and top <= tile.y < bottom:
            name = tile_name(full_size, tile, factor)
            with open_tile(name) as file, Image.open(file, formats=("JPEG",)) as part:
                if mosaic is None:
                    covered = PixelSize(
                        min(right, full_size.width) - left, min(bottom, full_size.height) - top
                    )
                    mosaic = Image.new(part.mode, _level(covered, factor))
                mosaic.paste(part, ((tile.x - left) // factor, (tile.y - top) // factor))
    if mosaic is None:
        raise OSError("There are no tiles")
    box = (
        (region.x - left) / factor,
        (region.y - top) / factor,
        min((right - left) / factor, mosaic.width),
        min((bottom - top) / factor, mosaic.height),
    )
    resized = mosaic.resize(size, Image.Resampling.BICUBIC, box=box, reducing_gap=3.0)
    return _encoded(_coloured(_turned(resized, asked), asked.quality), asked.form)


def _factor_for(asked: PartRequest) -> int:
    """The smallest level that is as large as what is asked for; a smaller one where that would
    decode too much."""
    region, size = asked.region, asked.size
    found = 1
    for factor in scale_factors(asked.full_size)[1:]:
        is_enough = region.width >= size.width * factor and region.height >= size.height * factor
        if is_enough or region.width * region.height > found * found * _MAX_DECODED:
            found = factor
    return found


def _turned(picture: Image.Image, asked: PartRequest) -> Image.Image:
    if asked.is_mirrored:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    ways = {
        90: Image.Transpose.ROTATE_270,  # Pillow turns anticlockwise
        180: Image.Transpose.ROTATE_180,
        270: Image.Transpose.ROTATE_90,
    }
    return picture.transpose(ways[asked.turned]) if asked.turned else picture


def _coloured(picture: Image.Image, quality: str) -> Image.Image:
    if quality == "gray":
        return picture.convert("L")
    if quality == "bitonal":
        return picture.convert("L").point(lambda value: 255 if value > 127 else 0).convert("1")
    return picture
