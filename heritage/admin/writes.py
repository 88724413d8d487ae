"""The change set of an admin request, for all writes of the admin, and what users are told."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings
from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import conditional_escape as escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heritage.models import ChangeSet, Record, User
from heritage.models import change_set as made_change_set
from heritage.server.timeouts import lock_timeout
from heritage.values.html import link


@contextmanager
def change_set(
    kind: str, user: User, reason: str = "", all_or_nothing: bool = False
) -> Iterator[ChangeSet]:
    """One short transaction for the writes; raises `NotWritten`."""
    with (
        lock_timeout(settings.WRITE_WAIT_SECONDS),
        made_change_set(kind, user, reason, all_or_nothing=all_or_nothing) as running,
    ):
        yield running


def log_change(user: User, rows: Sequence[Record], columns: Iterable[str]) -> None:
    """Enter changes of columns, given by their labels, in Django's log."""
    message = [{"changed": {"fields": list(columns)}}]
    LogEntry.objects.log_actions(user.pk, rows, CHANGE, message)


def with_undo_link(text: str, change_set: ChangeSet) -> str:
    """A message with a link to the page that undoes the change set."""
    address = reverse("admin:heritage_changeset_undo", args=[change_set.pk])
    return SafeString(f"{escape(text)} {link(url=address, text=_('Undo …'))}")


def tell_deleted(request: HttpRequest, record: object, typed: Iterable[str]) -> None:
    """Show what was typed for a record, or an id, that somebody has deleted meanwhile."""
    text = _("“%(record)s” was deleted meanwhile. Not saved: %(texts)s")
    values = {"record": record, "texts": pgettext("between statements", "; ").join(typed)}
    messages.warning(request, text % values)
