"""What holds for every test: the house language, files of its own, and no silent skips in CI."""

import os

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _own_surroundings(settings, tmp_path):
    """Pictures go to a folder of the test; every test starts in English."""
    settings.MEDIA_ROOT = tmp_path / "media"
    with translation.override("en"):
        yield


def pytest_sessionfinish(session, exitstatus):
    """In CI what is skipped was not tested, and that is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped") and exitstatus == 0:
        reporter.write_line("Tests were skipped in CI, where nothing may be.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
