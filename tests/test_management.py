"""Commands of operators: one command from nothing to a catalogue, and none that loses anything."""

import io
import json
import os
import signal
import socket
import stat
import string
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from heritage.management.commands import db_worker, demo
from heritage.media.covers import scene_files
from heritage.models import (
    Change,
    ChangeSet,
    Correction,
    Designation,
    Kind,
    LoadedRow,
    Review,
    ReviewComment,
    Site,
    SiteDate,
    User,
)
from heritage.models.unit_of_work import change_set
from heritage.search import store
from heritage.search.filters import SiteFilter
from heritage.services.record_problems import problems
from heritage.services.system_checks import check_data_folder, check_sqlite_version
from heritage.services.undo import undo
from tests.builders import (
    make_coverage,
    make_designation,
    make_era,
    make_event,
    make_kind,
    make_name,
    make_place,
    make_site,
    make_source,
    make_user,
    text,
)
from tests.index_comparison import assert_as_rebuilt, assert_nothing_to_derive

ROOT = Path(settings.BASE_DIR)


def run(command: str, *options) -> str:
    out = io.StringIO()
    call_command(command, *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def small_demo(settings, tmp_path):
    """The demo on a fixture of one site, with a data folder of its own."""
    fixtures = tmp_path / "fixtures"
    fixtures.mkdir()
    rows = [
        {
            "model": "heritage.kind",
            "fields": {"uid": "kind-temple", "slug": "temple", "label": {"en": "Temple"}},
        },
        {
            "model": "heritage.site",
            "fields": {
                "uid": "temple", "slug": "temple", "name": {"en": "Temple", "zh-hans": "寺"},
                "state": "published", "kinds": [["kind-temple"]],
            },
        },
    ]  # fmt: skip
    (fixtures / "all.json").write_text(json.dumps(rows))
    settings.FIXTURE_DIRS = [fixtures]
    settings.DATA_DIR = tmp_path / "var"
    settings.DATA_DIR.mkdir()
    settings.STATIC_ROOT = tmp_path / "var" / "static"
    return fixtures / "all.json"


@pytest.mark.django_db
def test_demo_fills_and_makes_one_account(small_demo):
    out = run("demo", "--no-serve")
    assert "ready: 1 site." in out
    user = User.objects.get()
    password = out.split("password: ")[1].split()[0]
    assert authenticate(username=user.username, password=password) == user
    assert user.is_staff
    assert not user.is_superuser
    assert user.has_perm("heritage.change_site")
    assert user.has_perm("heritage.change_identity")


@pytest.mark.django_db
def test_a_second_demo_never_overwrites_an_editor(small_demo):
    run("demo", "--no-serve")
    site = Site.objects.get()
    site.summary = text("Ours.")
    site.save()
    rows = json.loads(small_demo.read_text())
    rows[1]["fields"]["summary"] = {"en": "Theirs."}
    rows[0]["fields"]["label"] = {"en": "Shrine"}
    small_demo.write_text(json.dumps(rows))

    out = run("demo", "--no-serve")
    assert "password" not in out
    assert "kept" in out
    assert str(Site.objects.get().summary.best()) == "Ours."
    assert str(Kind.objects.get().label.best()) == "Shrine"


@pytest.mark.django_db
def test_a_broken_fixture_leaves_everything_as_it_was(small_demo):
    run("demo", "--no-serve")
    rows = json.loads(small_demo.read_text())
    rows[0]["fields"]["label"] = {"en": "Shrine"}
    rows[1]["fields"]["latitude"] = 91
    small_demo.write_text(json.dumps(rows))
    with pytest.raises(CommandError, match=r"all\.json: heritage\.site temple: latitude"):
        run("demo", "--no-serve")
    assert str(Kind.objects.get().label.best()) == "Temple"


@pytest.mark.django_db
def test_a_fixture_that_breaks_a_rule_across_rows_is_refused(small_demo):
    rows = json.loads(small_demo.read_text())
    rows[1]["fields"]["kinds"] = []
    small_demo.write_text(json.dumps(rows))
    with pytest.raises(CommandError, match=r"all\.json: heritage\.site temple: kinds"):
        run("demo", "--no-serve")
    assert not LoadedRow.objects.filter(label__startswith="heritage.").exists()


@pytest.mark.parametrize(
    ("host", "is_told"),
    [("127.0.0.1", False), ("::1", False), ("localhost", False), ("::", True),
     ("192.0.2.1", True), ("museum.example", True)],
)  # fmt: skip
def test_demo_warns_where_others_can_reach_it(monkeypatch, host, is_told):
    started, beside, out = [], [], io.StringIO()
    monkeypatch.setattr(os, "execv", lambda *command: started.append(command))
    monkeypatch.setattr(demo.subprocess, "Popen", beside.append)
    monkeypatch.setenv("HERITAGE_HOSTS", host)
    monkeypatch.setattr(demo.connection, "close", lambda: None)
    demo.Command(stdout=out)._serve(host, 8000)
    assert ("nothing limits what they ask for" in out.getvalue()) == is_told
    assert host in started[0][1]
    assert beside[0][2:] == ["db_worker", "--beside", str(os.getpid())]


def test_demo_refuses_a_taken_port(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CommandError, match="--port"):
            run("demo", "--port", str(taken.getsockname()[1]))


@pytest.mark.django_db
def test_check_catalogue_fails_on_what_is_wrong():
    kind = make_kind()
    make_site(kinds=[kind])
    assert "sound" in run("check_catalogue")
    bare = make_site()
    with pytest.raises(CommandError, match="1 problem found"):
        run("check_catalogue")
    bare.kinds.add(kind)
    run("check_catalogue")


@pytest.mark.django_db
def test_check_catalogue_looks_at_the_files_of_scenes(tmp_path, monkeypatch):
    (tmp_path / "red.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><path/></svg>')
    monkeypatch.setattr(scene_files, "FOLDER", tmp_path)
    with pytest.raises(CommandError, match="problems found"):
        run("check_catalogue")


def split(path: Path) -> list[str]:
    """The demo's two rows in two files; by the alphabet, the site comes before its kind."""
    kind, site = json.loads(path.read_text())
    files = {"a_sites.json": [site], "b_kinds.json": [kind]}
    for name, rows in files.items():
        path.with_name(name).write_text(json.dumps(rows))
    return [str(path.with_name(name)) for name in files]


@pytest.mark.django_db
def test_loaddata_takes_files_in_any_order_and_twice(small_demo):
    files = split(small_demo)
    assert "Installed 2 fixture(s): 2 created" in run("loaddata", *files)
    assert Site.objects.get().search_text  # what follows from the rows is there
    assert "0 created, 0 updated, 2 unchanged" in run("loaddata", *files)


@pytest.mark.django_db
def test_loaddata_spares_what_an_editor_has_changed_or_deleted(small_demo):
    files = split(small_demo)
    run("loaddata", *files)
    site = Site.objects.get()
    site.summary = text("Ours.")
    site.save()
    _kind, theirs = json.loads(small_demo.read_text())
    theirs["fields"]["summary"] = {"en": "Theirs."}
    small_demo.with_name("a_sites.json").write_text(json.dumps([theirs]))
    out = run("loaddata", *files)
    assert "0 created, 0 updated" in out and "kept: a_sites.json: heritage.site temple" in out
    assert str(Site.objects.get().summary.best()) == "Ours."
    Site.objects.get().delete()
    run("loaddata", *files)
    assert not Site.objects.exists()


@pytest.mark.django_db
def test_loaddata_and_demo_keep_the_same_books(small_demo):
    run("loaddata", str(small_demo))
    assert "0 created, 0 updated, 2 unchanged" in run("demo", "--no-serve")


@pytest.mark.django_db
def test_loaddata_refuses_what_breaks_a_rule(small_demo):
    rows = json.loads(small_demo.read_text())
    rows[1]["fields"]["kinds"] = []
    small_demo.write_text(json.dumps(rows))
    with pytest.raises(CommandError, match=r"all\.json: heritage\.site temple: kinds"):
        run("loaddata", str(small_demo))
    assert not Site.objects.exists()


@pytest.mark.django_db
def test_what_an_editor_left_wrong_stops_no_fixture(small_demo):
    make_site()  # published and without a kind
    assert "2 created" in run("loaddata", str(small_demo))


@pytest.mark.django_db
def test_loaddata_takes_what_dumpdata_writes(small_demo, tmp_path):
    run("loaddata", str(small_demo))
    dump = tmp_path / "dump.json"
    run("dumpdata", "heritage.kind", "heritage.site", "--output", str(dump))
    Site.objects.all().delete()
    Kind.objects.all().delete()
    assert "Installed 2 object(s) from 1 fixture(s)" in run("loaddata", str(dump))
    site = Site.objects.get()
    assert [kind.slug for kind in site.kinds.all()] == ["temple"] and site.search_text


def edited_catalogue() -> None:
    """A small catalogue in which people have worked."""
    editor, author = make_user("li", group="editor"), make_user("wu", group="contributor")
    kind, place, era = make_kind("Temple", "寺"), make_place("Luoyang", "洛阳"), make_era("Tang")
    with change_set(user=author, reason="From the survey"):
        temple = make_site(
            "White Horse", "白马寺", slug="temple", kinds=[kind], place=place, state="draft"
        )
        make_event(temple, first_era=era, source=make_source())
        make_name(temple, "Baima")
    temple.publish(by=editor)
    temple.rename("white-horse-temple", by=editor)
    tower = make_site("Tower", kinds=[kind], also_in=[place], latitude=34.5, longitude=112.5)
    make_coverage(tower, make_designation("world_heritage", reference="1003"))
    tower.withdraw(by=editor, reason="Twice")
    lost = make_site("Lost")
    lost.delete()
    correction = Correction.objects.create(
        site=temple, topic="dates", language="en", text="Older", email="reader@example.org"
    )
    correction.decide(Correction.State.ACCEPTED, editor)
    correction.save()
    Review.objects.create(site=tower, assigned_to=author)
    ReviewComment.objects.create(site=tower, author=editor, text="Where is it?")


STAMPS = {
    Site: ["created_at", "created_by", "updated_at", "state_changed_at", "state_changed_by",
           "published_at", "search_text", "first_year", "inscribed_year",
           "public_latitude"],
    SiteDate: ["site", "changed_at"],
    Correction: ["created_at", "decided_by", "decided_at", "email"],
    ReviewComment: ["author", "at", "done_by"],
    Review: ["assigned_to"],
    Designation: ["standing", "listed_year"],
}  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("options", [[], ["--natural-foreign"]], ids=["ids", "natural keys"])
def test_a_dump_that_is_loaded_is_equal(tmp_path, options):
    """With its dates, and with the history as it was; what was derived is made again at once."""
    edited_catalogue()
    before = {model: list(model.objects.order_by("pk").values(*STAMPS[model])) for model in STAMPS}
    paths = [tmp_path / "first.json", tmp_path / "second.json"]
    run("dumpdata", "heritage", *options, "--output", str(paths[0]))
    with pytest.raises(CommandError, match="there is one already"):
        run("loaddata", str(paths[0]))
    run("flush", "--no-input")
    assert not Change.objects.exists()
    store.current()
    run("loaddata", str(paths[0]))
    assert {m: list(m.objects.order_by("pk").values(*STAMPS[m])) for m in STAMPS} == before
    run("dumpdata", "heritage", *options, "--output", str(paths[1]))
    assert json.loads(paths[0].read_text()) == json.loads(paths[1].read_text())
    assert [str(problem) for problem in problems()] == []
    assert_nothing_to_derive()
    assert_as_rebuilt(store.current())
    found = SiteFilter(QueryDict("q=baimasi")).hits
    assert list(found) == [Site.objects.get(slug="white-horse-temple").pk]
    assert undo(ChangeSet.objects.get(reason="Twice")).conflicts == []  # whose rows are as it says
    assert Site.objects.get(name__en="Tower").state == "published"


@pytest.mark.django_db
def test_a_dump_without_a_history_begins_one(small_demo, tmp_path):
    run("loaddata", str(small_demo))
    dump = tmp_path / "dump.json"
    run("dumpdata", "heritage.kind", "heritage.site", "--output", str(dump))
    Site.objects.all().delete()
    last = ChangeSet.objects.latest("pk").pk
    run("loaddata", str(dump))
    made = ChangeSet.objects.get(pk__gt=last)
    assert (made.kind, made.detail) == ("import", {"files": [str(dump)]})
    assert made.changes.filter(before__isnull=True).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("broken.json", '[\n{"model": "heritage.kind"\n"fields": {}}]', "line 3, column 1: "),
        ("others.json", '[{"model": "auth.group", "fields": {"nonsense": 1}}]', "others.json"),
        ("lines.jsonl", '{"model": "auth.group"\n', "lines.jsonl"),
    ],
)
def test_loaddata_names_the_place_of_an_error(small_demo, tmp_path, name, content, place):
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(CommandError, match=rf"nothing was changed(.|\n)*{place}"):
        run("loaddata", str(small_demo), str(path))
    assert not Site.objects.exists()


