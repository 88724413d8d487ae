"""Badges leave the names of the map to be read, and names end where the map of the world does."""

from math import hypot

import pytest

from heritage.cartography import map_names
from heritage.cartography.badge_places import Badge, beside_names


def test_a_badge_stands_beside_the_name_of_a_town_and_a_site_where_it_lies():
    corner = (106_400, 51_900)  # Henan
    box = (*corner, corner[0] + 900, corner[1] + 600)
    zoom = 8
    names = [
        name
        for name in map_names.around(zoom, "en", box).names
        if box[0] < name.box[0] and name.box[2] < box[2] and box[1] < name.box[1] < box[3] - 40
    ]
    assert names
    badges = []
    for name in names:
        left, top, right, bottom = name.box
        x, y = (left + right) / 2 - corner[0], (top + bottom) / 2 - corner[1]
        badges.append(Badge(x, y, 12))
    covered = 0
    for badge, name in zip(badges, names, strict=True):
        ((across, down),) = beside_names(zoom, "en", box, [badge])
        assert hypot(across, down) < 23
        x, y = badge.x + across + corner[0], badge.y + down + corner[1]
        left, top, right, bottom = name.box
        covered += left < x + 7 and x - 7 < right and top < y + 7 and y - 7 < bottom
        site = Badge(badge.x, badge.y, 6, is_fixed=True)
        assert beside_names(zoom, "en", box, [site]) == [(0.0, 0.0)]
    assert covered < len(names) / 3


@pytest.mark.parametrize("script", map_names.SCRIPTS)
def test_names_of_waters_end_where_a_map_of_the_world_ends(script):
    for zoom in (0, 1, 2):
        world = 512 << zoom
        names = map_names.around(zoom, script, (0, 0, world, world)).names
        waters = [name for name in names if name.style == "w"]
        assert waters
        assert all(name.box[0] > 0 and name.box[2] < world for name in waters)
