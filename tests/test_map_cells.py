"""What a map shows of a list: groups of sites near each other, counted exactly."""

import random
from math import hypot

import numpy as np
import pytest
from django.http import QueryDict
from pyroaring import BitMap

from heritage.cartography import mercator
from heritage.cartography.mercator import APART, MapWindow
from heritage.models import Site
from heritage.models.unit_of_work import change_set
from heritage.search import SiteFilter, map_cells, store
from heritage.search.index import map_keys, orders
from heritage.search.map_cells import map_view
from heritage.web.browse import map_display
from tests.builders import make_place, make_site, text
from tests.random_catalogue import Catalogue
from tests.random_queries import question

pytestmark = pytest.mark.django_db


def squares(window: MapWindow) -> list[tuple[float, float, float, float]]:
    """West, south, east and north of the squares that a window touches: one box, or two."""
    world, side = 512 << window.zoom, map_cells.SQUARE
    left, right = window.left // side * side, -(-(window.left + window.width) // side) * side
    top, bottom = window.top // side * side, -(-(window.top + window.height) // side) * side
    north, south = (mercator.unproject(0, min(max(y / world, 0), 1))[1] for y in (top, bottom))
    if right - left >= world:
        return [(-180, south, 180, north)]
    west, east = (((x / world) % 1 - 0.5) * 360 for x in (left, right))
    if east == -180:
        east = 180
    return [(west, south, east, north)] if west < east else [
        (west, south, 180, north), (-180, south, east, north),
    ]  # fmt: skip


def within(window: MapWindow, ids) -> set[int]:
    """The sites whose public point lies in the squares of a window, by the database."""
    found = set()
    for west, south, east, north in squares(window):
        found |= set(
            Site.objects.filter(
                pk__in=ids,
                public_longitude__gte=west,
                public_longitude__lt=east,
                public_latitude__gt=south,
                public_latitude__lte=north,
            ).values_list("pk", flat=True)
        )
    return found


def by_parts(index, window: MapWindow, hits: BitMap) -> set[int]:
    """The hits without a point of their own that have a part in the squares of a window."""
    table = index.component_points
    rows = zip(table.ids.tolist(), *(each.tolist() for each in table.columns), strict=True)
    return {
        pk
        for pk, latitude, longitude in rows
        if pk in hits
        and pk not in index.points.ids
        and any(
            west <= longitude < east and south < latitude <= north
            for west, south, east, north in squares(window)
        )
    }


def random_window(dice: random.Random, points: list[tuple[float, float]]) -> MapWindow:
    latitude, longitude = dice.choice([*points[:400], (0.0, 179.99), (84.0, -180.0), (-84.9, 10)])
    zoom = dice.choice([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 14, 16])
    around = MapWindow.around(
        latitude, longitude, zoom, dice.choice([320, 777, 1600]), dice.choice([240, 900])
    )
    return MapWindow(
        zoom, around.left + dice.uniform(-200, 200), around.top + dice.uniform(-200, 200),
        around.width, around.height,
    )  # fmt: skip


def test_five_hundred_windows_count_as_the_database_does(monkeypatch):
    dice = random.Random(81)
    catalogue = Catalogue(dice)
    catalogue.populate(1_200)
    make_site("Fiji", latitude=-17.0, longitude=179.999)
    make_site("Fiji East", latitude=-17.0, longitude=-179.999)
    index = store.current()
    points = list(zip(*(column.tolist() for column in index.points.columns), strict=True))
    filters = [SiteFilter(QueryDict())]
    filters += [SiteFilter(question(catalogue)) for _number in range(50)]
    compared = 0
    for number in range(500):
        filtered = filters[number % len(filters) if number % 2 else 0]
        window, hits = random_window(dice, points), filtered.hits
        view = map_view(index, hits, window, filtered.fingerprint())
        expected = within(window, list(hits)) | by_parts(index, window, hits)
        assert view.shown == len(expected), (window, filtered.data)
        assert sum(group.count for group in view.groups) == view.shown
        sites = view.sites.all()
        assert set(sites - index.in_districts) == expected
        some = dice.sample(list(hits), min(len(hits), 200))
        among = view.sites.among(np.array(some, dtype=np.int32)).tolist()
        assert among == [site for site in some if site in sites]
        listed = []
        for first in (5_000, 100, 30):  # found in the set of all, or among the first of the list
            monkeypatch.setattr(map_display, "FIRST", first)
            index.cache.clear()
            listed.append(map_display.first_in_view(filtered, view))
        assert listed[0] == listed[1] == listed[2]
        assert len(listed[0]) == min(map_display.LISTED, len(sites))
        assert view.in_districts == sum(badge.count for badge in view.districts)
        total = view.shown + view.in_districts + view.outside + view.nowhere
        assert total == len(hits)
        assert view.outside >= 0
        for group in view.groups:
            assert (group.site is None) == (group.count > 1)
        compared += bool(expected)
    assert compared > 150


