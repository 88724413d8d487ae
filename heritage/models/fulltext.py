"""Full text, kept by the database itself: which sites hold a word. All SQL of it is here.

SQLite holds it in an FTS5 table without content, PostgreSQL in a column of type `tsvector`
under a GIN index. Both are given words that are ready made (`values.words`) and only asked
which rows hold them: no ranking, no language, no tokenizer of theirs, so that both answer alike.
"""

import time
from collections.abc import Callable, Iterable
from itertools import batched

import numpy as np
from django.db import OperationalError, connection, models, transaction
from django.db.models.functions import Length
from pyroaring import BitMap

from heritage.values import words
from heritage.values.words import Asked

CHUNK = 1_000  # sites written at once

_FEW = 100  # sites
_TURNS = 60  # of a second each, to replace a table that others read
_TOO_LONG = 2_100  # bytes, for PostgreSQL
TABLE, _MADE_ANEW = "heritage_words", "heritage_words_anew"

_CREATE = {
    # Beginnings have lists of their own, as whole words have: they are found ten times as fast,
    # for half as much room again.
    "sqlite": [
        "CREATE VIRTUAL TABLE {table} USING fts5(words, content='', contentless_delete=1,"
        " detail=none, prefix='1 2 3 4 5 6 7 8 9 10', tokenize=\"ascii tokenchars '.~^=-'\")"
    ],
    # An index leads to rows, and each row that it finds is looked at. So that a million of them lie
    # close together, their words lie elsewhere: PostgreSQL moves them out of rows that it thinks
    # too long, which the filler makes sure of. Pressed, that takes 35 bytes.
    "postgresql": [
        "CREATE TABLE {table} (site_id bigint NOT NULL, words tsvector NOT NULL,"
        f" filler text NOT NULL DEFAULT repeat(' ', {_TOO_LONG})) WITH (toast_tuple_target = 128)",
        "ALTER TABLE {table} ALTER COLUMN words SET STORAGE EXTERNAL",
    ],
}
# Made when the words are there, where there are any: that takes a fraction of the time.
_INDEX = {
    "sqlite": [],
    # Without a list of rows yet to be entered: a search would read through it.
    "postgresql": [
        "ALTER TABLE {table} ADD CONSTRAINT {table}_pkey PRIMARY KEY (site_id)",
        "CREATE INDEX {table}_gin ON {table} USING gin (words) WITH (fastupdate = off)",
    ],
}
_FUNCTION = {
    "sqlite": [],
    # To read through the rows looks cheap, and is not: their words would have to be fetched.
    "postgresql": [
        # Volatile, as functions are, so that one that waits for a table which is made anew finds
        # what is in the new one.
        "CREATE OR REPLACE FUNCTION heritage_holding(asked text) RETURNS bytea LANGUAGE sql"
        " SET enable_seqscan = off SET jit = off AS"
        " $$ SELECT string_agg(int4send(site_id::int), '') FROM heritage_words"
        " WHERE words @@ asked::tsquery $$"
    ],
}
_DROP = {
    "sqlite": ["DROP TABLE heritage_words"],
    "postgresql": [
        "DROP TABLE heritage_words",
        "DROP FUNCTION IF EXISTS heritage_holding",
    ],
}
_REPLACE = {
    "sqlite": ["DROP TABLE heritage_words", "ALTER TABLE {table} RENAME TO heritage_words"],
    "postgresql": [
        "DROP TABLE heritage_words",
        "ALTER TABLE {table} RENAME TO heritage_words",
        "ALTER INDEX {table}_pkey RENAME TO heritage_words_pkey",
        "ALTER INDEX {table}_gin RENAME TO heritage_words_gin",
    ],
}
# What follows in the same transaction is as patient again as it was.
_LOCK = [
    "SET LOCAL lock_timeout = '500ms'",
    "LOCK TABLE {table}",
    "SET LOCAL lock_timeout TO DEFAULT",
]
_WRITE = {
    "sqlite": "INSERT OR REPLACE INTO {table} (rowid, words) VALUES (%s, %s)",
    "postgresql": "INSERT INTO {table} (site_id, words)"
    " VALUES (%s, array_to_tsvector(string_to_array(%s, ' ')))"
    " ON CONFLICT (site_id) DO UPDATE SET words = excluded.words",
}
_WRITE_ANEW = {  # into a table that knows none of the sites
    "sqlite": _WRITE["sqlite"],
    "postgresql": _WRITE["postgresql"].partition(" ON CONFLICT")[0],
}
_FORGET = {
    "sqlite": "DELETE FROM heritage_words WHERE rowid = %s",
    "postgresql": "DELETE FROM heritage_words WHERE site_id = %s",
}
# All ids in one piece: several times as fast as row by row.
_ASK = {
    "sqlite": "SELECT group_concat(rowid) FROM heritage_words WHERE heritage_words MATCH %s",
    "postgresql": "SELECT heritage_holding(%s)",
}
# Of few sites it is quicker to look at each than to gather all that hold the words.
_ASK_FEW = (
    "WITH few AS MATERIALIZED (SELECT site_id, words FROM heritage_words WHERE site_id = ANY(%s))"
    " SELECT string_agg(int4send(site_id::int), '') FROM few WHERE words @@ %s::tsquery"
)
_IDS = {
    "sqlite": lambda found: np.fromstring(found, dtype=np.uint32, sep=","),
    "postgresql": lambda found: np.frombuffer(found, dtype=">u4").astype(np.uint32),
}


