"""JSON, object by object: lists of objects, JSON Lines, GeoJSON, and files of this catalogue."""

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heritage.exchange.reading.source import FileCell, Limits, SheetInfo, UnreadableFile
from heritage.exchange.reading.texts import encoding_of
from heritage.exchange.reading.xlsx_cells import plain_number

_CHUNK = 1 << 18
_LARGEST = 20_000_000  # characters of one object
_SPACE = " \t\r\n\ufeff"
# The members of an object that hold its rows, in files of others.
_LISTS = ("features", "results", "records", "data", "items", "sites", "rows")
_GEOMETRIES = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon")
_WGS84 = ("CRS84", "4326", "WGS84", "WGS 84")
POINT = ("latitude", "longitude")
BOUNDARY = "boundary"


class JsonFile:
    """A file of objects, each a row. `kind` says what objects they are."""

    def __init__(self, path: Path, limits: Limits):
        self._path, self._limits = path, limits
        self.encoding = encoding_of(path)
        self.sheets = [SheetInfo("")]
        self.notes: list[str] = []
        self._columns: list[str] | None = None
        text = _Text(path, self.encoding)
        try:
            first, _second = (*islice(text.objects(), 2), None, None)[:2]
        finally:
            text.close()
        self.kind = _kind(first, text)

    def header(self, sheet: str) -> list[str] | None:
        if self.kind == "records":
            raise UnreadableFile(
                _("These are records of the catalogue. Load them by “manage.py loaddata”.")
            )
        if self._columns is None:
            found: dict[str, None] = {}
            moved = 0
            for number, row in self._rows():
                found.update(dict.fromkeys(row))
                moved += _MOVED in row
                if len(found) - (_MOVED in found) > self._limits.columns:
                    raise UnreadableFile(
                        _(
                            "The objects up to number %(number)s have more than %(most)s different "
                            "properties. Leave out those that are not needed."
                        )
                        % {"number": number, "most": self._limits.columns},
                        number,
                    )
            found.pop(_MOVED, None)
            self._columns = list(found)
            if moved:
                self.notes.append(
                    ngettext(
                        "%(count)s object has coordinates among its properties that differ from "
                        "its geometry: the geometry is taken.",
                        "%(count)s objects have coordinates among their properties that differ "
                        "from their geometry: the geometry is taken.",
                        moved,
                    )
                    % {"count": moved}
                )
        return self._columns

    def lines(self, sheet: str) -> Iterator[tuple[int, Sequence[str]]]:
        columns = self.header(sheet) or []
        for number, row in self._rows():
            yield number, [row.get(column, "") for column in columns]

    def _rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        text = _Text(self._path, self.encoding)
        try:
            for number, value in enumerate(text.objects(), 1):
                if not isinstance(value, dict):
                    raise UnreadableFile(
                        _("Number %(number)s of the list is no object.") % {"number": number},
                        number,
                    )
                yield number, _feature(value) if self.kind == "geojson" else flat(value)
        finally:
            text.close()


def _kind(first: Any, text: "_Text") -> str:
    members, one = text.members, first if isinstance(first, dict) else {}
    if "model" in one and "fields" in one:
        return "records"
    if one.get("type") in ("Feature", *_GEOMETRIES):
        if (system := members.get("crs")) and not any(
            name in json.dumps(system) for name in _WGS84
        ):
            raise UnreadableFile(
                _("These coordinates are in another system (%(name)s). Save the file in WGS 84.")
                % {"name": json.dumps(system, ensure_ascii=False)[:120]}
            )
        return "geojson"
    if first is None and members.get("type") == "FeatureCollection":
        return "geojson"
    return "json" if text.is_one else "jsonl"


# --- objects as rows ---------------------------------------------------------------------------

_MOVED = "\0"  # marks a feature whose properties name another point than its geometry


def flat(value: dict[str, Any], before: str = "") -> dict[str, str]:
    """The texts of an object: those of an inner one are called “name:en”; lists of texts and
    numbers have semicolons between them; what is deeper is JSON."""
    found: dict[str, str] = {}
    for key, inner in value.items():
        name = f"{before}{key}"
        if isinstance(inner, dict) and inner and not before:
            found |= flat(inner, f"{name}:")
        else:
            found[name] = _text(inner)
    return found


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return plain_number(str(value))
    if isinstance(value, list) and not any(isinstance(each, list | dict) for each in value):
        return "; ".join(filter(None, map(_text, value)))
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _feature(value: dict[str, Any]) -> dict[str, str]:
    """The properties of a feature, and its point or boundary."""
    properties, geometry = value.get("properties"), value.get("geometry")
    if value.get("type") in _GEOMETRIES:
        properties, geometry = {}, value
    found = flat(properties) if isinstance(properties, dict) else {}
    if value.get("id") not in (None, ""):
        found.setdefault("id", _text(value["id"]))
    placed = of_geometry(geometry)
    if any(found.get(key) and not _same(found[key], placed.get(key, "")) for key in POINT):
        placed[_MOVED] = ""
    return found | placed


