"""The boundary in the form: checked as it is pasted, shown and drawn on a map of our own."""

import html
import json
import math

import pytest
from django.urls import reverse
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from heritage.models import ChangeSet, Site
from heritage.values.coordinates import area_ha
from tests import builders as build
from tests.adminforms import errors, filled
from tests.browser import active, press, resize, scripts, text_of, wait
from tests.test_admin_browser import check, log_in, open_form, save
from tests.test_values_boundaries import POLYGON, SQUARE

MAP = reverse("admin:heritage_site_boundary_map")


@pytest.fixture
def kiln():
    return build.make_site("Kiln", "窑", state="draft", latitude=34.005, longitude=112.005)


@pytest.fixture
def editor(client):
    client.force_login(build.make_user(group="editor"))


def change(site):
    return reverse("admin:heritage_site_change", args=[site.pk])


def boundary_of(site):
    return Site.objects.get(pk=site.pk).boundary


@pytest.mark.django_db
def test_history_and_merging_tell_of_a_boundary(client, editor, kiln):
    """By its size: the coordinates say nothing to a reader."""
    client.post(change(kiln), filled(client, change(kiln)) | {"boundary": json.dumps(POLYGON)})
    said = f"{area_ha(POLYGON):.2f} hectares, 4 points"
    history = client.get(reverse("admin:heritage_site_history", args=[kiln.pk]))
    assert said in history.content.decode()
    [done] = [each for each in ChangeSet.objects.all() if each.kind == ChangeSet.Kind.EDIT]
    page = client.get(reverse("admin:heritage_changeset_change", args=[done.pk]))
    assert said in page.content.decode()
    other = build.make_site("Kiln", "窑")
    merge = reverse("admin:heritage_site_merge", args=[other.pk])
    assert said in client.get(merge, {"with": kiln.pk}).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("group", ["editor", "contributor"])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"type": "Polygon", "coordinates": [[[' + "9" * 5_000 + ", 1]]]}", "cannot be stored"),
        ("9" * 5_000, "Line 1"),
        ("[" * 100_000, "no rings of points"),
        ('{"type": "Polygon", "coordinates": [', "breaks off"),
    ],
    ids=["integer", "number", "nested", "cut"],
)
def test_a_boundary_that_cannot_be_read_is_refused_in_words(client, group, text, said):
    user = build.make_user("wu", group=group)
    client.force_login(user)
    kiln = build.make_site("Kiln", "窑", kinds=[build.make_kind()], state="draft", created_by=user)
    response = client.post(change(kiln), filled(client, change(kiln)) | {"boundary": text})
    assert response.status_code == 200
    page = html.unescape(response.content.decode())
    assert said in page and text in page  # what was typed is kept
    assert boundary_of(kiln) is None


# --- what is sent --------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"type": "Feature", "geometry": POLYGON}),
        "34, 112\r\n34, 112.01\r\n34.01, 112.01\r\n34.01, 112\r\n",
    ],
)
def test_whatever_is_pasted_is_stored_as_one_geometry(client, editor, kiln, text):
    assert client.post(change(kiln), filled(client, change(kiln)) | {"boundary": text}).url
    assert boundary_of(kiln) == POLYGON
    # What is shown of it changes nothing when it is sent again, and can be emptied.
    before = Site.objects.values("updated_at").get()
    client.post(change(kiln), filled(client, change(kiln)))
    assert Site.objects.values("updated_at").get() == before
    client.post(change(kiln), filled(client, change(kiln)) | {"boundary": " "})
    assert boundary_of(kiln) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("en", json.dumps({"type": "Polygon", "coordinates": [SQUARE[:4]]}), "is not the first"),
        ("en", "34, 112\n34, 113", "at least three points"),
        ("zh-hans", '{"type": "Polygon"', "第 1 行第 19 列处有误"),
    ],
)
def test_what_is_wrong_stands_at_the_field_with_what_was_typed(
    client, editor, kiln, language, text, said
):
    address = change(kiln).replace("/en/", f"/{language}/")
    response = client.post(address, filled(client, address) | {"boundary": text})
    assert said in errors(response)["boundary"][0]
    assert response.context["adminform"].form["boundary"].value() == text
    assert boundary_of(kiln) is None


