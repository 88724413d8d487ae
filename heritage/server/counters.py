"""Counts of what this process has done since it started, for `/metrics`."""

import threading
from collections import Counter
from typing import Literal

type Counted = Literal[
    "page_cache_hits",
    "page_cache_misses",
    "replica_lags",
    "replica_reads",
    "responses",
    "responses_5xx",
]

_lock = threading.Lock()
_counts: Counter[Counted] = Counter()


def count(what: Counted) -> None:
    with _lock:  # workers have several threads
        _counts[what] += 1


def counted(what: Counted) -> int:
    return _counts[what]
