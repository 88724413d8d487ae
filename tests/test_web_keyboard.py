"""The visitors' pages walked through by keyboard, and what fingers and restless eyes need."""

import pytest
from selenium.webdriver.common.keys import Keys

from heritage.models.unit_of_work import change_set
from tests import builders as build
from tests.browser import active, emulate, press, resize, step, tab_to, wait
from tests.webrows import full_site, plain_sites, vocabulary

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = (
    "/en/",
    "/en/sites/?kind=temple",
    "/en/sites/?view=list",
    "/en/sites/?q=zeppelin&kind=bridge",
    "/en/sites/#filters",
    "/en/sites/longmen-grottoes/",
    "/en/eras/",
    "/en/eras/tang/",
    "/en/kinds/",
    "/en/places/",
    "/en/places/china/",
    "/en/world-heritage/",
    "/en/about/",
    "/en/sites/longmen-grottoes/correction/",
    "/en/nothing-here/",
)
LOOK = """
const look = (at) => {
  const style = getComputedStyle(at), box = at.getBoundingClientRect();
  let marked = style.boxShadow !== "none";
  for (let ring = at; ring && !marked; ring = ring.parentElement) {  // a card is, for its link
    const drawn = getComputedStyle(ring);
    marked = drawn.outlineStyle !== "none" && parseFloat(drawn.outlineWidth) >= 2;
  }
  return {html: at.outerHTML.slice(0, 140), marked,
    seen: box.width > 2 && box.height > 2 && box.bottom > 0 && box.top < innerHeight &&
      box.right > 0 && box.left < innerWidth && style.clipPath === "none"};
};
"""
AT = f"""{LOOK}
const at = document.activeElement;
if (!at || at === document.body || at === document.documentElement) return null;
(window.stops ??= []).push(at);
return {{order: [...document.querySelectorAll("*")].indexOf(at), ...look(at)}};
"""
# The same stops once more. They look as if reached by the keyboard, which has been used last.
AGAIN = f"{LOOK} return stops.map((at) => {{ at.focus(); return look(at); }})"
SMALL = """
const inWords = (at) => {
  if (getComputedStyle(at).display !== "inline") return false;
  let around = at.parentElement;
  while (getComputedStyle(around).display === "inline") around = around.parentElement;
  return around.textContent.trim().length > at.textContent.trim().length;
};
const targets = "a[href], button, input:not([type=hidden]), select, textarea, summary";
return [...document.querySelectorAll(targets)].filter((at) => {
  // A dot of a map is no larger than its place; the same sites are linked in a list.
  const apart = ".hidden, .hidden-button, .skip, .map-sheet";
  if (!at.checkVisibility() || at.closest(apart)) return false;
  const box = (at.closest("label") ?? at).getBoundingClientRect();
  return box.width && (box.width < 23.5 || box.height < 23.5) && !inWords(at);
}).map((at) => {
  const box = at.getBoundingClientRect();
  return `${box.width.toFixed(1)} × ${box.height.toFixed(1)} ${at.outerHTML.slice(0, 110)}`;
});
"""
MOVING = """
const seconds = (text) => Math.max(...text.split(",").map((one) => parseFloat(one)));
return [document.documentElement, ...document.querySelectorAll("*")].filter((at) => {
  const style = getComputedStyle(at);
  return seconds(style.transitionDuration) > 0.01 || style.scrollBehavior === "smooth" ||
    (style.animationName !== "none" && seconds(style.animationDuration) > 0.01);
}).map((at) => at.outerHTML.slice(0, 120));
"""


@pytest.fixture
@change_set("command")
def filled():
    words = vocabulary()
    full_site(words)
    plain_sites(words, range(3))
    for number in range(14):
        land = build.make_place(f"Länd {number:02}", level="country", slug=f"land-{number}")
        build.make_site(place=land, kinds=[words.bridge])


@pytest.mark.parametrize("path", ["/en/", "/zh-hans/sites/", "/en/sites/longmen-grottoes/"])
def test_the_first_stop_skips_to_the_content(browser, live_server, filled, path):
    browser.get(live_server.url + path)
    press(browser, Keys.TAB)
    assert active(browser, "a.skip")
    assert browser.execute_script(AT)["seen"]
    press(browser, Keys.ENTER)
    wait(browser, lambda: active(browser, "main"))
    press(browser, Keys.TAB)
    assert active(browser, "main *")


@pytest.mark.parametrize(
    ("path", "field", "width"),
    [
        ("/en/", "#home-q", 320),
        ("/en/about/", "#masthead-q", 1280),
        ("/en/sites/", "#q", 320),
        ("/en/nothing-here/", "#lost-q", 1280),
    ],
)
def test_search(browser, live_server, filled, path, field, width):
    resize(browser, width)
    browser.get(live_server.url + path)
    tab_to(browser, field, 14)
    press(browser, "longmen", Keys.ENTER)
    wait(browser, lambda: "q=longmen" in browser.current_url)
    wait(browser, lambda: browser.find_elements("link text", "Longmen Grottoes"))


def test_the_way_to_the_first_result_is_short(browser, live_server, filled):
    browser.get(f"{live_server.url}/en/sites/")
    tab_to(browser, ".card a", most=36)


