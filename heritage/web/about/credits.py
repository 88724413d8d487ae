"""The context of the page of credits: sources, pictures, licences and software."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from heritage.formats import (
    Addresses,
    jsonld,
    marked_records,
    records_by_source,
)
from heritage.models import Image, Licence, Source
from heritage.search import current_index
from heritage.values.web_address import safe_url
from heritage.web.about.software import Program, software
from heritage.web.browse.paging import PageLink, page_links, page_number
from heritage.web.media import covers
from heritage.web.shared import language_html
from heritage.web.shared.certainty import SourceLine, source_line
from heritage.web.shared.context import identity

PER_PAGE = 60  # photographs
_PAGE = "photographs"  # the parameter with the page of these


@dataclass(frozen=True, slots=True)
class SourceRow:
    line: SourceLine
    licence_url: str
    records: int


@dataclass(frozen=True, slots=True)
class LicenceRow:
    label: SafeString
    url: str
    pictures: int


@dataclass(frozen=True, slots=True)
class PictureRow:
    site: SafeString
    site_url: str
    url: str
    what: SafeString
    credit: str
    licence: SafeString | str
    licence_url: str
    source_url: str
    restrictions: str
    read_on: date | None  # of one from Wikimedia Commons


@dataclass(frozen=True, slots=True)
class CreditsPage:
    """Prepared for the template web/credits.html."""

    total: int
    sources: list[SourceRow]
    marked: int  # records with a statement that no source bears out
    pictures: int
    licences: list[LicenceRow]
    listed: list[PictureRow]  # those of this page of photographs
    links: list[PageLink]  # to the other pages
    is_open: bool  # a page of photographs was asked for
    software: list[Program]
    feed: str
    sitemap: str


def credits_page(request: HttpRequest) -> tuple[CreditsPage, dict[str, Any]]:
    """The context of the page, and the JSON-LD that describes the catalogue as a data set.

    Raises Http404 for a page of photographs that does not exist.
    """
    index = current_index()
    counts = records_by_source(index)
    sources = sorted(
        Source.objects.filter(pk__in=counts)
        .exclude(kind=Source.Kind.RECALLED)
        .select_related("licence"),
        key=lambda source: (-counts[source.pk], source.pk),
    )
    licences = _licences()
    pictures = sum(row.pictures for row in licences)
    last = max(1, -(-pictures // PER_PAGE))
    number = page_number(request.GET.get(_PAGE, "1"), last)
    if number is None:
        raise Http404
    page = CreditsPage(
        total=len(index.sites),
        sources=[_source(source, counts[source.pk]) for source in sources],
        marked=marked_records(index),
        pictures=pictures,
        licences=licences,
        listed=_listed(number) if pictures else [],
        links=page_links(number, last, lambda page: f"{_PAGE}={page}"),
        is_open=_PAGE in request.GET,
        software=software(),
        feed=reverse("web:feed"),
        sitemap=reverse("sitemap"),
    )
    addresses = Addresses(request.build_absolute_uri("/").rstrip("/"))
    changed = index.last_change
    return page, jsonld.dataset_document(identity(request), addresses, sources, changed)


def _source(source: Source, records: int) -> SourceRow:
    licence_url = safe_url(source.licence.url) if source.licence else ""
    return SourceRow(source_line(source), licence_url, records)


def _licences() -> list[LicenceRow]:
    """Licences of published photographs, the most used first."""
    shown = Image.objects.published().order_by()
    counts = dict(shown.values_list("licence").annotate(number=Count("pk")))
    rows = [
        LicenceRow(language_html.as_html(licence.label), safe_url(licence.url), counts[licence.pk])
        for licence in Licence.objects.filter(pk__in=counts)
    ]
    return sorted(rows, key=lambda row: -row.pictures)


def _listed(number: int) -> list[PictureRow]:
    shown = Image.objects.published().select_related("licence", "site")
    ordered = shown.order_by("site__slug", "order", "uid")
    return [_picture(image) for image in ordered[(number - 1) * PER_PAGE : number * PER_PAGE]]


def _picture(image: Image) -> PictureRow:
    licence = image.licence
    return PictureRow(
        site=language_html.as_html(image.site.shown_name),
        site_url=reverse("web:site", args=[image.site.slug]),
        url=covers.image_url(image),
        what=language_html.as_html(image.caption.best() or image.alt.best()),
        credit=image.credit_line or image.author,
        licence=language_html.as_html(licence.label) if licence else "",
        licence_url=safe_url(licence.url) if licence else "",
        source_url=safe_url(image.source_url),
        restrictions=image.restrictions,
        read_on=image.read_on,
    )
