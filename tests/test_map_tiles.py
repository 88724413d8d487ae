"""The base map: tiles that join, names in two scripts, files that are kept."""

import gzip
import io
import re

import brotli
import numpy as np
import pytest
import resvg_py
from django.core.management import call_command
from PIL import Image

from fixtures.build import name_places
from heritage.cartography import base_map, map_names, map_sheet, mercator, tile_files
from heritage.cartography.line_file import Feature, decoded_lines, encoded_features
from heritage.cartography.mercator import SheetWindow

MOST_BYTES = 25_000  # of a tile, compressed


def pixels(svg: str) -> np.ndarray:
    picture = Image.open(io.BytesIO(resvg_py.svg_to_bytes(svg_string=svg)))
    return np.asarray(picture.convert("RGB")).astype(int)


def tile_at(latitude: float, longitude: float, zoom: int) -> tuple[int, int, int]:
    x, y = mercator.project(longitude, latitude)
    return zoom, int(x * (1 << zoom)), int(y * (1 << zoom))


@pytest.mark.parametrize(
    ("latitude", "longitude", "zoom", "script"),
    [(34.7, 112.4, 7, "zh"), (60.0, -60.0, 2, "en")],
)
def test_where_four_tiles_meet_they_are_one_sheet(latitude, longitude, zoom, script):
    zoom, x, y = tile_at(latitude, longitude, zoom)
    rows = [
        np.hstack([pixels(map_sheet.draw_tile(zoom, x + i, y + j, script)) for i in (0, 1)])
        for j in (0, 1)
    ]
    window = SheetWindow(zoom, x * 512 + 256, y * 512 + 256, 512, 512)
    sheet = pixels(map_sheet.draw_sheet(window, script))[:512]  # without its foot
    apart = np.abs(np.vstack(rows)[256:768, 256:768] - sheet).max(axis=2)
    # A single name cut at an edge is a hundred pixels and more; what is left are rims of lines.
    assert (apart > 40).sum() < 50
    assert sheet.std() > 10  # something is drawn


def test_a_tile_is_small_at_every_zoom():
    places = [(34.7, 112.4), (50.0, 8.0), (62.0, 6.0), (29.0, 95.0), (45.0, -80.0)]
    for zoom in range(9):
        for place in places:
            drawn = map_sheet.draw_tile(*tile_at(*place, zoom), "en")
            assert len(gzip.compress(drawn.encode())) <= MOST_BYTES, (zoom, place)


