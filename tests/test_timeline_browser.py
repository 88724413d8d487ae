"""The timeline in a real browser: keys, wheel, drag and links move it, the list stays in step."""

import pytest
from selenium.webdriver.common.action_chains import ActionChains
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
    for number in range(50):
        build.make_event(build.make_site(f"Temple {number}"), "built", f"0{600 + 5 * number}")
    for number in range(3):
        build.make_event(build.make_site(f"Palace {number}"), "built", f"14{number}0")
    build.make_site("Undated")
    region = {"en": "Far East", "zh-hans": "远东"}
    build.make_era("Middle dynasty", "中朝", slug="middle", span="0618/0907", region_name=region)


def in_view(browser) -> str:
    return browser.find_element(By.CLASS_NAME, "map-in-view").text


def changed(browser, do) -> str:
    """What is in view after something has moved the scroll."""
    before = browser.find_element(By.ID, "timeline")
    do()
    wait(browser, lambda: browser.find_element(By.ID, "timeline") != before)
    return in_view(browser)


def frame(browser):
    return browser.find_element(By.ID, "scroll")


def test_the_hand_moves_the_scroll_and_the_list_follows(browser, live_server, filled):
    resize(browser, 1280)
    browser.get(f"{live_server.url}/en/sites/?view=timeline&at=600..1000")
    assert in_view(browser) == "50 sites begun in 600–1000"
    wait(browser, lambda: browser.execute_script("return document.documentElement.className"))
    changed(browser, lambda: frame(browser).send_keys("+"))
    assert "at=700..899" in browser.current_url
    wait(browser, lambda: browser.execute_script("return document.activeElement.id") == "scroll")
    changed(browser, lambda: frame(browser).send_keys("-"))
    assert "at=600..999" in browser.current_url
    changed(browser, lambda: frame(browser).send_keys(Keys.ARROW_RIGHT))
    assert "at=700..1099" in browser.current_url
    assert in_view(browser) == "30 sites begun in 700–1099"
    assert len(browser.find_elements(By.CLASS_NAME, "scroll-bar")) == 30
    live = browser.find_element(By.ID, "live").get_attribute("textContent")
    assert live == in_view(browser)

    # A drag to the right shows what is earlier; what was dragged is not clicked.
    sheet = browser.find_element(By.CLASS_NAME, "scroll-paper")
    changed(
        browser,
        lambda: ActionChains(browser).click_and_hold(sheet).move_by_offset(120, 0)
        .release().perform(),
    )  # fmt: skip
    first = int(browser.current_url.split("at=")[1].split("..")[0])
    assert 600 < first < 700
    changed(browser, lambda: browser.find_element(By.CSS_SELECTOR, ".timeline-steps a").click())
    assert "at=" in browser.current_url
    logs = [each["message"] for each in browser.get_log("browser")]
    assert not [line for line in logs if "Content Security Policy" in line or "SEVERE" in line]


def test_the_red_line_is_drawn_to_a_year(browser, live_server, filled):
    resize(browser, 1280)
    browser.get(f"{live_server.url}/en/year/676/")
    wait(
        browser,
        lambda: "live" in browser.execute_script("return document.documentElement.className"),
    )
    flag = browser.find_element(By.CSS_SELECTOR, ".scroll-red text")
    ActionChains(browser).click_and_hold(flag).move_by_offset(200, 0).release().perform()
    wait(browser, lambda: "/year/676/" not in browser.current_url)
    year = int(browser.current_url.rstrip("/").rsplit("/", 1)[1])
    assert 720 < year < 900
    assert browser.find_element(By.TAG_NAME, "h1").text == f"Stand in {year}"


def test_without_a_script_links_do(browser, live_server, filled):
    scripts(browser, are_run=False)
    try:
        browser.get(f"{live_server.url}/en/sites/?view=timeline")
        links = browser.find_elements(By.CSS_SELECTOR, ".timeline-steps a")
        links[0].click()
        wait(browser, lambda: "at=" in browser.current_url)
        undated = browser.find_element(By.PARTIAL_LINK_TEXT, "undated")
        undated.click()
        wait(browser, lambda: "begun=none" in browser.current_url)
        assert browser.find_element(By.CSS_SELECTOR, "#count strong").text == "1"
    finally:
        scripts(browser, are_run=True)


@pytest.mark.parametrize("path", ["en/sites/?view=timeline", "zh-hans/year/676/"])
def test_everybody_can_use_it(browser, live_server, filled, path):
    for width, scheme in ((1280, "light"), (360, "dark")):
        resize(browser, width)
        emulate(browser, scheme)
        browser.get(f"{live_server.url}/{path}")
        assert violations(browser) == []
        wide = browser.execute_script("return document.documentElement.scrollWidth")
        assert wide <= width
    resize(browser, 1280)
    emulate(browser)