def test_marks_are_far_enough_apart_on_both_sides_of_180():
    dice = random.Random(3)
    Catalogue(dice).populate(600)
    for number in range(60):
        make_site(f"Reef {number}", latitude=-17 + dice.random(), longitude=179.9 + number / 1000)
        make_site(f"Atoll {number}", latitude=-17 + dice.random(), longitude=-179.9 - number / 1000)
    index = store.current()
    for zoom, latitude, longitude in ((0, 20, 100), (2, 34, 112), (4, -17, 180), (7, -17, -180)):
        view = map_view(index, index.sites, MapWindow.around(latitude, longitude, zoom, 1280, 800))
        world = 512 << zoom
        at = [
            [each * world for each in mercator.project(group.longitude, group.latitude)]
            for group in view.groups
            if group.site is None or group.site in index.points.ids  # not by its parts alone
        ]
        assert view.shown > 5
        for number, one in enumerate(at):
            for other in at[:number]:
                across = abs(one[0] - other[0])
                assert hypot(min(across, world - across), one[1] - other[1]) >= APART


def test_three_ways_to_count_are_one():
    dice = random.Random(11)
    Catalogue(dice).populate(300)
    index = store.current()
    keys = map_keys.keys(*index.points.columns)
    keys = np.append(np.sort(keys), map_keys.BEYOND)
    on_map = np.abs(index.points.columns[0]) <= mercator.EDGE
    with_point = BitMap(index.points.ids[on_map].tolist())
    for share in (0.0, 0.01, 0.3, 0.7, 1.0):
        hits = BitMap([pk for pk in index.sites if dice.random() < share])
        ways = [
            way(index, hits)
            for way in (
                map_cells.sorted_places,
                map_cells.marked_places,
                map_cells.places_by_others,
                map_cells.places_of,
            )
        ]
        first = ways[0].before(keys).tolist()
        assert first[-1] == len(hits & with_point)
        numbers = np.arange(len(hits))
        for way in ways[1:]:
            assert way.before(keys).tolist() == first
            assert way.at(numbers).tolist() == ways[0].at(numbers).tolist()


def test_the_order_of_the_map_has_the_sites_of_a_square_together():
    dice = random.Random(4)
    Catalogue(dice).populate(300)
    index = store.current()
    ids = index.orders[orders.MAP].ids.tolist()
    by_id = orders.keys(orders.MAP, ids)
    assert [by_id[pk] for pk in ids] == sorted(by_id.values())
    placed = len(index.points.ids)
    unplaced = Site.objects.filter(public_latitude=None, state="published")
    assert set(ids[placed:]) == set(unplaced.values_list("pk", flat=True))


