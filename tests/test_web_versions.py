"""A site as it stood on a day: what its history tells, and nothing that readers may not see."""

import copy
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.contenttypes.models import ContentType

from heritage.models import ChangeSet, Site, ThinnedHistory
from heritage.models.base import untracked
from heritage.models.unit_of_work import change_set
from heritage.services import undo
from tests import builders as build
from tests.webrows import as_read, full_site, vocabulary

pytestmark = pytest.mark.django_db
SITE = "/en/sites/longmen-grottoes/"
OPENED = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def _made(made_once):
    return made_once(_make)


def _make():
    words = vocabulary()
    words.site = full_site(words)
    written_on(OPENED)
    untracked(Site).update(published_at=OPENED, created_at=OPENED)
    return words


@pytest.fixture
def words(_made):
    words = copy.deepcopy(_made)
    words.site = Site.objects.get(pk=words.site.pk)
    return words


def written_on(at: datetime, since: int = 0) -> int:
    """Date the change sets that were made since one; gives the last."""
    ChangeSet.objects.filter(pk__gt=since).update(at=at)
    return ChangeSet.objects.latest("pk").pk


def on(month: int, day: int = 1) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=UTC)


def write_on(at: datetime, write) -> int:
    last = ChangeSet.objects.latest("pk").pk
    write()
    return written_on(at, last)


def put(row, **values) -> None:
    row = type(row).objects.get(pk=row.pk)
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def page(client, day: str, path: str = SITE) -> str:
    answer = client.get(f"{path}?at={day}")
    assert answer.status_code == 200
    return as_read(answer)


def test_a_version_is_as_the_page_was(client, words):
    site = words.site
    prop = site.coverages.get(extent="component").designation
    write_on(on(3), lambda: put(site, summary=build.text("Rewritten.", "改写。")))
    write_on(on(4), lambda: put(site.events.get(date="0493~"), date="0500"))
    write_on(on(5), lambda: site.kinds.set([words.bridge]))
    write_on(on(6), lambda: prop.events.create(kind="in_danger", date="2026"))
    write_on(on(7), lambda: site.names.all().delete())
    last = write_on(on(8), lambda: site.rename("longmen"))
    today = as_read(client.get("/en/sites/longmen/"))

    first = page(client, "2026-02-28", "/en/sites/longmen/")
    assert "Caves above a river." in first and "Rewritten." not in first
    assert "Old version." in first and "1 February" not in first and "28 February 2026" in first
    assert ">Temple</a>" in first and "Lóngmén Shíkū" in first
    assert "from 2026" not in first
    assert "Rewritten." in page(client, "2026-03-01", "/en/sites/longmen/")  # the end of the day
    assert ">Temple</a>" in page(client, "2026-04-30", "/en/sites/longmen/")
    assert ">Temple</a>" not in page(client, "2026-05-01", "/en/sites/longmen/")
    assert "from 2026" in page(client, "2026-06-01", "/en/sites/longmen/")
    assert "Lóngmén Shíkū" in page(client, "2026-06-01", "/en/sites/longmen/")
    newest = page(client, "2026-08-01", "/en/sites/longmen/")
    assert "Lóngmén Shíkū" not in newest and f"after change {last}" in newest
    for text in ("Rewritten.", "from 2026", ">Bridge</a>"):
        assert text in newest and text in today
    assert "改写。" in as_read(client.get("/zh-hans/sites/longmen/?at=2026-03-02"))
    moved = client.get(SITE + "?at=2026-03-02")
    assert (moved.status_code, moved["Location"]) == (301, "/en/sites/longmen/?at=2026-03-02")
    permanent = client.get(f"/id/{site.uid}?at=2026-03-02")
    assert permanent["Location"] == "/en/sites/longmen/?at=2026-03-02"


