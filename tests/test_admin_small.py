"""What editors stumbled over: choosers, confirmations, reasons, coordinates, previews, slugs."""

import json
import re
import threading

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

from heritage.admin.changes.history import comment_of
from heritage.models import ChangeSet, Correction, Custodian, Kind, ReviewComment, Site, SortName
from heritage.services.record_problems import equal_labels
from heritage.values import normalize
from tests import builders as build
from tests.adminforms import completed, errors, filled, opened, page_data

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def editor(client):
    user = build.make_user("li", group="editor")
    client.force_login(user)
    return user


def change(row) -> str:
    return reverse(f"admin:heritage_{row._meta.model_name}_change", args=[row.pk])


# --- choosers ----------------------------------------------------------------------------------


@pytest.fixture
def vocabulary():
    build.make_kind("Buddhist temple", "佛寺")
    build.make_place("Luoyang", "洛阳", code="410300")
    build.make_era("Ming Dynasty", "明", span="1368/1644")
    build.make_source("文物地图集 Atlas of Cultural Relics")
    Custodian.objects.create(name=build.text("Shaolin Abbey", "少林寺"))


@pytest.mark.parametrize(
    ("field", "word"),
    [
        ("kinds", "佛寺"),
        ("kinds", "fosi"),
        ("kinds", "fó sì"),
        ("kinds", "temple budd"),
        ("place", "洛陽"),
        ("place", "luo yang"),
        ("place", "410300"),
        ("sources", "wenwu"),
        ("sources", "ATLAS"),
        ("custodian", "shaolinsi"),
    ],
)
def test_choosers_find_names_in_any_script(client, vocabulary, field, word):
    query = {"app_label": "heritage", "model_name": "site", "field_name": field, "term": word}
    found = client.get(reverse("admin:autocomplete"), query).json()["results"]
    assert len(found) == 1, word


@pytest.mark.parametrize("word", ["míng", "明", "ming dyn"])
def test_eras_are_found_so_too(client, vocabulary, word):
    query = {"app_label": "heritage", "model_name": "event", "field_name": "first_era"}
    found = client.get(reverse("admin:autocomplete"), query | {"term": word}).json()["results"]
    assert [row["text"] for row in found] == ["Ming Dynasty (明, 1368–1644)"]


def test_nothing_is_found_by_signs_alone(client, vocabulary):
    query = {"app_label": "heritage", "model_name": "site", "field_name": "kinds", "term": "!?"}
    assert client.get(reverse("admin:autocomplete"), query).json()["results"] == []


def test_what_is_named_just_so_comes_first(client):
    for order, (label, zh) in enumerate(
        [("Jain temple", "耆那教寺庙"), ("Temple of the sun", "太阳寺庙"), ("Temple", "寺庙")]
    ):
        build.make_kind(label, zh, order=order)

    def first(term):
        query = {"app_label": "heritage", "model_name": "site", "field_name": "kinds"}
        found = client.get(reverse("admin:autocomplete"), query | {"term": term}).json()
        return [row["text"] for row in found["results"]]

    for term in ("temple", "寺庙", "simiao", "Sì miào"):
        assert first(term)[0] == "Temple", term
    assert first("temple")[1] == "Temple of the sun"

    caves = build.make_kind("Grottoes", order=0)
    caves.other_names = ["Buddhist grotto", "Buddhist cave temple"]
    caves.save()
    build.make_kind("Buddhist temple", order=9)
    assert first("buddhist temple") == ["Buddhist temple", "Grottoes"]


@pytest.mark.parametrize("term", ["vi", "(vi)", "（vi）", "VI"])
def test_a_notation_comes_before_words_that_contain_it(client, term):
    register = build.make_register("world_heritage", "World Heritage List")
    for order, (code, label) in enumerate(
        [("iii", "A civilisation"), ("viii", "The Earth"), ("vi", "Tied to events")]
    ):
        build.make_term(register, code, "criterion", label, order=order)
    query = {"app_label": "heritage", "model_name": "worldheritage", "field_name": "criteria"}
    found = client.get(reverse("admin:autocomplete"), query | {"term": term}).json()["results"]
    assert [row["text"].split()[0] for row in found] == ["vi", "viii", "iii"]


