"""The base map: its levels, and its files as they are read when they are first needed.

fixtures/build/make_base_map.py writes the files of this folder.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from heritage.cartography.line_file import Lines, decoded_lines

FOLDER = Path(__file__).parent
BITS = 22  # units of the finest level: a world of 2**22, so ten metres at the equator
CHINA = (70.0, 14.0, 138.0, 55.0)  # west, south, east, north of what is drawn more finely


@dataclass(frozen=True, slots=True)
class Level:
    """Geometry for the zooms up to `largest`."""

    name: str
    largest: int
    bits: int
    river_rank: int
    is_fine: bool = False  # whether East Asia is drawn more finely
    thin: float = 1.0  # how much more is left out than half a square pixel's corners


LEVELS = (
    Level("globe", 0, 12, 0, thin=3),
    Level("world", 1, 13, 1, thin=2.5),
    Level("continent", 3, 15, 4, thin=2),
    Level("region", 5, 18, 6, thin=1.5),
    Level("fine", 8, BITS, 12, is_fine=True, thin=0.5),
)


def level_of(zoom: int) -> Level:
    return next((each for each in LEVELS if zoom <= each.largest), LEVELS[-1])


@cache
def lines(layer: str, level: Level) -> Lines:
    """The land, coast, rivers or lakes of a level."""
    return decoded_lines((FOLDER / f"{layer}-{level.name}.bin").read_bytes())


@cache
def urban() -> Lines:
    return decoded_lines((FOLDER / "urban-fine.bin").read_bytes())
