"""The state of the catalogue in the text format of Prometheus, for monitoring.

Numbers that begin with `heritage_worker_` are those of the one process that answers, named by its
label `pid`; all others are the same whoever answers. What is not known, such as the time of a
backup that was never made, is left out.
"""

import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Count, Min
from django.utils import timezone

from heritage.models import CommandRun, IndexChange, Job, PendingRefresh, Site
from heritage.search import changes_behind
from heritage.web.operations import middleware

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metric(NamedTuple):
    """A family of the exposition format; `values` are by labels, such as 'state="draft"'."""

    name: str
    kind: str  # gauge or counter
    description: str
    values: Mapping[str, float]

    def __str__(self) -> str:
        lines = [f"# HELP {self.name} {self.description}", f"# TYPE {self.name} {self.kind}"]
        for labels, value in self.values.items():
            lines.append(f"{self.name}{{{labels}}} {value:.17g}" if labels else
                         f"{self.name} {value:.17g}")  # fmt: skip
        return "\n".join(lines)


def metrics_text() -> str:
    """All metrics that are known; without the database, that it is not available."""
    found = [_version(), *_of_this_process()]
    try:
        found += _of_the_catalogue()
        is_up = 1
    except (DatabaseError, InterfaceError):
        is_up = 0
    found.append(Metric("heritage_database_up", "gauge", "1 if the database answers.", {"": is_up}))
    return "\n".join(map(str, found)) + "\n"


def _version() -> Metric:
    labels = f'version="{settings.VERSION}",database="{connection.vendor}"'
    return Metric("heritage_info", "gauge", "The version that answers.", {labels: 1})


def _of_this_process() -> Iterator[Metric]:
    pid = f'pid="{os.getpid()}"'
    words_of: dict[middleware.Counted, str] = {
        "responses": "Answers of this worker process.",
        "responses_5xx": "Answers of this worker process with a status of 5xx.",
        "page_cache_hits": "Pages that this worker process had cached.",
        "page_cache_misses": "Pages that it had to make to cache them.",
    }
    if "replica" in settings.DATABASES:
        words_of["replica_reads"] = "Answers that it read from the replica."
        words_of["replica_lags"] = "Answers that it read from the primary, as the replica lagged."
    for what, words in words_of.items():
        values = {pid: middleware.counted(what)}
        yield Metric(f"heritage_worker_{what}_total", "counter", words, values)
    try:
        behind = changes_behind()
    except (DatabaseError, InterfaceError):
        return
    if behind is not None:
        words = "Entries of the change log that the index of this worker process has not yet read."
        yield Metric("heritage_worker_index_behind", "gauge", words, {pid: behind})


def _of_the_catalogue() -> list[Metric]:
    states = dict(Site.objects.order_by().values_list("state").annotate(n=Count("pk")))
    sites = {f'state="{state}"': states.get(state, 0) for state in Site.State.values}
    every = Job.objects.get_queryset()
    waiting = every.in_state(Job.State.WAITING).aggregate(n=Count("pk"), at=Min("created_at"))
    jobs = {f'state="{state}"': every.in_state(state).count() for state in Job.State.values}
    since = (timezone.now() - waiting["at"]).total_seconds() if waiting["at"] else 0
    found = [
        Metric("heritage_sites", "gauge", "Sites by state.", sites),
        Metric("heritage_jobs", "gauge", "Jobs by state.", jobs),
        _gauge("queue_length", "Jobs that wait for the background worker.", waiting["n"]),
        _gauge("queue_oldest_seconds", "How long the first of them has waited.", since),
        _gauge(
            "sites_to_refresh", "Sites that wait to be refreshed after a change of a term.",
            PendingRefresh.objects.sites_left(),
        ),
        _gauge("change_log_entries", "Entries of the change log.", IndexChange.objects.count()),
    ]  # fmt: skip
    runs = {run.command: run for run in CommandRun.objects.all()}
    if (backup := runs.get("backup")) is not None:
        found += [
            _moment("last_backup", "When the last backup was taken.", backup.at),
            _gauge("last_backup_bytes", "Its size.", backup.detail.get("bytes", 0)),
            _gauge("last_backup_missing", "Pictures it lacks.", backup.detail.get("missing", 0)),
        ]
    if (verify := runs.get("verify")) is not None:
        found += [
            _moment("last_verify", "When `manage.py verify` last ran.", verify.at),
            _gauge("last_verify_differences", "What it found.", verify.detail.get("count", 0)),
            _gauge(
                "last_verify_complete", "1 if it compared everything.",
                bool(verify.detail.get("is_complete")),
            ),
        ]  # fmt: skip
    for command, name in (("publish_due", "last_publish_due"), ("db_worker", "last_seen_worker")):
        if (run := runs.get(command)) is not None:
            found.append(_moment(name, f"When {command} was last heard of.", run.at))
    return found


def _gauge(name: str, description: str, value: float) -> Metric:
    return Metric(f"heritage_{name}", "gauge", description, {"": float(value)})


def _moment(name: str, description: str, at: datetime) -> Metric:
    return _gauge(f"{name}_timestamp_seconds", f"{description} Seconds since 1970.", at.timestamp())
