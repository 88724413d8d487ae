"""Chromium for the tests: started in one way, left in peace before the tables are emptied."""

import time
from pathlib import Path

import pytest
from django.core.signals import request_finished, request_started
from django.db import connection
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

_asked: list[None] = []  # one for each request that is being answered, in whichever thread
request_started.connect(lambda **_: _asked.append(None), weak=False, dispatch_uid="tests.browser")
request_finished.connect(
    lambda **_: _asked and _asked.pop(), weak=False, dispatch_uid="tests.browser"
)

DRIVER = Path("/usr/bin/chromedriver")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update",
         "--window-size=1280,900")  # fmt: skip


def start(folder: Path) -> webdriver.Chrome:
    """A browser with a profile of its own; without Chromium the test is skipped, aloud."""
    if not DRIVER.exists():
        pytest.skip(f"Not tested in a browser: {DRIVER} is missing")
    options = webdriver.ChromeOptions()
    for flag in (*FLAGS, f"--user-data-dir={folder}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=Service(str(DRIVER)))


def forget_requests() -> None:
    """Those that a test asked by itself and did not read to their end."""
    _asked.clear()


def resize(browser, width: int, height: int = 900) -> None:
    """As a screen of that width, whatever the window's least size is."""
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def emulate(browser, scheme: str = "light", motion: str = "reduce") -> None:
    """What the reader has asked the system for."""
    wishes = {"prefers-color-scheme": scheme, "prefers-reduced-motion": motion}
    features = [{"name": name, "value": value} for name, value in wishes.items()]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def settle(browser) -> None:
    """Let the last answers be given before the tables are emptied.

    What a form says when it is left would be answered later, when its session is gone, and the
    answer would take the cookie of the next test's log-in away.
    """
    browser.execute_script("navigator.sendBeacon = () => true")
    browser.get("about:blank")
    time.sleep(0.05)  # what was asked last has begun by then
    end = time.monotonic() + 15  # on a busy machine
    while _asked and time.monotonic() < end:
        time.sleep(0.01)
    connection.close()


def scripts(browser, are_run: bool) -> None:
    """Whether the pages' scripts run; those of the test always do."""
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not are_run})


def wait(browser, condition) -> None:
    """Until it holds. What is replaced between being found and being read is looked for again."""
    again = (NoSuchElementException, StaleElementReferenceException)
    WebDriverWait(browser, 20, 0.05, ignored_exceptions=again).until(lambda _driver: condition())


def press(browser, *keys: str) -> None:
    ActionChains(browser, duration=0).send_keys(*keys).perform()


def active(browser, selector: str) -> bool:
    """Whether what has the focus is such an element."""
    return browser.execute_script("return document.activeElement.matches(arguments[0])", selector)


def step(browser, back: bool = False) -> None:
    """To the next stop, or with Shift to the one before."""
    keys = ActionChains(browser, duration=0)
    if back:
        keys.key_down(Keys.SHIFT).send_keys(Keys.TAB).key_up(Keys.SHIFT).perform()
    else:
        keys.send_keys(Keys.TAB).perform()


def tab_to(browser, selector: str, most: int = 60, back: bool = False) -> None:
    """Nothing but the Tab key, as far as it takes."""
    for _ in range(most):
        step(browser, back)
        if active(browser, selector):
            return
    raise AssertionError(f"{selector} is not reached by {most} presses of Tab")


def text_of(browser, selector: str) -> str:
    """Of an element that may be hidden from the eye."""
    return browser.find_element("css selector", selector).get_attribute("textContent").strip()