def test_a_version_is_for_those_who_follow_a_citation(client, words):
    write_on(on(3), lambda: put(words.site, note=build.text("Later.")))
    answer = client.get(SITE + "?at=2026-02-01")
    text = as_read(answer)
    assert answer["X-Robots-Tag"] == "noindex" and 'name="robots" content="noindex"' in text
    assert "public" not in answer["Cache-Control"] and "no-cache" in answer["Cache-Control"]
    assert "ld+json" not in text and 'rel="canonical"' not in text and "max-age" not in text
    assert f'href="{SITE}"' in text and f"/id/{words.site.uid}?at=2026-02-01" in text
    assert "Nearby</h2>" not in text
    again = client.get(SITE + "?at=2026-02-01", headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304
    words.site.withdraw()
    assert client.get(SITE + "?at=2026-02-01").status_code == 410


@pytest.mark.parametrize(
    ("day", "status", "words_in_it"),
    [
        ("2026-13-01", 400, "is no day"),
        ("yesterday", 400, "is no day"),
        ("", 400, "is no day"),
        ("2026-2-1", 400, "is no day"),
        ("<script>", 400, "is no day"),
        ("0001-01-01", 404, "readers did not see this site"),
        ("2025-12-31", 404, "readers did not see this site"),
        ("2026-01-01", 200, "Old version."),
    ],
)
def test_days_of_which_there_is_no_version(client, words, day, status, words_in_it):
    answer = client.get(SITE, {"at": day})
    assert answer.status_code == status and words_in_it in as_read(answer)
    assert "<script>“" not in answer.text and answer["X-Robots-Tag"] == "noindex"


def test_today_and_later_is_the_page_itself(client, words):
    today = datetime.now(UTC).date()
    for day in (today, today + timedelta(days=1), "9999-12-31"):
        answer = client.get(f"{SITE}?at={day}")
        assert (answer.status_code, answer["Location"]) == (302, SITE)


def test_a_day_on_which_it_was_withdrawn_has_no_version(client, words):
    write_on(on(3), words.site.withdraw)
    write_on(on(5), words.site.publish)
    assert client.get(SITE + "?at=2026-02-01").status_code == 200
    assert client.get(SITE + "?at=2026-04-01").status_code == 404
    assert client.get(SITE + "?at=2026-05-02").status_code == 200


def test_a_deleted_and_restored_site_keeps_its_versions(client, words):
    with change_set() as deleted:
        Site.objects.get(pk=words.site.pk).delete()
    written_on(on(3), deleted.pk - 1)
    write_on(on(5), lambda: undo.undo(deleted))
    before, after = page(client, "2026-02-01"), page(client, "2026-05-02")
    for text in ("Lóngmén Shíkū", "Caves above a river.", ">Temple</a>", "Part of “"):
        assert text in before and text in after
    assert client.get(SITE + "?at=2026-04-01").status_code == 404


def test_an_older_point_is_shown_no_closer_than_today(client, words):
    exact = "34.5556"
    assert exact in client.get(SITE).text
    write_on(on(3), lambda: put(words.site, latitude=34.9123, longitude=112.9123))
    assert exact in page(client, "2026-02-01")
    write_on(on(4), lambda: put(words.site, blur_km=20))
    for day in ("2026-02-01", "2026-03-15", "2026-05-01"):
        text = page(client, day)
        assert exact not in text and "112.4722" not in text
        assert "34.9123" not in text and "112.9123" not in text
        assert "no closer than today" in text


def test_a_point_that_was_blurred_then_stays_blurred(client, words):
    untracked(Site).filter(pk=words.site.pk).update(blur_km=20)
    write_on(on(3), lambda: put(words.site, blur_km=0))
    assert "34.5556" not in page(client, "2026-02-01")


def test_pictures_that_are_no_longer_shown_are_not_shown_in_older_versions_either(client, words):
    first, second = words.site.images.order_by("pk")
    write_on(on(3), lambda: put(first, published=False))
    write_on(on(4), lambda: put(second, file=build.picture_file(70, 70)))
    text = page(client, "2026-02-01")
    assert "2 pictures of then are no longer shown." in text
    assert first.uid not in text and second.uid not in text


def test_what_was_hidden_then_is_not_shown(client, words):
    part = Site.objects.get(slug="temple-902")
    last = ChangeSet.objects.latest("pk").pk
    part.withdraw()
    written_on(on(1, 15), last)
    last = ChangeSet.objects.latest("pk").pk
    part.publish()
    hours = build.make_opening(words.site, checked=False, weekdays="7", opens="03:33")
    written_on(on(3), last)
    write_on(on(4), lambda: put(hours, source=words.official, checked_on=on(4).date()))
    assert "Temple 902" in page(client, "2026-03-02") and "03:33" in page(client, "2026-04-02")
    text = page(client, "2026-02-01")
    assert "Temple 902" not in text and "03:33" not in text and "Temple 901" in text


def test_statements_that_name_what_was_deleted_are_counted(client, words):
    lighthouse, source = build.make_kind("Lighthouse"), build.make_source("A lost book")
    words.site.kinds.add(lighthouse)
    name = build.make_name(words.site, "Old Name", source=source)
    words.site.sources.add(source)
    written_on(on(1, 15), ChangeSet.objects.latest("pk").pk - 5)

    def forget():
        words.site.kinds.remove(lighthouse)
        words.site.sources.remove(source)
        name.delete()
        lighthouse.delete()
        source.delete()

    write_on(on(3), forget)
    text = page(client, "2026-02-01")
    assert "Old Name" in text and "Lighthouse" not in text
    assert "3 statements are left out that name records deleted since." in text


def test_what_was_thinned_out_is_not_guessed(client, words):
    ThinnedHistory.objects.create(
        owner_model=ContentType.objects.get_for_model(Site), owner_id=words.site.pk,
        since=on(2), until=on(4), changes=3,
    )  # fmt: skip
    assert client.get(SITE + "?at=2026-01-15").status_code == 200
    answer = client.get(SITE + "?at=2026-03-01")
    assert answer.status_code == 404 and "its history was thinned out" in answer.text
    assert client.get(SITE + "?at=2026-05-01").status_code == 200
