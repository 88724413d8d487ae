"""Queries made at random, and what each should find."""

from django.http import QueryDict

from heritage.models import Site
from heritage.search import brute_force
from heritage.search.filters import SiteFilter
from tests.random_catalogue import Catalogue


def assert_answered(query: QueryDict) -> None:
    """The filter finds what the database does row by row, in the same order, page by page."""
    filtered = SiteFilter(query)
    assert filtered.problems() == [], query
    expected = brute_force.in_order(query)
    assert set(filtered.hits) == set(expected), query
    assert_counts_what_cannot_be_placed(filtered, query)
    for start in {0, 24, len(expected) // 2, max(0, len(expected) - 5)}:
        assert filtered.page("en", start, start + 24) == expected[start : start + 24], query


def assert_counts_what_cannot_be_placed(filtered: SiteFilter, query: QueryDict) -> None:
    others = query.copy()
    asked = [others.pop(name, None) for name in ("near", "bbox")]
    left = brute_force.matching(others) if any(asked) else set()
    known, rough = brute_force.component_points(), brute_force.districts()
    without = Site.objects.filter(public_latitude=None).values_list("pk", flat=True)
    nowhere = set(without) - known.keys() - rough.keys()
    assert set(filtered.unplaced) == left & nowhere, query
    found = set(filtered.hits) if any(asked) else set()
    assert set(filtered.in_districts) == found & rough.keys(), query


def question(catalogue: Catalogue) -> QueryDict:
    """A query of one to three filters, in any order of the list."""
    dice = catalogue.dice
    query = QueryDict(mutable=True)
    for name in dice.sample(list(_ASKED), dice.randint(1, 3)):
        values = _ASKED[name](catalogue)
        query.setlist(name, [values] if isinstance(values, str) else values)
    if dice.random() < 0.3:
        query["role"] = dice.choice(["beginnings", "standing", "dated", "within"])
    if "open" in query and dice.random() < 0.7:
        query["hours"] = dice.choice(["official", "reported", "closed", "unclear", "unknown"])
    if "near" in query:
        if dice.random() < 0.8:
            query["within"] = str(dice.choice([5, 80, 500, 15_000]))
        query["sort"] = dice.choice(["distance", "name"])
    elif dice.random() < 0.4:
        query["sort"] = dice.choice(["oldest", "inscribed", "recent"])
    return query


def _some(of):
    def choose(catalogue) -> list[str]:
        values = of(catalogue)
        return catalogue.dice.sample(values, catalogue.dice.randint(1, min(2, len(values))))

    return choose


def _box(catalogue) -> str:
    dice = catalogue.dice
    west, south, size = dice.choice([(111, 33, 4), (178, -19, 4), (-180, -90, 20), (160, 60, 60)])
    south, east = south + dice.random(), (west + size + 180) % 360 - 180
    return f"{west},{south},{east},{min(90, south + size)}"


def _years(catalogue) -> str:
    first = catalogue.dice.choice([*range(-2100, 900, 50)]) or 1
    return catalogue.dice.choice([f"{first}..{first + 430 or 1}", f"{first}..2000", "none"])


def _year(catalogue) -> str:
    year = catalogue.dice.choice([-2500, *range(-5, 1000, 7), 2000])
    left = ["", ".kept", ".rebuilt", ".ground", ".lost", ".unclear", ".before", ".later",
            ".undated"]  # fmt: skip
    return f"{year or 1}{catalogue.dice.choice(left)}"


def _near(catalogue) -> str:
    dice = catalogue.dice
    return dice.choice(
        [f"34.{dice.randint(0, 10**6)},112.{dice.randint(0, 10**6)}", "-17.1,-179.93", "p0", "p1x"]
    )


_ASKED = {
    "kind": _some(lambda c: [kind.slug for kind in c.kinds]),
    "era": _some(lambda c: [era.slug for era in c.eras]),
    "place": _some(lambda c: [place.slug for place in c.places]),
    "unesco": _some(
        lambda c: ["listed", "inscribed", "in_danger", "part", "tentative", "delisted", "none"]
    ),
    "protection": lambda c: "national",
    "criterion": _some(lambda c: [term.code for term in c.criteria]),
    "category": _some(lambda c: ["cultural", "natural"]),
    "region": _some(lambda c: ["africa", "europe"]),
    "danger": _some(lambda c: ["past", "2001", "1990-2005", "since 2000"]),
    "inscribed": _some(lambda c: ["1988", "1990-1993", "since 1992", "2200"]),
    "batch": _some(lambda c: ["national.1", "national.2", "national.4"]),
    "rating": _some(lambda c: ["rating", "rating.5A", "rating.4A"]),
    "property": _some(lambda c: [entry.reference for entry in c.properties]),
    "part_of": _some(lambda c: list(c.wholes())),
    "has": _some(lambda c: ["image", "visiting", "point", "district"]),
    "language": _some(lambda c: ["en", "zh-hans", "fr", "de"]),
    "open": lambda c: c.day().isoformat(),
    "from": lambda c: f"{c.dice.randint(1, 700)}{c.dice.choice(['', ' BCE'])}",
    "to": lambda c: str(c.dice.randint(701, 800)),
    "begun": _years,
    "standing": _years,
    "dating": _years,
    "stood": _year,
    "bbox": _box,
    "near": _near,
}
