"""Many sites changed at once, terms replaced everywhere: shown first, undone as a whole."""

import random

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import translation

from heritage.admin import actions
from heritage.admin.changes.history import comment_of
from heritage.models import ChangeSet, Era, Event, Kind, Place, Site, Source
from heritage.search import store
from heritage.services import bulk, review
from heritage.services.undo import undo
from tests import builders as build
from tests.index_comparison import assert_as_rebuilt, assert_nothing_to_derive
from tests.random_catalogue import Catalogue
from tests.test_history_random import everything, without_addresses

pytestmark = pytest.mark.django_db

LIST = "/en/admin/heritage/site/"


@pytest.fixture
def three():
    kind = build.make_kind("Temple")
    return [
        build.make_site("One", kinds=[kind]),
        build.make_site("Two", kinds=[kind], state="in_review"),
        build.make_site("Three"),
    ]


def act(client, sites, **data):
    ids = [site.pk for site in sites]
    return client.post(
        LIST, {"action": "change_terms", "_selected_action": ids, **data}, follow=True
    )


def test_a_kind_is_added_after_what_would_change_was_shown(client, editor, three):
    pagoda = build.make_kind("Pagoda")
    three[0].kinds.add(pagoda)
    zhao = build.make_user("zhao", group="editor")
    review.assign(three[1], zhao, editor)
    first = act(client, three)
    assert first.context["affected"]["count"] == 3 and "Add a kind" in first.content.decode()
    assert "Pagoda" not in [str(kind) for kind in three[2].kinds.all()]
    shown = act(client, three, operation="add_kind", new=pagoda.pk)
    assert "2 sites; readers see 1 of them; 1 in review (zhao)" in shown.content.decode()
    assert three[2].kinds.count() == 0  # not before somebody has said yes
    response = act(client, three, operation="add_kind", new=pagoda.pk, post="yes")
    assert "2 sites were changed." in response.content.decode()
    assert pagoda.sites.count() == 3
    made = ChangeSet.objects.latest("pk")
    told = "Kind “Pagoda” set for 2 sites"
    assert (made.kind, made.user, comment_of(made)) == ("bulk", editor, told)
    assert reverse("admin:heritage_changeset_undo", args=[made.pk]) in response.content.decode()
    undo(made)
    assert list(pagoda.sites.all()) == [three[0]]


def test_the_history_tells_a_bulk_action_in_the_language_of_the_reader(client, editor, three):
    pagoda, tower = build.make_kind("Pagoda", "塔"), build.make_kind("Tower", "楼")
    reason = {"reason": "Survey of 2026"}
    act(client, three, operation="add_kind", new=pagoda.pk, post="yes", **reason)
    act(client, three, operation="remove_kind", new=pagoda.pk, post="yes")
    act(client, three, operation="add_kind", new=pagoda.pk, post="yes")
    act(client, three, operation="replace_kind", old=pagoda.pk, new=tower.pk, post="yes")
    made = list(ChangeSet.objects.filter(kind="bulk").order_by("pk"))
    assert [comment_of(each) for each in made] == [
        "Kind “Pagoda” set for 3 sites: Survey of 2026",
        "Kind “Pagoda” removed from 2 sites",
        "Kind “Pagoda” set for 2 sites",
        "“Pagoda” was replaced by “Tower”",
    ]
    with translation.override("zh-hans"):
        assert comment_of(made[0]) == "为3处遗产地设置类型“塔”: Survey of 2026"
        assert comment_of(made[3]) == "“塔”已替换为“楼”"
    made[1].detail = {"removed": "Pagoda"}  # of an earlier version
    assert comment_of(made[1]) == "Removed from many: Pagoda"


def test_what_many_records_would_lose_or_gain_is_confirmed_above_and_below(client, editor, three):
    shown = act(client, three, operation="add_kind", new=build.make_kind("Pagoda").pk)
    page = shown.content.decode()
    above, _list, below = page.partition('class="affected"')
    assert above.count('name="post"') == below.count('name="post"') == 1


def test_who_reviews_is_listed_as_the_language_does(client, editor, three):
    for site, name in zip(three[1:], ("wang", "zhao"), strict=True):
        site.state = "in_review"
        site.save()
        review.assign(site, build.make_user(name, group="editor"), editor)
    data = {"action": "change_terms", "_selected_action": [site.pk for site in three]}
    page = client.post(LIST.replace("/en/", "/zh-hans/"), data).content.decode()
    assert "3 处遗产地；其中 1 处读者可见；2 处待审（wang、zhao）" in page


