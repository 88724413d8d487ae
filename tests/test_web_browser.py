"""The list of sites in a real browser: filters without a reload, history, facets searched."""

import pytest
from selenium.webdriver.common.by import By

from heritage.models import Identity
from heritage.models.unit_of_work import change_set
from tests import builders as build
from tests.browser import resize, scripts, wait
from tests.webrows import plain_sites, vocabulary

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
@change_set("command")
def filled():
    words = vocabulary()
    plain_sites(words, range(3))
    for number in range(16):
        land = build.make_place(f"Länd {number:02}", level="country", slug=f"land-{number}")
        build.make_site(place=land, kinds=[words.bridge])


def box(browser, name, value):
    return browser.find_element(By.CSS_SELECTOR, f"input[name={name}][value={value}]")


def click(browser, element):
    browser.execute_script(
        "arguments[0].scrollIntoView({block:'center',behavior:'instant'})", element
    )
    element.click()


def live(browser) -> str:
    return browser.find_element(By.ID, "live").get_attribute("textContent")


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
    wait(browser, lambda: browser.title == "Bridge · Heritage")
    wait(browser, lambda: live(browser) == "16 sites")
    active = "return [document.activeElement.name, document.activeElement.value]"
    wait(browser, lambda: browser.execute_script(active) == ["kind", "bridge"])
    other = browser.find_element(By.CSS_SELECTOR, ".languages a").get_attribute("href")
    assert other == f"{live_server.url}/zh-hans/sites/?kind=bridge"

    click(browser, browser.find_element(By.ID, "facet-place"))
    click(browser, browser.find_element(By.ID, "more-place"))
    wait(browser, lambda: browser.current_url == f"{start}?kind=bridge&all=place")
    whole = (By.CSS_SELECTOR, ".facet:has(.facet-search)")
    wait(browser, lambda: browser.find_elements(*whole))
    searched = (By.CSS_SELECTOR, ".facet-search:focus")
    wait(browser, lambda: browser.find_elements(*searched))
    browser.switch_to.active_element.send_keys("land 09")
    items = browser.find_element(*whole).find_elements(By.TAG_NAME, "li")
    shown = [item for item in items if item.is_displayed()]
    assert [item.text.split("\n")[0] for item in shown] == ["Länd 09"]
    click(browser, shown[0].find_element(By.TAG_NAME, "input"))
    wait(browser, lambda: count(browser) == "1 site")
    wait(browser, lambda: browser.current_url == f"{start}?all=place&kind=bridge&place=land-9")

    browser.back()
    wait(browser, lambda: count(browser) == "16 sites")
    browser.back()
    wait(browser, lambda: browser.current_url == f"{start}?kind=bridge")
    browser.back()
    wait(browser, lambda: count(browser) == "19 sites")
    wait(browser, lambda: browser.current_url == start)


@pytest.mark.parametrize("with_script", [True, False])
def test_on_a_phone_the_rest_of_a_facet_comes_in_the_open_sheet(
    browser, live_server, filled, with_script
):
    """At that facet; and what was ticked and not yet applied is not lost."""
    resize(browser, 360)
    scripts(browser, are_run=with_script)
    browser.get(f"{live_server.url}/en/sites/")
    browser.find_element(By.CSS_SELECTOR, ".filters-open").click()
    click(browser, box(browser, "kind", "bridge"))
    click(browser, browser.find_element(By.ID, "facet-place"))
    click(browser, browser.find_element(By.ID, "more-place"))
    wait(browser, lambda: "all=place" in browser.current_url)
    wait(browser, lambda: len(browser.find_elements(By.NAME, "place")) == 16)
    assert box(browser, "kind", "bridge").is_selected()
    assert browser.find_element(By.ID, "facet-place").is_displayed()
    browser.find_element(By.CSS_SELECTOR, ".filters-apply .button").click()
    wait(browser, lambda: not browser.find_element(By.ID, "facet-place").is_displayed())
    assert count(browser) == "16 sites"


def test_the_same_without_a_script(browser, live_server, filled):
    scripts(browser, are_run=False)
    browser.get(f"{live_server.url}/en/sites/")
    box(browser, "kind", "bridge").click()
    browser.find_element(By.CSS_SELECTOR, ".filters-apply .button").click()
    wait(browser, lambda: "kind=bridge" in browser.current_url and count(browser) == "16 sites")
    browser.find_element(By.LINK_TEXT, "List").click()
    wait(browser, lambda: "view=list" in browser.current_url)
    assert len(browser.find_elements(By.CSS_SELECTOR, ".rows tbody tr")) == 16


