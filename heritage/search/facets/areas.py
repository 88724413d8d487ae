"""The facet of areas: groups of countries between a continent and a country."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from pyroaring import BitMap

from heritage.models import Place
from heritage.search.facets.base import Facet, FacetValue
from heritage.search.index.rows import IndexRows
from heritage.search.index.snapshot import IndexSnapshot, Vocabulary
from heritage.server.caches import CacheKey
from heritage.values.language import LazyText


@dataclass(frozen=True, slots=True)
class CountryGroup:
    """What an area is called, and the ISO 3166-1 codes of its countries and territories."""

    label: LazyText
    search_words: LazyText | str  # what else it is called: words and phrases with | between them
    codes: str
    is_listed: bool = True


@dataclass(frozen=True, slots=True)
class Area:
    slug: str
    group: CountryGroup
    places: tuple[int, ...]  # its countries and territories
    without: tuple[int, ...]  # territories of its countries that lie elsewhere: Réunion of France


_AREAS: CacheKey[dict[str, Area]] = CacheKey("areas")
# The subregions of the United Nations' “Standard country or area codes for statistical use” (M49),
# and behind them other groups that people name. These overlap, so that no form lists them.
GROUPS = {
    "northern-africa": CountryGroup(
        _("Northern Africa"),
        pgettext_lazy("search words", "North Africa|North African"),
        "DZ EG EH LY MA SD TN",
    ),
    "western-africa": CountryGroup(
        _("Western Africa"),
        pgettext_lazy("search words", "West Africa|West African"),
        "BJ BF CV CI GM GH GN GW LR ML MR NE NG SH SN SL TG",
    ),
    "middle-africa": CountryGroup(
        _("Middle Africa"),
        pgettext_lazy("search words", "Central Africa|Central African"),
        "AO CM CF TD CG CD GQ GA ST",
    ),
    "eastern-africa": CountryGroup(
        _("Eastern Africa"),
        pgettext_lazy("search words", "East Africa|East African"),
        "IO BI KM DJ ER ET TF KE MG MW MU YT MZ RE RW SC SO SS UG TZ ZM ZW",
    ),
    "southern-africa": CountryGroup(
        _("Southern Africa"),
        pgettext_lazy("search words", "Southern African"),
        "BW SZ LS NA ZA",
    ),
    "western-asia": CountryGroup(
        _("Western Asia"),
        pgettext_lazy("search words", "West Asia|Southwest Asia|South-west Asia"),
        "AM AZ BH CY GE IQ IL JO KW LB OM QA SA PS SY TR AE YE",
    ),
    "central-asia": CountryGroup(
        _("Central Asia"),
        pgettext_lazy("search words", "Central Asian|Middle Asia"),
        "KZ KG TJ TM UZ",
    ),
    "southern-asia": CountryGroup(
        _("Southern Asia"),
        pgettext_lazy("search words", "South Asia|South Asian|Indian subcontinent"),
        "AF BD BT IN IR MV NP PK LK",
    ),
    "eastern-asia": CountryGroup(
        _("Eastern Asia"),
        pgettext_lazy("search words", "East Asia|East Asian|Far East|Northeast Asia"),
        "CN HK MO TW KP JP MN KR",
    ),
    "south-eastern-asia": CountryGroup(
        _("South-eastern Asia"),
        pgettext_lazy(
            "search words",
            "Southeast Asia|South-East Asia|South East Asia|Southeast Asian|South-East Asian"
            "|South East Asian|Southeastern Asia|ASEAN",
        ),
        "BN KH ID LA MY MM PH SG TH TL VN",
    ),
    "northern-europe": CountryGroup(
        _("Northern Europe"),
        pgettext_lazy("search words", "North Europe|Northern European"),
        "AX DK EE FO FI GG IS IE IM JE LV LT NO SJ SE GB",
    ),
    "western-europe": CountryGroup(
        _("Western Europe"),
        pgettext_lazy("search words", "West Europe|Western European"),
        "AT BE FR DE LI LU MC NL CH",
    ),
    "southern-europe": CountryGroup(
        _("Southern Europe"),
        pgettext_lazy("search words", "South Europe|Southern European"),
        "AL AD BA HR GI GR VA IT MT ME MK PT SM RS SI ES",
    ),
    "eastern-europe": CountryGroup(
        _("Eastern Europe"),
        pgettext_lazy("search words", "East Europe|Eastern European"),
        "BY BG CZ HU MD PL RO RU SK UA",
    ),
    "northern-america": CountryGroup(
        _("Northern America"),
        pgettext_lazy("search words", "North America|North American"),
        "BM CA GL PM US",
    ),
    "central-america": CountryGroup(
        _("Central America"),
        pgettext_lazy("search words", "Central American|Mesoamerica|Middle America"),
        "BZ CR SV GT HN MX NI PA",
    ),
    "caribbean": CountryGroup(
        _("Caribbean"),
        pgettext_lazy("search words", "the Caribbean|West Indies|Antilles"),
        "AI AG AW BS BB BQ VG KY CU CW DM DO GD GP HT JM MQ MS PR BL KN LC MF VC SX TT TC VI",
    ),
    "south-america": CountryGroup(
        _("South America"),
        pgettext_lazy("search words", "South American"),
        "AR BO BV BR CL CO EC FK GF GY PY PE GS SR UY VE",
    ),
    "australia-new-zealand": CountryGroup(
        _("Australia and New Zealand"),
        pgettext_lazy("search words", "Australasia"),
        "AU CX CC HM NZ NF",
    ),
    "melanesia": CountryGroup(
        _("Melanesia"), pgettext_lazy("search words", "Melanesian"), "FJ NC PG SB VU"
    ),
    "micronesia-area": CountryGroup(
        pgettext_lazy("part of Oceania", "Micronesia"),
        pgettext_lazy("search words", "Micronesian"),
        "GU KI MH FM NR MP PW UM",
    ),
    "polynesia": CountryGroup(
        _("Polynesia"),
        pgettext_lazy("search words", "Polynesian"),
        "AS CK PF NU PN WS TK TO TV WF",
    ),
    "sub-saharan-africa": CountryGroup(
        _("Sub-Saharan Africa"),
        pgettext_lazy("search words", "Black Africa"),
        "AO BF BI BJ BW CD CF CG CI CM CV DJ ER ET GA GH GM GN GQ GW IO KE KM LR LS MG ML MR MU"
        " MW MZ NA NE NG RE RW SC SH SL SN SO SS ST SZ TD TF TG TZ UG YT ZA ZM ZW",
        is_listed=False,
    ),
    "middle-east": CountryGroup(
        _("Middle East"),
        pgettext_lazy("search words", "Near East|Middle Eastern|Near Eastern"),
        "AE BH CY EG IL IQ IR JO KW LB OM PS QA SA SY TR YE",
        is_listed=False,
    ),
    "caucasus": CountryGroup(
        pgettext_lazy("area of the world", "South Caucasus"),
        pgettext_lazy("search words", "Caucasus|Transcaucasia"),
        "AM AZ GE",
        is_listed=False,
    ),
    "maghreb": CountryGroup(
        _("Maghreb"), pgettext_lazy("search words", "the Maghreb"), "DZ EH LY MA MR TN", False
    ),
    "nordic-countries": CountryGroup(
        _("Nordic countries"),
        pgettext_lazy("search words", "Scandinavia|Scandinavian|Nordic"),
        "AX DK FI FO GL IS NO SE SJ",
        is_listed=False,
    ),
    "baltic-states": CountryGroup(
        _("Baltic states"), pgettext_lazy("search words", "Baltics|Baltic"), "EE LT LV", False
    ),
    "benelux": CountryGroup(
        _("Benelux"), pgettext_lazy("search words", "Low Countries"), "BE LU NL", False
    ),
    "balkans": CountryGroup(
        _("Balkans"),
        pgettext_lazy("search words", "Balkan|Balkan peninsula"),
        "AL BA BG GR HR ME MK RO RS SI",
        is_listed=False,
    ),
    "oceania": CountryGroup(
        _("Oceania"),
        pgettext_lazy("search words", "Pacific|South Pacific|Pacific islands"),
        "AS AU CC CK CX FJ FM GU HM KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS",
        is_listed=False,
    ),
}


class AreaFacet(Facet[Area]):
    """Areas of the world. The index has no keys of them: the sites of an area are those of its
    countries."""

    name, label = "area", _("Part of a continent")
    is_repeatable = says_where = True
    search_words = {slug: group.search_words for slug, group in GROUPS.items()}

    def index_keys(self, rows: IndexRows) -> Iterable[tuple[int, str]]:
        return ()

    def choices(self, terms: Vocabulary) -> dict[str, Area]:
        return terms.cache.get_or_set(
            _AREAS, lambda: {each.slug: each for each in areas_of(GROUPS, terms)}
        )

    def key(self, value: Any, role: str | None = None) -> str:
        raise ValueError("The index holds no areas; `sites()` finds those of their countries.")

    def slug(self, value: Area) -> str:
        return value.slug

    def sites(self, values: Sequence[Area], index: IndexSnapshot, role: str | None) -> BitMap:
        return BitMap.union(*(sites_of(area, index) for area in values))

    def listed(self, index: IndexSnapshot, terms: Vocabulary) -> Iterable[Area]:
        return [area for area in self.choices(terms).values() if area.group.is_listed]

    def values(self, index: IndexSnapshot, terms: Vocabulary, role: str | None) -> list[FacetValue]:
        return [
            FacetValue(self.term(area), area.slug, 0, None, self.sites([area], index, role))
            for area in self.listed(index, terms)
        ]

    def term(self, value: Area) -> str:
        return str(value.group.label)


def sites_of(area: Area, index: IndexSnapshot) -> BitMap:
    return index.having_any("place", area.places) - index.having_any("place", area.without)


def areas_of(groups: Mapping[str, CountryGroup], terms: Vocabulary) -> Iterator[Area]:
    """The areas that have a country among the places of the catalogue."""
    coded = {
        place.code: place
        for place in terms.places.terms.values()
        if place.level in (Place.Level.COUNTRY, Place.Level.PROVINCE) and len(place.code) == 2
    }
    for slug, group in groups.items():
        codes = set(group.codes.split())
        inside = {place.pk for code, place in coded.items() if code in codes}
        elsewhere = [
            place.pk
            for code, place in coded.items()
            if code not in codes and place.parent_id in inside
        ]
        if inside:
            yield Area(slug, group, tuple(inside), tuple(elsewhere))
