"""Suggestions in a real browser: by keyboard, by pointer, in Chinese, and read out."""

import time

import pytest
from selenium.webdriver.common.keys import Keys

from heritage.models.unit_of_work import change_set
from tests import builders as build
from tests.axe import violations
from tests.browser import (
    active,
    press,
    resize,
    scripts,
    tab_to,
    wait,
)
from tests.webrows import full_site, plain_site, vocabulary

pytestmark = pytest.mark.django_db(transaction=True)

STATE = """
const field = document.getElementById(arguments[0]);
const list = document.getElementById(field.getAttribute("aria-controls"));
const at = document.getElementById(field.getAttribute("aria-activedescendant"));
const chosen = [...list.querySelectorAll("[aria-selected=true]")];
if (list.checkVisibility() !== (field.getAttribute("aria-expanded") === "true"))
  throw "what is seen and what is said differ";
if (chosen.length !== (at ? 1 : 0) || (at && (chosen[0] !== at || !list.contains(at))))
  throw "what is selected and what is said differ";
return {open: list.checkVisibility(), at: at && at.textContent.trim().replace(/\\s+/g, " "),
  said: list.nextElementSibling.textContent};
"""
ASKED = """
return performance.getEntriesByType("resource").map((entry) => new URL(entry.name))
  .filter((url) => url.pathname.endsWith("/suggest/")).map((url) => url.searchParams.get("q"));
"""
PLACED = """
const field = document.getElementById(arguments[0]);
const list = document.getElementById(field.getAttribute("aria-controls"));
const box = list.getBoundingClientRect(), edge = document.documentElement.clientWidth;
const middle = document.elementFromPoint(box.left + 40, box.top + 60);
const lines = [...list.querySelectorAll("[role=option]")].map((at) => at.getBoundingClientRect());
return {inside: box.left >= 0 && box.right <= edge && document.documentElement.scrollWidth <= edge,
  above: list.contains(middle), below: box.top - field.getBoundingClientRect().bottom,
  least: Math.min(...lines.map((line) => Math.min(line.height, line.width)))};
"""
SLOW = """
const real = window.fetch;
window.fetch = async (address, options) => {
  if (address.endsWith("q=xi")) await new Promise((done) => setTimeout(done, 500));
  return real(address, options);
};
"""


@pytest.fixture
@change_set("command")
def filled():
    words = vocabulary()
    full_site(words)
    plain_site(words, 1)
    build.make_site("White Horse Temple", "白马寺", slug="white-horse", place=words.county)


def state(browser, field: str) -> dict:
    return browser.execute_script(STATE, field)


def opened(browser, field: str, said: str) -> None:
    wait(browser, lambda: state(browser, field) == {"open": True, "at": None, "said": said})


def at(browser, field: str) -> str:
    return state(browser, field)["at"] or ""


def closed(browser, field: str) -> bool:
    return state(browser, field) == {"open": False, "at": None, "said": ""}


def asked(browser) -> list[str]:
    return browser.execute_script(ASKED)


def value(browser, field: str) -> str:
    return browser.find_element("id", field).get_property("value")


@pytest.mark.parametrize(("path", "field"), [("/en/", "home-q"), ("/en/about/", "masthead-q")])
def test_from_a_word_begun_to_its_page(browser, live_server, filled, path, field):
    browser.get(live_server.url + path)
    tab_to(browser, f"#{field}[role=combobox][aria-autocomplete=list]", 14)
    press(browser, "longm")
    opened(browser, field, "2 suggestions")
    assert asked(browser) == ["longm"]  # not for every letter
    press(browser, Keys.ARROW_DOWN)
    assert at(browser, field).startswith("Longmen Grottoes")
    assert active(browser, f"#{field}") and value(browser, field) == "longm"
    press(browser, Keys.ENTER)
    wait(browser, lambda: browser.current_url.endswith("/en/sites/longmen-grottoes/"))
    browser.back()
    wait(browser, lambda: closed(browser, field))

    browser.get(live_server.url + path)
    tab_to(browser, f"#{field}", 14)
    press(browser, "temple")
    opened(browser, field, "7 suggestions")
    press(browser, Keys.ENTER)  # the text itself
    wait(browser, lambda: browser.current_url.endswith("/en/sites/?q=temple"))


def test_every_key_does_what_it_should(browser, live_server, filled):
    browser.get(f"{live_server.url}/en/about/")
    tab_to(browser, "#masthead-q", 14)
    press(browser, "l")
    time.sleep(0.3)
    assert asked(browser) == [] and closed(browser, "masthead-q")
    press(browser, "uo")
    opened(browser, "masthead-q", "3 suggestions")
    seen = []
    for _ in range(4):
        press(browser, Keys.ARROW_DOWN)
        seen.append(at(browser, "masthead-q").partition(" ")[0])
    assert seen == ["Luolong", "Luoyang", "Search", ""]  # and round again by way of the text
    press(browser, Keys.ARROW_UP)
    assert at(browser, "masthead-q") == "Search everywhere for “luo”"
    for key in (Keys.HOME, Keys.END, Keys.ARROW_LEFT, Keys.ARROW_RIGHT):
        press(browser, Keys.ARROW_DOWN, Keys.ARROW_DOWN, key)
        assert state(browser, "masthead-q")["open"] and at(browser, "masthead-q") == ""
    press(browser, Keys.HOME, "x", Keys.END, "x")  # the text was edited where the caret stood
    assert value(browser, "masthead-q") == "xluox"
    wait(browser, lambda: state(browser, "masthead-q")["said"] == "No suggestions")
    assert not state(browser, "masthead-q")["open"]
    press(browser, Keys.BACKSPACE, Keys.HOME, Keys.DELETE)
    opened(browser, "masthead-q", "3 suggestions")

    press(browser, Keys.ESCAPE)
    assert closed(browser, "masthead-q") and value(browser, "masthead-q") == "luo"
    press(browser, Keys.ARROW_UP)  # opens again, at its end
    wait(browser, lambda: at(browser, "masthead-q").startswith("Search"))
    press(browser, Keys.ESCAPE, Keys.ESCAPE)
    assert closed(browser, "masthead-q") and value(browser, "masthead-q") == ""
    press(browser, "luo")
    opened(browser, "masthead-q", "3 suggestions")
    press(browser, Keys.TAB)
    assert closed(browser, "masthead-q") and not active(browser, ".suggestions *")


