"""What pages say of what records rest on, and of where sources disagree."""

import json
import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict

from heritage.admin.lists.filters import TrustFilter
from heritage.models import Correction, Disagreement, Site, Source
from heritage.search import SiteFilter, current_index
from tests import builders as build
from tests.webrows import full_site, vocabulary

pytestmark = pytest.mark.django_db


def html_of(client, path, language="en"):
    response = client.get(f"/{language}/{path}")
    assert response.status_code == 200, path
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.fixture
def longmen():
    """Two statements from registers, one published, two unchecked, one without a source."""
    register, web, recalled = (
        build.make_source(k, kind=k) for k in ("register", "web", "recalled")
    )
    site = build.make_site(
        "Longmen", slug="longmen", summary=build.text("Caves."), sources=[register, recalled],
        latitude=34.5, longitude=112.4, point_source=register,
    )  # fmt: skip
    build.make_coverage(site, build.make_designation(source=register))
    build.make_event(site, "begun", "0493", source=web)
    build.make_event(site, "enlarged", "0675", source=recalled, uid="enlarged-675")
    build.make_name(site, "Yique", "historical")
    return site


@pytest.mark.parametrize(
    ("language", "line"),
    [
        (
            "en",
            "6 statements: 2 from registers, 1 from a publication, 2 unchecked, 1 without a source",
        ),
        ("zh-hans", "6 条记述：2 条出自名录、1 条出自出版物、2 条待核、1 条无来源"),
    ],
)
def test_a_page_counts_its_statements_by_what_they_rest_on(client, longmen, language, line):
    assert line in html_of(client, "sites/longmen/", language)
    assert line in html_of(client, "sources/", language)


def test_a_reader_can_help_with_each_statement_that_is_to_be_checked(client, longmen):
    html = html_of(client, "sites/longmen/")
    offered = dict(re.findall(r'href="([^"]*\?about=[^"]+)"[^>]*>([^<]+)<', html))
    assert [label.partition(":")[0] for label in offered.values()] == [
        "The text", "Enlarged", "Yique",
    ]  # fmt: skip
    [address] = [url for url in offered if "enlarged-675" in url]
    form = client.get(address).content.decode()
    assert "enlarged: 675" in form
    assert re.search(r'value="dates" selected', form)
    assert f'action="{address}"' in form  # so that what is sent is about it, too


def test_what_is_sent_about_a_statement_names_it(client, longmen, monkeypatch):
    monkeypatch.setattr("heritage.web.corrections.views.MIN_SECONDS", 0)
    address = "/en/sites/longmen/correction/?about=event-enlarged-675"
    key = re.search(r'name="key" value="([^"]+)"', client.get(address).content.decode())[1]
    sent = {"key": key, "topic": "dates", "text": "The niche bears the year.", "website": ""}
    assert client.post(address, sent).status_code == 302
    assert Correction.objects.get().text == "“enlarged: 675”\nThe niche bears the year."


def test_a_link_about_a_statement_that_is_gone_opens_the_plain_form(client, longmen):
    form = client.get("/en/sites/longmen/correction/?about=event-none").content.decode()
    assert "It is about this statement" not in form
    assert 'action="/en/sites/longmen/correction/"' in form


def test_each_source_leads_to_the_sites_that_rest_on_it(client, longmen):
    build.make_site("Another")
    html = html_of(client, "sources/")
    for source in Source.objects.exclude(kind="recalled"):
        assert f"?source={source.uid}" in html
        assert set(SiteFilter({"source": source.uid}).hits) == {longmen.pk}
    web = Source.objects.get(kind="web")
    listed = html_of(client, f"sites/?source={web.uid}")
    assert "Longmen" in listed and "Another" not in listed and "Source" in listed
    longmen.events.filter(source=web).delete()
    assert not SiteFilter({"source": web.uid}).hits


def test_the_page_of_sources_counts_by_kind_and_class(client, longmen):
    html = html_of(client, "sources/")
    rows = {
        label: [int(n) for n in re.findall(r'ledger-number">(\d+)<', cells)]
        for label, cells in re.findall(r'<tr><th scope="row">([^<]+)</th>(.*?)</tr>', html)
    }
    assert rows["Events"] == [0, 0, 1, 1, 0, 2]
    assert rows["Texts"] == [0, 0, 0, 1, 0, 1]
    assert rows["Further names"] == [0, 0, 0, 0, 1, 1]
    assert rows["Together"] == [0, 2, 1, 2, 1, 6]
    assert "3 statements are unchecked or have no source. They are in one record." in html


def test_a_count_that_takes_long_is_kept_for_a_while_and_says_so(client, longmen, monkeypatch):
    monkeypatch.setattr("heritage.web.trust.sources.SLOW_SECONDS", -1)
    monkeypatch.setattr("heritage.web.trust.sources._slow", None)
    says_so = "What was written since then is not in these numbers yet."
    html = html_of(client, "sources/")
    assert "6 statements" in html and says_so not in html
    build.make_name(longmen, "Gate of Yi", "historical")
    for _again in range(2):
        html = html_of(client, "sources/")
        assert "6 statements" in html and says_so in html
    monkeypatch.setattr("heritage.web.trust.sources.CACHED_FOR", timedelta())
    html = html_of(client, "sources/")
    assert "7 statements" in html and says_so not in html


