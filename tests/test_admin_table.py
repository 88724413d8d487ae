"""Edit in a table, downloads, own columns and filters of the list of sites."""

import csv
import io
import json
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.core import serializers
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heritage.exchange import editable_columns, fields_for
from heritage.exchange.site_fixture import site_models
from heritage.models import SITE_FIELDS, ChangeSet, Event, FieldUse, SavedFilter, Site
from heritage.services.conflicts import last_change_number
from heritage.services.undo import undo
from tests import builders as build
from tests.index_comparison import assert_nothing_to_derive
from tests.webrows import full_site, vocabulary

pytestmark = pytest.mark.django_db

LIST = "/en/admin/heritage/site/"


@pytest.fixture
def two():
    kind = build.make_kind("Temple")
    return [build.make_site("One", "一", kinds=[kind]), build.make_site("Two", "二", kinds=[kind])]


def address(sites, *columns):
    ids = ",".join(str(site.pk) for site in sites)
    return (
        reverse("admin:heritage_site_table")
        + f"?ids={ids}"
        + "".join(f"&field={column}" for column in columns)
    )


def sent(client, url, **cells):
    """What a browser sends of the table, with some cells changed: {"<pk>-<column>": text}."""
    context = client.get(url).context
    data = {"opened": context["opened"]}
    for site, row in context["rows"]:
        for cell in row:
            name = f"{site.pk}-{cell.field.key}"
            data |= {f"row-{name}": cell.row, f"text-{name}": cells.get(name, cell.text)}
    return data


def test_cells_are_changed_after_a_look_and_undone_at_once(client, editor, two):
    one, other = two
    url = address(two, "name:en", "area_ha", "summary:zh-hans")
    response = client.post(
        LIST, {"action": "edit_table", "_selected_action": [site.pk for site in two]}
    )
    assert response["Location"].startswith(reverse("admin:heritage_site_table"))
    cells = {f"{one.pk}-area_ha": "12.5", f"{other.pk}-summary:zh-hans": "古寺。"}
    data = sent(client, url, **cells)
    shown = client.post(url, data | {"preview": "1"})
    assert [len(each.cells) for each in shown.context["changed"]] == [1, 1]
    assert shown.context["is_decided"] and not ChangeSet.objects.filter(kind="bulk").exists()
    response = client.post(url, data | {"save": "1", "comment": "Measured"}, follow=True)
    assert "2 sites were changed." in response.content.decode()
    one.refresh_from_db()
    other.refresh_from_db()
    assert str(one.area_ha) == "12.5000" and other.summary["zh-hans"] == "古寺。"
    assert other.name["zh-hans"] == "二"
    made = ChangeSet.objects.get(kind="bulk")
    assert (made.user, made.reason, made.changes.count()) == (editor, "Measured", 2)
    undo(made)
    one.refresh_from_db()
    assert one.area_ha is None


def test_what_somebody_else_wrote_meanwhile_is_asked_about(client, editor, two):
    one, other = two
    url = address(two, "name:en", "area_ha")
    name = f"{one.pk}-name:en"
    data = sent(client, url, **{name: "Mine", f"{other.pk}-area_ha": "3"})
    one.name = build.text("Theirs", "一")
    one.save()
    shown = client.post(url, data | {"save": "1"})
    cell = shown.context["changed"][0].cells[0]
    assert cell.is_conflict and (cell.opened, cell.text, cell.theirs) == ("One", "Mine", "Theirs")
    one.refresh_from_db()
    other.refresh_from_db()
    assert one.name["en"] == "Theirs" and other.area_ha is None  # all or nothing
    for decision, expected in (("theirs", "Theirs"), ("mine", "Mine")):
        decided = data | {"shown": shown.context["shown"], f"decision-{name}": decision}
        client.post(url, decided | {"save": "1"})
        one.refresh_from_db()
        assert one.name["en"] == expected
    # A decision about what was stored before counts for nothing.
    one.name = build.text("Newer", "一")
    one.save()
    shown = client.post(url, decided | {"save": "1"})
    assert shown.context["changed"][0].cells[0].is_conflict
    one.refresh_from_db()
    assert one.name["en"] == "Newer"


def test_what_the_same_editor_saved_in_another_window_is_not_somebody_elses(client, editor, two):
    url, name = address(two, "name:en"), f"{two[0].pk}-name:en"
    data = sent(client, url)
    client.post(url, data | {f"text-{name}": "First", "save": "1"})
    shown = client.post(url, data | {f"text-{name}": "Second", "save": "1"})
    html = " ".join(shown.content.decode().split())
    assert "This was changed meanwhile" in html and "As it is stored now: First" in html
    assert "omebody else" not in html


