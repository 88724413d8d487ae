"""The map in a real browser: pan, zoom, keys, the list in step, and no violation of the policy."""

from itertools import pairwise

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions.wheel_input import ScrollOrigin
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from heritage.models.unit_of_work import change_set
from tests import builders as build
from tests.axe import violations
from tests.browser import emulate, resize, scripts, wait

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
@change_set("command")
def filled():
    for number in range(30):
        build.make_site(f"Cave {number}", latitude=34.5 + number / 100, longitude=112.4)
    build.make_site("Hall", latitude=34.75, longitude=113.2)
    build.make_site("Far", latitude=48.85, longitude=2.35)


def drawn(browser) -> str:
    script = "return document.getElementById('map')?.dataset.drawn ?? ''"
    return browser.execute_script(script)


def in_view(browser) -> str:
    return browser.find_element(By.CLASS_NAME, "map-in-view").text


def opened(browser, url):
    browser.get(url)
    wait(browser, lambda: drawn(browser))


def test_the_map_is_moved_and_the_list_and_the_address_follow(browser, live_server, filled):
    opened(browser, f"{live_server.url}/en/sites/?view=map")
    wait(browser, lambda: in_view(browser) == "32 sites in view")
    assert not browser.find_element(By.CLASS_NAME, "map-still").is_displayed()
    assert "at=" not in browser.current_url  # nobody has moved it

    # A group is opened: the map comes closer, what is far away is no longer in view.
    groups = browser.find_elements(By.CLASS_NAME, "map-pin-group")
    before = drawn(browser)
    browser.execute_script("arguments[0].click()", groups[0])
    wait(browser, lambda: drawn(browser) != before)
    wait(browser, lambda: in_view(browser) == "31 sites in view")
    assert "at=3" in browser.current_url and "view=map" in browser.current_url
    live = browser.find_element(By.ID, "live").get_attribute("textContent")
    assert live == "31 sites in view"

    assert not browser.find_elements(By.CLASS_NAME, "map-beyond")
    # Keys move it and zoom.
    frame = browser.find_element(By.CLASS_NAME, "map-live")
    for key, zoomed in (("-", -1), ("+", 1), (Keys.ARROW_LEFT, 0)):
        at = drawn(browser)
        frame.send_keys(key)
        wait(browser, lambda at=at: drawn(browser) != at)
        assert int(drawn(browser).split(",")[2]) - int(at.split(",")[2]) == zoomed

    # The area that is seen becomes the filter of the list.
    browser.find_element(By.CLASS_NAME, "map-area").click()
    wait(browser, lambda: "bbox=" in browser.current_url and drawn(browser))
    browser.back()
    wait(browser, lambda: "bbox=" not in browser.current_url and drawn(browser))
    logs = [each["message"] for each in browser.get_log("browser")]
    assert not [line for line in logs if "Content Security Policy" in line or "SEVERE" in line]
    stops = "return document.querySelectorAll('#map [tabindex=\"0\"], #map a, #map button').length"
    frame_stops = browser.execute_script(
        "return document.querySelectorAll('.map-live [tabindex=\"0\"], .map-live a').length"
    )
    assert frame_stops <= 40
    assert browser.execute_script(stops) > 0


def test_a_world_that_is_narrower_than_the_map_is_seen_once(browser, live_server, filled):
    opened(browser, f"{live_server.url}/en/sites/?view=map&at=20,30,0")
    assert len(browser.find_elements(By.CSS_SELECTOR, ".map-live .map-beyond")) == 2


def test_on_paper_is_the_part_of_the_world_that_the_screen_shows(browser, live_server, filled):
    opened(browser, f"{live_server.url}/en/sites/?view=map")
    size = (
        "const {width, height} = document.querySelector('.map-live').getBoundingClientRect();"
        "return [Math.round(width), height / width];"
    )
    before = browser.execute_script(size)
    browser.execute_script("dispatchEvent(new Event('beforeprint'))")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    resize(browser, 720, 1100)
    width, shape = browser.execute_script(size)
    assert width == 640 and shape == pytest.approx(before[1], abs=0.01)
    resize(browser, 1280)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    browser.execute_script("dispatchEvent(new Event('afterprint'))")
    assert browser.execute_script(size) == before


