"""How a picture looks, in a few bytes: a hash by which it is found again, and a placeholder that is
shown while it is loaded."""

import base64
import io

from PIL import Image

# Bits of 64 that differ between two encodings, sizes or exposures of one picture. Two pictures of
# the same gate by two people differ by twenty and more.
ALIKE = 6
_WIDTH, _HEIGHT = 8, 8
_TINY = 16  # pixels on the longer side
_SMALL = 128  # to which a picture is reduced first


def small_copy(picture: Image.Image) -> Image.Image:
    """A reduced copy without transparency, from which both are made; the full picture is not
    copied."""
    small = picture.copy() if max(picture.size) <= 2 * _SMALL else picture.reduce(_factor(picture))
    if small.mode != "RGBA":
        return small
    ground = Image.new("RGB", small.size, "white")
    ground.paste(small, mask=small.getchannel("A"))
    return ground


def look_of(picture: Image.Image) -> str:
    """A hash of 16 hexadecimal digits: a bit is 1 if a spot is lighter than the one to its left."""
    grey = small_copy(picture).convert("L").resize((_WIDTH + 1, _HEIGHT), reducing_gap=2.0)
    pixels = grey.tobytes()
    bits = 0
    for row in range(_HEIGHT):
        for x in range(_WIDTH):
            at = row * (_WIDTH + 1) + x
            bits = bits << 1 | (pixels[at + 1] > pixels[at])
    return f"{bits:016x}"


def distance(one: str, other: str) -> int:
    """In how many of their 64 bits two hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def placeholder_of(picture: Image.Image) -> str:
    """The picture in a few pixels, as WebP in Base64: about 150 characters."""
    tiny = small_copy(picture)
    tiny.thumbnail((_TINY, _TINY), reducing_gap=2.0)
    out = io.BytesIO()
    tiny.convert("RGB").save(out, "WEBP", quality=20, method=4)
    return base64.b64encode(out.getvalue()).decode()


def _factor(picture: Image.Image) -> int:
    return max(1, max(picture.size) // _SMALL)