def test_what_was_written_while_it_was_saved_is_asked_about(client, editor, two, monkeypatch):
    from heritage.admin.lists import table

    one = two[0]
    url = address(two, "name:en")
    data = sent(client, url, **{f"{one.pk}-name:en": "Mine"})
    real = table.change_set

    def slow(*args):
        Site.objects.filter(pk=one.pk).update(name=build.text("Quicker"))
        return real(*args)

    monkeypatch.setattr(table, "change_set", slow)
    shown = client.post(url, data | {"save": "1"})
    assert shown.context["changed"][0].cells[0].theirs == "Quicker"
    one.refresh_from_db()
    assert one.name["en"] == "Quicker"


@pytest.mark.parametrize(
    ("column", "text"),
    [("latitude", "91"), ("latitude", "34"), ("area_ha", "-1"), ("area_ha", "x"), ("name:en", "")],
)
def test_bad_cells_are_refused_beside_themselves(client, editor, column, text):
    site = build.make_site("One", kinds=[build.make_kind()])
    url = address([site], column)
    data = sent(client, url, **{f"{site.pk}-{column}": text})
    shown = client.post(url, data | {"save": "1"})
    [changed] = shown.context["changed"]
    assert changed.errors or changed.cells[0].error
    assert not ChangeSet.objects.filter(kind="bulk").exists()


def test_a_table_writes_only_what_somebody_may_change(client, two):
    client.force_login(build.make_user(group="contributor"))
    draft = build.make_site("Draft", state="draft")
    url = address([*two, draft], "name:en")
    names = {f"{site.pk}-name:en": "Changed" for site in (*two, draft)}
    data = sent(client, url, **names)
    client.post(url, data | {"save": "1"})
    assert set(Site.objects.values_list("name__en", flat=True)) == {"One", "Two", "Changed"}
    client.force_login(build.make_user())
    assert client.get(url).status_code == client.post(url, data).status_code == 403


@pytest.mark.parametrize(
    "query", ["", "?ids=x", "?ids=1,,9999999999999999999", "?ids=1&field=password"]
)
def test_strange_addresses_show_a_table(client, editor, two, query):
    assert client.get(reverse("admin:heritage_site_table") + query).status_code == 200


# --- the declaration of the fields ---------------------------------------------------------------


def test_every_field_that_people_write_is_declared_once():
    """A new one is declared in heritage/models/site_fields.py, with what it is offered for."""
    names = [each.name for each in SITE_FIELDS]
    assert len(names) == len(set(names))
    written = [*Site._meta.fields, *Site._meta.many_to_many]
    assert {each.name for each in written if each.editable and each.serialize} <= set(names) | {
        "id"
    }


def test_the_form_has_every_field_in_its_declared_section(client, editor, two):
    form = client.get(reverse("admin:heritage_site_change", args=[two[0].pk]))
    shown = {
        name: section["key"]
        for section in form.context["sections"]
        for line in (section["fieldset"] or ())
        for name in line.fields
    }
    assert shown == {each.name: each.section for each in SITE_FIELDS if each.section}


@pytest.mark.parametrize("use", [FieldUse.TABLE, FieldUse.CORRECTION])
def test_a_column_reads_what_it_writes(editor, use):
    """As texts: what is shown to be edited means what is stored, and is assigned as the same."""
    site = full_site(vocabulary())
    columns = editable_columns(use, editor)
    assert {"name:en", "note:zh-hans", "kinds", "place", "area_ha", "precision"} <= set(columns)
    for key, column in columns.items():
        text = column.text(site)
        assert column.is_stored(site, text), key
        assert column.assign(site, text) == text, key
        site.full_clean(validate_unique=False)
        assert column.text(site) == text, key
        assert str(column.label).strip() and column.form_field.widget.render("text", text)


def test_the_downloaded_table_has_the_columns_of_editors(client, editor):
    site = full_site(vocabulary())
    text = download(client, [site], "export_csv")
    [row] = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    expected = {
        "uid": site.uid, "state": "published", "slug": site.slug, "precision": "approximate",
        "area_ha": "331.5", "latitude": "34.5556", "blur_km": "", "prominence": "",
        "kinds": "temple; bridge", "place": site.place.slug, "name:zh-hans": "龙门石窟",
        "note:en": "The year is in doubt.", "summary:fr": "",
    }  # fmt: skip
    assert {key: row[key] for key in expected} == expected


