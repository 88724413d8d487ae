"""Pages stay in the cache while others are written: each is always as if it were made anew."""

import random
from contextlib import suppress
from functools import partial

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, transaction

from heritage.models import Designation, Event, Identity, Name, Site
from heritage.server.caches import LRUCache
from heritage.web.operations import middleware
from tests.builders import text
from tests.random_catalogue import Catalogue
from tests.random_writes import rounds, some_site, write

pytestmark = pytest.mark.django_db

RANDOM_PAGES = [
    "/en/", "/zh-hans/", "/en/eras/", "/en/kinds/", "/en/places/", "/en/world-heritage/",
    "/en/about/", "/en/credits/", "/en/sources/", "/en/disagreements/",
    "/en/kinds/k0/", "/zh-hans/kinds/k1x/", "/en/eras/e1/",
    "/en/eras/e3/", "/en/places/p0/", "/zh-hans/places/p2x/", "/en/sites/",
    "/zh-hans/sites/?view=list", "/en/sites/?page=2", "/en/sites/?page=2&after=s30",
    "/en/sites/?kind=k1", "/en/sites/?era=e2&all=era", "/en/sites/?era=e2&role=standing",
    "/en/sites/?place=p1&kind=k2", "/en/sites/?place=p3&sort=name", "/en/sites/?from=200&to=260",
    "/en/sites/?bbox=100,30,120,40", "/en/sites/?unesco=in_danger", "/en/sites/?kind=nothing",
    "/en/sites/?has=image&sort=oldest", "/en/sites/?not=kind:k1", "/en/sites/?q=w",
    "/en/sites/?near=34.5,112.5", "/en/sites/?open=2026-12-01",
]  # fmt: skip


def write_more(catalogue):
    """What only pages show, and no list of the index."""
    dice, site = catalogue.dice, some_site(catalogue)
    entry, newer = dice.sample([*catalogue.properties, *catalogue.units], 2)
    match dice.randint(0, 8):
        case 0:
            site.cover = dice.choice(["", "plate", "solemn"])
            site.save()
        case 1:
            site.featured = dice.choice([None, 1, 2])
            site.save()
        case 2:
            site.prominence = dice.randint(1, 5)
            site.save()
        case 3:
            site.rename(f"renamed-{dice.randint(1, 9999)}")
        case 4:
            entry.superseded_by = newer
            entry.save()
        case 5:
            Designation.objects.filter(pk=entry.pk).update(name=text(f"Entry {dice.random()}"))
        case 6:
            listed = dice.choice(catalogue.properties)
            number = dice.randint(1, 9999)
            listed.points.create(number=number, latitude=dice.gauss(30, 9), longitude=9, site=site)
        case 7:
            Name.objects.create(
                site=site, kind="historical", language="en", text=f"N {dice.random()}"
            )
        case 8:
            Identity.objects.update_or_create(defaults={"name": text(f"Ours {dice.random()}")})


def test_every_kept_page_equals_one_that_is_made_anew(client, settings, monkeypatch):
    """Whatever is written, by whatever way, as often as HERITAGE_TEST_ROUNDS says."""
    settings.PAGES_KEPT = 200
    kept = LRUCache(200)
    catalogue = Catalogue(random.Random(7))
    catalogue.populate(45)
    sites = [
        f"/{code}/sites/s{number}/" for number in range(0, 45, 2) for code in ("en", "zh-hans")
    ]
    paths, used, made = [*RANDOM_PAGES, *sites], 0, 0
    for _round in range(rounds(8)):
        monkeypatch.setattr(middleware, "pages", kept)
        for path in paths:
            client.get(path)
        for _write in range(catalogue.dice.choice([1, 1, 2, 3])):
            with suppress(DatabaseError, ObjectDoesNotExist), transaction.atomic():
                catalogue.dice.choice([write, write, write_more])(catalogue)
        before = {key: kept.get(key) for key in kept}
        answers = {path: client.get(path) for path in paths}
        monkeypatch.setattr(middleware, "pages", LRUCache(200))
        for path, answer in answers.items():
            anew = client.get(path)
            assert answer.status_code == anew.status_code, path
            assert answer.content == anew.content, path
        stayed = sum(kept.get(key) is page for key, page in before.items())
        used, made = used + stayed, made + len(before) - stayed
    assert used > made / 2, (used, made)  # else nothing was tried


SHOWING = [
    "/en/", "/en/eras/e1/", "/en/kinds/k0/", "/en/places/p1/", "/en/sites/?kind=k1",
    "/en/sites/s0/", "/en/sites/s13/",
]  # fmt: skip
SHOWN_OF_EACH = 2


@pytest.mark.parametrize("path", SHOWING)
def test_a_page_notices_what_becomes_of_other_sites(client, settings, monkeypatch, path):
    """Those that it shows are renamed, withdrawn and published again, and a better one comes."""
    settings.PAGES_KEPT = 200
    kept, none = LRUCache(200), LRUCache(0)
    monkeypatch.setattr(middleware, "pages", kept)
    catalogue = Catalogue(random.Random(7))
    catalogue.populate(45)

    def notices(write) -> None:
        client.get(path)
        write()
        again = client.get(path)
        monkeypatch.setattr(middleware, "pages", none)
        anew = client.get(path)
        monkeypatch.setattr(middleware, "pages", kept)
        assert again.content == anew.content

    def state(slug: str, state: str) -> None:
        site = Site.objects.get(slug=slug)
        site.state = state
        site.save()

    def rename(slug: str) -> None:
        site = Site.objects.get(slug=slug)
        site.name = text(f"{slug} otherwise")
        site.save()

    page = client.get(path).content.decode()
    own = path.removeprefix("/en/sites/").strip("/")
    uids = dict(Site.objects.exclude(slug=own).values_list("slug", "uid"))
    others = [slug for slug, uid in uids.items() if f"/sites/{slug}/" in page or uid in page]
    assert others
    for slug in others[:SHOWN_OF_EACH]:
        notices(partial(rename, slug))
    for slug in others[-SHOWN_OF_EACH:]:
        notices(partial(state, slug, Site.State.DRAFT))
        notices(partial(state, slug, Site.State.PUBLISHED))
    notices(partial(copy_of_site, others[0], prominence=5, featured=1))
    if Site.objects.filter(slug=own):
        notices(partial(copy_of_site, own, prominence=5))


def copy_of_site(slug: str, **values) -> None:
    """Another site at the same point, of the same kinds, and begun in the same years."""
    site = Site.objects.get(slug=slug)
    kinds, events = list(site.kinds.all()), list(site.events.all())
    site.pk, site.uid, site.slug = None, f"{site.uid}-copy", f"{slug}-copy"
    for name, value in values.items():
        setattr(site, name, value)
    site._state.adding = True
    site.save()
    site.kinds.set(kinds)
    for event in events:
        eras = {"first_era": event.first_era, "last_era": event.last_era}
        Event.objects.create(site=site, kind=event.kind, date=event.date, **eras)
