"""Opens the change set of an admin request. All writes of the admin go through it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from heritage.models import ChangeSet, User
from heritage.models.lock_timeout import lock_timeout
from heritage.services import history


@contextmanager
def change_set(
    kind: str, user: User, reason: str = "", is_whole: bool = False
) -> Iterator[ChangeSet]:
    """One short transaction for the writes; `LockTimeout` if others write for too long."""
    with (
        lock_timeout(settings.WRITE_WAIT_SECONDS),
        history.change_set(kind, user, reason, is_whole=is_whole) as running,
    ):
        yield running
