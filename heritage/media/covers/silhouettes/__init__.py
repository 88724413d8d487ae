"""All scenes that a cover can show, by key."""

from heritage.media.covers.silhouettes.country import COUNTRY
from heritage.media.covers.silhouettes.halls import HALLS
from heritage.media.covers.silhouettes.land import LAND
from heritage.media.covers.silhouettes.rock import ROCK
from heritage.media.covers.silhouettes.scene import Scene
from heritage.media.covers.silhouettes.settled import SETTLED
from heritage.media.covers.silhouettes.western import WESTERN
from heritage.media.covers.silhouettes.works import WORKS

SCENES: dict[str, Scene] = {**HALLS, **WORKS, **WESTERN, **ROCK, **LAND, **COUNTRY, **SETTLED}

__all__ = ["SCENES", "Scene"]
