"""Computes again everything that is derived from records, for use when the rules have changed."""

import time
from collections.abc import Callable, Iterable
from itertools import batched

from django.db import OperationalError, connection, transaction

from heritage.models import (
    Designation,
    IndexChange,
    PendingRefresh,
    Site,
    SiteDate,
    SpeltWord,
)
from heritage.models.base import CHUNK, chunks
from heritage.services.denormalized import (
    UPSERT,
    insert_words,
    refresh,
    refresh_designations,
    refresh_terms,
    set_changed_at,
)
from heritage.services.fulltext_table import (
    BEFORE_MANY,
    CREATE,
    INDEX,
    LOCK,
    NEW_TABLE,
    REPLACE,
    execute,
)
from heritage.values import normalize

_CHUNK = 1_000  # sites of which the words are written at once
_MAX_TRIES = 60  # of a second each, to replace a table that others read
_INSERT_NEW = {  # into a table that knows none of the sites
    "sqlite": UPSERT["sqlite"],
    "postgresql": UPSERT["postgresql"].partition(" ON CONFLICT")[0],
}


def rebuild_derived(progress: Callable[[int, int, str], None]) -> None:
    """Derived columns and full text of all records; others may write in between.

    `progress` is called with how many are done, of how many, and the phase: "columns" or "words".
    """
    with IndexChange.objects.locked():
        PendingRefresh.objects.all().delete()  # all of it is done now
        refresh_terms()
        refresh_designations(Designation.objects.values_list("pk", flat=True))
    ids = list(Site.objects.order_by("pk").values_list("pk", flat=True))
    done = 0
    for chunk in chunks(ids):
        with IndexChange.objects.locked():
            missing = Site.objects.filter(pk__in=chunk, public_date__isnull=True).order_by()
            SiteDate.objects.bulk_create(
                SiteDate(site_id=pk, changed_at=changed)
                for pk, changed in missing.values_list("pk", "updated_at")
            )
            set_changed_at(refresh(chunk))
        done += len(chunk)
        progress(done, len(ids), "columns")
    texts = Site.objects.order_by("pk").values_list("pk", "search_text")
    with IndexChange.objects.locked():
        rebuild_full_text(texts.iterator(CHUNK), lambda done: progress(done, len(ids), "words"))
        # What was found before is found anew.
        IndexChange.objects.enter([IndexChange.VOCABULARY])


def rebuild_full_text(
    texts: Iterable[tuple[int, str]], progress: Callable[[int], None] = lambda done: None
) -> None:
    """Build the whole table again, from the ids and search texts of all sites.

    Other connections read the old table until it is replaced at once.
    """
    vendor, done = connection.vendor, 0
    statement = _INSERT_NEW[vendor].format(table=NEW_TABLE)
    with transaction.atomic():
        for statements in (CREATE, BEFORE_MANY):
            execute(connection, statements[vendor], NEW_TABLE)
        SpeltWord.objects.all().delete()
        for chunk in batched(texts, _CHUNK):
            words = {site_id: normalize.index_words(text) for site_id, text in chunk}
            insert_words(words, statement)
            done += len(chunk)
            progress(done)
        execute(connection, INDEX[vendor], NEW_TABLE)
        _lock_when_unread()
        execute(connection, REPLACE[vendor], NEW_TABLE)


def _lock_when_unread() -> None:
    """Wait for readers of the table to finish, without blocking new ones.

    Raises OperationalError if a reader, such as a backup, takes longer than a minute.
    """
    if connection.vendor != "postgresql":
        return
    for attempt in range(_MAX_TRIES):
        try:
            with transaction.atomic():
                execute(connection, LOCK)
            return
        except OperationalError:
            if attempt == _MAX_TRIES - 1:
                raise
            time.sleep(0.5)