@pytest.mark.django_db
def test_the_map_says_what_it_encloses_or_what_is_wrong(client, editor, kiln):
    answer = client.post(MAP, {"boundary": json.dumps(POLYGON), "without": kiln.pk})
    html = answer.content.decode()
    assert "102.50 hectares, 4 points" in " ".join(html.split())
    window = answer.context["window"]
    assert (window.latitude, window.longitude) == pytest.approx((34.005, 112.005))
    corners = [window.place(latitude, longitude) for longitude, latitude in SQUARE]
    assert all(20 < x < 460 and 20 < y < 300 for x, y in corners)  # all of it, with some room
    assert answer.context["tiles"]
    chinese = client.post(MAP.replace("/en/", "/zh-hans/"), {"boundary": json.dumps(POLYGON)})
    assert "102.50 公顷，4 个点" in " ".join(chinese.content.decode().split())

    refused = client.post(MAP, {"boundary": "34, 112", "coordinates": "34.5, 112.5"})
    assert "1 are given" in refused.content.decode() and not refused.context["geometry"]
    assert refused.context["window"].latitude == 34.5
    nearer = client.post(MAP, {"boundary": "", "at": "34.2, 112.3", "km": "0.0001"})
    assert nearer.context["window"].zoom == 17 and "237 m wide" in nearer.content.decode()
    for nonsense in (
        {"at": "x", "km": "nan"},
        {"at": "34, 112", "km": "nan"},
        {"at": "34, 112", "km": "inf"},
        {"km": "1e999"},
        {"boundary": '{"type": "FeatureCollection", "features": true}'},
        {"boundary": json.dumps({"type": "MultiPolygon", "coordinates": [[], [SQUARE]]})},
    ):
        assert client.post(MAP, nonsense).status_code == 200


@pytest.mark.django_db
def test_the_map_is_for_those_who_edit(client, editor):
    assert client.get(MAP).status_code == 405
    client.force_login(build.make_user(is_staff=True))
    assert client.post(MAP, {"boundary": ""}).status_code == 403
    client.logout()
    assert client.post(MAP, {"boundary": ""}).status_code == 302


# --- drawn in a browser --------------------------------------------------------------------------


def click(browser, x, y):
    """At a place of the map, from its middle."""
    sheet = browser.find_element(By.CSS_SELECTOR, ".boundary-map .point-map-sheet")
    ActionChains(browser, duration=0).move_to_element_with_offset(sheet, x, y).click().perform()


def does(browser, what):
    button = browser.find_element(By.CSS_SELECTOR, f".boundary-map [data-do={what}]")
    browser.execute_script("arguments[0].click()", button)


def text(browser):
    return browser.find_element(By.NAME, "boundary").get_property("value")


def ring(browser):
    return json.loads(text(browser))["coordinates"][0]


def open_map(browser, live_server, site):
    log_in(browser, live_server, "anna")
    open_form(browser, live_server, site)
    box = browser.find_element(By.NAME, "boundary")
    browser.execute_script("arguments[0].scrollIntoView()", box)
    fold = browser.find_element(By.CLASS_NAME, "boundary-fold")
    assert bool(fold.get_attribute("open")) == bool(site.boundary)
    browser.execute_script("arguments[0].open = true", fold)
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, ".boundary-map svg"))
    assert not active(browser, ".boundary-vertex")


