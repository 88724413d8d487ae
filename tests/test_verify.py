"""`manage.py verify` finds what differs, wherever it was changed, and nothing else."""

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as project_settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from heritage.management import verifying
from heritage.management.verifying import CHECKS, Verification
from heritage.models import (
    Change,
    CommandRun,
    Image,
    IndexChange,
    Job,
    PendingRefresh,
    Price,
    Site,
)
from heritage.models.base import untracked
from heritage.search import store
from heritage.server.caches import LRUCache
from heritage.services import jobs
from heritage.services.denormalized import delete_words, write_words
from heritage.services.rebuild import rebuild_full_text
from heritage.values.progress import Progress
from heritage.web.operations import middleware
from tests.builders import make_image, make_place, make_price, make_user
from tests.random_catalogue import Catalogue
from tests.random_writes import write_if_possible

pytestmark = pytest.mark.django_db


def verify(*checks: str) -> Verification:
    verification = Verification(checks or CHECKS)
    for _step in verification.run():
        pass
    return verification


def found(*checks: str) -> list[str]:
    results = verify(*checks).results.values()
    assert not any(result.why_not for result in results)
    return [str(finding) for result in results for finding in result.findings]


@pytest.fixture(autouse=True)
def _no_words_of_others():
    """Tests that commit leave words behind: their table is none of Django's, which are emptied."""
    rebuild_full_text([])


@pytest.fixture
def site(longmen):
    """With something of everything, and a picture."""
    make_image(longmen)
    return longmen


def test_a_sound_catalogue_is_sound_after_random_writes():
    import random

    catalogue = Catalogue(random.Random(23))
    for _write in range(60):
        write_if_possible(catalogue)
    assert found() == []
    make_user("li", group="editor").delete()
    assert found("history") == []


def past_everything(model, **values):
    """Written as by somebody with a database shell."""
    return lambda site: untracked(model).update(**values)


def sql(statement):
    def run(site):
        with connection.cursor() as cursor:
            cursor.execute(statement, [site.pk] if "%s" in statement else [])

    return run


def without_words(site):
    delete_words([site.pk])


def other_words(site):
    write_words({site.pk: ["~nothing"]})


def words_of_nobody(site):
    write_words({site.pk + 999: ["~nothing"]})


def deleted_past_the_history(site):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM heritage_image WHERE site_id = %s", [site.pk])


def added_past_the_history(site):
    price = make_price(site)
    Change.objects.filter(model__model="price", object_id=price.pk).delete()


def said_to_be_gone(site):
    image = Image.objects.filter(site=site).last()
    made = Change.objects.filter(model__model="image", object_id=image.pk).last()
    Change.objects.create(
        change_set=made.change_set, model=made.model, object_id=image.pk,
        owner_model=made.owner_model, owner_id=made.owner_id, before=made.after, after=None,
    )  # fmt: skip


def without_file(site):
    media_file(site).unlink()


def other_file(site):
    media_file(site).write_bytes(b"another")


def media_file(site) -> Path:
    return Path(project_settings.MEDIA_ROOT) / Image.objects.filter(site=site).last().file.name


def original(site) -> Path:
    return Path(Image.objects.filter(site=site).last().original.path)


def stale_index(site):
    """The index was read, and then a row was written past the change log."""
    store.current()
    untracked(Site).filter(pk=site.pk).update(state="draft")


def elsewhere_past_the_index(site):
    store.current()
    untracked(Site).filter(pk=site.pk).update(public_latitude=-50.0, public_longitude=-100.0)


def moved_past_the_index(site):
    store.current()
    untracked(Site).filter(pk=site.pk).update(place=make_place("Elsewhere"))


