"""Terms under which more sites are than one write refreshes: the term at once, these afterwards."""

import threading
from io import StringIO

import pytest
from django.core.management import call_command
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from heritage.models import IndexChange, Kind, PendingRefresh, Site
from heritage.models.unit_of_work import change_set
from heritage.search import fulltext, store
from heritage.search.filters import SiteFilter
from heritage.services import pending
from heritage.values.tokens import QueryWord
from tests.adminforms import filled
from tests.builders import make_kind, make_site, make_user, text
from tests.index_comparison import assert_as_rebuilt, assert_nothing_to_derive

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(settings, monkeypatch):
    """Seven sites of one kind, where a write refreshes three."""
    settings.REFRESHED_AT_ONCE = 3
    monkeypatch.setattr(pending, "_known", threading.Event())  # no thread before a commit
    kind = make_kind("Temple", slug="temple")
    for number in range(7):
        make_site(f"Site {number}", kinds=[kind])
    for number in range(30):
        make_site(f"Beside {number}")
    return kind


def found(word: str) -> int:
    """How many sites the full text has under a word; it may still have some of earlier tests."""
    matching = fulltext.sites_matching(((QueryWord(word, is_prefix=False),),))
    return Site.objects.filter(pk__in=matching).count()


def rename(kind: Kind, label: str) -> None:
    kind.label = text(label)
    kind.save()


def test_a_term_with_many_sites_is_renamed_at_once_and_its_sites_afterwards(
    client, many, monkeypatch
):
    monkeypatch.setattr(pending, "BATCH", 2)
    kind = many
    last = IndexChange.objects.latest("pk").pk
    rename(kind, "Shrine")
    assert list(IndexChange.objects.filter(pk__gt=last).values_list("site_id", flat=True)) == [0]
    page = client.get("/en/sites/?kind=temple").text
    assert "Shrine" in page and "Up to 7 sites are not found by them yet." in page
    assert (found("shrine"), found("temple")) == (0, 7)
    waited = []
    pending.finish(waited.append)
    assert len(waited) == 4
    assert (found("shrine"), found("temple")) == (7, 0)
    assert "not found by them" not in client.get("/en/sites/?kind=temple").text
    assert not PendingRefresh.objects.exists()
    assert_nothing_to_derive()
    assert_as_rebuilt(store.current())
    rename(kind, "Shrine")  # nothing was changed
    assert not PendingRefresh.objects.exists()


def test_an_editor_is_told_what_is_done_later(client, many):
    client.force_login(make_user(group="editor"))
    url = reverse("admin:heritage_kind_change", args=[many.pk])
    data = filled(client, url)
    page = client.post(url, data | {"label__en": "Shrine"}, follow=True).text
    assert "Up to 7 sites are found by changes of their terms in some minutes." in page


def test_a_term_that_is_moved_counts_for_its_new_place_afterwards(many):
    kind = many
    store.current()  # so that it is patched, and not read anew
    kind.parent = make_kind("Building", slug="building")
    kind.save()
    building = QueryDict("kind=building")
    assert len(SiteFilter(building).hits) == 0 and PendingRefresh.objects.sites_left() == 7
    pending.finish()
    assert len(SiteFilter(building).hits) == 7
    assert_nothing_to_derive()
    assert_as_rebuilt(store.current())


def test_a_term_that_is_written_again_meanwhile_begins_anew(many, monkeypatch):
    monkeypatch.setattr(pending, "BATCH", 2)
    kind = many
    rename(kind, "Shrine")
    labels = iter(["Chapel", "Church"])
    pending.finish(lambda seconds: rename(kind, label) if (label := next(labels, "")) else None)
    assert (found("shrine"), found("chapel"), found("church")) == (0, 0, 7)
    assert_nothing_to_derive()


def test_what_a_process_has_left_is_done_by_another(many, monkeypatch):
    monkeypatch.setattr(pending, "BATCH", 2)
    kind = many
    rename(kind, "Shrine")

    def stop(seconds):
        raise SystemExit

    with pytest.raises(SystemExit):
        pending.finish(stop)
    assert (found("shrine"), PendingRefresh.objects.sites_left()) == (2, 5)
    pending.finish()  # the other may still be at it
    assert PendingRefresh.objects.sites_left() == 5
    PendingRefresh.objects.update(leased_until=timezone.now())
    call_command("publish_due")
    assert found("shrine") == 7
    rename(kind, "Chapel")
    call_command("reindex", stdout=StringIO())
    assert not PendingRefresh.objects.exists()
    assert found("chapel") == 7


@pytest.mark.django_db(transaction=True)
def test_a_worker_goes_on_after_its_answer(client, many):
    kind = many
    rename(kind, "Shrine")
    client.get("/en/sites/")
    for thread in threading.enumerate():
        if thread.name == "pending refresh":
            thread.join(30)
    assert found("shrine") == 7 and not PendingRefresh.objects.exists()


def test_sites_of_several_terms_are_counted_once(many):
    kinds = [make_kind(f"Kind {number}") for number in range(9)]
    for kind in kinds:
        kind.sites.set(many.sites.all())
    for kind in kinds:
        rename(kind, f"Renamed {kind.pk}")
    assert PendingRefresh.objects.sites_left() == Site.objects.count() == 37


def test_each_of_several_terms_tells_its_own_count(many):
    few, sites = make_kind("Hall"), list(Site.objects.all())
    few.sites.set([*sites[:2], *sites[-3:]])
    with change_set():
        for kind in (many, few):
            rename(kind, f"Renamed {kind.pk}")
    left = dict(PendingRefresh.objects.values_list("object_id", "left"))
    assert left == {many.pk: 7, few.pk: 5}
    assert PendingRefresh.objects.sites_left() == 12


def test_an_import_leaves_nothing_for_later(many):
    with change_set("import"):
        rename(many, "Shrine")
    assert not PendingRefresh.objects.exists() and found("shrine") == 7


def test_terms_that_are_created_with_their_sites_leave_nothing_for_later(settings):
    settings.REFRESHED_AT_ONCE = 3
    with change_set():
        kind = make_kind("Temple")
        for number in range(7):
            make_site(f"Site {number}", kinds=[kind])
        rename(kind, "Shrine")
    assert not PendingRefresh.objects.exists() and found("shrine") == 7
    assert_nothing_to_derive()
