"""A site as it stood on a day, against a history made at random."""

import random
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from heritage.models import Change, ChangeSet, Site
from heritage.models.row_values import plain_object
from heritage.search import page_rows, store
from tests.random_catalogue import Catalogue
from tests.random_writes import rounds, write

pytestmark = pytest.mark.django_db


def written_on(at: datetime, since: int) -> int:
    """Date the change sets that were made since one; gives the last."""
    ChangeSet.objects.filter(pk__gt=since).update(at=at)
    return ChangeSet.objects.latest("pk").pk


def told(site: Site, moment: datetime) -> dict | None:
    """What a version is made of, as plain values; empty where terms of it are gone."""
    past = page_rows.Past(moment, store.current().vocabulary)
    if not past.restore(site):
        return None
    rows = page_rows.read_site(past.site, past.terms, past=past)
    if past.lost:
        return {}
    lists = ("names", "events", "coverages", "openings", "prices", "visitingfacts", "notices")
    own = plain_object(rows.site)
    own.pop("blur_km")  # that of today, where it is wider
    return {
        "site": own,
        "kinds": sorted(kind.pk for kind in rows.kinds),
        "also_in": sorted(place.pk for place in rows.also_in),
        "sources": sorted(source.pk for source in rows.sources),
        **{
            name: sorted(
                (row.pk, sorted(plain_object(row).items(), key=str)) for row in getattr(rows, name)
            )
            for name in lists
        },
        "entries": {
            coverage.designation_id: (
                plain_object(coverage.designation),
                coverage.designation.standing,
                [
                    plain_object(event)
                    for event in rows.entry_events.get(coverage.designation_id, [])
                ],
                sorted(term.pk for term in rows.criteria_of(coverage)),
            )
            for coverage in rows.coverages
        },
    }


@pytest.mark.parametrize("seed", range(rounds(2)))
def test_versions_are_what_was_there_whatever_is_written_afterwards(seed):
    """What is told at the end of each day is told of that day ever after."""
    catalogue = Catalogue(random.Random(seed))
    catalogue.populate(10)
    start = timezone.now()
    seen: list[tuple[datetime, dict]] = []
    last = 0
    for number in range(10):
        for _write in range(3):
            write(catalogue)
        if ChangeSet.objects.filter(pk__gt=last).exists():
            last = written_on(start + timedelta(days=number, hours=1), last)
        moment = start + timedelta(days=number + 1)
        seen.append((moment, {site.pk: told(site, moment) for site in Site.objects.published()}))
    compared = 0
    for moment, versions in seen:
        for site in Site.objects.published():
            then, now = versions.get(site.pk), told(site, moment)
            if then and now != {}:
                assert now == then
                compared += 1
            elif now:  # it was not there, or withdrawn
                assert site.pk in versions and versions[site.pk] == {}
    assert compared >= 5 and Change.objects.count() > 50