def test_labels_come_before_other_names_and_references_before_all(client):
    caves = build.make_kind("Grottoes", order=0)
    caves.other_names = ["Cave temple"]
    caves.save()
    build.make_kind("Fire temple", order=9)
    query = {"app_label": "heritage", "model_name": "site", "field_name": "kinds"}
    found = client.get(reverse("admin:autocomplete"), query | {"term": "temple"}).json()["results"]
    assert [row["text"] for row in found] == ["Fire temple", "Grottoes"]

    register = build.make_register("protection")
    for reference, name in (("1", "No. 35 of 1961"), ("35", "Kiln"), ("350", "Wall")):
        build.make_designation(register=register, reference=reference, name=build.text(name))
    query = {"app_label": "heritage", "model_name": "coverage", "field_name": "designation"}
    found = client.get(reverse("admin:autocomplete"), query | {"term": "35"}).json()["results"]
    assert [row["text"].split()[0] for row in found] == ["35", "350", "1"]


def test_categories_of_the_chosen_register_only(client):
    national, rating = build.make_register("protection"), build.make_register("rating")
    build.make_term(national, "tombs", label="Tombs")
    build.make_term(rating, "5A", label="AAAAA")
    query = {"app_label": "heritage", "model_name": "designation", "field_name": "category"}

    def offered(**more):
        found = client.get(reverse("admin:autocomplete"), query | more).json()["results"]
        return [row["text"].split()[0] for row in found]

    assert offered(within=rating.pk) == ["5A"]
    assert offered(within=national.pk, term="A") == []
    assert len(offered()) == len(offered(within="")) == len(offered(within="x")) == 2


def test_kinds_come_in_their_order(client):
    for number in (3, 1, 2):
        build.make_kind(f"Kind {number}", order=number)
    query = {"app_label": "heritage", "model_name": "site", "field_name": "kinds", "term": ""}
    found = client.get(reverse("admin:autocomplete"), query).json()["results"]  # without a warning
    assert [row["text"] for row in found] == ["Kind 1", "Kind 2", "Kind 3"]


def test_what_is_filled_in_is_counted_once_a_site_is_stored(client):
    stored = build.make_site("Kiln", state="draft")
    change = reverse("admin:heritage_site_change", args=[stored.pk])
    assert "<meter" not in client.get(reverse("admin:heritage_site_add")).content.decode()
    assert "<meter" in client.get(change).content.decode()


# --- coordinates -------------------------------------------------------------------------------


@pytest.fixture
def site():
    return build.make_site("Kiln", kinds=[build.make_kind()], latitude=34.5, longitude=112.25)


@pytest.mark.parametrize(
    ("latitude", "longitude", "point"),
    [
        ("34.6086", "112.4739", (34.6086, 112.4739)),
        ("34°36'31\"N", "112°28′26″E", (34.6086111, 112.4738889)),
        ("北纬34.6086度", "东经112.4739度", (34.6086, 112.4739)),
        ("−34.5", "W 112.25", (-34.5, -112.25)),
    ],
)
def test_coordinates_are_taken_as_they_are_written(client, site, latitude, longitude, point):
    data = filled(client, change(site), {"latitude": latitude, "longitude": longitude})
    response = client.post(change(site), data)
    assert response.status_code == 302, errors(response)
    site.refresh_from_db()
    assert (site.latitude, site.longitude) == point


