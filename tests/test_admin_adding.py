"""Adding a site in a browser as an editor does: few clicks, by keyboard, and nothing is lost."""

import io
from datetime import time

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image as Picture
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from heritage.models import Image, Site, User
from tests import builders as build
from tests.axe import check
from tests.browser import active, press, resize, step, tab_to, wait
from tests.test_admin_browser import field, log_in, write

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def words():
    return {
        "temple": build.make_kind("Temple", "寺庙"),
        "luolong": build.make_place("Luolong", "洛龙", parent=build.make_place("Luoyang", "洛阳")),
        "ming": build.make_era("Ming Dynasty", "明", span="1368/1644"),
        "source": build.make_source("National register"),
    }


class Hand:
    """Somebody at the form: what they click and type, counted."""

    def __init__(self, browser):
        self.browser, self.clicks, self.keys = browser, 0, 0

    def click(self, selector):
        found = self.browser.find_element(By.CSS_SELECTOR, selector)
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", found)
        found.click()
        self.clicks += 1
        return found

    def type(self, name, text):
        field(self.browser, name).send_keys(text)
        self.keys += len(text)

    def choose(self, name, text, label):
        """In a chooser: opened, typed into, and the first that is found."""
        self.click(f"#id_{name} + .select2 [role=combobox]")
        press(self.browser, text)
        wait(self.browser, lambda: label in self.browser.find_element(
            By.CSS_SELECTOR, ".select2-results__option--highlighted").text)  # fmt: skip
        press(self.browser, Keys.ENTER)

    def add_row(self, prefix):
        self.click(f"#{prefix}-group .add-row")
        wait(self.browser, lambda: self.browser.find_elements(By.ID, f"{prefix}-0"))


def open_add(browser, live_server):
    log_in(browser, live_server, "anna")
    browser.get(live_server.url + reverse("admin:heritage_site_add"))
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, "[role=combobox][aria-label]"))


def test_guanlin_temple_takes_six_clicks(browser, live_server, words):
    open_add(browser, live_server)
    hand = Hand(browser)
    hand.type("name__en", "Guanlin Temple")
    hand.type("name__zh-hans", "关林")
    hand.choose("kinds", "simiao", "Temple")
    hand.choose("place", "洛龍", "Luolong")
    hand.type("coordinates", "34°36′31″N 112°28′26″E")
    hand.add_row("events")
    hand.type("events-0-kind", "b")  # the row's first field has the focus: “built”
    hand.type("events-0-date", "明万历二十年")
    hand.type("summary__en", "A temple at the grave of the general Guan Yu.")
    hand.type("summary__zh-hans", "祭祀关羽的庙宇。")
    hand.choose("sources", "register", "National register")
    hand.click("[name=_save]")
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, ".messagelist .success"))
    site = Site.objects.get()
    assert site.name == {"en": "Guanlin Temple", "zh-hans": "关林"}
    assert (list(site.kinds.all()), site.place) == ([words["temple"]], words["luolong"])
    assert (round(site.latitude, 4), round(site.longitude, 4)) == (34.6086, 112.4739)
    assert site.events.get().date == "1592"
    assert (site.state, site.created_by.username) == ("draft", "anna")
    assert hand.clicks <= 6


LIST = ".select2-container--open .select2-results__options"


def open_chooser(browser, name, until):
    """Opened, with the whole list on show."""
    Hand(browser).click(f"#id_{name} + .select2 [role=combobox]")
    wait(browser, lambda: until in browser.find_element(By.CSS_SELECTOR, LIST).text)


