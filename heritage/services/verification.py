"""Compares derived data with what they are derived from, for `manage.py verify`.

Each check goes through the whole catalogue in small steps. A step holds the lock of the change log,
so that it sees no incomplete write; others can write between two steps. Nothing is written. Derived
data are computed again by the same code as after a write.
"""

import hashlib
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.db.models import FileField, Max, Min

from heritage.models import (
    Change,
    Designation,
    Event,
    IndexChange,
    PendingRefresh,
    Site,
    SiteEra,
    SortName,
    SourcedSentence,
    User,
)
from heritage.models.base import Record, untracked
from heritage.models.fields import OriginalField
from heritage.models.row_values import linked_ids, plain_row, recorded_columns, recorded_relations
from heritage.services.denormalized import refresh, refresh_designations
from heritage.services.fulltext_table import TABLE
from heritage.values import normalize
from heritage.values.finding import Checking, Finding, NotNow
from heritage.values.progress import Progress

_AT_ONCE = 50  # rows whose derived columns are made anew in one transaction
_ROWS = 1_000
_BLOCK = 1 << 20
_REINDEX = "manage.py reindex"
_BACKUP = "compare with a backup: nothing tells by itself which of the two is right"


def _records() -> list[type[Record]]:
    return [model for model in apps.get_models() if issubclass(model, Record)]


def _spans(model: type[models.Model], size: int) -> Iterator[tuple[int, int, int]]:
    """(first, end, last id of all): the ids of a table in steps, gaps included."""
    found = models.QuerySet(model).order_by().aggregate(first=Min("pk"), last=Max("pk"))
    if found["first"] is not None:
        for start in range(found["first"], found["last"] + 1, size):
            yield start, start + size, found["last"]


@contextmanager
def _undone() -> Iterator[None]:
    """A transaction that holds the lock of the change log, and is rolled back."""
    with IndexChange.objects.locked():
        yield
        transaction.set_rollback(True)


# --- derived columns -------------------------------------------------------------------------


def derived_columns() -> Checking:
    """Checks columns and tables that follow from other columns and rows."""
    if PendingRefresh.objects.exists():
        raise NotNow("Sites wait to be refreshed after a change of a term: run publish_due first.")
    for model in _records():
        if model.derived_fields and model is not Site:
            yield from _of_their_own_row(model)
    for first, end, _last in _spans(Designation, _AT_ONCE):
        with _undone():
            entries = untracked(Designation).filter(pk__range=(first, end - 1)).order_by()
            before = {row.pk: (row.standing, row.listed_year) for row in entries}
            refresh_designations(before)
            after = {row.pk: (row.standing, row.listed_year) for row in entries.all()}
        for pk in before:
            if before[pk] != after[pk]:
                yield _stale(f"heritage.designation {pk}", before[pk], after[pk])
    for first, end, last in _spans(Site, _AT_ONCE):
        with _undone():
            ids = list(
                untracked(Site).filter(pk__range=(first, end - 1)).values_list("pk", flat=True)
            )
            was = _derived_of(ids)
            refresh(ids)
            follows = _derived_of(ids)
        for key in sorted(was.keys() | follows.keys(), key=str):
            if was.get(key) != follows.get(key):
                yield _stale(key, was.get(key), follows.get(key))
        yield Progress(min(end, last), last)


def _of_their_own_row(model: type[Record]) -> Iterator[Finding]:
    names = [name for name in model.derived_fields if name not in model.refreshed_fields]
    for first, end, _last in _spans(model, _ROWS):
        for row in untracked(model).filter(pk__range=(first, end - 1)).order_by():
            stored = {name: getattr(row, name) for name in names}
            row.derive(stored={field.attname: getattr(row, field.attname)
                               for field in model._meta.concrete_fields})  # fmt: skip
            for name, value in stored.items():
                if (follows := getattr(row, name)) != value:
                    what = f"{model._meta.label_lower} {row.pk}: {name}"
                    yield _stale(what, value, follows)


def _derived_of(site_ids: list[int]) -> dict[str, Any]:
    """The derived data of sites as they are stored, by a name of each kind of data."""
    found: dict[str, Any] = {}
    columns = dict.fromkeys(("public_latitude", "public_longitude", *Site.refreshed_fields))
    for row in untracked(Site).filter(pk__in=site_ids).order_by().values("pk", *columns):
        for name in columns:
            found[f"heritage.site {row['pk']}: {name}"] = row[name]
    events = untracked(Event).filter(site__in=site_ids).order_by()
    for pk, *years in events.values_list("pk", "first_year", "last_year"):
        found[f"heritage.event {pk}: first_year, last_year"] = years
    sentences = untracked(SourcedSentence).filter(site__in=site_ids).order_by()
    for pk, stands in sentences.values_list("pk", "stands"):
        found[f"heritage.sourcedsentence {pk}: stands"] = stands
    eras = SiteEra.objects.filter(site__in=site_ids).order_by()
    for site, era, role in eras.values_list("site", "era", "role"):
        found[f"heritage.site {site}: era {era} as {role}"] = True
    keys = SortName.objects.filter(site__in=site_ids).order_by()
    for site, language, key in keys.values_list("site", "language", "key"):
        found[f"heritage.site {site}: order by name in {language}"] = key
    return found


