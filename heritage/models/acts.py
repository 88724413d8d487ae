"""What one person does at once: one transaction, one revision, one refresh of what follows.

A revision holds the rows that were written, as they are now, and those that were deleted, as
they were last; the latter carry a mark (`is_deletion`). So nothing is lost, and what an act
changed can be told and undone from its revision alone.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import reversion
from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.db.models.signals import pre_delete
from reversion.models import Revision, Version
from reversion.revisions import _get_options
from reversion.signals import post_revision_commit

from heritage.models.base import Record
from heritage.models.changes import batch

_MARK = "deleted"  # beside model, pk and fields, where a deserialiser does not look

_deleted: ContextVar[list[Version] | None] = ContextVar("deleted", default=None)


@contextmanager
def act(user=None, comment: str = "") -> Iterator[None]:
    """All that is written within belongs together. Acts nest: the outermost one counts."""
    if _deleted.get() is not None:
        yield
        return
    deleted: list[Version] = []
    token = _deleted.set(deleted)
    try:
        with batch(), _committed_revision() as committed:
            with reversion.create_revision(atomic=False):
                reversion.set_user(user)
                reversion.set_comment(comment)
                yield
                said = {
                    "user": reversion.get_user(),
                    "comment": reversion.get_comment(),
                    "date_created": reversion.get_date_created(),
                }
            if deleted:
                _keep(deleted, committed, said)
    finally:
        _deleted.reset(token)


def is_deletion(version: Version) -> bool:
    """Whether this version is the last state of a row that its revision deleted."""
    return bool(json.loads(version.serialized_data)[0].get(_MARK))


def connect() -> None:
    """Called once the app is ready."""
    pre_delete.connect(_on_delete, dispatch_uid="acts")


@contextmanager
def _committed_revision():
    """The revision that django-reversion makes within, if it makes one, as a list."""
    committed: list[Revision] = []

    def receive(sender, revision, **kwargs):
        committed.append(revision)

    post_revision_commit.connect(receive)
    try:
        yield committed
    finally:
        post_revision_commit.disconnect(receive)


def _keep(deleted: list[Version], committed: list[Revision], said: dict) -> None:
    revision = committed[0] if committed else Revision.objects.create(**said)
    for version in deleted:
        version.revision = revision
    Version.objects.bulk_create(deleted)


def _on_delete(sender, instance, using, **kwargs) -> None:
    """Note the last state of a record, while its many-to-many rows are still there."""
    deleted = _deleted.get()
    if deleted is None or not isinstance(instance, Record) or not reversion.is_registered(sender):
        return
    [data] = json.loads(
        serializers.serialize("json", [instance], fields=_get_options(sender).fields)
    )
    deleted.append(
        Version(
            content_type=ContentType.objects.get_for_model(sender),
            object_id=str(instance.pk),
            db=using,
            format="json",
            serialized_data=json.dumps([data | {_MARK: True}], ensure_ascii=False),
            object_repr=str(instance),
        )
    )
