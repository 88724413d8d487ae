"""The list of sites in a real browser: filters without a reload, history, facets searched."""

import time

import pytest
from django.db import connection
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests import builders as build
from tests.webrows import plain_site, vocabulary

pytestmark = pytest.mark.django_db(transaction=True)

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update",
         "--window-size=1280,900")  # fmt: skip


@pytest.fixture
def browser(tmp_path):
    options = webdriver.ChromeOptions()
    for flag in (*FLAGS, f"--user-data-dir={tmp_path / 'chromium'}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    yield driver
    driver.quit()


@pytest.fixture
def filled():
    words = vocabulary()
    for number in range(3):
        plain_site(words, number)
    for number in range(16):
        land = build.make_place(f"Länd {number:02}", level="country", slug=f"land-{number}")
        build.make_site(place=land, kinds=[words.bridge])


def wait(browser, condition):
    WebDriverWait(browser, 10).until(lambda _driver: condition())


def box(browser, name, value):
    return browser.find_element(By.CSS_SELECTOR, f"input[name={name}][value={value}]")


def click(browser, element):
    browser.execute_script(
        "arguments[0].scrollIntoView({block:'center',behavior:'instant'})", element
    )
    element.click()


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
    assert browser.title == "Bridge · Heritage"
    assert browser.find_element(By.ID, "live").get_attribute("textContent") == "16 sites"
    active = "return [document.activeElement.name, document.activeElement.value]"
    assert browser.execute_script(active) == ["kind", "bridge"]
    other = browser.find_element(By.CSS_SELECTOR, ".languages a").get_attribute("href")
    assert other == f"{live_server.url}/zh-hans/sites/?kind=bridge"

    rest = browser.find_element(By.CSS_SELECTOR, ".facet-rest")
    click(browser, rest.find_element(By.TAG_NAME, "summary"))
    rest.find_element(By.CSS_SELECTOR, ".facet-search").send_keys("land 09")
    shown = [item for item in rest.find_elements(By.TAG_NAME, "li") if item.is_displayed()]
    assert [item.text.split("\n")[0] for item in shown] == ["Länd 09"]
    click(browser, shown[0].find_element(By.TAG_NAME, "input"))
    wait(browser, lambda: count(browser) == "1 site")
    assert browser.current_url == f"{start}?kind=bridge&place=land-9"

    browser.back()
    wait(browser, lambda: count(browser) == "16 sites")
    browser.back()
    wait(browser, lambda: count(browser) == "19 sites")
    assert browser.current_url == start
    refused = [
        entry for entry in browser.get_log("browser") if "Content Security" in entry["message"]
    ]
    assert refused == []
    settle(browser)


def test_the_same_without_a_script(browser, live_server, filled):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.get(f"{live_server.url}/en/sites/")
    box(browser, "kind", "bridge").click()
    browser.find_element(By.CSS_SELECTOR, ".filters-apply .button").click()
    wait(browser, lambda: "kind=bridge" in browser.current_url)
    assert count(browser) == "16 sites"
    browser.find_element(By.LINK_TEXT, "List").click()
    wait(browser, lambda: "view=list" in browser.current_url)
    assert len(browser.find_elements(By.CSS_SELECTOR, ".rows tbody tr")) == 16
    settle(browser)


def settle(browser) -> None:
    """Let the last pictures come before the tables are emptied."""
    browser.get("about:blank")
    time.sleep(0.3)
    connection.close()
