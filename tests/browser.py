"""Chromium for the tests: started in one way, left in peace before the tables are emptied."""

import time
from pathlib import Path

import pytest
from django.db import connection
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

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
    """Let the last pictures come before the tables are emptied."""
    browser.get("about:blank")
    time.sleep(0.3)
    connection.close()
