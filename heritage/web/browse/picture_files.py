"""A display of a list as a picture to download: SVG, or PNG in light colours."""

import hashlib
import io
from pathlib import Path
from typing import Protocol

import resvg_py
from django.conf import settings
from PIL import Image as Picture

from heritage.cartography import tile_files

_COLOURS = 256  # of a picture in pixels, which is a quarter as large so


class ListPicture(Protocol):
    """A picture that can be drawn; pictures with equal `tag` are equal."""

    @property
    def tag(self) -> str: ...

    def svg(self) -> str: ...


def tag_of(*parts: object) -> str:
    return hashlib.sha256(repr((tile_files.VERSION, *parts)).encode()).hexdigest()[:24]


def file_of(picture: ListPicture, suffix: str) -> bytes:
    """The content of the picture's file, which is drawn and stored if it is not there. Raises
    tile_files.BusyError while others are drawn."""

    def draw() -> bytes:
        svg = picture.svg()
        return _png(svg) if suffix == "png" else svg.encode()

    folder = Path(settings.MEDIA_ROOT) / "cache" / "map"
    return tile_files.picture(folder, f"{picture.tag}.{suffix}", draw)


def _png(svg: str) -> bytes:
    out = io.BytesIO()
    drawn = Picture.open(io.BytesIO(resvg_py.svg_to_bytes(svg_string=svg))).convert("RGB")
    drawn.quantize(_COLOURS, Picture.Quantize.FASTOCTREE).save(out, "PNG")
    return out.getvalue()
