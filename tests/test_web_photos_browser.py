"""Photographs on the whole screen, in Chromium: by clicks, keys and buttons, and closely."""

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

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
        assert not browser.execute_script("return document.querySelector('dialog.viewer').open")
        # The focus is where it was, at the photograph that was shown last.
        focused = browser.execute_script("return document.activeElement.getAttribute('href')")
        first = browser.find_element(By.CSS_SELECTOR, "#photos a.photo").get_attribute("href")
        assert first.endswith(focused)
