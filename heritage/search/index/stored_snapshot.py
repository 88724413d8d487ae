"""The snapshot of the index in the database, so that a process that starts need not read every
record.

Exports `load()`, `save()` and `remove_broken()`. A snapshot is one row "head", which names the
change it is as of and the digest of each part, and one row for each part, named by that digest. A
part that did not change since the last snapshot is not written again, and a damaged part is
noticed. Parts are written before the head that refers to them and removed after it, so a reader
finds a complete snapshot at any time.
"""

import json
import logging
import time
from collections.abc import Buffer, Iterator, Mapping

import numpy as np
from django.db import transaction
from pyroaring import BitMap

from heritage.models import Event, IndexChange, IndexPart, chunks
from heritage.search.index import orders, shared_arrays
from heritage.search.index.columns import DISTRICTS, POINTS, SPANS, TIMES, Table
from heritage.search.index.snapshot import IndexedFacet, IndexSnapshot, Order

logger = logging.getLogger(__name__)

# Raised whenever the index holds something else than before: older snapshots are read no more.
FORMAT = 15
_HEAD = "head"
_VALUE, _ORDER = "value ", "order "
_POINTS, _TIMES, _SPANS = "points ", "times ", "spans "
_PARTS, _DISTRICTS = "component points ", "districts "
_ARRAYS = (_ORDER, _POINTS, _TIMES, _SPANS, _PARTS, _DISTRICTS)  # the others are bitmaps
_READ_AT_ONCE = 5  # parts fetched together: the largest have 8 MB at a million sites
_WRITTEN_AT_ONCE = 1_000_000  # bytes in one transaction, or a single part that is larger
_PAUSE = 0.002  # seconds after each write and each part of many, for whoever waits for the process
# Changes before the snapshot that are kept, so that processes that run need not load it.
_STORED_CHANGES = 1_000


class BrokenSnapshot(Exception):
    """A part is missing or damaged, or the head cannot be read."""


def saved_number() -> int | None:
    """The change number of the stored snapshot; None if there is none of this format."""
    try:
        head = _head_of(_head())
    except BrokenSnapshot:
        return None
    return head["number"] if head else None


def load(facets: Mapping[str, IndexedFacet]) -> IndexSnapshot | None:
    """The stored snapshot; None if there is none of this format. Raises BrokenSnapshot."""
    data = _head()
    try:
        return _load(facets, data)
    except BrokenSnapshot:
        if _head() == data:
            raise
        return _load(facets, _head())  # replaced while it was read


def save(snapshot: IndexSnapshot, *, starts_anew: bool = False, pause: float = _PAUSE) -> bool:
    """Store a snapshot; returns whether it was stored.

    It is not stored if another process has stored one meanwhile. With `starts_anew`, running
    processes load it, too: use it after writes that are not in the change log. It is then not
    stored if anything was written since it was read.
    """
    before = _head()
    parts = _write_missing(snapshot, pause)
    with transaction.atomic():
        IndexChange.objects.lock()
        if not _may_replace(before, parts):
            return False
        if starts_anew:
            if _last_change() != (snapshot.number, snapshot.token):
                return False
            IndexChange.objects.enter([IndexChange.VOCABULARY])
        number, token = _last_change() if starts_anew else (snapshot.number, snapshot.token)
        head = {"format": FORMAT, "number": number, "token": token, "parts": parts}
        IndexPart.objects.update_or_create(name=_HEAD, defaults={"data": json.dumps(head).encode()})
        oldest = number if starts_anew else number - _STORED_CHANGES
        IndexChange.objects.filter(pk__lt=oldest).delete()
    _remove_others(_head(), parts)
    return True


def remove_broken() -> None:
    """Remove the stored snapshot if it is broken; a new one is then due.

    Its intact parts stay, so that the next snapshot can use them.
    """
    head = _head()
    try:
        _load({}, head)
    except BrokenSnapshot:
        parts = IndexPart.objects.exclude(name=_HEAD).values_list("name", "data")
        damaged = [
            name
            for name, data in parts.iterator(_READ_AT_ONCE)
            if shared_arrays.digest(bytes(data)) != name
        ]
        with transaction.atomic():
            IndexChange.objects.lock()
            if _head() == head:  # else another one has been stored meanwhile
                IndexPart.objects.filter(name__in=[_HEAD, *damaged]).delete()


# --- reading ---------------------------------------------------------------------------------


def _head() -> bytes | None:
    data = IndexPart.objects.filter(name=_HEAD).values_list("data", flat=True).first()
    return None if data is None else bytes(data)


def _head_of(data: bytes | None) -> dict | None:
    if data is None or not data.startswith(f'{{"format": {FORMAT},'.encode()):
        return None
    try:
        return json.loads(data)
    except ValueError as error:
        raise BrokenSnapshot("The head cannot be read.") from error


