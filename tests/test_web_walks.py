"""Whole walks through the catalogue: by keyboard alone, in two languages, and without a script."""

from urllib.parse import parse_qs, urlsplit

import pytest
from selenium.webdriver.common.keys import Keys

from heritage.models import Correction
from heritage.models.unit_of_work import change_set
from tests import builders as build
from tests.browser import (
    active,
    press,
    resize,
    scripts,
    tab_to,
    text_of,
    wait,
)
from tests.webrows import full_site, plain_sites, vocabulary

pytestmark = pytest.mark.django_db(transaction=True)

COUNT_OF = """
const box = document.querySelector(`input[name=${arguments[0]}][value="${arguments[1]}"]`);
return box && box.closest("label").querySelector(".option-count").textContent.trim();
"""
NAMES = "return [...document.querySelectorAll('.card-name a')].map((at) => at.textContent.trim())"
OLD_ENOUGH = "return Date.now() - performance.timeOrigin > 4000"  # a form sent at once is refused


@pytest.fixture
@change_set("command")
def filled():
    """Four temples of the Tang in all, three bridges of the Qing, and one that is both old."""
    words = vocabulary()
    full_site(words)
    for number in range(3):
        bridge = build.make_site(
            f"Arch {number}", f"拱{number}", kinds=[words.bridge], place=words.county
        )
        build.make_event(bridge, "built", "", words.qing)
    build.make_event(build.make_site("Old arch", kinds=[words.bridge]), "built", "", words.tang)
    return words


def query(browser) -> dict[str, list[str]]:
    return parse_qs(urlsplit(browser.current_url).query)


def path(browser) -> str:
    return urlsplit(browser.current_url).path


def count_of(browser, name: str, value: str) -> str | None:
    """The number beside a choice of a facet."""
    return browser.execute_script(COUNT_OF, name, value)


def names(browser) -> list[str]:
    return browser.execute_script(NAMES)


def at_row(browser, row: str, value: str) -> bool:
    return active(browser, f"input[name={row}][value={value}]")


def test_search_and_facets_by_keyboard_alone(browser, live_server, filled):
    browser.get(f"{live_server.url}/en/")
    tab_to(browser, "#home-q", 12)
    press(browser, "luoyang", Keys.ENTER)
    wait(browser, lambda: path(browser) == "/en/sites/" and query(browser) == {"q": ["luoyang"]})
    assert text_of(browser, "#count") == "7 sites"
    before = [count_of(browser, "kind", kind) for kind in ("temple", "bridge")]
    assert before == ["4", "4"]  # one is both

    tab_to(browser, "#facet-era")
    press(browser, Keys.ENTER)
    tab_to(browser, "input[name=era][value=tang]")
    press(browser, Keys.SPACE)
    wait(browser, lambda: query(browser).get("era") == ["tang"])
    wait(browser, lambda: text_of(browser, "#live") == "4 sites")
    after = [count_of(browser, "kind", kind) for kind in ("temple", "bridge")]
    assert after == ["4", "1"]
    assert at_row(browser, "era", "tang")  # one goes on from where one was

    tab_to(browser, "input[name=kind][value=bridge]", back=True)
    press(browser, Keys.SPACE)
    wait(browser, lambda: query(browser).get("kind") == ["bridge"])
    wait(browser, lambda: text_of(browser, "#live") == "1 site")
    assert names(browser) == ["Longmen Grottoes"]
    assert count_of(browser, "era", "qing") == "4"  # what the eras hold besides, among bridges

    tab_to(browser, ".applied a[href*='kind=bridge']:not([href*='era='])")  # take the era off
    press(browser, Keys.ENTER)
    wait(browser, lambda: query(browser).get("kind") == ["bridge"] and "era" not in query(browser))
    wait(browser, lambda: text_of(browser, "#live") == "4 sites")
    tab_to(browser, ".card-name a")
    assert names(browser)[0] in browser.execute_script("return document.activeElement.textContent")
    there, listed = browser.current_url, names(browser)
    press(browser, Keys.ENTER)
    wait(browser, lambda: path(browser) not in ("/en/sites/", "/en/"))
    assert text_of(browser, "main h1").startswith(listed[0])
    browser.back()
    wait(browser, lambda: browser.current_url == there and names(browser) == listed)
    assert text_of(browser, "#count") == "4 sites"
    assert browser.find_elements("css selector", "input[name=kind][value=bridge]:checked")
    assert "Luoyang" in text_of(browser, ".applied")  # as which the word was understood


