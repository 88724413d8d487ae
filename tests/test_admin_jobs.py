"""Jobs in the admin and by command, and what is said where no background worker runs."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from heritage.models import ChangeSet, CommandRun, Event, Job, JobLine, OutgoingMail, Site
from heritage.models.unit_of_work import change_set
from heritage.services import jobs, undo, undo_in_batches
from tests import builders as build
from tests import worker_process
from tests.test_jobs import work

pytestmark = pytest.mark.django_db

State = Job.State


@pytest.fixture(autouse=True)
def marking(monkeypatch):
    monkeypatch.setitem(jobs._kinds, "mark", worker_process.kind())


def url(name, *args) -> str:
    return reverse(f"admin:heritage_{name}", args=args)


def a_worker(seen: timedelta = timedelta(0)) -> None:
    CommandRun.objects.create(command=CommandRun.WORKER, at=timezone.now() - seen)


def do(client, job: Job, what: str):
    return client.post(url("job_do", job.pk), {"do": what}, follow=True)


def test_a_job_is_stopped_continued_and_undone_on_its_page(client, editor):
    for _number in range(4):
        build.make_site()
    a_worker()
    job = jobs.start("mark", editor)
    page = client.get(url("job_change", job.pk))
    assert page["Refresh"] == "5" and "Marking" in page.text
    page = do(client, job, "stop")
    assert not page.has_header("Refresh") and "Stopped" in page.text
    page = do(client, job, "continue")
    assert Job.objects.get().state == State.WAITING and page.has_header("Refresh")
    work()
    page = client.get(url("job_change", job.pk))
    made = job.change_sets.get()
    assert "4 of 4" in page.text and url("changeset_change", made.pk) in page.text
    asked = client.get(url("job_undo", job.pk))
    assert "8 changes are undone by the background worker" in asked.text
    site = Site.objects.first()
    site.events.update(note=build.text("Edited"))
    do(client, job, "undo")
    assert "to be undone" in client.get(url("job_changelist")).text
    work()
    page = client.get(url("job_change", job.pk))
    assert "Undone" in page.text and "edited since" in page.text
    assert url("site_change", site.pk) in page.text  # in the log
    assert Event.objects.filter(date="1400").count() == 1
    assert do(client, job, "undo").redirect_chain  # nothing to do any more, and no fault


@pytest.mark.parametrize(
    ("group", "is_own", "may"),
    [
        ("contributor", True, True),
        ("contributor", False, False),
        ("editor", False, False),
        ("administrator", False, True),
    ],
)
def test_who_may_act_on_a_job(client, group, is_own, may):
    user = build.make_user("wang", group=group)
    client.force_login(user)
    job = jobs.start("mark", user if is_own else build.make_user("li"))
    page = client.get(url("job_change", job.pk))
    assert page.status_code == 200 and ("Stop</button>" in page.text) == may
    assert do(client, job, "stop").status_code == (200 if may else 403)
    assert (Job.objects.get().state == State.STOPPED) == may
    assert client.get(url("outgoingmail_changelist")).status_code == (
        200 if group == "administrator" else 403
    )


def test_who_may_not_start_a_kind_of_job_may_not_continue_it(client):
    user = build.make_user("wang", group="contributor")
    client.force_login(user)
    job = jobs.start("undo", user, change_set=1)
    assert do(client, job, "stop").status_code == 403


def test_strangers_see_no_jobs(client):
    job = jobs.start("mark")
    assert client.get(url("job_change", job.pk)).status_code == 302
    client.force_login(build.make_user("reader"))
    assert client.get(url("job_change", job.pk)).status_code in (302, 403)


def test_lists_are_filtered_by_the_state_that_is_shown(client, editor):
    for number, state in enumerate(State.values):
        Job.objects.create(kind="mark", state=state, done=number)
    ago = timezone.now() - timedelta(minutes=2)
    silent = Job.objects.create(kind="undo", state=State.RUNNING, heartbeat=ago)
    found = client.get(url("job_changelist") + "?state=stopped").context["cl"].queryset
    assert {job.pk for job in found} == {silent.pk, Job.objects.get(state=State.STOPPED).pk}
    found = client.get(url("job_changelist") + "?kind=undo").context["cl"].queryset
    assert [job.pk for job in found] == [silent.pk]


@pytest.mark.parametrize(
    ("seen", "said", "is_late"),
    [
        (None, "No background worker was ever seen. Without it no job is done", True),
        (timedelta(seconds=20), "The background worker runs.", False),
        (timedelta(hours=3), "The background worker was last seen 3 hours ago.", True),
    ],
)
def test_the_desk_says_whether_the_worker_runs_and_what_waits(client, editor, seen, said, is_late):
    if seen is not None:
        a_worker(seen)
    jobs.start("mark")
    OutgoingMail.objects.create(to="x@example.org", subject="x")
    text = " ".join(client.get(reverse("admin:index")).text.split())
    assert said in text
    assert ("1 job waits. 1 mail waits." in text) == is_late


def test_the_desk_names_what_the_worker_could_not_do(client):
    client.force_login(build.make_user("boss", group="administrator"))
    Job.objects.create(kind="mark", state=State.FAILED)
    OutgoingMail.objects.create(to="x@example.org", subject="x", state="failed", error="550 gone")
    labels = [task.label for task in client.get(reverse("admin:index")).context["tasks"]]
    assert labels[-2:] == ["Jobs that failed", "Mail that could not be sent"]
    page = client.get(url("outgoingmail_changelist") + "?state__exact=failed")
    assert "550 gone" in page.text
    mail = OutgoingMail.objects.get()
    data = {"action": "send_again", "_selected_action": [mail.pk]}
    client.post(url("outgoingmail_changelist"), data)
    assert OutgoingMail.objects.get().state == "waiting"


@pytest.mark.parametrize("has_worker", [True, False])
def test_a_reset_of_a_password_says_when_its_mail_waits(client, settings, has_worker):
    settings.MAIL_IS_SET_UP = True
    settings.MAILERS = {
        "default": {"BACKEND": "heritage.services.outbox.EmailBackend"},
        "server": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"},
    }
    if has_worker:
        a_worker()
    build.make_user("li", email="li@example.org")
    page = client.post(reverse("account_reset_password"), {"email": "li@example.org"}, follow=True)
    assert OutgoingMail.objects.get().to == "li@example.org"
    assert ("Mail is not being sent at the moment" in page.text) != has_worker


# --- undo of many changes --------------------------------------------------------------------


@pytest.fixture
def large(monkeypatch):
    """A change set that is too large for a page."""
    monkeypatch.setattr("heritage.admin.changes.undo_page.MAX_CHANGES", 5)
    monkeypatch.setattr("heritage.admin.changes.change_sets.MAX_CHANGES", 5)
    with change_set("import") as made:
        for number in range(4):
            build.make_event(build.make_site(f"Site {number}"))
    return made


def test_a_large_change_set_is_undone_by_a_job_that_names_what_was_edited(client, editor, large):
    address = url("changeset_undo", large.pk)
    page = client.get(address)
    assert "These are 8 changes" in page.text and "worker does not run" in page.text
    edited = Site.objects.first()
    edited.featured = 3
    edited.save()
    page = client.post(address, {"reason": "Wrong file"}, follow=True)
    job = Job.objects.get()
    assert page.redirect_chain[-1][0] == url("job_change", job.pk)
    work()
    assert list(Site.objects.all()) == [edited]
    made = ChangeSet.objects.get(kind="undo")
    assert (made.reason, made.user, made.undoes) == ("Wrong file", editor, large)
    page = client.get(url("job_change", job.pk)).text
    assert "edited since: place on the home page" in page and url("site_change", edited.pk) in page


@pytest.mark.parametrize("group", ["contributor", "editor"])
def test_who_may_not_publish_cannot_undo_so_much(client, large, group):
    client.force_login(build.make_user("wang", group=group))
    page = client.post(url("changeset_undo", large.pk))
    assert page.status_code == (403 if group == "contributor" else 302)
    assert Job.objects.exists() == (group == "editor")


@pytest.fixture
def of_one_record(monkeypatch):
    """A site with more changes since its first than a page can undo, and than a batch takes."""
    monkeypatch.setattr("heritage.admin.changes.undo_page.MAX_CHANGES", 5)
    monkeypatch.setattr("heritage.admin.changes.history_pages.MAX_CHANGES", 5)
    monkeypatch.setattr(undo_in_batches, "CHANGES", 3)
    site = build.make_site("Longmen", featured=1)
    kept, gone = build.make_event(site, date="0500"), build.make_event(site, date="0600")
    first = ChangeSet.objects.latest("pk")
    for number in range(2, 5):
        site.featured = number
        site.save()
    gone.delete()
    for number in range(4):
        build.make_name(site, f"Name {number}")
    kept.date = "0501"
    kept.save()
    return site, first


@pytest.mark.parametrize("is_stopped", [False, True])
def test_the_history_of_a_record_is_undone_by_a_job(client, editor, of_one_record, is_stopped):
    site, first = of_one_record
    address = url("site_undo", site.pk, first.pk)
    assert "These are 9 changes" in client.get(address).text
    client.post(address, {"reason": "As it was"})
    job = Job.objects.get()
    edited = site.names.get(text="Name 3")
    edited.text = "Edited since"
    edited.save()
    if is_stopped:  # after a batch; another process goes on
        jobs.end_soon()
        try:
            jobs.run(job.pk)
        finally:
            jobs._ending.clear()
        assert 0 < Job.objects.get().done < 9
    work()
    job = Job.objects.get()
    assert (job.state, job.done, job.total) == (State.DONE, 9, 9)
    site.refresh_from_db()
    assert site.featured == 1
    assert sorted(site.events.values_list("date", flat=True)) == ["0500", "0600"]
    assert [str(name.text) for name in site.names.all()] == ["Edited since"]
    made = job.change_sets.get()
    assert (made.kind, made.user, made.reason) == ("undo", editor, "As it was")
    assert "edited since" in str(job.lines.get())
    assert f"after change set {first.pk}" in client.get(url("job_change", job.pk)).text
    job.undo(editor)
    work()
    site.refresh_from_db()
    assert site.featured == 4 and site.names.count() == 4 and site.events.get().date == "0501"


# --- by command ------------------------------------------------------------------------------


def said(*args) -> str:
    out = io.StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def test_jobs_by_command():
    build.make_site()
    job = jobs.start("mark", build.make_user("li"))
    assert "does not run" in said("jobs") and f"{job.pk}  waiting  0/?  li  Marking" in said("jobs")
    assert "stopped" in said("jobs", "stop", str(job.pk))
    with pytest.raises(CommandError, match="stopped: this cannot be done"):
        call_command("jobs", "stop", str(job.pk))
    assert "done  1/1" in said("jobs", "continue", str(job.pk), "--here")
    assert "marked: 1" in said("jobs", "show", str(job.pk))
    assert "undone" in said("jobs", "undo", str(job.pk), "--here")
    assert not Event.objects.exists()
    with pytest.raises(CommandError, match="There is no job"):
        call_command("jobs", "show", "999")
    a_worker()
    assert "The background worker runs." in said("jobs", "list")


def test_undo_by_command_leaves_a_job_and_tells_what_stays(large):
    edited = Site.objects.first()
    edited.featured = 3
    edited.save()
    told = said("undo", str(large.pk), "--reason", "why")
    made = ChangeSet.objects.get(kind="undo")
    assert (
        f"Undone by change set {made.pk}." in told
        and "edited since: place on the home page" in told
    )
    assert list(Site.objects.all()) == [edited]
    job = Job.objects.get(kind="undo")
    assert (job.state, list(job.change_sets.all())) == (State.DONE, [made])
    assert JobLine.objects.get().level == "warning"
    assert undo.undo(made).conflicts == []  # it is itself a change set like others
