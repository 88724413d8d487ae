"""The type of a scene: the function that draws the building, and the country around it."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from heritage.media.covers.brush import Canvas


class Scene(NamedTuple):
    """`draw` paints on the canvas; `hills` is the height of the hills behind, 0 for none.

    `ground` is a rise of land, the bank of a river, a river from side to side, open sea, or
    nothing, where the drawing brings its own. `near` adds a slope in the foremost corner, with
    one of `plants` on it.
    """

    draw: Callable[[Canvas], None]
    ground: Literal["land", "bank", "river", "sea", "none"] = "land"
    hills: float = 1.0
    near: bool = True
    plants: tuple[str, ...] = ("pine", "leafy", "blossom", "reeds")
