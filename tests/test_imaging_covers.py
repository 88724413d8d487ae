"""Drawn covers: well formed, small, the same each time, and safe to put on a page."""

import re
from xml.etree import ElementTree

import pytest

from heritage.media.covers.brush import Dice
from heritage.media.covers.composer import PALETTES, SILHOUETTES, draw_cover
from heritage.media.covers.palettes import PALETTES as COLOURS
from heritage.values.svg_paths import smooth, steps

SVG = "{http://www.w3.org/2000/svg}"
LIMIT = 9 * 1024
WANTED = (
    "pagoda pagoda-forest temple grotto hall city-wall tomb ruin archaeological bridge garden "
    "mountain town observatory pass gate academy canal road granary kiln church castle palace "
    "monument industrial nature reef forest island cave rock-art landscape hills default "
    "dunes mesas ice shore vines rainforest roofs cubes stones menhirs"
)
FORMS, TREES = "hills ridges valley plain", "fir leafy cypress palm acacia scrub"
COUNTRY = {f"{form}-{tree}" for form in FORMS.split() for tree in TREES.split()} - {"plain-scrub"}


def cover(**changed):
    return draw_cover(**({"seed": "a", "silhouette": "temple", "palette": "ink"} | changed))


def parsed(svg):
    return ElementTree.fromstring(svg)  # noqa: S314 - ours, not sent by anybody


def tags(svg):
    return [element.tag.removeprefix(SVG) for element in parsed(svg).iter()]


def test_every_kind_that_sites_have_is_drawn():
    assert set(WANTED.split()) | COUNTRY == SILHOUETTES


@pytest.mark.parametrize("silhouette", sorted(SILHOUETTES))
@pytest.mark.parametrize("palette", ["ink", "indigo", "jade"])
def test_a_cover_is_small_and_well_formed(silhouette, palette):
    for seed in ("0195f3a2", "longmen", "白马寺", ""):
        svg = cover(
            seed=seed, silhouette=silhouette, palette=palette, seal="洛阳", title="Longmen Grottoes"
        )
        assert len(svg.encode()) < LIMIT
        root = parsed(svg)
        assert root.tag == f"{SVG}svg"
        assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
            "svg", "title", "defs", "linearGradient", "radialGradient", "stop",
            "g", "path", "ellipse", "text",
        }  # fmt: skip
        # Nothing that a strict policy would refuse, nothing fetched, nothing run.
        assert not re.search(r"href|script|style|\son\w+=|data:|<!|nan|inf", svg, re.IGNORECASE)
        used = set(re.findall(r"url\(#(\w+)\)", svg))
        assert used <= {element.get("id") for element in root.iter()}


@pytest.mark.parametrize("palette", sorted(PALETTES))
def test_a_palette_paints_in_its_own_colours(palette):
    svg = cover(palette=palette, seal="唐")
    parsed(svg)
    assert COLOURS[palette].ink in svg
    assert COLOURS[palette].seal in svg


def test_there_are_at_least_ten_palettes_and_none_is_grey():
    assert len({tuple(_channels(p.sky) + _channels(p.near)) for p in COLOURS.values()}) >= 10
    for name, palette in COLOURS.items():
        for field in ("sky", "near", "ground", "wash"):
            channels = _channels(getattr(palette, field))
            assert max(channels) - min(channels) >= 20, (name, field)


def _channels(colour):
    assert re.fullmatch(r"#[0-9a-f]{6}", colour)
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def test_the_same_record_has_the_same_picture():
    assert cover() == cover()


@pytest.mark.parametrize(
    "changed", [{"seed": "b"}, {"silhouette": "pagoda"}, {"palette": "jade"}, {"seal": "唐"}]
)
def test_another_record_has_another(changed):
    def drawn(svg):
        return re.sub(r"\bc[0-9a-f]{5}", "", svg)  # ids differ anyhow

    assert drawn(cover(**changed)) != drawn(cover())


def test_what_is_not_known_falls_back():
    assert tags(cover(silhouette="spaceship")) == tags(cover(silhouette="default"))
    chosen = {
        name for name, p in COLOURS.items() if p.ink in cover(palette="no such", seed="longmen")
    }
    assert len(chosen) == 1
    assert len({cover(palette="", seed=str(n))[-4000:] for n in range(20)}) == 20


