"""Rows on the form of their owner: lines to read, forms only for what is opened."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from heritage.models import Event, OpenForm, Site
from heritage.models.open_forms import LIFETIME
from tests import builders as build
from tests.adminforms import errors, page_data
from tests.webrows import full_site, vocabulary

pytestmark = pytest.mark.django_db
ADD = "/en/admin/heritage/site/add/"


@pytest.fixture(autouse=True)
def editor(client):
    client.force_login(build.make_user("li", group="editor"))


@pytest.fixture
def site():
    site = build.make_site(
        "Kiln", "窑", kinds=[build.make_kind("Kiln")], latitude=34, longitude=112
    )
    build.make_event(site, date="0068", note=build.text("First"))
    build.make_event(site, date="1592", note=build.text("Second"))
    return site


def change(site) -> str:
    return reverse("admin:heritage_site_change", args=[site.pk])


def rows(site, prefix, number=None) -> str:
    address = reverse("admin:heritage_site_rows", args=[site.pk if site else "add", prefix])
    return address if number is None else f"{address}{number}/"


def opened(client, site, row, number) -> dict:
    """The controls of one row, as they are put into the page."""
    html = client.get(rows(site, "events", number), {"row": row.pk}).content.decode()
    return page_data(_Page(f'<form id="site_form">{html}</form>'))


class _Page:
    def __init__(self, html):
        self.content = html.encode()


def test_a_page_has_lines_and_no_forms_of_its_rows(client, site):
    html = client.get(change(site)).content.decode()
    assert "built: 68 CE" in html and "events-0-date" not in html
    assert 'name="events-TOTAL_FORMS" value="2"' in html


def test_what_was_not_opened_stays_as_it_is(client, site):
    before = list(Event.objects.order_by("pk").values())
    data = page_data(client.get(change(site))) | {"area_ha": "2"}
    response = client.post(change(site), data)
    assert response.status_code == 302, errors(response)
    site.refresh_from_db()
    assert site.area_ha == 2
    assert list(Event.objects.order_by("pk").values()) == before


def test_one_row_of_several_is_changed(client, site):
    first, second = Event.objects.order_by("pk")
    row = opened(client, site, second, 1)
    assert row["events-1-date"] == ["1592"]
    data = page_data(client.get(change(site))) | row | {"events-1-date": "c. 1600"}
    assert client.post(change(site), data).status_code == 302
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.date, second.date) == ("0068", "1600~")


def test_one_is_deleted_and_one_added(client, site):
    first = Event.objects.order_by("pk").first()
    data = page_data(client.get(change(site))) | opened(client, site, first, 0)
    data |= {"events-0-DELETE": "on", "events-TOTAL_FORMS": "3"}
    data |= {"events-2-kind": "rebuilt", "events-2-date": "1640", "events-2-certainty": "certain"}
    response = client.post(change(site), data)
    assert response.status_code == 302, errors(response)
    assert sorted(site.events.values_list("date", flat=True)) == ["1592", "1640"]


def test_after_an_error_what_was_open_is_open_and_all_else_are_lines(client, site):
    second = Event.objects.order_by("pk").last()
    data = page_data(client.get(change(site))) | opened(client, site, second, 1)
    response = client.post(change(site), data | {"events-1-date": "nonsense"})
    assert "cannot be read as a date" in errors(response)["events-1-date"][0]
    html = response.content.decode()
    assert 'value="nonsense"' in html and 'name="events-0-date"' not in html
    assert '<a href="#id_events-1-date">' in html
    again = page_data(response) | {"events-1-date": "1601"}
    assert client.post(change(site), again).status_code == 302
    assert sorted(site.events.values_list("date", flat=True)) == ["0068", "1601"]


def test_another_editors_change_of_an_open_row_is_asked_about(client, site):
    second = Event.objects.order_by("pk").last()
    row = opened(client, site, second, 1)
    data = page_data(client.get(change(site))) | row | {"events-1-date": "1600"}
    Event.objects.filter(pk=second.pk).update(date="1650")
    response = client.post(change(site), data)
    assert response.status_code == 409
    [conflict] = response.context["conflicts"]
    assert "Date" in conflict.label


def test_a_row_is_compared_with_what_was_stored_when_it_was_opened(client, site):
    """Which is later than the form."""
    second = Event.objects.order_by("pk").last()
    data = page_data(client.get(change(site)))
    Event.objects.filter(pk=second.pk).update(date="1650")
    row = opened(client, site, second, 1)
    assert row["events-1-date"] == ["1650"]
    assert client.post(change(site), data | row | {"events-1-date": "1651"}).status_code == 302
    second.refresh_from_db()
    assert second.date == "1651"


def test_a_new_row_is_fetched_for_a_new_site_too(client, site):
    html = client.get(rows(None, "events", 3)).content.decode()
    assert 'name="events-3-date"' in html and "New: event" in html
    assert client.get(rows(None, "nothing", 3)).status_code == 404
    assert client.get(rows(site, "events", 0), {"row": "999999"}).status_code == 404


def test_rows_of_another_site_are_not_given(client, site):
    other = build.make_site("Other")
    event = Event.objects.first()
    assert client.get(rows(other, "events", 0), {"row": event.pk}).status_code == 404


def test_who_may_only_look_gets_no_inputs(client, site):
    client.force_login(build.make_user("contributor", group="contributor"))
    event = Event.objects.first()
    html = client.get(rows(site, "events", 0), {"row": event.pk}).content.decode()
    assert "68 CE" in html and 'name="events-0-date"' not in html
    assert client.get(rows(site, "events", 5)).status_code == 404
    client.force_login(build.make_user("nobody", is_staff=True))
    assert client.get(rows(site, "events")).status_code == 403
    assert client.get(rows(None, "events", 0)).status_code == 403


def test_folded_sets_are_counted_and_fetched(client, site):
    build.make_part(site, build.make_site("Gate"))
    html = client.get(change(site)).content.decode()
    assert 'class="closed-rows"' in html and "Gate" not in html
    assert "Gate" in client.get(rows(site, "part_of")).content.decode()


def test_the_form_of_a_full_record_is_small_and_asks_little(client):
    site = full_site(vocabulary())
    client.get(change(site))
    with CaptureQueriesContext(connection) as queries:
        response = client.get(change(site))
    assert len(queries) <= 21
    assert len(response.content) < 90_000


# --- the same site twice -----------------------------------------------------------------------


@pytest.fixture
def guanlin():
    return build.make_site("Guanlin Temple", "关林", latitude=34.6086, longitude=112.4739)


@pytest.mark.parametrize(
    "typed",
    [
        {"name__en": "Guanlin temple"},
        {"name__zh-hans": "关林"},
        {"name__zh-hans": "關林"},
        {"name__en": "Guanlin", "coordinates": "34.61, 112.48"},
    ],
)
def test_a_second_record_of_a_site_is_asked_about_once(client, guanlin, typed):
    data = page_data(client.get(ADD)) | typed
    response = client.post(ADD, data)
    assert [each.site for each in response.context["doubtful"]] == [guanlin]
    again = page_data(response)
    assert "_not_the_same" not in again  # it is to be ticked
    assert client.post(ADD, again).status_code == 200
    assert client.post(ADD, again | {"_not_the_same": str(guanlin.pk)}).status_code == 302
    assert Site.objects.count() == 2


@pytest.mark.parametrize(
    "typed",
    [
        {"name__en": "Guanlin Temple", "coordinates": "39.9, 116.4"},  # in another city
        {"name__en": "Guanlin Market", "coordinates": "34.61, 112.48"},
        {"name__en": "Longmen"},
    ],
)
def test_what_is_plainly_another_site_is_not_asked_about(client, guanlin, typed):
    data = page_data(client.get(ADD)) | typed
    assert client.post(ADD, data).status_code == 302


def test_similar_records_are_shown_while_somebody_types(client, guanlin):
    address = reverse("admin:heritage_site_similar")

    def found(**query):
        return client.get(address, query).content.decode()

    assert "Guanlin Temple" in found(name="guanlin")
    assert "Guanlin Temple" in found(name="關林")
    assert "700 m away" in found(name="Hall", point="34.6086, 112.4815")
    assert "Guanlin" not in found(name="Hall", point="34.6")
    assert "Guanlin" not in found(name="關林", without=guanlin.pk)
    for nobody in ("9" * 14, "9" * 30, "³"):
        assert "Guanlin" in found(name="關林", without=nobody)
    client.force_login(build.make_user("nobody", is_staff=True))
    assert client.get(address).status_code == 403


# --- who else is here, texts as readers see them, previews ---------------------------------------


def test_colleagues_at_one_record_are_told_of_each_other(client, site):
    address = reverse("admin:heritage_site_open", args=[site.pk])
    assert client.post(address).content.strip() == b""
    client.force_login(build.make_user("bo", group="editor"))
    assert "li has this record open too" in client.post(address).content.decode()
    OpenForm.objects.filter(user__username="li").update(seen_at=timezone.now() - 2 * LIFETIME)
    assert client.post(address).content.strip() == b""
    assert client.post(address, {"closed": "1"}).status_code == 204
    assert not OpenForm.objects.exists()
    assert client.get(address).status_code == 405
    client.force_login(build.make_user(group="contributor"))
    assert client.post(address).status_code == 403  # who may not change it has no form of it


def test_a_text_is_shown_as_readers_will_see_it(client):
    address = reverse("admin:markdown")
    html = client.post(address, {"text": "# Hall\n\n*Old* <script>x</script>"}).content.decode()
    assert "<em>Old</em>" in html and "<script>" not in html


def test_a_draft_is_saved_and_previewed_in_one_step(client, site):
    Site.objects.filter(pk=site.pk).update(state="draft")
    page = client.get(change(site))
    html = page.content.decode()
    assert f'href="/zh-hans/sites/{site.slug}/"' in html and 'name="_preview"' in html
    data = page_data(page) | {"summary__en": "Old.", "_preview": "1"}
    response = client.post(change(site), data)
    assert response.url == f"/en/sites/{site.slug}/"
    shown = client.get(response.url).content.decode()
    assert "Old." in shown and change(site) in shown


# --- eras written as dates ---------------------------------------------------------------------


@pytest.fixture
def eras():
    made = {
        "jin": build.make_era("Jin Dynasty (1115–1234)", "金", span="1115/1234"),
        "ming": build.make_era("Ming Dynasty", "明", span="1368/1644"),
        "qing": build.make_era("Qing Dynasty", "清", span="1636/1912"),
        "tang": build.make_era("Tang Dynasty", "唐", span="0618/0907"),
        "later tang": build.make_era("Tang", "后唐", span="0923/0937"),
    }
    return {name: era.pk for name, era in made.items()}


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("Ming", "ming", None),
        ("ming dynasty", "ming", None),
        ("明代", "ming", None),
        ("明清", "ming", "qing"),
        ("金、清", None, None),  # which are apart
        ("金至清", "jin", "qing"),
        ("Ming to Qing", "ming", "qing"),
        ("Tang", None, None),  # which of two
    ],
)
def test_an_era_may_be_written_where_a_date_is_asked_for(client, eras, written, first, last):
    data = page_data(client.get(ADD)) | {"name__en": "Hall", "events-TOTAL_FORMS": "1"}
    data |= {"events-0-kind": "built", "events-0-date": written, "events-0-certainty": "certain"}
    response = client.post(ADD, data)
    if first is None:
        [asked] = errors(response)["events-0-date"]
        assert "do not follow each other" in asked or "one of these eras" in asked
        assert "Tang" not in written or "后唐" in errors(response)["events-0-first_era"][0]
        return
    assert response.status_code == 302, errors(response)
    event = Event.objects.get(site__slug="hall")
    assert (event.first_era_id, event.last_era_id) == (eras[first], eras.get(last))
    assert event.date == ""


@pytest.mark.parametrize(
    ("kind", "written", "date", "first"),
    [
        ("built", "early Ming", "1368~/1459~", "ming"),
        ("built", "唐末", "0811~/0907~", "tang"),
        ("built", "1755（清）", "1755", "qing"),
        ("rebuilt", "明代重修", "", "ming"),
        ("built", "明代重修", None, None),
        ("built", "between 618 and 907", "[0618..0907]", None),
    ],
)
def test_a_date_may_be_written_with_its_era(client, eras, kind, written, date, first):
    data = page_data(client.get(ADD)) | {"name__en": "Hall", "events-TOTAL_FORMS": "1"}
    data |= {"events-0-kind": kind, "events-0-date": written, "events-0-certainty": "certain"}
    response = client.post(ADD, data)
    if date is None:
        assert "“重修” is no part of a date" in errors(response)["events-0-date"][0]
        return
    assert response.status_code == 302, errors(response)
    event = Event.objects.get(site__slug="hall")
    assert (event.date, event.first_era_id) == (date, eras.get(first))


def test_chosen_eras_stay_beside_a_date(client, eras):
    data = page_data(client.get(ADD)) | {"name__en": "Hall", "events-TOTAL_FORMS": "1"}
    data |= {"events-0-kind": "built", "events-0-certainty": "certain"}
    data |= {"events-0-date": "early Ming", "events-0-first_era": eras["ming"]}
    assert client.post(ADD, data).status_code == 302
    event = Event.objects.get(site__slug="hall")
    assert (event.date, event.first_era_id) == ("1368~/1459~", eras["ming"])