class SpeltWord(models.Model):
    """A word that some record holds, or held: what a misspelt search is compared with."""

    text = models.CharField(max_length=words.LONGEST, unique=True)

    def __str__(self) -> str:
        return self.text


def create(using) -> None:
    """Make the table; `using` is a connection."""
    _run(using, [*_CREATE[using.vendor], *_INDEX[using.vendor]])
    create_function(using)


def create_function(using) -> None:
    """Make what asks the table, or make it anew."""
    _run(using, _FUNCTION[using.vendor])


def drop(using) -> None:
    _run(using, _DROP[using.vendor])


def _run(using, statements, table: str = TABLE) -> None:
    with using.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.format(table=table))


def write(held: dict[int, list[str]]) -> None:
    """Enter the words of sites, by id, in place of those they had."""
    _enter(held, _WRITE[connection.vendor].format(table=TABLE))


def _enter(held: dict[int, list[str]], statement: str) -> None:
    if not held:
        return
    with connection.cursor() as cursor:
        rows = [(site_id, " ".join(found)) for site_id, found in sorted(held.items())]
        cursor.executemany(statement, rows)
    spelt = {word for found in held.values() for word in found if _is_spelt(word)}
    SpeltWord.objects.bulk_create(
        (SpeltWord(text=word) for word in sorted(spelt)), ignore_conflicts=True, batch_size=500
    )


def spelt_from(letter: str, lengths: range) -> list[str]:
    """The words of these lengths that begin with a letter."""
    known = SpeltWord.objects.annotate(length=Length("text"))
    known = known.filter(length__gte=lengths.start, length__lt=lengths.stop)
    if connection.vendor == "sqlite":  # its LIKE knows no case, and therefore no index
        known = known.filter(text__gte=letter, text__lt=chr(ord(letter) + 1))
    else:
        known = known.filter(text__startswith=letter)
    return list(known.values_list("text", flat=True))


def spelt_among(asked: Iterable[str]) -> list[str]:
    """Those of some words that any record holds, or held."""
    return list(SpeltWord.objects.filter(text__in=asked).values_list("text", flat=True))


def _is_spelt(word: str) -> bool:
    """Whether somebody may misspell it: letters only, and enough of them."""
    return len(word) > 3 and word.isalpha() and not words.is_han(word)


def forget(site_ids: Iterable[int]) -> None:
    """Drop the words of sites that are gone."""
    rows = [(site_id,) for site_id in site_ids]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_FORGET[connection.vendor], rows)


def holding(asked: Iterable[Asked]) -> BitMap:
    """The ids of the sites, published or not, that hold every one of these words."""
    return _answer(_ASK[connection.vendor], [_query(asked)])


def is_quicker_among(sites: BitMap) -> bool:
    """Whether so few sites are better asked than all: PostgreSQL looks at each row it finds."""
    return connection.vendor == "postgresql" and len(sites) <= _FEW


def holding_any_among(sites: BitMap, alternatives: Iterable[Iterable[Asked]]) -> BitMap:
    """Of a few sites those that hold all words of any alternative: see `is_quicker_among`."""
    asked = " | ".join(_query(each) for each in alternatives)
    return _answer(_ASK_FEW, [list(sites), asked]) if asked else BitMap()


def _answer(statement: str, parameters: list) -> BitMap:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        (found,) = cursor.fetchone()
    return BitMap(_IDS[connection.vendor](found)) if found else BitMap()


def _query(asked: Iterable[Asked]) -> str:
    if connection.vendor == "sqlite":
        return " AND ".join(f'"{word.text}"{"*" * word.begins}' for word in asked)
    return " & ".join(f"'{word.text}'{':*' * word.begins}" for word in asked)


def rebuild(
    found_by: Iterable[tuple[int, str]], progress: Callable[[int], None] = lambda done: None
) -> None:
    """Make all of it anew, from the ids of all sites and the text each is found by.

    Others find what was there, until it is replaced in one go.
    """
    vendor, done = connection.vendor, 0
    statement = _WRITE_ANEW[vendor].format(table=_MADE_ANEW)
    with transaction.atomic():
        _run(connection, _CREATE[vendor], _MADE_ANEW)
        SpeltWord.objects.all().delete()
        for chunk in batched(found_by, CHUNK):
            _enter({site_id: words.held_by(text) for site_id, text in chunk}, statement)
            done += len(chunk)
            progress(done)
        _run(connection, _INDEX[vendor], _MADE_ANEW)
        _take_turn()
        _run(connection, _REPLACE[vendor], _MADE_ANEW)


def _take_turn() -> None:
    """Wait until nobody reads the table, without making those wait who want to.

    Django's OperationalError if somebody, such as a backup, reads it for longer than a minute.
    """
    if connection.vendor != "postgresql":
        return
    for turn in range(_TURNS):
        try:
            with transaction.atomic():
                _run(connection, _LOCK)
            return
        except OperationalError:
            if turn == _TURNS - 1:
                raise
            time.sleep(0.5)
