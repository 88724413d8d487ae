"""Contexts of the page from which a file is chosen and of the page of data; DCAT."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from heritage.formats import Addresses, dcat_catalogue, downloads
from heritage.formats.downloads import editions
from heritage.search import SiteFilter, current_index
from heritage.values.language import LazyText, interface_languages
from heritage.web.data import files
from heritage.web.shared.context import identity

_EDTF = "https://www.loc.gov/standards/datetime/"


@dataclass(frozen=True, slots=True)
class FormatLink:
    format: downloads.FileFormat
    url: str  # empty if there are too many rows for it
    bom_url: str = ""
    edition: editions.Edition | None = None


@dataclass(frozen=True, slots=True)
class FormatChoice:
    """Prepared for the template web/download.html."""

    total: int
    list_url: str
    words: list[str]
    formats: list[FormatLink]
    collection_url: str  # for viewers of pictures; empty without IIIF
    is_at_once: bool
    refusal: str  # why it cannot be had just now


def choice(filtered: SiteFilter, has_worker: bool) -> FormatChoice:
    query, total = files.query_of(filtered.raw_data), len(filtered.hits)
    tail = f"?{query}" if query else ""
    found = []
    for each in downloads.FORMATS.values():
        if each.most is not None and total > each.most:
            found.append(FormatLink(each, ""))
            continue
        url = reverse("web:list_file", args=[each.extension])
        bom = f"{url}?{query}&bom=1" if query else f"{url}?bom=1"
        found.append(FormatLink(each, url + tail, bom if each.extension == "csv" else ""))
    is_at_once = total <= downloads.AT_ONCE
    return FormatChoice(
        total,
        reverse("web:sites") + tail,
        [f"“{i.value}”" if i.name == "q" else str(i.alone) for i in filtered.active()],
        found,
        reverse("media:iiif_collection") + tail if settings.IIIF else "",
        is_at_once,
        "" if is_at_once or has_worker else files.without_worker(),
    )


@dataclass(frozen=True, slots=True)
class RegisterRow:
    label: str
    edition: str
    sites: int


@dataclass(frozen=True, slots=True)
class DataPage:
    """Prepared for the template web/data.html."""

    lead: str | LazyText
    total: int
    changed: datetime | None
    terms: str | LazyText
    sources: int
    formats: list[FormatLink]
    columns: tuple[downloads.FileColumn, ...]
    registers: list[RegisterRow]
    at_once: int
    dcat_url: str
    edtf_url: str
    collection_url: str  # both for viewers of pictures; empty without IIIF
    changes_url: str


def data_page(request: HttpRequest) -> DataPage:
    index, language = current_index(), get_language() or "en"
    made = editions.ready()
    formats = [
        FormatLink(
            each,
            reverse("web:newest_file", args=[each.extension]),
            edition=made.get((language, each.extension)),
        )
        for each in downloads.FORMATS.values()
        if each.most is None or len(index.sites) <= each.most
    ]
    registers = [
        RegisterRow(
            register.label.best().text,
            register.edition_phrase(),
            len(index.under_register(register.pk)),
        )
        for register in index.vocabulary.registers.values()
    ]
    return DataPage(
        lead=_(
            "What the catalogue says of its sites, as files for spreadsheets, maps and programs."
        ),
        total=len(index.sites),
        changed=index.last_change,
        terms=downloads.TERMS,
        sources=len(downloads.cited_sources(index)),
        formats=formats,
        columns=downloads.COLUMNS,
        registers=registers,
        at_once=downloads.AT_ONCE,
        dcat_url=reverse("web:dcat"),
        edtf_url=_EDTF,
        collection_url=reverse("media:iiif_collection") if settings.IIIF else "",
        changes_url=reverse("media:iiif_changes") if settings.IIIF else "",
    )


def dcat_document(request: HttpRequest, addresses: Addresses) -> dict[str, Any]:
    """The DCAT document, with texts in all languages of the interface: it is the same at the
    address of each."""
    index = current_index()
    made = editions.ready()
    files_of = []
    for language in interface_languages():
        with override(language):
            for each in downloads.FORMATS.values():
                edition = made.get((language, each.extension))
                files_of.append(
                    dcat_catalogue.Distribution(
                        language,
                        each,
                        addresses.url("web:newest_file", each.extension),
                        edition.size if edition else None,
                        edition.sha256 if edition else "",
                        edition.made_at if edition else None,
                    )
                )
    changed = index.last_change
    sources = downloads.cited_sources(index)
    return dcat_catalogue.document(identity(request), addresses, files_of, sources, changed)
