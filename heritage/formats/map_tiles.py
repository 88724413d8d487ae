"""Addresses of the tiles of maps: our own, and those of an operator."""

from functools import cache

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from heritage.cartography import script_of, tile_files
from heritage.cartography.tile_layers import TileLayer, read_layers


def tile_address() -> str:
    """The address of a tile in the active language, with {z}, {x} and {y} for its place."""
    script = script_of(get_language())
    address = reverse("media:map_tile", args=[tile_files.VERSION, script, 0, 0, 0])
    return address.removesuffix("0/0/0.svg") + "{z}/{x}/{y}.svg"


def tile_layers() -> list[TileLayer]:
    """The operator's tiles; none if the setting is wrong, which a system check says."""
    return _tile_layers(settings.MAP_TILES, settings.HTTPS)


@cache
def _tile_layers(text: str, is_https: bool) -> list[TileLayer]:
    return read_layers(text, is_https)[0]
