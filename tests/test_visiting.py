"""What is shown of a visit that nobody has checked: by its date and its quality, and marked so."""

import re
from datetime import date, time

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone, translation

from heritage.formats import Addresses, jsonld
from heritage.models import ChangeSet, Identity, Opening, Price, VisitingFact
from heritage.search import brute_force
from heritage.search.index.snapshot import HoursGroup
from heritage.services.record_problems import problems
from heritage.web.shared.visiting import visiting
from tests import builders as build
from tests.test_search_filters import found
from tests.webrows import rows_of

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 25)


@pytest.fixture
def site():
    return build.make_site("A", slug="site")


def basis(sources=0, recalled=False, **fields) -> dict:
    """What a row rests on: so many sources."""
    kind = "recalled" if recalled else "web"
    names = ("source", "second_source")[:sources]
    return {name: build.make_source(name, kind=kind) for name in names} | fields


RULES = {  # what: (fields, of which a row is shown, of which one may rely on)
    "nothing": (lambda: basis(), False, False),
    "a source alone": (lambda: basis(1), False, False),
    "a day alone": (lambda: basis(checked_on=TODAY), False, False),
    "checked": (lambda: basis(1, checked_on=TODAY), True, True),
    "dated, of no quality": (lambda: basis(1, as_of="2020"), False, False),
    "official and dated": (lambda: basis(1, quality="official", as_of="2020-03"), True, True),
    "official, undated": (lambda: basis(1, quality="official"), False, False),
    "official, of no source": (lambda: basis(quality="official", as_of="2020"), False, False),
    "press and dated": (lambda: basis(1, quality="press", as_of="2020"), True, False),
    "press, undated": (lambda: basis(1, quality="press"), False, False),
    "reported by two": (lambda: basis(2, quality="reported"), True, False),
    "reported by one": (lambda: basis(1, quality="reported", as_of="2020"), False, False),
    "reported, then checked": (lambda: basis(2, quality="reported", checked_on=TODAY), True, True),
    "recalled": (lambda: basis(1, recalled=True, quality="recalled"), False, False),
}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "every day, 1 February to 31 March closed"),
        ("zh-hans", "2月1日至3月31日，每天 不开放"),
    ],
)
def test_hours_say_their_season_in_words(language, said):
    with translation.override(language):
        assert str(Opening(season_from="02-01", season_to="03-31")) == said


@pytest.mark.parametrize("model", [Opening, Price, VisitingFact])
@pytest.mark.parametrize(("fields", "shown", "dependable"), RULES.values(), ids=RULES)
def test_what_is_shown_and_what_is_relied_on(site, model, fields, shown, dependable):
    row = make(model, site, **fields())
    assert row.is_shown is shown and row.is_dependable is dependable
    assert model.objects.shown().exists() is shown
    assert model.objects.with_reliance().get().relied_on is dependable
    assert bool(found("has=visiting")) is shown
    assert bool(found("open=2026-11-25")) is (shown and model is Opening)
    assert bool(found("open=2026-11-25&hours=official")) is (dependable and model is Opening)
    assert bool(found("open=2026-11-25&hours=unknown")) is not (shown and model is Opening)


def make(model, site, kind="phone", **fields):
    own = {
        Opening: {"opens": time(8), "closes": time(17)},
        Price: {"label": build.text("Adults"), "amount": 30},
        VisitingFact: {"kind": kind, "value": "+86 1"},
    }
    return model.objects.create(site=site, **own[model] | fields)


@pytest.mark.parametrize("kind", VisitingFact.Kind.values)
def test_only_what_harms_nobody_is_recalled(site, kind):
    row = make(VisitingFact, site, kind, **basis(1, recalled=True, quality="recalled"))
    harmless = kind in ("time_needed", "best_season")
    assert row.is_shown is VisitingFact.objects.shown().exists() is harmless


