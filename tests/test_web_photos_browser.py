"""Photographs on the whole screen, in Chromium: by clicks, keys and buttons, and closely."""

import io

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from heritage.media import tiles
from heritage.models import Rendition
from tests import builders as build
from tests.browser import resize, wait
from tests.test_web_gallery import photograph

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_photograph_fills_the_screen_with_its_credit(browser, live_server):
    site = build.make_site("Longmen", slug="longmen")
    for number in range(3):
        build.make_image(
            site,
            file=photograph(800, 500, seed=number),
            caption=build.text(f"View {number}"),
            author=f"Author {number}",
            order=number,
        )
    for width in (1280, 360):
        resize(browser, width)
        browser.get(f"{live_server.url}/en/sites/longmen/")
        link = browser.find_elements(By.CSS_SELECTOR, "#photos a.photo")[1]
        browser.execute_script("arguments[0].click()", link)
        wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, "dialog.viewer[open]"))

        def part(name):
            return browser.find_element(By.CSS_SELECTOR, f".viewer-{name}")

        assert part("count").text == "2 / 3"
        assert "View 1" in part("credit").text and "Author 1" in part("credit").text
        browser.switch_to.active_element.send_keys(Keys.ARROW_RIGHT)
        assert part("count").text == "3 / 3" and "Author 2" in part("credit").text
        part("next").click()
        assert part("count").text == "1 / 3"
        part("zoom").click()
        layer = ".viewer-zoomed .leaflet-image-layer"
        wait(browser, lambda css=layer: browser.find_elements(By.CSS_SELECTOR, css))
        assert "Author 0" in part("credit").text
        browser.switch_to.active_element.send_keys(Keys.ESCAPE)
        wait(browser, lambda: not browser.find_elements(By.CSS_SELECTOR, "dialog.viewer[open]"))
        # The focus is where it was, at the photograph that was shown last. The browser tells the
        # page of a closed dialog a moment after it has closed it.
        first = browser.find_element(By.CSS_SELECTOR, "#photos a.photo")
        wait(browser, lambda link=first: browser.switch_to.active_element == link)


LOADED = """
const images = [...document.querySelectorAll(".viewer-zoomed .leaflet-tile-loaded img")];
return images.filter((each) => each.naturalWidth).map((each) => {
  const box = each.getBoundingClientRect();
  return [each.getAttribute("src"), box.width / each.naturalWidth, box.height / each.naturalHeight];
});
"""


def test_closely_only_the_tiles_in_view_are_loaded(browser, live_server):
    site = build.make_site("Longmen", slug="longmen")
    image = build.make_image(site, file=photograph(2100, 1300), author="Li")
    call_command("renditions", stdout=io.StringIO())
    resize(browser, 1280)

    def closely():
        browser.get(f"{live_server.url}/en/sites/longmen/")
        link = browser.find_element(By.CSS_SELECTOR, "#photos a.photo")
        browser.execute_script("arguments[0].click()", link)
        wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, "dialog.viewer[open]"))
        browser.find_element(By.CSS_SELECTOR, ".viewer-zoom").click()

    closely()
    wait(browser, lambda: browser.execute_script(LOADED))
    wait(
        browser,
        lambda: (
            not browser.find_elements(
                By.CSS_SELECTOR, ".viewer-zoomed .leaflet-tile:not(.leaflet-tile-loaded)"
            )
        ),
    )
    loaded = browser.execute_script(LOADED)
    addresses = {src for src, _across, _down in loaded}
    whole = tiles.PixelSize(2100, 1300)
    stored = {f"/iiif/3/{image.tiles_id}/{name}" for name in tiles.tile_names(whole)}
    assert addresses <= stored and len(addresses) < len(stored)
    # Each is as wide as high, and all of them alike: they fit together.
    assert all(across == pytest.approx(down, rel=0.02) for _src, across, down in loaded)
    assert not browser.find_elements(By.CSS_SELECTOR, ".viewer-zoomed .leaflet-image-layer")
    folder = Rendition.objects.get(form="tiles").path
    for name in tiles.tile_names(whole):
        default_storage.delete(f"{folder}/{name}")
    browser.execute_cdp_cmd("Network.clearBrowserCache", {})
    closely()
    layer = ".viewer-zoomed .leaflet-image-layer"
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, layer))
