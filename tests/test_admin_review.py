"""From draft to published: who may take which step, what is said, mailed and scheduled."""

import re
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from heritage.admin.changes.history import comment_of
from heritage.admin.workflow.review import labels
from heritage.models import ChangeSet, IndexChange, Review, ReviewComment, Site
from heritage.models.unit_of_work import change_set
from heritage.services import review
from heritage.services.undo import restore_deleted
from tests import builders as build
from tests.adminforms import filled, page_data

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mail_is_set_up(settings):
    settings.MAIL_IS_SET_UP = True


@pytest.fixture
def wang():
    return build.make_user("wang", group="contributor", email="wang@example.org")


@pytest.fixture
def li():
    return build.make_user("li", group="editor", email="li@example.org", last_name="Li")


@pytest.fixture
def draft(wang):
    with change_set(user=wang):
        return build.make_site("Kiln", "窑", state="draft", kinds=[build.make_kind()])


def url(site, page="review"):
    return reverse(f"admin:heritage_site_{page}", args=[site.pk])


def do(client, user, site, what, **data):
    client.force_login(user)
    return client.post(url(site), {"do": what, **data}, follow=True)


def state(site):
    return Site.objects.get(pk=site.pk).state


# --- steps ---------------------------------------------------------------------------------------


def test_a_draft_is_sent_sent_back_sent_again_and_published(
    client, wang, li, draft, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        do(client, wang, draft, "sent")
    assert state(draft) == "in_review"
    assert mail.outbox[-1].to == ["li@example.org"] and url(draft) in mail.outbox[-1].body
    # What waits for review is not changed.
    assert client.get(url(draft, "change")).context["has_change_permission"] is False
    assert client.post(url(draft, "change"), {"slug": "mine"}).status_code == 403

    response = do(client, li, draft, "sent_back")
    assert "Say why, please." in response.content.decode() and state(draft) == "in_review"
    with django_capture_on_commit_callbacks(execute=True):
        do(client, li, draft, "sent_back", why="No source.")
    assert state(draft) == "draft"
    assert mail.outbox[-1].to == ["wang@example.org"] and "No source." in mail.outbox[-1].body
    made = ChangeSet.objects.latest("pk")
    assert (made.user, made.reason) == (li, "No source.")

    do(client, wang, draft, "sent")
    do(client, li, draft, "published")
    assert state(draft) == "published"
    kinds = list(draft.review_comments.values_list("kind", flat=True))
    assert kinds == ["sent", "sent_back", "sent", "published"]


def test_an_author_takes_a_record_back_and_deletes_it(client, wang, draft):
    do(client, wang, draft, "sent")
    assert client.post(url(draft, "delete"), {"post": "yes"}).status_code == 403
    do(client, wang, draft, "withdrawn")
    assert state(draft) == "draft"
    client.post(url(draft, "delete"), {"post": "yes"})
    assert not Site.objects.exists()


STEPS = ("sent", "sent_back", "withdrawn", "published", "archived")
# By state: the steps of its author, of another contributor, of an editor.
TABLE = {
    "draft": ({"sent"}, set(), {"sent", "published"}),
    "in_review": ({"withdrawn"}, set(), {"sent_back", "published"}),
    "published": (set(), set(), {"archived"}),
    "archived": (set(), set(), {"published"}),
}


@pytest.mark.parametrize("before", TABLE)
@pytest.mark.parametrize("who", range(3))
def test_nobody_takes_a_step_that_is_not_theirs(client, wang, li, draft, before, who):
    other = build.make_user("zhao", group="contributor")
    user = (wang, other, li)[who]
    for step in STEPS:
        Site.objects.filter(pk=draft.pk).update(state=before)
        response = do(client, user, draft, step, why="Because.")
        expected = review.STEPS[step][1] if step in TABLE[before][who] else before
        assert state(draft) == expected, step
        if step not in TABLE[before][who]:
            assert response.status_code == 403


@pytest.mark.parametrize("who", ["nobody", "reader", "no group"])
def test_outsiders_do_nothing(client, draft, who):
    if who != "nobody":
        client.force_login(build.make_user(is_staff=who == "no group"))
    for data in ({"do": "sent"}, {"do": "comment", "text": "Hello"}, {"do": "assign"}):
        assert client.post(url(draft), data).status_code in (302, 403)
    assert state(draft) == "draft" and not ReviewComment.objects.exists()


def test_a_contributor_changes_own_drafts_and_those_given_to_them(client, wang, li, draft):
    other = build.make_user("zhao", group="contributor")
    client.force_login(other)
    assert client.post(url(draft, "change"), {}).status_code == 403
    review.assign(draft, other, li)
    assert client.get(url(draft, "change")).context["has_change_permission"] is True


def test_what_is_not_fit_is_not_published_and_each_reason_leads_to_its_field(client, li, draft):
    draft.kinds.clear()
    build.make_event(draft, date="1950", first_era=build.make_era("Tang", span="0618/0907"))
    client.force_login(li)
    shown = client.get(url(draft))
    links = {address.partition("#")[2] for _text, address in shown.context["reasons"]}
    assert links == {"id_kinds", "events-group"}
    page = client.get(url(draft, "change")).content.decode()
    assert 'id="id_kinds"' in page and 'id="events-group"' in page
    response = do(client, li, draft, "published")
    assert state(draft) == "draft" and "cannot be published yet" in response.content.decode()


def test_a_state_that_is_set_in_the_form_is_told_too(
    client, wang, li, draft, django_capture_on_commit_callbacks
):
    client.force_login(wang)
    address = url(draft, "change")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address, filled(client, address, {"state": "in_review"}))
    assert state(draft) == "in_review"
    assert draft.review_comments.get().kind == "sent"
    assert [message.to for message in mail.outbox] == [["li@example.org"]]


