"""A correction is decided beside the record: applied and accepted in one step, and answered."""

import pytest
from django.core import mail
from django.urls import reverse

from heritage.admin.changes.history import comment_of
from heritage.admin.workflow import corrections
from heritage.models import ChangeSet, Correction, Site
from heritage.services.undo import undo
from tests import builders as build
from tests.adminforms import page_data

pytestmark = pytest.mark.django_db


@pytest.fixture
def correction(settings):
    settings.MAIL_IS_SET_UP = True
    site = build.make_site(
        "Kiln",
        "窑",
        kinds=[build.make_kind()],
        summary=build.text("Built in 1044.", "建于1044年。"),
    )
    return Correction.objects.create(
        site=site,
        topic="text",
        text="不是1044年。",
        suggestion="1049年",
        language="zh-hans",
        email="reader@example.org",
    )


def address(correction, column=""):
    url = reverse("admin:heritage_correction_decide", args=[correction.pk])
    return f"{url}?field={column}" if column else url


def decide(client, correction, do, column="", **data):
    shown = client.get(address(correction, column)).context
    sent = {"do": do, "opened": shown["opened"], "state": shown["correction"].state, **data}
    return client.post(address(correction, column), sent)


def test_it_stands_beside_the_field_and_is_applied_and_answered(
    client, editor, correction, django_capture_on_commit_callbacks
):
    page = client.get(address(correction))
    html = page.content.decode()
    assert page.context["field"].key == "summary:zh-hans"
    assert "建于1044年。" in html and "1049年" in html and "/en/sites/kiln/" in html
    with django_capture_on_commit_callbacks(execute=True):
        response = decide(
            client, correction, "apply", text="建于1049年。", answer="谢谢。", note="Stele."
        )
    assert response.status_code == 302
    correction.refresh_from_db()
    site = Site.objects.get()
    assert site.summary["zh-hans"] == "建于1049年。" and site.summary["en"] == "Built in 1044."
    assert (correction.state, correction.decided_by) == ("accepted", editor)
    assert (correction.answer, correction.note) == ("谢谢。", "Stele.")
    [message] = mail.outbox
    assert message.to == ["reader@example.org"] and message.subject == "关于您对窑的更正建议"
    assert "谢谢。" in message.body and "/zh-hans/sites/kiln/" in message.body
    made = ChangeSet.objects.latest("pk")
    assert (made.kind, comment_of(made)) == ("correction", "A reader's suggestion: 1049年")
    history = client.get(reverse("admin:heritage_site_history", args=[site.pk])).content.decode()
    assert "A reader&#x27;s suggestion: 1049年" in history
    assert "reader@example.org" not in history
    undo(made)
    correction.refresh_from_db()
    assert correction.state == "new" and Site.objects.get().summary["zh-hans"] == "建于1044年。"


@pytest.mark.parametrize(
    ("do", "state"), [("accept", "accepted"), ("decline", "declined"), ("spam", "spam")]
)
def test_other_decisions_change_no_record(
    client, editor, correction, do, state, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        decide(client, correction, do, text="Something else", answer="No.")
    correction.refresh_from_db()
    assert correction.state == state
    assert Site.objects.get().summary["zh-hans"] == "建于1044年。"
    assert len(mail.outbox) == (0 if do == "spam" else 1)  # nobody answers spam


def test_what_was_changed_or_decided_meanwhile_is_told(client, editor, correction):
    shown = client.get(address(correction)).context
    data = {"do": "apply", "opened": shown["opened"], "state": "new", "text": "建于1049年。"}
    site = correction.site
    site.summary = build.text("Built in 1044.", "建于宋代。")
    site.save()
    response = client.post(address(correction), data)
    assert "Somebody has changed this meanwhile" in response.content.decode()
    assert "建于1049年。" in response.content.decode()  # nothing typed is lost
    correction.decide("declined", editor)
    correction.save()
    response = client.post(address(correction), data | {"opened": response.context["opened"]})
    assert "Somebody has decided this meanwhile" in response.content.decode()
    assert Site.objects.get().summary["zh-hans"] == "建于宋代。"


def test_a_position_is_applied_with_both_coordinates(client, editor, correction):
    Site.objects.update(latitude=10.0, longitude=20.0)
    Correction.objects.update(topic="position")
    page = client.get(address(correction)).context
    assert (page["field"].key, page["stored"]) == ("point", "10, 20")
    assert not {"latitude", "longitude"} & {key for key, _label in page["offered"]}
    assert decide(client, correction, "apply", text="34.6086, 112.4739").status_code == 302
    site = Site.objects.get()
    assert (site.latitude, site.longitude) == (34.6086, 112.4739)


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("point", "95, 195"),
        ("point", "34.6"),
        ("area_ha", "-1"),
        ("summary:zh-hans", "建于1044年。"),
    ],
)
def test_what_means_nothing_is_refused(client, editor, correction, column, text):
    count = ChangeSet.objects.count()
    response = decide(client, correction, "apply", column, text=text)
    assert response.status_code == 200 and response.context["error"]
    correction.refresh_from_db()
    assert correction.state == "new" and ChangeSet.objects.count() == count


def test_the_form_of_the_site_shows_new_corrections(client, editor, correction):
    url = reverse("admin:heritage_site_change", args=[correction.site_id])
    assert address(correction) in client.get(url).content.decode()
    decide(client, correction, "decline")
    assert address(correction) not in client.get(url).content.decode()


