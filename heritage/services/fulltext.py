"""Writes the full text: the words of each site, prepared by `values.tokens`.

SQLite keeps them in a contentless FTS5 table, PostgreSQL in a `tsvector` column under a GIN index
(`fulltext_table`). `search.fulltext` asks it.
"""

import json
import time
from collections.abc import Callable, Iterable
from itertools import batched, chain

from django.db import OperationalError, connection, transaction

from heritage.models import SpeltWord
from heritage.services.fulltext_table import (
    AFTER_MANY,
    BEFORE_MANY,
    CREATE,
    INDEX,
    LOCK,
    NEW_TABLE,
    REPLACE,
    TABLE,
    execute,
)
from heritage.values import tokens

CHUNK = 1_000  # sites written at once
_MANY = 50  # sites, for which FTS5 is given more memory

_MAX_TRIES = 60  # of a second each, to replace a table that others read

_UPSERT = {
    "sqlite": "INSERT OR REPLACE INTO {table} (rowid, words) VALUES (%s, %s)",
    "postgresql": "INSERT INTO {table} (site_id, words)"
    " VALUES (%s, array_to_tsvector(string_to_array(%s, ' ')))"
    " ON CONFLICT (site_id) DO UPDATE SET words = excluded.words",
}
_INSERT_NEW = {  # into a table that knows none of the sites
    "sqlite": _UPSERT["sqlite"],
    "postgresql": _UPSERT["postgresql"].partition(" ON CONFLICT")[0],
}
# Nearly all of them are known. PostgreSQL would give a number to each of these, too.
_ADD_SPELT_WORDS = {
    "sqlite": "INSERT INTO heritage_speltword (text) SELECT value FROM json_each(%s) WHERE true"
    " ON CONFLICT DO NOTHING",
    "postgresql": "INSERT INTO heritage_speltword (text) SELECT word FROM unnest(%s::text[]) word"
    " WHERE NOT EXISTS (SELECT FROM heritage_speltword WHERE text = word) ON CONFLICT DO NOTHING",
}
_DELETE = {
    "sqlite": "DELETE FROM heritage_words WHERE rowid = %s",
    "postgresql": "DELETE FROM heritage_words WHERE site_id = %s",
}


def write(words: dict[int, list[str]]) -> None:
    """Replace the words of sites, by id."""
    are_many = len(words) >= _MANY
    if are_many:
        execute(connection, BEFORE_MANY[connection.vendor])
    _insert(words, _UPSERT[connection.vendor].format(table=TABLE))
    if are_many:
        execute(connection, AFTER_MANY[connection.vendor])


def _insert(words: dict[int, list[str]], statement: str) -> None:
    if not words:
        return
    with connection.cursor() as cursor:
        rows = [(site_id, " ".join(found)) for site_id, found in sorted(words.items())]
        cursor.executemany(statement, rows)
    spelt = sorted(tokens.misspellable(chain.from_iterable(words.values())))
    with connection.cursor() as cursor:
        given = spelt if connection.vendor == "postgresql" else json.dumps(spelt)
        cursor.execute(_ADD_SPELT_WORDS[connection.vendor], [given])


def delete(site_ids: Iterable[int]) -> None:
    """Delete the words of sites that no longer exist."""
    rows = [(site_id,) for site_id in site_ids]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_DELETE[connection.vendor], rows)


def rebuild(
    texts: Iterable[tuple[int, str]], progress: Callable[[int], None] = lambda done: None
) -> None:
    """Build the whole table again, from the ids and search texts of all sites.

    Other connections read the old table until it is replaced at once.
    """
    vendor, done = connection.vendor, 0
    statement = _INSERT_NEW[vendor].format(table=NEW_TABLE)
    with transaction.atomic():
        for statements in (CREATE, BEFORE_MANY):
            execute(connection, statements[vendor], NEW_TABLE)
        SpeltWord.objects.all().delete()
        for chunk in batched(texts, CHUNK):
            _insert({site_id: tokens.index_words(text) for site_id, text in chunk}, statement)
            done += len(chunk)
            progress(done)
        execute(connection, INDEX[vendor], NEW_TABLE)
        _lock_when_unread()
        execute(connection, REPLACE[vendor], NEW_TABLE)


def _lock_when_unread() -> None:
    """Wait for readers of the table to finish, without blocking new ones.

    Raises OperationalError if a reader, such as a backup, takes longer than a minute.
    """
    if connection.vendor != "postgresql":
        return
    for attempt in range(_MAX_TRIES):
        try:
            with transaction.atomic():
                execute(connection, LOCK)
            return
        except OperationalError:
            if attempt == _MAX_TRIES - 1:
                raise
            time.sleep(0.5)
