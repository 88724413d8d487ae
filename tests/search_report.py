"""Measures how searches are answered on the records of the demo, for `docs/search.md`.

    HERITAGE_DATA=… uv run python -m tests.search_report

With `--tuned` only the table that rules are made by, and what is wrong in it; with `--bulk` only
the names and towns, and which are missed; with `--filters` 300 random combinations of filters, with
a count of each, against the database asked row by row. With `--constants` how many cases of that
table are right with other values of the numbers that were chosen (those with a word behind it in
their names): all misspelt ones or suggestions for the numbers of these, all for the others; how
many sites a list has that no site fits wholly, and how many unrelated searches find something.

`facts/search_cases.csv` is what rules are made by, and what tests ask. A third of the table was
drawn at random and set aside (`facts/search_cases_set_aside.csv`) before the rules of today were
made: no test asks it, nobody makes a rule by it, and only this command runs it. Beside both stands
what plain full text finds. Then come names in common questions, and towns of the world.
"""

import os
import random
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from statistics import mean
from time import process_time

import django

SET_ASIDE = Path(__file__).parent / "facts" / "search_cases_set_aside.csv"
UNRELATED = Path(__file__).parent / "facts" / "unrelated_searches.txt"
SAMPLE = 100  # names of each question, and towns
_SHOWN = 3  # places of a list among which a site must be
_SEED = 20261130
_PATTERNS = {
    "when was {} built": "en",
    "who built {}": "en",
    "what year was {} inscribed": "en",
    "{} tickets": "en",
    "{} opening hours": "en",
    "{}在哪里": "zh-hans",
    "{}介绍": "zh-hans",
    "{}门票": "zh-hans",
    "{}什么时候建的": "zh-hans",
}
# Numbers in the code that were chosen and not derived, each with a lower and a higher value.
_CONSTANTS = {
    "text_search._UNKNOWN": (3.0, 12.0),
    "text_search._LEAST": (0.17, 0.68),
    "text_search._HALF": (0.3, 0.8),
    "query_language.spelling._SHORTEST": (3, 8),
    "query_language.spelling._SHORTEST_BY_ITSELF": (4, 12),
    "ranking._LOOKED_AT": (100, 2_000),
    "suggest._FEWEST_HELD": (2, 6),
    "suggest._LARGE": (10, 90),
}
_COMBINATIONS = 300  # of filters
_HALF = 0.5
_NEAR = {"near {}": "en", "within 100 km of {}": "en", "{}附近": "zh-hans"}
_FAR_KM = 40  # from the middle of a town, at most, to be near it


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heritage.settings")
    django.setup()
    from tests import search_cases  # it imports models

    if "--constants" in sys.argv:
        wanted = sys.argv[sys.argv.index("--constants") + 1 :]  # parts of names; all without any
        _try_constants(list(search_cases.cases()), wanted)
        return
    if "--filters" in sys.argv:
        _try_filters()
        return
    is_tuned, is_bulk = "--tuned" in sys.argv, "--bulk" in sys.argv
    show = is_tuned or is_bulk
    plain = PlainFullText()
    tables = [("tuned", search_cases.PATH), ("set aside", SET_ASIDE)]
    for title, path in () if is_bulk else tables[:1] if is_tuned else tables:
        cases = list(search_cases.cases(path))
        before = process_time()
        judged = [(case, search_cases.fault(case)) for case in cases]
        cost = (process_time() - before) / len(cases)
        right = sum(not fault for _case, fault in judged)
        print(
            f"{title}: {right} of {len(cases)} ({right / len(cases):.1%}),"
            f" {cost * 1000:.1f} ms each"
        )
        for kind, share in search_cases.shares(judged).items():
            number = sum(case.kind == kind for case in cases)
            print(f"  {kind}: {share:.1%} of {number}")
        named = [case for case in cases if case.kind == "found"]
        found = sum(bool(set(plain.first(case.query)) & set(case.any_of)) for case in named)
        print(f"  found by plain full text: {found / len(named):.1%} of {len(named)}")
        empty = [case.query for case in named if not search_cases.listed(case)[1]]
        print(f"  empty: {len(empty)}")
        if show:
            for case, fault in judged:
                if fault:
                    print(f"    {case.expect} {case.query} [{'|'.join(case.any_of)}]: {fault}")
    print(f"unrelated: {_unrelated()} find something")
    if is_tuned:
        return
    for pattern, language in _PATTERNS.items():
        missed = list(_missed(pattern, language))
        print(f"{pattern}: {SAMPLE - len(missed)} of {SAMPLE}" + f" {missed}" * show)
    for pattern, language in _NEAR.items():
        towns = _towns(language)
        missed = [name for name, point in towns if not _is_near(pattern.format(name), point)]
        print(f"{pattern}: {len(towns) - len(missed)} of {len(towns)}" + f" {missed}" * show)


def _try_constants(cases: list, wanted: list[str]) -> None:
    from heritage.search import store
    from tests import search_cases

    def right(asked: list) -> str:
        index = store.current()
        index.cache.clear()
        index.vocabulary.cache.clear()
        number = sum(not search_cases.fault(case) for case in asked)
        return f"{number} ({_in_part(asked):.1f} sites in part, unrelated {_unrelated()})"

    for path, values in _CONSTANTS.items():
        if wanted and not any(part in path for part in wanted):
            continue
        asked = _deciding(path, cases)
        module_name, _dot, name = path.rpartition(".")
        module = import_module(f"heritage.search.{module_name}")
        chosen = getattr(module, name)
        found = [f"{chosen} (chosen): {right(asked)} of {len(asked)}"]
        for value in values:
            setattr(module, name, value)
            found.append(f"{value}: {right(asked)}")
        setattr(module, name, chosen)
        print(f"{path} {', '.join(found)}", flush=True)