@pytest.mark.parametrize("latency", [0, 1500])  # milliseconds that an answer takes longer
@pytest.mark.parametrize(
    ("name", "first", "typed", "wanted"),
    [("kinds", "Bridge", "temple", "Temple"), ("place", "Abu Dhabi", "luolong", "Luolong")],
)
def test_enter_never_takes_what_was_not_asked_for(
    browser, live_server, words, name, first, typed, wanted, latency
):
    build.make_kind("Bridge", slug="bridge")
    build.make_place("Abu Dhabi", slug="abu-dhabi")
    open_add(browser, live_server)
    open_chooser(browser, name, first)
    network = {"offline": False, "downloadThroughput": -1, "uploadThroughput": -1}
    browser.execute_cdp_cmd("Network.enable", {})
    browser.execute_cdp_cmd("Network.emulateNetworkConditions", network | {"latency": latency})
    chosen = f"return [...document.querySelector('#id_{name}').selectedOptions].map((o) => o.text)"
    try:
        press(browser, typed, Keys.ENTER)
        found = [text for text in browser.execute_script(chosen) if text]
        if latency:
            assert found == []
            assert first not in browser.find_element(By.CSS_SELECTOR, LIST).text
        if not found:
            wait(browser, lambda: wanted in browser.find_element(
                By.CSS_SELECTOR, ".select2-results__option--highlighted").text)  # fmt: skip
            press(browser, Keys.ENTER)
            found = browser.execute_script(chosen)
        assert [text.split()[0] for text in found] == [wanted]
    finally:
        browser.execute_cdp_cmd("Network.emulateNetworkConditions", network | {"latency": 0})


def test_what_is_pasted_after_an_enter_is_asked_for(browser, live_server, words):
    """select2 overlooks the first input after a key that it has taken for itself."""
    build.make_kind("Bridge", slug="bridge")
    open_add(browser, live_server)
    open_chooser(browser, "kinds", "Bridge")
    press(browser, "nothing of the kind")
    wait(browser, lambda: "No results" in browser.find_element(By.CSS_SELECTOR, LIST).text)
    press(browser, Keys.ENTER)
    browser.execute_script("""
      const field = document.activeElement;
      field.value = "temple";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    """)
    wait(browser, lambda: "Temple" in browser.find_element(By.CSS_SELECTOR, LIST).text)


def test_a_chooser_offers_the_categories_of_its_register(browser, live_server, words):
    national = build.make_register("protection", "National units")
    build.make_term(national, "tombs", label="Tombs")
    build.make_term(build.make_register("rating", "Ratings"), "5A", label="AAAAA")
    open_add(browser, live_server)
    hand = Hand(browser)
    hand.add_row("coverages")
    open_chooser(browser, "coverages-0-category", "AAAAA")
    assert "Tombs" in browser.find_element(By.CSS_SELECTOR, LIST).text
    press(browser, Keys.ESCAPE)
    hand.choose("coverages-0-register", "national", "National units")
    open_chooser(browser, "coverages-0-category", "Tombs")
    assert "AAAAA" not in browser.find_element(By.CSS_SELECTOR, LIST).text


def test_what_is_missing_is_said_as_it_is_typed(browser, live_server, words):
    open_add(browser, live_server)
    hand = Hand(browser)
    ring = "[href='#section-names'] .is-missing"

    def title():
        return browser.find_element(By.CSS_SELECTOR, ring).get_attribute("title")

    assert title() == "missing: name in English, name in Simplified Chinese"
    hand.type("name__en", "Kiln")
    assert title() == "missing: name in Simplified Chinese"
    hand.type("name__zh-hans", "窑")
    assert not browser.find_element(By.CSS_SELECTOR, ring).is_displayed()
    kinds = "[href='#section-what'] .is-missing"
    assert browser.find_element(By.CSS_SELECTOR, kinds).is_displayed()
    hand.choose("kinds", "temple", "Temple")
    wait(browser, lambda: not browser.find_element(By.CSS_SELECTOR, kinds).is_displayed())


def test_a_row_leads_to_the_entry_that_it_names(browser, live_server, words):
    site = build.make_site("Kiln", kinds=[words["temple"]])
    entry = build.make_coverage(site).designation
    log_in(browser, live_server, "anna")
    browser.get(live_server.url + reverse("admin:heritage_site_change", args=[site.pk]))
    Hand(browser).click("#coverages-group .record-line[data-row] > summary")
    pencil = "#coverages-0 .change-related"
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, pencil))
    address = reverse("admin:heritage_designation_change", args=[entry.pk])
    wait(browser, lambda: address in (
        browser.find_element(By.CSS_SELECTOR, pencil).get_attribute("href") or ""))  # fmt: skip


