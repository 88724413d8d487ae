"""What holds for every test: English, files of its own, and no silent skips in CI."""

import copy
import gc
import os
from contextlib import contextmanager
from itertools import count

import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import translation

from tests import builders as build
from tests.browser import emulate, forget_requests, resize, scripts, settle, start
from tests.webrows import full_site, vocabulary

_numbers = count(1)


@pytest.fixture(autouse=True)
def _own_surroundings(settings, tmp_path_factory):
    """Pictures go to a folder of the test; every test starts in English."""
    # Made by the test that stores one, and not beforehand for thousands that store none.
    number = next(_numbers)
    settings.MEDIA_ROOT = tmp_path_factory.getbasetemp() / f"media-{number}"
    settings.ORIGINALS_ROOT = tmp_path_factory.getbasetemp() / f"originals-{number}"
    with translation.override("en"):
        yield


@pytest.fixture
def editor(client):
    """An editor, signed in."""
    user = build.make_user("li", group="editor")
    client.force_login(user)
    return user


@contextmanager
def lasting_transaction(django_db_blocker):
    """A transaction around those of some tests, rolled back after the last of them."""
    around = transaction.atomic()
    with django_db_blocker.unblock():
        around.__enter__()
    try:
        yield
    finally:
        with django_db_blocker.unblock():
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


@pytest.fixture(scope="module")
def made_once(django_db_setup, django_db_blocker, tmp_path_factory):
    """`made_once(make)` gives what `make()` makes, once for all tests of a module.

    As Django's `setUpTestData`: it is made in a transaction around those of the tests, so that each
    finds it unchanged in the database; objects are to be copied for each. Not for modules with
    transactional tests.
    """

    def make_once(make):
        with (
            django_db_blocker.unblock(),
            translation.override("en"),
            override_settings(MEDIA_ROOT=media / "media", ORIGINALS_ROOT=media / "originals"),
        ):
            return make()

    media = tmp_path_factory.mktemp("media")
    with lasting_transaction(django_db_blocker):
        yield make_once


@pytest.fixture(scope="module")
def words_once(made_once):
    """For modules whose every test may find `words` there; see `made_once`."""
    return made_once(vocabulary)


@pytest.fixture(scope="module")
def filled_once(made_once):
    """For modules whose every test may find `words` and `longmen` there; see `made_once`."""

    def fill():
        words = vocabulary()
        return words, full_site(words)

    return made_once(fill)


@pytest.fixture
def words(request, db):
    """The vocabularies of `tests.webrows`."""
    if "filled_once" in request.fixturenames:
        return copy.deepcopy(request.getfixturevalue("filled_once")[0])
    if "words_once" in request.fixturenames:
        return copy.deepcopy(request.getfixturevalue("words_once"))
    return vocabulary()


@pytest.fixture
def longmen(request, words):
    """A site with something of everything."""
    if "filled_once" in request.fixturenames:
        return copy.deepcopy(request.getfixturevalue("filled_once")[1])
    return full_site(words)


@pytest.fixture(scope="session")
def chromium(tmp_path_factory, django_db_setup, live_server):
    """One browser for all tests of a process; it leaves before the server, and that before the
    database, which PostgreSQL does not drop while a connection is open."""
    driver = start(tmp_path_factory.mktemp("chromium") / "profile")
    yield driver
    driver.quit()


@pytest.fixture
def browser(chromium):
    """As it is when opened on a desk. Nothing that a page asks for may be refused by its policy."""
    forget_requests()
    resize(chromium, 1280)
    emulate(chromium)
    scripts(chromium, are_run=True)
    chromium.delete_all_cookies()
    chromium.get_log("browser")
    yield chromium
    refused = [at for at in chromium.get_log("browser") if "Content Security" in at["message"]]
    settle(chromium)
    assert refused == []


# Several processes share the work, by files, and by folders whose tests share what took long to
# make. Begun first, the longest at the head: who begins a long one last is waited for.
LONGEST = (
    *("test_deployment.py", "test_upgrade.py", "demo", "test_releases.py"),
    *("test_admin_accessibility.py", "test_rehearsal.py", "test_index_large.py", "test_recipes.py"),
    *("test_web_accessibility.py", "test_admin_forms.py", "test_admin_editing.py"),
    *("test_admin_access.py", "test_web_page_cache_random.py", "test_admin_boundary.py"),
)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items):
    def group(item):
        folder = item.path.parent
        return item.path.name if folder.name == "tests" else folder.name

    def place(item):
        name = group(item)
        return LONGEST.index(name) if name in LONGEST else len(LONGEST)

    for item in items:  # before pytest-xdist reads the groups
        item.add_marker(pytest.mark.xdist_group(group(item)))
    result = yield
    items.sort(key=place)  # after pytest-django has put those without a database last
    return result


def pytest_collection_finish():
    """The garbage collector does not look again and again at all that was imported.

    A tenth of the computing time of a run was spent on that.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_sessionfinish(session, exitstatus):
    """In CI what is skipped was not tested, and that is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped") and exitstatus == 0:
        reporter.write_line("Tests were skipped in CI, where nothing may be.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