# --- downloads -----------------------------------------------------------------------------------


def download(client, sites, action):
    data = {"action": action, "_selected_action": [site.pk for site in sites]}
    return client.post(LIST, data).getvalue().decode()


@pytest.mark.parametrize("formula", ["=HYPERLINK(1)", "+1", "＝1", "＠SUM(1)"])
def test_the_table_for_spreadsheets_computes_nothing(client, editor, two, formula):
    two[0].summary = build.text(formula)
    two[0].longitude, two[0].latitude = -5.5, 40
    two[0].save()
    text = download(client, two, "export_csv")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["name:zh-hans"] for row in rows] == ["一", "二"]
    assert rows[0]["summary:en"] == f"'{formula}" and rows[0]["longitude"] == "-5.5"


def test_the_fixture_is_loaded_again_as_it_was(client, editor, two, tmp_path):
    event = build.make_event(two[0], first_era=build.make_era())
    build.make_part(two[1], two[0])
    two[1].rename("second")
    path = tmp_path / "sites.json"
    path.write_text(download(client, two, "export_fixture"))
    assert {row["model"] for row in json.loads(path.read_text())} >= {
        "heritage.site",
        "heritage.event",
        "heritage.partof",
    }
    uid = event.uid
    Site.objects.all().delete()
    call_command("loaddata", path, verbosity=0)
    assert Site.objects.count() == 2
    assert Event.objects.get(uid=uid).site.name["en"] == "One"
    second = Site.objects.get(name__en="Two")
    assert second.part_of.count() == 1
    assert [former.slug for former in second.former_slugs.all()] == ["two"]


def test_the_fixture_holds_all_that_belongs_to_a_site():
    """Whichever model is added: what it belongs to decides."""
    told = {model.__name__ for model in site_models()}
    assert told >= {"Site", "Name", "FormerSlug", "Event", "Coverage", "PartOf", "Notice"}
    assert not told & {"Review", "ReviewComment", "Correction", "Designation", "Kind"}


def test_many_sites_are_downloaded_with_as_many_queries_as_one(client, editor, two):
    """And each row as Django itself writes it."""

    def fill(site):
        site.sources.add(build.make_source())
        site.kinds.add(build.make_kind())
        build.make_event(site, first_era=build.make_era(), source=build.make_source())
        build.make_name(site)

    def asked(sites):
        with CaptureQueriesContext(connection) as queries:
            found = json.loads(download(client, sites, "export_fixture"))
        return len(queries), found

    for site in two:
        fill(site)
    asked(two)  # what a session asks once
    one, _found = asked(two[:1])
    both, found = asked(two)
    assert both == one
    rows = [row for model in site_models() for row in model.objects.order_by("pk")]
    options = {"use_natural_foreign_keys": True, "use_natural_primary_keys": True}
    assert found == json.loads(serializers.serialize("json", rows, **options))


def test_outsiders_download_nothing(client, two):
    client.force_login(build.make_user())
    data = {"action": "export_csv", "_selected_action": [two[0].pk]}
    assert client.post(LIST, data).status_code == 403


# --- own lists -----------------------------------------------------------------------------------


def test_each_person_has_columns_of_their_own(client, editor, two):
    client.post(reverse("admin:heritage_site_columns"), {"column": ["slug", "area_ha", "password"]})
    editor.refresh_from_db()
    assert editor.site_columns == ["slug", "area_ha"]
    shown = client.get(LIST).context["cl"].list_display
    assert [name for name in shown if name != "action_checkbox"] == [
        "display_name",
        "slug",
        "area_ha",
    ]
    client.force_login(build.make_user(group="editor"))
    assert "unesco" in client.get(LIST).context["cl"].list_display
    offered = {name for name, _label, _chosen in client.get(LIST).context["list_columns"]}
    assert offered > {each.name for each in fields_for(FieldUse.LIST)}
    client.post(reverse("admin:heritage_site_columns"), {"column": sorted(offered)})
    assert client.get(LIST).status_code == 200