def test_the_same_site_is_not_made_twice(browser, live_server, words):
    build.make_site("Guanlin Temple", "关林", latitude=34.6086, longitude=112.4739)
    open_add(browser, live_server)
    write(browser, "name__zh-hans", "關林")
    wait(browser, lambda: "Guanlin Temple" in browser.find_element(By.ID, "similar").text)
    link = browser.find_element(By.CSS_SELECTOR, "#similar .is-doubtful a")
    assert link.get_attribute("target") == "_blank"  # what is typed stays
    browser.find_element(By.NAME, "_save").click()
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, ".errornote"))
    box = browser.find_element(By.NAME, "_not_the_same")
    assert box.is_displayed()
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", box)
    box.click()
    browser.find_element(By.NAME, "_save").click()
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, ".messagelist .success"))
    assert Site.objects.count() == 2


def test_the_point_is_moved_by_keyboard(browser, live_server, words):
    open_add(browser, live_server)
    hand = Hand(browser)
    hand.type("coordinates", "34.6086, 112.4739")
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, ".point-mark.is-set"))
    browser.execute_script("document.querySelector('.point-mark').focus()")
    press(browser, Keys.ARROW_UP, Keys.ARROW_RIGHT)
    latitude, longitude = map(
        float, field(browser, "coordinates").get_attribute("value").split(",")
    )
    # A step is as wide as the map that is drawn by then.
    assert 34.6086 < latitude < 34.7 and 112.4739 < longitude < 112.6
    assert active(browser, ".point-mark")


def test_unsaved_text_is_guarded_kept_and_offered_back(browser, live_server, words):
    site = build.make_site("Kiln", kinds=[words["temple"]])
    log_in(browser, live_server, "anna")
    address = live_server.url + reverse("admin:heritage_site_change", args=[site.pk])
    browser.get(address)
    hand = Hand(browser)
    hand.type("summary__en", "Much work.")
    hand.click("#events-group .add-row")
    wait(browser, lambda: browser.find_elements(By.NAME, "events-0-date"))
    hand.type("events-0-kind", "b")
    hand.type("events-0-date", "1592")
    hand.choose("place", "luolong", "Luolong")
    wait(browser, lambda: "1592" in browser.execute_script(
        "return Object.values(localStorage).join()"))  # fmt: skip
    wait(browser, lambda: "Luolong" in browser.execute_script(
        "return Object.values(localStorage).join()"))  # fmt: skip
    # Who leaves is asked, which the driver answers by itself.
    leaves = "return dispatchEvent(new Event('beforeunload', {cancelable: true}))"
    assert browser.execute_script(leaves) is False
    browser.get(address)
    wait(browser, lambda: browser.find_element(By.ID, "unsaved").is_displayed())
    hand.click("#unsaved-restore")
    wait(browser, lambda: browser.find_elements(By.NAME, "events-0-date"))
    wait(browser, lambda: field(browser, "events-0-date").get_attribute("value") == "1592")
    assert field(browser, "summary__en").get_attribute("value") == "Much work."
    hand.click("[name=_save]")
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, ".messagelist .success"))
    site.refresh_from_db()
    assert (site.summary["en"], site.place) == ("Much work.", words["luolong"])
    assert site.events.get().date == "1592"
    browser.get(address)
    assert not browser.find_element(By.ID, "unsaved").is_displayed()
    assert browser.execute_script("return Object.keys(localStorage)") == []


