"""XML that holds rows: KML, and the exports of UNESCO's World Heritage Centre."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _

from heritage.exchange.reading import archives, xml_stream
from heritage.exchange.reading.cells import text as plain_text
from heritage.exchange.reading.json_file import BOUNDARY
from heritage.exchange.reading.source import FileCell, Limits, SheetInfo, UnreadableFile

_CHUNK = 1 << 16
Chunks = Callable[[], Iterable[bytes]]


class XmlFile:
    """Rows of elements. KMZ is KML in a zip archive."""

    def __init__(self, path: Path, limits: Limits, is_archive: bool = False):
        self._limits = limits
        self.sheets = [SheetInfo("")]
        self.notes: list[str] = []
        self._columns: list[str] | None = None
        self._chunks: Chunks = partial(_of_file, path)
        if is_archive:
            names = [each for each in archives.checked_names(path, limits) if each.endswith(".kml")]
            self._chunks = partial(archives.chunks, path, sorted(names)[0])
        root = _root(self._chunks())
        self.kind = {"kml": "kml", "query": "xml"}.get(root, "")
        if not self.kind:
            raise UnreadableFile(
                _("XML with “%(name)s” is not read. Save the table as XLSX or CSV.")
                % {"name": root[:60]}
            )

    def header(self, sheet: str) -> list[str] | None:
        if self._columns is None:
            found: dict[str, None] = {}
            for _number, row in self._rows():
                found.update(dict.fromkeys(row))
                if len(found) > self._limits.columns:
                    raise UnreadableFile(
                        _("There are more than %(most)s columns. Leave out what is not needed.")
                        % {"most": self._limits.columns}
                    )
            self._columns = list(found)
        return self._columns

    def lines(self, sheet: str) -> Iterator[tuple[int, Sequence[str]]]:
        columns = self.header(sheet) or []
        for number, row in self._rows():
            yield number, [row.get(column, "") for column in columns]

    def _rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        reader = (_Placemarks if self.kind == "kml" else _QueryRows)(self._limits)
        number = 0
        for _fed in xml_stream.feed(self._chunks(), reader.start, reader.end, reader.text):
            for row in reader.rows:
                number += 1
                yield number, row
            reader.rows.clear()


class _Elements:
    """The elements around what is being read, and the text of the innermost."""

    def __init__(self, limits: Limits):
        self.rows: list[dict[str, str]] = []
        self._path: list[str] = []
        self._parts: list[str] = []
        self._size, self._most = 0, limits.characters * 10  # a boundary may have many points

    def text(self, data: str) -> None:
        self._size += len(data)
        if self._size > self._most:
            raise UnreadableFile(
                _("An element has more than %(most)s characters.") % {"most": self._most}
            )
        self._parts.append(data)

    def _taken(self) -> str:
        found = "".join(self._parts).strip()
        self._parts.clear()
        self._size = 0
        return found


class _QueryRows(_Elements):
    """`query/row` with an element for each column; what is nested in one is JSON."""

    def __init__(self, limits: Limits):
        super().__init__(limits)
        self._row: dict[str, str] = {}
        self._items: list[dict[str, str]] = []

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self._path.append(name)
        self._taken()
        if len(self._path) == 2:
            self._row, self._items = {}, []
        elif len(self._path) == 4:
            self._items.append({})

    def end(self, name: str) -> None:
        depth, found = len(self._path), self._taken()
        self._path.pop()
        if depth == 2 and name == "row":
            self.rows.append(self._row)
        elif depth == 3:
            self._row[name] = json.dumps(self._items, ensure_ascii=False) if self._items else found
            self._items = []
        elif depth == 5 and self._items:
            self._items[-1][name] = found


class _Placemarks(_Elements):
    """The placemarks of KML: name, description, further data, and the point or boundary."""

    def __init__(self, limits: Limits):
        super().__init__(limits)
        self._row: dict[str, str] = {}
        self._folders: list[str] = []
        self._key = ""
        self._rings: list[list[list[list[float]]]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        self._taken()
        if name == "Placemark":
            self._row, self._rings = {}, []
        elif name in ("Folder", "Document"):
            self._folders.append("")
        elif name in ("Data", "SimpleData"):
            self._key = attributes.get("name", "")
        elif name == "Polygon":
            self._rings.append([])

    def end(self, name: str) -> None:
        found = self._taken()
        self._path.pop()
        parent = self._path[-1] if self._path else ""
        if name == "Placemark":
            self._finish()
        elif name in ("Folder", "Document") and self._folders:
            self._folders.pop()
        elif name == "name" and parent in ("Folder", "Document") and self._folders:
            self._folders[-1] = found if parent == "Folder" else ""
        elif name in ("name", "description") and parent == "Placemark":
            self._row.setdefault(name, found if name == "name" else plain_text(found))
        elif self._key and (name == "SimpleData" or (name == "value" and parent == "Data")):
            self._row[self._key] = found
        elif name == "coordinates":
            self._placed(parent, found)

    def _placed(self, geometry: str, text: str) -> None:
        points = _points(text)
        if geometry == "Point" and points:
            longitude, latitude = points[0]
            self._row |= {"latitude": latitude, "longitude": longitude}
        elif geometry == "LinearRing" and self._rings:
            try:
                ring = [[float(x), float(y)] for x, y in points]
            except ValueError:
                self._row[BOUNDARY] = FileCell.faulty(
                    _("The coordinates of the boundary are no numbers.")
                )
                return
            self._rings[-1].append(ring)
        elif geometry == "LineString":
            message = _("A %(kind)s is neither a point nor a boundary.") % {"kind": geometry}
            self._row.setdefault(BOUNDARY, FileCell.faulty(message))

    def _finish(self) -> None:
        if rings := [each for each in self._rings if each]:
            shape = (
                {"type": "Polygon", "coordinates": rings[0]}
                if len(rings) == 1
                else {"type": "MultiPolygon", "coordinates": rings}
            )
            self._row.setdefault(BOUNDARY, json.dumps(shape, separators=(",", ":")))
        if folder := " / ".join(filter(None, self._folders)):
            self._row.setdefault("folder", folder)
        self.rows.append(self._row)


def _points(text: str) -> list[list[str]]:
    """Longitude and latitude of each of “112.4,34.6,0 112.5,34.7”."""
    plain = re.sub(r"\s*,\s*", ",", text)
    return [each.split(",")[:2] for each in plain.split() if "," in each]


def _root(chunks: Iterable[bytes]) -> str:
    found: list[str] = []
    for _fed in xml_stream.feed(
        islice(chunks, 64), lambda name, _a: found.append(name), lambda _n: None
    ):
        if found:
            return found[0]
    return ""


def _of_file(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
