"""Measures how searches are answered on the records of the demo, for `docs/search.md`.

    HERITAGE_DATA=… uv run python -m tests.search_report

With `--tuned` only the table that rules are made by, and what is wrong in it; with `--bulk` only
the names and towns, and which are missed; with `--constants` how many cases of that table are right
with other values of the numbers that were chosen (those with a word behind it in their names): all
misspelt ones or suggestions for the numbers of these, every third case for the others.

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
from time import process_time

import django

SET_ASIDE = Path(__file__).parent / "facts" / "search_cases_set_aside.csv"
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
    "text_search._COMMON": (0.1, 0.5),
    "text_search._OF_NAMES": (1, 4),
    "text_search._UNKNOWN": (3.0, 9.0),
    "text_search._LEAST": (0.2, 0.5),
    "text_search._BY_ITSELF": (0.3, 0.7),
    "text_search._HALF": (0.4, 0.8),
    "query_language.site_names._FEW": (5, 80),
    "query_language.site_names._FEW_OF": (25, 200),
    "query_language.site_names._FEWEST_LETTERS": (3, 5),
    "query_language.spelling._SHORTEST": (3, 5),
    "query_language.spelling._SHORTEST_BY_ITSELF": (5, 7),
    "ranking._LOOKED_AT": (100, 2_000),
    "suggest._FEWEST_HELD": (2, 6),
    "suggest._LARGE": (10, 90),
}
_EACH = 3  # of the cases one in three is asked with each value
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

    def right(asked: list) -> int:
        index = store.current()
        index.cache.clear()
        index.vocabulary.cache.clear()
        return sum(not search_cases.fault(case) for case in asked)

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


def _deciding(path: str, cases: list) -> list:
    """The cases that a number can decide, as far as their groups tell."""
    if path.startswith("suggest."):
        return [case for case in cases if case.kind == "suggest"]
    if ".spelling." in path:
        return [case for case in cases if case.group in ("misspelling", "absurd correction")]
    return cases[::_EACH]


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
