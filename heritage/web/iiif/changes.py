"""The last change of the manifest of each site, in the order of time.

For published sites the index has the time of the last change that readers see; for withdrawn sites
the database has it, and for deleted ones the history.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from django.contrib.contenttypes.models import ContentType

from heritage.formats import iiif
from heritage.models import Change, Site
from heritage.search import IndexSnapshot
from heritage.server.caches import CacheKey

PER_PAGE = 500
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
# A site is published and dated in one transaction, which may take its time.
_AT_ONCE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ManifestChanges:
    """The ids of published sites, then those that are gone, by their places in `order`."""

    ids: np.ndarray
    gone: list[iiif.Activity]
    times: np.ndarray  # microseconds since 1970, of both
    order: np.ndarray  # the earliest first

    def __len__(self) -> int:
        return len(self.order)

    @property
    def pages(self) -> int:
        """The number of pages; at least one, which may be empty."""
        return max(1, -(-len(self) // PER_PAGE))

    def start(self, number: int) -> int:
        """The place of the first change of a page."""
        return number * PER_PAGE

    def page(self, number: int) -> list[iiif.Activity]:
        places = self.order[self.start(number) : self.start(number + 1)].tolist()
        published = [int(self.ids[place]) for place in places if place < len(self.ids)]
        rows = Site.objects.filter(pk__in=published).values_list("pk", "uid", "published_at")
        sites = {pk: (uid, published_at) for pk, uid, published_at in rows}
        found = []
        for place in places:
            if place >= len(self.ids):
                found.append(self.gone[place - len(self.ids)])
            elif site := sites.get(int(self.ids[place])):
                uid, published_at = site
                at = _EPOCH + int(self.times[place]) * _MICROSECOND
                is_new = published_at is not None and at - published_at < _AT_ONCE
                found.append(iiif.Activity("Create" if is_new else "Update", uid, at))
        return found


_CHANGES: CacheKey[ManifestChanges] = CacheKey("changes of sites")


def manifest_changes(index: IndexSnapshot) -> ManifestChanges:
    return index.cache.get_or_set(_CHANGES, lambda: _read(index))


def _read(index: IndexSnapshot) -> ManifestChanges:
    gone = [*_withdrawn(), *_deleted()]
    ids, moments = index.times.ids, index.times.columns[0]
    ended = np.array([(each.at - _EPOCH) // _MICROSECOND for each in gone], dtype=np.int64)
    times = np.concatenate([moments, ended])
    return ManifestChanges(ids, gone, times, np.argsort(times, kind="stable"))


def _withdrawn() -> Iterable[iiif.Activity]:
    sites = Site.objects.exclude(state=Site.State.PUBLISHED).filter(published_at__isnull=False)
    for uid, at in sites.order_by("pk").values_list("uid", "public_date__changed_at"):
        if at is not None:
            yield iiif.Activity("Delete", uid, at)


def _deleted() -> Iterable[iiif.Activity]:
    """The last deletion of each site that was once published and has not been restored."""
    deletions = Change.objects.filter(
        model=ContentType.objects.get_for_model(Site),
        after__isnull=True,
        before__published_at__isnull=False,
    ).order_by("pk")
    last: dict[str, datetime] = {}
    for before, at in deletions.values_list("before", "change_set__at"):
        if before and before.get("published_at"):
            last[before["uid"]] = at.astimezone(UTC)
    back = set(Site.objects.filter(uid__in=last).values_list("uid", flat=True))
    return [iiif.Activity("Delete", uid, at) for uid, at in last.items() if uid not in back]
