"""The editors' form in real browsers: two of them on one record, without scripts, under axe."""

import time
from contextlib import contextmanager

import pytest
from django.test import Client
from django.urls import reverse
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from heritage.admin import writes
from heritage.models import ReviewComment, Site
from heritage.server.timeouts import LockTimeout
from heritage.services import review
from tests import builders as build
from tests.axe import check
from tests.browser import active, press, resize, scripts, settle, start, text_of, wait

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other(tmp_path):
    """The colleague's browser, with a profile of its own."""
    driver = start(tmp_path / "other")
    yield driver
    settle(driver)
    driver.quit()


@pytest.fixture
def site():
    return build.make_site(
        "Iron Pagoda",
        "铁塔",
        kinds=[build.make_kind("Pagoda", "塔")],
        summary=build.text("A pagoda of iron-coloured bricks.", "铁色琉璃砖塔。"),
        description=build.text("First line.\n\nSecond line."),
        latitude=34.8,
        longitude=114.4,
    )


def log_in(browser, live_server, name):
    """As an editor: by the cookie that the log-in form would have set."""
    client = Client()
    client.force_login(build.make_user(name, group="editor"))
    browser.get(f"{live_server.url}/robots.txt")
    browser.execute_script("localStorage.clear(); sessionStorage.clear()")  # of other tests
    cookie = client.cookies["sessionid"].value
    browser.add_cookie({"name": "sessionid", "value": cookie, "path": "/"})


def open_form(browser, live_server, row, language="en"):
    path = reverse(f"admin:heritage_{row._meta.model_name}_change", args=[row.pk])
    browser.get(live_server.url + path.replace("/en/", f"/{language}/"))


def field(browser, name):
    return browser.find_element(By.NAME, name)


def write(browser, name, text):
    field(browser, name).clear()
    field(browser, name).send_keys(text)


def save(browser):
    button = browser.find_element(By.NAME, "_save")
    browser.execute_script("arguments[0].click()", button)
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, ".messagelist, .errornote"))


def test_two_editors_on_one_record(browser, other, live_server, site):
    log_in(browser, live_server, "anna")
    log_in(other, live_server, "bo")
    scripts(other, are_run=False)  # the one who has to choose needs none
    for each in (browser, other):
        open_form(each, live_server, site)

    write(browser, "summary__en", "A pagoda of glazed bricks.")
    write(browser, "summary__zh-hans", "琉璃砖塔，高五十五米。")
    save(browser)

    write(other, "summary__en", "A tall pagoda of iron-coloured bricks.")
    write(other, "area_ha", "2.5")
    save_without_scripts(other, ".errornote")

    # Side by side, with who saved; all that was typed is in the form.
    [conflict] = other.find_elements(By.CSS_SELECTOR, ".conflict")
    texts = [side.text for side in conflict.find_elements(By.CSS_SELECTOR, ".conflict-text")]
    assert texts == [
        "A pagoda of iron-coloured bricks.",
        "A pagoda of glazed bricks.",
        "A tall pagoda of iron-coloured bricks.",
    ]
    assert "Saved by anna (" in other.find_element(By.ID, "conflicts").text
    assert field(other, "area_ha").get_attribute("value") == "2.5"
    assert field(other, "summary__zh-hans").get_attribute("value") == "琉璃砖塔，高五十五米。"
    marks = [mark.text for mark in conflict.find_elements(By.TAG_NAME, "mark")]
    assert "glazed" in " ".join(marks)

    write(other, "summary__en", "A tall pagoda of glazed bricks.")
    other.find_element(By.CSS_SELECTOR, ".conflict input[value=mine]").click()
    save_without_scripts(other, ".messagelist")
    site.refresh_from_db()
    assert site.summary["en"] == "A tall pagoda of glazed bricks."
    assert site.summary["zh-hans"] == "琉璃砖塔，高五十五米。"
    assert site.area_ha == 2.5


def save_without_scripts(browser, until):
    button = browser.find_element(By.NAME, "_save")
    button.location_once_scrolled_into_view  # noqa: B018
    button.click()
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, until))


def test_a_browsers_own_post_of_an_untouched_form_writes_nothing(browser, live_server, site):
    build.make_event(site, note=build.text("One\nTwo"))
    log_in(browser, live_server, "anna")
    before = Site.objects.filter(pk=site.pk).values().get()
    open_form(browser, live_server, site)
    save(browser)
    assert "Nothing was changed" in browser.find_element(By.CLASS_NAME, "messagelist").text
    assert Site.objects.filter(pk=site.pk).values().get() == before
    # And with one word changed: that word, and no line end.
    open_form(browser, live_server, site)
    write(browser, "summary__en", "Another.")
    save(browser)
    site.refresh_from_db()
    assert (site.summary["en"], site.description["en"]) == (
        "Another.",
        "First line.\n\nSecond line.",
    )