def _in_part(cases: list) -> float:
    """How many sites a list has at the mean, of those that no site fits wholly."""
    from tests import search_cases

    lists = [search_cases.listed(case)[0] for case in cases if case.kind == "found"]
    lengths = [len(each.hits) for each in lists if each.answer and each.answer.partly]
    return mean(lengths) if lengths else 0


def _unrelated() -> int:
    """How many searches that have nothing to do with heritage find something."""
    from heritage.search.filters import SiteFilter

    texts = UNRELATED.read_text(encoding="utf-8").splitlines()
    return sum(bool(SiteFilter({"q": text}).hits) for text in texts)


def _deciding(path: str, cases: list) -> list:
    """The cases that a number can decide, as far as their groups tell."""
    if path.startswith("suggest."):
        return [case for case in cases if case.kind == "suggest"]
    if ".spelling." in path:
        return [case for case in cases if case.group in ("misspelling", "absurd correction")]
    return cases


def _try_filters() -> None:
    """Sites, their order and the count of one value beside, for random filters."""
    from django.http import QueryDict

    from heritage.search import brute_force, store
    from heritage.search.counting import facet_counts
    from heritage.search.facets.facet_list import FACETS
    from heritage.search.filters import SiteFilter

    index, dice = store.current(), random.Random(_SEED)
    values = {
        facet.name: [facet.slug(value) for value in facet.listed(index, index.vocabulary)]
        for facet in FACETS
    }
    wrong = wrong_counts = 0
    for _ in range(_COMBINATIONS):
        query = QueryDict(mutable=True)
        for name in dice.sample(sorted(filter(values.get, values)), dice.randint(1, 3)):
            most = min(len(values[name]), dice.choice([1, 2]))
            query.setlist(name, dice.sample(values[name], most))
        if dice.random() < _HALF:
            query["sort"] = dice.choice(["oldest", "inscribed", "recent"])
        filtered, expected = SiteFilter(query), brute_force.in_order(query)
        is_right = set(filtered.hits) == set(expected)
        if not is_right or filtered.page("en", 0, len(expected)) != expected:
            wrong += 1
            print(f"  wrong: {query.urlencode()}: {len(filtered.hits)}, not {len(expected)}")
        facet = dice.choice([each for each in facet_counts(filtered) if each.options])
        option, alone = dice.choice(facet.options), query.copy()
        alone.setlist(facet.name, [option.value])
        if option.count != len(brute_force.matching(alone)):
            wrong_counts += 1
            print(f"  wrong count: {alone.urlencode()}: {option.count}")
    print(f"filters: of {_COMBINATIONS} wrong {wrong}, their counts {wrong_counts}")


def _missed(pattern: str, language: str) -> Iterator[str]:
    from heritage.models import Site
    from heritage.search.filters import SiteFilter

    sites = [s for s in Site.objects.published().order_by("uid") if language in s.name]
    for site in random.Random(_SEED).sample(sites, SAMPLE):
        text = pattern.format(site.name[language])
        if site.pk not in SiteFilter({"q": text}).page(language, 0, _SHOWN):
            yield text


def _towns(language: str) -> list[tuple[str, tuple[float, float]]]:
    """Names and points of towns that travellers name."""
    from heritage.cartography import gazetteer

    drawn = random.Random(_SEED).sample(gazetteer.known_towns(), SAMPLE)
    return [(town.zh if language == "zh-hans" else town.name, town.point) for town in drawn]


def _is_near(text: str, point: tuple[float, float]) -> bool:
    from heritage.search.filters import SiteFilter
    from heritage.values.coordinates import distance_km

    centre = SiteFilter({"q": text}).chosen("near")
    return centre is not None and centre.point and distance_km(centre.point, point) < _FAR_KM


class PlainFullText:
    """The full text of a database as it comes: all names and texts, all words, else any of them."""

    def __init__(self) -> None:
        from heritage.models import Site
        from heritage.values import normalize

        self._words = lambda text: [
            part
            for word in normalize.tokens(text)
            for part in (word if "㐀" <= word[0] <= "鿿" else [word])
        ]
        self._base = sqlite3.connect(":memory:")
        self._base.execute("CREATE VIRTUAL TABLE records USING fts5(slug UNINDEXED, words)")
        for site in Site.objects.published().prefetch_related("names").select_related("place"):
            texts: Iterable[str] = (
                *site.name.values(), *(name.text for name in site.names.all()),
                *site.summary.values(), *site.description.values(),
                *(site.place.label.values() if site.place else ()),
            )  # fmt: skip
            words = " ".join(word for text in texts for word in self._words(text))
            self._base.execute("INSERT INTO records VALUES (?, ?)", (site.slug, words))

    def first(self, text: str) -> list[str]:
        quoted = [f'"{word}"' for word in self._words(text)]
        for joint in (" AND ", " OR "):
            rows = (
                self._base.execute(
                    "SELECT slug FROM records WHERE records MATCH ? ORDER BY rank LIMIT ?",
                    (joint.join(quoted), _SHOWN),
                ).fetchall()
                if quoted
                else []
            )
            if rows:
                break
        return [slug for (slug,) in rows] if quoted else []


if __name__ == "__main__":
    main()
