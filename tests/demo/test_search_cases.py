"""Searches as people type them, on the records of the demo: what is first, and what never is."""

import random
from collections import defaultdict

import pytest

from heritage.models import Place, Site
from heritage.search.filters import SiteFilter
from heritage.values import normalize, tokens
from tests import search_cases

pytestmark = pytest.mark.django_db

SAMPLE = 60  # records of each question in bulk
LANGUAGES = ("en", "zh-hans", "fr", "es", "ru", "ar")
# Of the table, by what a row expects.
LEAST = {"found": 0.95, "filter": 0.95, "suggest": 0.95, "absurd": 1}


def found(text: str, site: Site, most: int = 5) -> bool:
    return site.pk in SiteFilter({"q": text}).page("en", 0, most)


def _name(site: Site, language: str) -> str:
    return next((row.text for row in site.names.all() if row.language == language), "")


def _plural(word: str) -> str:
    if word.endswith("y") and word[-2] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s"


def sampled(sites: list[Site], number: int = SAMPLE) -> list[Site]:
    return random.Random(68).sample(sites, number)


@pytest.fixture(scope="module")
def sites(demo, django_db_blocker):
    with django_db_blocker.unblock():
        return list(Site.objects.published().order_by("uid").prefetch_related("names"))


def most(asked: list[tuple[str, Site]], least: float) -> None:
    """At least so large a share of the texts finds its site among the first."""
    missed = [text for text, site in asked if not found(text, site)]
    assert len(missed) <= (1 - least) * len(asked), missed


def test_searches_find_what_people_mean(demo):
    judged = [(case, search_cases.fault(case)) for case in search_cases.cases()]
    shares = search_cases.shares(judged)
    said = "\n".join(f"{case.expect} {case.query}: {fault}" for case, fault in judged if fault)
    assert not [kind for kind, share in shares.items() if share < LEAST[kind]], said


def test_nothing_is_empty_where_something_fits(demo):
    empty = [
        case.query
        for case in search_cases.cases()
        if case.kind == "found" and not SiteFilter({"q": case.query}).hits
    ]
    assert len(empty) <= 3, empty  # names that no record has


def test_a_famous_sight_that_is_not_here_is_said_not_to_be(demo):
    sights = list(Place.objects.filter(level=Place.Level.SIGHT))
    assert len(sights) > 100
    wrong = []
    for sight in sights:
        for text in (*sight.label.values(), *sight.other_names):
            answer = SiteFilter({"q": text}).answer
            centre = answer.filters and answer.filters[0].values == (f"place:{sight.slug}",)
            if not (answer.is_absent and centre):
                wrong.append(text)
    assert not wrong


def test_the_exact_name_is_first_in_six_languages(sites):
    """Of several sites of one name any is right."""
    named = defaultdict(set)
    for site in sites:
        for name in (*site.name.values(), *(row.text for row in site.names.all())):
            named[normalize.fold(name)].add(site.pk)
    missed = []
    for language in LANGUAGES:
        named_so = [site for site in sites if language in site.name or _name(site, language)]
        for site in random.Random(language).sample(named_so, min(SAMPLE, len(named_so))):
            name = site.name.get(language) or _name(site, language)
            [first] = SiteFilter({"q": name}).page("en", 0, 1) or [None]
            if first not in named[normalize.fold(name)]:
                missed.append((language, name))
    assert missed == []


def test_the_name(sites):
    most([(f"the {site.name['en']}", site) for site in sampled(sites)], 0.97)


def test_the_name_in_its_place(sites):
    asked = [
        (f"{site.name['en']} in {site.place.label['en']}", site)
        for site in sampled(sites)
        if site.place
    ]
    most(asked, 0.97)
    asked = [
        (f"{site.place.label['zh-hans']}{site.name['zh-hans']}", site)
        for site in sampled(sites)
        if site.place and "zh-hans" in site.name
    ]
    most(asked, 0.9)


def test_the_name_and_unesco(sites):
    listed = [site for site in sites if site.inscribed_year]
    asked = [(f"{site.name['en']} UNESCO", site) for site in sampled(listed)]
    asked += [
        (f"{site.name['zh-hans']} 世界遗产", site)
        for site in sampled(listed)
        if "zh-hans" in site.name
    ]
    most(asked, 0.97)


def test_the_last_word_in_the_other_number(sites):
    asked = []
    for site in sampled(sites, 2 * SAMPLE):
        words = normalize.tokens(site.name["en"])
        if words[-1].isascii() and words[-1].isalpha() and len(words[-1]) > 3:
            other = [each for each in tokens.other_numbers(words[-1]) if each.endswith(("y", "e"))]
            last = other[0] if other else words[-1].removesuffix("s")
            asked.append((" ".join([*words[:-1], last]), site))
            if last == words[-1]:
                asked[-1] = (" ".join([*words[:-1], _plural(last)]), site)
    most(asked, 0.97)


def test_what_is_asked_in_a_sentence(sites):
    asked = [(f"what is {site.name['en']}?", site) for site in sampled(sites)]
    most(asked, 0.97)


def test_near_a_town_is_what_lies_in_it_too(demo):
    near = SiteFilter({"q": "grottoes near Zhengzhou"})
    assert near.data.getlist("near") == ["place:zhengzhou"]
    assert near.hits and near.hits >= SiteFilter({"place": "zhengzhou", "kind": "grottoes"}).hits
    all_near = SiteFilter({"near": "place:zhengzhou"}).hits
    assert all_near > SiteFilter({"place": "zhengzhou"}).hits


def test_near_a_province_is_in_it_where_nothing_is_near_its_middle(demo):
    near = SiteFilter({"q": "grottoes near Gansu"})
    assert near.data.getlist("place") == ["gansu"] and near.hits


def test_what_stands_behind_unknown_characters_is_found(demo):
    assert found("医圣张仲景", Site.objects.get(slug="tomb-and-shrine-of-zhang-zhongjing"), 1)


def test_one_word_of_several_in_a_long_text_is_no_answer(demo):
    assert not SiteFilter({"q": "battle of waterloo"}).hits


def test_the_page_says_what_was_understood(client, demo):
    shown = client.get("/en/sites/", {"q": "castles in Germany"}).context["list"]
    assert shown.understood == "castles in Germany" and shown.total
    assert [(item.label, str(item.value)) for item in shown.applied] == [
        ("Kind", "Castle"),
        ("Place", "Germany"),
    ]
    assert shown.literal_query == "q=castles+in+Germany&literal=1"
    literal = client.get(f"/en/sites/?{shown.literal_query}").context["list"]
    assert (literal.understood, [item.name for item in literal.applied]) == ("", ["q"])