def test_one_source_named_twice_is_one(site):
    source = build.make_source()
    row = make(Price, site, quality="reported", source=source, second_source=source)
    assert not row.is_shown and not Price.objects.shown()


REFUSED = {
    "quality without a source": (lambda: basis(quality="press", as_of="2020"), "source"),
    "official, undated": (lambda: basis(1, quality="official"), "as_of"),
    "press, undated": (lambda: basis(1, quality="press"), "as_of"),
    "reported by one": (lambda: basis(1, quality="reported"), "second_source"),
    "a recalled price": (lambda: basis(1, quality="recalled"), "quality"),
}


@pytest.mark.parametrize(("fields", "field"), REFUSED.values(), ids=REFUSED)
def test_forms_and_the_check_of_the_catalogue_refuse(site, fields, field):
    row = make(Price, site, **fields())
    with pytest.raises(ValidationError) as error:
        row.full_clean()
    assert list(error.value.message_dict) == [field]
    found = [problem.field for problem in problems() if problem.label == "heritage.price"]
    assert found == [field]


# --- which sites are open on a day -------------------------------------------------------------

MONDAY, TUESDAY = "2026-11-30", "2026-12-01"
OFFICIAL = {"quality": "official", "as_of": "2019"}
REPORTED = {"quality": "press", "as_of": "2023"}
CLOSED = {"opens": None, "closes": None}
GROUPS = {  # what: (rows, the day, the group of the site)
    "official": ([OFFICIAL], MONDAY, "official"),
    "reported": ([REPORTED], MONDAY, "reported"),
    "official beside reported": ([OFFICIAL, REPORTED], MONDAY, "official"),
    "closed on Mondays, all else of one source": (
        [OFFICIAL, OFFICIAL | CLOSED | {"weekdays": "1"}], MONDAY, "closed",
    ),
    "the day after": ([OFFICIAL, OFFICIAL | CLOSED | {"weekdays": "1"}], TUESDAY, "official"),
    "closed as reported": ([REPORTED | CLOSED], MONDAY, "closed"),
    "officially open, closed as reported": ([OFFICIAL, REPORTED | CLOSED], MONDAY, "official"),
    "officially closed, open as reported": ([OFFICIAL | CLOSED, REPORTED], MONDAY, "closed"),
    "reports that contradict": ([REPORTED, REPORTED | CLOSED], MONDAY, "closed"),
    "rows of other days": ([REPORTED | {"weekdays": "67"}], MONDAY, "unclear"),
    "rows of another season": (
        [OFFICIAL | {"season_from": "04-01", "season_to": "10-31"}], MONDAY, "unclear",
    ),
    "the season of another year": (
        [OFFICIAL | {"season_from": "04-01", "season_to": "10-31"}], "2031-04-01", "official",
    ),
    "a season over the new year": (
        [REPORTED | {"season_from": "11-15", "season_to": "01-31"}], "2027-01-31", "reported",
    ),
    "the 29th of February": (
        [REPORTED | {"season_from": "02-29", "season_to": "02-29"}], "2028-02-29", "reported",
    ),
    "nothing": ([], MONDAY, "unknown"),
    "what nobody vouches for": ([{}], MONDAY, "unknown"),
}  # fmt: skip


def groups_of(client, query, language="en") -> dict[str, int]:
    """The counts of the groups on a page, by what their links ask for; "" is all that are open."""
    found = client.get(f"/{language}/sites/?{query}").context["list"].day_groups
    return {QueryDict(group.query).get("hours", ""): group.count for group in found}


@pytest.mark.parametrize(("rows", "day", "group"), GROUPS.values(), ids=GROUPS)
def test_a_site_is_in_one_group_of_a_day(client, site, rows, day, group):
    for fields in rows:
        make(Opening, site, **basis(1) | fields)
    assert brute_force.hours_groups(date.fromisoformat(day)) == {site.pk: group}
    is_open = group in ("official", "reported")
    assert found(f"open={day}") == (["site"] if is_open else [])
    for each in HoursGroup.values:
        assert found(f"open={day}&hours={each}") == (["site"] if each == group else []), each
    counts = {"": int(is_open)} | dict.fromkeys(HoursGroup.values, 0) | {group: 1}
    assert groups_of(client, f"open={day}") == counts
    assert groups_of(client, f"open={day}&hours=closed") == counts


