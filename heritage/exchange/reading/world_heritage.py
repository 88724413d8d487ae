"""UNESCO's World Heritage List in all the shapes in which it is published.

The spreadsheet of the World Heritage Centre (XLSX, XLS or CSV, since 2019), its two exports in XML,
and the data set `whc001` of data.unesco.org in CSV and JSON. Names of columns differ; names have
markup; numbers are floats; 0 hectares are unknown; a reference has a suffix in a column of its own.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from heritage.exchange.reading import cells
from heritage.exchange.reading.official import (
    Listed,
    OfficialList,
    known_columns,
    official_list,
    plain,
    refuse_twice,
)
from heritage.exchange.reading.source import FileCell, Row, SourceFile

REGISTER = "whl"
LANGUAGES = {"en": "en", "fr": "fr", "es": "es", "ru": "ru", "ar": "ar", "zh": "zh-hans"}
# The columns that say by 1 or 0 whether a property meets a criterion.
_FLAGS = dict(
    zip(
        ("c1", "c2", "c3", "c4", "c5", "c6", "n7", "n8", "n9", "n10"),
        ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"),
        strict=True,
    )
)
_CATEGORIES = {
    "c": "cultural", "n": "natural", "c/n": "mixed", "m": "mixed",
    "cultural": "cultural", "natural": "natural", "mixed": "mixed",
}  # fmt: skip
_ALIASES: dict[str, tuple[str, ...]] = {
    "number": ("id_no", "id_number", "id"),
    "suffix": ("rev_bis",),
    "dossier": ("dossier",),
    "listed": ("date_inscribed",),
    "extended": ("secondary_dates",),
    "danger_list": ("danger_list",),
    "danger": ("danger",),
    "latitude": ("latitude", "coordinates_lat"),
    "longitude": ("longitude", "coordinates_lon"),
    "coordinates": ("coordinates",),
    "area": ("area_hectares",),
    "criteria": ("criteria_txt", "criteria"),
    "criteria_cultural": ("cultural_criteria",),
    "criteria_natural": ("natural_criteria",),
    "category": ("category", "category_short"),
    "states": ("iso_code", "iso_codes"),
    "state_names": ("states_name_en", "states_names", "states"),
    "regions": ("region_en", "region", "regions"),
    "parts": ("components_list", "components", "geolocations"),
    **{flag: (flag,) for flag in _FLAGS},
}
for _theirs, _ours in LANGUAGES.items():
    _ALIASES[f"name:{_ours}"] = (f"name_{_theirs}",)
    _ALIASES[f"description:{_ours}"] = (f"short_description_{_theirs}",)
# Columns of further languages, of which the list may have more one day.
_FURTHER = re.compile(r"(short_description|name)_([a-z]{2})")
_ALIASES["name:en"] += ("site", "name")
_ALIASES["description:en"] += ("short_description",)
_PARTS: dict[str, tuple[str, ...]] = {"number": ("id_no",), "seq": ("seq",), "state": ("iso2",),
          "latitude": ("latitude",), "longitude": ("longitude",)}  # fmt: skip


def recognise(source: SourceFile, with_texts: bool) -> OfficialList | None:
    columns = known_columns(source, _aliases(source))
    if {"number", "listed", "criteria", "category", "name:en"} <= set(columns):
        return _ListReader(source, columns, with_texts).read()
    if set(map(plain, source.columns)) == {each for names in _PARTS.values() for each in names}:
        return _parts_alone(source, known_columns(source, _PARTS))
    return None


def _aliases(source: SourceFile) -> dict[str, tuple[str, ...]]:
    found = dict(_ALIASES)
    for called in map(plain, source.columns):
        match = _FURTHER.fullmatch(called)
        if match is not None and match[2] not in LANGUAGES:
            name = "name" if match[1] == "name" else "description"
            found[f"{name}:{match[2]}"] = (called,)
    return found


class _ListReader:
    def __init__(self, source: SourceFile, columns: dict[str, str], with_texts: bool):
        self._source, self._columns, self._with_texts = source, columns, with_texts
        self._texts = [name for name in columns if name.startswith("description:")]
        self._name_columns = [name for name in columns if name.startswith("name:")]
        self._seen: Counter[str] = Counter()
        self._parts: list[Row] = []
        self._years: set[int] = set()

    def read(self) -> OfficialList:
        rows = [self._row(row) for row in self._source.rows()]
        refuse_twice(rows, f"{REGISTER}.reference")
        edition = str(max(self._years, default=""))
        notes = list(self._notes())
        made = official_list(REGISTER, edition, rows, self._parts, notes)
        made.has_texts = bool(self._texts)
        return made

    def _row(self, row: Row) -> Row:
        listed = Listed(row, self._columns, REGISTER, self._seen)
        number = listed.put(".reference", ["number"], _needed(cells.whole_number))
        self._names(listed)
        listed.put(".category", ["category"], _category)
        inscribed = listed.put(".listed", ["listed"], _needed(cells.year))
        if inscribed:
            self._years.add(inscribed)
        if listed.has("extended"):
            listed.put(".extended", ["extended"], cells.years)
        self._danger(listed)
        self._criteria(listed)
        self._regions(listed)
        if listed.has("states"):
            listed.put(".states", ["states"], cells.codes)
            self._seen["no state"] += not listed.raw("states")
        self._place(listed)
        if listed.has("area"):
            area = listed.put(".area_ha", ["area"], cells.area)
            self._seen["no area"] += area is None and bool(listed.raw("area"))
        if number is not None:
            self._dossier(listed, number)
            self._add_parts(listed, number)
        if self._with_texts:
            for name in self._texts:
                listed.put(name, [name], cells.text)
        return listed.as_row()

    def _names(self, listed: Listed) -> None:
        for column in self._name_columns:
            found = listed.put(f".{column}", [column], cells.name)
            raw = " ".join(listed.raw(column).split())
            self._seen["cleaned name"] += found is not None and found != raw

    def _danger(self, listed: Listed) -> None:
        """The periods in danger. The flag alone, and the column of the XML of that name, have been
        years behind the list: they are compared, not read."""
        flag = listed.raw("danger")
        if not listed.has("danger_list"):
            self._seen["danger unread"] += flag not in ("", "0", "0.0", "False", "false")
            return
        found = listed.put(".danger", ["danger_list"], _periods)
        if found is not None and listed.has("danger"):
            try:
                is_open = any("/" not in each for each in found)
                self._seen["danger differs"] += cells.flag(flag) != is_open
            except ValueError:
                self._seen["danger differs"] += 1

    def _criteria(self, listed: Listed) -> None:
        """The union of what the columns say: one of them has been seen without a criterion."""
        texts = [name for name in _ALIASES if name.startswith("criteria") and listed.has(name)]
        flags = [name for name in _FLAGS if listed.has(name)]

        def read(*values: str) -> tuple[str, ...]:
            of_texts = cells.criteria(" ".join(values[: len(texts)]))
            marked = zip(flags, values[len(texts) :], strict=True)
            of_marks = {_FLAGS[name] for name, mark in marked if cells.flag(mark)}
            self._seen["criteria differ"] += bool(flags) and set(of_texts) != of_marks
            return cells.criteria(" ".join((*of_texts, *of_marks)))

        listed.put(".criteria", [*texts, *flags], read)

    def _regions(self, listed: Listed) -> None:
        if listed.has("regions"):
            found = listed.put(".regions", ["regions"], cells.parts)
            self._seen["several regions"] += len(found or ()) > 1

    def _place(self, listed: Listed) -> None:
        if listed.has("latitude") and listed.has("longitude"):
            point = listed.put("latitude", ["latitude", "longitude"], cells.point)
        elif listed.has("coordinates"):
            point = listed.put("latitude", ["coordinates"], _pair)
        else:
            return
        problem = listed.cells["latitude"]
        listed.cells["latitude"] = FileCell(str(point[0])) if point else problem
        listed.cells["longitude"] = FileCell(str(point[1]) if point else "")
        self._seen["no point"] += point is None and not problem.problem

    def _dossier(self, listed: Listed, number: int) -> None:
        """The reference with its suffix. A bare number behind it is that of another file."""
        if listed.has("dossier"):
            listed.put(".dossier", ["dossier"], lambda cell: cells.text(cell).lower())
        elif listed.has("suffix"):
            suffix = listed.put(".dossier", ["suffix"], cells.suffix)
            if suffix is not None:
                is_other = re.fullmatch(r"-\d+", suffix) is not None
                self._seen["other file"] += is_other
                reference = f"{number}{'' if is_other else suffix}"
                listed.cells[f"{REGISTER}.dossier"] = FileCell(reference)

    def _add_parts(self, listed: Listed, number: int) -> None:
        for at, part in enumerate(_components(listed.raw("parts")), 1):
            made = {key: FileCell(cells.text(str(part.get(key) or ""))) for key in _PART_KEYS}
            made["state"] = FileCell(made.pop("iso2").upper())
            made |= {"reference": FileCell(str(number)), "number": FileCell(str(at))}
            try:
                cells.point(made["latitude"], made["longitude"])
            except ValueError as error:
                made["latitude"] = FileCell.faulty(str(error))
            self._parts.append(Row(listed.line, made))

    def _notes(self) -> Iterator[str]:
        for key, count in self._seen.items():
            if count:
                yield _says(key) % {"count": count}
        if self._texts and not self._with_texts:
            yield _("Descriptions are not read: they are not free to use without a licence.")


_PART_KEYS = ("latitude", "longitude", "name", "ref", "iso2")


def _says(key: str) -> str:
    return {
        "no state": _("Without a state: %(count)s."),
        "no area": _("Area 0, which means unknown: %(count)s."),
        "no point": _("Without coordinates: %(count)s."),
        "cleaned name": _("Names with markup or odd spaces, which were cleaned: %(count)s."),
        "several regions": _("In several regions: %(count)s."),
        "criteria differ": _(
            "Criteria that the columns of the file do not agree on; all are taken: %(count)s."
        ),
        "danger differs": _(
            "The mark “in danger” contradicts the list of periods, which is taken: %(count)s."
        ),
        "danger unread": _(
            "Remarks on danger in a column that is not reliable in this shape of the list; they "
            "are not read: %(count)s."
        ),
        "other file": _("References to another file behind the number, left out: %(count)s."),
    }[key]


def _needed(read: Callable[[str], Any]) -> Callable[[str], Any]:
    def reading(cell: str) -> Any:
        value = read(cell)
        if value is None:
            raise ValueError(_("This must not be empty."))
        return value

    return reading


def _category(cell: str) -> str:
    known = _CATEGORIES.get(cells.text(cell).casefold())
    if known is None:
        raise ValueError(_("“%(text)s” is no category of the list.") % {"text": cell})
    return known


def _periods(cell: str) -> list[str]:
    """“1984/1992” is over, “1996” goes on."""
    found = cells.periods(cell)
    return [f"{each.first}/{each.last}" if each.last else str(each.first) for each in found]


def _pair(cell: str) -> tuple[float, float] | None:
    """Latitude and longitude in one cell: “34.6, 112.4”."""
    latitude, _comma, longitude = cells.text(cell).partition(",")
    return cells.point(latitude, longitude)


# `{name: Old Town, north, ref: 1758-001, latitude: 1.5, longitude: 2}`: what is no JSON.
_PART = re.compile(r"\{([^{}]*)\}")
_MEMBER = re.compile(r"(?:^|,)\s*\W?(name|ref|latitude|longitude|iso2)\W?\s*:\s*")


def _components(text: str) -> list[dict[str, Any]]:
    if not text:
        return []
    try:
        found = json.loads(text)
        return [each for each in found if isinstance(each, dict)]
    except ValueError:
        pass
    parts = []
    for inner in _PART.findall(text):
        names_and_values = _MEMBER.split(inner)[1:]
        pairs = zip(names_and_values[::2], names_and_values[1::2], strict=True)
        parts.append({name: value.strip(" '\"") for name, value in pairs})
    return parts


def _parts_alone(source: SourceFile, columns: dict[str, str]) -> OfficialList:
    """A table of component parts, one a row: the property, an order, the state and the point."""
    rows: dict[str, Row] = {}
    parts = []
    for row in source.rows():
        listed = Listed(row, columns, REGISTER, Counter())
        listed.put("reference", ["number"], _needed(cells.whole_number))
        listed.put("number", ["seq"], cells.whole_number)
        listed.put("state", ["state"], cells.codes)
        listed.put("latitude", ["latitude"], cells.number)
        listed.put("longitude", ["longitude"], cells.number)
        parts.append(listed.as_row())
        reference = listed.cells["reference"]
        rows.setdefault(reference, Row(row.line, {f"{REGISTER}.reference": reference}))
    return official_list(REGISTER, "", list(rows.values()), parts, [])