def test_each_operation_does_what_it_says(client, editor, three):
    temple, pagoda = Kind.objects.get(), build.make_kind("Pagoda")
    tang, song = build.make_era("Tang"), build.make_era("Song", span="0960/1279")
    old, new = build.make_source(), build.make_source()
    event = build.make_event(three[0], first_era=tang, last_era=song, source=old)
    other = build.make_event(build.make_site("Not chosen"), first_era=tang)
    name = build.make_name(three[1], source=old)
    picture, licence = build.make_image(three[0]), build.make_licence()
    place = build.make_place("Luoyang")
    for operation, terms in (
        ("replace_kind", {"old": temple.pk, "new": pagoda.pk}),
        ("set_place", {"new": place.pk}),
        ("replace_era", {"old": tang.pk, "new": song.pk}),
        ("replace_source", {"old": old.pk, "new": new.pk}),
        ("add_source", {"new": new.pk}),
        ("set_licence", {"new": licence.pk}),
    ):
        count = ChangeSet.objects.count()
        act(client, three, operation=operation, post="yes", **terms)
        assert ChangeSet.objects.count() == count + 1, operation
    for row in (event, other, name, picture):
        row.refresh_from_db()
    assert not temple.sites.exists() and pagoda.sites.count() == 2
    assert set(place.sites.all()) == set(three)
    assert (event.first_era, event.last_era, event.source) == (song, None, new)
    assert other.first_era == tang  # of a site that was not chosen
    assert name.source == new and picture.licence == licence
    assert all(site.sources.get() == new for site in three)
    assert_nothing_to_derive()
    assert_as_rebuilt(store.current())


def test_a_kind_is_removed_where_a_published_site_has_another(client, editor, three):
    temple, pagoda = Kind.objects.get(), build.make_kind("Pagoda")
    first, waiting, _third = three
    alone = build.make_site("Alone", kinds=[temple])
    first.kinds.add(pagoda)
    shown = act(client, [*three, alone], operation="remove_kind", new=temple.pk)
    assert shown.context["affected"]["count"] == 2
    assert "no other kind keeps it" in shown.content.decode()
    act(client, [*three, alone], operation="remove_kind", new=temple.pk, post="yes")
    assert list(temple.sites.all()) == [alone]
    assert list(first.kinds.all()) == [pagoda] and not waiting.kinds.exists()
    made = ChangeSet.objects.latest("pk")
    assert (made.kind, comment_of(made)) == ("bulk", "Kind “Temple” removed from 2 sites")
    assert_nothing_to_derive()
    assert_as_rebuilt(store.current())
    undo(made)
    assert set(temple.sites.all()) == {first, waiting, alone}


def test_a_source_is_removed_from_the_sources_of_sites(client, editor, three):
    source = build.make_source("A list")
    three[0].sources.add(source)
    name = build.make_name(three[0], source=source)
    act(client, three, operation="remove_source", new=source.pk, post="yes")
    name.refresh_from_db()
    assert not three[0].sources.exists() and name.source == source
    undo(ChangeSet.objects.latest("pk"))
    assert three[0].sources.get() == source


def test_the_era_of_a_beginning_is_set_where_it_has_none(client, editor, three):
    song = build.make_era("Song", span="0960/1279")
    tang = build.make_era("Tang", span="0618/0907")
    begun = build.make_event(three[0], "founded", "0970")
    later = build.make_event(three[0], "built", "0980")  # not the first
    known = build.make_event(three[1], "founded", "0970", tang)
    other = build.make_event(three[2], "founded", "0700")  # not in that era
    shown = act(client, three, operation="set_era", new=song.pk)
    assert [record for record, *_ in shown.context["affected"]["records"]] == [three[0]]
    assert "its first beginning gets the era" in shown.content.decode()
    act(client, three, operation="set_era", new=song.pk, post="yes")
    rows = begun, later, known, other
    for row in rows:
        row.refresh_from_db()
    assert [row.first_era for row in rows] == [song, None, tang, None]
    made = ChangeSet.objects.latest("pk")
    assert comment_of(made) == "Era “Song” set for 1 site"
    assert_nothing_to_derive()
    assert_as_rebuilt(store.current())
    undo(made)
    begun.refresh_from_db()
    assert begun.first_era is None


