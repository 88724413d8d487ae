"""Which rows were written: gathered over one act, then told to those who derive from them."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction

Touched = dict[type, set[int]]

_gathered: ContextVar[Touched | None] = ContextVar("gathered", default=None)
_openers: list[Callable[[], None]] = []
_listeners: list[Callable[[Touched], None]] = []


def listen(opener: Callable[[], None], listener: Callable[[Touched], None]) -> None:
    """Call `opener` before every act and `listener` at its end, inside its transaction.

    What is announced outside of a batch has been written already when `opener` is called. The
    listener is given the ids of the rows that were written, by model.
    """
    if listener not in _listeners:
        _openers.append(opener)
        _listeners.append(listener)


@contextmanager
def batch():
    """One transaction; whatever follows from the rows written in it is refreshed once, at its end.

    Batches nest: the outermost one counts.
    """
    if _gathered.get() is not None:
        yield
        return
    with transaction.atomic():
        _open()
        touched: Touched = defaultdict(set)
        token = _gathered.set(touched)
        try:
            yield
        finally:
            _gathered.reset(token)
        _tell(touched)


def announce(model: type, ids: Iterable[int]) -> None:
    """Say that rows of `model` were written or deleted."""
    gathered = _gathered.get()
    if gathered is not None:
        gathered[model].update(ids)
    else:
        with transaction.atomic():
            _open()
            _tell({model: set(ids)})


def _open() -> None:
    for opener in _openers:
        opener()


def begin() -> None:
    """What a batch begins with, for rows that are about to be written outside of one."""
    if _gathered.get() is None:
        _open()


def _tell(touched: Touched) -> None:
    if any(touched.values()):
        for listener in _listeners:
            listener(touched)
