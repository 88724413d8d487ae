"""The head of every page holds together at every width, in every language, with a third one too."""

import pytest

from heritage.models import Identity
from tests import builders as build
from tests.browser import resize, wait
from tests.webrows import LANGUAGES

pytestmark = pytest.mark.django_db(transaction=True)

WIDTHS = (320, 360, 480, 600, 768, 959, 960, 1024, 1280)
THIRD = """
const last = document.querySelector(".languages > a:last-child");
const more = last.cloneNode();
more.textContent = "Português";
last.after(more);
"""
# What stands beside each other is of one height and runs into nothing; no line has one lone part.
BROKEN = """
const seen = (at) => at && at.getClientRects().length;
const parts = [".brand", ".masthead-search", ".masthead-nav", ".languages", ".masthead-menu"]
  .map((name) => document.querySelector(name)).filter(seen);
const box = new Map(parts.map((at) => [at.className, at.getBoundingClientRect()]));
const {brand, languages} = Object.fromEntries(box);
const nav = box.get("masthead-nav") ?? box.get("masthead-menu"), found = [];
const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
for (const [a, at] of box) for (const [b, by] of box)
  if (a < b && meet(at, by)) found.push(`${a} runs into ${b}`);
if (document.documentElement.scrollWidth > innerWidth) found.push("wider than the screen");
if (Math.abs(nav.top + nav.bottom - languages.top - languages.bottom) > 8) found.push("torn apart");
if (nav.height > 48) found.push("the ways are broken");
if (box.has("masthead-nav") === box.has("masthead-menu")) found.push("two menus, or none");
const last = box.get("masthead-menu") ?? languages;
if (last.right < brand.right - 1) found.push("the languages are not at the end");
if (brand.height > 80) found.push("the name has more than three lines");
return found;
"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_holds_together(browser, live_server, language):
    name = build.text("Heritage of Henan and the World", "河南与世界遗产")
    Identity.objects.update_or_create(defaults={"name": name})
    found = []
    for path in ("about", "sites"):
        browser.get(f"{live_server.url}/{language}/{path}/")
        for more in ("", "with a third language"):
            if more:
                browser.execute_script(THIRD)
            for width in WIDTHS:
                resize(browser, width)
                found += [
                    f"{path}, {width} px {more}: {at}" for at in browser.execute_script(BROKEN)
                ]
    assert found == []


def test_on_a_phone_a_menu_leads_to_the_search_and_all_ways(browser, live_server):
    resize(browser, 360)
    browser.get(f"{live_server.url}/en/about/")
    field = browser.find_element("id", "menu-q")
    assert not field.is_displayed()
    browser.find_element("css selector", ".masthead-menu summary").click()
    ways = [way.text for way in browser.find_elements("css selector", ".masthead-panel nav a")]
    assert ways == ["Sites", "Eras", "Kinds of places", "Places", "World Heritage", "About"]
    field.send_keys("longmen")
    field.submit()
    wait(browser, lambda: browser.current_url.endswith("/en/sites/?q=longmen"))
