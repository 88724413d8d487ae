"""Empty examples of files that can be imported: the columns that most need, in each format."""

import json
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import quoteattr

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from heritage.exchange.importing.columns import ImportColumns
from heritage.formats.downloads import FORMATS, About, FileColumn, FileTable
from heritage.values.language import interface_languages

EXAMPLES = ("xlsx", "ods", "csv", "geojson", "kml", "json")
_COLUMNS = (
    "uid", "name", "other_names", "kinds", "place", "part_of", "latitude", "longitude",
    "precision", "event:built", "area_ha", "summary", "identifier:wikidata", "sources", "note",
)  # fmt: skip


def write_example(path: Path, extension: str) -> None:
    """Write the example of a format, one of `EXAMPLES`, in the active language.

    Spreadsheets explain the columns on a second sheet. A format without a row of names gets an
    object with empty values, which is ignored when it is read.
    """
    labels = _labels()
    if extension in ("xlsx", "ods", "csv"):
        title = _("A table to be imported: a site a row")
        about = About(
            title, "", datetime.now(UTC), get_language() or "en", "", "", "", [],
            [title, *(f"{key}: {label}" for key, label in labels.items())],
        )  # fmt: skip
        columns = tuple(
            FileColumn(key, label, lambda portion, context: []) for key, label in labels.items()
        )
        for _done in FORMATS[extension].write(path, FileTable(about, columns, 0, iter(()))):
            pass
        return
    path.write_text(_one_object(extension, dict.fromkeys(labels, "")), "utf-8")


def _labels() -> dict[str, str]:
    """The columns of an example with what they hold."""
    known = ImportColumns().by_key
    keys = [
        key
        for name in _COLUMNS
        for key in (name, *(f"{name}:{code}" for code in interface_languages()))
        if key in known
    ]
    return {key: known[key].label for key in keys}


def _one_object(extension: str, cells: dict[str, str]) -> str:
    if extension == "json":
        return json.dumps([cells], indent=1)
    if extension == "geojson":
        cells = {key: text for key, text in cells.items() if key not in ("latitude", "longitude")}
        feature = {"type": "Feature", "geometry": None, "properties": cells}
        return json.dumps({"type": "FeatureCollection", "features": [feature]}, indent=1)
    data = "".join(f"<Data name={quoteattr(key)}><value/></Data>\n" for key in cells)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark>\n'
        f"<ExtendedData>\n{data}</ExtendedData>\n</Placemark></Document></kml>\n"
    )
