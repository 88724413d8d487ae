"""A memory of bounded size."""

from collections import OrderedDict
from contextlib import suppress


class Recent[K, V](OrderedDict[K, V]):
    """The latest `most` things; what was neither set nor got for longest makes room.

    Many threads may use it at once: each of its steps is one of OrderedDict's own.
    """

    def __init__(self, most: int):
        super().__init__()
        self.most = most

    def get(self, key: K, default: V | None = None) -> V | None:
        try:
            self.move_to_end(key)
            return self[key]
        except KeyError:  # not there, or just gone
            return default

    def __setitem__(self, key: K, value: V) -> None:
        super().__setitem__(key, value)
        with suppress(KeyError):
            self.move_to_end(key)
        while len(self) > self.most:
            self.popitem(last=False)
