"""A date that is not known more closely, between 618 and 907, wherever dates are used."""

import pytest
from django.http import QueryDict
from django.utils.translation import override

from heritage.models import Era, Event
from heritage.search.filters import SiteFilter
from heritage.search.index.snapshot import TermTree
from heritage.services.record_problems import problems
from heritage.web.shared.certainty import event_phrase
from heritage.web.site.events import site_timeline
from tests import builders as build
from tests.webrows import rows_of

pytestmark = pytest.mark.django_db


def test_its_years_are_the_first_and_the_last_that_it_may_be():
    site = build.make_site("Hall")
    for date in ("[0618..0907]", "[1592,1596]", "[..0067]", "[1406..]", "[-0474..-0220]"):
        build.make_event(site, date=date)
    rows = Event.objects.values_list("date", "first_year", "last_year")
    years = {date: (first, last) for date, first, last in rows}
    assert years == {
        "[0618..0907]": (618, 907),
        "[1592,1596]": (1592, 1596),
        "[..0067]": (None, 67),
        "[1406..]": (1406, None),
        "[-0474..-0220]": (-474, -220),
    }


def test_filters_find_it_in_each_year_that_it_may_be_and_no_other():
    site = build.make_site("Hall")
    build.make_event(site, "founded", date="[0618..0907]")
    later = build.make_site("Tower")
    build.make_event(later, "founded", date="0700")

    def found(query):
        return set(SiteFilter(QueryDict(query)).hits)

    assert found("from=700&to=700") == {site.pk, later.pk}
    assert found("from=907&to=1000") == found("from=500&to=618") == {site.pk}
    assert found("from=908&to=1000") == set()
    assert SiteFilter(QueryDict("sort=oldest")).page("en", 0, 9) == [site.pk, later.pk]


@pytest.mark.parametrize(
    ("date", "english", "chinese"),
    [
        ("[0618..0907]", "At some time between 618 and 907", "618年至907年之间某时"),
        ("[1592,1596]", "1592 or 1596", "1592年或1596年"),
        ("[..0067]", "Before 68 CE", "公元68年以前"),
    ],
)
def test_the_page_says_so_in_both_languages(client, date, english, chinese):
    site = build.make_site("Hall", "殿", slug="hall")
    build.make_event(site, "founded", date=date)
    for language, said in (("en", english), ("zh-hans", chinese)):
        html = client.get(f"/{language}/sites/hall/").content.decode()
        assert said.lower() in html.lower(), language
        assert "0618" not in html and "[" + date[1:5] not in html


def test_a_card_and_the_timeline_take_it_for_no_span():
    site = build.make_site("Hall")
    event = build.make_event(site, "founded", date="[0618..0907]")
    build.make_event(site, "rebuilt", date="1592")
    with override("en"):
        assert event_phrase(event) == "Founded between 618 and 907"
    with override("zh-hans"):
        assert "618年至907年之间" in event_phrase(event)
    first, second = site_timeline(rows_of(site), TermTree(Era.objects.all())).marks
    assert first.is_loose and not first.is_dot and not second.is_loose


def test_it_must_lie_in_its_era():
    tang = build.make_era("Tang", "唐", span="0618/0907")
    site = build.make_site("Hall")
    sound = build.make_event(site, date="[0618..0907]", first_era=tang)
    wrong = build.make_event(site, date="[0910..0950]", first_era=tang)
    about = {problem.uid for problem in problems() if problem.field == "date"}
    assert about == {wrong.uid} and sound.uid not in about