def test_what_came_back_with_errors_is_guarded_too(browser, live_server, words):
    site = build.make_site("Kiln", kinds=[words["temple"]])
    log_in(browser, live_server, "anna")
    address = live_server.url + reverse("admin:heritage_site_change", args=[site.pk])
    browser.get(address)
    hand = Hand(browser)
    hand.type("summary__en", "Much work.")
    hand.type("coordinates", "nowhere")
    hand.click("[name=_save]")
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, ".error-links a"))
    assert not browser.find_element(By.ID, "unsaved").is_displayed()  # it stands in the form
    leaves = "return dispatchEvent(new Event('beforeunload', {cancelable: true}))"
    assert browser.execute_script(leaves) is False
    hand.click(".error-links a")
    assert active(browser, "#id_coordinates")
    browser.get(address.replace("/en/", "/zh-hans/"))  # in the other language it is the same form
    wait(browser, lambda: browser.find_element(By.ID, "unsaved").is_displayed())
    hand.click("#unsaved-restore")
    wait(browser, lambda: field(browser, "summary__en").get_property("value") == "Much work.")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_is_wrong_is_read_first_and_led_to_by_keyboard(browser, live_server, words, language):
    open_add(browser, live_server)
    browser.get(live_server.url + f"/{language}/admin/heritage/site/add/")
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, "[role=combobox][aria-label]"))
    hand = Hand(browser)
    hand.add_row("events")
    hand.add_row("coverages")
    hand.type("name__en", "Kiln")
    hand.type("area_ha", "-3")
    hand.type("events-0-date", "goat")
    hand.type("coverages-0-reference", "12")
    hand.click("[name=_save]")
    wait(browser, lambda: active(browser, ".errornote"))
    tab_to(browser, ".error-links a", most=2)
    press(browser, Keys.ENTER)
    wait(browser, lambda: active(browser, "#id_area_ha"))
    # Each field in which something is wrong looks so, choosers too; and nothing typed is lost.
    found = browser.execute_script("""
      const colour = (each) => getComputedStyle(each).borderTopColor;
      const shown = (each) => each.matches(".select2-hidden-accessible")
        ? each.nextElementSibling.querySelector(".select2-selection") : each;
      const fine = colour(document.getElementsByName("name__en")[0]);
      return [...document.querySelectorAll("#site_form [aria-invalid=true]")]
        .map((each) => [each.name, each.value, colour(shown(each)) !== fine]);
    """)
    assert sorted(found) == [
        ["area_ha", "-3", True],
        ["coverages-0-register", "", True],
        ["events-0-date", "goat", True],
        ["events-0-kind", "", True],
    ]


def test_a_time_that_is_half_written_is_not_sent_as_none(browser, live_server, words):
    site = build.make_site("Kiln", kinds=[words["temple"]])
    log_in(browser, live_server, "anna")
    browser.get(live_server.url + reverse("admin:heritage_site_change", args=[site.pk]))
    hand = Hand(browser)
    hand.add_row("openings")
    hand.type("summary__en", "Much work.")
    hand.type("openings-0-opens", "08")  # no minutes
    hand.click("[name=_save]")
    assert active(browser, "[name=openings-0-opens]")
    assert field(browser, "summary__en").get_property("value") == "Much work."
    hand.type("openings-0-opens", "0830AM")
    hand.type("openings-0-closes", "0530PM")
    hand.click("[name=_save]")
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, ".messagelist"))
    assert site.openings.get().opens == time(8, 30)


def test_the_bar_leaves_room_for_what_has_the_focus_on_a_telephone(browser, live_server, words):
    site = build.make_site("Kiln", state="draft")
    log_in(browser, live_server, "anna")
    resize(browser, 360, 740)
    browser.get(live_server.url + reverse("admin:heritage_site_change", args=[site.pk]))
    bar = browser.find_element(By.CLASS_NAME, "submit-row")
    assert bar.size["height"] <= 150
    tab_to(browser, "[name=name__en]", most=60)
    for _ in range(25):
        step(browser)
        here, top = browser.execute_script("""
          const bar = document.querySelector(".submit-row");
          const here = document.activeElement;
          return [bar.contains(here) ? 0 : here.getBoundingClientRect().bottom,
                  bar.getBoundingClientRect().top];
        """)
        assert here <= top + 1
    box = browser.find_element(By.NAME, "coordinates_gcj02")
    assert box.size["width"] < 30  # beside its label, not in the middle of the line


