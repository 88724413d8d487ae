"""Full text, kept by the database itself: which sites hold a word. All SQL of it is here.

SQLite holds it in an FTS5 table without content, PostgreSQL in a column of type `tsvector`
under a GIN index. Both are given words that are ready made (`values.words`) and only asked
which rows hold them: no ranking, no language, no tokenizer of theirs, so that both answer alike.
"""

from collections.abc import Callable, Iterable

import numpy as np
from django.db import connection, models, transaction
from pyroaring import BitMap

from heritage.values import words
from heritage.values.words import Asked

CHUNK = 1_000  # sites written at once

_CREATE = {
    # Beginnings have lists of their own, as whole words have: they are found ten times as fast,
    # for half as much room again.
    "sqlite": [
        "CREATE VIRTUAL TABLE heritage_words USING fts5(words, content='', contentless_delete=1,"
        " detail=none, prefix='1 2 3 4 5 6 7 8 9 10', tokenize=\"ascii tokenchars '.~^=-'\")"
    ],
    # Without a list of rows yet to be entered: a search would read through it.
    "postgresql": [
        "CREATE TABLE heritage_words (site_id bigint PRIMARY KEY, words tsvector NOT NULL)",
        "CREATE INDEX heritage_words_gin ON heritage_words USING gin (words)"
        " WITH (fastupdate = off)",
    ],
}
_EMPTY = {
    "sqlite": ["DROP TABLE heritage_words", *_CREATE["sqlite"]],
    "postgresql": ["DELETE FROM heritage_words"],  # readers go on reading what was there
}
_WRITE = {
    "sqlite": "INSERT OR REPLACE INTO heritage_words (rowid, words) VALUES (%s, %s)",
    "postgresql": "INSERT INTO heritage_words (site_id, words)"
    " VALUES (%s, array_to_tsvector(string_to_array(%s, ' ')))"
    " ON CONFLICT (site_id) DO UPDATE SET words = excluded.words",
}
_FORGET = {
    "sqlite": "DELETE FROM heritage_words WHERE rowid = %s",
    "postgresql": "DELETE FROM heritage_words WHERE site_id = %s",
}
# All ids in one text: read in one piece, and three times as fast as row by row.
_ASK = {
    "sqlite": "SELECT group_concat(rowid) FROM heritage_words WHERE heritage_words MATCH %s",
    "postgresql": "SELECT string_agg(site_id::text, ',') FROM heritage_words"
    " WHERE words @@ CAST(%s AS tsquery)",
}


class SpeltWord(models.Model):
    """A word that some record holds, or held: what a misspelt search is compared with."""

    text = models.CharField(max_length=words.LONGEST, unique=True)

    def __str__(self) -> str:
        return self.text


def create(using) -> None:
    """Make the table; `using` is a connection."""
    _run(using, _CREATE[using.vendor])


def drop(using) -> None:
    _run(using, ["DROP TABLE heritage_words"])


def _run(using, statements) -> None:
    with using.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def write(held: dict[int, list[str]]) -> None:
    """Enter the words of sites, by id, in place of those they had."""
    if not held:
        return
    with connection.cursor() as cursor:
        rows = [(site_id, " ".join(found)) for site_id, found in sorted(held.items())]
        cursor.executemany(_WRITE[connection.vendor], rows)
    spelt = {word for found in held.values() for word in found if _is_spelt(word)}
    SpeltWord.objects.bulk_create(
        (SpeltWord(text=word) for word in sorted(spelt)), ignore_conflicts=True, batch_size=500
    )


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
    with connection.cursor() as cursor:
        cursor.execute(_ASK[connection.vendor], [_query(asked)])
        (ids,) = cursor.fetchone()
    return BitMap(np.fromstring(ids, dtype=np.uint32, sep=",")) if ids else BitMap()


def _query(asked: Iterable[Asked]) -> str:
    if connection.vendor == "sqlite":
        return " AND ".join(f'"{word.text}"{"*" * word.begins}' for word in asked)
    return " & ".join(f"'{word.text}'{':*' * word.begins}" for word in asked)


def rebuild(
    found_by: Iterable[tuple[int, str]], progress: Callable[[int], None] = lambda done: None
) -> None:
    """Make all of it anew, from the ids of all sites and the text each is found by."""
    with transaction.atomic():
        _run(connection, _EMPTY[connection.vendor])
        SpeltWord.objects.all().delete()
        chunk: dict[int, list[str]] = {}
        done = 0
        for site_id, text in found_by:
            chunk[site_id] = words.held_by(text)
            if len(chunk) == CHUNK:
                write(chunk)
                done += len(chunk)
                progress(done)
                chunk = {}
        write(chunk)
        progress(done + len(chunk))
