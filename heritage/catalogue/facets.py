"""What can be chosen, with how many sites each choice would show.

Each facet is counted among the sites that all *other* filters leave, so that choosing a
second value of it shows what one would get.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import QueryDict

from heritage.catalogue.filters import SiteFilter
from heritage.models import (
    Coverage,
    Designation,
    Era,
    Event,
    Kind,
    Place,
    Scheme,
    Site,
    SiteEra,
    UnescoStatus,
)
from heritage.models.unesco import status_condition
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
        _tree_facet(filtered, "kind", Kind, _kind_pairs),
        _tree_facet(filtered, "era", Era, _era_pairs),
        _unesco_facet(filtered),
        _scheme_facet(filtered),
        _tree_facet(filtered, "place", Place, _place_pairs),
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


def _tree_facet(filtered, name: str, model, pairs) -> Facet:
    """A vocabulary: a term counts the sites of its narrower terms too, each once."""
    terms = list(model.objects.all())
    by_term: dict[int, set[int]] = defaultdict(set)
    for term_id, site_id in pairs(filtered):
        by_term[term_id].add(site_id)
    children = defaultdict(list)
    for term in terms:
        children[term.parent_id].append(term)
    chosen = {term.pk for term in filtered.chosen(name) or ()}
    options: list[Option] = []

    def walk(parent_id, depth) -> set[int]:
        """Add the options below a term; gives the sites of all of them."""
        below: set[int] = set()
        for term in children[parent_id]:
            position = len(options)
            sites = by_term[term.pk] | walk(term.pk, depth + 1)
            if sites or term.pk in chosen:
                note = term.years() if isinstance(term, Era) else ""
                options.insert(
                    position,
                    Option(
                        term.slug, term.label.best(), len(sites), term.pk in chosen, depth, note
                    ),
                )
            below |= sites
        return below

    walk(None, 0)
    return Facet(name, str(filtered.filters[name].label), options)


def _kind_pairs(filtered):
    rows = Site.kinds.through.objects.filter(site__in=filtered.without("kind"))
    return rows.values_list("kind_id", "site_id")


def _era_pairs(filtered):
    rows = SiteEra.objects.filter(site__in=filtered.without("era"))
    role = filtered.chosen("role")
    return (rows.filter(role=role) if role else rows).values_list("era_id", "site_id")


def _place_pairs(filtered):
    sites = filtered.without("place")
    yield from sites.filter(place__isnull=False).order_by().values_list("place_id", "pk")
    rows = Site.also_in.through.objects.filter(site__in=sites)
    yield from rows.values_list("place_id", "site_id")


def _unesco_facet(filtered) -> Facet:
    sites, chosen = filtered.without("unesco"), filtered.chosen("unesco") or ()
    options = [
        Option(status.value, str(status.label), count, status.value in chosen, 0)
        for status in UnescoStatus
        if (count := sites.filter(status_condition([status])).count()) or status.value in chosen
    ]
    return Facet("unesco", str(filtered.filters["unesco"].label), options)


def _scheme_facet(filtered) -> Facet:
    chosen = {scheme.pk for scheme in filtered.chosen("protection") or ()}
    standing = Designation.Standing
    rows = Coverage.objects.filter(
        site__in=filtered.without("protection"),
        designation__standing__in=(standing.IN_FORCE, standing.IN_DANGER),
    )
    sites = defaultdict(set)
    for scheme_id, site_id in rows.values_list("designation__scheme_id", "site_id"):
        sites[scheme_id].add(site_id)
    options = [
        Option(scheme.slug, scheme.label.best(), len(sites[scheme.pk]), scheme.pk in chosen, 0)
        for scheme in Scheme.objects.filter(role__in=(Scheme.Role.PROTECTION, Scheme.Role.RATING))
        if sites[scheme.pk] or scheme.pk in chosen
    ]
    return Facet("protection", str(filtered.filters["protection"].label), options)
