"""The World Heritage List as fixture files: all that is read goes in, texts of files come out."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from heritage.exchange.making import countries, entries, sites
from heritage.exchange.making.facts import Part, Property
from heritage.exchange.making.files import Index, Item, as_text, item
from heritage.exchange.making.tables import TableError

OWN = ("countries.json", "world_heritage*.json")  # the files that are made here
_KIND_AND_SOURCES = "world_heritage.json"
_POINTS = "world_heritage_points.json"


@dataclass(frozen=True, slots=True)
class Tables:
    properties: list[Property]
    parts: list[Part]
    dossiers: dict[int, str]
    dossiers_as_of: int | None = None  # the year of the table that they stand in


@dataclass(frozen=True, slots=True)
class Made:
    files: dict[str, str]
    remarks: list[str]  # what the maker left out, and why


def own_files(folder: Path) -> list[Path]:
    return sorted(path for pattern in OWN for path in folder.glob(pattern))


def make(tables: Tables, others: Index, kept_slugs: dict[str, str] | None = None) -> Made:
    """The files, by name. `others` is what all other fixtures hold; `kept_slugs` are by site."""
    lands = countries.countries(leave_out=_codes(others))
    _refuse_unknown(tables, others, lands)
    made = {"countries.json": lands, _KIND_AND_SOURCES: _kind_and_sources(tables, others)}
    made |= _entries(tables, others) | _sites(tables, others, kept_slugs or {})
    made[_POINTS] = _points(tables, others)
    return Made({name: as_text(items) for name, items in made.items()}, _remarks(tables, others))


def _codes(others: Index) -> set[str]:
    rows = others.rows["place"].values()
    return {row["code"] for row in rows if row["level"] == "country" and row.get("code")}


def _refuse_unknown(tables: Tables, others: Index, lands: list[Item]) -> None:
    codes = _codes(others) | {land["fields"]["code"] for land in lands}
    faults = [
        reason for found in tables.properties for reason in entries.unknown(found, others, codes)
    ]
    successors = entries.successors(tables.properties)
    faults += [
        f"property {found.number}: its note names no property that took its place"
        for found in tables.properties
        if found.status == "superseded" and found.number not in successors
    ]
    if faults:
        raise TableError(faults)


def _kind_and_sources(tables: Tables, others: Index) -> list[Item]:
    """The rows that the properties need and no other fixture has."""
    wanted = {entries.source_uid(found.source) for found in tables.properties}
    missing = sorted(uid for uid in wanted if not others.has("source", uid))
    own_kind = [] if others.has("kind", "kind-cultural-place") else [sites.CULTURAL_PLACE]
    return [*own_kind, *(_list_of(uid.rpartition("-")[2]) for uid in missing)]


def _list_of(year: str) -> Item:
    return item(
        "source",
        f"source-unesco-list-{year}",
        kind="official",
        citation={
            "en": "UNESCO World Heritage Centre: World Heritage List, official spreadsheet of "
            f"{year}",
            "zh-hans": f"联合国教科文组织世界遗产中心：《世界遗产名录》，{year}年官方表格",
        },
        url="https://whc.unesco.org/en/list/",
    )


def _entries(tables: Tables, others: Index) -> dict[str, list[Item]]:
    files: dict[str, list[Item]] = defaultdict(list)
    successors = entries.successors(tables.properties)
    for found in tables.properties:
        dossier = _dossier(found, tables)
        rows = entries.entry(found, dossier, successors.get(found.number), others)
        files[_file("world_heritage", found, others)] += rows
    return files


def _dossier(found: Property, tables: Tables) -> str:
    """The reference with its suffix, unless the property has changed since that was written."""
    if tables.dossiers_as_of and any(year > tables.dossiers_as_of for year in found.extended):
        return ""
    return tables.dossiers.get(found.number, "")


def _sites(tables: Tables, others: Index, kept_slugs: dict[str, str]) -> dict[str, list[Item]]:
    files: dict[str, list[Item]] = defaultdict(list)
    own = [found for found in tables.properties if sites.has_own_site(found, others)]
    taken = others.values("site", "slug") | others.values("formerslug", "slug")
    slugs = sites.slugs(own, kept_slugs, taken)
    for found in own:
        rows = sites.rows(found, slugs[found.number], others)
        files[_file("world_heritage_sites", found, others)] += rows
    return files


def _file(stem: str, found: Property, others: Index) -> str:
    """By region, the first one of several."""
    region = entries.region_uids(found, others)[0].rpartition(".")[2]
    return f"{stem}_{region.replace('-', '_')}.json"


def _points(tables: Tables, others: Index) -> list[Item]:
    parts: dict[int, list[Part]] = defaultdict(list)
    for part in tables.parts:
        parts[part.property].append(part)
    rows: list[Item] = []
    for found in tables.properties:
        listed = parts[found.number]
        if not listed and found.point and found.status == "superseded":
            # No site keeps its point: it is that of a part.
            state = found.states[0] if len(found.states) == 1 else ""
            listed = [Part(found.number, 1, state, found.point)]
        rows += entries.points(found, listed, others)
    return rows


def _remarks(tables: Tables, others: Index) -> list[str]:
    known = {found.number for found in tables.properties}
    strange = sorted({part.property for part in tables.parts} - known)
    remarks = []
    if strange:
        count = sum(part.property in strange for part in tables.parts)
        numbers = ", ".join(map(str, strange))
        remarks.append(f"{count} points left out: their properties are not in the facts: {numbers}")
    for found in tables.properties:
        if not sites.has_own_site(found, others):
            reason = "superseded" if found.status == "superseded" else "another fixture has it"
            remarks.append(f"property {found.number} gets no site of its own: {reason}")
        if others.has("designation", entries.uid_of(found.number)):
            remarks.append(f"property {found.number} stands in another fixture already")
    return remarks