def test_boxes_of_one_field_are_kept_each(browser, live_server, words):
    boss = build.make_user("zhao", is_superuser=True)
    log_in(browser, live_server, "anna")
    anna = User.objects.get(username="anna")
    User.objects.filter(pk=anna.pk).update(is_superuser=True)
    groups = list(anna.groups.all())
    address = live_server.url + reverse("admin:heritage_user_change", args=[boss.pk])
    browser.get(address)
    leaves = "return dispatchEvent(new Event('beforeunload', {cancelable: true}))"
    assert browser.execute_script(leaves) is True  # nothing is changed
    box = f"[name=groups][value='{groups[0].pk}']"
    Hand(browser).click(box)
    assert browser.execute_script(leaves) is False
    wait(browser, lambda: browser.execute_script("return localStorage.length"))
    browser.get(address)
    wait(browser, lambda: browser.find_element(By.ID, "unsaved").is_displayed())
    Hand(browser).click("#unsaved-restore")
    wait(browser, lambda: browser.find_element(By.CSS_SELECTOR, box).is_selected())


def test_unsaved_text_is_its_writers_and_goes_when_they_log_out(browser, live_server, words):
    site = build.make_site("Kiln", kinds=[words["temple"]])
    log_in(browser, live_server, "anna")
    address = live_server.url + reverse("admin:heritage_site_change", args=[site.pk])
    browser.get(address)
    Hand(browser).type("summary__en", "Much work.")
    press(browser, Keys.TAB)  # so that leaving the page keeps nothing again
    keys = "return Object.keys(localStorage)"
    wait(browser, lambda: browser.execute_script(keys))
    [key] = browser.execute_script(keys)
    browser.execute_script(
        "const text = localStorage.getItem(arguments[0]);"
        "localStorage.clear();"
        "localStorage.setItem(arguments[0].replace(/\\d+/, '999999'), text)",
        key,
    )
    browser.get(address)  # as one who finds what somebody else has typed here
    wait(browser, lambda: browser.execute_script("return document.readyState") == "complete")
    assert not browser.find_element(By.ID, "unsaved").is_displayed()
    browser.execute_script("document.getElementById('logout-form').requestSubmit()")
    wait(browser, lambda: not browser.find_elements(By.ID, "logout-form"))
    assert browser.execute_script(keys) == []


def test_unsaved_text_outlives_a_session_that_ended(browser, live_server, words):
    site = build.make_site("Kiln", kinds=[words["temple"]])
    log_in(browser, live_server, "anna")
    browser.get(live_server.url + reverse("admin:heritage_site_change", args=[site.pk]))
    hand = Hand(browser)
    hand.type("summary__en", "Much work.")
    anna = User.objects.get(username="anna")
    anna.set_password("a new password")  # which ends her sessions
    anna.save()
    hand.click("[name=_save]")
    wait(browser, lambda: browser.find_elements(By.NAME, "password"))
    write(browser, "login", "anna")
    write(browser, "password", "a new password")
    browser.find_element(By.CSS_SELECTOR, "#login-form [type=submit]").click()
    wait(browser, lambda: browser.find_element(By.ID, "unsaved").is_displayed())
    hand.click("#unsaved-restore")
    wait(browser, lambda: field(browser, "summary__en").get_property("value") == "Much work.")


def test_a_double_click_saves_once(browser, live_server, words):
    open_add(browser, live_server)
    hand = Hand(browser)
    hand.type("name__en", "Kiln")
    button = browser.find_element(By.NAME, "_save")
    twice = ActionChains(browser, duration=0).move_to_element(button)
    twice.click().pause(0.1).click().perform()
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, ".messagelist .success"))
    assert Site.objects.filter(name__en="Kiln").count() == 1


def test_a_row_that_could_not_be_loaded_can_be_opened_again(browser, live_server, words):
    site = build.make_site("Kiln", kinds=[words["temple"]])
    build.make_event(site, date="1592")
    log_in(browser, live_server, "anna")
    browser.get(live_server.url + reverse("admin:heritage_site_change", args=[site.pk]))
    hand = Hand(browser)
    if browser.find_elements(By.CSS_SELECTOR, "#events-group .closed-rows > summary"):
        hand.click("#events-group .closed-rows > summary")
    line = "#events-group .record-line[data-row] > summary"
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, line))
    browser.execute_script(
        "window.usual = window.fetch; window.fetch = () => Promise.reject(new Error('No way'))"
    )
    hand.click(line)
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, "#events-group .errornote"))
    browser.execute_script("window.fetch = window.usual")
    hand.click(line)  # closed
    hand.click(line)
    wait(browser, lambda: browser.find_elements(By.NAME, "events-0-date"))


