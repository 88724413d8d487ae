"""Related sites for the page of a site: of its kind in its country, or listed in the same year.

`related_sites()` gives short lists of links, best known first. The index finds the sites; one
query reads their names.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from pyroaring import BitMap

from heritage.models import Place, Scheme, Site
from heritage.search import site_rows
from heritage.search.index import orders
from heritage.search.index.snapshot import IndexSnapshot
from heritage.search.site_rows import SiteRows
from heritage.web import language_html
from heritage.web.page_urls import list_url

_SHOWN = 6


@dataclass(frozen=True, slots=True)
class RelatedSite:
    url: str
    name: SafeString


@dataclass(frozen=True, slots=True)
class RelatedSites:
    key: str
    title: str
    others: list[RelatedSite]
    total: int  # with this site: what the list of all shows
    url: str


def related_sites(index: IndexSnapshot, rows: SiteRows) -> list[RelatedSites]:
    """The groups of related sites that are not empty."""
    best_known = index.orders[orders.PROMINENCE]
    here = BitMap([rows.site.pk])
    found = []
    for key, title, hits, url in _groups(index, rows):
        if ids := best_known.slice(hits - here, 0, _SHOWN):
            found.append((key, title, ids, len(hits), url))
    if not found:
        return []
    every = {pk for _key, _title, ids, *_rest in found for pk in ids}
    names, sites = site_rows.links(every), reverse("web:sites")
    return [
        RelatedSites(
            key, title, [_other(names[pk], sites) for pk in ids if pk in names], total, url
        )
        for key, title, ids, total, url in found
    ]


def _groups(index: IndexSnapshot, rows: SiteRows) -> Iterator[tuple[str, str, BitMap, str]]:
    """Key, title, the sites (this one may be among them) and the address of their list."""
    kind, country = next(iter(rows.kinds), None), _country(rows)
    if kind and country:
        hits = index.having(f"kind:{kind.pk}") & index.having(f"place:{country.pk}")
        url = list_url(kind=kind.slug, place=country.slug)
        yield "kind", _("More of this kind in this country"), hits, url
    if rows.site.inscribed_year is not None:
        year = str(rows.site.inscribed_year)
        hits = index.having(f"inscribed:{year}")
        yield "year", _("Listed the same year"), hits, list_url(inscribed=year)
        return
    for coverage in rows.coverages:
        entry = coverage.designation
        is_protection = entry.scheme.role == Scheme.Role.PROTECTION
        if is_protection and entry.is_in_force and entry.batch is not None:
            hits = index.having(f"batch:{entry.scheme_id}.{entry.batch}")
            url = list_url(batch=f"{entry.scheme.slug}.{entry.batch}")
            yield "year", _("Listed the same year"), hits, url
            return


def _country(rows: SiteRows) -> Place | None:
    place = next(iter(rows.places), None)
    if place is None:
        return None
    line = [*place.ancestors(), place]
    return next((each for each in line if each.level == Place.Level.COUNTRY), None)


def _other(site: Site, sites: str) -> RelatedSite:
    return RelatedSite(f"{sites}{site.slug}/", language_html.as_html(site.name.best()))
