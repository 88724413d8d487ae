"""Queries that pages ask again and again, put into SQL once.

Django takes several times as long to put a small query together as the database to answer it.
"""

from collections.abc import Callable, Iterable
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

    def rows(self, ids: tuple) -> list:
        """The queryset's own rows, its compiler saying what was put together before."""
        parameters = tuple(
            value if place is None else ids[place] for value, place in self._parameters
        )
        compiler = twin(self._compiler)
        compiler.connection = connections[self._queryset.db]  # that of this thread
        compiler.as_sql = lambda *args, **kwargs: (self._sql, parameters)
        queryset = twin(self._queryset)
        queryset._query = twin(self._queryset.query)
        queryset._query.get_compiler = lambda *args, **kwargs: compiler
        return list(queryset._iterable_class(queryset))
