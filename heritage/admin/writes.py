"""The one place where the admin writes: what an editor does at once is one change set."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import reversion
from django.conf import settings

from heritage.models.acts import act, note
from heritage.models.base import Record
from heritage.models.waiting import waiting_at_most


@contextmanager
def change_set(user, comment: str = "") -> Iterator[None]:
    """One short transaction for the writes alone; `Busy` where others write for too long."""
    with waiting_at_most(settings.WRITE_WAIT_SECONDS), act(user, comment):
        yield


def comment_if_none(comment: str) -> None:
    """Say what the running change set is about, where its editor did not."""
    if comment and reversion.is_active() and not reversion.get_comment():
        reversion.set_comment(comment)


def written_in_bulk(rows: Iterable[Record]) -> None:
    """Tell the running change set of rows that were created in bulk."""
    note(rows)