# By field and what was pasted into it: what is said of it.
NO_COORDINATES = {
    ("latitude", "34.6086, 112.4739"): "is a pair of numbers",
    ("latitude", "34.6086 112.4739"): "is a pair of numbers",
    ("longitude", "34°36′N，112°28′E"): "is a pair of numbers",
    ("latitude", "112.4739E"): "is the other coordinate",
    ("longitude", "3436.5.2"): "cannot be read",
    ("latitude", "3436"): "cannot be read",
    ("latitude", "34°75′"): "less than 60",
    ("latitude", "N34.5S"): "cannot be read",
    ("latitude", "91"): "between -90 and 90",
}


def test_what_is_no_coordinate_is_refused_and_kept(client, site, subtests):
    page = opened(client, change(site))
    for (field, pasted), message in NO_COORDINATES.items():
        with subtests.test(field=field, pasted=pasted):
            response = client.post(change(site), completed(page, {field: pasted}))
            assert message in errors(response)[field][0]
            assert page_data(response)[field] == [pasted]


@pytest.mark.parametrize(
    ("written", "point"),
    [
        ("34°36′31″N 112°28′26″E", (34.6086111, 112.4738889)),
        ("https://www.openstreetmap.org/#map=17/34.6086/112.4739", (34.6086, 112.4739)),
        ("", (None, None)),
    ],
)
def test_one_box_takes_the_whole_point(client, site, written, point):
    data = filled(client, change(site))
    assert data["coordinates"] == ["34.5, 112.25"]
    response = client.post(change(site), data | {"coordinates": written})
    assert response.status_code == 302, errors(response)
    site.refresh_from_db()
    assert (site.latitude, site.longitude) == point


def test_a_point_of_a_chinese_map_is_put_right(client, site):
    written = {"coordinates": "34.6086, 112.4739", "coordinates_gcj02": "1"}
    client.post(change(site), filled(client, change(site)) | written)
    site.refresh_from_db()
    assert 34.609 < site.latitude < 34.611 and 112.466 < site.longitude < 112.469


def test_a_box_that_cannot_be_read_says_so_and_keeps_what_was_typed(client, site):
    data = filled(client, change(site)) | {"coordinates": "3436, 112"}
    response = client.post(change(site), data)
    assert "cannot be read as a point" in errors(response)["coordinates"][0]
    assert page_data(response)["coordinates"] == ["3436, 112"]
    again = client.post(change(site), page_data(response))
    assert "coordinates" in errors(again)  # still not the point that is stored


def test_a_box_that_was_left_alone_undoes_nobodys_point(client, site):
    stale = filled(client, change(site)) | {"area_ha": "3"}
    Site.objects.filter(pk=site.pk).update(latitude=35, longitude=113)
    assert client.post(change(site), stale).status_code == 302
    site.refresh_from_db()
    assert (site.latitude, site.longitude, site.area_ha) == (35, 113, 3)


def test_the_map_shows_the_land_and_the_sites_around(client, site):
    address = reverse("admin:heritage_site_point_map")
    html = client.get(address, {"point": "34.5, 112.3", "km": "40"}).content.decode()
    assert 'data-point="34.5, 112.3"' in html and "Kiln" in html
    assert "/9/" in re.search(r'<image href="([^"]+)"', html)[1]  # 60 km wide
    refused = client.get(address, {"point": "somewhere", "km": "1e9"}).content.decode()
    assert "cannot be read as a point" in refused and 'data-point=""' in refused
    client.force_login(build.make_user("nobody", is_staff=True))
    assert client.get(address).status_code == 403


def test_names_on_the_map_stay_on_it_and_off_each_other(client, site):
    build.make_site("A name that is rather long", latitude=34.5, longitude=112.45)  # at its edge
    build.make_site("Another of such a length", latitude=34.5, longitude=112.4)
    build.make_site("Far in the north", latitude=34.7, longitude=112.3)  # beyond its edge
    address = reverse("admin:heritage_site_point_map")
    html = client.get(address, {"point": "34.5, 112.3", "km": "30"}).content.decode()
    names = re.findall(r'class="map-name"[^>]*? text-anchor="(\w+)">([^<]+)<', html)
    assert names == [("start", "Kiln"), ("end", "Another of such a length")]