@pytest.mark.parametrize("kind", ["hours", "closed_days", "phone"])
def test_hours_that_are_given_in_words_are_not_unknown(client, site, kind):
    make(VisitingFact, site, kind, **basis(1) | OFFICIAL)
    group = "unknown" if kind == "phone" else "unclear"
    assert found(f"open={MONDAY}&hours={group}") == ["site"]
    shown = " ".join(client.get(f"/en/sites/?open={MONDAY}&hours={group}").content.decode().split())
    assert ("official, as of 2019" in shown) is (kind != "phone")


def test_a_notice_closes_a_site_whatever_its_hours_are(client, site):
    make(Opening, site, **basis(1, checked_on=TODAY))
    build.make_notice(site, ends=date(2026, 11, 30))
    assert found(f"open={MONDAY}") == [] and found(f"open={TUESDAY}") == ["site"]
    html = client.get(f"/en/sites/?open={MONDAY}&hours=closed").content.decode()
    assert "Closed for repair" in html and "08:00" not in html


def test_the_groups_are_counted_among_what_other_filters_leave(client):
    here = build.make_place(slug="here")
    for place in (here, None):
        one, other, _nothing = (build.make_site(place=place) for _n in range(3))
        make(Opening, one, **basis(1) | OFFICIAL)
        make(Opening, other, **basis(1) | REPORTED)
    asked = {"": 2, "official": 1, "reported": 1, "closed": 0, "unclear": 0, "unknown": 1}
    for hours in ("", "&hours=unknown", "&hours=closed"):
        assert groups_of(client, f"place=here&open={MONDAY}{hours}") == asked
    assert groups_of(client, f"open={MONDAY}") == {key: 2 * n for key, n in asked.items()}


SAID = {  # language: what the list says of official and of reported hours
    "en": ("08:00–17:00", "official, as of 2019", "last entry 16:00", "press, as of 2023",
           "Other sources: 9:00 on Sundays.", "· the palace"),
    "zh-hans": ("08:00–17:00", "官方信息，截至2019年", "16:00停止入场", "新闻报道，截至2023年",
                "另有说法：周日九点。", "· 宫殿"),
}  # fmt: skip


@pytest.mark.parametrize("view", ["", "&view=list"])
@pytest.mark.parametrize(("language", "said"), SAID.items(), ids=SAID)
def test_a_list_says_hours_what_they_rest_on_and_of_when(client, language, said, view):
    first, second = build.make_site("A"), build.make_site("B")
    make(Opening, first, **basis(1) | OFFICIAL, last_entry=time(16))
    make(Opening, first, **basis(1) | OFFICIAL | {"weekdays": "7", "note": build.text("Sunday!")})
    make(
        Opening, second, **basis(1) | REPORTED, note=build.text("the palace", "宫殿"),
        differs=build.text("9:00 on Sundays.", "周日九点。"),
    )  # fmt: skip
    html = client.get(f"/{language}/sites/?open={MONDAY}{view}").content.decode()
    html = " ".join(html.split())
    for words in said:
        assert words in html, words
    assert "Sunday!" not in html
    assert html.count('<span class="mark">') == 1  # the reported ones alone


def test_a_group_is_a_filter_that_can_be_taken_off(client, site):
    page = client.get(f"/en/sites/?open={MONDAY}&hours=closed").context["list"]
    day, group = page.applied
    assert (day.label, str(day.value), day.without) == ("Day", "Monday, 30 November 2026", "")
    assert (group.label, str(group.value)) == ("Hours", "closed that day")
    assert group.without == f"open={MONDAY}" and page.ways[0].query == ""
    assert ("hours", "closed") in page.carried
    alone = client.get("/en/sites/?hours=closed")
    assert (alone.status_code, alone.url) == (302, "/en/sites/")


