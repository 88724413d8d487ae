"""What goes wrong around the catalogue: no database, odd addresses, and who is told of it."""

import errno
import json
import logging
import os
import re
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import InternalError, OperationalError, connection, transaction
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone, translation
from django.utils.log import AdminEmailHandler

from heritage.models import (
    CommandRun,
    Correction,
    Custodian,
    IdentifierScheme,
    Job,
    Register,
    Site,
)
from heritage.search import store
from heritage.server.caches import LRUCache
from heritage.server.logs import Quiet
from heritage.values.web_address import safe_url
from heritage.web.corrections import views as corrections
from heritage.web.operations import middleware
from heritage.web.operations.middleware import DatabaseErrorMiddleware, query_limit
from tests import builders as build
from tests.adminforms import filled
from tests.faults import no_space, no_writes
from tests.webrows import full_site, vocabulary

# --- health ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_process_and_what_it_needs(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        alive = client.get("/healthz")
    assert (alive.status_code, alive.content) == (200, b"ok\n")
    ready = client.get("/readyz")
    told = ready.json()
    assert told.pop("free_mb") > 0 and re.fullmatch(r"\d+\.\d+.*", told.pop("version"))
    assert (ready.status_code, told) == (200, dict.fromkeys(("database", "index", "storage"), "ok"))
    for response in (alive, ready):
        assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_a_folder_that_takes_no_file_is_told(client, settings):
    settings.DATA_DIR = "/proc"  # where nobody can make one, not even root
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["storage"]) == (503, "not writable")


if connection.vendor == "sqlite":  # whose locks are those of the process

    @pytest.mark.django_db(transaction=True)
    def test_a_check_gives_up_no_lock_of_the_database(client):
        build.make_site("Longmen Grottoes")
        assert client.get("/readyz").status_code == 200
        name = connection.settings_dict["NAME"]
        other = (
            "import sqlite3, sys; other = sqlite3.connect(sys.argv[1]);"
            "other.execute('SELECT 1 FROM heritage_site').fetchall(); other.close()"
        )
        subprocess.run([sys.executable, "-c", other, name], check=True)
        # Who takes itself for the last one that has the database open removes these at its end.
        assert Path(f"{name}-wal").exists() and Path(f"{name}-shm").exists()


@pytest.mark.django_db
def test_those_who_watch_are_not_sent_to_https(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    for path in ("/healthz", "/readyz", "/metrics"):
        assert client.get(path).status_code == 200
    assert client.get("/en/").status_code == 301


def test_security_txt(client, settings):
    assert settings.SECURITY_CONTACT == ""
    path = "/.well-known/security.txt"
    settings.SECURITY_CONTACT = "mailto:security@heritage.example"
    response = client.get(path)
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in response.content.decode().splitlines())
    assert fields["Contact"] == "mailto:security@heritage.example"
    assert fields["Preferred-Languages"] == "en, zh-hans"
    assert fields["Canonical"] == f"http://testserver{path}"
    expires = datetime.fromisoformat(fields["Expires"])
    assert timedelta(days=30) < expires - datetime.now(UTC) < timedelta(days=365)


@pytest.mark.django_db
def test_without_a_contact_there_is_no_security_txt(client):
    assert client.get("/.well-known/security.txt").status_code == 404


# --- no database -----------------------------------------------------------------------------

ASK = """
import sys
import django
django.setup()
from django.conf import settings
from django.test import Client
settings.PAGES_KEPT = int(sys.argv[1])
client = Client(raise_request_exception=False)
for path in ("/healthz", "/readyz", "/en/", "/zh-hans/sites/?q=x", "/en/covers/some.svg"):
    found = client.get(path)
    told = found.get("Retry-After", "-"), "no-store" in found.get("Cache-Control", "")
    print(found.status_code, *told, "数据库" in found.content.decode())
"""
ASK_IN_VAIN = """
import django
django.setup()
from django.test import Client
client = Client(raise_request_exception=False, enforce_csrf_checks=True)
client.cookies["sessionid"] = "x" * 32
for found in (client.get("/en/nowhere/"), client.post("/en/accounts/login/"),
              client.get("/en/admin/")):
    print(found.status_code, found.get("Retry-After", "-"))
"""


