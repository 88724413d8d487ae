"""Words of the field that no record and no term has: what people type in other languages for kinds
and eras, and by what records speak of a theme.

Both are tables beside this module. `words.csv`: what a value of a facet is called besides, or, with
the facet `filler`, what says nothing. `themes.csv`: what is asked for, and what is looked for
instead. Phrases are parted by |.
"""

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from heritage.values import tokens

_FOLDER = Path(__file__).parent
FILLER = "filler"

type Phrase = tuple[str, ...]


def words() -> Iterator[tuple[str, str, str]]:
    """(facet, value in URLs, phrase)"""
    for row in _rows("words.csv"):
        for phrase in row["words"].split("|"):
            yield row["facet"], row["value"], phrase


@cache
def themes() -> dict[Phrase, str]:
    """What is looked for instead of a phrase; each Han character of which is a word."""
    return {
        tokens.atoms(phrase): row["instead"]
        for row in _rows("themes.csv")
        for phrase in row["asked"].split("|")
    }


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