def test_a_day_in_chinese_names_its_weekday(client, site):
    page = client.get(f"/zh-hans/sites/?open={MONDAY}").context["list"]
    assert str(page.applied[0].value) == "2026年11月30日（星期一）"


def test_titles_and_feeds_say_that_hours_are_official_or_reported(client, site):
    make(Opening, site, **basis(1) | REPORTED)
    said = "open on Monday, 30 November 2026 by official or reported hours"
    assert f"<title>{said} · " in client.get(f"/en/sites/?open={MONDAY}").content.decode()
    assert said in client.get(f"/en/sites/feed.atom?open={MONDAY}").content.decode()


# --- the page ----------------------------------------------------------------------------------


def page(client, language="en") -> str:
    return re.sub(r"\s+", " ", client.get(f"/{language}/sites/site/").content.decode())


TODAYS = {  # what: (hours, the words of the first look)
    "open": (OFFICIAL, ("Open, 08:00–17:00", "开放，08:00–17:00")),
    "closed": (OFFICIAL | CLOSED, ("> Closed<", "> 不开放<")),
    "nothing": (None, ("Hours not checked", "开放时间待核")),
}


@pytest.mark.parametrize(("hours", "words"), TODAYS.values(), ids=TODAYS)
def test_a_page_says_first_whether_one_can_come_today(client, site, hours, words):
    assert "visit-today" not in page(client)
    make(Price, site, **basis(1) | OFFICIAL)
    if hours:
        make(Opening, site, **basis(1) | hours)
    for language, said in zip(("en", "zh-hans"), words, strict=True):
        first = page(client, language).partition('class="visit-today')[2].partition("</section>")[0]
        assert said in first.replace('"day-state">', '"day-state"> ').replace(" </p>", "</p>")
        assert "30 CNY" in first or "30元" in first
        assert "2019" in first and 'href="#visit"' in first
    build.make_notice(site)
    assert " is-closed" in page(client).partition('class="visit-today')[2][:20]


LINES = {
    "official": (
        lambda: basis(1, quality="official", as_of="2020-03"),
        ("official, as of March 2020", "官方信息，截至2020年3月"),
    ),
    "press": (
        lambda: basis(1, quality="press", as_of="2018-12-28"),
        ("press, as of 28 December 2018", "新闻报道，截至2018年12月28日"),
    ),
    "about": (
        lambda: basis(1, quality="official", as_of="2017~"),
        ("official, as of about 2017", "官方信息，截至2017年前后"),
    ),
    "reported": (
        lambda: basis(2, quality="reported"),
        ("as reported, undated", "攻略所载，未注日期"),
    ),
    "reported with a date": (
        lambda: basis(2, quality="reported", as_of="2017"),
        ("as reported, 2017", "攻略所载，2017年"),
    ),
    "checked since": (
        lambda: basis(1, quality="press", as_of="2018", checked_on=TODAY),
        ("checked on 25 November 2026", "2026年11月25日核对"),
    ),
}


@pytest.mark.parametrize(("fields", "words"), LINES.values(), ids=LINES)
def test_a_row_says_how_old_it_is_and_what_it_rests_on(client, site, fields, words):
    row = make(Price, site, **fields())
    html = page(client)
    assert words[0] in html and str(row.source) in html
    assert row.second_source is None or str(row.second_source) in html
    assert words[1] in page(client, "zh-hans")


def test_what_was_recalled_bears_its_mark(client, site):
    make(VisitingFact, site, "time_needed", **basis(1, recalled=True, quality="recalled"))
    html = page(client)
    visit = html[html.index('id="visit"') : html.index('id="where"')]
    assert "<dt>Time needed</dt> <dd>recalled, not checked </dd>" in " ".join(visit.split())
    fact = visit.partition("<dl")[2].partition("</dl>")[0]
    assert "undated" in fact and 'href="#mark-recalled"' in fact
    assert "from general knowledge. Check before you go." in visit
    assert '<div id="mark-recalled">' in html


