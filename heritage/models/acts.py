"""What one person does at once: one transaction, one revision, one refresh of what follows.

A revision holds the rows that were written, as they are now, and those that were deleted, as
they were last; the latter carry a mark (`is_deletion`). So nothing is lost, and what an act
changed can be told and undone from its revision alone.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import reversion
from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.db.models import QuerySet
from django.db.models.signals import m2m_changed, post_save, pre_delete
from django.utils import timezone
from reversion.models import Revision, Version
from reversion.revisions import _get_options

from heritage.models.base import Record
from heritage.models.changes import batch
from heritage.models.sites import Site

_MARK = "deleted"  # beside model, pk and fields, where a deserialiser does not look


class _Act:
    """What was written and what was deleted so far, by model and id."""

    def __init__(self):
        self.written: dict[tuple[type, int], Record] = {}
        self.deleted: dict[tuple[type, int], Version] = {}
        self.gone: list[Record] = []

    def write(self, row: Record) -> None:
        self.written[type(row), row.pk] = row

    def delete(self, row: Record) -> None:
        self.written.pop((type(row), row.pk), None)
        self.deleted[type(row), row.pk] = _version(row, mark=True)
        self.gone.append(row)


_running: ContextVar[_Act | None] = ContextVar("running", default=None)


@contextmanager
def act(user=None, comment: str = "") -> Iterator[None]:
    """All that is written within belongs together. Acts nest: the outermost one counts.

    Who acts and why can be said until the end: reversion.set_user(), reversion.set_comment().
    """
    if _running.get() is not None:
        yield
        return
    running = _Act()
    token = _running.set(running)
    try:
        # django-reversion is told who and why; the rows are gathered here, each once.
        with batch(), reversion.create_revision(manage_manually=True, atomic=False):
            reversion.set_user(user)
            reversion.set_comment(comment)
            yield
            _commit(running)
    finally:
        _running.reset(token)


def note(rows: Iterable[Record]) -> None:
    """Say what was written in bulk, past the signals."""
    running = _running.get()
    if running is not None:
        for row in rows:
            running.write(row)


def is_deletion(version: Version) -> bool:
    """Whether this version is the last state of a row that its revision deleted."""
    return bool(json.loads(version.serialized_data)[0].get(_MARK))


def connect() -> None:
    """Called once the app is ready."""
    post_save.connect(_on_save, dispatch_uid="acts")
    pre_delete.connect(_on_delete, dispatch_uid="acts")
    m2m_changed.connect(_on_many_to_many, dispatch_uid="acts")


def _commit(running: _Act) -> None:
    ContentType.objects.get_for_models(*{model for model, _pk in running.written})  # all at once
    versions = [_version(row) for row in running.written.values()]
    versions += running.deleted.values()
    if not versions:
        return
    _renew_sites(running)
    revision = Revision.objects.create(
        user=reversion.get_user(),
        comment=reversion.get_comment(),
        date_created=reversion.get_date_created(),
    )
    for version in versions:
        version.revision = revision
    Version.objects.bulk_create(versions)


def _renew_sites(running: _Act) -> None:
    """A site whose events, names or pictures alone were written has been updated too."""
    rows = [*running.written, *running.deleted]
    written = {pk for model, pk in rows if model is Site}
    owners = {
        owner
        for row in (*running.written.values(), *running.gone)
        if row.announced_as()[0] is Site and (owner := getattr(row, row.announced_as()[1]))
    }
    stale = owners - written
    if stale:
        # Past the announcements: nothing follows from the date.
        QuerySet(Site).filter(pk__in=stale).update(updated_at=timezone.now())


def _version(row: Record, mark: bool = False) -> Version:
    text = serializers.serialize("json", [row], fields=_get_options(type(row)).fields)
    if mark:
        [data] = json.loads(text)
        text = json.dumps([data | {_MARK: True}], ensure_ascii=False)
    return Version(
        content_type=ContentType.objects.get_for_model(row),
        object_id=str(row.pk),
        db=row._state.db,
        format="json",
        serialized_data=text,
        object_repr=str(row),
    )


def _is_kept(row) -> bool:
    return isinstance(row, Record) and reversion.is_registered(type(row))


def _on_save(sender, instance, **kwargs) -> None:
    running = _running.get()
    if running is not None and _is_kept(instance):
        running.write(instance)


def _on_delete(sender, instance, **kwargs) -> None:
    running = _running.get()
    if running is not None and _is_kept(instance):
        # Now, while its many-to-many rows are still there.
        running.delete(instance)


def _on_many_to_many(sender, instance, action, reverse, **kwargs) -> None:
    if action.startswith("post_") and not reverse:
        _on_save(sender, instance)