def near_me(browser, live_server, permission: str):
    """Press the button, with what the browser answers."""
    answer = {"permission": {"name": "geolocation"}, "setting": permission}
    browser.execute_cdp_cmd("Browser.setPermission", answer | {"origin": live_server.url})
    where = {"latitude": 34.61834, "longitude": 112.45401, "accuracy": 20}
    browser.execute_cdp_cmd("Emulation.setGeolocationOverride", where)
    browser.get(f"{live_server.url}/en/sites/")
    assert browser.find_element(By.ID, "near").get_attribute("value") == ""
    click(browser, browser.find_element(By.ID, "facet-near"))
    click(browser, browser.find_element(By.ID, "near-me"))


def test_near_me_asks_the_browser_once_it_is_pressed(browser, live_server, filled):
    near_me(browser, live_server, "granted")
    wait(browser, lambda: "near=34.62%2C112.45" in browser.current_url)  # no closer than needed
    wait(browser, lambda: "Within 50 km" in browser.find_element(By.CLASS_NAME, "applied").text)


def test_near_me_says_that_the_browser_refused(browser, live_server, filled):
    near_me(browser, live_server, "denied")
    wait(browser, lambda: "does not say" in browser.find_element(By.ID, "near-me-said").text)
    assert "near=" not in browser.current_url


def test_without_scripts_no_button_asks_where_one_is(browser, live_server, filled):
    scripts(browser, are_run=False)
    browser.get(f"{live_server.url}/en/sites/?near=34.6,112.4")
    assert not browser.find_element(By.ID, "near-me").is_displayed()
    assert browser.find_element(By.ID, "near").is_displayed()


HEIGHT = "return document.documentElement.scrollHeight"


def test_on_a_phone_the_home_page_is_short_and_hides_no_way_in(browser, live_server):
    """Ten eras of each part, twelve kinds, six countries and five sites to begin with."""
    with change_set("command"):
        words = vocabulary()
        words.china.code = "CN"
        words.china.save()
        kinds = [build.make_kind(f"Kind of place {number}") for number in range(12)]
        for number in range(12):
            era = build.make_era(
                f"Era {number} of China", slug=f"china-{number}", region=words.china,
                span=f"{number}000/{number}900" if number else "0100/0900",
            ) if number < 10 else None  # fmt: skip
            other = build.make_era(
                f"Long era {number} of elsewhere", slug=f"other-{number}",
                region_name={"en": "Elsewhere"}, span=f"{1000 + number}/1900",
            )  # fmt: skip
            land = build.make_place(f"Land {number}", level="country", slug=f"land-{number}")
            site = build.make_site(
                f"Temple number {number} of the valley", kinds=[kinds[number]], place=land,
                slug=f"temple-{number}", featured=number + 1 if number < 5 else None,
                summary=build.text("A temple in a valley, of which much can be said. " * 4),
            )  # fmt: skip
            for each in filter(None, (era, other)):
                build.make_event(site, first_era=each)
    resize(browser, 360)
    browser.get(f"{live_server.url}/en/")
    assert browser.execute_script(HEIGHT) < 3650  # with the scale below the map
    shown = [
        link.get_attribute("href").partition("/en/")[2]
        for link in browser.find_elements(By.CSS_SELECTOR, "main a, main button")
        if link.is_displayed() and link.get_attribute("href")
    ]
    for wanted, number in (("sites/temple", 5), ("eras/", 20), ("kinds/", 12), ("places/l", 3)):
        assert sum(path.startswith(wanted) for path in shown) >= number, wanted
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 360


def test_apostrophes_of_latin_letters_are_not_as_wide_as_han_characters(browser, live_server):
    site = build.make_site("Chang’an", "长安", slug="changan")
    build.make_name(site, "Cháng’ān", language="zh-latn-pinyin", kind="romanised")
    build.make_name(site, "Tch’ang-ngan", language="fr")
    style = "return getComputedStyle(document.querySelector(arguments[0])).fontVariantEastAsian"
    for language in ("en", "zh-hans"):
        browser.get(f"{live_server.url}/{language}/sites/changan/")
        for selector in (".site-pinyin", "[lang=fr]"):
            assert browser.execute_script(style, selector) == "proportional-width"
    assert browser.execute_script(style, "h1") == "normal"


def test_the_language_link_of_the_log_in_page_is_one_line(browser, live_server):
    Identity.objects.create(name=build.text("Heritage of Henan and the World"))
    for width in (360, 1280):
        resize(browser, width, 800)
        browser.get(f"{live_server.url}/en/accounts/login/")
        lines = browser.execute_script(
            "const all = document.createRange();"
            "all.selectNodeContents(document.querySelector('.languages a[lang^=zh]'));"
            "return all.getClientRects().length"
        )
        assert lines == 1
