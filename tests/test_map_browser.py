"""The map in a real browser: pan, zoom, keys, the list in step, and no violation of the policy."""

from itertools import pairwise

import pytest
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