def _stale(what: str, stored: object, follows: object) -> Finding:
    how = f"{_short(stored)} is stored, {_short(follows)} follows from the rows"
    return Finding(what, how, _REINDEX)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


# --- full text -------------------------------------------------------------------------------


def full_text() -> Checking:
    """Checks the words by which each site is found: none is missing, and there are no others."""
    if connection.vendor == "postgresql":
        return _words_by_site()
    return _words_by_sums()


def _words_by_site() -> Checking:
    query = f"SELECT site_id, tsvector_to_array(words) FROM {TABLE} WHERE site_id BETWEEN %s AND %s"  # noqa: S608 - our name
    last_row, highest = 0, _highest_id()
    for start in range(0, highest + 1, _ROWS):
        with IndexChange.objects.locked(), connection.cursor() as cursor:
            cursor.execute(query, [start, start + _ROWS - 1])
            stored = {pk: set(words) for pk, words in cursor.fetchall()}
            wanted = _texts(start, start + _ROWS)
        for pk in sorted(stored.keys() | wanted.keys()):
            follows = set(normalize.index_words(wanted[pk])) if pk in wanted else None
            if stored.get(pk) != follows:
                yield _other_words(pk)
        last_row = min(start + _ROWS, highest)
        yield Progress(last_row, highest)


def _highest_id() -> int:
    with connection.cursor() as cursor:
        column = "rowid" if connection.vendor == "sqlite" else "site_id"
        cursor.execute(f"SELECT MAX({column}) FROM {TABLE}")  # noqa: S608 - our names
        [highest] = cursor.fetchone()
    of_sites = untracked(Site).order_by().aggregate(last=Max("pk"))["last"]
    return max(highest or 0, of_sites or 0)


def _texts(first: int, end: int) -> dict[int, str]:
    rows = untracked(Site).filter(pk__range=(first, end - 1)).order_by()
    return dict(rows.values_list("pk", "search_text"))


def _other_words(pk: int) -> Finding:
    return Finding(f"heritage.site {pk}: full text", "has other words than its text", _REINDEX)


def _words_by_sums() -> Checking:
    """SQLite keeps no words by site. For each site the hashes of its words are added up instead,
    from the list of words and from its text: 16 bytes a site.

    Sites that are written meanwhile are looked at again, up to three times.
    """
    open_sites: set[int] | None = None  # all
    for _try in range(3):
        number = _last_entry()
        different = yield from _sums_that_differ(open_sites)
        written = set(
            IndexChange.objects.filter(pk__gt=number).values_list("site_id", flat=True)
        )  # fmt: skip
        for pk in sorted(different - written):
            yield _other_words(pk)
        open_sites = different & written
        if not open_sites:
            return
    raise NotNow(f"{len(open_sites or ())} sites were written again and again meanwhile.")


def _last_entry() -> int:
    return IndexChange.objects.aggregate(last=Max("pk"))["last"] or 0


def _sums_that_differ(
    only: set[int] | None,
) -> Generator[Finding | Progress, None, set[int]]:
    highest = _highest_id()
    stored, follows = (np.zeros(highest + 1, dtype=np.uint64) for _side in range(2))
    there = np.zeros(highest + 1, dtype=bool)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE VIRTUAL TABLE temp.words_of USING fts5vocab('main', '{TABLE}', 'instance')"
        )
        try:
            cursor.execute("SELECT term, doc FROM temp.words_of")
            hashes: dict[str, int] = {}
            while rows := cursor.fetchmany(50_000):
                ids = np.fromiter((doc for _term, doc in rows), dtype=np.int64, count=len(rows))
                hashes = {term: _hash(term) for term in {term for term, _doc in rows}}
                values = (hashes[term] for term, _doc in rows)
                sums = np.fromiter(values, dtype=np.uint64, count=len(rows))
                inside = ids <= highest  # others were added meanwhile
                np.add.at(stored, ids[inside], sums[inside])
        finally:
            cursor.execute("DROP TABLE temp.words_of")
        cursor.execute(f"SELECT rowid FROM {TABLE}")  # noqa: S608 - our name
        while rows := cursor.fetchmany(50_000):
            there[[pk for (pk,) in rows if pk <= highest]] = True
    different: set[int] = set()
    for start in range(0, highest + 1, _ROWS):
        texts = _texts(start, start + _ROWS)
        for pk, text in texts.items():
            if pk <= highest:
                total = sum(map(_hash, set(normalize.index_words(text)))) & (2**64 - 1)
                follows[pk] = total
                if not there[pk]:
                    different.add(pk)
        extra = np.flatnonzero(there[start : start + _ROWS]) + start
        different.update(set(extra.tolist()) - texts.keys())
        yield Progress(min(start + _ROWS, highest), highest)
    different.update(np.flatnonzero(stored != follows).tolist())
    return different if only is None else different & only