def test_no_password_is_kept_in_the_browser(browser, live_server):
    log_in(browser, live_server, "anna")
    User.objects.update(is_superuser=True)
    browser.get(live_server.url + reverse("admin:heritage_user_add"))
    hand = Hand(browser)
    hand.type("username", "newcomer")
    hand.type("password1", "not for others")
    wait(browser, lambda: "newcomer" in browser.execute_script(
        "return Object.values(localStorage).join()"))  # fmt: skip
    kept = browser.execute_script("return Object.values(localStorage).join()")
    assert "not for others" not in kept and "password" not in kept
    browser.execute_script("localStorage.clear()")


def picture(tmp_path, name, colour):
    path = tmp_path / name
    out = io.BytesIO()
    Picture.new("RGB", (60, 40), colour).save(out, "PNG")
    path.write_bytes(out.getvalue())
    return str(path)


CLICKED_AT_A_QUARTER = """
const {left, top, width} = arguments[0].getBoundingClientRect();
const at = {bubbles: true, clientX: left + width / 4, clientY: top + 1};
arguments[0].dispatchEvent(new MouseEvent("click", at));
"""


def test_many_pictures_at_once_in_an_order_by_keyboard(browser, live_server, words, tmp_path):
    site = build.make_site("Kiln", kinds=[words["temple"]])
    log_in(browser, live_server, "anna")
    browser.get(live_server.url + reverse("admin:heritage_site_change", args=[site.pk]))
    chosen = [picture(tmp_path, "gate.png", "red"), picture(tmp_path, "hall.png", "blue")]
    several = browser.find_element(By.CSS_SELECTOR, ".drop-pictures input")
    several.send_keys("\n".join(chosen))
    views = "#images-group .picture-focus .picture-thumbnail"
    wait(browser, lambda: len(browser.find_elements(By.CSS_SELECTOR, views)) == 2)
    assert len(browser.find_elements(By.CSS_SELECTOR, ".picture-focus-hint:not([hidden])")) == 2
    wait(browser, lambda: active(browser, "[name^='images-1-alt__']"))
    browser.execute_script(CLICKED_AT_A_QUARTER, browser.find_elements(By.CSS_SELECTOR, views)[1])
    write(browser, "images-0-alt__en", "The gate")
    write(browser, "images-1-alt__en", "The hall")
    up = browser.find_element(By.CSS_SELECTOR, "#images-1 + .move-row .earlier")
    browser.execute_script("arguments[0].focus()", up)
    press(browser, Keys.ENTER)
    wait(browser, lambda: field(browser, "images-1-order").get_attribute("value") == "1")
    browser.find_element(By.NAME, "_save").click()
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, ".messagelist .success"))
    assert [row.alt["en"] for row in Image.objects.all()] == ["The hall", "The gate"]
    hall, gate = Image.objects.all()
    assert gate.focus_x == 50 and abs(hall.focus_x - 25) < 3  # of 60 pixels


def test_credits_of_many_pictures_are_typed_once(browser, live_server, words, tmp_path):
    site, licence = build.make_site("Kiln", kinds=[words["temple"]]), build.make_licence()
    log_in(browser, live_server, "anna")
    browser.get(live_server.url + reverse("admin:heritage_site_change", args=[site.pk]))
    chosen = [
        picture(tmp_path, f"{n}.png", colour) for n, colour in enumerate(("red", "blue", "tan"))
    ]
    share = browser.find_element(By.CSS_SELECTOR, ".same-credits button")
    assert not share.is_displayed()
    browser.find_element(By.CSS_SELECTOR, ".drop-pictures input").send_keys("\n".join(chosen))
    wait(browser, lambda: active(browser, "[name^='images-2-alt__']"))
    write(browser, "images-0-author", "Li Na")
    write(browser, "images-2-author", "Wang Wei")
    add = "arguments[0].add(new Option('CC', arguments[1], true, true))"
    browser.execute_script(add, field(browser, "images-0-licence"), str(licence.pk))
    browser.execute_script("arguments[0].click()", share)
    said = browser.find_element(By.CSS_SELECTOR, ".same-credits [role=status]")
    wait(browser, lambda: said.text == "New pictures filled in: 2")
    for number in range(3):
        write(browser, f"images-{number}-alt__en", f"View {number}")
    browser.find_element(By.NAME, "_save").click()
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, ".messagelist .success"))
    found = Image.objects.order_by("order").values_list("author", "licence")
    assert list(found) == [(name, licence.pk) for name in ("Li Na", "Li Na", "Wang Wei")]


