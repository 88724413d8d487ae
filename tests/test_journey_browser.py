"""Journeys in a real browser: taken along without a network, put in order by finger and keys."""

import json
import re
from base64 import b64decode
from urllib.request import urlopen

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait
from websocket import WebSocketException, create_connection

from heritage.models import Site
from heritage.models.unit_of_work import change_set
from tests import builders as build
from tests.browser import active, press, resize, wait

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = ("Longmen", "Guanlin", "Erlitou", "Han–Wei", "Baima", "Mingtang", "Tianjin", "Dingding",
         "Lijing", "Zhougong")  # fmt: skip
UIDS = [f"place-{number}" for number in range(len(NAMES))]


@pytest.fixture
@change_set("command")
def ten():
    """Ten places with hours and some text."""
    china = build.make_place("China", "中国", "country", code="CN", slug="china")
    town = build.make_place("Luoyang", "洛阳", "city", parent=china, slug="luoyang")
    for number, (uid, name) in enumerate(zip(UIDS, NAMES, strict=True)):
        site = build.make_site(
            name,
            "地方",
            place=town,
            slug=uid,
            uid=uid,
            summary=build.text(f"{name} is here. " * 9),
            latitude=34.6 + number / 50,
            longitude=112.4,
        )
        build.make_opening(site)


@pytest.fixture
def offline(browser):
    """Cuts the network of the page and of its worker, and joins it again."""
    yield lambda is_cut=True: cut(browser, is_cut)
    cut(browser, False)
    browser.execute_async_script(
        """const done = arguments[0];
        (async () => {
          for (const name of await caches.keys()) await caches.delete(name);
          const workers = await navigator.serviceWorker.getRegistrations();
          for (const each of workers) await each.unregister();
          localStorage.clear();
        })().then(done, done);"""
    )