def test_an_operators_tiles_lie_on_the_maps_where_they_are_true(client, site, settings):
    address = reverse("admin:heritage_site_point_map")

    def corners(datum):
        """By column and row."""
        url = "https://{s}.example/{z}/{x}/{y}.png"
        layer = {"url": url, "datum": datum, "credit": "A survey", "subdomains": ["a", "b"]}
        settings.MAP_TILES = json.dumps([layer])
        html = client.get(address, {"point": "34.5, 112.3", "km": "2"}).content.decode()
        assert "GeoNames (CC BY 4.0) · A survey" in html
        tile = r'<image href="https://([ab]).example/14/(\d+)/(\d+).png" x="(.+?)" y="(.+?)"'
        found = re.findall(tile, html)
        assert {host for host, *_rest in found} == {"a", "b"}
        return {(x, y): (float(left), float(top)) for _host, x, y, left, top in found}

    true, shifted = corners("wgs84"), corners("gcj02")
    place = next(iter(true.keys() & shifted.keys()))
    across, down = (a - b for a, b in zip(true[place], shifted[place], strict=True))
    metres = 480 / 3780  # to a pixel
    assert 300 < across / metres < 700 and abs(down / metres) < 300
    policy = client.get(change(site)).headers["Content-Security-Policy"]
    assert "https://a.example https://b.example" in policy


# --- publishing and archiving ------------------------------------------------------------------


def act_on(client, action, *sites, **more):
    data = {"action": action, "_selected_action": [site.pk for site in sites], "index": "0"}
    return client.post(reverse("admin:heritage_site_changelist"), data | more, follow=True)


def test_a_reason_is_said_once_with_links_to_all_that_it_holds_for(client):
    sites = [build.make_site(f"Unfit {number}", state="draft") for number in range(3)]
    asked = act_on(client, "publish", *sites).content.decode()
    assert "Publish these sites?" in asked and asked.count("Unfit") == 3
    html = act_on(client, "publish", *sites, post="yes").content.decode()
    assert html.count("at least one kind") == 1
    for site in sites:
        assert f'<a href="{change(site)}#id_kinds">{site}</a>' in html


def test_archiving_is_confirmed_and_says_what_changes(client, site):
    draft = build.make_site("Draft", state="draft")
    response = act_on(client, "archive", site, draft)
    html = response.content.decode()
    assert "2 sites; readers see 1 of them" in html
    assert f'href="{change(site)}"' in html
    assert f'href="{change(draft)}"' in html
    assert not Site.objects.filter(state="archived").exists()
    asked = act_on(client, "archive", site, draft, post="yes", reason=" ").content.decode()
    assert "Say why, please." in asked and 'name="reason"' in asked
    assert not Site.objects.filter(state="archived").exists()
    act_on(client, "archive", site, draft, post="yes", reason="Both are one farm.")
    assert Site.objects.filter(state="archived").count() == 2
    assert ChangeSet.objects.latest("pk").reason == "Both are one farm."
    assert comment_of(ChangeSet.objects.latest("pk")) == "Archived: Both are one farm."
    told = ReviewComment.objects.filter(kind="archived").values_list("text", flat=True)
    assert list(told) == ["Both are one farm."] * 2


def test_archiving_by_the_form_asks_why_too(client, site):
    site.kinds.add(build.make_kind())
    data = filled(client, change(site), {"state": "archived"})
    assert "Say why" in errors(client.post(change(site), data))["state"][0]
    assert client.post(change(site), data | {"_comment": "It is gone."}).status_code == 302
    site.refresh_from_db()
    assert site.state == "archived"
    assert ChangeSet.objects.latest("pk").reason == "It is gone."


def test_sites_are_counted_with_their_counter_word(client, site):
    build.make_site("Another")
    listed = reverse("admin:heritage_site_changelist").replace("/en/", "/zh-hans/")
    pager = client.get(listed).content.decode().split('<nav class="paginator"')[1]
    assert "2 处遗产地" in pager.split("</nav>")[0]