@pytest.mark.parametrize(
    ("more", "english", "chinese"),
    [
        ({"as_of": "2017"}, "2017, may be out of date", "2017年，可能已有变动"),
        ({"as_of": "2021-10"}, "2021, may be out of date", "2021年，可能已有变动"),
        ({"as_of": "2021-11-03"}, "2021", "2021年"),
        ({"as_of": "2021"}, "2021", "2021年"),  # perhaps its December
        ({"as_of": "2016/2023"}, "2023", "2023年"),
        ({"checked_on": date(2020, 1, 1)}, "2020, may be out of date", "2020年，可能已有变动"),
        ({"as_of": "2017", "checked_on": TODAY}, "2026", "2026年"),
        ({}, "undated", "年份不详"),
    ],
)
def test_each_line_says_of_what_year_it_is(client, site, monkeypatch, more, english, chinese):
    monkeypatch.setattr("heritage.web.shared.visiting.localdate", lambda: TODAY)
    make(Price, site, **basis(2, quality="reported"), **more)
    for language, words in (("en", english), ("zh-hans", chinese)):
        assert f'<span class="visiting-year">{words}' in page(client, language)


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        (["2017-07-11", "2020-03", ""], "sources from 2017 to 2020"),
        (["2020-03", "2020"], "sources of 2020"),
        ([""], "and undated"),
    ],
)
def test_the_page_says_once_how_old_all_of_it_is(client, site, dates, words):
    sources = basis(2, quality="reported")
    for as_of in dates:
        make(Price, site, **sources, as_of=as_of)
    html = page(client)
    assert html.count('class="visit-age"') == 1 and html.lower().count("check before you go") == 1
    assert words in html


def test_it_does_not_if_all_was_checked(client, site):
    make(Price, site, **basis(1, checked_on=TODAY))
    assert "visit-age" not in page(client)


def test_others_that_differ_are_told(client, site):
    make(Price, site, **basis(1, checked_on=TODAY, differs=build.text("40 CNY.", "40元。")))
    assert "Other sources: 40 CNY." in page(client)
    chinese = page(client, "zh-hans")
    assert "另有说法：40元。" in chinese and "CNY" not in chinese


def test_rows_on_the_same_basis_say_it_once(client, site):
    same = basis(1, quality="official", as_of="2020")
    for label in ("Adults", "Students"):
        Price.objects.create(site=site, label=build.text(label), amount=30, **same)
    Price.objects.create(
        site=site, label=build.text("Others"), amount=30, order=9, **same | {"as_of": "2021"}
    )
    assert [bool(hint.basis) for hint in visiting(rows_of(site)).prices] == [False, True, True]
    assert page(client).count("official, as of 2020") == 1


def test_a_traveller_reads_it_in_order_and_before_the_registers(client, site):
    fields = basis(1, checked_on=TODAY)
    build.make_coverage(site, build.make_designation())
    for kind in reversed(VisitingFact.Kind.values):
        VisitingFact.objects.create(site=site, kind=kind, text=build.text(f"Of {kind}."), **fields)
    make(Opening, site, **fields)
    make(Price, site, **fields)
    html = page(client).partition('id="visit"')[2]
    order = ["Opening hours", "08:00–17:00", "Of closed_days.", "30 CNY", "Of booking.",
             "Of getting_there.", "Of time_needed.", "Of phone.",
             "Status and protection"]  # fmt: skip
    places = [html.index(words) for words in order]
    assert places == sorted(places)