def cut(browser, is_cut):
    said = {"offline": is_cut, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    commands = [("Network.enable", {}), ("Network.emulateNetworkConditions", said)]
    while _listening:  # what was said to a worker holds as long as somebody listens
        _listening.pop().close()
    for name, parameters in commands:
        browser.execute_cdp_cmd(name, parameters)
    if is_cut:
        browser.execute_script(
            "return navigator.serviceWorker.ready.then((all) => all.active.postMessage(''))"
        )
        wait(browser, lambda: tell_worker(browser, commands))


def tell_worker(browser, commands) -> bool:
    """A worker is a target of its own in the protocol, which WebDriver does not reach.

    False if it has just ended: the browser begins and ends it as it likes.
    """
    address = browser.capabilities["goog:chromeOptions"]["debuggerAddress"]
    with urlopen(f"http://{address}/json/list") as answer:
        workers = [each for each in json.load(answer) if each["type"] == "service_worker"]
    try:
        for target in workers:
            url = target["webSocketDebuggerUrl"]
            socket = create_connection(url, timeout=5, suppress_origin=True)
            _listening.append(socket)
            for number, (name, parameters) in enumerate(commands):
                message = {"id": number, "method": name, "params": parameters}
                socket.send(json.dumps(message))
            while json.loads(socket.recv()).get("id") != 1:
                pass
    except (OSError, WebSocketException):
        return False
    return bool(workers)


_listening = []


def said(browser) -> str:
    return browser.find_element(By.CSS_SELECTOR, ".along-said").text


def take_along(browser, address):
    browser.get(address)
    wait(browser, lambda: browser.find_element(By.CSS_SELECTOR, ".along-take").is_displayed())
    browser.execute_script("document.querySelector('.along-take').click()")
    WebDriverWait(browser, 120, 0.1).until(lambda _driver: "opens without" in said(browser))


def heading(browser) -> str:
    return browser.find_element(By.TAG_NAME, "h1").text


def stored_bytes(browser) -> int:
    return browser.execute_async_script(
        """const done = arguments[0];
        (async () => {
          let sum = 0;
          for (const name of await caches.keys()) {
            const found = await (await caches.open(name)).matchAll();
            for (const each of found) sum += (await each.blob()).size;
          }
          return sum;
        })().then(done);"""
    )


def test_a_journey_is_read_without_a_network(browser, live_server, ten, offline):
    journey = f"{live_server.url}/en/journey/?stop={'~'.join(UIDS)}&name=Ten"
    browser.get(journey)
    asked = "return navigator.serviceWorker.getRegistrations().then((all) => all.length)"
    assert browser.execute_script(asked) == 0  # nothing unless asked
    take_along(browser, journey)
    assert 10_000 < stored_bytes(browser) < 500_000

    offline()
    browser.get(journey)
    assert heading(browser) == "Ten"
    assert "Taken along on" in browser.find_element(By.CSS_SELECTOR, ".along-note").text
    width = "return getComputedStyle(document.querySelector('.stop-body')).display"
    assert browser.execute_script(width) == "grid"  # with its styles
    pictures = "return [...document.querySelectorAll('.stop-cover')].map((at) => at.naturalWidth)"
    browser.execute_script(
        "for (const at of document.querySelectorAll('img')) at.loading = 'eager'"
    )
    wait(browser, lambda: all(browser.execute_script(pictures)))
    browser.find_element(By.LINK_TEXT, "Guanlin").click()
    wait(browser, lambda: heading(browser) == "Guanlin")
    browser.get(f"{live_server.url}/en/kinds/")
    assert "was not taken along" in browser.find_element(By.CSS_SELECTOR, ".along-note").text
    wait(browser, lambda: browser.find_elements(By.LINK_TEXT, "Ten"))


def test_what_has_changed_is_said_and_shown_when_there_is_a_network(
    browser, live_server, ten, offline
):
    journey = f"{live_server.url}/en/journey/?stop={'~'.join(UIDS[:2])}"
    take_along(browser, journey)
    with change_set("command"):
        site = Site.objects.get(uid=UIDS[0])
        site.name = build.text("Renamed", "改名")
        site.save()
    browser.get(f"{live_server.url}/en/sites/{UIDS[0]}/")
    assert heading(browser) == "Renamed"  # the worker shows nothing old while the server answers
    browser.get(journey)
    row = (By.CSS_SELECTOR, ".along-all li")
    wait(browser, lambda: browser.find_element(*row).get_attribute("data-state") == "old")
    browser.execute_script("document.querySelector('.along-all button').click()")
    wait(browser, lambda: browser.find_element(*row).get_attribute("data-state") == "current")
    offline()
    browser.get(f"{live_server.url}/en/sites/{UIDS[0]}/")
    assert heading(browser) == "Renamed"
    browser.get(journey)
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, ".along-all button"))
    browser.execute_script("document.querySelector('.along-all button').click()")
    wait(browser, lambda: "Removed" in said(browser))
    assert stored_bytes(browser) == 0
    left = "return navigator.serviceWorker.getRegistrations().then((all) => all.length)"
    assert browser.execute_script(left) == 0


def test_what_cannot_be_fetched_whole_changes_nothing(browser, live_server, ten, offline):
    journey = f"{live_server.url}/en/journey/?stop={'~'.join(UIDS[:2])}"
    take_along(browser, journey)
    before = stored_bytes(browser)
    with change_set("command"):
        site = Site.objects.get(uid=UIDS[0])
        site.name = build.text("Renamed", "改名")
        site.save()
    browser.get(journey)
    wait(browser, lambda: len(browser.find_elements(By.CSS_SELECTOR, ".along-all button")) == 2)
    offline()
    browser.execute_script("document.querySelector('.along-all button').click()")
    wait(browser, lambda: "could not be fetched" in said(browser))
    assert stored_bytes(browser) == before


# --- order by hand -------------------------------------------------------------------------------

THREE = f"/en/journey/?stop={'~'.join(UIDS[:3])}&order=hand&day=2026-12-06"


def order(browser) -> list[str]:
    script = "return [...document.querySelectorAll('.stop')].map((at) => at.dataset.uid)"
    return browser.execute_script(script)