@pytest.mark.parametrize("action", ["archive", "change_terms", "edit_table", "delete_selected"])
def test_the_way_back_from_an_action_leads_to_the_list_as_it_was_filtered(client, site, action):
    listed = reverse("admin:heritage_site_changelist") + "?q=Kiln"
    data = {"action": action, "_selected_action": [site.pk], "index": "0"}
    asked = client.post(listed, data, follow=True)
    html = asked.content.decode()
    assert f'href="{listed}"' in html
    # Its forms go on from there: to an address that is given, or else to that of the page.
    forms = re.findall(r'<form method="post"([^>]*)>', html[html.index('id="content"') :])
    assert forms and not any("action=" in each for each in forms)


def test_a_change_of_all_that_a_filter_leaves_changes_no_others(client, site):
    other, kind = build.make_site("Elsewhere"), build.make_kind("Pagoda")
    listed = reverse("admin:heritage_site_changelist") + "?q=Elsewhere"
    ids = {"_selected_action": [other.pk], "index": "0", "select_across": "1"}
    data = {"action": "change_terms", "operation": "add_kind", "new": kind.pk, "post": "yes"}
    response = client.post(listed, ids | data)
    assert response["Location"] == listed
    assert list(kind.sites.all()) == [other]


def test_a_term_is_replaced_on_the_way_to_the_list_as_it_was_filtered(client):
    old, new = build.make_kind("Pagodas"), build.make_kind("Pagoda")
    listed = reverse("admin:heritage_kind_changelist") + "?q=Pagodas"
    data = {"action": "replace_by", "_selected_action": [old.pk], "index": "0"}
    address = client.post(listed, data)["Location"]
    html = client.get(address).content.decode()
    assert f'href="{listed}"' in html
    shown = client.post(address, {"new": new.pk}).content.decode()
    assert f'href="{listed}"' in shown
    assert client.post(address, {"new": new.pk, "post": "yes"})["Location"] == listed


@pytest.mark.parametrize(
    ("language", "asked"),
    [("en", "Send these sites to review?"), ("zh-hans", "将这些遗产地送审？")],
)
def test_sending_to_review_is_confirmed(client, site, language, asked):
    draft = build.make_site("Draft", state="draft")
    address = reverse("admin:heritage_site_changelist").replace("/en/", f"/{language}/")
    data = {"action": "send_to_review", "_selected_action": [site.pk, draft.pk], "index": "0"}
    response = client.post(address, data)
    assert asked in response.content.decode() and response.context["affected"]["count"] == 2
    assert not Site.objects.filter(state="in_review").exists()
    client.post(address, data | {"post": "yes"})
    assert Site.objects.filter(state="in_review").count() == 2


def test_a_draft_has_a_preview_and_a_published_site_its_page(client, site):
    draft = build.make_site("Draft", state="draft")
    page = reverse("web:site", args=[draft.slug])
    html = client.get(change(draft)).content.decode()
    assert f'<a href="{page}" class="viewsitelink">Preview</a>' in html
    assert client.get(page).status_code == 200
    assert ">Public page</a>" in client.get(change(site)).content.decode()
    gone = build.make_site("Gone", state="archived")
    assert "viewsitelink" not in client.get(change(gone)).content.decode()


# --- deleting ----------------------------------------------------------------------------------


def test_the_delete_page_lists_no_internals(client, site):
    build.make_event(site, first_era=build.make_era())
    build.make_name(site, "Old kiln")
    assert SortName.objects.filter(site=site).exists()
    for response in (
        client.get(reverse("admin:heritage_site_delete", args=[site.pk])),
        act_on(client, "delete_selected", site),
    ):
        html = response.content.decode()
        assert "Old kiln" in html
        for internal in ("Site era", "Sort name", "Site_kinds", "Site-kind", "sort names"):
            assert internal.lower() not in html.lower()


