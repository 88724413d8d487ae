"""Parts of the world, under which the list of eras is arranged."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from heritage.search import IndexSnapshot, areas
from heritage.values.language import LazyText

_MOST = 0.75  # of the sites lie in a part that they are said to lie in


@dataclass(frozen=True, slots=True)
class WorldPart:
    slug: str
    label: LazyText
    countries: frozenset[int]
    sites: BitMap


def _group(label: LazyText, *slugs: str, also: str = "", without: str = "") -> areas.CountryGroup:
    codes = {code for slug in slugs for code in areas.GROUPS[slug].codes.split()}
    codes = (codes | set(also.split())) - set(without.split())
    return areas.CountryGroup(label, "", " ".join(sorted(codes)))


# Where the readers of history look for a country: Iran is no part of Southern Asia to them.
_PARTS = {
    "eastern-asia": _group(_("Eastern Asia outside China"), "eastern-asia"),
    "south-eastern-asia": _group(_("South-eastern Asia"), "south-eastern-asia"),
    "southern-asia": _group(_("Southern Asia"), "southern-asia", without="IR"),
    "central-asia": _group(_("Central Asia"), "central-asia"),
    "western-asia": _group(_("Western Asia"), "western-asia", also="IR"),
    "northern-africa": _group(_("Northern Africa"), "northern-africa"),
    "sub-saharan-africa": _group(_("Sub-Saharan Africa"), "sub-saharan-africa"),
    "europe": _group(
        _("Europe"), "northern-europe", "western-europe", "southern-europe", "eastern-europe"
    ),
    "northern-america": _group(_("Northern America"), "northern-america"),
    "latin-america": _group(
        _("Latin America and the Caribbean"), "caribbean", "central-america", "south-america"
    ),
    "oceania": _group(_("Oceania"), "oceania"),
}


LABELS = {slug: group.label for slug, group in _PARTS.items()}


def parts(index: IndexSnapshot) -> list[WorldPart]:
    """The parts of the world with a country of the catalogue, in the order in which they are
    shown."""
    return list(_parts(index))


def _parts(index: IndexSnapshot) -> Iterator[WorldPart]:
    for area in areas.areas_of(_PARTS, index.vocabulary):
        countries = frozenset(area.places)
        yield WorldPart(area.slug, area.group.label, countries, areas.sites_of(area, index))


def part_of(sites: BitMap, found: list[WorldPart]) -> WorldPart | None:
    """The part of the world in which most of some sites lie; None if they lie in several."""
    most = max(found, key=lambda part: sites.intersection_cardinality(part.sites), default=None)
    if most is None or not sites:
        return None
    return most if sites.intersection_cardinality(most.sites) >= _MOST * len(sites) else None