@pytest.mark.parametrize("pages_kept", [0, 50])
@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/at/all.sqlite3", "postgres://nobody@127.0.0.1:1/nothing"]
)
def test_while_the_database_is_away(tmp_path, url, pages_kept):
    done = asked(tmp_path, url, ASK, str(pages_kept))
    away = "503 30 True True"
    assert done.stdout.splitlines() == [
        "200 - True False", "503 - True False", away, away, away
    ], done.stderr  # fmt: skip
    assert "The database is away" in done.stderr and "Traceback" not in done.stderr


def test_error_pages_while_the_database_is_away(tmp_path):
    """A page that is not there, a form without its token, and somebody who is logged in."""
    done = asked(tmp_path, "sqlite:////nowhere/at/all.sqlite3", ASK_IN_VAIN)
    assert done.stdout.splitlines() == ["503 30"] * 3, done.stderr


def asked(tmp_path, url, *command, **more) -> subprocess.CompletedProcess:
    """Python run in a process of its own with this database, and with more variables."""
    variables = {
        "DATABASE_URL": url, "HERITAGE_DATA": str(tmp_path), "HERITAGE_SECRET_KEY": "x" * 50,
        "HERITAGE_HTTPS": "0", "DJANGO_SETTINGS_MODULE": "tests.settings",
        "HERITAGE_HOSTS": "testserver",
    }  # fmt: skip
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HERITAGE_", "DATABASE_"))}
    return subprocess.run(
        [sys.executable, "-c", *command],
        cwd=settings.BASE_DIR, env=kept | variables | more, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.django_db
def test_a_database_that_refuses_is_a_fault_like_any_other(rf):
    Site.objects.count()  # the connection stands
    middleware = DatabaseErrorMiddleware(lambda request: None)
    assert middleware.process_exception(rf.get("/"), OperationalError("table is locked")) is None
    assert middleware.process_exception(rf.get("/"), ValueError()) is None


# --- what the operator's log says -------------------------------------------------------------

LOG = """
import sys
import django
django.setup()
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path
def fail(request):
    raise ValueError("a fault")
def refuse(request):
    raise PermissionDenied
def work(request):
    return HttpResponse("ok")
class urls:
    urlpatterns = [path("fail", fail), path("refuse", refuse), path("work", work),
                   path("media/", include("heritage.web.media_urls")),
                   path("pages/", include("heritage.web.urls"))]  # which middleware asks for
    handler403 = "heritage.web.operations.views.forbidden"
    handler404 = "heritage.web.operations.views.not_found"
    handler500 = "heritage.web.operations.views.server_error"
sys.modules["told"] = urls
from heritage.web.operations import views as errors
errors.render = lambda request, page, status: HttpResponse(page, status=status)  # no database
settings.ROOT_URLCONF = "told"
client = Client(raise_request_exception=False, REMOTE_ADDR="192.0.2.7")
for address, given in (
    ("/nowhere", "a-request-of-nginx"), ("/work?q=secret", "a-request-of-nginx"),
    ("/refuse", "x"), ("/fail", "evil\\nline" + "x" * 70),
):
    found = client.get(address, headers={"x-request-id": given})
    name = found["X-Request-ID"]
    print(found.status_code, name if name == given else len(name), name in found.content.decode())
client.get("/work", headers={"host": "elsewhere.example"})
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """By whether requests are told: what was answered, and the log."""
    found = {}
    for is_on in ("0", "1"):
        folder = tmp_path_factory.mktemp("log")
        done = asked(folder, f"sqlite:///{folder}/x.sqlite3", LOG, HERITAGE_LOG_REQUESTS=is_on,
                     HERITAGE_BEHIND_PROXY="1")  # fmt: skip
        found[is_on] = done.stdout.splitlines(), done.stderr
    return found


def test_each_request_has_an_id(told):
    """That of the proxy if it is sane; the page of a fault shows it."""
    answers, log = told["0"]
    assert answers == [
        "404 a-request-of-nginx False", "200 a-request-of-nginx False", "403 32 False",
        "500 32 True",
    ], log  # fmt: skip
    [line] = [line for line in log.splitlines() if "Internal Server Error: /fail" in line]
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ERROR django\.request \[\w{32}\] .+", line
    )


def test_the_log_has_one_traceback_for_a_fault_and_none_for_what_is_none(told):
    _answers, log = told["0"]
    assert log.count("Traceback") == 1 and "a fault" in log
    assert "/nowhere" not in log and " /work" not in log
    assert len([x for x in log.splitlines() if "elsewhere.example" in x]) == 1
    refused = [line for line in log.splitlines() if "/refuse" in line]
    assert len(refused) == 1
    assert refused[0].endswith("page refused (GET /refuse): account=- address=192.0.2.7")
    assert " WARNING heritage.security [" in refused[0]


def test_a_line_for_each_request_by_a_setting(told):
    _answers, log = told["1"]
    lines = [line for line in log.splitlines() if " heritage.requests [" in line]
    pattern = re.compile(r"\] (GET \S+ \d+) \d+ ms account=- address=192.0.2.7$")
    assert [pattern.search(line)[1] for line in lines] == [
        "GET /nowhere 404", "GET /work 200", "GET /refuse 403", "GET /fail 500", "GET /work 400"
    ]  # fmt: skip
    assert "[a-request-of-nginx]" in lines[0] and "secret" not in log


def test_lines_of_the_log_are_json_by_a_setting(tmp_path):
    done = asked(
        tmp_path, f"sqlite:///{tmp_path}/x.sqlite3", LOG,
        HERITAGE_LOG_REQUESTS="1", HERITAGE_LOG_FORMAT="json", HERITAGE_BEHIND_PROXY="1",
    )  # fmt: skip
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    told = [line for line in lines if line["logger"] == "heritage.requests"]
    assert [(line["method"], line["path"], line["status"]) for line in told] == [
        ("GET", "/nowhere", 404), ("GET", "/work", 200), ("GET", "/refuse", 403),
        ("GET", "/fail", 500), ("GET", "/work", 400),
    ]  # fmt: skip
    assert told[0]["request"] == "a-request-of-nginx" and told[0]["address"] == "192.0.2.7"
    [fault] = [line for line in lines if line.get("traceback")]
    assert "a fault" in fault["traceback"] and fault["level"] == "ERROR"
    assert fault["request"] == told[3]["request"]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT.+\+00:00", line["time"]) for line in lines)


def test_only_a_trusted_proxy_names_a_request(client):
    given = {"x-request-id": "a-request-of-somebody"}
    assert client.get("/healthz", headers=given)["X-Request-ID"] != "a-request-of-somebody"


# --- metrics ---------------------------------------------------------------------------------


def metrics_of(client) -> dict[str, float]:
    """By name and labels, without the number of the process; every line must be understood."""
    response = client.get("/metrics")
    assert response.status_code == 200 and response["Content-Type"].startswith("text/plain")
    assert "no-store" in response["Cache-Control"]
    found, named = {}, set()
    for line in response.content.decode().splitlines():
        if line.startswith("#"):
            assert re.fullmatch(r"# (HELP \w+ .+|TYPE \w+ (gauge|counter))", line), line
            named.add(line.split()[2])
            continue
        name, labels, value = re.fullmatch(
            r"(heritage_\w+)(\{(?:\w+=\"[^\"]*\",?)+\})? (\S+)", line
        ).groups()
        assert name in named
        found[name + re.sub(r'pid="\d+"', "", labels or "").replace("{}", "")] = float(value)
    return found


@pytest.mark.django_db
def test_metrics_tell_what_there_is(client, settings, monkeypatch):
    settings.PAGES_KEPT = 10
    monkeypatch.setattr(middleware, "pages", LRUCache(10))
    build.make_site("One")
    build.make_site("Two", state="draft")
    before = metrics_of(client)
    assert before['heritage_sites{state="published"}'] == 1
    assert before['heritage_sites{state="draft"}'] == 1
    assert before["heritage_database_up"] == 1 and before["heritage_queue_length"] == 0
    assert "heritage_last_backup_timestamp_seconds" not in before
    for _time in range(3):
        client.get("/en/about/")
    Job.objects.start("verify")
    Job.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    CommandRun.objects.enter("backup", bytes=1234, missing=2)
    CommandRun.objects.enter("verify", count=3, is_complete=True)
    build.make_site("Three")
    after = metrics_of(client)
    assert after["heritage_worker_page_cache_misses_total"] == (
        before["heritage_worker_page_cache_misses_total"] + 1
    )
    assert after["heritage_worker_page_cache_hits_total"] == (
        before["heritage_worker_page_cache_hits_total"] + 2
    )
    assert after["heritage_worker_responses_total"] >= before["heritage_worker_responses_total"] + 4
    assert (
        after["heritage_queue_length"] == 1 and 299 < after["heritage_queue_oldest_seconds"] < 400
    )
    assert (after["heritage_last_backup_bytes"], after["heritage_last_backup_missing"]) == (1234, 2)
    assert abs(after["heritage_last_backup_timestamp_seconds"] - time.time()) < 60
    assert after["heritage_last_verify_differences"] == 3
    assert after['heritage_sites{state="published"}'] == 2


def test_metrics_tell_that_the_database_is_away(tmp_path):
    ask = ASK.partition("for path in")[0] + "print(client.get('/metrics').content.decode())"
    done = asked(tmp_path, "sqlite:////nowhere/at/all.sqlite3", ask, "0")
    lines = done.stdout.splitlines()
    assert "heritage_database_up 0" in lines and any("worker_responses_total{" in x for x in lines)
    assert not any(line.startswith("heritage_sites{") for line in lines)


@pytest.mark.django_db
def test_metrics_count_server_errors_and_changes_that_the_index_has_not_read(client, monkeypatch):
    build.make_site("One")
    monkeypatch.setattr(store, "_shared", [store.current()])
    before = metrics_of(client)
    assert before["heritage_worker_index_behind"] == 0
    build.make_site("Two")
    monkeypatch.setattr("heritage.web.about.views.identity", lambda request: 1 / 0)
    client.raise_request_exception = False
    assert client.get("/en/privacy/").status_code == 500
    after = metrics_of(client)
    assert after["heritage_worker_index_behind"] >= 1
    assert after["heritage_worker_responses_5xx_total"] == (
        before["heritage_worker_responses_5xx_total"] + 1
    )


@pytest.mark.django_db
def test_the_line_of_a_request_names_the_account(client, editor, settings, caplog):
    settings.LOG_REQUESTS = True
    caplog.set_level("INFO", "heritage.requests")
    client.get("/en/admin/")
    assert "GET /en/admin/ 200" in caplog.text and "account=li" in caplog.text


@pytest.mark.parametrize(
    ("status", "is_told"), [(500, True), (501, False), (503, False), (404, False)]
)
def test_faults_alone_are_told_by_mail(settings, mailoutbox, status, is_told):
    settings.ADMINS = ["operator@heritage.example"]
    handler = AdminEmailHandler()
    handler.addFilter(Quiet())
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, "It failed", (), None)
    record.status_code = status
    handler.handle(record)
    assert [mail.to for mail in mailoutbox] == ([["operator@heritage.example"]] if is_told else [])


# --- nothing can be written ------------------------------------------------------------------


FAILURES = [no_writes, *([no_space] if connection.vendor == "sqlite" else [])]
TYPED = "No: the founding was later. " * 2_000  # more than there is room for in the pages that are


@pytest.mark.django_db
@pytest.mark.parametrize("failure", FAILURES)
def test_a_correction_is_kept_on_its_page(client, failure, monkeypatch):
    site = build.make_site("Longmen Grottoes")
    site.publish()
    typed = TYPED[:3_900]
    monkeypatch.setattr(corrections, "MIN_SECONDS", -1)
    data = {"topic": "dates", "text": typed, "suggestion": typed, "key": corrections.new_key(site)}
    with failure():
        response = client.post(f"/en/sites/{site.slug}/correction/", data)
    assert (response.status_code, response["Retry-After"]) == (503, "10")
    page = response.content.decode()
    assert page.count(typed.strip()) == 2 and "disk is full or cannot be written to" in page
    assert not Correction.objects.exists()
    assert client.post(f"/en/sites/{site.slug}/correction/", data).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("failure", FAILURES)
def test_a_save_of_an_editor_is_kept_in_its_form(client, editor, failure):
    site = build.make_site("Longmen Grottoes", kinds=[build.make_kind("Cave", "石窟")])
    url = f"/en/admin/heritage/site/{site.pk}/change/"
    data = filled(client, url, {"description__en": TYPED})
    with failure():
        response = client.post(url, data)
    assert (response.status_code, response["Retry-After"]) == (503, "10")
    page = response.content.decode()
    assert TYPED.strip() in page and "disk is full or cannot be written to" in page
    site.refresh_from_db()
    assert not site.description.get("en")
    assert client.post(url, data).status_code == 302


@pytest.mark.django_db
def test_a_deletion_is_refused_in_words(client, editor):
    site = build.make_site("Longmen Grottoes")
    with no_writes():
        response = client.post(f"/en/admin/heritage/site/{site.pk}/delete/", {"post": "yes"})
    assert response.status_code == 503
    assert "disk is full or cannot be written to" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("failure", FAILURES)
def test_other_pages_say_that_nothing_can_be_written(rf, failure):
    """What fails outside a form, such as a session that is stored."""
    middleware = DatabaseErrorMiddleware(lambda request: None)
    errors = OperationalError, InternalError
    with failure(), pytest.raises(errors) as raised, transaction.atomic():
        build.make_site(TYPED)
    response = middleware.process_exception(rf.get("/"), raised.value)
    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert "磁盘已满" in response.content.decode()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO, errno.EDQUOT])
def test_so_do_pages_that_cannot_write_a_file(rf, number):
    middleware = DatabaseErrorMiddleware(lambda request: None)
    assert middleware.process_exception(rf.get("/"), OSError(number, "x")).status_code == 503
    assert middleware.process_exception(rf.get("/"), OSError(errno.ENOENT, "x")) is None


# --- queries that take too long --------------------------------------------------------------

ENDLESS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) "
    "SELECT count(*) FROM n"
)


@pytest.mark.django_db
def test_a_query_of_a_page_ends(rf, settings):
    """Whatever is asked: the worker is free again, and the page says so."""

    def view(request):
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":  # settings.py gives it to the connection
                cursor.execute("SET LOCAL statement_timeout = 100")
            cursor.execute(ENDLESS)

    settings.QUERY_SECONDS = 0.1
    with pytest.raises(OperationalError) as raised:
        query_limit(view)(rf.get("/"))
    response = DatabaseErrorMiddleware(view).process_exception(rf.get("/"), raised.value)
    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert "This took too long" in response.content.decode()
    assert Site.objects.count() == 0  # the connection serves the next request


@pytest.mark.django_db
def test_many_short_queries_may_take_longer_together(rf, settings):
    settings.QUERY_SECONDS = 0.2

    def view(request):
        started = time.thread_time()
        while time.thread_time() - started < 0.3:
            Site.objects.count()
        return "done"

    assert query_limit(view)(rf.get("/")) == "done"


LIMITS = """
import sys
import django
if sys.argv[1] == "serving":
    import heritage.wsgi
else:
    django.setup()
from django.conf import settings
from django.db import connection
print(settings.QUERY_SECONDS, connection.settings_dict["OPTIONS"].get("options"))
"""


@pytest.mark.parametrize(
    ("started", "expected"),
    [("serving", "20 -c lock_timeout=20s -c statement_timeout=20000"), ("command", "0 ")],
)
def test_pages_have_a_limit_and_commands_have_none(tmp_path, started, expected):
    done = asked(tmp_path, "postgres://nobody@127.0.0.1:1/nothing", LIMITS, started)
    assert done.stdout.startswith(expected), done.stderr
    assert started == "serving" or "statement_timeout=0" in done.stdout


# --- addresses -------------------------------------------------------------------------------


def addresses(resolver=None, before="/") -> list[str]:
    """An address for each route that takes something, with a NUL in its place."""
    found = []
    for each in (resolver or get_resolver()).url_patterns:
        route = before + str(each.pattern).removeprefix("^").removesuffix("$")
        if isinstance(each, URLResolver):
            found += addresses(each, route)
        elif isinstance(each, URLPattern) and "<" in route and "(?P" not in route:
            parts = route.replace(">", "<").split("<")
            found.append("%00".join(parts[::2]))
            found.append("a%00b".join(parts[::2]))
    return found


@pytest.mark.django_db
def test_a_nul_in_an_address_leads_nowhere(client):
    with translation.override("en"):
        found = addresses()
    assert len(found) > 60
    assert {"/images/%00/%00", "/en/covers/%00.svg", "/en/sites/%00/data.jsonld"} <= set(found)
    public = [address for address in found if "/admin/" not in address]
    assert {address: client.get(address).status_code for address in public} == dict.fromkeys(
        public, 404
    )
    client.force_login(build.make_user(is_superuser=True))
    for address in set(found) - set(public):
        assert client.get(address).status_code in (302, 403, 404, 405), address


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://whc.unesco.org/en/list/1003", True),
        ("HTTP://example.org/", True),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org/", False),
        ("/en/", False),
        ("", False),
    ],
)
def test_addresses_that_may_be_shown(address, shown):
    assert safe_url(address) == (address if shown else "")


FIELDS = {
    "register": lambda url: build.make_register(uri_template=url),
    "identifiers": lambda url: IdentifierScheme(slug="x", label=build.text("X"), uri_template=url),
    "custodian": lambda url: Custodian(name=build.text("X"), url=url),
    "source": lambda url: build.make_source(url=url),
    "licence": lambda url: build.make_licence(url=url),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("url", ["javascript:alert(1)//{value}", "ftp://example.org/", "x"])
def test_records_take_web_addresses_alone(name, url):
    if name not in ("register", "identifiers"):
        url = url.replace("{value}", "1")
    with pytest.raises(Exception, match="https://"):
        FIELDS[name](url).clean_fields()


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["https://x.example/{value}", "http://x.example/?id={value}&a=b"])
def test_templates_of_addresses_are_taken(url):
    FIELDS["identifiers"](url).clean_fields()


@pytest.mark.django_db
def test_the_host_does_not_depend_on_the_value():
    with pytest.raises(Exception, match="host"):
        FIELDS["identifiers"]("https://{value}.example/").clean_fields()


@pytest.mark.django_db
def test_what_was_stored_past_the_rules_is_not_linked(client):
    site = full_site(vocabulary())
    evil = "javascript:alert(1)//{reference}{value}"
    Register.objects.update(uri_template=evil)
    IdentifierScheme.objects.update(uri_template=evil)
    for model in (type(source) for source in (build.make_source(), build.make_licence())):
        model.objects.update(url="javascript:alert(1)")
    for path in (f"/en/sites/{site.slug}/", "/en/credits/"):
        assert "javascript:" not in client.get(path).content.decode()
