"""Opens the change set of a request of the admin; no other module of the admin does."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from heritage.models import ChangeSet
from heritage.models.waiting import waiting_at_most
from heritage.services import history


@contextmanager
def change_set(kind: str, user, reason: str = "") -> Iterator[ChangeSet]:
    """One short transaction for the writes alone; `Busy` where others write for too long."""
    with (
        waiting_at_most(settings.WRITE_WAIT_SECONDS),
        history.change_set(kind, user, reason) as running,
    ):
        yield running
