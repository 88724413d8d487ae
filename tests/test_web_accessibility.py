"""Every kind of page under axe: WCAG 2.2 AA, light and dark, on a phone and on a desk."""

import pytest

from heritage.models.unit_of_work import change_set
from tests import builders as build
from tests.axe import violations
from tests.browser import resize
from tests.webrows import full_site, plain_sites, vocabulary

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = {
    "home": "/en/",
    "browse, cards": "/en/sites/",
    "browse, list": "/en/sites/?view=list",
    "browse, filters on a phone": "/en/sites/#filters",
    "filtered": "/en/sites/?kind=temple&era=tang&sort=oldest",
    "a sentence in pieces": "/en/sites/?q=Tang+temples",
    "empty": "/en/sites/?q=zeppelin&kind=bridge",
    "a day, cards": "/en/sites/?open=2026-11-30&hours=closed",
    "a day, list": "/en/sites/?open=2026-11-30&near=longmen-grottoes&hours=closed&view=list",
    "an address misunderstood": "/en/sites/?kind=nothing&page=1",
    "site full of rows": "/en/sites/longmen-grottoes/",
    "site, plain": "/en/sites/temple-1/",
    "eras": "/en/eras/",
    "era": "/en/eras/tang/",
    "kinds": "/en/kinds/",
    "kind": "/en/kinds/temple/",
    "places": "/en/places/",
    "place": "/en/places/china/",
    "world heritage": "/en/world-heritage/",
    "about": "/en/about/",
    "privacy": "/en/privacy/",
    "credits": "/en/credits/",
    "data": "/en/data/",
    "download": "/en/download/?kind=temple",
    "sources": "/en/sources/",
    "disagreements": "/en/disagreements/",
    "correction of a statement": "/en/sites/temple-1/correction/?about=text",
    "correction": "/en/sites/temple-1/correction/",
    "correction, refused": "/en/sites/longmen-grottoes/correction/",
    "photograph": "/en/sites/temple-1/photograph/",
    "correction, thanks": "/en/sites/temple-1/correction/thanks/",
    "journey": "/en/journey/?stop=one~two&q=temple",
    "journey, Chinese": "/zh-hans/journey/?stop=one~two",
    "handscroll": "/en/journey/scroll/?stop=one~two",
    "picture book": "/en/journey/book/?seed=7",
    "compare": "/en/compare/?site=one~two",
    "compare one": "/en/compare/?site=one&q=temple",
    "not found": "/en/nothing-here/",
    "gone": "/en/sites/withdrawn/",
    "Chinese home": "/zh-hans/",
    "Chinese browse": "/zh-hans/sites/?kind=temple",
    "Chinese site": "/zh-hans/sites/longmen-grottoes/",
}
NARROW = 320
UNFOLD = "for (const fold of document.querySelectorAll('details')) fold.open = true"
WIDER = """
const edge = document.documentElement.clientWidth;
if (document.documentElement.scrollWidth <= edge) return [];
return [...document.querySelectorAll("body *")]
  .filter((at) => at.getBoundingClientRect().right > edge + 0.5)
  .map((at) => at.outerHTML.slice(0, 120)).slice(0, 5).concat("the page scrolls sideways");
"""
# Targets that stand by themselves, not in a sentence, have 24 pixels either way.
SMALL = """
const isInText = (at) => at.closest("p, li > span, dd, .hidden, .skip, svg") ||
  [...at.parentNode.childNodes].some((each) => each.nodeType === 3 && each.data.trim());
return [...document.querySelectorAll("a[href], button, input, select, summary")]
  .map((at) => at.closest("label") ?? at)
  .filter((at) => at.checkVisibility() && !isInText(at))
  .map((at) => [at.outerHTML.slice(0, 120), at.getBoundingClientRect()])
  .filter(([, box]) => box.width > 2 && Math.min(box.width, box.height) < 23.5)
  .map(([html, box]) => `${Math.round(box.width)} × ${Math.round(box.height)} px: ${html}`);
"""


@pytest.fixture
@change_set("command")
def filled():
    words = vocabulary()
    full_site(words)
    plain_sites(words, range(26))
    for number in range(14):
        land = build.make_place(f"Länd {number:02}", level="country", slug=f"land-{number}")
        build.make_site(place=land, kinds=[words.bridge])
    for number, uid in enumerate(("one", "two")):
        stop = build.make_site(
            uid, "一处", uid=uid, place=words.county, latitude=34.6, longitude=112.4 + number / 10
        )
        build.make_opening(stop)
        build.make_event(stop, "built", f"06{number}0")
    gone = build.make_site("Withdrawn", slug="withdrawn")
    gone.state = "archived"
    gone.save()


def test_the_checker_bites(browser):
    page = "<title>x</title><p style='color:lightgray;width:9999px'>Pale<img src='x.png'>"
    browser.get(f"data:text/html,{page}")
    assert browser.execute_script(WIDER)
    for _time in range(2):  # what has not passed is measured again
        found = [tuple(at.split(": ")[:2]) for at in violations(browser)]
        rules = {rule for scheme, rule in found if scheme == "light"}
        assert {"color-contrast", "html-has-lang", "image-alt", "region"} <= rules
        assert [rule for scheme, rule in found if scheme == "dark"] == ["color-contrast"]


LOOKS = """<title>x</title><style>.in p {color: #ccc} @media (prefers-color-scheme: dark) {
  body {background: #bbb}}</style><body><p>One<div class=%s><p>Another</div>"""


def test_what_looks_as_before_is_not_measured_again(browser):
    """And what looks otherwise is: by the classes around it, or in the other scheme."""

    def pale(html: str) -> list[str]:
        browser.get(f"data:text/html,{html.replace('#', '%23')}")
        return [at for at in violations(browser) if "color-contrast" in at]

    assert pale(LOOKS % "out") == []
    unmeasured = "return document.querySelectorAll('[data-unmeasured]').length"
    assert pale(LOOKS % "out") == [] and browser.execute_script(unmeasured) == 0
    [light, dark] = pale(LOOKS % "in")
    assert "Another" in light and "One" not in light and "Another" in dark


def test_axe_finds_nothing_and_nothing_runs_over(browser, live_server, filled):
    found = []
    for page, path in PAGES.items():
        browser.get(live_server.url + path)
        assert bool(browser.find_elements("class name", "empty")) == (page == "empty")
        if page == "correction, refused":
            browser.execute_script("document.querySelector('.correction-form').submit()")
            assert browser.find_element("id", "problems")
        browser.execute_script(UNFOLD)
        for width in (1280, NARROW):
            resize(browser, width)
            wider = browser.execute_script(WIDER)
            small = browser.execute_script(SMALL) if width == NARROW else []
            found += [f"{page}, {width} px: {at}" for at in (*wider, *small, *violations(browser))]
    assert not found, "\n".join(["", *found])