PASTE = """
const [cell, text] = arguments;
const clipboardData = new DataTransfer();
clipboardData.setData("text/plain", text);
const how = {clipboardData, bubbles: true, cancelable: true};
return cell.dispatchEvent(new ClipboardEvent("paste", how));
"""


def test_cells_of_a_spreadsheet_are_pasted_over_those_of_the_table(browser, live_server, site):
    tower = build.make_site("Bell Tower", "钟楼")
    log_in(browser, live_server, "anna")
    fields = ("precision", "summary:en", "area_ha")
    query = "&".join(f"field={each}" for each in fields)
    url = reverse("admin:heritage_site_table") + f"?ids={site.pk},{tower.pk}&{query}"
    browser.get(live_server.url + url)
    first = field(browser, f"text-{site.pk}-precision")
    assert browser.execute_script(PASTE, first, "One text alone")  # as the browser does it
    block = (
        'surveyed\t"Bricks, glazed\nas ""iron"""\t1.5\r\nnowhere\tA tower\t2\tx\r\n\tToo low\t\r\n'
    )
    assert not browser.execute_script(PASTE, first, block)

    def values(row):
        names = [f"text-{row.pk}-{each}" for each in fields]
        return [field(browser, name).get_property("value") for name in names]

    assert values(site) == ["surveyed", 'Bricks, glazed\nas "iron"', "1.5"]
    assert values(tower) == ["approximate", "A tower", "2"]
    said = text_of(browser, ".table-edit [role=status]")
    assert "what was pasted: 5." in said and "no choice there: 5." in said
    assert Site.objects.get(pk=tower.pk).summary == {}
    browser.find_element(By.NAME, "preview").click()
    wait(browser, lambda: "A tower" in text_of(browser, "#content-main"))
    browser.find_element(By.NAME, "save").click()
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, ".messagelist .success"))
    assert Site.objects.get(pk=tower.pk).summary == {"en": "A tower"}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_form_the_list_and_the_conflict_are_accessible(browser, live_server, site, language):
    build.make_event(site, first_era=build.make_era("Song", "宋"))
    log_in(browser, live_server, "anna")
    open_form(browser, live_server, site, language)
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, "[role=combobox][aria-label]"))
    pages = {"form": check(browser)}
    write(browser, "summary__en", "Mine.")
    Site.objects.filter(pk=site.pk).update(summary=build.text("Theirs.", "铁色琉璃砖塔。"))
    save(browser)
    assert browser.find_elements(By.CSS_SELECTOR, ".conflict")
    pages["conflict"] = check(browser)
    listed = f"{live_server.url}/{language}/admin/heritage/site/"
    for width in (1280, 820):
        resize(browser, width)
        browser.get(listed)
        pages[f"list at {width}"] = check(browser)
    assert {page: found for page, found in pages.items() if found} == {}


def test_the_list_is_usable_on_a_tablet(browser, live_server, site):
    log_in(browser, live_server, "anna")
    resize(browser, 820)
    browser.get(f"{live_server.url}/en/admin/heritage/site/")
    table = browser.find_element(By.ID, "result_list")
    assert table.size["width"] > 650
    assert browser.find_element(By.ID, "searchbar").size["width"] > 200
    filters = browser.find_element(By.ID, "changelist-filter")
    assert not filters.is_displayed()
    browser.find_element(By.CSS_SELECTOR, ".list-filters > summary").click()
    assert filters.is_displayed()
    edge = browser.execute_script(
        "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert edge[0] <= edge[1]
    resize(browser, 1280)
    browser.get(f"{live_server.url}/en/admin/heritage/site/")
    filters = browser.find_element(By.ID, "changelist-filter")
    assert filters.size["width"] > 100  # beside the table, with nothing to open
    assert filters.location["x"] > browser.find_element(By.ID, "result_list").location["x"]


def test_a_cover_is_chosen_by_its_picture(browser, live_server, site):
    log_in(browser, live_server, "li")
    open_form(browser, live_server, site)
    shown = browser.find_element(By.CSS_SELECTOR, ".scene-shown")
    assert not shown.is_displayed()
    browser.execute_script("document.querySelector('.scene-choice').open = true")
    choice = ".scene-grid button[value=pagoda-zh-brick]"
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, choice))
    browser.find_element(By.CSS_SELECTOR, choice).click()
    assert field(browser, "cover").get_property("value") == "pagoda-zh-brick"
    assert shown.is_displayed() and "/pagoda-zh-brick.svg" in shown.get_attribute("src")
    pressed = browser.find_elements(By.CSS_SELECTOR, ".scene-grid [aria-pressed=true]")
    assert [button.get_attribute("value") for button in pressed] == ["pagoda-zh-brick"]