def test_filters_are_kept_and_forgotten_by_their_owner_alone(client, editor, two):
    filters = reverse("admin:heritage_site_filters")
    response = client.post(filters, {"name": "Drafts", "query": "state__exact=draft"})
    assert response["Location"] == f"{LIST}?state__exact=draft"
    assert 'href="?state__exact=draft"' in client.get(LIST).content.decode()
    kept = SavedFilter.objects.get()
    desk = reverse("admin:index")
    assert f'<a href="{LIST}?state__exact=draft">Drafts</a>' in client.get(desk).content.decode()
    client.force_login(build.make_user(group="editor"))
    assert "Drafts" not in client.get(LIST).content.decode()
    assert "Drafts" not in client.get(desk).content.decode()
    client.post(filters, {"forget": kept.pk})
    assert SavedFilter.objects.exists()
    client.force_login(editor)
    assert client.post(filters, {"name": ""}, follow=True).status_code == 200
    client.post(filters, {"forget": kept.pk})
    assert not SavedFilter.objects.exists()
    assert client.get(filters).status_code == 405


def test_a_text_that_is_the_same_when_it_is_put_in_order_is_no_change(client, editor):
    site = build.make_site("Café", "窑", state="draft")
    name = f"{site.pk}-name:en"
    response = client.post(
        reverse("admin:heritage_site_table") + f"?ids={site.pk}&field=name:en",
        {"opened": last_change_number(), f"text-{name}": "Cafe\u0301", "save": "1"},
        follow=True,
    )
    assert "Nothing was changed, so nothing was saved." in response.content.decode()
    assert not LogEntry.objects.exists()


# --- terms, by their names -----------------------------------------------------------------------


def look(client, url, **cells):
    """The cells of the preview, by site and column."""
    shown = client.post(url, sent(client, url, **cells) | {"preview": "1"}).context
    cells = {
        f"{each.site.pk}-{cell.field.key}": cell for each in shown["changed"] for cell in each.cells
    }
    return cells, shown["is_decided"]


def test_terms_are_typed_by_any_name_looked_over_and_saved(client, editor, two):
    one, other = two
    luoyang = build.make_place("Luoyang", "洛阳")
    pagoda, cave = build.make_kind("Pagoda", "塔"), build.make_kind("Cave", "石窟")
    tang = build.make_era("Tang", "唐", span="0618/0907")
    begun = build.make_event(one, "founded", "0700")
    url = address(two, "place", "kinds", "era")
    assert "in any script or in pinyin" in client.get(url).content.decode()
    typed = {
        f"{one.pk}-place": "luoyang",
        f"{other.pk}-place": "洛陽",
        f"{one.pk}-kinds": "石窟; pagoda",
        f"{one.pk}-era": "唐",
    }
    cells, is_decided = look(client, url, **typed)
    assert is_decided and len(cells) == 4
    assert set(cells[f"{one.pk}-kinds"].text.split("; ")) == {"Cave", "Pagoda"}
    assert cells[f"{other.pk}-place"].text == "Luoyang"
    assert Site.objects.filter(place=None).count() == 2  # looked over, no more
    client.post(url, sent(client, url, **typed) | {"save": "1"})
    begun.refresh_from_db()
    assert set(luoyang.sites.all()) == {one, other}
    assert set(one.kinds.all()) == {pagoda, cave} and begun.first_era == tang
    assert_nothing_to_derive()
    made = ChangeSet.objects.latest("pk")
    undo(made)
    begun.refresh_from_db()
    assert not luoyang.sites.exists() and begun.first_era is None
    assert [str(kind) for kind in one.kinds.all()] == ["Temple"]


def test_a_name_of_several_terms_is_chosen_in_the_preview(client, editor, two):
    henan, hebei = build.make_place("Henan"), build.make_place("Hebei")
    first = build.make_place("Xincheng", "新城", parent=henan)
    build.make_place("Xincheng", "新城", parent=hebei)
    url = address(two[:1], "place")
    name = f"{two[0].pk}-place"
    cells, is_decided = look(client, url, **{name: "xincheng"})
    assert sorted(cells[name].offered) == ["Xincheng (Hebei)", "Xincheng (Henan)"]
    assert not is_decided
    data = sent(client, url, **{name: "Xincheng (Henan)"})
    client.post(url, data | {"save": "1"})
    two[0].refresh_from_db()
    assert two[0].place == first