@pytest.mark.django_db
def test_loaddata_says_what_it_cannot_find():
    with pytest.raises(CommandError, match="No fixture named 'nowhere' found"):
        run("loaddata", "nowhere")


def environment(**variables) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HERITAGE_", "DATABASE_"))}
    return {**kept, **variables, "DJANGO_SETTINGS_MODULE": "heritage.settings"}


def manage(*arguments, **variables) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=environment(**variables), capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip


def test_a_secret_key_is_required_outside_debug(tmp_path):
    refused = manage("check", HERITAGE_DATA=str(tmp_path))
    assert refused.returncode != 0
    assert "HERITAGE_SECRET_KEY is not set" in refused.stderr
    assert manage("check", HERITAGE_DATA=str(tmp_path), HERITAGE_DEBUG="1").returncode == 0


def test_the_data_folder_is_made(tmp_path):
    folder = tmp_path / "a" / "b"
    migrated = manage("migrate", "contenttypes", HERITAGE_DATA=str(folder), HERITAGE_DEBUG="1")
    assert migrated.returncode == 0, migrated.stderr
    assert (folder / "heritage.sqlite3").is_file()
    assert (folder / "media").is_dir()
    assert stat.S_IMODE(folder.stat().st_mode) & 0o007 == 0


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    refused = manage("check", HERITAGE_DATA=str(tmp_path / "file" / "var"), HERITAGE_DEBUG="1")
    assert refused.returncode != 0
    assert f"The data folder {tmp_path / 'file' / 'var'} cannot be made" in refused.stderr
    assert "HERITAGE_DATA" in refused.stderr


