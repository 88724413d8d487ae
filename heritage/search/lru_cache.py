"""A thread-safe cache of limited size that drops the least recently used entry."""

from collections.abc import Callable, Iterator
from threading import Lock


class LRUCache[K, V]:
    """At most `most` entries are kept."""

    def __init__(self, most: int):
        self._most, self._lock = most, Lock()
        self._kept: dict[K, V] = {}  # what was used last comes last

    def get(self, key: K, default: V | None = None) -> V | None:
        with self._lock:
            return self._latest(key) if key in self._kept else default

    def _latest(self, key: K) -> V:
        value = self._kept[key] = self._kept.pop(key)
        return value

    def __setitem__(self, key: K, value: V) -> None:
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = value
            while len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]

    def get_or_set(self, key: K, make: Callable[[], V]) -> V:
        """The cached value, or else a new one from `make`, which is cached.

        Two threads that miss it at once both call `make`.
        """
        with self._lock:
            if key in self._kept:
                return self._latest(key)
        made = make()
        self[key] = made
        return made

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[K]:
        """The keys, from the one that was used longest ago."""
        with self._lock:
            return iter(list(self._kept))
