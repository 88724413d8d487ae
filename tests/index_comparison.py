"""Whether a state of the index is what the database says, in each of its parts."""

import numpy as np

from heritage.models import (
    Designation,
    Era,
    Event,
    Kind,
    Place,
    Site,
    SiteEra,
    SortName,
)
from heritage.search import store
from heritage.search.index.snapshot import IndexSnapshot
from heritage.services.denormalized import refresh, refresh_designations, refresh_terms


def assert_as_rebuilt(state: IndexSnapshot) -> None:
    """The state, however it was come by, equals one that is read anew."""
    anew = store.rebuilt(state.number, state.token)
    assert state.sites == anew.sites
    assert state.values.keys() == anew.values.keys()
    for name, bitmap in anew.values.items():
        assert state.values[name] == bitmap, name
    assert state.orders.keys() == anew.orders.keys()
    for name, order in anew.orders.items():
        assert np.array_equal(state.orders[name].ids, order.ids), name
    assert_same_table(state.points, anew.points)
    assert_same_table(state.component_points, anew.component_points)
    assert_same_table(state.districts, anew.districts)
    assert_same_table(state.times, anew.times)
    assert state.spans.keys() == anew.spans.keys()
    for role, table in anew.spans.items():
        assert_same_table(state.spans[role], table)


def assert_nothing_to_derive() -> None:
    """What follows from the rows is stored as it would be if it were made anew."""
    stored = _derived()
    refresh_terms()
    refresh_designations(Designation.objects.values_list("pk", flat=True))
    refresh(Site.objects.values_list("pk", flat=True))
    assert _derived() == stored


def _derived() -> list[list]:
    rows = [
        Kind.objects.values_list("pk", "search_text"),
        Era.objects.values_list("pk", "search_text", "first_year", "last_year"),
        Place.objects.values_list("pk", "search_text", "sort_keys"),
        Designation.objects.values_list("pk", "standing", "listed_year"),
        Event.objects.values_list("pk", "first_year", "last_year"),
        SiteEra.objects.values_list("site", "era", "role"),
        SortName.objects.values_list("site", "language", "key"),
        Site.objects.values_list(
            "pk",
            "first_year",
            "inscribed_year",
            "search_text",
            "reading",
            "effective_prominence",
            "unchecked_statements",
        ),
    ]
    return [sorted(table, key=str) for table in rows]


def assert_same_table(table, other) -> None:
    for column, its_column in zip(table, other, strict=True):
        assert column.dtype == its_column.dtype
        assert np.array_equal(column, its_column)