def test_a_title_names_the_picture_and_is_escaped():
    root = parsed(cover(title='<b>"Tom & Jerry\'s"</b>'))
    assert root.get("role") == "img"
    assert root[0].tag == f"{SVG}title"
    assert root[0].text == '<b>"Tom & Jerry\'s"</b>'


def test_what_xml_cannot_hold_is_left_out():
    root = parsed(cover(title="Long\x00men\x0b \ud800白", seal="\x07唐"))
    assert root[0].text == "Longmen 白"
    assert [element.text for element in root.iter(f"{SVG}text")] == ["唐"]


def test_a_picture_without_a_title_is_decoration():
    root = parsed(cover())
    assert root.get("aria-hidden") == "true"
    assert root.get("role") is None
    assert "title" not in tags(cover())


@pytest.mark.parametrize(
    ("seal", "cut"),
    [
        ("", []),
        ("唐", ["唐"]),
        ("北 魏", ["北", "魏"]),
        ("唐宋元", ["唐", "宋"]),
        ("<&", ["<", "&"]),
    ],
)
def test_the_seal_has_two_characters_at_most(seal, cut):
    root = parsed(cover(seal=seal))
    assert [element.text for element in root.iter(f"{SVG}text")] == cut


@pytest.mark.parametrize(("width", "height"), [(1200, 800), (1200, 630), (600, 600), (300, 900)])
def test_any_shape_shows_the_building_and_the_seal(width, height):
    root = parsed(cover(width=width, height=height, seal="唐"))
    assert (root.get("width"), root.get("height")) == (str(width), str(height))
    x, y, wide, high = map(int, root.get("viewBox").split())
    assert x >= 0 and y >= 0 and x + wide <= 1200 and y + high <= 800
    assert wide / high == pytest.approx(width / height, rel=0.01)
    assert x < 480 and x + wide > 720 and y < 260 and y + high > 640
    glyph = root.find(f".//{SVG}text")
    assert x < float(glyph.get("x")) < x + wide
    assert y < float(glyph.get("y")) < y + high


@pytest.mark.parametrize("size", [{"width": 0}, {"height": -1}])
def test_a_shape_without_area_is_refused(size):
    with pytest.raises(ValueError, match="positive"):
        cover(**size)


def test_two_covers_on_one_page_share_no_id():
    def ids(svg):
        return set(re.findall(r' id="(\w+)"', svg))

    assert ids(cover()) and not ids(cover()) & ids(cover(seed="b"))


def test_the_dice_fall_the_same_everywhere():
    dice = Dice(0)
    # The published first outputs of SplitMix64 for seed 0, as fractions.
    for expected in (0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F):
        assert dice.unit() == (expected >> 11) / 2**53
    assert {dice.whole(1, 6) for _ in range(400)} == {1, 2, 3, 4, 5, 6}


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (("M", 0, 0, "L", 10, 5), "M0 0 10 5"),
        (("M", 100, 100, "L", 110, 105, "L", 111, 105), "M100 100l10 5 1 0"),
        (("M", 300, 300, "H", 310, "V", 299, "z"), "M300 300h10v-1z"),
        (("M0 0h4v-4z", "M", 9.6, -0.4, "l", 1, 1), "M0 0H4V-4zM10 0l1 1"),
        (("M", 500, 500, "a", 5, 5, " 0 0 1 ", 10, 0), "M500 500a5 5 0 0 1 10 0"),
        (("M", 9, 9, "Q", 8, 8, 7, 7, "Q", 6, 6, 5, 5), "M9 9Q8 8 7 7 6 6 5 5"),
        (("M", 5, 5, "m", 5, 5, 1, 1), "M5 5m5 5 1 1"),
    ],
)
def test_path_data_is_written_short(parts, text):
    assert steps(*parts) == text


def test_a_curve_starts_and_ends_where_it_is_told():
    assert smooth([(0, 0), (10, 20), (20, 0)]) == "M0 0Q10 20 15 10L20 0"


def test_an_unknown_command_is_an_error():
    with pytest.raises(ValueError, match="'S'"):
        steps("M", 0, 0, "S", 1, 1, 2, 2)
