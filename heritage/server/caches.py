"""Caches: one that drops what was used least recently, and one of values under typed keys."""

from collections.abc import Callable, Iterator
from threading import Lock
from typing import Any


class LRUCache[K, V]:
    """A thread-safe cache of at most `most` entries."""

    def __init__(self, most: int):
        self._most, self._lock = most, Lock()
        self._values: dict[K, V] = {}  # what was used last comes last

    def get(self, key: K, default: V | None = None) -> V | None:
        with self._lock:
            if key not in self._values:
                return default
            value = self._values[key] = self._values.pop(key)
            return value

    def __setitem__(self, key: K, value: V) -> None:
        with self._lock:
            self._values.pop(key, None)
            self._values[key] = value
            while len(self._values) > self._most:
                del self._values[next(iter(self._values))]

    def get_or_set(self, key: K, make: Callable[[], V]) -> V:
        """The cached value, or else a new one from `make`, which is cached.

        Two threads that miss it at once both call `make`.
        """
        with self._lock:
            if key in self._values:
                value = self._values[key] = self._values.pop(key)
                return value
        made = make()
        self[key] = made
        return made

    def clear(self) -> None:
        with self._lock:
            self._values.clear()

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[K]:
        """The keys, from the one that was used longest ago."""
        with self._lock:
            return iter(list(self._values))


class CacheKey[T]:
    """The key of one value of type T in a `Cache`; made once, as a constant of a module."""

    def __init__(self, name: str):
        self._name = name

    def __repr__(self) -> str:
        return f"CacheKey({self._name!r})"


class Cache:
    """What other modules compute of one state of the index, or of the vocabularies."""

    def __init__(self) -> None:
        self._values: dict[CacheKey[Any], Any] = {}

    def get_or_set[T](self, key: CacheKey[T], make: Callable[[], T]) -> T:
        """The cached value, or else a new one from `make`, which is cached.

        Two threads that miss it at once both call `make`, and get the same value.
        """
        if key not in self._values:
            self._values.setdefault(key, make())
        return self._values[key]

    def clear(self) -> None:
        self._values.clear()

    def __len__(self) -> int:
        return len(self._values)