def _load(facets: Mapping[str, IndexedFacet], data: bytes | None) -> IndexSnapshot | None:
    head = _head_of(data)
    if head is None:
        return None
    parts = _read_parts(head["parts"])
    by_order = {
        name: Order(np.frombuffer(part, dtype=np.int32))
        for name, part in _named(parts, _ORDER).items()
    }
    if by_order.keys() != set(orders.names()):  # a language was added since
        return None
    return IndexSnapshot(
        facets,
        head["number"],
        head["token"],
        BitMap.deserialize(bytes(parts["sites"])),
        {name: BitMap.deserialize(bytes(part)) for name, part in _named(parts, _VALUE).items()},
        by_order,
        _table(parts, _POINTS, POINTS),
        _table(parts, _PARTS, POINTS),
        _table(parts, _DISTRICTS, DISTRICTS),
        _table(parts, _TIMES, TIMES),
        {role: _table(parts, f"{_SPANS}{role} ", SPANS) for role in Event.Role.values},
    )


def _read_parts(digests: dict[str, str]) -> dict[str, Buffer]:
    """The content of each part; arrays from files that are mapped, where there are such."""
    arrays = {digest for name, digest in digests.items() if name.startswith(_ARRAYS)}
    by_digest: dict[str, Buffer] = {}
    problem = ""
    for digest in arrays:
        if (array := shared_arrays.mapped(digest)) is not None:
            by_digest[digest] = array
    rows = IndexPart.objects.exclude(name__in=[_HEAD, *by_digest]).values_list("name", "data")
    for digest, part in rows.iterator(_READ_AT_ONCE):
        data = bytes(part)
        if shared_arrays.digest(data) != digest:
            continue
        by_digest[digest] = data
        if digest in arrays and not problem:
            try:
                by_digest[digest] = shared_arrays.stored(digest, data)
            except OSError as error:
                problem = str(error)
    if problem:
        logger.warning("Processes do not share the arrays of the index: %s", problem)
    if lost := [name for name, digest in digests.items() if digest not in by_digest]:
        raise BrokenSnapshot(f"The part “{lost[0]}” is missing or damaged.")
    shared_arrays.remove_others(arrays)
    return {name: by_digest[digest] for name, digest in digests.items()}


def _named(parts: Mapping[str, Buffer], start: str) -> dict[str, Buffer]:
    """The parts of a kind, by what follows in their names."""
    return {name[len(start) :]: data for name, data in parts.items() if name.startswith(start)}


def _table(parts: Mapping[str, Buffer], start: str, types: str) -> Table:
    return Table.from_bytes([parts[f"{start}{n}"] for n in range(len(types))], types)


# --- writing ---------------------------------------------------------------------------------


def _parts(snapshot: IndexSnapshot) -> Iterator[tuple[str, bytes]]:
    yield "sites", snapshot.sites.serialize()
    for name, bitmap in snapshot.values.items():
        yield f"{_VALUE}{name}", bitmap.serialize()
    for name, order in snapshot.orders.items():
        yield f"{_ORDER}{name}", order.ids.tobytes()
    tables = {_POINTS: snapshot.points, _TIMES: snapshot.times}
    tables |= {_PARTS: snapshot.component_points, _DISTRICTS: snapshot.districts}
    tables |= {f"{_SPANS}{role} ": table for role, table in snapshot.spans.items()}
    for name, table in tables.items():
        for number, data in enumerate(table.to_bytes()):
            yield f"{name}{number}", data


def _write_missing(snapshot: IndexSnapshot, pause: float) -> dict[str, str]:
    """Write those parts that are not there yet; gives the digest of each part."""
    there = set(IndexPart.objects.values_list("name", flat=True))
    digests: dict[str, str] = {}
    waiting: list[IndexPart] = []
    for number, (name, data) in enumerate(_parts(snapshot)):
        digest = digests[name] = shared_arrays.digest(data)
        if digest not in there:
            there.add(digest)
            waiting.append(IndexPart(name=digest, data=data))
        if sum(len(part.data) for part in waiting) > _WRITTEN_AT_ONCE:
            IndexPart.objects.bulk_create(waiting, ignore_conflicts=True)
            waiting.clear()
            time.sleep(pause)
        elif len(data) > _WRITTEN_AT_ONCE or number % 100 == 0:
            time.sleep(pause)
    IndexPart.objects.bulk_create(waiting, ignore_conflicts=True)
    return digests


def _may_replace(before: bytes | None, parts: dict[str, str]) -> bool:
    """Whether the snapshot is still the one that was there before, and all new parts are."""
    head = IndexPart.objects.select_for_update().filter(name=_HEAD).first()
    there = set(IndexPart.objects.values_list("name", flat=True))
    return (None if head is None else bytes(head.data)) == before and there.issuperset(
        parts.values()
    )


def _last_change() -> tuple[int, str]:
    return IndexChange.objects.order_by("-pk").values_list("pk", "token").first() or (0, "")


def _remove_others(head: bytes | None, parts: dict[str, str]) -> None:
    """Remove the parts of former snapshots, unless this one has been replaced meanwhile."""
    there = set(IndexPart.objects.values_list("name", flat=True))
    for names in chunks(sorted(there.difference(parts.values(), [_HEAD]))):
        with transaction.atomic():
            if not _may_replace(head, parts):
                return
            IndexPart.objects.filter(name__in=names).delete()
