"""Tiles of others on the map: read and refused, allowed on map pages alone, shifted for display."""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.urls import reverse
from selenium.webdriver.common.by import By

from heritage.cartography.tile_layers import read_layers
from heritage.services.system_checks import check_map_tiles
from heritage.values.coordinates import distance_km, to_gcj02
from tests.browser import wait
from tests.builders import make_site

URL = "https://t{s}.tiles.example/{z}/{x}/{y}.png?key=K"
LAYER = {"url": URL, "subdomains": "01", "datum": "wgs84", "credit": "Tiles Inc."}
NAMES = LAYER | {"url": "https://names.example:8443/{z}/{x}/{y}", "map_number": "GS(2024)1号"}
del NAMES["subdomains"]
TIANDITU = LAYER | {
    "url": "https://t{s}.tianditu.gov.cn/vec_w/wmts?TILEMATRIXSET=w&TILEMATRIX={z}"
    "&TILEROW={y}&TILECOL={x}&tk=KEY",
    "datum": "cgcs2000",
}
AMAP = LAYER | {
    "url": "https://webrd0{s}.is.autonavi.com/appmaptile?x={x}&y={y}&z={z}",
    "datum": "gcj02",
}


def without(name: str) -> dict:
    return {key: value for key, value in LAYER.items() if key != name}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("{", "is not JSON"),
        (LAYER, "must be a list of layers"),
        ([LAYER] * 4, "has 4 layers; at most 3"),
        ([without("credit")], "Layer 1 has no credit"),
        ([LAYER, LAYER | {"credit": " "}], "Layer 2 has no credit"),
        ([without("datum")], "one of wgs84, cgcs2000, gcj02"),
        ([LAYER | {"datum": "bd09"}], "a grid and a datum of their own"),
        ([LAYER | {"url": "https://maponline{s}.bdimg.com/tile/?x={x}&y={y}&z={z}"}], "Baidu's"),
        ([without("url")], "no address of the form"),
        ([LAYER | {"url": "https://a.example;{s}/{x}/{y}/{z}"}], "no address of the form"),
        ([LAYER | {"url": "https://[{s}/{x}/{y}/{z}"}], "cannot be read"),
        ([LAYER | {"url": "http://{s}.example/{x}/{y}/{z}"}], "http://, which browsers refuse"),
        ([LAYER | {"url": "https://{s}.example/{x}/{z}"}], "without {y}"),
        ([LAYER | {"url": URL + "{r}"}], "{r}, which means nothing"),
        ([without("subdomains")], "needs subdomains"),
        ([LAYER | {"url": "https://a.example/{z}/{x}/{y}"}], "needs subdomains"),
        ([LAYER | {"subdomains": ["a b"]}], "“subdomains” that cannot be used"),
        ([LAYER | {"largest_zoom": "9"}], "“largest_zoom” that cannot be used"),
        ([LAYER | {"style": "x"}], "“style”, which means nothing"),
        ([TIANDITU | {"url": TIANDITU["url"].replace("SET=w", "SET=c")}], "is in degrees"),
        ([AMAP | {"datum": "wgs84"}], "known to have the datum gcj02"),
        ([TIANDITU | {"datum": "gcj02"}], "known to have the datum cgcs2000"),
        ([AMAP, LAYER], "GCJ-02 and others do not fit"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(settings, rows, said):
    settings.MAP_TILES = rows if isinstance(rows, str) else json.dumps(rows)
    settings.HTTPS = True
    errors = check_map_tiles()
    assert errors and {error.id for error in errors} == {"heritage.E011"}
    assert any(said in error.msg for error in errors), errors
    assert read_layers(settings.MAP_TILES)[0] == []


@pytest.mark.parametrize("rows", ["", [LAYER], [TIANDITU, TIANDITU], [AMAP], [LAYER, NAMES, LAYER]])
def test_what_can_be_used_is_not_refused(settings, rows):
    settings.MAP_TILES = json.dumps(rows) if rows else ""
    assert check_map_tiles() == []
    assert len(read_layers(settings.MAP_TILES)[0]) == len(rows)


@pytest.mark.django_db
def test_hosts_of_the_layers_are_allowed_on_map_pages_alone(settings, client):
    make_site("Hall", latitude=34.6, longitude=112.4)
    before = client.get("/en/sites/?view=map")["Content-Security-Policy"]
    assert "img-src 'self' data:;" in before
    settings.MAP_TILES = json.dumps([LAYER, NAMES])
    allowed = before.replace(
        "img-src 'self' data:",
        "img-src 'self' data: https://t0.tiles.example https://t1.tiles.example "
        "https://names.example:8443",
    )
    for _again in range(2):  # the second comes from the cache of pages
        assert client.get("/zh-hans/sites/?view=map")["Content-Security-Policy"] == allowed
    for path in ("/en/sites/", "/en/sites/?view=list", "/en/sites/hall/?view=map", "/en/?view=map"):
        assert client.get(path)["Content-Security-Policy"] == before, path
    settings.MAP_TILES = json.dumps([LAYER, without("credit")])
    assert client.get("/en/sites/?view=map&at=1,1,3")["Content-Security-Policy"] == before


@pytest.mark.django_db
def test_the_page_has_the_layers_their_credit_and_our_own_map(settings, client):
    make_site("Hall", latitude=34.6, longitude=112.4)
    plain = client.get("/en/sites/?view=map&at=34,112,5").content.decode()
    assert "data-layers" not in plain and "map-credit-layers" not in plain
    settings.MAP_TILES = json.dumps([LAYER, NAMES])
    response = client.get("/en/sites/?view=map&at=34,112,6")
    layers = json.loads(response.context["list"].shown.map.layers)
    assert [layer["url"] for layer in layers] == [URL, NAMES["url"]]
    assert (layers[0]["subdomains"], layers[1]["subdomains"]) == (["0", "1"], [])
    html = response.content.decode()
    assert "hidden>Tiles Inc. · GS(2024)1号</span>" in html
    assert 'class="map-sheet"' in html and "gcj02" not in html
    settings.MAP_TILES = json.dumps([AMAP])
    html = client.get("/en/sites/?view=map&at=34,112,7").content.decode()
    assert "data-gcj02" in html and "js/gcj02" in html


PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def tile_server():
    """A server on this machine; `is_broken` makes it refuse."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(403 if server.is_broken else 200)
            self.send_header("Cache-Control", "no-store")
            self.send_header("Content-Type", "image/png")
            self.end_headers()
            if not server.is_broken:
                self.wfile.write(PIXEL)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.is_broken = False
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


PAIRS = [(34.6197, 112.4540), (39.907319, 116.391257), (31.2304, 121.4737), (48.85, 2.35)]


@pytest.mark.django_db(transaction=True)
def test_shifted_tiles_have_shifted_marks_and_addresses_do_not(
    browser, live_server, settings, tile_server
):
    make_site("Luoyang", latitude=34.6197, longitude=112.4540)
    settings.HTTPS = False
    url = f"http://127.0.0.1:{tile_server.server_port}/{{z}}/{{x}}/{{y}}"
    layer = {"url": url, "datum": "gcj02", "credit": "Shifted"}
    settings.MAP_TILES = json.dumps([layer])
    address = f"{live_server.url}{reverse('web:sites')}?view=map&at=34.6197,112.4540,15"
    tiles, own = ".leaflet-tile[src^='http://127']", ".leaflet-tile[src*='/map/']"
    browser.get(address)
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, ".map-pin-cover"))
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, f"{tiles}.leaflet-tile-loaded"))
    drawn = "return document.getElementById('map').dataset.drawn"
    assert browser.execute_script(drawn) == "34.6197,112.4540,15"
    # The site stands in the middle of the map, as without a shift; it is the tiles that are others.
    middle = browser.execute_script(
        "const of = (each) => { const b = document.querySelector(each).getBoundingClientRect();"
        " return [b.x + b.width / 2, b.y + b.height / 2] };"
        " const [a, b] = [of('.map-pin-cover'), of('.map-live')]; return [a[0]-b[0], a[1]-b[1]]"
    )
    assert middle == pytest.approx([0, 0], abs=3)
    # A tile's place on the screen says which point lies in the middle: the shifted one.
    left, x, z = browser.execute_script(
        "const tile = document.querySelector(arguments[0]), b = tile.getBoundingClientRect(),"
        " m = document.querySelector('.map-live').getBoundingClientRect();"
        " const [z, x] = new URL(tile.src).pathname.split('/').slice(1).map(Number);"
        " return [m.x + m.width / 2 - b.x, x, z]",
        tiles,
    )
    longitude = ((x * 256 + left) / (256 << z) - 0.5) * 360
    assert longitude == pytest.approx(to_gcj02(34.6197, 112.4540)[1], abs=0.0001)
    for point in PAIRS:
        there, back = browser.execute_script(
            "const there = gcj02.to(arguments[0]); return [there, gcj02.from(there)]", point
        )
        expected = to_gcj02(*point) if point[1] > 72 else point
        assert there == pytest.approx(expected, abs=1e-9)
        assert back == pytest.approx(point, abs=1e-7)
    shown = browser.find_element(By.CLASS_NAME, "map-credit").text
    assert shown == "Shifted"
    logs = [each["message"] for each in browser.get_log("browser")]
    assert not [line for line in logs if "Content Security Policy" in line]
    # Where no tile comes, our own map does, and its credit.
    tile_server.is_broken = True
    browser.get(f"{address}&kind=")
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, own))
    assert not browser.find_elements(By.CSS_SELECTOR, tiles)
    assert "Natural Earth" in browser.find_element(By.CLASS_NAME, "map-credit").text
    assert browser.execute_script(drawn) == "34.6197,112.4540,15"


def test_the_shift_at_luoyang_is_575_metres():
    point = (34.6197, 112.4540)
    assert distance_km(point, to_gcj02(*point)) == pytest.approx(0.575, abs=0.01)
