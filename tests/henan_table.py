"""The Henan sites as their table has them, and as the catalogue stores them, column by column."""

import csv
from pathlib import Path

from fixtures.build import henan_choices
from heritage.models import Event, Kind, Site
from heritage.values.edtf import to_historical

_MERGED = "merged in 1996 into the unit of the city, whose own batch, year and era are kept"
_PART = "counted to the unit of the city, whose era is kept; the table gives the granary none"
_POINT = "a map service has it kilometres from the table's recalled point"
_NARROWER = "the table's kind is wider"
# What differs from the table on purpose: (site, column) → (what is stored, why).
REVIEWED = {
    **{
        (name, "name_en"): (choice.value, choice.reason)
        for name, choice in henan_choices.NAMES.items()
    },
    ("Dongjing City of Northern Song", "earliest_year"): (955, "the words beside it say 955-956"),
    ("Dahuting Han Tombs", "latitude"): (34.51, _POINT),
    ("Dahuting Han Tombs", "longitude"): (113.29, _POINT),
    ("Jiaying Temple (Jiaying Guan)", "latitude"): (35.04, _POINT),
    ("Jiaying Temple (Jiaying Guan)", "longitude"): (113.5, _POINT),
    ("Jiaying Temple (Jiaying Guan)", "kind"): ({"altar or folk temple"}, _NARROWER),
    ("Jidu Temple", "kind"): ({"altar or folk temple"}, _NARROWER),
    ("Mausoleum Temple of Taihao (Fuxi)", "kind"): ({"altar or folk temple"}, _NARROWER),
    ("Mausoleum of Cao Cao (Anyang Gaoling)", "kind"): ({"royal or imperial tombs"}, _NARROWER),
    ("Jidu Temple", "certainty"): ("approximate", "the README counts the year among soft ones"),
    ("Shaoshi Que Gates", "certainty"): ("approximate", "inferred from the gates of Qimu"),
    ("Hanjia Granary Site", "certainty"): ("traditional", "a study of 2024 has another date"),
    ("Hanjia Granary Site", "era_zh_listed"): ("隋唐", _PART),
    ("Po Pagoda", "era_zh_listed"): ("北宋", _MERGED),
    ("Po Pagoda", "protection_batch"): (3, _MERGED),
    ("Po Pagoda", "protection_year"): (1988, _MERGED),
    ("Yanqing Taoist Temple", "era_zh_listed"): ("北宋", _MERGED),
    ("Yanqing Taoist Temple", "protection_batch"): (3, _MERGED),
    ("Yanqing Taoist Temple", "protection_year"): (1988, _MERGED),
}


def rows(path: Path) -> list[dict]:
    """The table, read without the maker that is under test."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [_row(row) for row in csv.DictReader(file)]


def _row(row: dict[str, str]) -> dict:
    words = {column: cell.strip() for column, cell in row.items()}
    numbers = ("earliest_year", "protection_batch", "protection_year")
    return {
        **words,
        "name_en": words["name_en"].replace("'", "’"),
        "kind": {words["kind"]},
        "county": {name for name in words["county"].split("/") if name},
        "latitude": float(words["latitude"]),
        "longitude": float(words["longitude"]),
        "earliest_event": _EVENTS.get(words["earliest_event"].split(" (")[0], "?"),
        **{name: int(words[name]) if words[name] else None for name in numbers},
    }


_EVENTS = {
    "begun": "begun",
    "built": "built",
    "canal opened": "in_use",
    "capital from": "capital",
    "first mentioned": "mentioned",
    "founded": "founded",
    "gnomon stone erected on the site": "built",
    "in use from": "in_use",
    "occupied from": "occupied",
    "rebuilt": "rebuilt",
}
# Kinds that are narrower than the table's, or stand beside it.
_KINDS = {"buddhist temple": "temple"}
_BESIDE = {"shaolin-pagoda-forest": "temple", "fengxue-temple-and-pagoda-forest": "pagoda forest"}


def told(site: Site) -> dict:
    """A stored site in the columns of the table."""
    first = _first_event(site)
    covered = {
        coverage.designation.register.slug: coverage.designation
        for coverage in site.coverages.select_related(
            "designation__register", "designation__category"
        )
    }
    unit, listed = covered.get("cn-national"), covered.get("whl")
    return {
        "name_en": site.name["en"],
        "name_zh": site.name["zh-hans"],
        "pinyin": site.names.get(language="zh-latn-pinyin").text,
        "kind": _kinds(site),
        **_place(site),
        "latitude": site.latitude,
        "longitude": site.longitude,
        "earliest_year": to_historical(first.first_year),
        "earliest_event": first.kind,
        "certainty": first.certainty,
        "era_zh_listed": unit.era_text if unit else "",
        "unesco_id": listed.reference if listed else "",
        "unesco_property": listed.name["en"] if listed else "",
        "protection_code": unit.reference if unit else "",
        "protection_batch": unit.batch if unit else None,
        "protection_year": unit.listed_year if unit else None,
        "protection_category": unit.category.code if unit else "",
        "aaaaa": "yes" if "cn-rating" in covered else "",
    }


def _first_event(site: Site) -> Event:
    dated = site.events.exclude(date="").exclude(kind__in=("fabric", "dated"))
    return min(dated, key=lambda event: event.first_year)


def _kinds(site: Site) -> set[str]:
    labels = {_KINDS.get(label, label) for label in map(_label, site.kinds.all())}
    return labels - {_BESIDE.get(site.uid)}


def _label(kind: Kind) -> str:
    return kind.label["en"].lower()


def _place(site: Site) -> dict:
    places = [site.place, *site.also_in.all()]
    counties = {place.label["en"] for place in places if place.level == "county"}
    city = site.place.parent if site.place.level == "county" else site.place
    return {"city": city.label["en"], "county": counties}
