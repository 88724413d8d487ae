"""The page that merges two records, by whoever may do so."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from heritage.admin.workflow import merge_records
from heritage.models import ChangeSet, Site
from heritage.services.merge import merge
from tests import builders as build

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    kept = build.make_site("Guanlin Temple", "关林", kinds=[build.make_kind()])
    other = build.make_site("Guanlin", "关林", summary=build.text("Of Guan Yu."))
    return kept, other


def url(kept, other=None):
    address = reverse("admin:heritage_site_merge", args=[kept.pk])
    return f"{address}?with={other.pk}" if other else address


def test_the_page_shows_both_and_merges(client, editor, two):
    kept, other = two
    shown = client.get(url(kept, other))
    [name, summary] = shown.context["choices"]
    assert (name.key, name.takes_theirs) == ("name:en", False)
    assert (summary.key, summary.takes_theirs) == ("summary:en", True)
    data = {"version": shown.context["version"], "summary:en": "theirs", "reason": "Twice"}
    response = client.post(url(kept, other), data, follow=True)
    assert "The two records are one now." in response.content.decode()
    kept = Site.objects.get()
    assert kept.summary["en"] == "Of Guan Yu." and kept.name["en"] == "Guanlin Temple"
    made = ChangeSet.objects.latest("pk")
    assert (made.kind, made.user, made.reason) == ("merge", editor, "Twice")
    undo = reverse("admin:heritage_changeset_undo", args=[made.pk])
    assert undo in response.content.decode()
    client.post(undo, {"plan": client.get(undo).context["plan"]})
    assert Site.objects.count() == 2


@pytest.mark.parametrize(("language", "name"), [("en", "“Duo” was"), ("zh-hans", "“多宝”已")])
def test_the_history_names_what_was_merged_in_the_language_of_the_reader(
    client, editor, language, name
):
    kept, other = build.make_site("Temple", "寺"), build.make_site("Duo", "多宝")
    with override("en"):
        merge(kept, other, user=editor)
    made = ChangeSet.objects.latest("pk")
    with override(language):
        addresses = (
            reverse("admin:heritage_site_history", args=[kept.pk]),
            reverse("admin:heritage_changeset_changelist"),
            reverse("admin:heritage_changeset_change", args=[made.pk]),
        )
    for address in addresses:
        assert name in client.get(address).content.decode(), address
    ChangeSet.objects.filter(pk=made.pk).update(detail={"merged": "As it was kept"})
    assert "As it was kept" in client.get(addresses[0]).content.decode()


def test_a_merge_that_begins_at_a_draft_keeps_the_record_that_readers_see(client, editor, two):
    kept, other = two
    Site.objects.filter(pk=other.pk).update(state="draft")
    shown = client.get(url(other, kept), follow=True)
    assert shown.context["kept"] == kept and shown.context["other"].pk == other.pk
    assert shown.context["swapped"] == ""


def test_a_blur_is_told_and_lifted_by_no_other_choice(client, editor, two):
    kept, other = two
    Site.objects.filter(pk=kept.pk).update(latitude=34.5, longitude=112.5, blur_km=0)
    Site.objects.filter(pk=other.pk).update(latitude=34.6, longitude=112.6, blur_km=5)
    shown = client.get(url(kept, other))
    found = {choice.key: choice for choice in shown.context["choices"]}
    assert "within 5 km only" in found["latitude"].theirs
    assert found["blur_km"].takes_theirs and not found["latitude"].takes_theirs
    # The other way round, with the point that is not blurred taken.
    data = {"version": client.get(url(other, kept)).context["version"], "latitude": "theirs"}
    client.post(url(other, kept), data)
    site = Site.objects.get()
    assert (site.latitude, site.blur_km) == (34.5, 5)


def test_what_was_changed_meanwhile_is_shown_first(client, editor, two):
    kept, other = two
    version = client.get(url(kept, other)).context["version"]
    other.note = build.text("New.")
    other.save()
    response = client.post(url(kept, other), {"version": version})
    assert "Somebody has changed this meanwhile" in response.content.decode()
    assert Site.objects.count() == 2


def test_what_was_changed_while_the_merge_waited_is_shown_first(client, editor, two, monkeypatch):
    kept, other = two
    version = client.get(url(kept, other)).context["version"]
    usual = merge_records.merge

    def late(*args):
        other.note = build.text("New.")
        other.save()
        return usual(*args)

    monkeypatch.setattr(merge_records, "merge", late)
    response = client.post(url(kept, other), {"version": version})
    assert "Somebody has changed this meanwhile" in response.content.decode()
    assert Site.objects.count() == 2


def test_the_other_record_is_offered_or_searched_for(client, editor, two):
    kept, other = two
    assert [each.site for each in client.get(url(kept)).context["alike"]] == [other]
    far = build.make_site("Iron Pagoda", "铁塔")
    assert client.get(url(kept), {"q": "tieta"}).context["found"] == [far]


def test_two_are_chosen_in_the_list(client, editor, two):
    kept, other = two
    kept.state = "draft"
    kept.save()
    data = {"action": "merge_two", "_selected_action": [kept.pk, other.pk]}
    response = client.post(reverse("admin:heritage_site_changelist"), data)
    assert response["Location"] == url(other, kept)  # what readers see stays
    data["_selected_action"] = [kept.pk]
    response = client.post(reverse("admin:heritage_site_changelist"), data, follow=True)
    assert "Choose two records" in response.content.decode()


def test_a_refusal_is_told(client, editor, two):
    kept, other = two
    kept.state = "draft"
    kept.save()
    pair = [Site.objects.get(pk=site.pk) for site in two]
    response = client.post(url(kept, other), {"version": merge_records._version(*pair)})
    assert "must be the one that stays" in response.content.decode()
    assert Site.objects.count() == 2


@pytest.mark.parametrize("group", ["contributor", None])
def test_who_may_not_delete_may_not_merge(client, two, group):
    kept, other = two
    Site.objects.update(state="draft")
    client.force_login(build.make_user(group=group))
    for response in (client.get(url(kept, other)), client.post(url(kept, other))):
        assert response.status_code == 403
    assert Site.objects.count() == 2


def test_strange_addresses(client, editor, two):
    for query in ("with=x", "with=99999999", "with="):
        status = client.get(url(two[0]).split("?")[0] + f"?{query}").status_code
        assert status == (200 if query == "with=" else 404)
    assert client.post(url(two[0], two[0])).status_code == 200
    assert Site.objects.count() == 2