@pytest.mark.django_db(transaction=True)
def test_a_boundary_is_drawn_changed_and_saved(browser, live_server, kiln):
    open_map(browser, live_server, kiln)
    status = ".boundary-status"
    wait(browser, lambda: text_of(browser, status) == "No boundary yet.")
    click(browser, 0, 0)
    assert text(browser) == ""  # not before somebody says so
    does(browser, "draw")
    for x, y in ((-100, -80), (100, -80), (100, 80)):
        click(browser, x, y)
    click(browser, 0, 100)
    assert len(ring(browser)) == 5
    does(browser, "undo")
    assert len(ring(browser)) == 4
    click(browser, -100, 80)
    click(browser, -100, -80)  # the first one closes it
    assert len(ring(browser)) == 5 and ring(browser)[0] == ring(browser)[-1]
    click(browser, 150, 0)
    assert len(ring(browser)) == 5  # it is closed
    area = area_ha(json.loads(text(browser)))
    wait(browser, lambda: "4 points" in text_of(browser, status))
    assert float(text_of(browser, status).split()[0]) == pytest.approx(area, abs=0.01)
    assert check(browser) == []

    # A point on a line, dragged; then all by keys: moved, another added, removed.
    sheet = browser.find_element(By.CSS_SELECTOR, ".boundary-map .point-map-sheet")
    drag = ActionChains(browser, duration=0).move_to_element_with_offset(sheet, 100, 0)
    drag.click_and_hold().move_by_offset(40, 0).release().perform()
    assert len(ring(browser)) == 6 and ring(browser)[2][0] > ring(browser)[1][0]
    assert active(browser, ".boundary-vertex[data-number='2']")
    before = ring(browser)[2]
    press(browser, Keys.ARROW_RIGHT)
    assert ring(browser)[2][0] > before[0] and ring(browser)[2][1] == before[1]
    press(browser, Keys.ENTER)
    assert len(ring(browser)) == 7 and active(browser, ".boundary-vertex[data-number='3']")
    press(browser, Keys.DELETE)
    assert len(ring(browser)) == 6 and active(browser, ".boundary-vertex")
    does(browser, "closer")
    wait(browser, lambda: " m wide" in text_of(browser, ".boundary-width"))  # not km
    drawn = json.loads(text(browser))
    save(browser)
    assert boundary_of(kiln) == drawn


@pytest.mark.django_db(transaction=True)
def test_what_is_pasted_is_shown_and_what_is_wrong_with_it_is_said(browser, live_server, kiln):
    resize(browser, 360)
    open_map(browser, live_server, kiln)
    box = browser.find_element(By.NAME, "boundary")
    box.send_keys("34, 112\n34.01, 112.01\n34, 112.01\n34.01, 112")
    status = ".boundary-status.errorlist"
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, status))
    assert "the line from point 1 to 2 crosses that from point 3 to 4" in text_of(browser, status)
    box.clear()
    box.send_keys("34, 112\n34, 112.01\n34.01, 112.01\n34.01, 112")
    vertices = ".boundary-vertex:not([hidden])"
    wait(browser, lambda: len(browser.find_elements(By.CSS_SELECTOR, vertices)) == 4)
    assert text_of(browser, ".boundary-status").startswith("102.50 hectares")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 360
    does(browser, "remove")
    assert text(browser) == "" and not browser.find_elements(By.CSS_SELECTOR, vertices)
    does(browser, "undo")
    assert ring(browser) == SQUARE


@pytest.mark.django_db(transaction=True)
def test_of_very_many_points_it_is_said_that_none_can_be_moved(browser, live_server, kiln):
    corners = [(math.cos(n / 33), math.sin(n / 33)) for n in range(201)]
    round_ = [[112 + x / 100, 34 + y / 100] for x, y in corners]
    kiln.boundary = {"type": "Polygon", "coordinates": [[*round_, round_[0]]]}
    kiln.save()
    open_map(browser, live_server, kiln)
    wait(browser, lambda: "too many points to be moved" in text_of(browser, ".boundary-status"))
    assert "201 points" in text_of(browser, ".boundary-status")
    assert not browser.find_elements(By.CSS_SELECTOR, ".boundary-vertex")


@pytest.mark.django_db(transaction=True)
def test_without_scripts_the_text_is_enough(browser, live_server, kiln):
    log_in(browser, live_server, "anna")
    scripts(browser, are_run=False)
    open_form(browser, live_server, kiln)
    assert browser.find_element(By.NAME, "boundary").is_displayed()
    assert not browser.find_element(By.CLASS_NAME, "boundary-map").is_displayed()