def test_another_language_keeps_place_and_question(browser, live_server, filled):
    asked = "?q=luoyang&kind=bridge&era=qing&sort=oldest&view=list"
    browser.get(f"{live_server.url}/en/sites/{asked}")
    before = text_of(browser, "#count")
    browser.find_element("css selector", ".languages a").click()
    wait(browser, lambda: browser.current_url == f"{live_server.url}/zh-hans/sites/{asked}")
    assert browser.execute_script("return document.documentElement.lang") == "zh-Hans"
    assert before == "4 sites" and "4" in text_of(browser, "#count")
    assert browser.find_elements("css selector", "input[name=era][value=qing]:checked")
    browser.find_element("css selector", ".languages a").click()
    wait(browser, lambda: browser.current_url == f"{live_server.url}/en/sites/{asked}")

    # And what was chosen without a new page.
    browser.get(f"{live_server.url}/en/sites/")
    browser.find_element("css selector", "input[name=kind][value=bridge]").click()
    wait(browser, lambda: query(browser) == {"kind": ["bridge"]})
    wait(browser, lambda: text_of(browser, "#live") == "5 sites")
    browser.find_element("css selector", ".languages a").click()
    wait(browser, lambda: browser.current_url.endswith("/zh-hans/sites/?kind=bridge"))

    browser.get(f"{live_server.url}/zh-hans/sites/longmen-grottoes/")
    browser.find_element("css selector", ".languages a").click()
    wait(browser, lambda: path(browser) == "/en/sites/longmen-grottoes/")


@pytest.mark.parametrize("with_script", [True, False])
def test_a_correction(browser, live_server, filled, with_script):
    browser.get(f"{live_server.url}/en/sites/longmen-grottoes/")
    scripts(browser, are_run=with_script)
    browser.find_element("css selector", "a[href$='/longmen-grottoes/correction/']").click()
    wait(browser, lambda: path(browser).endswith("/correction/"))
    form = "css selector", ".correction-form .button"
    browser.find_element("id", "id_text").send_keys("Begun in 493.")
    browser.find_element("id", "id_link").send_keys("nowhere")
    browser.find_element(*form).click()

    # Each error at its field, said to those who do not see it, and what was written is kept.
    wait(browser, lambda: browser.find_elements("id", "problems"))
    for name, is_wrong in (("topic", True), ("text", False), ("link", True), ("email", False)):
        field = browser.find_element("id", f"id_{name}")
        assert (field.get_attribute("aria-invalid") == "true") is is_wrong, name
        described = (field.get_attribute("aria-describedby") or "").split()
        problems = [at for at in described if browser.find_element("id", at).get_attribute(
            "class") == "field-problem"]  # fmt: skip
        assert bool(problems) is is_wrong, (name, described)
    assert browser.find_element("id", "id_text").get_property("value") == "Begun in 493."
    assert not Correction.objects.exists()

    browser.find_element("css selector", "#id_topic [value=dates]").click()
    browser.find_element("id", "id_link").clear()
    browser.find_element("id", "id_link").send_keys("https://example.org/493")
    wait(browser, lambda: browser.execute_script(OLD_ENOUGH))
    browser.find_element(*form).click()
    wait(browser, lambda: path(browser).endswith("/correction/thanks/"))
    assert browser.find_element("css selector", "main [role=status]").is_displayed()
    [found] = Correction.objects.all()
    assert (found.site.slug, found.topic, found.state) == ("longmen-grottoes", "dates", "new")
    assert (found.text, found.link) == ("Begun in 493.", "https://example.org/493")


def test_without_a_script(browser, live_server, filled):
    """Search, filters, the next page, a site: by links and forms alone."""
    plain_sites(filled, range(30))
    scripts(browser, are_run=False)
    browser.get(f"{live_server.url}/en/")
    browser.find_element("id", "home-q").send_keys("temple", Keys.ENTER)
    wait(browser, lambda: query(browser) == {"q": ["temple"]})
    browser.find_element("id", "facet-era").click()  # the word is taken for the kind
    browser.find_element("css selector", "input[name=era][value=tang]").click()
    browser.find_element("css selector", ".filters-apply .button").click()
    wait(browser, lambda: query(browser).get("era") == ["tang"])
    asked = query(browser)
    assert asked["kind"] == ["temple"]
    assert text_of(browser, "#count").startswith("34 sites")
    first = names(browser)
    browser.find_element("css selector", ".paging a[rel~=next]").click()
    wait(browser, lambda: names(browser) and names(browser) != first)
    assert len(first) == 24 and len(names(browser)) == 10
    assert not set(first) & set(names(browser))
    assert query(browser).items() >= asked.items()
    name = names(browser)[-1]
    browser.find_element("link text", name).click()
    wait(browser, lambda: text_of(browser, "main h1").startswith(name))
    browser.back()
    wait(browser, lambda: name in names(browser))


def test_a_fold_opens_for_what_an_address_names(browser, live_server, filled):
    """Without a script; on a phone, as a desk has nothing folded."""
    resize(browser, 360)
    page = f"{live_server.url}/en/places/"
    browser.get(page)
    fold = browser.find_element("css selector", ".term-folds details")
    inside = fold.find_element("css selector", "div[id]")
    anchor, link = inside.get_attribute("id"), inside.find_element("css selector", "a")
    assert not link.is_displayed()
    fold.find_element("css selector", "summary").click()
    assert link.is_displayed() and fold.get_attribute("open")
    scripts(browser, are_run=False)
    browser.get("about:blank")
    browser.get(f"{page}#{anchor}")
    wait(browser, lambda: browser.find_element("css selector", f"#{anchor} a").is_displayed())
    resize(browser, 1280)
    browser.get(page)
    is_seen = "return document.querySelector(arguments[0]).checkVisibility()"
    assert browser.execute_script(is_seen, f"#{anchor} a")
