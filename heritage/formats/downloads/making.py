"""Makes the file of a list in one of `FORMATS`, row by row, in a request or in a job."""

from collections.abc import Generator, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zlib import crc32

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy, override

from heritage.formats.addresses import Addresses
from heritage.formats.downloads import geopackage, kml, plain_files, spreadsheets
from heritage.formats.downloads.columns import COLUMNS, EDITORS_COLUMNS, Context
from heritage.formats.downloads.table import About, FileFormat, FileTable, Portion, SourceOfFile
from heritage.formats.source_counts import records_by_source
from heritage.models import Source
from heritage.search import IndexSnapshot, SiteFilter, page_rows
from heritage.values.language import LazyText
from heritage.values.progress import Progress
from heritage.values.web_address import safe_url

AT_ONCE = 5000  # rows of a file that is made while its reader waits

_ALL = (
    FileFormat(
        "csv",
        "CSV",
        gettext_lazy("A plain table, for programs."),
        "text/csv; charset=utf-8",
        plain_files.write_csv,
    ),
    FileFormat(
        "xlsx",
        "Excel (XLSX)",
        gettext_lazy("A spreadsheet."),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        spreadsheets.write_xlsx,
        spreadsheets.MOST,
    ),
    FileFormat(
        "ods",
        "OpenDocument (ODS)",
        gettext_lazy("A spreadsheet for LibreOffice."),
        "application/vnd.oasis.opendocument.spreadsheet",
        spreadsheets.write_ods,
        spreadsheets.MOST,
    ),
    FileFormat(
        "jsonl",
        "JSON Lines",
        gettext_lazy("An object a line, for programs."),
        "application/jsonl; charset=utf-8",
        plain_files.write_json_lines,
    ),
    FileFormat(
        "geojson",
        "GeoJSON",
        gettext_lazy("For maps, in browsers above all."),
        "application/geo+json",
        plain_files.write_geojson,
    ),
    FileFormat(
        "gpkg",
        "GeoPackage",
        gettext_lazy("For geographic information systems, such as QGIS."),
        "application/geopackage+sqlite3",
        geopackage.write_geopackage,
    ),
    FileFormat(
        "kml",
        "KML",
        gettext_lazy("For globes and maps on phones."),
        "application/vnd.google-earth.kml+xml",
        kml.write_kml,
        kml.MOST,
    ),
)
FORMATS = {each.extension: each for each in _ALL}


@dataclass(frozen=True)
class Download:
    """A list as a file: what names one that was made, and all that is needed to make it."""

    query: str  # of the list; empty for all sites
    language: str
    extension: str
    origin: str  # of addresses in it
    version: str  # of the catalogue and the program, see `version_of()`
    bom: bool = False  # CSV that says in its first bytes that it is UTF-8

    @property
    def parameters(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def format(self) -> FileFormat:
        return FORMATS[self.extension]

    @property
    def file_name(self) -> str:
        return f"sites-{self.language}.{self.extension}"

    def write(self, path: Path) -> Generator[Progress, None, int]:
        """Write the file; gives the number of rows.

        Raises TooMany for more than the format can hold.
        """
        addresses = Addresses(self.origin)
        with override(self.language):
            filtered = SiteFilter(QueryDict(self.query))
            total = len(filtered.hits)
            if self.format.most is not None and total > self.format.most:
                raise TooMany(self.format.most)
            about = about_list(filtered, addresses, self.query, self.language)
            ids = filtered.page(self.language, 0, total)
            context = Context(filtered.index, self.language, addresses)
        write = plain_files.write_csv_with_bom if self.bom else self.format.write
        done = 0
        for done in write(path, FileTable(about, COLUMNS, total, portions(context, ids))):
            yield Progress(done, total)
        return done


def version_of(index: IndexSnapshot) -> str:
    """Names a state of the catalogue, and of the program: a file need not be made again."""
    named = " ".join([settings.VERSION, *(column.key for column in COLUMNS)])
    return f"{index.number}-{index.token}-{crc32(named.encode()):08x}"


class TooMany(ValueError):
    """More rows than the format can hold."""

    def __init__(self, most: int):
        super().__init__(most)
        self.most = most


def portions(context: Context, ids: list[int]) -> Iterator[Portion]:
    """The cells of a table of sites."""
    columns = EDITORS_COLUMNS if context.for_editors else COLUMNS
    for portion in page_rows.read_table(context.index, ids, drafts=context.for_editors):
        with override(context.language):
            made = [column.cells(portion, context) for column in columns]
        yield made


def about_list(filtered: SiteFilter, addresses: Addresses, query: str, language: str) -> About:
    """What the file of a list says of itself, in the active language."""
    index = filtered.index
    name = index.vocabulary.identity.name.best().text
    words = [f"“{i.value}”" if i.name == "q" else str(i.alone) for i in filtered.active()]
    data = addresses.url("web:data", language=language)
    return About(
        title=": ".join([name, ", ".join(words)] if words else [name]),
        address=addresses.url("web:sites", language=language) + (f"?{query}" if query else ""),
        made_at=datetime.now(UTC),
        language=language,
        terms=str(TERMS),
        terms_url=f"{data}#terms",
        columns_url=f"{data}#columns",
        sources=cited_sources(index),
    )


TERMS: LazyText = gettext_lazy(
    "There is no one licence for the whole. What a record takes from a source is under the terms "
    "of that source; for all else ask those who run this catalogue. To quote a record with its "
    "address is always welcome."
)


def cited_sources(index: IndexSnapshot) -> list[SourceOfFile]:
    """The sources that published sites rest on, the most used first."""
    counts = records_by_source(index)
    found = Source.objects.filter(pk__in=counts).select_related("licence")
    return [
        SourceOfFile(
            source.uid,
            source.citation.best().text,
            safe_url(source.url),
            source.licence.label.best().text if source.licence else "",
            safe_url(source.licence.url) if source.licence else "",
        )
        for source in sorted(found, key=lambda source: (-counts[source.pk], source.pk))
    ]
