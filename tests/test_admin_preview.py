"""The preview beside the form: as saved and as typed, framed by the form alone, in a browser."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from heritage.models import Designation, Site
from tests import builders as build
from tests.adminforms import ROWS, filled
from tests.browser import active, press, resize, scripts, tab_to, wait
from tests.test_admin_browser import check, log_in, open_form, save, write

FRAMED = "frame-ancestors 'self'"
FRAMES = "frame-src 'self'"


@pytest.fixture
def kiln():
    return build.make_site(
        "Kiln",
        "窑",
        state="draft",
        summary=build.text("Where bowls were fired.", "烧碗之处。"),
        latitude=34.5,
        longitude=112.5,
        blur_km=20,
    )


def address(site, language="en"):
    return f"/{language}/preview/{site.pk}/"


def change(site):
    return reverse("admin:heritage_site_change", args=[site.pk])


@pytest.mark.django_db
def test_only_the_form_frames_and_only_the_preview_is_framed(client, kiln):
    shown = build.make_site("Shown")
    client.force_login(build.make_user(group="editor"))
    page = client.get(address(kiln))
    assert FRAMED in page["Content-Security-Policy"] and page["X-Frame-Options"] == "SAMEORIGIN"
    assert FRAMES not in page["Content-Security-Policy"]
    assert page["X-Robots-Tag"] == "noindex" and "no-store" in page["Cache-Control"]
    form = client.get(change(kiln))
    assert FRAMES in form["Content-Security-Policy"]
    others = [
        reverse("admin:heritage_site_add"),
        reverse("admin:heritage_site_changelist"),
        reverse("admin:heritage_site_history", args=[kiln.pk]),
        reverse("admin:heritage_source_change", args=[build.make_source().pk]),
        f"/en/sites/{kiln.slug}/",
        f"/en/sites/{shown.slug}/",
    ]
    for path in others:
        page = client.get(path)
        assert page.status_code == 200 and FRAMES not in page["Content-Security-Policy"], path
    for page in (form, *map(client.get, others)):
        assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
        assert page["X-Frame-Options"] == "DENY"
        assert "default-src 'none'" in page["Content-Security-Policy"]


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["nobody", "reader", "staff without a right"])
def test_nobody_else_sees_it(client, kiln, who):
    if who != "nobody":
        client.force_login(build.make_user(is_staff=who.startswith("staff")))
    assert client.get(address(kiln)).status_code == 404
    assert client.post(address(kiln), {"summary__en": "Mine."}).status_code == 404
    assert client.get("/en/preview/999999/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "With what stands in the form"), ("zh-hans", "含表单中尚未保存的")],
)
def test_what_is_typed_is_shown_and_not_written(client, kiln, language, said):
    town = build.make_place("Gongyi", "巩义")
    user = build.make_user(group="editor")
    client.force_login(user)
    saved = client.get(address(kiln, language)).content.decode()
    assert ("Where bowls were fired." if language == "en" else "烧碗之处。") in saved
    assert said not in saved
    before = Site.objects.filter(pk=kiln.pk).values().get()
    data = filled(client, change(kiln)) | {
        "summary__en": "Typed words.",
        "summary__zh-hans": "未存之词。",
        "place": town.pk,
        "area_ha": "2.5",
        "coordinates": "34.7, 113.2",
        "blur_km": "0",
    }
    with CaptureQueriesContext(connection) as asked:
        page = client.post(address(kiln, language), data).content.decode()
    assert ("Typed words." if language == "en" else "未存之词。") in page and said in page
    assert ("Gongyi" if language == "en" else "巩义") in page and "2.5" in page
    assert "113.2" in page and "34.7" in page and "bowls" not in page
    # Nothing is written; PostgreSQL declares the cursor of a long SELECT.
    assert {query["sql"].split()[0] for query in asked} <= {"SELECT", "DECLARE"}
    assert Site.objects.filter(pk=kiln.pk).values().get() == before


@pytest.mark.django_db
def test_no_query_asks_for_what_is_chosen_as_before(client, kiln):
    client.force_login(build.make_user(group="editor"))
    kiln.place = build.make_place()
    kiln.save()
    eras = [build.make_era() for _ in range(3)]
    for era in eras[:2]:
        build.make_event(kiln, first_era=era, source=build.make_source())
    data = filled(client, change(kiln)) | {"events-1-first_era": str(eras[2].pk)}
    with CaptureQueriesContext(connection) as asked:
        assert client.post(address(kiln), data).status_code == 200
    tables = ("heritage_place", "heritage_era", "heritage_source")
    exists = [query["sql"] for query in asked if query["sql"].startswith("SELECT 1 ")]
    looked_up = [table for table in tables for sql in exists if f'FROM "{table}"' in sql]
    assert looked_up == ["heritage_era"]  # the one that was chosen now


@pytest.mark.django_db
def test_kinds_and_rows_are_shown_as_they_stand_in_the_form(client, kiln):
    pottery, source = build.make_kind("Pottery", "窑址"), build.make_source("County list")
    build.make_era("Ming Dynasty", "明", span="1368/1644")
    build.make_designation(reference="R-77", name=build.text("Bowl kilns"))
    register = Designation.objects.get().register
    old, other = build.make_event(kiln, date="0700"), build.make_event(kiln, date="0900")
    gone = build.make_name(kiln, "Gone kiln")
    build.make_image(kiln, alt=build.text("A bowl", "碗"), published=False)
    client.force_login(build.make_user(group="editor"))
    before = rows_of_all(kiln)
    data = filled(
        client,
        change(kiln),
        {"kinds": [pottery.pk], "sources": [source.pk]},
        names=[{"text": "New kiln", "language": "en", "kind": "alternative"}],
        events=[
            {"kind": "built", "date": "明代", "certainty": "certain"},
            {"kind": "", "date": "goat", "certainty": "certain", "note__en": "By a goat."},
            {"kind": "", "date": "", "certainty": "certain"},  # nothing yet
        ],
        coverages=[{"register": register.pk, "reference": "R-77", "extent": "whole"}],
    )
    [number] = [n for n in (0, 1) if data[f"events-{n}-id"] == [str(old.pk)]]
    data |= {f"events-{number}-date": "c. 1592", "images-0-published": "on", "names-0-DELETE": "on"}
    assert data["names-0-id"] == [str(gone.pk)]
    with CaptureQueriesContext(connection) as asked:
        response = client.post(address(kiln), data)
    page, html = response.context["page"], response.content.decode()
    assert [str(kind.label) for kind in page.kinds] == ["Pottery"]
    assert [str(name.text) for name in page.names] == ["New kiln"]
    assert [event.date for event in page.rows.events] == [other.date, "", "1592~"]
    assert "Ming" in html and "Bowl kilns" in html and "County list" in html and "A bowl" in html
    assert response.context["unread"] == ["Event: what happened", "Event: date"]
    assert "By a goat." not in html
    # Nothing is written; PostgreSQL declares the cursor of a long SELECT.
    assert {query["sql"].split()[0] for query in asked} <= {"SELECT", "DECLARE"}
    chinese = client.post(address(kiln, "zh-hans"), data)
    assert "事件：事件、事件：日期" in chinese.content.decode()
    assert rows_of_all(kiln) == before


def rows_of_all(site):
    return [list(getattr(site, name).order_by("pk").values()) for name in (*ROWS, "kinds")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "junk",
    [
        {"kinds": ["x", "²", "9" * 30, "-1"], "sources": ["999"]},
        {"events-0-id": "999", "events-0-date": "1592"},  # of another site, or deleted
        {"events-99999-date": "1592", "events-x-date": "1592", "events-0-": "1592"},
        {"coverages-0-register": "²", "coverages-0-reference": "1"},
        {"prices-0-amount": "1e999", "prices-0-order": "x", "openings-0-opens": "25:00"},
        {"part_of-0-whole": "999", "visitingfacts-0-source": "x", "names-0-text": "\0"},
    ],
)
def test_strange_rows_are_left_out(client, kiln, junk):
    build.make_event(kiln, date="0700")
    client.force_login(build.make_user(group="editor"))
    response = client.post(address(kiln), {"coordinates_initial": "34.5, 112.5"} | junk)
    assert response.status_code == 200
    assert [event.date for event in response.context["page"].rows.events] == ["0700"]
    assert response.context["page"].names == [] and response.context["page"].kinds == []


@pytest.mark.django_db
def test_a_new_row_that_refers_to_nothing_yet_is_named_and_left_out(client, kiln):
    client.force_login(build.make_user(group="editor"))
    data = {
        "coverages-0-id": "",
        "coverages-0-designation": "",
        "coverages-0-reference": "R-78",
        "part_of-0-whole": "",
        "part_of-0-note__en": "Of the kilns.",
    }
    response = client.post(address(kiln), {"coordinates_initial": "34.5, 112.5"} | data)
    assert response.status_code == 200
    assert {"Designation of a site: designation", "Part of a site: whole"} <= set(
        response.context["unread"]
    )


@pytest.mark.django_db
def test_the_map_is_around_the_point_that_is_typed(client, kiln):
    client.force_login(build.make_user(group="editor"))
    data = filled(client, change(kiln))
    answer = client.post(address(kiln), data | {"coordinates": "30, 110"})
    (mark,) = answer.context["page"].land.sheet.marks
    assert (mark.latitude, mark.longitude) == pytest.approx((30, 110), abs=0.2)  # it is blurred
    moved = answer.content.decode()
    assert "Kiln" in moved
    assert f'value="http://testserver/en/sites/{kiln.slug}/"' in moved  # the address to share
    # No column of the form tells which site it is.
    assert "Kiln" in client.post(address(kiln), data | {"id": kiln.pk + 1}).content.decode()


@pytest.mark.django_db
def test_a_blurred_point_is_blurred_while_it_is_typed(client, kiln):
    client.force_login(build.make_user(group="editor"))
    data = filled(client, change(kiln)) | {"coordinates": "34.7123, 113.2123"}
    page = client.post(address(kiln), data).content.decode()
    assert "34.7123" not in page and "113.2123" not in page and "To protect the place" in page


@pytest.mark.django_db
def test_what_has_no_sense_is_named_and_all_else_is_shown(client, kiln):
    client.force_login(build.make_user(group="editor"))
    data = filled(client, change(kiln)) | {
        "summary__en": "Typed words.",
        "area_ha": "wide",
        "place": "999999",
        "coordinates": "somewhere",
        "cover": "no-such-scene",
    }
    response = client.post(address(kiln), data)
    page = response.content.decode()
    assert "Typed words." in page
    assert response.context["unread"] == ["Place", "Area in hectares", "Cover", "Point"]
    assert "Place, Area in hectares, Cover, Point" in page
    # And nothing at all is the page as it is saved, whatever was sent.
    assert "Where bowls were fired." in client.post(address(kiln), {"junk": "1"}).content.decode()


# --- in a browser ------------------------------------------------------------------------------

TOGGLE = "#preview-toggle"


def in_frame(browser, selector):
    """The text of a part of the page in the frame; empty while there is none."""
    return browser.execute_script(
        "return document.querySelector('#preview-page iframe:not(.is-coming)')"
        "?.contentDocument?.querySelector(arguments[0])?.textContent ?? ''",
        selector,
    )


def press_in_chooser(browser, name, text):
    browser.find_element(By.CSS_SELECTOR, f"#id_{name} + .select2 [role=combobox]").click()
    press(browser, text)
    highlighted = (By.CSS_SELECTOR, ".select2-results__option--highlighted")
    wait(browser, lambda: text in browser.find_element(*highlighted).text)
    press(browser, Keys.ENTER)


@pytest.mark.django_db(transaction=True)
def test_the_preview_stands_beside_the_form(browser, live_server, kiln):
    build.make_kind("Pottery", "窑址")
    log_in(browser, live_server, "anna")
    resize(browser, 1280)
    open_form(browser, live_server, kiln)
    browser.get_log("browser")
    tab_to(browser, TOGGLE, most=150, back=True)
    press(browser, Keys.ENTER)
    wait(browser, lambda: "Where bowls were fired." in in_frame(browser, "main"))
    assert "As saved" in in_frame(browser, ".notice-preview")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 1280
    assert check(browser) == []

    # As it is typed, at the place in the page where somebody reads; in the other language by keys.
    frame = "document.querySelector('#preview-page iframe').contentWindow"
    browser.execute_script(f"{frame}.scrollTo(0, 200)")
    write(browser, "summary__en", "Typed and not saved.")
    wait(browser, lambda: "Typed and not saved." in in_frame(browser, "main"))
    assert browser.execute_script(f"return {frame}.scrollY") == 200
    write(browser, "summary__zh-hans", "未存之词。")
    browser.execute_script("document.querySelector('[role=tab][aria-selected=true]').focus()")
    press(browser, Keys.ARROW_RIGHT)
    wait(browser, lambda: "未存之词。" in in_frame(browser, "main"))
    assert active(browser, "[role=tab][aria-selected=true][lang=zh-Hans]")
    assert browser.execute_script(
        f"return [...{frame}.document.links]"
        ".every((link) => link.target === '_blank' || link.getAttribute('href').startsWith('#'))"
    )

    # Rows and what is chosen of many, too; a row that is taken off again is taken off the page.
    browser.execute_script("document.querySelector('#names-group .add-row').click()")
    wait(browser, lambda: browser.find_elements(By.NAME, "names-0-text"))
    write(browser, "names-0-text", "新窑址")
    write(browser, "names-0-language", "zh-hans")
    wait(browser, lambda: "新窑址" in in_frame(browser, "#names"))
    browser.find_element(By.CSS_SELECTOR, "#names-group .remove-row").click()
    wait(
        browser,
        lambda: "未存之词。" in in_frame(browser, "main") and not in_frame(browser, "#names"),
    )
    press_in_chooser(browser, "kinds", "Pottery")
    wait(browser, lambda: "窑址" in in_frame(browser, "main"))

    # It is there again after a save, in the same language, and stays closed once it was closed.
    save(browser)
    open_form(browser, live_server, kiln)
    wait(browser, lambda: "未存之词。" in in_frame(browser, "main"))
    assert "已保存" in in_frame(browser, ".notice-preview")
    assert browser.get_log("browser") == []  # nothing that the policy refused
    browser.find_element(By.CLASS_NAME, "preview-close").click()
    assert active(browser, TOGGLE)
    open_form(browser, live_server, kiln)
    assert not browser.find_element(By.ID, "preview-pane").is_displayed()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_narrow", [True, False])
def test_it_is_a_link_where_there_is_no_room_or_no_script(browser, live_server, kiln, is_narrow):
    log_in(browser, live_server, "anna")
    browser.execute_script("localStorage.setItem('preview-language', 'en')")
    if is_narrow:
        resize(browser, 1024)
    else:
        scripts(browser, are_run=False)
    open_form(browser, live_server, kiln)
    assert not browser.find_element(By.CSS_SELECTOR, TOGGLE).is_displayed()
    assert not browser.find_element(By.ID, "preview-pane").is_displayed()
    link = browser.find_element(By.CSS_SELECTOR, ".bar-preview a")
    assert link.is_displayed() and link.get_attribute("href").endswith(f"/en/sites/{kiln.slug}/")
    assert not browser.find_elements(By.TAG_NAME, "iframe")