def test_no_more_are_deleted_at_once_than_can_be_undone(client, editor, three, monkeypatch):
    data = {"action": "delete_selected", "_selected_action": [site.pk for site in three]}
    monkeypatch.setattr("heritage.admin.actions.MAX_CHANGES", 2)
    for asked in (data, data | {"post": "yes"}):
        response = client.post(LIST, asked, follow=True)
        assert "These are more than 2 records. Choose fewer." in response.content.decode()
    monkeypatch.setattr("heritage.admin.actions.MAX_CHANGES", 3)
    build.make_event(three[0])  # a fourth row
    response = client.post(LIST, data | {"post": "yes"}, follow=True)
    assert "This would write more than 3 rows." in response.content.decode()
    assert Site.objects.count() == 3 and not LogEntry.objects.exists()
    monkeypatch.setattr("heritage.admin.actions.MAX_CHANGES", 100)
    client.post(LIST, data | {"post": "yes"}, follow=True)
    assert not Site.objects.exists()


def test_a_contributor_changes_own_drafts_alone(client, three):
    client.force_login(build.make_user(group="contributor"))
    draft = build.make_site("Draft", state="draft")
    pagoda = build.make_kind("Pagoda")
    act(client, [*three, draft], operation="add_kind", new=pagoda.pk, post="yes")
    assert list(pagoda.sites.all()) == [draft]


def test_a_record_that_was_published_meanwhile_is_not_changed(client, three, monkeypatch):
    client.force_login(build.make_user(group="contributor"))
    draft = build.make_site("Draft", state="draft")
    pagoda = build.make_kind("Pagoda")
    usual = actions.change_set

    def late(*args):
        Site.objects.filter(pk=draft.pk).update(state="published")
        return usual(*args)

    monkeypatch.setattr(actions, "change_set", late)
    act(client, [draft], operation="add_kind", new=pagoda.pk, post="yes")
    assert not pagoda.sites.exists()


def test_what_could_not_be_undone_at_once_is_not_done(client, editor, three, monkeypatch):
    monkeypatch.setattr("heritage.admin.actions.MAX_CHANGES", 1)
    tang, song = build.make_era("Tang"), build.make_era("Song")
    for kind in ("built", "rebuilt"):
        build.make_event(three[0], kind, first_era=tang)
    data = {"operation": "replace_era", "old": tang.pk, "new": song.pk, "post": "yes"}
    response = act(client, three[:1], **data)
    assert "This would write more than 1 rows." in response.content.decode()
    assert not Event.objects.filter(first_era=song).exists()
    data = {"action": "archive", "_selected_action": [three[0].pk], "post": "yes", "reason": "Gone"}
    response = client.post(LIST, data, follow=True)  # a state, and a comment that tells it
    assert "This would write more than 1 rows." in response.content.decode()
    assert Site.objects.get(pk=three[0].pk).state == "published"


def test_rows_are_changed_by_those_alone_who_may_change_such_rows(client, three):
    user = build.make_user(group="editor")
    of_events = Permission.objects.filter(codename="change_event")
    Group.objects.get(name="editor").permissions.remove(*of_events)
    client.force_login(user)
    old, new = build.make_era("Tang"), build.make_era("Song")
    event = build.make_event(three[0], first_era=old)
    data = {"operation": "replace_era", "old": old.pk, "new": new.pk, "post": "yes"}
    assert "You may not change this: events." in act(client, three, **data).content.decode()
    event.refresh_from_db()
    assert event.first_era == old


def test_what_happened_to_a_term_meanwhile_counts(three):
    """Of terms that were read before others moved or deleted them."""
    old, new, gone = build.make_kind("Old"), build.make_kind("New"), build.make_kind("Gone")
    three[0].kinds.add(old)
    type(new).objects.filter(pk=new.pk).update(parent=old)
    with pytest.raises(bulk.CannotReplace, match="lies within it"):
        bulk.replace(old, new, then_delete=True)
    type(gone).objects.filter(pk=gone.pk).delete()
    with pytest.raises(bulk.CannotReplace, match="deleted meanwhile"):
        bulk.replace(old, gone)
    assert old in three[0].kinds.all()


def test_a_term_that_something_refers_to_still_is_not_replaced(three):
    old, new = build.make_place("Luoyang"), build.make_place("Kaifeng")
    Site.objects.update(place=old)
    with pytest.raises(bulk.CannotReplace):
        bulk.replace(old, new, sites=[three[0].pk], then_delete=True)
    assert Site.objects.filter(place=old).count() == 3


