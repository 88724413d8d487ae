"""What a check of the whole catalogue has found to be wrong."""

from collections.abc import Iterator
from typing import NamedTuple

from heritage.values.progress import Progress


class Finding(NamedTuple):
    """A difference: what differs, how, and the command that mends it or what to do."""

    what: str  # such as "heritage.site 12: first_year"
    how: str  # such as "618 is stored, 620 follows from the rows"
    remedy: str

    def __str__(self) -> str:
        return f"{self.what}: {self.how}"


# What a check yields: what it finds, and between two steps how far it is. Its numbers are steps.
type Checking = Iterator[Finding | Progress]


class NotNow(Exception):
    """Something cannot be verified at present; the text says why."""
