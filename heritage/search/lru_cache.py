"""A memory of bounded size."""

from collections.abc import Callable, Iterator
from threading import Lock

_MISSING = object()


class LRUCache[K, V]:
    """The latest `most` things; what was neither set nor got for longest makes room.

    Many threads may use it at once.
    """

    def __init__(self, most: int):
        self._most, self._lock = most, Lock()
        self._kept: dict[K, V] = {}  # what was used last comes last

    def get(self, key: K, default: V | None = None) -> V | None:
        with self._lock:
            if key not in self._kept:
                return default
            value = self._kept[key] = self._kept.pop(key)
            return value

    def __setitem__(self, key: K, value: V) -> None:
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = value
            while len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]

    def recall(self, key: K, make: Callable[[], V]) -> V:
        """What is kept; else what is made now, and kept. Two who miss it at once both make it."""
        found = self.get(key, _MISSING)
        if found is _MISSING:
            found = self[key] = make()
        return found

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[K]:
        """The keys, from the one that was used longest ago."""
        with self._lock:
            return iter(list(self._kept))
