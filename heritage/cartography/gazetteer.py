"""Towns of the world by their names, for what is near to them.

They are not the places of records. They come from two files: `town_names.tsv`, kept by hand, has
the towns that travellers name (name in English and Chinese, latitude, longitude, country, names in
further languages); `names.tsv` has those of the base map, in English and Chinese. Of several towns
with one name, the first of `town_names.tsv` is known, else the largest.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from heritage.cartography.base_map import BITS, FOLDER
from heritage.cartography.mercator import unproject
from heritage.values import tokens
from heritage.values.language import LanguageMap, Text

_NAMES = Path(__file__).parent / "town_names.tsv"
_LARGE = 4  # the rank, at most, of a town of the base map that the world knows


class Town(NamedTuple):
    """A town with the point of its middle, in degrees. `is_known`: all over the world."""

    name: str
    zh: str  # may be empty
    latitude: float
    longitude: float
    is_known: bool

    def text(self) -> Text:
        """Its name in the reader's language."""
        return LanguageMap(
            {"en": self.name, "zh-hans": self.zh} if self.zh else {"en": self.name}
        ).best()

    @property
    def point(self) -> tuple[float, float]:
        return self.latitude, self.longitude


def town_called(words: tuple[str, ...]) -> Town | None:
    """The town with a name of these words, as `tokens.atoms` has them."""
    return _by_name().get(words)


def known_towns() -> list[Town]:
    """The towns of `town_names.tsv`, which travellers name."""
    return [town for town, _names in _named_by_hand()]


@cache
def _by_name() -> dict[tuple[str, ...], Town]:
    found: dict[tuple[str, ...], Town] = {}
    for towns in (_named_by_hand(), _of_base_map()):
        for town, names in towns:
            for name in filter(None, names):
                found.setdefault(tokens.atoms(name), town)
    return found


def _named_by_hand() -> Iterator[tuple[Town, list[str]]]:
    for line in _NAMES.read_text(encoding="utf-8").splitlines():
        en, zh, latitude, longitude, _country, *others = line.split("\t")
        yield Town(en, zh, float(latitude), float(longitude), True), [en, zh, *others]


def _of_base_map() -> Iterator[tuple[Town, list[str]]]:
    scale = 1 << BITS
    for line in (FOLDER / "names.tsv").read_text(encoding="utf-8").splitlines():
        kind, rank, x, y, en, zh, _angle, _span, _number = line.split("\t")
        if kind == "town":
            longitude, latitude = unproject(int(x) / scale, int(y) / scale)
            yield Town(en, zh, latitude, longitude, int(rank) <= _LARGE), [en, zh]
