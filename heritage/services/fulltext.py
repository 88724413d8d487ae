"""The full text in the database: which sites contain a word. All of its SQL is here.

SQLite keeps it in a contentless FTS5 table, PostgreSQL in a `tsvector` column under a GIN
index. Both store prepared words (`values.tokens`) and are only asked which rows contain them;
ranking, language and tokenizer of the database are not used, so both give the same answers.
"""

import json
import time
from collections.abc import Callable, Iterable
from itertools import batched

import numpy as np
from django.db import OperationalError, connection, transaction
from django.db.models import StringAgg, Value
from django.db.models.functions import Length
from pyroaring import BitMap

from heritage.models import SpeltWord
from heritage.services.fulltext_table import (
    BEFORE_ALL,
    CREATE,
    INDEX,
    LOCK,
    NEW_TABLE,
    REPLACE,
    TABLE,
    execute,
)
from heritage.values import tokens
from heritage.values.tokens import Query

CHUNK = 1_000  # sites written at once

# Marks of the words that a misspelt search is compared with: of long texts it is not.
_BRIEFLY = tokens.WRITTEN_WORD + tokens.NAME_WORD + tokens.BRIEF
_FEW = 100  # sites
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
_DELETE = {
    "sqlite": "DELETE FROM heritage_words WHERE rowid = %s",
    "postgresql": "DELETE FROM heritage_words WHERE site_id = %s",
}
# All ids in one piece: several times as fast as row by row.
_SELECT = {
    "sqlite": "SELECT group_concat(rowid) FROM heritage_words WHERE heritage_words MATCH %s",
    "postgresql": "SELECT heritage_holding(%s)",
}
# Of few sites it is quicker to look at each than to gather all that hold the words. The ids are
# JSON.
_SELECT_AMONG = {
    "sqlite": "SELECT group_concat(rowid) FROM heritage_words"
    " WHERE rowid IN (SELECT value FROM json_each(%s)) AND heritage_words MATCH %s",
    "postgresql": "WITH few AS MATERIALIZED (SELECT site_id, words FROM heritage_words"
    " WHERE site_id IN (SELECT json_array_elements_text(%s)::bigint))"
    " SELECT string_agg(int4send(site_id::int), '') FROM few WHERE words @@ %s::tsquery",
}
_READ_IDS = {
    "sqlite": lambda found: np.fromstring(found, dtype=np.uint32, sep=","),
    "postgresql": lambda found: np.frombuffer(found, dtype=">u4").astype(np.uint32),
}


def write(words: dict[int, list[str]]) -> None:
    """Replace the words of sites, by id."""
    _insert(words, _UPSERT[connection.vendor].format(table=TABLE))


def _insert(words: dict[int, list[str]], statement: str) -> None:
    if not words:
        return
    with connection.cursor() as cursor:
        rows = [(site_id, " ".join(found)) for site_id, found in sorted(words.items())]
        cursor.executemany(statement, rows)
    brief = {word[1:] for found in words.values() for word in found if word[0] in _BRIEFLY}
    spelt = set(filter(_is_spelt, brief))
    new = spelt.difference(known_words(spelt))  # nearly all of them are known
    SpeltWord.objects.bulk_create(
        [SpeltWord(text=word) for word in sorted(new)], ignore_conflicts=True, batch_size=500
    )


def words_starting_with(letter: str, lengths: range) -> list[str]:
    """Words of these lengths that begin with a letter."""
    known = SpeltWord.objects.annotate(length=Length("text")).filter(length__in=lengths)
    if connection.vendor == "sqlite":  # its LIKE knows no case, and therefore no index
        known = known.filter(text__gte=letter, text__lt=chr(ord(letter) + 1))
    else:
        known = known.filter(text__startswith=letter)
    # As one text: of a letter there may be tens of thousands.
    joined = known.aggregate(words=StringAgg("text", Value(" ")))["words"]
    return joined.split() if joined else []


def known_words(asked: Iterable[str]) -> list[str]:
    """The words among these that some record contains or contained."""
    return list(SpeltWord.objects.filter(text__in=asked).values_list("text", flat=True))


def _is_spelt(word: str) -> bool:
    """Whether a word can be misspelt: letters only, and long enough."""
    return len(word) > 3 and word.isalpha() and not tokens.is_han(word)


def delete(site_ids: Iterable[int]) -> None:
    """Delete the words of sites that no longer exist."""
    rows = [(site_id,) for site_id in site_ids]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_DELETE[connection.vendor], rows)


def sites_matching(asked: Query) -> BitMap:
    """The ids of sites, published or not, that match a query."""
    return _answer(_SELECT[connection.vendor], [_query(asked)]) if asked else BitMap()


def is_quicker_among(sites: BitMap) -> bool:
    """Whether a query is quicker among so few sites: PostgreSQL looks at each row it finds."""
    return connection.vendor == "postgresql" and len(sites) <= _FEW


def sites_matching_among(sites: BitMap, asked: Query) -> BitMap:
    """The ids among a few sites that match a query: each of them is looked at."""
    parameters = [json.dumps(list(sites)), _query(asked)]
    return _answer(_SELECT_AMONG[connection.vendor], parameters) if asked else BitMap()


def _answer(statement: str, parameters: list) -> BitMap:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        (found,) = cursor.fetchone()
    return BitMap(_READ_IDS[connection.vendor](found)) if found else BitMap()


def _query(asked: Query) -> str:
    if connection.vendor == "sqlite":
        both, either, form, begins = " AND ", " OR ", '"{}"{}', "*"
    else:
        both, either, form, begins = " & ", " | ", "'{}'{}", ":*"
    clauses = (
        [form.format(word.text, begins * word.is_prefix) for word in clause] for clause in asked
    )
    return both.join(f"({either.join(words)})" if len(words) > 1 else words[0] for words in clauses)


def rebuild(
    texts: Iterable[tuple[int, str]], progress: Callable[[int], None] = lambda done: None
) -> None:
    """Build the whole table again, from the ids and search texts of all sites.

    Other connections read the old table until it is replaced at once.
    """
    vendor, done = connection.vendor, 0
    statement = _INSERT_NEW[vendor].format(table=NEW_TABLE)
    with transaction.atomic():
        for statements in (CREATE, BEFORE_ALL):
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
