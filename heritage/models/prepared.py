"""Queries that pages ask again and again, put into SQL once.

Django takes several times as long to put a small query together as the database to answer it, and
PostgreSQL as long again to plan it: that it does once for each connection.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import batched

from django.db import connections
from django.db.models import QuerySet

from heritage.values.copies import twin

_SIZES = (1, 2, 4, 8, 16, 24, 32, 64, 128)  # how many ids a statement takes


class Prepared:
    """A query for the rows that belong to some ids, in any number of them.

    `make` gives the queryset for a list of ids (of type `of`: slugs are `str`), which it uses
    once, with `__in`; nothing else in it may change from one call to the next, and it may
    prefetch nothing.

        kinds = Prepared(lambda ids: Kind.objects.filter(sites__in=ids))
        kinds.rows([68, 493])
    """

    def __init__(self, make: Callable[[list], QuerySet], of: type = int):
        self._make, self._of = make, of
        self._ready: dict[int, _Statement] = {}

    def rows(self, ids: Iterable) -> list:
        """What the queryset yields; the rows of more than 128 ids in several runs of its order."""
        found = []
        for part in batched(ids, _SIZES[-1]):
            size = next(size for size in _SIZES if size >= len(part))
            # An id that is asked for twice is answered once.
            found += self._statement(size).rows(part + part[-1:] * (size - len(part)))
        return found

    def _statement(self, size: int) -> "_Statement":
        if size not in self._ready:
            stand_ins = [self._of(-1 - number) for number in range(size)]
            self._ready[size] = _Statement(self._make(stand_ins), stand_ins)
        return self._ready[size]


class _Statement:
    def __init__(self, queryset: QuerySet, stand_ins: list):
        self._queryset = queryset
        self._compiler = queryset.query.get_compiler(queryset.db)
        self._sql, parameters = self._compiler.as_sql()
        self._compiler.connection = None  # a thread's own, which shall end with it
        places = {value: place for place, value in enumerate(stand_ins)}
        self._parameters = [(value, places.get(value)) for value in parameters]
        self._id = _id_of(queryset.db, type(stand_ins[0]))

    def rows(self, ids: tuple) -> list:
        """The queryset's own rows, its compiler saying what was put together before."""
        parameters = tuple(
            value if place is None else self._id(ids[place]) for value, place in self._parameters
        )
        compiler = twin(self._compiler)
        compiler.connection = connections[self._queryset.db]  # that of this thread
        compiler.as_sql = lambda *args, **kwargs: (self._sql, parameters)
        queryset = twin(self._queryset)
        queryset._query = twin(self._queryset.query)
        queryset._query.get_compiler = lambda *args, **kwargs: compiler
        with _planned_once(compiler.connection):
            return list(queryset._iterable_class(queryset))


def _id_of(database: str, of: type) -> Callable:
    """What an id is handed over as.

    psycopg tells the size of a number by its value, and to PostgreSQL a statement is another one
    for each mixture of sizes.
    """
    if of is int and connections[database].vendor == "postgresql":
        from psycopg.types.numeric import Int8

        return Int8
    return of


@contextmanager
def _planned_once(connection) -> Iterator[None]:
    """PostgreSQL keeps the plan of what is run within, if the settings let it.

    Only here: values that are handed over beside the statement are 65,535 at most, and some of
    what Django writes does not go with them.
    """
    if connection.vendor != "postgresql":
        yield
        return
    from django.db.backends.postgresql.base import ServerBindingCursor

    connection.ensure_connection()
    raw, usual = connection.connection, connection.connection.cursor_factory
    raw.cursor_factory = ServerBindingCursor
    try:
        yield
    finally:
        raw.cursor_factory = usual