@pytest.mark.parametrize("group", ["contributor", None])
def test_who_may_not_decide_sees_no_address_and_changes_nothing(client, correction, group):
    client.force_login(build.make_user(group=group))
    data = {"do": "apply", "opened": "0", "state": "new", "text": "x"}
    for response in (client.get(address(correction)), client.post(address(correction), data)):
        assert response.status_code == 403
    correction.refresh_from_db()
    assert correction.state == "new"


def test_strange_requests(client, editor, correction):
    assert client.post(address(correction), {"do": "delete"}).status_code == 403
    assert client.get(address(correction, "password")).status_code == 200
    gone = reverse("admin:heritage_correction_decide", args=[10**9])
    assert client.get(gone).status_code == 404


def test_an_action_decides_what_is_stored_and_keeps_what_others_wrote(client, editor, correction):
    late = corrections.change_set

    def with_a_note(*args):
        Correction.objects.filter(pk=correction.pk).update(note="Seen.")
        return late(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(corrections, "change_set", with_a_note)
        data = {"action": "decline", "_selected_action": [correction.pk]}
        client.post(reverse("admin:heritage_correction_changelist"), data)
    correction.refresh_from_db()
    assert (correction.state, correction.decided_by) == ("declined", editor)
    assert correction.note == "Seen."


# --- rows, which are changed in the form ------------------------------------------------------


@pytest.mark.parametrize(
    ("topic", "rows"),
    [("dates", "events"), ("status", "coverages"), ("visit", "openings"), ("picture", "images")],
)
def test_a_topic_opens_its_rows(client, editor, correction, topic, rows):
    Correction.objects.update(topic=topic)
    build.make_event(correction.site, date="1044")
    page = client.get(address(correction))
    assert page.context["key"] == rows and page.context["field"] is None
    if rows == "events":
        assert "1044" in " ".join(page.context["rows"])
    offered = {key for key, _label in page.context["sets"]}
    assert {"events", "openings", "prices", "visitingfacts", "coverages", "names"} <= offered
    form = client.get(page.context["rows_url"])
    opened = [each for each in form.context["inline_admin_formsets"] if each.prefix == rows]
    assert all(line.form for line in opened[0].lines())
    assert "不是1044年。" in form.content.decode()


def test_a_row_is_corrected_and_accepted_with_one_save(
    client, editor, correction, django_capture_on_commit_callbacks
):
    Correction.objects.update(topic="dates")
    event = build.make_event(correction.site, date="1044")
    url = client.get(address(correction)).context["rows_url"].partition("#")[0]
    data = page_data(client.get(url))
    assert data["events-0-date"] == ["1044"]
    data |= {"events-0-date": "1049", "_correction_answer": "谢谢。", "_save": "1"}
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(url, data)
    assert response["Location"] == reverse("admin:heritage_correction_changelist")
    event.refresh_from_db()
    correction.refresh_from_db()
    assert (event.date, correction.state, correction.decided_by) == ("1049", "accepted", editor)
    assert [message.to for message in mail.outbox] == [["reader@example.org"]]
    made = ChangeSet.objects.latest("pk")
    assert (made.kind, comment_of(made)) == ("correction", "A reader's suggestion: 1049年")
    undo(made)
    correction.refresh_from_db()
    event.refresh_from_db()
    assert (event.date, correction.state) == ("1044", "new")


@pytest.mark.parametrize(
    ("changes", "state", "told"),
    [
        ({}, "new", "still open: nothing was changed"),
        ({"area_ha": "2", "_accept": None}, "new", ""),
        ({"area_ha": "2", "_correction_state": "declined"}, "new", "somebody has decided"),
        ({"area_ha": "-2"}, "new", ""),
        ({"area_ha": "2"}, "accepted", "is now: accepted"),
    ],
)
def test_a_correction_is_accepted_with_a_change_only(
    client, editor, correction, changes, state, told
):
    url = reverse("admin:heritage_site_change", args=[correction.site_id])
    url += f"?correction={correction.pk}"
    data = page_data(client.get(url)) | changes | {"_correction_note": "Stele.", "_save": "1"}
    data = {name: value for name, value in data.items() if value is not None}
    response = client.post(url, data, follow=True)
    correction.refresh_from_db()
    assert correction.state == state
    assert told in response.content.decode()
    if changes.get("area_ha") == "-2":  # nothing typed is lost
        assert "Stele." in response.content.decode()


def test_only_who_may_decide_sees_a_correction_beside_the_form(client, correction):
    other = build.make_site("Wall", state="draft")
    url = reverse("admin:heritage_site_change", args=[correction.site_id])
    for group, address_, is_shown in (
        ("contributor", f"{url}?correction={correction.pk}", False),
        ("editor", f"{url}?correction={correction.pk}", True),
        ("editor", f"{url}?correction=x", False),
        (
            "editor",
            url.replace(str(correction.site_id), str(other.pk)) + f"?correction={correction.pk}",
            False,
        ),
    ):
        client.force_login(build.make_user(group=group))
        assert ("correction-heading" in client.get(address_).content.decode()) is is_shown


def test_a_place_and_kinds_are_applied_by_name(client, editor, correction):
    build.make_place("Luoyang", "洛阳")
    pagoda = build.make_kind("Pagoda", "塔")
    assert decide(client, correction, "apply", "place", text="洛阳").status_code == 302
    Correction.objects.update(state="new")
    correction.refresh_from_db()
    assert decide(client, correction, "apply", "kinds", text="pagoda").status_code == 302
    site = Site.objects.get()
    assert (site.place.label["en"], list(site.kinds.all())) == ("Luoyang", [pagoda])