@lru_cache(maxsize=200_000)  # most words are of many sites
def _hash(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest())


# --- history ---------------------------------------------------------------------------------


def history() -> Checking:
    """Checks that the last state of each row in the history is the one that is stored.

    References to accounts are left out: when an account is deleted, they go without a change.
    """
    kinds = _records()
    for number, model in enumerate(kinds):
        content_type = ContentType.objects.get_for_model(model)
        changes = Change.objects.filter(model=content_type).order_by()
        ends = [
            models.QuerySet(model).order_by().aggregate(first=Min("pk"), last=Max("pk")),
            changes.aggregate(first=Min("object_id"), last=Max("object_id")),
        ]
        first = min((each["first"] for each in ends if each["first"] is not None), default=0)
        last = max((each["last"] for each in ends if each["last"] is not None), default=-1)
        for start in range(first, last + 1, _ROWS):
            with IndexChange.objects.locked():
                states = _last_states(changes.filter(object_id__range=(start, start + _ROWS - 1)))
                rows = _stored(model, start, start + _ROWS)
            yield from _compared(model, states, rows)
        yield Progress(number + 1, len(kinds))


def _last_states(changes: models.QuerySet[Change]) -> dict[int, dict | None]:
    """By row, its state after all changes; None if it was deleted."""
    states: dict[int, dict | None] = {}
    rows = changes.order_by("pk").values_list("object_id", "before", "after")
    for pk, before, after in rows.iterator(_ROWS):
        if after is None or before is None:
            states[pk] = after
        else:
            states[pk] = (states.get(pk) or {}) | after
    return states


def _stored(model: type[Record], first: int, end: int) -> dict[int, dict]:
    attnames = [field.attname for field in model._meta.concrete_fields]
    found = {}
    rows: models.QuerySet = models.QuerySet(model).filter(pk__range=(first, end - 1)).order_by()
    for values in rows.values_list(*attnames):
        row = dict(zip(attnames, values, strict=True))
        found[row[model._meta.pk.attname]] = plain_row(model, row)
    for field in recorded_relations(model):
        for pk, ids in linked_ids(field, found).items():
            found[pk][field.name] = ids
    return found


def _compared(
    model: type[Record], states: dict[int, dict | None], rows: dict[int, dict]
) -> Iterator[Finding]:
    label = model._meta.label_lower
    names = {
        field.name
        for field in (*recorded_columns(model), *recorded_relations(model))
        if field.related_model is not User
    }
    empty: dict[str, list[int]] = {field.name: [] for field in recorded_relations(model)}
    for pk in sorted(states.keys() | rows.keys()):
        state, row = states.get(pk), rows.get(pk)
        if row is None:
            if state is not None:
                yield Finding(f"{label} {pk}", "is gone, and its history does not say so", _BACKUP)
        elif pk not in states:
            yield Finding(f"{label} {pk}", "is there, and has no history", _BACKUP)
        elif state is None:
            yield Finding(f"{label} {pk}", "is there, and its history says it is gone", _BACKUP)
        else:
            state = empty | state
            # A column that was added later is in the history from the next change on.
            for name in sorted(names & state.keys()):
                if state[name] != row[name]:
                    how = f"{_short(row[name])} is stored, the history says {_short(state[name])}"
                    yield Finding(f"{label} {pk}: {name}", how, _BACKUP)


# --- pictures --------------------------------------------------------------------------------


def pictures() -> Checking:
    """Checks that the file of each picture exists and is the one that was stored."""
    fields: dict[type[models.Model], list[FileField]] = defaultdict(list)
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, FileField):
                fields[model].append(field)
    counts = {model: models.QuerySet(model).count() for model in fields}
    done, total = 0, sum(counts.values())
    for model, columns in fields.items():
        names = [column.name for column in columns]
        sums = ["sha256"] if _has_column(model, "sha256") else []
        rows: Iterable[dict[str, Any]]
        rows = models.QuerySet(model).order_by("pk").values("pk", *names, *sums).iterator(_ROWS)
        for row in rows:
            for column in columns:
                if name := row[column.name]:
                    what = f"{model._meta.label_lower} {row['pk']}: {column.name}"
                    # An original is named by its own.
                    is_original = isinstance(column, OriginalField)
                    sha256 = PurePosixPath(name).stem if is_original else row.get("sha256", "")
                    yield from _file(column, what, name, sha256)
            done += 1
            yield Progress(done, total)


def _has_column(model: type[models.Model], name: str) -> bool:
    return any(field.name == name for field in model._meta.concrete_fields)


def _file(column: FileField, what: str, name: str, sha256: str) -> Iterable[Finding]:
    digest = hashlib.sha256()
    try:
        with column.storage.open(name) as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except FileNotFoundError:
        if models.QuerySet(column.model).filter(**{column.name: name}).exists():
            return [Finding(what, f"{name} is not there", "take it from a backup")]
        return []  # the row was changed or deleted just now
    if sha256 and digest.hexdigest() != sha256:
        return [Finding(what, f"{name} is not the file that was stored", "take it from a backup")]
    return []