def test_chinese_is_asked_for_once_it_is_composed(browser, live_server, filled):
    browser.get(f"{live_server.url}/zh-hans/")
    tab_to(browser, "#home-q", 14)
    for so_far in ("b", "ba", "bai", "bai m", "bai ma"):
        composing = {"text": so_far, "selectionStart": len(so_far), "selectionEnd": len(so_far)}
        browser.execute_cdp_cmd("Input.imeSetComposition", composing)
    time.sleep(0.3)
    assert value(browser, "home-q") == "bai ma" and asked(browser) == []
    browser.execute_cdp_cmd("Input.insertText", {"text": "白马"})
    wait(browser, lambda: state(browser, "home-q")["open"])
    assert value(browser, "home-q") == "白马" and asked(browser) == ["白马"]
    press(browser, Keys.ARROW_DOWN)
    assert at(browser, "home-q").startswith("白马寺")
    press(browser, Keys.ENTER)
    wait(browser, lambda: browser.current_url.endswith("/zh-hans/sites/white-horse/"))


def test_by_pointer(browser, live_server, filled):
    browser.get(f"{live_server.url}/en/about/")
    field = browser.find_element("id", "masthead-q")
    field.send_keys("luo")
    opened(browser, "masthead-q", "3 suggestions")
    browser.find_element("css selector", ".suggestions-head").click()
    assert state(browser, "masthead-q")["open"] and active(browser, "#masthead-q")
    browser.find_element("class name", "colophon-name").click()
    assert closed(browser, "masthead-q")
    field.send_keys("y")
    opened(browser, "masthead-q", "2 suggestions")
    browser.find_element("partial link text", "Luoyang").click()
    wait(browser, lambda: browser.current_url.endswith("/en/places/luoyang/"))


def test_on_the_list_of_sites(browser, live_server, filled):
    browser.get(f"{live_server.url}/en/sites/?kind=temple")
    browser.execute_script("window.same = true")
    tab_to(browser, "#q", 14)
    press(browser, "temple")
    opened(browser, "q", "7 suggestions")
    press(browser, Keys.ENTER)
    wait(browser, lambda: "q=temple" in browser.current_url)
    assert "kind=temple" in browser.current_url
    wait(browser, lambda: browser.title.lower().startswith("temple"))
    time.sleep(0.2)
    assert closed(browser, "q") and value(browser, "q") == "temple"
    assert browser.execute_script("return window.same")  # nothing was loaded anew
    press(browser, Keys.ARROW_DOWN)
    wait(browser, lambda: at(browser, "q").startswith("Temple"))
    press(browser, Keys.ENTER)
    wait(browser, lambda: browser.current_url.endswith("/en/kinds/temple/"))


def test_a_late_answer_is_not_shown(browser, live_server, filled):
    browser.get(f"{live_server.url}/en/")
    browser.execute_script(SLOW)
    tab_to(browser, "#home-q", 14)
    press(browser, "xi")
    time.sleep(0.25)
    press(browser, Keys.BACKSPACE, Keys.BACKSPACE, "longm")
    opened(browser, "home-q", "2 suggestions")
    time.sleep(0.7)
    opened(browser, "home-q", "2 suggestions")
    # The line is down: the field goes on as it would without a script.
    browser.execute_script("window.fetch = () => Promise.reject(new TypeError('offline'))")
    press(browser, "e")
    wait(browser, lambda: closed(browser, "home-q"))


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_and_nothing_moves(browser, live_server, filled, width):
    resize(browser, width)
    found = []
    pages = [("/en/", "home-q"), ("/zh-hans/sites/", "q"), ("/en/nothing/", "lost-q")]
    pages += [("/en/about/", "masthead-q")] if width > 832 else []
    for path, field in pages:
        browser.get(live_server.url + path)
        browser.find_element("id", field).click()
        before = browser.execute_script("return document.querySelector('footer').offsetTop")
        press(browser, "temple" if path.startswith("/en") else "寺")
        wait(browser, lambda field=field: state(browser, field)["open"])
        press(browser, Keys.ARROW_DOWN)
        after = browser.execute_script("return document.querySelector('footer').offsetTop")
        assert before == after, path
        found += [f"{path} {width} {one}" for one in violations(browser)]
        for direction in ("ltr", "rtl"):
            browser.execute_script("document.documentElement.dir = arguments[0]", direction)
            placed = browser.execute_script(PLACED, field)
            assert placed["inside"] and placed["above"], (path, direction, placed)
            assert 0 <= placed["below"] < 12 and placed["least"] >= 44, (path, direction, placed)
    assert not found, "\n".join(["", *found])


def test_without_a_script_it_is_a_plain_field(browser, live_server, filled):
    scripts(browser, are_run=False)
    browser.get(f"{live_server.url}/en/")
    field = browser.find_element("id", "home-q")
    assert field.aria_role == "searchbox"
    field.send_keys("longm", Keys.ENTER)
    wait(browser, lambda: browser.current_url.endswith("/en/sites/?q=longm"))
    assert browser.find_element("link text", "Longmen Grottoes")