def _same(one: str, other: str) -> bool:
    try:
        return abs(float(one) - float(other)) < 1e-6
    except ValueError:
        return not other


def of_geometry(geometry: Any) -> dict[str, str]:
    """A point as latitude and longitude, an area as a boundary in GeoJSON."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind == "GeometryCollection":
        found: dict[str, str] = {}
        for each in geometry.get("geometries") or []:
            found = of_geometry(each) | found
        return found
    if kind is None:
        return {}
    places = geometry.get("coordinates")
    if kind == "MultiPoint" and isinstance(places, list) and len(places) == 1:
        kind, places = "Point", places[0]
    if kind == "Point" and isinstance(places, list):
        if not places:
            return {}
        longitude, latitude, *_height = [*places, None]
        return {"latitude": _text(latitude), "longitude": _text(longitude)}
    if kind in ("Polygon", "MultiPolygon"):
        return {BOUNDARY: _text({"type": kind, "coordinates": places})}
    message = _("A %(kind)s is neither a point nor a boundary.") % {"kind": str(kind)[:40]}
    return {BOUNDARY: FileCell.faulty(message)}


# --- objects of a text -------------------------------------------------------------------------


class _Text:
    """A file as JSON, of which no more than one object is held.

    `members` are those of the object around the list, as far as they stand before it.
    """

    def __init__(self, path: Path, encoding: str):
        self._file = path.open(encoding=encoding, errors="strict", newline="")
        self._decoder = json.JSONDecoder(parse_constant=_refuse_constant)
        self._buffer, self._at, self._lines = "", 0, 1
        self.members: dict[str, Any] = {}
        self.is_one = True  # one value, and not one on each line

    def close(self) -> None:
        self._file.close()

    def objects(self) -> Iterator[Any]:
        sign = self._peek()
        if sign == "[":
            yield from self._list()
        elif sign == "{":
            yield from self._object()
        elif sign:
            raise self._damaged()

    def _object(self) -> Iterator[Any]:
        """Those of its list, or the object itself and those on the lines that follow."""
        self._at += 1
        while self._peek() not in ("}", ""):
            key = self._value()
            self._expect(":")
            if key in _LISTS and self._peek() == "[" and self._holds_objects():
                yield from self._list()
                return
            self.members[str(key)] = self._value()
            if self._peek() == ",":
                self._at += 1
        self._expect("}")
        if self.members.get("type") == "FeatureCollection":
            return
        yield self.members
        while self._peek():
            self.is_one = False
            yield self._value()

    def _holds_objects(self) -> bool:
        start = self._at
        self._at += 1
        found = self._peek()
        self._at = start
        return found in ("{", "]")

    def _list(self) -> Iterator[Any]:
        self._expect("[")
        while self._peek() not in ("]", ""):
            yield self._value()
            if self._peek() == ",":
                self._at += 1
            elif self._peek() != "]":
                raise self._damaged()
        self._expect("]")

    def _expect(self, sign: str) -> None:
        if self._peek() != sign:
            raise self._damaged()
        self._at += 1

    def _peek(self) -> str:
        """The next sign that is no space; empty at the end."""
        while True:
            while self._at < len(self._buffer) and self._buffer[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._buffer) or not self._fill():
                return self._buffer[self._at : self._at + 1]

    def _value(self) -> Any:
        self._peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._at)
            except RecursionError as error:
                raise self._damaged() from error
            except ValueError as error:
                if not isinstance(error, json.JSONDecodeError) or not self._fill():
                    raise self._damaged() from error
                continue
            if end == len(self._buffer) and self._fill():  # a number may go on
                continue
            self._at = end
            return value

    def _fill(self) -> bool:
        rest = len(self._buffer) - self._at
        if rest > _LARGEST:
            raise UnreadableFile(
                _("An object in line %(line)s has more than %(most)s MB, or does not end.")
                % {"line": self._line(), "most": _LARGEST // 1_000_000},
                self._line(),
            )
        try:
            more = self._file.read(max(_CHUNK, rest))
        except UnicodeDecodeError as error:
            raise UnreadableFile(
                _("The file is no JSON in UTF-8. Save it in this encoding.")
            ) from error
        self._lines += self._buffer.count("\n", 0, self._at)
        self._buffer, self._at = self._buffer[self._at :] + more, 0
        return bool(more)

    def _line(self) -> int:
        return self._lines + self._buffer.count("\n", 0, self._at)

    def _damaged(self) -> UnreadableFile:
        return UnreadableFile(
            _("This is no JSON, or it breaks off: see line %(line)s.") % {"line": self._line()},
            self._line(),
        )


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