def test_the_tiles_below_a_map_of_china_are_light():
    tiles = [map_sheet.draw_tile(3, x, y, "en") for y in (2, 3) for x in (5, 6, 7)]
    assert sum(len(gzip.compress(tile.encode())) for tile in tiles) <= 50_000
    _zoom, x, y = tile_at(33.97, 113.69, 6)  # of Henan, on a wide screen
    around = [(x + i, y + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    tiles = [map_sheet.draw_tile(6, *at, "zh") for at in around]
    assert sum(len(gzip.compress(tile.encode())) for tile in tiles) <= 68_000
    # None brings rules for what is drawn on sheets alone, or what it has not.
    assert not any(".se{" in tile or ".sd{" in tile for tile in tiles)


@pytest.mark.parametrize(("zoom", "script"), [(0, "zh"), (3, "en"), (6, "zh")])
def test_names_stand_where_they_were_placed_for_the_whole_world(zoom, script):
    """The file of places follows from the names and from the code that draws them."""
    lines = (base_map.FOLDER / "names.tsv").read_text(encoding="utf-8").splitlines()
    names = [map_names.ground_name(line) for line in lines]
    rows = np.load(base_map.FOLDER / "name-places.npy")
    expected = name_places.placed(names, zoom, script)
    assert np.array_equal(rows["choices"][:, map_names.SCRIPTS.index(script), zoom], expected)
    placed = np.flatnonzero(expected)
    world = 512 << zoom
    shown = map_names.around(zoom, script, (0, 0, world, world)).names
    assert sorted(each.name.en for each in shown) == sorted(names[row].en for row in placed)


def test_a_tile_reads_no_lines_but_those_near_it():
    data = (base_map.FOLDER / "rivers-fine.bin").read_bytes()
    lines = decoded_lines(data)
    near = lines.touching(0.8, 0.4, 0.81, 0.41)
    assert 0 < len(near) < len(lines) / 10
    spans = [(*each.min(axis=0), *each.max(axis=0)) for each in map(lines.line, range(len(lines)))]
    for number, (left, top, right, bottom) in enumerate(spans):  # a box is never too narrow
        box = lines.boxes[number]
        assert box[0] <= left and box[1] <= top and right <= box[2] and bottom <= box[3]
    # What is broken far away is not looked at.
    broken = decoded_lines(data[: -len(data) // 20])
    assert np.array_equal(broken.line(int(near[0])), lines.line(int(near[0])))


@pytest.mark.parametrize(
    ("script", "first", "second"), [("en", "Luoyang", "洛阳"), ("zh", "洛阳", "Luoyang")]
)
def test_the_script_of_the_reader_comes_first(script, first, second):
    texts = re.findall(r"<text [^>]*>([^<]+)</text>", map_sheet.draw_tile(*LUOYANG, script))
    assert texts[texts.index(first) + 1] == second


LUOYANG = tile_at(34.66, 112.43, 8)


def test_rivers_bear_their_names_and_the_relief_fades():
    near, far = (map_sheet.draw_tile(*tile_at(34.4, 112.1, zoom), "zh") for zoom in (9, 8))
    assert "<textPath" in near + far
    assert "洛河" in near + far or "伊河" in near + far
    strengths = [
        float((re.search(r"\.re\{opacity:([\d.]+)", drawn) or "00")[1])
        for drawn in (map_sheet.draw_tile(*tile_at(34, 112, zoom), "en") for zoom in (6, 7, 8, 9))
    ]
    assert strengths == sorted(strengths, reverse=True)
    assert strengths[-1] == 0


def test_what_lies_at_180_degrees_is_drawn_on_both_sides():
    """The Fiji islands: a window across 180° shows what the tiles beside it show."""
    world = 512 << 5
    across = map_sheet.draw_sheet(SheetWindow(5, world - 400, 9000, 800, 400), "en")
    turned = map_sheet.draw_sheet(SheetWindow(5, -400, 9000, 800, 400), "en")
    assert across == turned


@pytest.mark.parametrize(
    ("latitude", "longitude", "is_land"),
    [(34.7, 113, True), (39.5, 135, False), (36, 88, True), (0, -150, False), (42.5, 50.5, False)],
)
def test_land_is_told_from_water(latitude, longitude, is_land):
    assert map_sheet.is_land(*mercator.project(longitude, latitude)) is is_land


@pytest.mark.parametrize("km", [0.05, 1, 30, 700])
def test_the_scale_bar_is_true_in_the_middle(km):
    zoom = {0.05: 15, 1: 11, 30: 6, 700: 2}[km]
    x, y = mercator.project(112.4, 34.6)
    window = SheetWindow(zoom, int(x * (512 << zoom)), int(y * (512 << zoom)), 400, 300)
    length, width = mercator.scale_of(window)
    west, south, east, north = window.degrees
    across = 111.32 * np.cos(np.radians((south + north) / 2)) * (east - west)
    assert length / across == pytest.approx(width / 400, rel=0.01)


def test_lines_come_back_from_their_file():
    line, ring = [(0.0, 5.0), (300.0, -2.0), (2.0, 2.0)], [(70.0, 70.0), (71.0, 200.0)]
    data = encoded_features([Feature(3, "Luo", "洛河", [line, ring]), Feature(0, "", "", [])], 10)
    read = decoded_lines(data)
    assert read.features == [(3, "Luo", "洛河"), (0, "", "")]
    assert (read.line(0) * 1024).tolist() == [list(each) for each in line]
    assert (read.line(1) * 1024).tolist() == [list(each) for each in ring]
    assert read.touching(0.06, 0.0, 0.08, 0.08).tolist() == [0, 1]
    assert read.touching(0.5, 0.5, 1, 1).tolist() == []


# --- files and addresses -----------------------------------------------------------------------


def address(zoom: int = 1, x: int = 1, y: int = 0, version: str = tile_files.VERSION) -> str:
    return f"/map/{version}/en/{zoom}/{x}/{y}.svg"


def test_a_tile_is_drawn_once_and_kept_for_good(client, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    first = client.get(address())
    assert first["Content-Type"] == "image/svg+xml"
    assert "immutable" in first["Cache-Control"]
    assert first.content == map_sheet.draw_tile(1, 1, 0, "en").encode()
    monkeypatch.setattr(map_sheet, "draw_tile", None)  # it need not be drawn again
    assert client.get(address()).content == first.content
    # A page of a former version asks for its own tiles: it gets today's, and not for long.
    other = client.get(address(version="0123456789"))
    assert other.content == first.content
    assert "immutable" not in other["Cache-Control"]


def test_a_tile_is_compressed_for_who_takes_that(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    plain = client.get(address())
    small = client.get(address(), headers={"Accept-Encoding": "gzip, deflate, br"})
    assert small["Content-Encoding"] == "br" and "Content-Encoding" not in plain
    assert brotli.decompress(small.content) == plain.content
    zipped = client.get(address(), headers={"Accept-Encoding": "gzip, br;q=0, zstd"})
    assert zipped["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.content) == plain.content
    assert len(small.content) < 0.87 * len(zipped.content)
    for each in (plain, small, zipped):
        assert "Accept-Encoding" in each["Vary"]


@pytest.mark.django_db
@pytest.mark.parametrize("where", [(0, 1, 0), (3, 8, 0), (16, 0, 0), (99, 0, 0)])
def test_there_is_no_tile_beyond_the_world(client, settings, tmp_path, where):
    settings.MEDIA_ROOT = tmp_path
    assert client.get(address(*where)).status_code == 404
    assert client.get(f"/map/{tile_files.VERSION}/ru/0/0/0.svg").status_code == 404


def test_tiles_are_drawn_ahead_and_former_ones_deleted(settings, tmp_path, capsys):
    settings.MEDIA_ROOT = tmp_path
    former = tmp_path / "cache" / "map" / "former"
    former.mkdir(parents=True)
    call_command("draw_map", "--zoom", "1")
    assert capsys.readouterr().out.startswith("10 tiles")
    assert not former.exists()
    assert tile_files.path_of(tmp_path / "cache" / "map", "zh", 1, 1, 1).is_file()