# --- the form ----------------------------------------------------------------------------------


def test_errors_of_whole_sets_of_rows_are_linked(client, site):
    row = {"text": "Twice", "language": "en", "kind": "alternative"}
    response = client.post(change(site), filled(client, change(site), names=[row, row]))
    html = response.content.decode()
    links = html[html.index('class="error-links"') :]
    assert '<a href="#names-' in links[: links.index("</ul>")]


def test_the_words_of_the_form_are_right_in_both_languages(client, site):
    html = client.get(change(site)).content.decode()
    assert "somedayss" not in html.lower().replace(" ", "")
    assert "Opening hours" in html
    assert ">null</textarea>" not in html
    with translation.override("zh-hans"):
        html = client.get(change(site), {"all": 1}).content.decode()
    assert "Select an option" not in html
    assert "请选择" in html


def test_dates_and_hours_use_the_browsers_own_pickers(client, site):
    html = client.get(change(site), {"all": 1}).content.decode()
    assert re.search(r'<input type="time" name="openings-0-opens"', html)
    assert re.search(r'<input type="date" name="notices-0-begins"', html)
    assert "DateTimeShortcuts" not in html  # which tells of a time zone that is not the place's


@pytest.mark.parametrize(
    ("label", "slug"),
    [
        ({"label__en": "Cave temple"}, "cave-temple"),
        ({"label__zh-hans": "石窟寺"}, "shi-ku-si"),
        ({"label__en": "Taken"}, "taken-2"),
        ({"label__en": "Cave temple", "slug": "own"}, "own"),
    ],
)
def test_the_slug_of_a_term_is_made_from_its_label(client, label, slug):
    build.make_kind("Taken", slug="taken")
    url = reverse("admin:heritage_kind_add")
    response = client.post(url, filled(client, url, {"order": "5", **label}))
    assert response.status_code == 302, errors(response)
    assert Kind.objects.latest("pk").slug == slug


def test_two_eras_of_a_region_do_not_have_one_label(client):
    china, korea = build.make_place("China"), build.make_place("Korea")
    jin = build.make_era("Jin Dynasty", "晋", span="0266/0420", region=china)
    build.make_era("Jin Dynasty", "进", region=korea)
    address = reverse("admin:heritage_era_add")
    data = {"label__en": "Jin Dynasty", "label__zh-hans": "金", "span": "1115/1234"}
    refused = client.post(address, filled(client, address, data | {"region": china.pk}))
    assert "(266–420) is called “Jin Dynasty”, too" in errors(refused)["label"][0]
    data |= {"label__en": "Jin Dynasty (1115–1234)", "region": china.pk}
    assert client.post(address, filled(client, address, data)).status_code == 302
    # What is stored so can be changed in other respects; a check of all records names both.
    other = build.make_era("Jin Dynasty", span="1115/1234", region=china)
    stored = change(other)
    assert client.post(stored, filled(client, stored, {"span": "1115/1230"})).status_code == 302
    assert {problem.uid for problem in equal_labels()} == {jin.uid, other.uid}


def test_a_term_that_loses_its_slug_keeps_it(client):
    kind = build.make_kind("Kiln", slug="kiln")
    assert client.post(change(kind), filled(client, change(kind), {"slug": ""})).status_code == 302
    kind.refresh_from_db()
    assert kind.slug == "kiln"


# --- corrections -------------------------------------------------------------------------------


def test_an_accepted_correction_leads_to_the_field_and_to_the_page(client, site):
    row = Correction.objects.create(site=site, topic="dates", text="Not 1044.", language="en")
    link = f'<a href="{change(site)}?correction={row.pk}#events-group">'
    page = f'<a href="{reverse("web:site", args=[site.slug])}">'
    html = client.get(change(row)).content.decode()
    assert link in html
    assert page in html
    data = filled(client, change(row), {"state": "accepted"})
    html = client.post(change(row), data, follow=True).content.decode()
    assert "The record itself is not changed by this" in html
    assert link in html


