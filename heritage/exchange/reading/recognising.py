"""Tells official lists from other tables."""

from heritage.exchange.reading import protected_units, world_heritage
from heritage.exchange.reading.official import OfficialList
from heritage.exchange.reading.source import SourceFile


def recognise(source: SourceFile, *, with_texts: bool = False) -> OfficialList | None:
    """The official list that a file is, by its columns; None if it is another table.

    `with_texts`: with the descriptions in the languages of the list, in columns `description:…`;
    whoever reads them must know by what licence.
    """
    return world_heritage.recognise(source, with_texts) or protected_units.recognise(source)
