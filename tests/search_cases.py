"""Judges how searches are answered, as `tests/facts/search_cases.csv` says what they should find.

A row has a search in a language, and what is wanted of it: `first` and `top3` name sites, `filter`
the filters that it means, `suggest` what stands among the first suggestions while it is typed, and
`absurd` what must not come: EMPTY stands for anything that is not marked as part of what is asked.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils import translation

from heritage.models import Site
from heritage.search import store, suggest
from heritage.search.filters import SiteFilter
from heritage.values import normalize

PATH = Path(__file__).parent / "facts" / "search_cases.csv"
_SUGGESTED = 3  # of which one must be what is wanted
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Case:
    query: str
    language: str
    group: str
    expect: str
    any_of: list[str]

    @property
    def kind(self) -> str:
        """What a share is counted of: those that name sites are one kind."""
        return "found" if self.expect in ("first", "top3") else self.expect


def cases(path: Path = PATH) -> Iterator[Case]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            wanted = row["any_of"].split("|")
            yield Case(row["query"], row["language"], row["group"], row["expect"], wanted)


def fault(case: Case) -> str:
    """What is wrong with the answer; empty where nothing is."""
    with translation.override(case.language):
        return _JUDGES[case.expect](case)


def listed(case: Case, most: int = 3) -> tuple[SiteFilter, list[str]]:
    filtered = SiteFilter({"q": case.query})
    ids = filtered.page(case.language, 0, most)
    slugs = dict(Site.objects.filter(pk__in=ids).values_list("pk", "slug"))
    return filtered, [slugs[pk] for pk in ids]


def _first(case: Case) -> str:
    _filtered, slugs = listed(case, 1)
    return "" if set(slugs) & set(case.any_of) else _said(slugs)


def _top3(case: Case) -> str:
    _filtered, slugs = listed(case)
    return "" if set(slugs) & set(case.any_of) else _said(slugs)


def _said(slugs: list[str]) -> str:
    return ", ".join(slugs) or "nothing"


def _filter(case: Case) -> str:
    """The list must be that of the filters, however it came about."""
    filtered = SiteFilter({"q": case.query})
    if filtered.answer is None or filtered.answer.partly:
        return "in part, or nothing"
    wanted: dict[str, list[str]] = {}
    for each in case.any_of:
        name, value = _as_filter(each)
        wanted.setdefault(name, []).append(value)
        if name == "from":
            wanted["to"] = [each.partition("..")[2]]
            wanted["to"] = [_historical(wanted["to"][0])]
    if filtered.raw_data.get("q") and (role := filtered.data.get("role")):
        wanted["role"] = [role]
    # Near a place and in it are both right, and words besides may narrow further.
    rights = [wanted]
    if "near" in wanted:
        rights.append({**{k: v for k, v in wanted.items() if k != "near"}, "place": wanted["near"]})
    if any(filtered.hits == SiteFilter(right).hits for right in rights):
        return ""
    found = {
        name: filtered.data.getlist(name)
        for name in filtered.data
        if name in filtered.filters and name != "q"
    }
    return f"{found} + {filtered.data.get('q', '')!r}: {len(filtered.hits)}"


def _as_filter(said: str) -> tuple[str, str]:
    """What an address calls a filter of the table."""
    name, _is, value = said.partition("=")
    match name:
        case "world_heritage":
            return "unesco", "listed"
        case "danger":
            return "unesco", "in_danger"
        case "free":
            return "has", "free"
        case "grade":
            return "rating", f"cn-rating.{value}"
        case "protection":
            return "protection", f"cn-{value}"
        case "batch":
            return "batch", f"cn-national.{value}"
        case "years":
            return "from", _historical(value.partition("..")[0])
        case "open":
            days = (_WEEKDAYS.index(value) - date.today().weekday()) % 7
            return "open", date.fromordinal(date.today().toordinal() + days).isoformat()
    return name, value


def _historical(year: str) -> str:
    """The table counts a year 0."""
    number = int(year)
    return str(number - 1 if number <= 0 else number)


def _absurd(case: Case) -> str:
    filtered, slugs = listed(case, 1)
    answer = filtered.answer
    said = [answer.corrected, answer.suggestion] if answer else []
    is_marked = answer is None or bool(answer.partly or answer.unread or answer.is_absent)
    names = [str(site.name) for site in Site.objects.filter(slug__in=slugs)]
    for bad in case.any_of:
        folded = normalize.fold(bad)
        if bad == "EMPTY":
            if (answer and answer.corrected) or (not is_marked and filtered.hits):
                return f"{answer} {_said(slugs)}"
        elif any(folded == normalize.fold(each) for each in said if each):
            return f"corrected to {bad}"
        elif not is_marked and any(folded in normalize.fold(each) for each in (*slugs, *names)):
            return f"finds {_said(slugs)}"
    return ""


def _suggest(case: Case) -> str:
    """It stands among the first, or first of its kind."""
    groups = suggest.suggestions(store.current(), case.query)
    lines = [line.slug for group in groups for line in group.lines]
    found = {*lines[:_SUGGESTED], *(group.lines[0].slug for group in groups)}
    wanted = {"danger": "in_danger", "world_heritage": "listed"}
    wanted = {wanted.get(each, each) for each in case.any_of}
    return "" if wanted & found else _said(lines)


_JUDGES = {
    "first": _first, "top3": _top3, "filter": _filter, "absurd": _absurd, "suggest": _suggest,
}  # fmt: skip


def shares(judged: list[tuple[Case, str]]) -> dict[str, float]:
    """By kind, the share that is right."""
    kinds = {case.kind for case, _fault in judged}
    return {
        kind: sum(not fault for case, fault in judged if case.kind == kind)
        / sum(case.kind == kind for case, _fault in judged)
        for kind in sorted(kinds)
    }