def test_pictures_that_cannot_be_added_are_told_and_may_be_chosen_again(
    browser, live_server, words, tmp_path
):
    site = build.make_site("Kiln", kinds=[words["temple"]])
    log_in(browser, live_server, "anna")
    browser.get(live_server.url + reverse("admin:heritage_site_change", args=[site.pk]))
    several = browser.find_element(By.CSS_SELECTOR, ".drop-pictures input")
    browser.execute_script(
        "window.usual = window.fetch; window.fetch = () => Promise.reject(new Error('No way'))"
    )
    several.send_keys(picture(tmp_path, "gate.png", "red"))
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, "#images-group .errornote"))
    browser.execute_script("window.fetch = window.usual")
    several.send_keys(picture(tmp_path, "gate.png", "red"))
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, "#images-group img"))
    write(browser, "images-0-alt__en", "The gate")
    browser.find_element(By.NAME, "_save").click()
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, ".messagelist .success"))
    assert Image.objects.get().alt["en"] == "The gate"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_desk_and_form_are_accessible(browser, live_server, words, language):
    site = build.make_site("Kiln", "窑", kinds=[words["temple"]], latitude=34.6, longitude=112.4)
    build.make_event(site, date="1592", first_era=None)
    build.make_image(site)
    build.make_site("Draft", state="in_review")
    log_in(browser, live_server, "anna")
    pages = {}
    for width in (1280, 820):
        resize(browser, width)
        browser.get(f"{live_server.url}/{language}/admin/")
        pages[f"desk at {width}"] = check(browser)
        browser.get(f"{live_server.url}/{language}/admin/heritage/site/{site.pk}/change/")
        for prefix in ("events", "images"):
            browser.execute_script(
                f"document.querySelector('#{prefix}-group .record-line > summary').click()"
            )
            wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, f"[name={prefix}-0-id]"))  # noqa: B023
        browser.execute_script("document.getElementById('id_coordinates').scrollIntoView()")
        wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, ".point-mark"))
        pages[f"form at {width}"] = check(browser)
        edge = browser.execute_script(
            "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert edge[0] <= edge[1]
    assert {page: found for page, found in pages.items() if found} == {}


def test_the_bar_stays_in_sight_and_the_menu_leads_to_its_sections(browser, live_server, words):
    open_add(browser, live_server)
    save = browser.find_element(By.NAME, "_save")
    for selector in (".sections a[href='#section-texts']", ".sections a[href='#section-sources']"):
        link = browser.find_element(By.CSS_SELECTOR, selector)
        ActionChains(browser).move_to_element(link).perform()
        link.send_keys(Keys.ENTER)
        heading = browser.find_element(By.CSS_SELECTOR, link.get_attribute("hash") + " h2")
        wait(browser, lambda: is_in_sight(browser, heading) and is_in_sight(browser, save))  # noqa: B023


def is_in_sight(browser, element) -> bool:
    return browser.execute_script(
        "const {top, bottom} = arguments[0].getBoundingClientRect();"
        "return top >= 0 && bottom <= innerHeight + 1",
        element,
    )


def test_without_scripts_all_is_there_by_one_link():
    client = Client()
    client.force_login(build.make_user("anna", group="editor"))
    page = client.get(reverse("admin:heritage_site_add"))
    assert '<noscript><p class="whole-form"><a href="?all=1">' in page.content.decode()
    whole = client.get(reverse("admin:heritage_site_add"), {"all": "1"}).content.decode()
    assert 'name="events-0-date"' in whole and 'name="name__fr"' in whole
