"""The list of sites in a real browser: filters without a reload, history, facets searched."""

import pytest
from selenium.webdriver.common.by import By

from tests import builders as build
from tests.browser import scripts, wait
from tests.webrows import plain_site, vocabulary

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def filled():
    words = vocabulary()
    for number in range(3):
        plain_site(words, number)
    for number in range(16):
        land = build.make_place(f"Länd {number:02}", level="country", slug=f"land-{number}")
        build.make_site(place=land, kinds=[words.bridge])


def box(browser, name, value):
    return browser.find_element(By.CSS_SELECTOR, f"input[name={name}][value={value}]")


def click(browser, element):
    browser.execute_script(
        "arguments[0].scrollIntoView({block:'center',behavior:'instant'})", element
    )
    element.click()


def live(browser) -> str:
    return browser.find_element(By.ID, "live").get_attribute("textContent")


def count(browser) -> str:
    return browser.find_element(By.ID, "count").text


def test_filters_apply_at_once_and_history_is_right(browser, live_server, filled):
    start = f"{live_server.url}/en/sites/"
    browser.get(start)
    browser.execute_script("window.same = true")
    click(browser, box(browser, "kind", "bridge"))
    wait(browser, lambda: browser.current_url == f"{start}?kind=bridge")
    wait(browser, lambda: count(browser) == "16 sites")
    assert browser.execute_script("return window.same")  # nothing was loaded anew
    wait(browser, lambda: browser.title == "Bridge · Heritage")
    wait(browser, lambda: live(browser) == "16 sites")
    active = "return [document.activeElement.name, document.activeElement.value]"
    assert browser.execute_script(active) == ["kind", "bridge"]
    other = browser.find_element(By.CSS_SELECTOR, ".languages a").get_attribute("href")
    assert other == f"{live_server.url}/zh-hans/sites/?kind=bridge"

    click(browser, browser.find_element(By.ID, "more-place"))
    wait(browser, lambda: browser.current_url == f"{start}?kind=bridge&all=place")
    whole = (By.CSS_SELECTOR, ".facet:has(.facet-search)")
    wait(browser, lambda: browser.find_elements(*whole))
    assert "facet-search" in browser.switch_to.active_element.get_attribute("class")
    browser.switch_to.active_element.send_keys("land 09")
    items = browser.find_element(*whole).find_elements(By.TAG_NAME, "li")
    shown = [item for item in items if item.is_displayed()]
    assert [item.text.split("\n")[0] for item in shown] == ["Länd 09"]
    click(browser, shown[0].find_element(By.TAG_NAME, "input"))
    wait(browser, lambda: count(browser) == "1 site")
    wait(browser, lambda: browser.current_url == f"{start}?all=place&kind=bridge&place=land-9")

    browser.back()
    wait(browser, lambda: count(browser) == "16 sites")
    browser.back()
    wait(browser, lambda: browser.current_url == f"{start}?kind=bridge")
    browser.back()
    wait(browser, lambda: count(browser) == "19 sites")
    wait(browser, lambda: browser.current_url == start)


def test_the_same_without_a_script(browser, live_server, filled):
    scripts(browser, are_run=False)
    browser.get(f"{live_server.url}/en/sites/")
    box(browser, "kind", "bridge").click()
    browser.find_element(By.CSS_SELECTOR, ".filters-apply .button").click()
    wait(browser, lambda: "kind=bridge" in browser.current_url and count(browser) == "16 sites")
    browser.find_element(By.LINK_TEXT, "List").click()
    wait(browser, lambda: "view=list" in browser.current_url)
    assert len(browser.find_elements(By.CSS_SELECTOR, ".rows tbody tr")) == 16
