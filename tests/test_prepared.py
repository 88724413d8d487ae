"""Prepared files: made once by a job, handed out when whole, swept by age and size."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from heritage.models import CommandRun, Job, PreparedFile
from heritage.services import jobs, prepared
from heritage.values.progress import Progress
from tests import builders as build
from tests.test_jobs import make_silent, work

pytestmark = pytest.mark.django_db

State = PreparedFile.State


@pytest.fixture
def made(monkeypatch, settings, tmp_path):
    """How often the maker "test" has run; it writes its number, in two steps."""
    runs = []
    settings.PREPARED_ROOT = tmp_path / "prepared"

    def make(run, path: Path):
        runs.append(run.parameters)
        path.write_text("half")
        yield Progress(1, 2, "Half")
        path.write_text(f"whole {len(runs)}")
        yield Progress(2, 2)

    monkeypatch.setitem(prepared._makers, "test", make)
    return runs


def ask(user=None, *, q: str) -> PreparedFile:
    return PreparedFile.objects.ask("test", f"{q}.txt", "text/plain", user, q=q)


def address(file: PreparedFile) -> str:
    return reverse("media:prepared", args=[file.uid, file.name])


def text(response) -> str:
    return b"".join(response.streaming_content).decode()


def test_a_file_is_made_once_and_handed_out_when_it_is_whole(client, made):
    file = ask(q="all")
    assert ask(q="all") == file and Job.objects.count() == 1
    page = client.get(address(file))
    assert (page.status_code, page["Refresh"]) == (202, "5")
    assert "being prepared" in page.text and "worker of this catalogue does not run" in page.text
    CommandRun.objects.enter(CommandRun.WORKER)
    assert "asks again every five seconds" in client.get(address(file)).text
    work()
    given = client.get(address(file))
    assert (given.status_code, text(given)) == (200, "whole 1")
    assert given["Content-Disposition"] == 'attachment; filename="all.txt"'
    assert given["Content-Type"] == "text/plain" and "no-store" in given["Cache-Control"]
    ready = ask(q="all")
    assert (ready, ready.state, ready.size, len(made)) == (file, State.READY, 7, 1)
    assert ready.sha256 == hashlib.sha256(b"whole 1").hexdigest()
    assert ask(q="other") != file
    assert client.get(address(file) + "x").status_code == 404


def test_what_visitors_ask_for_waits_for_what_editors_do(made):
    ask(q="first")
    mine = ask(build.make_user("li"), q="second")
    assert DBTaskResult.objects.ready().first().args_kwargs["args"] == [mine.job.pk]


def test_nginx_is_told_where_the_file_lies(client, made, settings):
    file = ask(q="龙门")
    work()
    settings.PREPARED_BY_NGINX = True
    file.refresh_from_db()
    given = client.get(address(file))
    assert given["X-Accel-Redirect"] == f"/prepared-files/{file.path}" and given.content == b""
    assert "filename*=utf-8''%E9%BE%99%E9%97%A8.txt" in given["Content-Disposition"]
    conf = (Path(__file__).parent.parent / "deploy" / "nginx.conf").read_text()
    location = conf.partition("location /prepared-files/ {")[2].partition("}")[0]
    assert "internal;" in location and "alias /var/lib/heritage/prepared/;" in location


def test_a_file_of_one_user_is_for_this_user_alone(client, made):
    li = build.make_user("li")
    file = ask(li, q="mine")
    assert ask(q="mine") != file
    work()
    assert client.get(address(file)).status_code == 404
    client.force_login(build.make_user("wang"))
    assert client.get(address(file)).status_code == 404
    client.force_login(li)
    assert text(client.get(address(file))) == "whole 1"


def test_a_kill_leaves_no_half_file_and_the_next_worker_makes_it_whole(client, made, monkeypatch):
    file = ask(q="all")
    job = Job.objects.get()
    tell = jobs._store_progress

    def killed(this, progress):
        raise KeyboardInterrupt

    monkeypatch.setattr(jobs, "_store_progress", killed)
    with pytest.raises(KeyboardInterrupt):
        jobs.run(job.pk)
    monkeypatch.setattr(jobs, "_store_progress", tell)
    make_silent(job)
    assert client.get(address(file)).status_code == 410
    jobs.attend()
    work()
    assert text(client.get(address(file))) == "whole 2"


def test_what_failed_or_was_lost_is_begun_anew_when_somebody_asks(client, made, monkeypatch):
    maker = prepared._makers["test"]

    def fail(run, path):
        yield Progress(1)
        raise ValueError("broken")

    monkeypatch.setitem(prepared._makers, "test", fail)
    file = ask(q="all")
    work()
    page = client.get(address(file))
    assert page.status_code == 410 and "could not be prepared" in page.text
    monkeypatch.setitem(prepared._makers, "test", maker)
    assert ask(q="all").state == State.PREPARING
    work()
    file.refresh_from_db()
    file.full_path.unlink()  # as a restored backup has it
    assert client.get(address(file)).status_code == 410
    ask(q="all")
    work()
    assert text(client.get(address(file))) == "whole 2"


def test_old_files_are_swept_and_the_least_used_beyond_a_total_size(made, settings):
    files = [ask(q=str(number)) for number in range(4)]
    work()
    settings.PREPARED_DAYS, settings.PREPARED_MAX_BYTES = 7, 20
    for file, days in zip(files, (8, 3, 1, 2), strict=True):
        used = timezone.now() - timedelta(days=days)
        PreparedFile.objects.filter(pk=file.pk).update(used_at=used)
    waiting = ask(q="waiting")
    PreparedFile.objects.filter(pk=waiting.pk).update(used_at=timezone.now() - timedelta(days=9))
    assert prepared.sweep() == (2, 14)  # eight days old; and the least lately used of 21 bytes
    assert set(PreparedFile.objects.all()) == {files[2], files[3], waiting}
    there = {path.name for path in settings.PREPARED_ROOT.iterdir()}
    assert there == set(PreparedFile.objects.exclude(path="").values_list("path", flat=True))