def test_a_comment_is_answered_and_done_at_its_field(browser, live_server, site):
    log_in(browser, live_server, "anna")
    bo = build.make_user("bo", group="editor")
    review.comment(site, bo, "Which bricks?", "summary")
    review.comment(site, bo, "Well done.")
    said, whole = ReviewComment.objects.order_by("pk")
    open_form(browser, live_server, site)
    write(browser, "area_ha", "2.5")
    box = browser.find_element(By.ID, f"comment-{said.pk}")
    assert box.find_element(By.XPATH, "ancestor::div[contains(@class, 'field-summary')]")
    assert check(browser) == []

    answer = f"#comment-{said.pk} textarea"
    browser.find_element(By.CSS_SELECTOR, answer).send_keys("Glazed ones.")
    press_with_keys(browser, f"#comment-{said.pk} [value=answer]")
    wait(browser, lambda: text_of(browser, f"#comment-{said.pk}").find("Glazed ones.") > 0)
    assert said.answers.get().text == "Glazed ones."
    assert active(browser, answer) and text_of(browser, "#about-status") == "Your answer was added."
    press_with_keys(browser, f"#comment-{said.pk} [value=done]")
    wait(browser, lambda: not browser.find_elements(By.ID, f"comment-{said.pk}"))
    assert active(browser, ".field-summary *")
    press_with_keys(browser, f"#comment-{whole.pk} [value=done]")
    wait(browser, lambda: not browser.find_elements(By.CSS_SELECTOR, "#comments *"))
    assert not ReviewComment.objects.filter(is_done=False).exists()
    # What was typed in the form meanwhile is there still, and is saved.
    assert field(browser, "area_ha").get_property("value") == "2.5"
    save(browser)
    site.refresh_from_db()
    assert site.area_ha == 2.5


def test_a_text_shown_again_is_fetched_once_as_it_is_typed(browser, live_server, site):
    log_in(browser, live_server, "li")
    open_form(browser, live_server, site)
    count = "const own = fetch; window.asked = []; "
    count += "fetch = (url, ...rest) => (asked.push(String(url)), own(url, ...rest));"
    browser.execute_script(count)
    address = "document.querySelector('[data-markdown]').dataset.markdown"
    texts = f"return asked.filter((url) => url === {address}).length"
    text = "document.getElementsByName('description__en')[0]"
    click = f"{text}.parentElement.querySelector('.show-text').click()"
    for _time in range(3):  # shown, hidden, shown
        browser.execute_script(click)
    wait(browser, lambda: browser.execute_script(texts) == 2)
    browser.execute_script(
        f"const text = {text}; text.value = 'Bricks.';"
        "text.dispatchEvent(new Event('input', {bubbles: true}));"
    )
    wait(browser, lambda: browser.execute_script(texts) > 2)
    time.sleep(0.5)  # longer than what it waits for further letters
    assert browser.execute_script(texts) == 3


def press_with_keys(browser, selector):
    button = browser.find_element(By.CSS_SELECTOR, selector)
    browser.execute_script("arguments[0].focus({focusVisible: true})", button)
    press(browser, Keys.ENTER)


def test_a_form_that_had_to_wait_is_sent_again_by_itself(browser, live_server, site, monkeypatch):
    """Unless its editor goes on with it."""
    real, refusals = writes.lock_timeout, [None] * 3

    @contextmanager
    def others_write(seconds):
        with real(seconds):
            if refusals:
                refusals.pop()
                raise LockTimeout
            yield

    monkeypatch.setattr(writes, "lock_timeout", others_write)
    log_in(browser, live_server, "anna")
    open_form(browser, live_server, site)
    write(browser, "summary__en", "A pagoda of glazed bricks.")
    browser.execute_script("document.querySelector('[name=_continue]').click()")
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, ".messagelist .success"))
    assert refusals == []
    assert "/change/" in browser.current_url  # by the button that was pressed
    site.refresh_from_db()
    assert site.summary["en"] == "A pagoda of glazed bricks."

    refusals.append(None)
    write(browser, "summary__en", "A pagoda of iron-coloured bricks, glazed.")
    save(browser)
    note = browser.find_element(By.CSS_SELECTOR, "[data-send-again]")
    assert note.is_displayed()
    field(browser, "summary__en").send_keys(" Thirteen storeys.")
    assert not note.is_displayed()
    save(browser)
    site.refresh_from_db()
    assert site.summary["en"].endswith("glazed. Thirteen storeys.")
