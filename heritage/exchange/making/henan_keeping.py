"""What stands in the Henan fixture already: its words are kept, and every row keeps its place."""

import json
from collections.abc import Iterable

from heritage.exchange.making.files import Item
from heritage.exchange.making.henan_choices import Choice

# In this order the fields of a row are written.
_ORDER = {
    "site": "uid slug name summary description kinds place also_in sources note latitude longitude "
    "precision accuracy_m point_source state featured",
    "name": "uid site kind language text note source",
    "event": "uid site kind date first_era last_era certainty note source",
    "designation": "uid scheme reference name category batch era_text note source",
    "designationevent": "uid designation kind date note",
    "coverage": "uid site designation extent note source",
}
# Words, and what no table has: what the fixture says stays. All other fields follow the tables.
_KEPT = {
    "site": "slug summary description note featured blur_km boundary area_ha custodian",
    "name": "note",
    "event": "note",
    "designation": "note superseded_by",
    "designationevent": "note",
    "coverage": "note component_reference",
}
_LAST = 10**6

Key = tuple[str, str]


def key_of(row: Item) -> Key:
    return row["model"].removeprefix("heritage."), row["fields"]["uid"]


def merged(made: list[Item], there: list[Item], deviations: dict[str, Choice]) -> list[Item]:
    """The made rows with the words that are there, and the rows that nothing makes."""
    before = {key_of(row): row["fields"] for row in there}
    rows = [_with_words(row, before.get(key_of(row), {}), deviations) for row in made]
    own = {key_of(row) for row in made}
    rows += [row for row in there if key_of(row) not in own]
    return _in_place(rows, there)


def _with_words(row: Item, before: dict, deviations: dict[str, Choice]) -> Item:
    model, uid = key_of(row)
    fields = dict(row["fields"])
    if uid in deviations:
        fields |= deviations[uid].value
    kept = _KEPT.get(model, "").split()
    if fields.get("scheme") == ["cn-rating"]:
        kept.append("name")  # no table has it
    fields |= {name: before[name] for name in kept if name in before}
    if "name" in fields:
        fields["name"] = {**before.get("name", {}), **fields["name"]}
    if "sources" in fields:
        fields["sources"] += [it for it in before.get("sources", []) if it not in fields["sources"]]
    order = _ORDER.get(model, "").split()
    ordered = sorted(fields, key=lambda name: order.index(name) if name in order else len(order))
    return {"model": row["model"], "fields": {name: fields[name] for name in ordered}}


def _in_place(rows: list[Item], there: list[Item]) -> list[Item]:
    """Sites with names and events, then entry by entry; within that as it was, new ones last."""
    places = {key_of(row): number for number, row in enumerate(there)}
    given = {key_of(row): number for number, row in enumerate(rows)}

    def place(row: Item) -> int:
        return places.get(key_of(row), _LAST + given[key_of(row)])

    groups: dict[str, int] = {}
    for row in rows:
        group = _group(row)
        groups[group] = min(groups.get(group, 2 * _LAST), place(row))
    return sorted(rows, key=lambda row: (_section(row), groups[_group(row)], place(row)))


def _group(row: Item) -> str:
    """The site or the entry that a row is about."""
    model, uid = key_of(row)
    owner = "designation" if model == "coverage" else next(
        (name for name in ("site", "designation") if name in row["fields"]), None
    )  # fmt: skip
    if model == "componentpoint":
        owner = "designation"
    return row["fields"][owner][0] if owner else uid


def _section(row: Item) -> int:
    model, _uid = key_of(row)
    if model in ("site", "name", "event", "identifier"):
        return 0
    for number, start in enumerate(("whl-", "cn-national-", "cn-rating-"), 1):
        if _group(row).startswith(start):
            return number
    return 9


def as_text(rows: Iterable[Item]) -> str:
    """As an editor reads and writes it: one field a line."""
    return json.dumps(list(rows), ensure_ascii=False, indent=1) + "\n"
