"""Covers claim nothing untrue: a scene only where the kind has one that is true there."""

import xml.etree.ElementTree as ET

import pytest

from heritage.media.covers.plates import draw_plate
from heritage.web.media.cover_motif import silhouette
from heritage.web.media.covers import SHAPES, cover
from tests import builders as build

pytestmark = pytest.mark.django_db


def drawn(country, *kinds, **fields):
    made = [build.make_kind(silhouette=kind, order=n) for n, kind in enumerate(kinds)]
    return silhouette(build.make_site(kinds=made, **fields), country)


@pytest.mark.parametrize(
    ("kinds", "country", "shown"),
    [
        (("temple",), "CN", "temple"),
        (("grotto",), "CN", "grotto"),
        (("reef",), "AU", "reef"),
        (("default", "temple"), "CN", "temple"),  # what says more is drawn
        # A Chinese hall would be untrue there, and a European castle in China.
        (("temple",), "GR", ""),
        (("temple",), "JP", ""),
        (("castle",), "JP", ""),
        (("castle",), "CN", ""),
        # Cultural or natural, and nothing else is known.
        (("default",), "IN", ""),
        (("nature",), "BR", ""),
        (("default", "nature"), "PE", ""),
        (("",), "", ""),
        ((), "CN", ""),
    ],
)
def test_what_the_kind_says_is_drawn_and_nothing_else(kinds, country, shown):
    assert drawn(country, *kinds) == shown


def test_no_scene_where_the_record_asks_for_a_plain_plate():
    assert drawn("PL", "castle", cover="plain") == ""


def texts_of(svg: str) -> list[str]:
    root = ET.fromstring(svg)  # noqa: S314 - ours
    return [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]


@pytest.fixture
def angkor():
    land = build.make_place("Cambodia", "柬埔寨", level="country", code="KH")
    site = build.make_site(
        "Angkor", "吴哥古迹", place=land, kinds=[build.make_kind(silhouette="default")]
    )
    listed = build.make_scheme("world_heritage", slug="whl")
    build.make_coverage(site, build.make_designation(scheme=listed, events=["1992"]))
    site.refresh_from_db()
    return site


def test_a_plate_says_name_country_and_year(angkor):
    assert texts_of(cover(angkor)) == ["Angkor", "吴哥古迹", "Cambodia · 柬埔寨 · 1992"]
    assert texts_of(cover(angkor, "preview")) == ["Cambodia · 柬埔寨 · 1992"]
    solemn = build.make_site("Auschwitz", cover="plain")
    assert cover(solemn) != cover(build.make_site("Auschwitz"))


@pytest.mark.parametrize("shape", ["", "square/"])
def test_the_cover_of_a_plate_is_served(client, angkor, shape):
    assert "Angkor" in client.get(f"/covers/{shape}{angkor.uid}.svg").content.decode()


@pytest.mark.parametrize(
    "name",
    ["A", "长" * 90, "Word " * 60, "Antidisestablishmentarianism" * 6, 'A <b> & "c"\x00\ufffe', ""],
)
def test_any_name_makes_a_plate_that_fits(name):
    for width, height in SHAPES.values():
        svg = draw_plate([name, name], name, width=width, height=height)
        root = ET.fromstring(svg)  # noqa: S314 - ours
        for text in root.iter("{http://www.w3.org/2000/svg}text"):
            assert 0 < float(text.get("y")) < height
