"""A memory of bounded size keeps what was used last."""

import sys
import threading

from heritage.server.caches import LRUCache
from heritage.values.tokens import QueryWord


def test_what_was_used_longest_ago_makes_room():
    kept = LRUCache(2)
    kept["a"], kept["b"] = 1, 2
    assert kept.get("a") == 1  # used again
    kept["c"] = 3
    assert (kept.get("a"), kept.get("b"), kept.get("c")) == (1, None, 3)
    assert kept.get("b", "nothing") == "nothing" and len(kept) == 2


def test_what_is_set_anew_counts_as_used():
    kept = LRUCache(2)
    kept["a"], kept["b"], kept["a"], kept["c"] = 1, 2, 3, 4
    assert list(kept) == ["a", "c"] and kept.get("a") == 3


def test_many_threads_may_use_it():
    kept, errors = LRUCache(8), []

    def use(first: int) -> None:
        try:
            for number in range(3_000):
                key = QueryWord(f"word {(first + number) % 20}", is_prefix=True)
                kept[key] = kept.get(key) or number
        except Exception as error:
            errors.append(error)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [threading.Thread(target=use, args=(first,)) for first in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert errors == [] and len(kept) == 8