def test_filters_on_a_desk(browser, live_server, filled):
    browser.get(f"{live_server.url}/en/sites/")
    tab_to(browser, "input[name=kind][value=bridge]")
    press(browser, Keys.SPACE)
    wait(browser, lambda: browser.current_url.endswith("?kind=bridge"))
    wait(browser, lambda: active(browser, "input[name=kind][value=bridge]:checked"))
    live = "return document.getElementById('live').textContent"
    wait(browser, lambda: browser.execute_script(live) == "15 sites")
    tab_to(browser, ".facet > summary")
    for is_open in (True, False):
        press(browser, Keys.ENTER)
        folded = "return document.activeElement.parentElement.open"
        assert browser.execute_script(folded) is is_open
    browser.execute_script("document.getElementById('q').focus()")  # the pieces follow the box
    tab_to(browser, ".applied a", 3)
    press(browser, Keys.ENTER)
    wait(browser, lambda: browser.current_url.endswith("/en/sites/"))


def test_filters_on_a_phone(browser, live_server, filled):
    resize(browser, 320)
    browser.get(f"{live_server.url}/en/sites/")
    tab_to(browser, ".filters-open")
    press(browser, Keys.ENTER)
    wait(browser, lambda: browser.find_element("id", "filters").is_displayed())
    press(browser, Keys.TAB)
    assert active(browser, ".filters-close")
    press(browser, Keys.ENTER)
    wait(browser, lambda: not browser.find_element("id", "filters").is_displayed())
    tab_to(browser, ".filters-open")
    press(browser, Keys.ENTER)
    tab_to(browser, "input[name=kind][value=bridge]", 20)
    press(browser, Keys.SPACE)
    tab_to(browser, ".filters-apply .button")
    press(browser, Keys.ENTER)
    wait(browser, lambda: "kind=bridge" in browser.current_url)
    wait(browser, lambda: browser.find_element("id", "count").text == "15 sites")


def test_another_language(browser, live_server, filled):
    browser.get(f"{live_server.url}/en/sites/longmen-grottoes/")
    tab_to(browser, ".languages a", 14)
    press(browser, Keys.ENTER)
    wait(browser, lambda: browser.current_url.endswith("/zh-hans/sites/longmen-grottoes/"))
    wait(browser, lambda: browser.find_elements("css selector", "html[lang=zh-Hans]"))


def test_a_correction(browser, live_server, filled):
    browser.get(f"{live_server.url}/en/sites/longmen-grottoes/correction/")
    tab_to(browser, ".correction-form .button")
    press(browser, Keys.ENTER)
    wait(browser, lambda: browser.find_elements("id", "problems"))
    wait(browser, lambda: active(browser, "#problems"))  # read out at once, and next to its links
    press(browser, Keys.TAB, Keys.ENTER)
    wait(browser, lambda: active(browser, "#id_topic"))
    press(browser, "D")
    tab_to(browser, "#id_text", 2)
    press(browser, "The caves were begun in 493, after the court had moved.")
    tab_to(browser, ".correction-form .button", 6)
    wait(browser, lambda: browser.execute_script("return performance.now() > 4000"))
    press(browser, Keys.ENTER)
    wait(browser, lambda: browser.current_url.endswith("/correction/thanks/"))


def test_focus_is_always_seen(browser, live_server, filled):
    """In light and in dark."""
    found = []
    for path in ("/en/", "/en/sites/?kind=temple", *PAGES[5:8], *PAGES[-4:-1]):
        browser.get(live_server.url + path)
        stops = []
        for _ in range(120):
            press(browser, Keys.TAB)
            at = browser.execute_script(AT)
            if at is None or at["order"] in stops:
                break
            stops.append(at["order"])
            if not (at["marked"] and at["seen"]):
                found.append(f"{path} {at}")
        assert len(stops) > 12, (path, stops)
        emulate(browser, "dark")
        step(browser, back=True)  # into the page again, if its end was passed
        again = browser.execute_script(AGAIN)
        emulate(browser)
        assert len(again) >= len(stops)
        found += [f"{path} dark {at}" for at in again if not (at["marked"] and at["seen"])]
    assert not found, "\n".join(["", *found])


@pytest.mark.parametrize("width", [320, 1280])
def test_targets_are_large_enough_and_nothing_moves(browser, live_server, filled, width):
    resize(browser, width)
    found = []
    emulate(browser, motion="no-preference")
    browser.get(f"{live_server.url}/en/")
    assert browser.execute_script(MOVING)  # for those who like it
    emulate(browser)
    for path in PAGES:
        browser.get(live_server.url + path)
        found += [f"{path} {width}: {at}" for at in browser.execute_script(SMALL)]
        found += [f"{path} moves: {at}" for at in browser.execute_script(MOVING)]
    assert not found, "\n".join(["", *found])


def test_after_paging_one_reads_on_at_the_head_of_the_list(browser, live_server, filled):
    for number in range(30):
        build.make_site(f"Site {number:02}")
    browser.get(f"{live_server.url}/en/sites/")
    tab_to(browser, ".paging-step[rel=next]", 200)
    press(browser, Keys.ENTER)
    wait(browser, lambda: "page=2" in browser.current_url)
    wait(browser, lambda: active(browser, "#count"))
    # The other language has the same page, and goes on from no site of this one's order.
    [other] = browser.find_elements("css selector", ".languages a")
    wait(browser, lambda: "page=2" in other.get_attribute("href"))
    assert "after=" in browser.current_url and "after=" not in other.get_attribute("href")


def test_the_results_are_reached_without_the_filters(browser, live_server, filled):
    browser.get(f"{live_server.url}/en/sites/")
    tab_to(browser, "a.skip[href='#results']", 20)
    assert browser.execute_script(AT)["seen"]
    press(browser, Keys.ENTER)
    press(browser, Keys.TAB)
    wait(browser, lambda: active(browser, "#results *"))