def test_a_single_site_shows_its_card_and_filters_keep_the_map(browser, live_server, filled):
    opened(browser, f"{live_server.url}/en/sites/?view=map&at=34.75,113.2,10")
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, ".map-pin-site"))
    browser.execute_script("document.querySelector('.map-pin-site').click()")
    wait(browser, lambda: browser.find_elements(By.CLASS_NAME, "map-card"))
    link = browser.find_element(By.CSS_SELECTOR, ".map-card a")
    assert link.get_attribute("href").endswith("/en/sites/hall/")
    assert "Hall" in link.text
    # A filter leads to a map of its own.
    browser.execute_script(
        "const q = document.getElementById('q'); q.value = 'far';"
        "document.getElementById('filters-form').requestSubmit()"
    )
    wait(browser, lambda: "q=far" in browser.current_url)
    wait(browser, lambda: drawn(browser) and in_view(browser) == "1 site in view")
    assert browser.find_elements(By.CSS_SELECTOR, ".map-live.leaflet-container")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_meets_the_rules_of_accessibility(browser, live_server, filled, scheme):
    emulate(browser, scheme)
    for width in (360, 1280):
        resize(browser, width)
        opened(browser, f"{live_server.url}/en/sites/?view=map")
        assert violations(browser) == []


def test_hand_wheel_and_fingers_move_it(browser, live_server, filled):
    resize(browser, 1280)
    opened(browser, f"{live_server.url}/en/sites/?view=map&at=34.6,112.4,5")
    frame = browser.find_element(By.CLASS_NAME, "map-live")

    def moved(do) -> tuple[float, float, int]:
        before = drawn(browser)
        do()
        wait(browser, lambda: drawn(browser) != before)
        latitude, longitude, zoom = drawn(browser).split(",")
        assert f"at={drawn(browser)}" in browser.current_url
        return float(latitude), float(longitude), int(zoom)

    # A drag to the right shows what lies west. What is pressed is the ground, not a mark.
    drag = ActionChains(browser, duration=50).move_to_element_with_offset(frame, -200, 120)
    latitude, longitude, zoom = moved(
        drag.click_and_hold().move_by_offset(150, 0).release().perform
    )
    assert longitude < 112 and zoom == 5 and abs(latitude - 34.6) < 0.5
    # The wheel turns the page until somebody has taken hold of the map, as by a drag.
    origin = ScrollOrigin.from_element(frame)
    wheel = ActionChains(browser).scroll_from_origin(origin, 0, -240)
    assert moved(wheel.perform)[2] > 5
    # One finger moves it, two bring it closer.
    box = frame.rect

    def touch(kind: str, *points: tuple[float, float]) -> None:
        top = browser.execute_script("return arguments[0].getBoundingClientRect().top", frame)
        at = [{"x": box["x"] + x, "y": top + y, "id": n} for n, (x, y) in enumerate(points)]
        browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    def pinch() -> None:
        touch("touchStart", (280, 250), (320, 250))
        for apart in (40, 60, 90):
            touch("touchMove", (300 - apart, 250), (300 + apart, 250))
        touch("touchEnd")

    browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
    try:
        opened(browser, f"{live_server.url}/en/sites/?view=map&at=34.6,112.4,4")
        frame = browser.find_element(By.CLASS_NAME, "map-live")
        box = frame.rect
        assert moved(pinch)[2] > 4
    finally:
        browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})


def test_nothing_jumps_while_the_map_is_made(browser, live_server, filled):
    for width in (360, 1280):
        resize(browser, width)
        opened(browser, f"{live_server.url}/en/sites/?view=map")
        shift = browser.execute_async_script(
            "const done = arguments[0]; let sum = 0;"
            "new PerformanceObserver((list) => {"
            "for (const each of list.getEntries()) if (!each.hadRecentInput) sum += each.value;"
            "}).observe({type: 'layout-shift', buffered: true});"
            "requestAnimationFrame(() => requestAnimationFrame(() => done(sum)))"
        )
        assert shift < 0.01, width


