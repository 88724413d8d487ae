"""Keeps this process's index as fresh as the database, exactly.

Each write enters its sites in the journal, in its own transaction. A process that finds new
entries reads those sites again; one that starts takes a snapshot or reads everything. What a
transaction that is still open has written is seen within it and nowhere else.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain

import numpy as np
from django.db import connection
from pyroaring import BitMap

from heritage.catalogue.index import facts, orders
from heritage.catalogue.index.columns import POINTS, SPANS, Table
from heritage.catalogue.index.state import Order, State, build, patched
from heritage.models import Event, IndexChange, IndexPart, journal
from heritage.models.changes import batch
from heritage.models.journal import VOCABULARY

_NO_SITE = BitMap([VOCABULARY])

_shared: list[State] = []  # at most one: the committed state that all threads use
_lock = threading.Lock()
_private = threading.local()  # of a thread whose transaction is open


def current() -> State:
    """The index as of the last entry of the journal."""
    number, token = _head()
    state = _known(number, token)
    if state is not None:
        return state
    if connection.in_atomic_block:
        _private.state = _fresh()
        return _private.state
    with _lock:  # one thread reads, the others wait for it
        state = _known(*_head())
        if state is None:
            with _snapshot():
                state = _fresh()
            _shared[:] = [state]
        return state


# Asked by every page, some more than once: in so many words it takes a tenth of the time.
_LAST_ENTRY = f"SELECT id, token FROM {IndexChange._meta.db_table} ORDER BY id DESC LIMIT 1"  # noqa: S608


def _head() -> tuple[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(_LAST_ENTRY)
        return cursor.fetchone() or (0, "")


def _known(number: int, token: str) -> State | None:
    for state in _states():
        if (state.number, state.token) == (number, token):
            return state
    return None


def _states() -> list[State]:
    private = getattr(_private, "state", None) if connection.in_atomic_block else None
    return [state for state in (private, *_shared) if state is not None]


@contextmanager
def _snapshot():
    """All that is read within is of one moment, so that ids and their order agree."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("BEGIN DEFERRED")  # atomic() would wait for a writer
        else:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield
        finally:
            # There is nothing to keep, but at a ROLLBACK psycopg forgets what has been planned.
            cursor.execute("COMMIT")


def _fresh() -> State:
    """The state as of the head of the journal, from what is nearest to it."""
    number, token = _head()
    for state in chain(_states(), _stored()):  # the snapshot is read only if it comes to that
        if _is_in_journal(state):
            changed = BitMap(
                IndexChange.objects.filter(pk__gt=state.number).values_list("site_id", flat=True)
            )
            if len(changed - _NO_SITE) <= len(state.sites) // 4:
                return _patch(state, number, token, changed) if changed else state
    return rebuilt(number, token)


def _is_in_journal(state: State) -> bool:
    """Whether the journal goes on from this state: it was not rolled back, nor cut off."""
    if state.number == 0:
        return not IndexPart.objects.exists()
    return IndexChange.objects.filter(pk=state.number, token=state.token).exists()


def _patch(state: State, number: int, token: str, changed: BitMap) -> State:
    sites = changed - _NO_SITE
    found = facts.read(sites)

    def order_of(name: str, order: Order) -> Order:
        return orders.placed(name, order, sites, found.sites) if sites else order

    return patched(state, number, token, changed, found, order_of)


def rebuilt(number: int, token: str) -> State:
    """The state, from the whole database."""
    by_order = {name: orders.ids(name) for name in orders.names()}
    return build(number, token, facts.read(), by_order)


# --- snapshots -------------------------------------------------------------------------------

_AT_ONCE = 5  # parts fetched together: the largest have 8 MB at a million sites
# Raised whenever the index holds something else than before: older snapshots are read no more.
_FORMAT = "2"
_VALUE, _ORDER, _POINTS, _SPANS = "value ", "order ", "points ", "spans "


def save_snapshot() -> State:
    """Read everything, keep it for processes to come, and cut the journal short.

    It begins anew, so that processes that run take the snapshot too. Nobody writes meanwhile.
    """
    with batch():
        journal.note([VOCABULARY])
        number, token = _head()
        state = rebuilt(number, token)
        IndexPart.objects.all().delete()
        IndexPart.objects.bulk_create(
            (IndexPart(name=name, data=data) for name, data in _parts(state)),
            batch_size=200,
        )
        IndexChange.objects.filter(pk__lt=number).delete()
    return state


def _parts(state: State) -> Iterator[tuple[str, bytes]]:
    yield "head", f"{_FORMAT} {state.number} {state.token}".encode()
    yield "sites", state.sites.serialize()
    for name, bitmap in state.values.items():
        yield f"{_VALUE}{name}", bitmap.serialize()
    for name, order in state.orders.items():
        yield f"{_ORDER}{name}", order.ids.tobytes()
    tables = {_POINTS: state.points}
    tables |= {f"{_SPANS}{role} ": table for role, table in state.spans.items()}
    for name, table in tables.items():
        for number, data in enumerate(table.to_bytes()):
            yield f"{name}{number}", data


def _stored() -> Iterator[State]:
    """The snapshot, if there is one that fits."""
    head = IndexPart.objects.filter(name="head").values_list("data", flat=True).first()
    if head is None or not bytes(head).startswith(f"{_FORMAT} ".encode()):
        return
    _format, number, token = bytes(head).decode().split(" ")
    rows = IndexPart.objects.values_list("name", "data")
    parts = {name: bytes(data) for name, data in rows.iterator(_AT_ONCE)}
    by_order = {
        name: Order(np.frombuffer(data, dtype=np.int32))
        for name, data in _named(parts, _ORDER).items()
    }
    if by_order.keys() != set(orders.names()):  # a language was added since
        return
    yield State(
        int(number),
        token,
        BitMap.deserialize(parts["sites"]),
        {name: BitMap.deserialize(data) for name, data in _named(parts, _VALUE).items()},
        by_order,
        _table(parts, _POINTS, POINTS),
        {role: _table(parts, f"{_SPANS}{role} ", SPANS) for role in Event.Role.values},
    )


def _named(parts: dict[str, bytes], start: str) -> dict[str, bytes]:
    """The parts of a kind, by what follows in their names."""
    return {name[len(start) :]: data for name, data in parts.items() if name.startswith(start)}


def _table(parts: dict[str, bytes], start: str, types: str) -> Table:
    return Table.from_bytes([parts[f"{start}{n}"] for n in range(len(types))], types)