@pytest.mark.parametrize(
    ("column", "typed", "error"),
    [
        ("place", "Atlantis", "Nothing is called “Atlantis”."),
        ("kinds", "", "A published site needs at least one kind."),
        ("era", "Tang", "No beginning is told of this site"),
    ],
)
def test_what_no_site_can_have_is_refused(client, editor, two, column, typed, error):
    build.make_era("Tang")
    url = address(two[:1], column)
    name = f"{two[0].pk}-{column}"
    cells, is_decided = look(client, url, **{name: typed})
    assert error in cells[name].error and not is_decided
    client.post(url, sent(client, url, **{name: typed}) | {"save": "1"})
    assert not ChangeSet.objects.filter(kind="bulk").exists()


def test_an_era_is_taken_from_an_event_with_a_date_alone(client, editor, two):
    tang = build.make_era("Tang")
    dated = build.make_event(two[0], "founded", "0700", tang)
    undated = build.make_event(two[1], "founded", "", tang)
    url = address(two, "era")
    cells, is_decided = look(client, url, **{f"{two[0].pk}-era": "", f"{two[1].pk}-era": ""})
    assert not cells[f"{two[0].pk}-era"].error and not is_decided
    assert cells[f"{two[1].pk}-era"].error == "Give a date or an era."
    client.post(url, sent(client, url, **{f"{two[0].pk}-era": ""}) | {"save": "1"})
    dated.refresh_from_db()
    undated.refresh_from_db()
    assert dated.first_era is None and undated.first_era == tang


def test_kinds_that_somebody_else_has_changed_are_a_conflict(client, editor, two):
    pagoda, cave = build.make_kind("Pagoda"), build.make_kind("Cave")
    url, name = address(two[:1], "kinds"), f"{two[0].pk}-kinds"
    data = sent(client, url, **{name: "Temple; Pagoda"})
    two[0].kinds.add(cave)
    shown = client.post(url, data | {"save": "1"}).context
    assert not shown["is_decided"]
    [cell] = shown["changed"][0].cells
    assert (cell.is_conflict and cell.theirs == "Temple; Cave") or cell.theirs == "Cave; Temple"
    assert pagoda not in two[0].kinds.all()


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ("?lacks=text-zh-hans", ["summary:en", "summary:zh-hans"]),
        ("?lacks=point", ["latitude", "longitude"]),
        ("?lacks=kinds", ["kinds"]),
        ("?lacks=text-", ["name:en", "name:zh-hans"]),
        ("", ["name:en", "name:zh-hans"]),
    ],
)
def test_a_table_begins_with_what_its_list_lacks(client, editor, two, query, columns):
    site = build.make_site("Three", state="draft")
    data = {"action": "edit_table", "_selected_action": [site.pk]}
    response = client.post(LIST + query, data, follow=True)
    assert [field.key for field in response.context["fields"]] == columns


# --- what others write meanwhile -----------------------------------------------------------------


def shown_again(response, decision=""):
    """What a browser sends of a preview, with each of its conflicts decided so."""
    inputs = re.findall(r"<input [^>]*>", response.text.partition('method="post"')[2])
    fields = [dict(re.findall(r'([a-z]+)="([^"]*)"', each)) for each in inputs]
    sent = {each["name"]: each["value"] for each in fields if each.get("type") == "hidden"}
    return sent | {
        each["name"]: decision
        for each in fields
        if each.get("type") == "radio" and each["value"] == decision
    }


@pytest.mark.parametrize("column", ["name:en", "area_ha", "place", "kinds", "era"])
@pytest.mark.parametrize("decision", ["mine", "theirs"])
def test_a_conflict_of_each_sort_of_column_is_decided(client, editor, two, column, decision):
    one, other = two
    mine, theirs = {
        "name:en": ("Mine", "Theirs"),
        "area_ha": ("3", "4"),
        "place": ("Luoyang", "Kaifeng"),
        "kinds": ("Pagoda", "Cave"),
        "era": ("Tang", "Song"),
    }[column]
    terms = {name: build.make_place(name) for name in ("Luoyang", "Kaifeng")}
    terms |= {name: build.make_kind(name) for name in ("Pagoda", "Cave")}
    terms |= {name: build.make_era(name) for name in ("Tang", "Song", "Ming")}
    event = build.make_event(one, "founded", "0700", terms["Ming"])
    url, name = address(two, column, "summary:en"), f"{one.pk}-{column}"
    data = sent(client, url, **{name: mine, f"{other.pk}-summary:en": "Beside it."})
    if column == "kinds":
        one.kinds.set([terms[theirs]])
    elif column == "era":
        event.first_era = terms[theirs]
        event.save()
    else:
        value = {"name:en": build.text(theirs), "area_ha": theirs}.get(column)
        setattr(one, column.partition(":")[0], value or terms[theirs])
        one.save()
    shown = client.post(url, data | {"save": "1"})
    [cell] = shown.context["changed"][0].cells
    assert cell.is_conflict and cell.text.startswith(mine) and cell.theirs.startswith(theirs)
    # Decided, looked at again, taken back to the table, looked at again and saved.
    looked = client.post(url, shown_again(shown, decision) | {"preview": "1"})
    assert looked.context["is_decided"]
    back = client.post(url, shown_again(looked) | {"back": "1"})
    texts = {
        f"text-{site.pk}-{cell.field.key}": cell.text
        for site, row in back.context["rows"]
        for cell in row
    }
    client.post(url, shown_again(back) | texts | {"save": "1"})
    columns = editable_columns(FieldUse.TABLE, editor)
    one, other = Site.objects.get(pk=one.pk), Site.objects.get(pk=other.pk)
    expected = mine if decision == "mine" else theirs
    assert columns[column].text(one).startswith(expected)
    assert other.summary["en"] == "Beside it."


