"""A cover as data, with every choice made: equal data give equal SVG, which is cached by them."""

from collections.abc import Mapping
from functools import lru_cache, partial
from typing import NamedTuple

from heritage.cartography import globe_around, tile_files
from heritage.media.covers import (
    SHAPES,
    CoverShape,
    OnGlobe,
    PlateWords,
    compose,
    plate,
    scene_files,
    solemn_plate,
    tag_of,
    tag_of_scene,
)
from heritage.values.coordinates import Point

_GLOBE = tile_files.VERSION  # of the data and the code that globes are drawn from


class SceneDrawing(NamedTuple):  # quickly made: a page has dozens
    """A scene in one palette, with one plant near it and a seal; the seed decides the rest."""

    scene: str
    seed: str
    palette: str
    plant: str = ""
    seal: str = ""

    @property
    def tag(self) -> str:
        plant = tag_of_scene(f"plants/{self.plant}") if self.plant else ""
        return tag_of(self, tag_of_scene(self.scene), plant)

    def svg(self, shape: CoverShape, titles: Mapping[str, str] | None = None) -> str:
        return compose(
            scene_files.scene(self.scene),
            seed=self.seed,
            palettes=[self.palette],
            plants=[self.plant or "none"],
            seal=self.seal,
            titles=titles,
            shape=shape,
        )


class PlateDrawing(NamedTuple):
    """Words with a globe, or in stone where there is no palette."""

    words: PlateWords
    seed: str = ""
    palette: str = ""
    point: Point | None = None
    seal: str = ""  # on a small one, in place of the words

    @property
    def tag(self) -> str:
        return tag_of(self, _GLOBE)

    def svg(self, shape: CoverShape, titles: Mapping[str, str] | None = None) -> str:
        words = self.words
        if shape.is_small:
            words = PlateWords(())
        elif shape == SHAPES["preview"]:  # which has the name below its picture
            words = words._replace(names=())
        if not self.palette:
            return solemn_plate(words, titles=titles, shape=shape)
        return plate(
            words,
            seed=self.seed,
            palettes=[self.palette],
            globe=partial(_on_globe, self.point) if self.point else None,
            seal=self.seal,
            titles=titles,
            shape=shape,
        )


def _on_globe(point: Point, degrees: int) -> OnGlobe:
    found = globe_around(*point, degrees)
    return OnGlobe(found.land, *found.point, found.radius)


Drawing = SceneDrawing | PlateDrawing


@lru_cache(maxsize=1024)  # a few kB each
def cached_svg(drawing: Drawing, shape: CoverShape) -> str:
    """The drawing as SVG text, without a name."""
    return drawing.svg(shape)