# --- other programs ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (lambda: basis(1, quality="official", as_of="2020"), True),
        (lambda: basis(1, quality="press", as_of="2020"), False),
        (lambda: basis(2, quality="reported", as_of="2020"), False),
        (lambda: basis(2, quality="reported", as_of="2020", checked_on=TODAY), True),
    ],
)
def test_programs_are_told_what_is_official_and_dated(site, fields, told):
    for model in (Opening, Price, VisitingFact):
        make(model, site, **fields())
    identity = Identity.objects.first() or Identity(name=build.text("Heritage"))
    document = jsonld.site_document(
        rows_of(site), Addresses("https://heritage.example"), identity, TODAY
    )
    names = {"openingHoursSpecification", "isAccessibleForFree", "telephone"}
    assert names & document.keys() == (names if told else set())


# --- editors -----------------------------------------------------------------------------------


def confirm(row) -> str:
    return reverse(f"admin:heritage_{row._meta.model_name}_checked", args=[row.pk])


@pytest.mark.parametrize("model", [Opening, Price, VisitingFact])
def test_an_editor_confirms_a_fact_from_its_list(client, editor, site, model):
    row = make(model, site, **basis(2, quality="reported", as_of="2017"))
    url = reverse(f"admin:heritage_{row._meta.model_name}_changelist")
    html = client.get(url).content.decode()
    form = html[html.index('id="changelist-form"') :]
    assert f'formaction="{confirm(row)}"' in form and "csrfmiddlewaretoken" in form

    before = row.source, row.second_source, row.as_of, row.quality
    response = client.post(
        confirm(row), headers={"referer": f"http://testserver{url}?quality__exact=reported"}
    )
    assert response.url.endswith("?quality__exact=reported")
    row.refresh_from_db()
    assert row.checked_on == timezone.localdate()
    assert (row.source, row.second_source, row.as_of, row.quality) == before
    change = ChangeSet.objects.latest("pk")
    assert (change.kind, change.user) == ("edit", editor)
    assert "was checked today" in client.get(url).content.decode()


@pytest.mark.parametrize("fields", [{}, {"sources": 1, "recalled": True}], ids=str)
def test_what_has_no_source_is_not_confirmed(client, editor, site, fields):
    row = make(VisitingFact, site, "time_needed", **basis(**fields))
    response = client.post(confirm(row), follow=True)
    assert "give it one first" in response.content.decode()
    row.refresh_from_db()
    assert row.checked_on is None


def test_only_who_may_change_it_confirms_and_only_by_a_post(client, editor, site):
    row = make(Price, site, **basis(1))
    assert client.get(confirm(row)).status_code == 405
    assert client.post(confirm(row).replace(str(row.pk), "99999")).status_code == 404
    client.force_login(build.make_user("wang", group="contributor"))
    assert client.post(confirm(row)).status_code == 403  # of a published site
    assert Price.objects.get().checked_on is None


def test_the_form_says_why_readers_do_not_see_a_row(client, editor, site):
    for kind, resting in [
        ("phone", basis()),
        ("website", basis(1)),
        ("entrance", basis(1, checked_on=TODAY)),
    ]:
        make(VisitingFact, site, kind, **resting)
    address = reverse("admin:heritage_site_rows", args=[site.pk, "visitingfacts"])
    html = client.get(address).content.decode()
    said = dict(re.findall(r"(Phone|Website|Entrance)[^<]*(?:<small>(.*?)</small>)?", html))
    assert said == {
        "Phone": "not shown to readers: it has no source",
        "Website": "not shown to readers: nobody has checked it",
        "Entrance": "",
    }


def test_it_leads_to_no_other_server(client, editor, site):
    row = make(Price, site, **basis(1))
    response = client.post(confirm(row), headers={"referer": "https://elsewhere.example/"})
    assert response.url == reverse("admin:heritage_price_changelist")


def test_the_words_are_chinese_in_chinese(site):
    row = make(Price, site, **basis(1, quality="press", as_of="2020"))
    with translation.override("zh-hans"):
        assert row.get_quality_display() == "新闻报道"
