"""Covers: drawings as SVG text that stand for a site without a photograph.

- A **scene** is a file of `scenes/`, drawn by hand (`scene_files`, `Scene`, `LANDSCAPE`).
  `compose()` puts it into a landscape, in one of the `PALETTES`, with a plant that grows there
  (`plants_of()`) and a seal with an era or
  criteria.
- A **plate** shows names instead (`PlateWords`), with a globe (`OnGlobe`) or in stone.
- `SHAPES` are the shapes in which each is drawn.
- `tag_of()` and the like digest what a drawing is made of: with equal tags, drawings are equal.

The same arguments always give the same drawing; a `seed` decides what they leave open.
"""

from heritage.media.covers import scene_files
from heritage.media.covers.composer import compose
from heritage.media.covers.plates import (
    OnGlobe,
    PlateWords,
    choose_day_palette,
    plate,
    solemn_plate,
)
from heritage.media.covers.scene_files import (
    LANDSCAPE,
    PALETTES,
    Scene,
    choose_palette,
    choose_plant,
    palettes_around,
    palettes_of_latitude,
    plants_of,
    tag_of,
    tag_of_chooser,
    tag_of_files,
    tag_of_scene,
    tag_of_texts,
)
from heritage.media.covers.seals import LONGEST_SEAL, seal_letters
from heritage.media.covers.shapes import SHAPES, CoverShape, clean_text, text_width

__all__ = [
    "LANDSCAPE",
    "LONGEST_SEAL",
    "PALETTES",
    "SHAPES",
    "CoverShape",
    "OnGlobe",
    "PlateWords",
    "Scene",
    "choose_day_palette",
    "choose_palette",
    "choose_plant",
    "clean_text",
    "compose",
    "palettes_around",
    "palettes_of_latitude",
    "plants_of",
    "plate",
    "scene_files",
    "seal_letters",
    "solemn_plate",
    "tag_of",
    "tag_of_chooser",
    "tag_of_files",
    "tag_of_scene",
    "tag_of_texts",
    "text_width",
]