@pytest.mark.parametrize("blur_km", [1, 5, 20])
def test_a_blurred_site_is_found_nowhere_but_at_its_public_point(blur_km):
    """Whatever windows one asks for: two sites in one cell of the blur answer alike."""
    dice = random.Random(blur_km)
    one = make_site("One", latitude=34.501, longitude=112.501, blur_km=blur_km)
    two = make_site("Two", latitude=34.5012, longitude=112.5013, blur_km=blur_km)
    assert one.public_point == two.public_point
    index = store.current()
    for _number in range(1_000 // 3):
        zoom = dice.randint(4, 16)
        window = MapWindow.around(
            34.5 + dice.uniform(-0.3, 0.3), 112.5 + dice.uniform(-0.3, 0.3), zoom,
            dice.uniform(16, 600), dice.uniform(16, 600),
        )  # fmt: skip
        for site in (one, two):
            view = map_view(index, BitMap([site.pk]), window)
            assert bool(view.shown) == bool(within(window, [site.pk]))
            for group in view.groups:
                assert (group.latitude, group.longitude) == site.public_point
        both = map_view(index, BitMap([one.pk, two.pk]), window)
        assert both.shown in (0, 2)
        assert all(group.is_one_point for group in both.groups)


def test_equal_points_are_named_and_neighbours_are_not():
    for name in ("A", "B", "C"):
        make_site(name, latitude=34.5, longitude=112.5)
    make_site("D", latitude=34.5005, longitude=112.5)
    index = store.current()
    far = map_view(index, index.sites, MapWindow.around(34.5, 112.5, 6, 400, 400))
    assert [(group.count, group.is_one_point) for group in far.groups] == [(4, False)]
    near = map_view(index, index.sites, MapWindow.around(34.5, 112.5, 17, 400, 400))
    assert sorted((group.count, group.is_one_point) for group in near.groups) == [
        (1, False), (3, True),
    ]  # fmt: skip


def test_sites_without_a_point_stand_at_their_district_or_are_counted():
    town = make_place("Gongyi", latitude=34.75, longitude=112.98, radius_km=15)
    for number in range(3):
        make_site(f"Kiln {number}", place=town)
    make_site("Somewhere")
    make_site("Here", latitude=34.7, longitude=113.0)
    index = store.current()
    near = map_view(index, index.sites, MapWindow.around(34.7, 113, 9, 600, 400))
    assert [(badge.count, badge.places) for badge in near.districts] == [(3, (town.pk,))]
    assert (near.shown, near.in_districts, near.outside, near.nowhere) == (1, 3, 0, 1)
    away = map_view(index, index.sites, MapWindow.around(0, 0, 9, 600, 400))
    assert (away.shown, away.in_districts, away.outside, away.nowhere) == (0, 0, 4, 1)
    assert not away.sites.all()


def test_the_curve_is_kept_until_a_point_changes(monkeypatch):
    """Nothing of it is computed again after other writes, and what is shown is right after all."""
    sites = [make_site(f"S{n}", latitude=30 + n / 10, longitude=110) for n in range(30)]
    made = []
    squares = map_cells.map_keys.squares
    monkeypatch.setattr(
        map_cells.map_keys,
        "squares",
        lambda *points: made.append(len(points[0])) or squares(*points),
    )

    def shown() -> tuple[int, bool]:
        index = store.current()
        made.clear()
        window = MapWindow.around(31, 110, 7, 2000, 1500)
        view = map_view(index, index.sites, window)
        return view.shown, len(index.points.ids) in made

    def write(site: Site, **values) -> None:
        with change_set("command"):
            for name, value in values.items():
                setattr(site, name, value)
            site.save()

    assert shown() == (30, True)
    write(sites[3], name=text("Another"))
    assert shown() == (30, False)
    somewhere = make_site("Nowhere")
    assert shown() == (30, False)
    write(sites[3], latitude=30.31)
    assert shown() == (30, True)
    write(somewhere, latitude=30.5, longitude=110.2)
    assert shown() == (31, True)
    write(sites[4], state="draft")
    assert shown() == (30, True)


def test_near_a_pole_a_site_is_outside_every_window():
    make_site("Pole", latitude=89.9, longitude=0)
    index = store.current()
    view = map_view(index, index.sites, MapWindow.around(80, 0, 0, 2000, 2000))
    assert (view.shown, view.outside, view.groups) == (0, 1, [])


def test_the_window_of_a_list_takes_the_narrower_way_round():
    make_site("Fiji", latitude=-17, longitude=179)
    make_site("Samoa", latitude=-14, longitude=-172)
    index = store.current()
    window = map_cells.window_of(index, index.sites, 800, 600)
    box = map_cells.box_of(window)
    assert box.west > box.east  # across 180°
    assert map_view(index, index.sites, window).shown == 2
    assert window.zoom >= 4
    empty = map_cells.window_of(index, BitMap(), 800, 600)
    assert empty.zoom <= 1


def test_keys_are_taken_apart_again():
    dice = np.random.default_rng(1)
    x, y = map_keys.squares(dice.uniform(-85, 85, 500), dice.uniform(-180, 180, 500))
    for column, row in zip(x.tolist(), y.tolist(), strict=True):
        key = np.array([map_keys.of_square(column, row)])
        assert [each.tolist() for each in map_keys.columns_and_rows(key)] == [[column], [row]]
