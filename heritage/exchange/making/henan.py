"""The fixture of the Henan sites: facts follow from the tables, words and hand-made rows stay."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from heritage.exchange.making import henan_choices as choices
from heritage.exchange.making import henan_rows as rows
from heritage.exchange.making.entries import uid_of
from heritage.exchange.making.files import Index, Item, key
from heritage.exchange.making.henan_cells import Eras
from heritage.exchange.making.henan_facts import Fact, Unit
from heritage.exchange.making.henan_keeping import key_of, merged
from heritage.exchange.making.tables import TableError

OWN = "henan.json"
LONGEST_UID = 80
# The third part of a national code.
CATEGORIES = {
    "1": "ancient-sites",
    "2": "ancient-tombs",
    "3": "ancient-buildings",
    "4": "stone-carvings",
    "5": "modern-historic",
    "6": "others",
}


@dataclass(slots=True)
class Made:
    items: list[Item]
    remarks: list[str]


def make(facts: list[Fact], units: dict[str, Unit], there: list[Item], others: Index) -> Made:
    """The whole fixture. `there` is what it holds now, `others` the other fixtures."""
    eras = Eras.of(others)
    faults = [*_contradictions(facts, units)]
    made: list[Item] = []

    def collect(where: str, make_rows: Callable) -> None:
        try:
            made.extend(make_rows())
        except ValueError as error:
            faults.append(f"{where}: {error}")

    for fact in facts:
        collect(fact.name_en, lambda fact=fact: _of_site(fact, eras, others))
    for code, covered in _grouped(facts, lambda fact: fact.code).items():
        if code in units:
            collect(code, lambda c=code, f=covered: rows.national(f, units[c], others))
    rated = [fact for fact in facts if fact.is_rated]
    for owner, covered in _grouped(rated, rows.rating_uid).items():
        collect(owner, lambda o=owner, f=covered: rows.rating(f, o))
    faults += _bad_uids(made)
    if faults:
        raise TableError(faults)
    items = merged(made, there, choices.DEVIATIONS)
    _tie_points(items, facts)
    return Made(items, [*_remarks(items, {key_of(row) for row in made}, facts)])


def _of_site(fact: Fact, eras: Eras, others: Index) -> Iterator[Item]:
    yield rows.site(fact, others)
    yield from rows.names(fact)
    yield from rows.identifiers(fact)
    yield from rows.events(fact, eras)
    yield from rows.world_heritage(fact)


def _grouped(facts: list[Fact], by: Callable[[Fact], str]) -> dict[str, list[Fact]]:
    found: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        if by(fact):
            found[by(fact)].append(fact)
    return found


def _contradictions(facts: list[Fact], units: dict[str, Unit]) -> Iterator[str]:
    """Where the two tables do not say the same. A merger has a batch and a year of its own."""
    for fact in filter(lambda fact: fact.code, facts):
        unit = units.get(fact.code)
        if not unit:
            yield f"{fact.name_en}: {fact.code} is not in the national list"
            continue
        pairs = [("category", fact.category, unit.category)]
        if "source-merger-script" not in fact.sources:
            pairs += [("batch", fact.batch, unit.batch), ("year", fact.protected, unit.year)]
        if fact.name_zh == unit.name:
            pairs.append(("era", fact.listed_text, unit.era))
        for column, here, listed in pairs:
            if here != listed:
                yield f"{fact.name_en}: {column} “{here}”, the national list has “{listed}”"


def _bad_uids(made: list[Item]) -> Iterator[str]:
    seen = set()
    for row in made:
        uid = row["fields"]["uid"]
        if key_of(row) in seen:
            yield f"{uid} is made twice: two sites need names that differ"
        if len(uid) > LONGEST_UID:
            yield f"{uid} is longer than {LONGEST_UID} characters: choose a shorter one by hand"
        seen.add(key_of(row))


def _tie_points(items: list[Item], facts: list[Fact]) -> None:
    """A point of a property's part is the site's that has its own point from there."""
    taken = {
        (uid_of(fact.unesco), *fact.point): rows.uid(fact)
        for fact in facts
        if fact.unesco and fact.precision.source == "source-unesco-components"
    }
    for row in items:
        if row["model"] == "heritage.componentpoint" and "site" not in row["fields"]:
            fields = row["fields"]
            place = (fields["designation"][0], fields["latitude"], fields["longitude"])
            if place in taken:
                fields["site"] = key(taken[place])


def _remarks(items: list[Item], made: set, facts: list[Fact]) -> Iterator[str]:
    """What a person should look at."""
    events = {row["fields"]["uid"]: row["fields"] for row in items if _is(row, "event")}
    for row in items:
        uid, fields = row["fields"]["uid"], row["fields"]
        if _is(row, "site") and key_of(row) not in made:
            yield f"{uid}: not in the table, kept"
        if _is(row, "site") and not fields.get("summary"):
            yield f"{uid}: no summary yet"
        if _is(row, "coverage") and key_of(row) not in made:
            yield f"{uid}: not in the table, kept"
        if uid.startswith("cn-national-") and _is(row, "designation") and not fields.get("note"):
            category, number = fields["category"][0].rpartition(".")[2], uid.split("-")[4]
            if CATEGORIES.get(number, category) != category:
                yield f"{uid}: no note yet; the code says {CATEGORIES[number]}, not {category}"
    for fact in facts:
        first = choices.FIRST_EVENTS.get(rows.uid(fact), fact.event.kind)
        uid = f"{rows.uid(fact)}.event.{first}"
        if fact.event.detail and not events[uid].get("note"):
            yield f"{uid}: no note yet; the table says: {fact.event.detail}"


def _is(row: Item, model: str) -> bool:
    return row["model"] == f"heritage.{model}"
