"""Tags for the addresses of covers: where two are equal, so are the drawings.

A tag follows from what is drawn and from the files that say how. So whoever has a picture under an
address with its tag may keep it for good, and an upgrade that draws otherwise has other addresses,
though no record was written.
"""

import hashlib
from functools import cache
from pathlib import Path

from heritage.media.covers import scene_files
from heritage.values import svg_paths

_DIGITS = 8


def tag_of_texts(*texts: str) -> str:
    """Of the drawings of one record, two have the same once in four thousand million."""
    return hashlib.sha256("\0".join(texts).encode("utf-8", "replace")).hexdigest()[:_DIGITS]


def tag_of_files(*paths: Path) -> str:
    return tag_of_texts(*(path.read_text(encoding="utf-8") for path in paths))


# Read when this process begins, as its code is.
_COMPOSER = tag_of_files(*sorted(Path(__file__).parent.glob("*.py")), Path(svg_paths.__file__))


def tag_of(*parts: object) -> str:
    """The tag of a drawing from these parts, each told apart by its `repr`."""
    return tag_of_texts(_COMPOSER, *map(repr, parts))


@cache
def tag_of_scene(name: str) -> str:
    """Of the file of a scene, or of a plant as `plants/pine`."""
    return tag_of_texts(scene_files.text_of(name))


@cache
def tag_of_chooser() -> str:
    """One for the pictures of all scenes by themselves, among which an editor chooses."""
    names = (*scene_files.names(), *(f"plants/{name}" for name in scene_files.PLANTS))
    return tag_of(*map(tag_of_scene, names))