@pytest.mark.parametrize(
    "data",
    [
        {"operation": "delete everything"},
        {"operation": "add_kind", "new": "x", "post": "yes"},
        {"operation": "add_kind", "new": 10**9, "post": "yes"},
        {"operation": "replace_kind", "new": 1, "post": "yes"},
    ],
)
def test_strange_requests_change_nothing(client, editor, three, data):
    count = ChangeSet.objects.count()
    assert act(client, three, **data).status_code == 200
    assert ChangeSet.objects.count() == count


def test_too_many_are_refused(client, editor, three, monkeypatch):
    monkeypatch.setattr("heritage.admin.actions.MAX_CHANGES", 2)
    assert "Choose fewer" in act(client, three).content.decode()


# --- a term is replaced everywhere ---------------------------------------------------------------


def address(term):
    return reverse(f"admin:heritage_{term._meta.model_name}_replace", args=[term.pk])


def test_a_term_is_replaced_everywhere_and_deleted(client, editor, three):
    tang, song = build.make_era("Tang"), build.make_era("Song", span="0960/1279")
    below = build.make_era("Early Tang", parent=tang)
    event = build.make_event(three[0], first_era=tang)
    listed = client.post(
        "/en/admin/heritage/era/", {"action": "replace_by", "_selected_action": tang.pk}
    )
    assert listed["Location"] == address(tang)
    shown = client.post(address(tang), {"new": song.pk})
    assert ("Events (era)", 1) in shown.context["uses"] and shown.context["affected"]["count"] == 1
    event.refresh_from_db()
    assert event.first_era == tang
    data = {"new": song.pk, "then_delete": "1", "reason": "One name", "post": "yes"}
    response = client.post(address(tang), data, follow=True)
    assert "Replaced." in response.content.decode()
    event.refresh_from_db()
    below.refresh_from_db()
    assert event.first_era == song and below.parent == song
    assert not Era.objects.filter(pk=tang.pk).exists()
    made = ChangeSet.objects.latest("pk")
    assert comment_of(made) == "“Tang” was replaced by “Song”: One name"
    undo(made)
    event.refresh_from_db()
    assert event.first_era == tang


def test_a_term_is_not_replaced_by_what_lies_within_it(client, editor):
    tang = build.make_era("Tang")
    below = build.make_era("Early Tang", parent=tang)
    response = client.post(address(tang), {"new": below.pk})
    assert "lies within it" in response.content.decode()
    assert client.post(address(tang), {"new": tang.pk}).status_code == 200
    below.refresh_from_db()
    assert below.parent == tang


@pytest.mark.parametrize("model", [Kind, Place, Era, Source])
def test_every_vocabulary_can_be_replaced_by_those_who_may_delete(client, three, model):
    make = {
        Kind: build.make_kind,
        Place: build.make_place,
        Era: build.make_era,
        Source: build.make_source,
    }
    old, new = make[model](), make[model]()
    client.force_login(build.make_user(group="contributor"))
    assert client.get(address(old)).status_code == 403
    assert client.post(address(old), {"new": new.pk}).status_code == 403
    client.force_login(build.make_user(group="editor"))
    assert client.get(address(old)).status_code == 200
    client.post(address(old), {"new": new.pk, "then_delete": "1", "post": "yes"})
    assert not model.objects.filter(pk=old.pk).exists()


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_replaced_an_undo_brings_back(seed):
    dice = random.Random(seed)
    default_storage.save("images/x.png", ContentFile(b""))
    Catalogue(dice).populate(10)
    states, made = [everything()], []
    for model in (Kind, Place, Era, Source):
        terms = list(model.objects.order_by("pk"))
        old, new = dice.choice(terms), dice.choice(terms)
        sites = dice.choice([None, list(Site.objects.values_list("pk", flat=True)[:5])])
        try:
            made.append(bulk.replace(old, new, sites=sites))
        except bulk.CannotReplace:
            continue
        states.append(everything())
        assert_nothing_to_derive()
        assert_as_rebuilt(store.current())
    for each, before in zip(reversed(made), reversed(states[:-1]), strict=True):
        if each.pk and ChangeSet.objects.filter(pk=each.pk).exists():
            assert undo(each).conflicts == []
        assert without_addresses(everything()) == without_addresses(before)
    assert_as_rebuilt(store.current())