def test_what_only_others_have_changed_stays(client, editor, two):
    """Whether in the site, in its relations, in its events or in the names of its terms."""
    one, other = two
    henan = build.make_place("Henan")
    one.place = build.make_place("Luoyang", "洛阳", parent=henan)
    one.save()
    tang, song = build.make_era("Tang"), build.make_era("Song")
    first = build.make_event(one, "founded", "0700", tang)
    url = address(two, "name:en", "place", "kinds", "era", "summary:en")
    data = sent(client, url, **{f"{one.pk}-summary:en": "Mine."})
    assert data[f"text-{one.pk}-place"] == "Luoyang (Henan)"
    henan.name = build.text("Yuzhou")
    henan.save()
    [kind] = one.kinds.all()
    kind.label = build.text("Sanctuary")
    kind.save()
    one.name = build.text("Theirs", "一")
    one.save()
    other.kinds.add(build.make_kind("Cave"))
    first.delete()
    build.make_event(one, "founded", "0960", song)
    shown = client.post(url, data | {"preview": "1"})
    [changed] = shown.context["changed"]
    assert [cell.field.key for cell in changed.cells] == ["summary:en"]
    client.post(url, shown_again(shown) | {"save": "1"})
    one.refresh_from_db()
    assert one.summary["en"] == "Mine." and one.name["en"] == "Theirs"
    assert one.events.get().first_era == song and other.kinds.count() == 2


def test_an_era_is_asked_about_if_the_event_is_another_one(client, editor, two):
    eras = {name: build.make_era(name) for name in ("Tang", "Song", "Ming")}
    first = build.make_event(two[0], "founded", "0700", eras["Tang"])
    url, name = address(two, "era"), f"{two[0].pk}-era"
    data = sent(client, url, **{name: "Ming"})
    first.delete()
    second = build.make_event(two[0], "founded", "0960", eras["Song"])
    shown = client.post(url, data | {"save": "1"})
    [cell] = shown.context["changed"][0].cells
    assert cell.is_conflict and cell.theirs.startswith("Song") and cell.opened.startswith("Tang")
    client.post(url, shown_again(shown, "mine") | {"save": "1"})
    second.refresh_from_db()
    assert second.first_era == eras["Ming"]


def test_what_was_typed_for_a_deleted_site_is_told(client, editor, two):
    one, other = two
    url = address(two, "name:en", "area_ha")
    data = sent(client, url, **{f"{one.pk}-area_ha": "12", f"{other.pk}-area_ha": "13"})
    one.delete()
    response = client.post(url, data | {"save": "1"}, follow=True)
    other.refresh_from_db()
    assert str(other.area_ha) == "13.0000"
    assert "“One” was deleted meanwhile. Not saved: Area in hectares: 12" in response.text


def test_everything_is_asked_about_where_the_history_does_not_reach(client, editor, two):
    url, name = address(two, "name:en", "area_ha"), f"{two[0].pk}-name:en"
    data = sent(client, url, **{name: "Mine"}) | {"opened": "999999"}
    shown = client.post(url, data | {"save": "1"})
    [changed] = shown.context["changed"]
    assert [cell.is_conflict for cell in changed.cells] == [True]
    client.post(url, shown_again(shown, "mine") | {"save": "1"})
    assert Site.objects.get(pk=two[0].pk).name["en"] == "Mine"