def test_a_step_that_somebody_else_has_taken_already_is_told(client, li, draft, monkeypatch):
    real = review.step

    def too_late(site, *args):
        Site.objects.filter(pk=site.pk).update(state="published")
        real(site, *args)

    monkeypatch.setattr(review, "step", too_late)
    response = do(client, li, draft, "sent")
    assert "Somebody has changed this meanwhile" in response.content.decode()
    assert state(draft) == "published"


# --- comments ------------------------------------------------------------------------------------


def test_comments_stand_at_their_field_until_they_are_done(
    client, wang, li, draft, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        do(client, li, draft, "comment", text="Which dynasty?", field="events")
    assert mail.outbox[-1].to == ["wang@example.org"]
    client.force_login(wang)
    page = client.get(url(draft, "change")).content.decode()
    said = ReviewComment.objects.get()
    assert f'href="#comment-{said.pk}"' in page and page.count("Which dynasty?") == 2
    do(client, wang, draft, "done", comment=said.pk)
    assert "Which dynasty?" not in client.get(url(draft, "change")).content.decode()
    said.refresh_from_db()
    assert said.is_done and said.done_by == wang
    do(client, wang, draft, "undone", comment=said.pk)
    said.refresh_from_db()
    assert not said.is_done and said.done_by is None


def at(page: str, name: str) -> str:
    """The comments at a field of the form, or at a set of rows."""
    place = rf'(?:form-row[^"]* field-{name}\b[^"]*|id="{name}-group)"(.*?)(?:form-row|</section>)'
    found = re.search(place, page, re.DOTALL)
    return " ".join(re.findall(r'<div class="review-text">\s*<p>(.*?)</p>', found[1]))


@pytest.mark.parametrize(
    "field",
    ["summary", "kinds", "coordinates", "boundary", "place", "events", "images", "visitingfacts"],
)
def test_a_comment_stands_at_its_field_and_is_answered_there(client, wang, li, draft, field):
    review.comment(draft, li, "Why so?", field)
    review.comment(draft, li, "All well else.")
    said = ReviewComment.objects.first()
    client.force_login(wang)
    page = client.get(url(draft, "change")).content.decode()
    assert at(page, field) == "Why so?"
    assert page.count("Why so?") == 2 and page.count("All well else.") == 2
    acts = client.get(reverse("admin:heritage_changeset_changelist")).content.decode()
    assert "Why so?" in acts and "All well else." in acts
    # Its controls belong to a form of its own: what is typed here is not sent with the record.
    assert page.count(f'form="about-{said.pk}"') == 3 and f'<form id="about-{said.pk}"' in page
    assert "text" not in page_data(client.get(url(draft, "change")))

    data = {"comment": said.pk, "text": "The stele says so.", "back": "form"}
    response = do(client, wang, draft, "answer", **data)
    assert response.redirect_chain[-1][0] == url(draft, "change") + "#comments"
    page = response.content.decode()
    assert at(page, field) == "Why so? The stele says so." and "1 answer" in page
    assert said.answers.get().field == field
    response = do(client, li, draft, "done", comment=said.pk, back="form")
    page = response.content.decode()
    assert "Why so?" not in page and "The stele says so." not in page and "All well else." in page
    page = client.get(url(draft)).content.decode()
    assert page.index("Why so?") < page.index("The stele says so.") < page.index("All well else.")


def test_answers_are_mailed_and_need_words_and_a_right(
    client, wang, li, draft, django_capture_on_commit_callbacks
):
    review.comment(draft, li, "Why so?", "summary")
    said = ReviewComment.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        response = do(client, wang, draft, "answer", comment=said.pk, text="Line one.\r\nTwo.")
    assert "Line one." in response.content.decode()
    assert mail.outbox[-1].to == ["li@example.org"] and "Line one." in mail.outbox[-1].body
    answer = said.answers.get()
    assert (answer.text, answer.author, answer.kind) == ("Line one.\nTwo.", wang, "comment")
    assert "Write an answer" in do(client, li, draft, "answer", comment=said.pk, text=" ").text
    assert do(client, li, draft, "answer", comment=answer.pk, text="No.").status_code == 404
    outsider = build.make_user(is_staff=True)
    assert do(client, outsider, draft, "answer", comment=said.pk, text="Hm.").status_code == 403
    assert said.answers.count() == 1
    # A record that comes back has its comments with their answers.
    with change_set() as made:
        draft.delete()
    assert restore_deleted(made.changes.get(model__model="site")).conflicts == []
    assert ReviewComment.objects.get(answer_to=None).answers.get().text == answer.text


def test_who_may_only_look_sees_comments_without_their_controls(client, wang, li, draft):
    review.step(draft, "sent", wang)
    review.comment(draft, li, "Why so?", "summary")
    other = build.make_user(is_staff=True)
    other.user_permissions.add(Permission.objects.get(codename="view_site"))
    client.force_login(other)
    page = client.get(url(draft, "change")).content.decode()
    assert "Why so?" in page and "about-comment" not in page and 'value="answer"' not in page
    client.force_login(wang)  # whose record waits for review: no form, but a word to say
    page = client.get(url(draft, "change").replace("/en/", "/zh-hans/")).content.decode()
    assert re.search(r'<a href="#comment-\d+">简介</a>', page) and 'value="answer">回复<' in page


def test_a_comment_is_closed_by_who_may_change_the_record_or_wrote_it(client, wang, li, draft):
    other = build.make_user("zhao", group="contributor")
    review.comment(draft, li, "Which dynasty?", "events")
    review.comment(draft, other, "Which kiln?", "events")
    of_reviewer, own = ReviewComment.objects.order_by("pk")
    client.force_login(other)
    for address in (url(draft), url(draft, "change")):
        page = client.get(address).content.decode()
        assert page.count('value="answer"') == 2 and page.count('value="done"') == 1
    for what in ("done", "undone"):
        assert do(client, other, draft, what, comment=of_reviewer.pk).status_code == 403
        assert do(client, other, draft, what, comment=own.pk).status_code == 200
        own.refresh_from_db()
        of_reviewer.refresh_from_db()
        assert (own.is_done, of_reviewer.is_done) == (what == "done", False)
    do(client, other, draft, "answer", comment=of_reviewer.pk, text="The third.")
    assert of_reviewer.answers.get().author == other
    review.step(draft, "sent", wang)  # then its author may not change it
    assert do(client, wang, draft, "done", comment=of_reviewer.pk).status_code == 403
    do(client, li, draft, "done", comment=of_reviewer.pk)
    of_reviewer.refresh_from_db()
    assert of_reviewer.is_done


def test_acts_of_a_review_are_told_in_words(li, wang, draft):
    def told():
        made = ChangeSet.objects.latest("pk")
        with override("en"):
            english = comment_of(made)
        with override("zh-hans"):
            return english, comment_of(made)

    review.assign(draft, li, wang)
    name = li.display_name
    assert told() == (f"Assigned to {name}", f"已指派给{name}")
    review.assign(draft, None, wang)
    assert told() == ("Assigned to nobody", "不再指派给任何人")
    review.step(draft, "sent", wang)
    at = timezone.make_aware(datetime(2030, 5, 1, 9, 30))
    review.schedule(draft, at, li)
    assert told() == ("To be published on 1 May 2030, 09:30", "定于2030年5月1日 09:30发布")
    review.schedule(draft, None, li)
    assert told() == ("Not to be published by itself any more", "取消定时发布")


@pytest.mark.parametrize(
    ("files", "english", "chinese"),
    [
        (["a.json"], "Import of a.json", "导入a.json"),
        (["a", "b", "c"], "Import of a, b, c", "导入a、b、c"),
        (["a", "b", "c", "d"], "Import of a, b, c and 1 more file", "导入a、b、c，另有1个文件"),
        (list("abcdef"), "Import of a, b, c and 3 more files", "导入a、b、c，另有3个文件"),
    ],
)
def test_an_import_names_three_files_at_most(files, english, chinese):
    made = ChangeSet(kind="import", detail={"files": files})
    with override("en"):
        assert comment_of(made) == english
    with override("zh-hans"):
        assert comment_of(made) == chinese


@pytest.mark.parametrize("data", [{"text": ""}, {"text": "x", "field": "password"}])
def test_a_comment_without_words_or_sense_is_refused(client, li, draft, data):
    do(client, li, draft, "comment", **data)
    assert not ReviewComment.objects.exists()


def test_what_the_form_shows_can_be_commented_on_and_nothing_else(client, li, draft):
    client.force_login(li)
    page = client.get(reverse("admin:heritage_site_change", args=[draft.pk]))
    shown = {*page.context["adminform"].form.fields}
    shown |= {rows.prefix for rows in page.context["inline_admin_formsets"]}
    # A point has one box; the rows of a whole and of its parts have one name.
    said_otherwise = {"latitude", "longitude", "part_of", "state", "featured"}
    assert set(labels()) == shown - said_otherwise


def test_what_no_database_stores_is_left_out_of_what_is_said(client, li, draft):
    review.comment(draft, li, "Which kiln?")
    [said] = ReviewComment.objects.all()
    do(client, li, draft, "answer", comment=said.pk, text="The \0oldest.")
    assert said.answers.get().text == "The oldest."
    do(client, li, draft, "sent", why="Do\0ne.")
    assert ChangeSet.objects.latest("pk").reason == "Done."


def test_a_comment_of_another_record_is_not_found(client, li, draft):
    other = build.make_site(state="draft")
    review.comment(other, li, "Hm.")
    said = ReviewComment.objects.get()
    assert do(client, li, draft, "done", comment=said.pk).status_code == 404
    assert do(client, li, draft, "done", comment="x").status_code == 404


def test_comments_are_shown_to_no_reader_and_come_back_with_a_restored_record(client, li, draft):
    with change_set():
        Site.objects.filter(pk=draft.pk).update(state="published")
    draft.refresh_from_db()
    review.comment(draft, li, "Between ourselves.")
    review.assign(draft, li, li)
    client.logout()
    assert "Between ourselves" not in client.get(f"/en/sites/{draft.slug}/").content.decode()
    with change_set() as made:
        draft.delete()
    deletion = made.changes.get(model__model="site")
    assert restore_deleted(deletion).conflicts == []
    said = ReviewComment.objects.get(kind="comment")
    assert (said.text, said.author) == ("Between ourselves.", li)
    assert Review.objects.get().assigned_to == li


def test_nothing_is_mailed_where_mail_is_not_set_up(
    settings, client, wang, li, draft, django_capture_on_commit_callbacks
):
    settings.MAIL_IS_SET_UP = False
    with django_capture_on_commit_callbacks(execute=True):
        do(client, wang, draft, "sent")
    assert mail.outbox == []


def test_a_notice_that_cannot_be_sent_stops_nothing(
    client, wang, li, draft, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    def refuse(self, *args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        do(client, wang, draft, "sent")
    assert state(draft) == "in_review" and "could not be sent" in caplog.text


# --- later ---------------------------------------------------------------------------------------


def test_a_record_is_published_when_its_time_has_come(client, li, draft, capsys):
    at = timezone.localtime() + timedelta(hours=1)
    data = {"publish_at": at.strftime("%Y-%m-%dT%H:%M")}
    response = do(client, li, draft, "schedule", **data)
    assert "Only what is in review can be scheduled." in response.content.decode()
    assert not Review.objects.exists()
    review.step(draft, "sent", li)
    do(client, li, draft, "schedule", **data)
    client.force_login(li)
    assert "to be published on" in client.get(url(draft, "change")).content.decode()
    call_command("publish_due", verbosity=2)
    assert state(draft) == "in_review" and "0 published" in capsys.readouterr().out
    assert review.publish_due(timezone.now() + timedelta(hours=2)) == (1, 0)
    assert state(draft) == "published"
    site = Site.objects.get()
    assert site.state_changed_by == li and Review.objects.get().publish_at is None
    assert review.publish_due(timezone.now() + timedelta(hours=2)) == (0, 0)


@pytest.mark.parametrize("why", ["unfit", "left", "withdrawn"])
def test_what_may_not_be_published_then_is_not_and_they_are_told(
    li, draft, why, django_capture_on_commit_callbacks
):
    review.step(draft, "sent", li)
    review.schedule(draft, timezone.now() - timedelta(hours=1), li)
    if why == "unfit":
        draft.kinds.clear()
    elif why == "withdrawn":
        draft.set_state("draft", by=li)
    else:
        li.groups.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert review.publish_due() == (0, 1)
    assert state(draft) == ("draft" if why == "withdrawn" else "in_review")
    assert draft.review_comments.last().kind == "refused"
    assert {"li@example.org"} <= {address for message in mail.outbox for address in message.to}
    assert review.publish_due() == (0, 0)


def test_only_who_may_publish_schedules(client, wang, draft):
    at = timezone.localtime() + timedelta(hours=1)
    data = {"publish_at": at.strftime("%Y-%m-%dT%H:%M")}
    assert do(client, wang, draft, "schedule", **data).status_code == 403
    assert do(client, wang, draft, "assign").status_code == 403
    assert not Review.objects.exists()


def test_a_time_that_has_passed_is_refused(client, li, draft):
    response = do(client, li, draft, "schedule", publish_at="2020-01-01T10:00")
    assert "That time has passed." in response.content.decode()
    assert not Review.objects.exists()


def test_what_is_said_of_a_record_is_no_change_of_it(li, draft):
    review.step(draft, "sent", li)
    before = Site.objects.get(pk=draft.pk).updated_at
    entries = IndexChange.objects.count()
    review.comment(draft, li, "Which source?")
    review.assign(draft, li, li)
    assert Site.objects.get(pk=draft.pk).updated_at == before
    assert IndexChange.objects.count() == entries


def test_a_record_that_was_given_a_state_meanwhile_is_not_published_by_itself(client, li, draft):
    review.step(draft, "sent", li)
    review.schedule(draft, timezone.now() + timedelta(hours=1), li)
    client.force_login(li)
    for action in ("publish", "archive"):
        data = {"action": action, "_selected_action": [draft.pk], "post": "yes", "reason": "Gone"}
        client.post(reverse("admin:heritage_site_changelist"), data)
        found = Review.objects.get()
        assert (found.publish_at, found.scheduled_by) == (None, None)
    assert review.publish_due(timezone.now() + timedelta(hours=2)) == (0, 0)
    assert state(draft) == "archived"


def test_nothing_unfit_is_published_by_a_step(li):
    site = build.make_site("Kiln", state="in_review")
    with pytest.raises(review.NotPublishable):
        review.step(site, "published", li)
    assert state(site) == "in_review" and not ReviewComment.objects.exists()


def test_a_record_that_is_added_for_review_is_told(
    client, wang, li, django_capture_on_commit_callbacks
):
    client.force_login(wang)
    address = reverse("admin:heritage_site_add")
    form = filled(client, address, {"name__en": "Newest", "state": "in_review"})
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address, form).status_code == 302
    assert [said.kind for said in Site.objects.get().review_comments.all()] == ["sent"]
    assert mail.outbox[-1].to == ["li@example.org"]


def test_many_are_sent_to_review_in_a_few_queries(client, li, wang):
    with change_set(user=wang):
        sites = [build.make_site(f"Kiln {n}", state="draft") for n in range(14)]
    client.force_login(li)

    def queries(chosen):
        ids = [site.pk for site in chosen]
        with CaptureQueriesContext(connection) as asked:
            data = {"action": "send_to_review", "_selected_action": ids, "post": "yes"}
            client.post(reverse("admin:heritage_site_changelist"), data)
        assert {state(site) for site in chosen} == {"in_review"}
        return len(asked)

    queries(sites[:1])  # what is asked only once
    assert queries(sites[4:]) <= queries(sites[1:4])


def test_no_more_are_given_a_state_at_once_than_can_be_undone(client, li, draft, monkeypatch):
    monkeypatch.setattr("heritage.admin.actions.MAX_CHANGES", 1)
    other = build.make_site("Pit", state="draft")
    client.force_login(li)
    data = {"action": "send_to_review", "_selected_action": [draft.pk, other.pk], "post": "yes"}
    response = client.post(reverse("admin:heritage_site_changelist"), data, follow=True)
    assert "These are more than 1 records" in response.content.decode()
    assert state(draft) == "draft"


def test_why_a_draft_was_sent_back_stands_in_its_form(client, wang, li, draft):
    do(client, wang, draft, "sent")
    do(client, li, draft, "sent_back", why="No source.")
    client.force_login(wang)
    form = reverse("admin:heritage_site_change", args=[draft.pk])
    assert "No source." in client.get(form).content.decode()
    do(client, wang, draft, "sent")
    assert "No source." not in client.get(form).content.decode()


def test_a_time_that_has_passed_without_the_command_is_told(client, li, draft):
    Site.objects.filter(pk=draft.pk).update(state="in_review")
    at = timezone.now() - timedelta(hours=1)
    Review.objects.create(site=draft, publish_at=at, scheduled_by=li)
    client.force_login(li)
    for address in (url(draft), reverse("admin:heritage_site_change", args=[draft.pk])):
        assert "publish_due” has not run since" in client.get(address).content.decode()
    Review.objects.update(publish_at=timezone.now() + timedelta(hours=1))
    page = client.get(url(draft)).content.decode()
    assert "has not run since" not in page and "the operator lets run" in page


@pytest.mark.parametrize(
    ("hosts", "link"),
    [
        (["localhost", "heritage.example"], "https://heritage.example/en/sites/"),
        (["localhost", "*", ".example.org"], ""),
    ],
)
def test_the_mail_of_a_scheduled_publication_has_a_link(
    client, wang, li, draft, settings, hosts, link, django_capture_on_commit_callbacks
):
    settings.ALLOWED_HOSTS, settings.HTTPS = hosts, True
    draft.kinds.add(build.make_kind())
    Site.objects.filter(pk=draft.pk).update(state="in_review")
    at = timezone.now() - timedelta(minutes=1)
    Review.objects.create(site=draft, publish_at=at, scheduled_by=li)
    with django_capture_on_commit_callbacks(execute=True):
        review.publish_due()
    assert state(draft) == "published"
    assert mail.outbox and all((link or "https://") in each.body for each in mail.outbox) is bool(
        link
    )