def test_editors_filter_by_what_records_rest_on(client, longmen):
    build.make_site("Empty")
    columns = ["place", "unchecked_statements"]
    client.force_login(build.make_user(is_superuser=True, site_columns=columns))
    for value, found in (("unchecked", {"Longmen"}), ("checked", {"Empty"})):
        page = client.get("/en/admin/heritage/site/", {"trust": value})
        assert {str(site) for site in page.context["cl"].result_list} == found
        # The index answers for published sites what the database would.
        spec = next(x for x in page.context["cl"].filter_specs if isinstance(x, TrustFilter))
        rows = spec.queryset(page.wsgi_request, Site.objects.all())
        published = spec.published(page.wsgi_request, current_index())
        assert set(published) == {row.pk for row in rows}
    column = page.context["cl"].list_display.index("unchecked_statements")
    sorted_page = client.get("/en/admin/heritage/site/", {"o": f"-{column}"})
    assert [str(site) for site in sorted_page.context["cl"].result_list] == ["Longmen", "Empty"]


# --- disagreements -------------------------------------------------------------------------------


def test_a_site_page_marks_the_fact_and_tells_both_values(client):
    site = full_site(vocabulary())
    html = html_of(client, f"sites/{site.slug}/")
    section = re.search(r'<section id="disagreements".*?</section>', html)[0]
    assert section.count("Fired brick") == 4 and section.count("Mud brick") == 7
    assert "By tradition" not in section and "about 493" in section  # the date of the event
    assert "longmen" in section.lower()  # the name of the record
    assert section.count("The excavation found it so.") == 7
    assert "Shown so since November 2026" in section
    # Beside the event, the entry, and each fact of the record.
    assert html.count('class="mark mark-differs" href="#disagreements"') == 7
    chinese = html_of(client, f"sites/{site.slug}/", "zh-hans")
    assert "发掘所见如此。" in chinese and "土坯" in chinese


def test_the_page_lists_filters_and_pages_them(client, monkeypatch):
    china, chile = (build.make_place(name, level="country") for name in ("China", "Chile"))
    luoyang = build.make_place("Luoyang", parent=china)
    longmen = build.make_site("Longmen", place=luoyang)
    rapa_nui = build.make_site("Rapa Nui", place=chile)
    build.make_disagreement(longmen, "name")
    build.make_disagreement(longmen)
    build.make_disagreement(rapa_nui)
    build.make_disagreement(build.make_site("Draft", state="draft", place=chile))
    html = html_of(client, "disagreements/")
    assert "3 are on record." in html and "Draft" not in html
    assert html.index('<h2 id="group-1">Name') < html.index('<h2 id="group-2">Other statement')
    assert html_of(client, "disagreements/?fact=other").count("differs-entry") == 2
    in_chile = html_of(client, f"disagreements/?country={chile.slug}")
    assert in_chile.count("differs-entry") == 1 and "Rapa Nui" in in_chile
    both = html_of(client, f"disagreements/?fact=name&country={china.slug}")
    assert both.count("differs-entry") == 1
    for wrong in ("fact=colour", "country=atlantis", "page=2", "page=x", f"country={luoyang.slug}"):
        assert client.get(f"/en/disagreements/?{wrong}").status_code == 404
    monkeypatch.setattr("heritage.web.trust.disagreements.PER_PAGE", 2)
    assert html_of(client, "disagreements/?page=2").count("differs-entry") == 1


def test_visiting_facts_that_others_tell_otherwise_are_among_them(client):
    site = build.make_site("White Horse Temple")
    others = build.text("Until 19:00.", "至19时。")
    build.make_fact(site, "hours", text=build.text("Until 18:00."), differs=others)
    build.make_fact(site, "phone", text=build.text("0379"))
    hidden = build.make_fact(site, "other", checked=False, differs=others)
    html = html_of(client, "disagreements/?fact=visit")
    assert html.count("differs-entry") == 1
    assert "White Horse Temple" in html and "Until 19:00." in html
    assert not hidden.is_shown


def test_no_page_tells_another_point_of_a_blurred_site(client):
    site = build.make_site("A tomb", slug="tomb", latitude=34.51, longitude=112.41)
    build.make_disagreement(site, "point", other=build.text("34.7777° N"))
    pages = ("disagreements/", "disagreements.json", "sites/tomb/")
    assert all("34.7777" in html_of(client, page) for page in pages)
    Site.objects.filter(pk=site.pk).update(blur_km=5)
    assert not any("34.7777" in html_of(client, page) for page in pages)