def handle(browser, uid):
    found = browser.find_element(By.CSS_SELECTOR, f"#{uid} .stop-handle")
    scroll = "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})"
    browser.execute_script(scroll, found)
    return found


def middle(browser, selector) -> dict[str, float]:
    script = """const { left, top, width, height } =
      document.querySelector(arguments[0]).getBoundingClientRect();
    return { x: left + width / 2, y: top + height / 2 };"""
    return browser.execute_script(script, selector)


def drag_by_mouse(browser, start, end):
    for kind, at in (("mousePressed", start), ("mouseMoved", end), ("mouseReleased", end)):
        event = {"type": kind, "button": "left", "clickCount": 1, **at}
        event["buttons"] = 0 if kind == "mouseReleased" else 1
        browser.execute_cdp_cmd("Input.dispatchMouseEvent", event)


def drag_by_finger(browser, start, end):
    browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
    for kind, points in (("touchStart", [start]), ("touchMove", [end]), ("touchEnd", [])):
        event = {"type": kind, "touchPoints": points}
        browser.execute_cdp_cmd("Input.dispatchTouchEvent", event)
    browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})


@pytest.mark.parametrize(("drag", "width"), [(drag_by_mouse, 1280), (drag_by_finger, 360)])
def test_a_stop_is_dragged_to_its_place(browser, live_server, ten, drag, width):
    resize(browser, width, 1600)
    browser.get(f"{live_server.url}{THREE}")
    first, second, third = (f"stop-{uid}" for uid in UIDS[:3])
    wait(browser, lambda: len(browser.find_elements(By.CSS_SELECTOR, ".stop-handle")) == 3)
    handle(browser, second)
    target = middle(browser, f"#{third}")
    drag(browser, middle(browser, f"#{first} .stop-handle"), target | {"y": target["y"] + 20})
    wait(browser, lambda: order(browser) == [UIDS[1], UIDS[2], UIDS[0]])
    assert "order=hand" in browser.current_url


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_each_day_is_one_sheet_of_a4(browser, live_server, ten, language):
    """Four stops, with the map and the names for the driver."""
    uids = "~".join(UIDS[:6])
    browser.get(f"{live_server.url}/{language}/journey/?stop={uids}&minutes=100&day=2026-12-06")
    days = browser.find_elements(By.CSS_SELECTOR, ".journey-day")
    stops = [len(day.find_elements(By.CSS_SELECTOR, ".stop")) for day in days]
    assert stops == [4, 2]
    printed = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    pdf = b64decode(printed["data"])
    size = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert [tuple(round(float(each)) for each in page) for page in size] == [(595, 842)] * 2


def test_a_stop_is_moved_by_keys_and_keeps_the_focus(browser, live_server, ten):
    browser.get(f"{live_server.url}{THREE}")
    wait(browser, lambda: len(browser.find_elements(By.CSS_SELECTOR, ".stop-handle")) == 3)
    handle(browser, f"stop-{UIDS[0]}").send_keys(Keys.ARROW_DOWN)
    wait(browser, lambda: order(browser) == [UIDS[1], UIDS[0], UIDS[2]])
    wait(browser, lambda: active(browser, f"#stop-{UIDS[0]} .stop-handle"))
    press(browser, Keys.ARROW_UP)
    wait(browser, lambda: order(browser) == UIDS[:3])


def test_kept_sites_are_compared_from_the_strip(browser, live_server, ten):
    browser.get(f"{live_server.url}/en/sites/")
    browser.execute_script("localStorage.clear()")
    browser.refresh()
    for _one in range(2):
        browser.execute_script("document.querySelector('.keep[aria-pressed=false]').click()")
    link = browser.find_element(By.CSS_SELECTOR, "#kept a + a")
    wait(browser, link.is_displayed)
    link.click()
    wait(browser, lambda: len(browser.find_elements(By.CSS_SELECTOR, ".compared > li")) == 2)
    browser.execute_script("localStorage.clear()")
