"""Queries the full text for the sites that contain a word; `services.denormalized` writes it.

SQLite keeps it in a contentless FTS5 table, PostgreSQL in a `tsvector` column under a GIN index.
Ranking, language and tokenizer of the database are not used, so both give the same answers.
"""

import json
from collections.abc import Iterable

import numpy as np
from django.db import connection
from django.db.models import StringAgg, Value
from django.db.models.functions import Length
from pyroaring import BitMap

from heritage.models import SpeltWord
from heritage.search.index import columns
from heritage.search.store import read_connection
from heritage.values.tokens import Query

_FEW = 100  # sites
# All ids in one piece: several times as fast as row by row.
_SELECT = {
    "sqlite": "SELECT group_concat(rowid) FROM heritage_words WHERE heritage_words MATCH %s",
    "postgresql": "SELECT heritage_holding(%s)",
}
# Looks up each of a few sites and compares its words with the query. The ids are JSON.
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


def sites_matching(asked: Query) -> BitMap:
    """The ids of sites, published or not, that match a query."""
    return _answer(_SELECT[connection.vendor], [_query(asked)]) if asked else BitMap()


def is_quicker_among(sites: BitMap) -> bool:
    """Whether `sites_matching_among()` is quicker for so few sites: PostgreSQL looks at each row
    that it finds."""
    return connection.vendor == "postgresql" and len(sites) <= _FEW


def sites_matching_among(sites: BitMap, asked: Query) -> BitMap:
    """The ids among a few sites that match a query; the words of each of them are read."""
    parameters = [json.dumps(list(sites)), _query(asked)]
    return _answer(_SELECT_AMONG[connection.vendor], parameters) if asked else BitMap()


def _answer(statement: str, parameters: list) -> BitMap:
    with read_connection().cursor() as cursor:
        cursor.execute(statement, parameters)
        (found,) = cursor.fetchone()
    return columns.bitmap(_READ_IDS[connection.vendor](found)) if found else BitMap()


def _query(asked: Query) -> str:
    if connection.vendor == "sqlite":
        both, either, form, begins = " AND ", " OR ", '"{}"{}', "*"
    else:
        both, either, form, begins = " & ", " | ", "'{}'{}", ":*"
    clauses = (
        [form.format(word.text, begins * word.is_prefix) for word in clause] for clause in asked
    )
    return both.join(f"({either.join(words)})" if len(words) > 1 else words[0] for words in clauses)


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