FAULTS = {
    "first year": (past_everything(Site, first_year=-5), "derived", "first_year: -5 is stored"),
    "public point": (past_everything(Site, public_latitude=1.0), "derived", "public_latitude"),
    "era": (sql("DELETE FROM heritage_siteera"), "derived", "None is stored, True follows"),
    "order": (sql("UPDATE heritage_sortname SET key = 'zzz'"), "derived", "order by name in en"),
    "standing": (sql("UPDATE heritage_designation SET standing = 'ended'"), "derived", "'ended'"),
    "years of an era": (sql("UPDATE heritage_era SET first_year = 3"), "derived", "first_year"),
    "years of an event": (sql("UPDATE heritage_event SET last_year = 3"), "derived", "last_year"),
    "words gone": (without_words, "words", "other words"),
    "words changed": (other_words, "words", "other words"),
    "words of nobody": (words_of_nobody, "words", "other words"),
    "column": (past_everything(Site, featured=77), "history", "featured: 77 is stored"),
    "relation": (sql("DELETE FROM heritage_site_kinds"), "history", "kinds: [] is stored"),
    "row gone": (deleted_past_the_history, "history", "is gone, and its history does not say so"),
    "row more": (added_past_the_history, "history", "has no history"),
    "row said to be gone": (said_to_be_gone, "history", "its history says it is gone"),
    "file gone": (without_file, "pictures", "is not there"),
    "original gone": (lambda site: original(site).unlink(), "pictures", "original: "),
    "original changed": (
        lambda site: original(site).write_bytes(b"x"),
        "pictures",
        "is not the file",
    ),
    "file changed": (
        lambda site: media_file(site).write_bytes(b"x"),
        "pictures",
        "is not the file",
    ),
    "index of a draft": (stale_index, "index", "published sites"),
    "index of a place": (moved_past_the_index, "index", "place"),
    "index of a point": (elsewhere_past_the_index, "index", "points"),
    "count of a box": (elsewhere_past_the_index, "counts", "bbox=-180,-90,-90,0"),
    "count of a draft": (stale_index, "counts", "all sites"),
    "count of a place": (moved_past_the_index, "counts", "place=luoyang"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found_and_a_remedy_told(fault, site):
    spoil, check, words = FAULTS[fault]
    assert found(check) == []
    spoil(site)
    result = verify(check).results[check]
    assert any(words in str(each) for each in result.findings), result.findings
    assert all(each.remedy for each in result.findings)


def test_reindex_mends_what_is_said_to_be_mended_by_it(site):
    for fault in ("first year", "words changed", "era", "order"):
        FAULTS[fault][0](site)
    assert {each.remedy for each in verify("derived", "words").results["derived"].findings} == {
        "manage.py reindex"
    }
    call_command("reindex", stdout=io.StringIO())
    assert found("derived", "words", "index", "counts") == []


def test_nothing_is_written(site):
    before = IndexChange.objects.count(), Change.objects.count()
    untracked(Site).update(first_year=-5)
    assert verify().count
    assert (IndexChange.objects.count(), Change.objects.count()) == before
    assert set(Site.objects.values_list("first_year", flat=True)) == {-5}


def run(*options) -> str:
    out = io.StringIO()
    call_command("verify", *options, stdout=out)
    return out.getvalue()


def test_the_command_tells_and_keeps_its_result(site):
    assert "All that is stored and counted agrees with the rows." in run()
    kept = CommandRun.objects.get(command="verify")
    assert kept.is_proof and set(kept.detail["checks"]) == set(CHECKS)
    untracked(Price).update(amount=7)
    out = io.StringIO()
    with pytest.raises(CommandError, match=r"difference"):
        call_command("verify", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert told["complete"] and told["count"] == told["checks"]["history"]["count"] > 0
    assert "amount" in told["checks"]["history"]["findings"][0]["what"]
    kept.refresh_from_db()
    assert not kept.is_proof and kept.detail["count"] == told["count"]
    run("--only", "pictures")
    kept.refresh_from_db()
    assert kept.detail["count"]  # one check alone proves nothing


def test_what_cannot_be_verified_now_is_said(site):
    PendingRefresh.objects.create(model="heritage.kind", object_id=1, columns=["label"])
    with pytest.raises(CommandError, match="not verified: derived"):
        run()
    assert not CommandRun.objects.get(command="verify").is_proof


def test_interrupted_it_goes_on_where_it_was(site, monkeypatch):
    verification = Verification()
    for step in verification.run():
        if step.check == "history":
            break
    assert list(verification.results) == ["derived", "words"]
    for step in verification.run():
        assert step.check not in ("derived", "words")
    assert verification.is_complete

    def stopped():
        raise KeyboardInterrupt
        yield

    monkeypatch.setitem(verifying.CHECKS, "pictures", stopped)
    with pytest.raises(CommandError, match="derived, words, history") as error:
        run()
    assert error.value.returncode == 130
    assert not CommandRun.objects.filter(command="verify").exists()


def test_the_page_about_says_so_only_when_all_was_right(site, client, settings, monkeypatch):
    words = "All counts of this catalogue were recomputed on"
    settings.PAGES_KEPT = 100
    monkeypatch.setattr(middleware, "pages", LRUCache(100))
    assert words not in client.get("/en/about/").content.decode()
    run()
    assert words in client.get("/en/about/").content.decode()
    assert "重新计算" in client.get("/zh-hans/about/").content.decode()
    untracked(Site).update(first_year=-5)
    with pytest.raises(CommandError):
        run()
    assert words not in client.get("/en/about/").content.decode()


@pytest.mark.parametrize(
    ("detail", "hours", "words"),
    [
        (None, 0, "have never been verified"),
        ({"is_complete": True, "count": 0}, 3, "recomputed 3 hours ago, and all were right"),
        ({"is_complete": True, "count": 12}, 3, "12 differences"),
        ({"is_complete": False, "count": 0}, 3, "not completed"),
    ],
)
def test_administrators_see_the_result_on_the_desk(detail, hours, words, client):
    if detail is not None:
        CommandRun.objects.enter("verify", **detail)
        CommandRun.objects.update(at=timezone.now() - timedelta(hours=hours))
    client.force_login(make_user("wang", group="administrator"))
    page = client.get("/en/admin/").content.decode().replace("\xa0", " ")
    assert words in page
    client.force_login(make_user("li", group="editor"))
    assert words not in client.get("/en/admin/").content.decode()


def test_the_worker_does_it_every_night_and_goes_on_after_a_stop(site, monkeypatch):
    assert jobs.kinds()["verify"].daily_at
    untracked(Site).update(first_year=-5)
    done = []

    def counted(name, check):
        def run():
            done.append(name)
            if name == "history" and done.count(name) == 1:
                Job.objects.get().stop()
            yield Progress(1, 1)
            yield from check()

        return run

    for name, check in list(CHECKS.items()):
        monkeypatch.setitem(verifying.CHECKS, name, counted(name, check))
    job = jobs.run_here("verify")
    assert job.state == Job.State.STOPPED and not CommandRun.objects.filter(command="verify")
    job.continue_()
    job = jobs.continue_here(job)
    assert job.state == Job.State.DONE
    assert done == ["derived", "words", "history", "history", "pictures", "index", "counts"]
    kept = CommandRun.objects.get(command="verify")
    assert kept.detail["count"] == job.result["count"] == job.lines.count() > 0
    assert kept.detail["is_complete"] and not kept.is_proof
