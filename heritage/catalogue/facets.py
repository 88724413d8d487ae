"""What can be chosen, with how many sites each choice would show.

Each facet is counted among the sites that all *other* filters leave, so that choosing a
second value of it shows what one would get.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import QueryDict

from heritage.catalogue.filters import SiteFilter, index_name
from heritage.models import Era, Event, Kind, Place, Scheme, UnescoStatus
from heritage.values.language import Text


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: Text | str
    count: int
    chosen: bool
    depth: int
    note: str = ""  # what tells it from its like, such as the years of an era


@dataclass(frozen=True, slots=True)
class Facet:
    name: str
    label: str
    options: list[Option]

    @property
    def chosen(self) -> list[Option]:
        return [option for option in self.options if option.chosen]


@dataclass(frozen=True, slots=True)
class Applied:
    """One filter that is applied, in words, with the query string that takes it off."""

    name: str
    label: str
    value: Text | str
    without: str


def facets(filtered: SiteFilter) -> list[Facet]:
    """All facets of a list; values without a site are left out unless they are chosen."""
    return [
        _tree_facet(filtered, "kind", Kind),
        _tree_facet(filtered, "era", Era),
        _unesco_facet(filtered),
        _scheme_facet(filtered),
        _tree_facet(filtered, "place", Place),
    ]


def applied(filtered: SiteFilter, facets: Iterable[Facet]) -> list[Applied]:
    """What is applied, in words, in the order of the facets; the text first."""
    found = []
    text = filtered.chosen("q")
    if text:
        label = str(filtered.filters["q"].label)
        found.append(Applied("q", label, text, query(filtered.data, "q")))
    role = dict(Event.Role.choices).get(filtered.chosen("role"), "")
    for facet in facets:
        for option in facet.chosen:
            label = f"{facet.label} ({role})" if role and facet.name == "era" else facet.label
            without = query(filtered.data, facet.name, option.value)
            found.append(Applied(facet.name, label, option.label, without))
    return found


def query(data: QueryDict, name: str, value: str | None = None) -> str:
    """The query string without `name` (or without one value of it), starting at its first page."""
    data = data.copy()
    kept = [] if value is None else [v for v in data.getlist(name) if v != value]
    data.setlist(name, kept)
    data.pop("page", None)
    return data.urlencode()


# --- one facet each --------------------------------------------------------------------------


def _tree_facet(filtered: SiteFilter, name: str, model) -> Facet:
    """A vocabulary: a term counts the sites of its narrower terms too."""
    index, hits = filtered.index, filtered.without(name)
    value = index_name(name, filtered.chosen("role"))
    chosen = {term.pk for term in filtered.chosen(name) or ()}
    children = defaultdict(list)
    for term in model.objects.all():
        children[term.parent_id].append(term)
    options: list[Option] = []

    def walk(parent_id: int | None, depth: int) -> None:
        for term in children[parent_id]:
            count = hits.intersection_cardinality(index.having(f"{value}:{term.pk}"))
            if count or term.pk in chosen:
                note = term.years() if isinstance(term, Era) else ""
                label = term.label.best()
                options.append(Option(term.slug, label, count, term.pk in chosen, depth, note))
            if count or chosen:
                walk(term.pk, depth + 1)

    walk(None, 0)
    return Facet(name, str(filtered.filters[name].label), options)


def _unesco_facet(filtered: SiteFilter) -> Facet:
    values = [(status.value, str(status.label), status.value) for status in UnescoStatus]
    return _flat_facet(filtered, "unesco", "unesco", values, filtered.chosen("unesco") or ())


def _scheme_facet(filtered: SiteFilter) -> Facet:
    schemes = Scheme.objects.filter(role__in=(Scheme.Role.PROTECTION, Scheme.Role.RATING))
    values = [(scheme.pk, scheme.label.best(), scheme.slug) for scheme in schemes]
    chosen = {scheme.slug for scheme in filtered.chosen("protection") or ()}
    return _flat_facet(filtered, "protection", "scheme", values, chosen)


def _flat_facet(filtered: SiteFilter, name: str, value: str, values, chosen) -> Facet:
    """`values` are (what the index calls it, label, what the address calls it)."""
    index, hits = filtered.index, filtered.without(name)
    options = []
    for key, label, slug in values:
        count = hits.intersection_cardinality(index.having(f"{value}:{key}"))
        if count or slug in chosen:
            options.append(Option(slug, label, count, slug in chosen, 0))
    return Facet(name, str(filtered.filters[name].label), options)
