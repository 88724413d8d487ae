"""How a date is understood is said below its field, as it is typed and without scripts."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from heritage.models import Event
from tests import builders as build
from tests.adminforms import page_data
from tests.axe import check
from tests.browser import wait
from tests.test_admin_adding import Hand
from tests.test_admin_browser import field, log_in

ADD = "/en/admin/heritage/site/add/"


@pytest.fixture
def ming(db):
    return build.make_era("Ming Dynasty", "明", span="1368/1644")


@pytest.fixture
def editor(client, db):
    client.force_login(build.make_user("anna", group="editor"))
    return client


def words_of(response):
    html = response.content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize(
    ("language", "query", "said"),
    [
        ("en", {"text": "c. 68"}, "Read as about 68 CE 0068~"),
        ("en", {"text": "0068~"}, "Read as about 68 CE"),
        (
            "en",
            {"text": "618年至907年之间"},
            "Read as at some time between 618 and 907 [0618..0907]",
        ),
        ("zh-hans", {"text": "between 618 and 907"}, "读作618年至907年之间某时 [0618..0907]"),
        ("en", {"text": "早明"}, "“早明” cannot be read as a date."),
        ("en", {"text": "Ming", "eras": ""}, "Read as 1368–1644 (Ming Dynasty)"),
        ("en", {"text": "Ming"}, "“Ming” cannot be read as a date."),
        (
            "en",
            {"text": "明初", "eras": ""},
            "Read as about 1368 – about 1459 (Ming Dynasty) 1368~/1459~ Early, middle",
        ),
        ("en", {"text": "明代重修", "eras": "", "kind": "rebuilt"}, "Read as 1368–1644 (Ming"),
        ("en", {"text": "明代重修", "eras": "", "kind": "built"}, "“重修” is no part of a date."),
        ("en", {"text": "康熙三十一年三月"}, "Read as 1692 1692 The month is one of the Chinese"),
        ("en", {"text": "<b>"}, "“&lt;b&gt;” cannot be read as a date."),
        ("en", {"text": " "}, ""),
        ("en", {}, ""),
        ("en", {"text": "x" * 5000}, "The date is too long."),
    ],
)
def test_the_echo_says_how_a_date_is_understood(editor, ming, language, query, said):
    response = editor.get(f"/{language}/admin/dates/", query)
    assert response.status_code == 200
    assert words_of(response).startswith(said) and bool(words_of(response)) == bool(said)


def test_the_echo_is_for_editors_and_only_read(client, editor):
    assert editor.post("/en/admin/dates/", {"text": "68"}).status_code == 405
    client.logout()
    assert client.get("/en/admin/dates/", {"text": "68"}).status_code == 302


def test_a_stored_date_is_said_below_its_field_which_is_described_by_it(editor):
    event = build.make_event(build.make_site("Hall"), date="[0618..0907]")
    html = editor.get(reverse("admin:heritage_event_change", args=[event.pk])).content.decode()
    [control] = re.findall(r'<input[^>]*name="date"[^>]*>', html)
    [described] = re.findall(r'aria-describedby="([^"]+)"', control)
    assert described == "id_date_helptext id_date_understood"
    [echo] = re.findall(r'<span [^>]*id="id_date_understood"[^>]*>(.*?)</span>', html, re.DOTALL)
    assert echo.strip() == "Read as at some time between 618 and 907"


def test_what_was_typed_is_said_when_the_form_comes_back(editor):
    data = page_data(editor.get(ADD)) | {"events-TOTAL_FORMS": "1"}  # without its name
    data |= {"events-0-kind": "built", "events-0-date": "1592年或1596年"}
    html = editor.post(ADD, data).content.decode()
    assert "Read as 1592 or 1596" in html


def test_what_was_left_out_of_a_date_is_said_after_the_save(editor):
    data = page_data(editor.get(ADD)) | {"name__en": "Hall", "events-TOTAL_FORMS": "1"}
    data |= {"events-0-kind": "built", "events-0-date": "康熙三十一年三月"}
    data |= {"events-0-certainty": "certain"}
    response = editor.post(ADD, data, follow=True)
    assert "The month is one of the Chinese calendar" in response.content.decode()
    assert Event.objects.get().date == "1692"


@pytest.mark.django_db(transaction=True)
def test_it_is_said_while_one_types(browser, live_server):
    build.make_era("Ming Dynasty", "明", span="1368/1644")
    log_in(browser, live_server, "anna")
    browser.get(live_server.url + ADD)
    Hand(browser).add_row("events")
    date = field(browser, "events-0-date")
    echo = browser.find_element(By.ID, "id_events-0-date_understood")
    assert echo.get_attribute("aria-live") == "polite"
    assert echo.get_attribute("id") in date.get_attribute("aria-describedby").split()
    date.send_keys("明代重修")
    wait(browser, lambda: "“重修” is no part of a date" in echo.text)
    Select(field(browser, "events-0-kind")).select_by_value("rebuilt")
    wait(browser, lambda: echo.text == "Read as 1368–1644 (Ming Dynasty)")
    date.clear()
    date.send_keys("between 618 and 907")
    wait(browser, lambda: echo.text.endswith("[0618..0907]"))
    assert check(browser) == []
    date.clear()
    wait(browser, lambda: not echo.text)


@pytest.mark.parametrize(
    ("date", "is_refused"),
    [
        ("{next}", True),
        ("{now}–{next}", True),
        ("{now} or {next}", True),
        ("{next}-05-01", True),
        ("{now}", False),
        ("1987", False),
        ("before 1990", False),
        ("since 1987", False),
    ],
)
def test_no_register_lists_in_a_year_to_come(editor, date, is_refused):
    year = timezone.localdate().year
    entry = build.make_designation(register=build.make_register(), reference="A-1")
    path = reverse("admin:heritage_designation_change", args=[entry.pk])
    data = page_data(editor.get(path)) | {"events-TOTAL_FORMS": "1"}
    data |= {"events-0-kind": "inscribed", "events-0-date": date.format(now=year, next=year + 1)}
    response = editor.post(path, data)
    assert (response.status_code == 200) == is_refused
    if is_refused:
        assert f"{year + 1} is yet to come" in response.content.decode()
