"""World Heritage properties as entries of their register: designation, events, detail, points."""

from collections.abc import Iterable, Iterator

from heritage.exchange.making import corrections
from heritage.exchange.making.countries import place_uid
from heritage.exchange.making.facts import Part, Property
from heritage.exchange.making.files import Index, Item, item, key, keys

SCHEME = "whl"


def uid_of(number: int) -> str:
    return f"{SCHEME}-{number}"


def source_uid(source: str) -> str:
    """`whc-sites-2025.xlsx` → the uid of that year's list; all else was recalled."""
    if source == corrections.LATER_SOURCE:
        return "source-unesco-file-2026"
    year = source.removeprefix("whc-sites-")[:4]
    return f"source-unesco-list-{year}" if year.isdigit() else "source-recalled"


def category_uid(found: Property) -> str:
    return f"{SCHEME}.category.{found.category}"


def criterion_uids(found: Property) -> list[str]:
    return [f"{SCHEME}.criterion.{code}" for code in found.criteria]


def region_uids(found: Property, others: Index) -> list[str]:
    by_label = {
        term["label"]["en"]: uid
        for uid, term in others.rows["schemeterm"].items()
        if term["scheme"] == [SCHEME] and term["facet"] == "region"
    }
    return [by_label.get(region, region) for region in found.regions]


def unknown(found: Property, others: Index, countries: set[str]) -> Iterator[str]:
    """What a property refers to and no fixture has."""
    terms = [category_uid(found), *criterion_uids(found), *region_uids(found, others)]
    for term in terms:
        if not others.has("schemeterm", term):
            yield f"property {found.number}: the register has no term “{term}”"
    for code in found.states:
        if code not in countries:
            yield f"property {found.number}: there is no country {code}"


def successors(properties: Iterable[Property]) -> dict[int, Property]:
    """Who took a superseded property's place: the one that its note names."""
    by_name = {p.names["en"].casefold(): p for p in properties}
    found = {}
    for p in by_name.values():
        if p.status == "superseded":
            for name, other in by_name.items():
                if f"({name})" in p.note.casefold():
                    found[p.number] = other
    return found


def entry(
    found: Property, dossier: str, successor: Property | None, others: Index
) -> Iterator[Item]:
    """The rows of one property, without those that another fixture has."""
    uid = uid_of(found.number)
    if not others.has("designation", uid):
        yield designation(found, successor)
    for model, rows in (
        ("designationevent", events(found, successor)),
        ("worldheritage", [detail(found, dossier, others)]),
    ):
        if uid not in others.under(model, "designation"):
            yield from rows


def designation(found: Property, successor: Property | None) -> Item:
    more = {}
    note = corrections.note(
        found.number, found.names, found.source, in_the_middle=found.in_the_middle
    )
    if note:
        more["note"] = note
    if successor:
        more["superseded_by"] = key(uid_of(successor.number))
    return item(
        "designation",
        uid_of(found.number),
        scheme=key(SCHEME),
        reference=str(found.number),
        name=corrections.names(found.number, found.names),
        category=key(category_uid(found)),
        source=key(source_uid(found.source)),
        **more,
    )


def events(found: Property, successor: Property | None) -> Iterator[Item]:
    """What happened to a property, in the order of the years."""
    owner = uid_of(found.number)
    for kind, year, name in sorted(_happened(found, successor), key=lambda row: row[1]):
        yield item(
            "designationevent",
            f"{owner}.{name}",
            designation=key(owner),
            kind=kind,
            date=f"{year:04}",
        )


def _happened(found: Property, successor: Property | None) -> Iterator[tuple[str, int, str]]:
    """Kind, year and the last part of the uid."""
    yield "inscribed", found.inscribed, "inscribed"
    for year in found.extended:
        yield "extended", year, f"extended.{year}"
    for period in found.danger:
        yield "in_danger", period.first, f"in-danger.{period.first}"
        # A property that is taken off the List in danger was not out of it.
        if period.last and period.last != found.delisted:
            yield "out_of_danger", period.last, f"out-of-danger.{period.last}"
    if found.delisted:
        yield "delisted", found.delisted, "delisted"
    if successor:
        yield "superseded", successor.inscribed, "superseded"


def detail(found: Property, dossier: str, others: Index) -> Item:
    return item(
        "worldheritage",
        f"{uid_of(found.number)}.detail",
        designation=key(uid_of(found.number)),
        dossier=dossier,
        criteria=keys(criterion_uids(found)),
        regions=keys(region_uids(found, others)),
        states=keys(map(place_uid, found.states)),
        area_ha=found.area,
    )


def points(found: Property, parts: list[Part], others: Index) -> Iterator[Item]:
    """The points of a property's parts, without names or references."""
    owner = uid_of(found.number)
    if owner in others.under("componentpoint", "designation"):
        return
    for part in parts:
        yield item(
            "componentpoint",
            f"{owner}.p{part.number}",
            designation=key(owner),
            number=part.number,
            state=key(place_uid(part.state)) if part.state else None,
            latitude=part.point[0],
            longitude=part.point[1],
        )