def test_programs_read_both_values_in_every_language(client):
    site = build.make_site("Longmen", "龙门石窟", slug="longmen")
    event = build.make_event(site, "begun", "0493~")
    list_ = build.make_source("The List", kind="register", url="https://list.example/")
    build.make_disagreement(
        site, "date", event=event, other=build.text("494", "494年"), other_source=list_,
        since="2026-11",
    )  # fmt: skip
    found = json.loads(client.get("/en/disagreements.json").content)
    [row] = found["disagreements"]
    assert row["site"]["name"] == {"en": "Longmen", "zh-hans": "龙门石窟"}
    assert row["site"]["url"].endswith("/en/sites/longmen/")
    assert row["shown"] == {"en": "about 493", "zh-hans": "493年前后"}
    assert row["other"] == {"en": "494", "zh-hans": "494年"}
    assert row["otherSource"]["url"] == "https://list.example/"
    assert (row["fact"], row["event"], row["since"]) == ("date", event.uid, "2026-11")
    none = client.get("/en/disagreements.json?fact=name")
    assert json.loads(none.content)["disagreements"] == []


def test_the_value_shown_is_that_of_the_record_as_it_now_is(client):
    site = build.make_site("Longmen", "龙门石窟", slug="longmen")
    row = build.make_disagreement(site, "name", other=build.text(zh="伊阙"))
    assert row.values_shown() == {"zh-hans": "龙门石窟"}
    site.name = build.text("Longmen", "龙门")
    site.save()
    assert Disagreement.objects.get().values_shown() == {"zh-hans": "龙门"}
    assert ">龙门</span>" in html_of(client, "disagreements/")


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"fact": "other"}, "shown"),
        ({"fact": "name"}, None),
        ({"fact": "point"}, None),
        ({"fact": "other", "shown": {"en": "Fired brick"}}, None),
        ({"fact": "date", "event": "theirs"}, "event"),
        ({"fact": "date", "event": "own"}, None),
    ],
)
def test_what_a_disagreement_must_say(fields, wrong):
    site = build.make_site("Longmen")
    events = {"own": build.make_event(site), "theirs": build.make_event(build.make_site("Yungang"))}
    fields = fields | {"event": events.get(fields.get("event"))}
    row = Disagreement(site=site, other=build.text("x"), reason=build.text("y"), **fields)
    if wrong is None:
        row.full_clean()
        return
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert set(refused.value.message_dict) == {wrong}


def test_a_disagreement_outlives_the_event_that_it_is_about():
    site = build.make_site("Longmen")
    event = build.make_event(site, "begun", "0493")
    row = build.make_disagreement(site, "date", event=event)
    event.delete()
    row.refresh_from_db()
    assert row.event is None


def test_a_filtered_list_of_sources_keeps_its_other_filters(longmen):
    source = Source.objects.get(kind="web")
    query = QueryDict(f"source={source.uid}&q=longmen")
    assert {item.name for item in SiteFilter(query).active()} >= {"source"}


def test_names_that_a_register_gives_cite_it(client):
    """Those of one register stand together, and its source with the last of them."""
    list_ = build.make_source("The List", kind="register")
    name = build.text("Longmen", fr="Grottes de Longmen", es="Grutas de Longmen", ru="Лунмэнь")
    site = build.make_site("Longmen", slug="longmen")
    Site.objects.filter(pk=site.pk).update(name=name)
    named = build.text("Longmen", fr="Grottes de Longmen", es="Grutas de Longmen")
    entry = build.make_designation("world_heritage", name=named, source=list_)
    build.make_coverage(site, entry)
    section = re.search(r'id="names".*?</section>', html_of(client, "sites/longmen/"))[0]
    lines = re.findall(r"<li>(.*?)</li>", section)
    cites = {re.search(r'lang="(\w+)"', line)[1]: "The List" in line for line in lines}
    official = {re.search(r'lang="(\w+)"', line)[1]: "official ·" in line for line in lines}
    assert official == {"fr": True, "es": True, "ru": False}
    assert sum(cites.values()) == 1 and not cites["ru"]


@pytest.mark.parametrize(
    ("kind", "shown"),
    [("recalled", 'class="mark mark-recalled'), ("dataset", "A gazetteer")],
)
def test_centres_and_territories_tell_their_source(client, kind, shown):
    source = build.make_source("A gazetteer", kind=kind)
    county = build.make_place(
        "Mengzhou", latitude=34.9, longitude=112.8, radius_km=15, centre_source=source
    )
    site = build.make_site("Lost city", place=county)
    era = build.make_era("Liao", territory_source=source)
    era.territory.add(county)
    place = html_of(client, f"places/{county.slug}/")
    assert shown in place.partition("Centre, by which sites are found")[2].partition("</p>")[0]
    where = html_of(client, f"sites/{site.slug}/").partition('id="where"')[2]
    assert shown in where.partition("</section>")[0]
    held = html_of(client, f"eras/{era.slug}/").partition("Territory</dt>")[2].partition("</dd>")[0]
    assert shown in held and "Mengzhou" in held