def test_the_map_in_a_frame_is_moved_and_keeps_its_page(browser, live_server, filled):
    address = f"{live_server.url}/en/embed/map/?at=34.6,112.4,5"
    browser.get(address)
    browser.delete_all_cookies()  # of whoever was here before
    opened(browser, address)
    frame = browser.find_element(By.CLASS_NAME, "map-live")
    before = drawn(browser)
    frame.send_keys(Keys.ARROW_LEFT)
    wait(browser, lambda: drawn(browser) != before)
    assert "/en/embed/map/?at=" in browser.current_url
    assert browser.find_elements(By.CSS_SELECTOR, ".map-pin-group")
    assert not browser.find_elements(By.CLASS_NAME, "map-list")
    assert violations(browser) == []
    assert not browser.get_cookies()


TILES = """return [...document.querySelectorAll(".leaflet-tile")].map((tile) =>
  [tile.naturalWidth > 0, tile.classList.contains("leaflet-tile-loaded")])"""


def test_tiles_and_marks_that_failed_are_asked_again(browser, live_server, filled):
    opened(browser, f"{live_server.url}/en/sites/?view=map&at=34.7,112.4,8")

    def network(is_there: bool) -> None:
        # What an earlier test has shown would come from the cache, network or not.
        browser.execute_cdp_cmd("Network.setCacheDisabled", {"cacheDisabled": not is_there})
        how = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        said = {"offline": not is_there, **how}
        browser.execute_cdp_cmd("Network.emulateNetworkConditions", said)

    before = drawn(browser)
    browser.execute_cdp_cmd("Network.enable", {})
    try:
        network(False)
        browser.find_element(By.CLASS_NAME, "map-live").send_keys("-")
        wait(browser, lambda: any(not is_there for is_there, _ in browser.execute_script(TILES)))
        assert drawn(browser) == before
    finally:
        network(True)
    wait(browser, lambda: drawn(browser) != before)
    wait(browser, lambda: all(all(tile) for tile in browser.execute_script(TILES)))


def test_a_phone_loads_no_tiles_for_the_map_that_a_script_replaces(browser, live_server, filled):
    resize(browser, 360)
    opened(browser, f"{live_server.url}/en/sites/?view=map&bbox=112,34,113,35.5")
    zoom = drawn(browser).split(",")[2]
    asked = browser.execute_script(
        "return performance.getEntriesByType('resource').map((each) => each.name)"
    )
    tiles = {name.split("/")[-3] for name in asked if "/map/" in name and name.endswith(".svg")}
    assert tiles == {zoom}


def test_without_a_script_links_do_the_same(browser, live_server, filled):
    scripts(browser, False)
    browser.get(f"{live_server.url}/en/sites/?view=map")
    assert browser.find_element(By.CLASS_NAME, "map-sheet").is_displayed()
    browser.find_element(By.CSS_SELECTOR, '.map-steps a[href*="at="]').click()
    wait(browser, lambda: "at=" in browser.current_url)
    shown = browser.find_element(By.CSS_SELECTOR, ".map-sheet").get_attribute("aria-label")
    assert "in view" in shown


def test_on_a_phone_nothing_covers_anything(browser, live_server, filled):
    resize(browser, 360, 740)
    opened(browser, f"{live_server.url}/zh-hans/sites/?view=map")
    boxes = browser.execute_script(
        "return ['.map-frame', '.map-credit', '.map-list'].map((each) => {"
        "const box = document.querySelector(each).getBoundingClientRect();"
        "return [box.left, box.top, box.right, box.bottom]})"
    )
    for above, below in pairwise(boxes):
        assert above[3] <= below[1]
    assert all(box[0] >= 0 and box[2] <= 360 for box in boxes)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 360
