"""Chromium that tells what it loads; used by `phone` and `first_views`."""

import json
import tempfile
from dataclasses import dataclass

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

DRIVER = "/usr/bin/chromedriver"


@dataclass(frozen=True, slots=True)
class Loaded:
    address: str
    kind: str  # as Chromium has it: Document, Stylesheet, Script, Image, Fetch …
    size: int  # bytes on the way, with the headers of the answer
    content: int  # of them the content


def started(
    width: int, height: int, *, scale: float = 1, is_phone: bool = False
) -> webdriver.Chrome:
    options = webdriver.ChromeOptions()
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run")
    for flag in (*flags, f"--user-data-dir={tempfile.mkdtemp()}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    browser = webdriver.Chrome(options=options, service=Service(DRIVER))
    screen = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": is_phone}
    for command, values in (
        ("Emulation.setDeviceMetricsOverride", screen),
        ("Emulation.setTouchEmulationEnabled", {"enabled": is_phone}),
        ("Network.enable", {}),
    ):
        browser.execute_cdp_cmd(command, values)
    return browser


def forget(browser: webdriver.Chrome) -> None:
    """Leave the page, and empty the caches on the disk and in memory."""
    browser.get("about:blank")
    for command, values in (
        ("Network.setCacheDisabled", {"cacheDisabled": True}),
        ("Network.setCacheDisabled", {"cacheDisabled": False}),
        ("Network.clearBrowserCache", {}),
    ):
        browser.execute_cdp_cmd(command, values)
    browser.get_log("performance")


def loaded(log: list[dict]) -> list[Loaded]:
    """All that was answered, by the log of the browser (`get_log("performance")`)."""
    begun: dict[str, tuple[str, str, int]] = {}
    found = []
    for line in log:
        message = json.loads(line["message"])["message"]
        at = message["params"]
        match message["method"]:
            case "Network.responseReceived":
                answer = at["response"]
                headers = round(answer["encodedDataLength"])
                begun[at["requestId"]] = answer["url"], at["type"], headers
            case "Network.loadingFinished" if at["requestId"] in begun:
                address, kind, headers = begun[at["requestId"]]
                if not address.startswith("data:"):
                    size = round(at["encodedDataLength"])
                    found.append(Loaded(address, kind, size, size - headers))
    return found
