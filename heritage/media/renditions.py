"""Encodes a stored picture in the sizes that are served: AVIF, and JPEG for older browsers."""

import io
from collections.abc import Iterable, Iterator
from typing import BinaryIO, NamedTuple

from PIL import Image

WIDTHS = (320, 640, 1280, 1920)
AT_ONCE = 640  # the widest that an editor waits for
# A scroll of 700 by 60,000 pixels is served as it is: encoding so much takes too much memory.
_MAX_PIXELS = 8_000_000
# Speed 9 takes a seventh of the time of 6, for a tenth more bytes.
_AVIF = {"quality": 48, "speed": 9, "subsampling": "4:2:0"}
_JPEG = {"quality": 74, "progressive": True, "optimize": True}


class Encoded(NamedTuple):
    form: str  # avif, jpg or png
    width: int  # pixels
    height: int
    content: bytes


def widths_of(width: int, height: int, most: int = WIDTHS[-1]) -> list[int]:
    """The widths up to `most` in which a picture of this size is served, besides its own file."""
    if not width:
        return []
    wanted = [each for each in WIDTHS if each < width]
    if width <= WIDTHS[-1]:
        wanted.append(width)
    return [
        each
        for each in wanted
        if each <= most and each * _height(width, height, each) <= _MAX_PIXELS
    ]


def _height(width: int, height: int, wanted: int) -> int:
    return max(1, round(height * wanted / width))


def encode(file: BinaryIO, widths: Iterable[int]) -> Iterator[Encoded]:
    """A picture that `make_safe()` encoded, in each width, as AVIF and as JPEG or PNG.

    From the widest to the narrowest: each is made from the one before, which is quicker and as
    good. Raises OSError if the picture cannot be read.
    """
    todo = sorted(widths, reverse=True)
    if not todo:
        return
    with Image.open(file, formats=("JPEG", "PNG")) as picture:
        width, height = picture.size
        # A JPEG is decoded no larger than twice what is needed.
        picture.draft(picture.mode, (2 * todo[0], 2 * _height(width, height, todo[0])))
        picture.load()
        picture.info = {}
        shown: Image.Image = picture
        if shown.mode not in ("L", "RGB", "RGBA"):
            shown = shown.convert("RGB")
        for each in todo:
            size = each, _height(width, height, each)
            if shown.size != size:
                shown = shown.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
            shown.info = {}
            yield Encoded("avif", *size, _saved(shown, "AVIF", _AVIF))
            if shown.mode == "RGBA":
                yield Encoded("png", *size, _saved(shown, "PNG", {"optimize": True}))
            else:
                yield Encoded("jpg", *size, _saved(shown, "JPEG", _JPEG))


def _saved(picture: Image.Image, form: str, options: dict) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()