# --- other names -------------------------------------------------------------------------------


def test_other_names_are_written_one_a_line(client):
    place = build.make_place("Henan", "河南省", other_names=["河南"])
    page = client.get(change(place))
    assert page_data(page)["other_names"] == ["河南"]
    sent = filled(client, change(place), {"other_names": "河南\r\n  Honan \r\n\r\n河南"})
    client.post(change(place), sent)
    place.refresh_from_db()
    assert place.other_names == ["河南", "Honan"]


@pytest.mark.parametrize("wrong", ["Honan", {"en": "Honan"}, [1]])
def test_other_names_are_a_list_of_texts(wrong):
    place = build.make_place("Henan")
    place.other_names = wrong
    with pytest.raises(ValidationError) as refused:
        place.clean_fields()
    assert "other_names" in refused.value.message_dict


def test_of_former_addresses_only_those_that_redirect_are_listed(client, editor):
    """Not one that another site has taken meanwhile."""
    temple, tower = (build.make_site(slug=slug) for slug in ("temple", "tower"))
    for site, slug in ((temple, "spare"), (tower, "temple"), (temple, "tower")):
        site.rename(slug)
    for site, listed in ((temple, "spare"), (tower, "none")):
        page = client.get(change(site)).content.decode()
        field = page[page.index("field-former_addresses") :]
        assert re.search('<div class="readonly">(.*?)</div>', field)[1] == listed


def test_the_dictionaries_are_loaded_while_a_form_is_filled_in(client, monkeypatch):
    """Once in a process, and so that the first save does not wait for them."""
    loaded, begun = [], threading.Event()
    monkeypatch.setattr(normalize, "_is_loading", begun)
    monkeypatch.setattr(normalize, "load", lambda: loaded.append(1))
    client.get(reverse("admin:heritage_site_changelist"))
    assert not begun.is_set()
    for _time in range(2):
        client.get(reverse("admin:heritage_kind_add"))
    for thread in threading.enumerate():
        if thread.name == "dictionaries":
            thread.join()
    assert loaded == [1]


def test_opening_days_are_written_as_people_do(client):
    site = build.make_site("Kiln", kinds=[build.make_kind()])
    change = reverse("admin:heritage_site_change", args=[site.pk])
    rows = [{"weekdays": days, "opens": "08:00", "closes": "17:00"} for days in ("Tue-Sun", "周一")]
    assert client.post(change, filled(client, change, openings=rows)).status_code == 302
    assert sorted(site.openings.values_list("weekdays", flat=True)) == ["1", "234567"]
    response = client.post(change, filled(client, change, openings=[{"weekdays": "soon"}]))
    assert "names no days" in str(errors(response)["openings-2-weekdays"])


def test_a_doubt_about_a_duplicate_leads_to_its_tick(client):
    build.make_site("Iron Pagoda", "铁塔", kinds=[build.make_kind()])
    add = reverse("admin:heritage_site_add")
    response = client.post(add, page_data(client.get(add)) | {"name__en": "Iron Pagoda"})
    [(anchor, _label, message)] = [
        each for each in response.context["error_links"] if each[0] == "not-the-same"
    ]
    assert f'id="{anchor}"' in response.content.decode() and "Iron Pagoda" in message


def test_an_era_in_use_is_told_with_the_sites_that_have_it(client):
    tang = build.make_era("Tang", "唐")
    site = build.make_site("Kiln", kinds=[build.make_kind()])
    for kind in ("founded", "fabric"):
        build.make_event(site, kind, first_era=tang)
    page = client.get(reverse("admin:heritage_era_delete", args=[tang.pk])).content.decode()
    change = reverse("admin:heritage_site_change", args=[site.pk])
    assert page.count(f'<a href="{change}">Kiln</a>') == 1
    assert "Events (era)" in page
