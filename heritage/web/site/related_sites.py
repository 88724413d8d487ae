"""Related sites for the page of a site: of its kind in its country, or listed in the same year.

The index finds the groups, best known first; `related_sites()` makes short lists of links of them.
"""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import starmap
from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from pyroaring import BitMap

from heritage.formats import list_url, path_of
from heritage.models import Place, Register, Site
from heritage.search import IndexSnapshot, orders, page_dependencies, page_rows
from heritage.web.shared import language_html

_SHOWN = 6


@dataclass(frozen=True, slots=True)
class RelatedSite:
    uid: str
    url: str
    name: SafeString


@dataclass(frozen=True, slots=True)
class RelatedSites:
    key: str
    title: str
    others: list[RelatedSite]
    total: int  # with this site: what the list of all shows
    url: str


# Facets, each with a value that sites have.
type Values = tuple[tuple[str, Hashable], ...]


class RelatedGroup(NamedTuple):
    key: str
    title: str
    ids: tuple[int, ...]
    total: int
    url: str


def related_groups(
    index: IndexSnapshot, rows: page_rows.SiteRows, of_its_year: bool = True
) -> list[RelatedGroup]:
    """Those that are not empty; with or without the sites listed by chance in the same year."""
    found = []
    for key, title, values, url in _groups(rows):
        if key != "kind" and not of_its_year:
            continue
        ids, total = _best_known(index, values, rows.site.pk)
        question = partial(_best_known, values=values, without=rows.site.pk)
        page_dependencies.answer(index, question, (ids, total))
        if ids:
            found.append(RelatedGroup(key, title, ids, total, url))
            page_dependencies.sites(index, ids)
    return found


def related_sites(groups: Iterable[RelatedGroup], sites: dict[int, Site]) -> list[RelatedSites]:
    """The lists of links, to those of the published sites that are given."""
    address = path_of("web:sites")
    return [
        RelatedSites(
            group.key,
            group.title,
            [_link(address, sites[pk]) for pk in group.ids if pk in sites],
            group.total,
            group.url,
        )
        for group in groups
    ]


def _link(address: str, site: Site) -> RelatedSite:
    name = language_html.as_html(site.shown_name)
    return RelatedSite(site.uid, f"{address}{site.slug}/", name)


def _best_known(index: IndexSnapshot, values: Values, without: int) -> tuple[tuple[int, ...], int]:
    """The ids of the best known sites that have all of these values, without one; how many have
    them, with it."""
    hits = BitMap.intersection(*starmap(index.having, values))
    order = index.orders[orders.PROMINENCE]
    return tuple(order.slice(hits - BitMap([without]), 0, _SHOWN)), len(hits)


def _groups(rows: page_rows.SiteRows) -> Iterator[tuple[str, str, Values, str]]:
    """Key, title, the values that the sites have in the index, and the address of their list."""
    kind, country = next(iter(rows.kinds), None), _country(rows)
    if kind and country:
        values: Values = (("kind", kind.pk), ("place", country.pk))
        url = list_url(kind=kind.slug, place=country.slug)
        yield "kind", _("More of this kind in this country"), values, url
    if rows.site.inscribed_year is not None:
        year = rows.site.inscribed_year
        values = (("inscribed", year),)
        yield "year", _("Listed the same year"), values, list_url(inscribed=str(year))
        return
    for coverage in rows.coverages:
        entry = coverage.designation
        is_protection = entry.register.role == Register.Role.PROTECTION
        if is_protection and entry.is_in_force and entry.batch is not None:
            values = (("batch", (entry.register_id, entry.batch)),)
            url = list_url(batch=f"{entry.register.slug}.{entry.batch}")
            yield "year", _("Listed the same year"), values, url
            return


def _country(rows: page_rows.SiteRows) -> Place | None:
    place = next(iter(rows.places), None)
    if place is None:
        return None
    line = [*place.ancestors(), place]
    return next((each for each in line if each.level == Place.Level.COUNTRY), None)
