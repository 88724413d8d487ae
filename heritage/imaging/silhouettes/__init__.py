"""Every silhouette a cover can show, by key: what is drawn, and in what country."""

from heritage.imaging.silhouettes.country import COUNTRY
from heritage.imaging.silhouettes.halls import HALLS
from heritage.imaging.silhouettes.land import LAND
from heritage.imaging.silhouettes.rock import ROCK
from heritage.imaging.silhouettes.scene import Scene
from heritage.imaging.silhouettes.settled import SETTLED
from heritage.imaging.silhouettes.western import WESTERN
from heritage.imaging.silhouettes.works import WORKS

SCENES: dict[str, Scene] = {**HALLS, **WORKS, **WESTERN, **ROCK, **LAND, **COUNTRY, **SETTLED}

__all__ = ["SCENES", "Scene"]