def test_a_data_folder_that_cannot_be_written_is_named(settings, tmp_path, monkeypatch):
    assert check_data_folder(None) == []
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # whoever runs tests may be root
    [error] = check_data_folder(None)
    assert str(settings.DATA_DIR) in error.msg and "HERITAGE_DATA" in error.hint


def test_an_old_sqlite_is_named(monkeypatch):
    assert check_sqlite_version(None) == []
    monkeypatch.setattr("heritage.services.system_checks.OLDEST_SQLITE", (9, 0))
    found = check_sqlite_version(None)
    assert len(found) == (connection.vendor == "sqlite")
    assert all("SQLite 9.0 or newer is needed" in each.msg for each in found)


def test_an_old_python_is_named():
    old = "import runpy, sys; sys.version_info = (3, 11, 7); runpy.run_path('manage.py')"
    refused = subprocess.run(
        [sys.executable, "-c", old], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert refused.returncode == 1
    assert refused.stderr == "Heritage needs Python 3.12 or newer; this is Python 3.11.\n"


def test_ready_to_be_deployed(tmp_path):
    checked = manage(
        "check", "--deploy", "--fail-level", "WARNING",
        HERITAGE_DATA=str(tmp_path), HERITAGE_HOSTS="heritage.example",
        HERITAGE_SECRET_KEY=string.ascii_letters + string.digits,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stderr


def test_other_hosts_are_bound_to_https_only_where_it_is_asked_for(tmp_path):
    """Those below the host name, by HSTS, which cannot be revoked for a year."""
    names = "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD"

    def settings_with(**variables: str) -> str:
        shell = manage(
            "shell", "--no-imports", "--command",
            f"from django.conf import settings; print([getattr(settings, n) for n in {names}])",
            HERITAGE_DATA=str(tmp_path), HERITAGE_HOSTS="heritage.example",
            HERITAGE_SECRET_KEY=string.ascii_letters + string.digits, **variables,
        )  # fmt: skip
        return shell.stdout.strip()

    asked = {"HERITAGE_HSTS_SUBDOMAINS": "1", "HERITAGE_HSTS_PRELOAD": "1"}
    assert settings_with() == "[False, False]"
    assert settings_with(**asked) == "[True, True]"


@pytest.mark.django_db
def test_tidy_deletes_what_has_ended_and_what_nobody_names(settings, tmp_path, client):
    settings.STATIC_ROOT = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    user = User.objects.create_user("li", password="x" * 20)
    client.force_login(user)
    living = client.session.session_key
    for key, seconds in (("ended", -10), (living, 1000)):
        Session.objects.update_or_create(
            session_key=key,
            defaults={
                "session_data": "",
                "expire_date": timezone.now() + timedelta(seconds=seconds),
            },
        )
        UserSession.objects.update_or_create(
            session_key=key, defaults={"user": user, "ip": "192.0.2.1", "user_agent": "x"}
        )
    former, other = "staticfiles-former.json", "staticfiles-other.json"  # of other releases
    for name, path in (
        (settings.STATIC_MANIFEST, "a.111.css"), (former, "a.000.css"), (other, "c.222.css")
    ):  # fmt: skip
        (tmp_path / name).write_text(json.dumps({"paths": {"a.css": path}}))
    os.utime(tmp_path / former, (0, 0))
    names = ("a.111.css", "a.111.css.br", "a.000.css", "a.000.css.gz", "b.000.js", "c.222.css")
    for name in names:
        (tmp_path / name).touch()
        if name != "b.000.js":  # of the version before, which an open page may name
            os.utime(tmp_path / name, (0, 0))
    said = run("tidy")
    left = {path.name for path in tmp_path.iterdir() if path.is_file()}
    kept = {"a.111.css", "a.111.css.br", "b.000.js", "c.222.css"}
    assert left == {settings.STATIC_MANIFEST, other} | kept
    assert set(Session.objects.values_list("session_key", flat=True)) == {living}
    assert set(UserSession.objects.values_list("session_key", flat=True)) == {living}
    assert "3 of former versions" in said and "0 files deleted" in said
    run("tidy")  # without a collected folder


@pytest.mark.parametrize("ends_by_itself", [True, False])
def test_the_worker_of_a_demo_ends_with_its_server(monkeypatch, ends_by_itself):
    ended, done = threading.Event(), []

    def kill(pid, how):
        done.append((pid, how))
        if ends_by_itself:
            ended.set()

    monkeypatch.setattr(db_worker.os, "kill", kill)
    monkeypatch.setattr(db_worker.os, "_exit", done.append)
    monkeypatch.setattr(db_worker, "END_SECONDS", 0.01)
    nobody = os.getppid() + 1
    thread = threading.Thread(target=db_worker._attend, args=(ended, nobody))
    thread.start()
    thread.join()
    told = (os.getpid(), signal.SIGTERM)
    assert done == ([told] if ends_by_itself else [told, os.EX_SOFTWARE])
