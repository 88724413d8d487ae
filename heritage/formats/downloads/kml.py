"""Tables as KML, for globes and maps on phones."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from django.utils.translation import gettext as _
from django.utils.translation import override

from heritage.formats.downloads.columns import Value
from heritage.formats.downloads.table import About, FileTable, rows_of
from heritage.values.cell_text import for_xml

MOST = 100_000  # placemarks


def write_kml(path: Path, table: FileTable) -> Iterator[int]:
    """A placemark for each site, with all columns as extended data."""
    done = 0
    with path.open("w", encoding="utf-8") as out:
        with override(table.about.language):
            out.write(_head(table.about))
        for portion in table.portions:
            for row in rows_of(portion):
                out.write(_placemark(table, row))
            done += len(portion[0])
            yield done
        out.write("</Document></kml>\n")


def _xml(value: Value) -> str:
    return escape(for_xml(str(value)))


def _head(about: About) -> str:
    lines = [*about.lines[1:], _("Sources:"), *(source.line for source in about.sources)]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<name>{_xml(about.title)}</name><description>{_xml('\n'.join(lines))}</description>\n"
    )


def _placemark(table: FileTable, row: Sequence[Value]) -> str:
    cells = dict(zip(table.keys, row, strict=True))
    data = "".join(
        f"<Data name={quoteattr(key)}><value>{_xml(value)}</value></Data>"
        for key, value in cells.items()
        if value not in (None, "")
    )
    longitude, latitude = (row[place] for place in table.point)
    point = ""
    if latitude is not None:
        point = f"<Point><coordinates>{longitude},{latitude}</coordinates></Point>"
    summary = cells.get(f"summary:{table.about.language}") or ""
    return (
        f"<Placemark id={quoteattr(f'site-{row[0]}')}><name>{_xml(cells['title'])}</name>"
        f"<description>{_xml(f'{summary}\n{cells["url"]}'.strip())}</description>"
        f"<ExtendedData>{data}</ExtendedData>{point}</Placemark>\n"
    )
