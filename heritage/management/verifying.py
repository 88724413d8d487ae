"""Runs all checks of `manage.py verify`, one after another, and stores their results.

With a background worker they are done every night, as a job that goes on where it was stopped.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from heritage.models import CommandRun, IndexChange, JobLine
from heritage.search import verification as of_index
from heritage.services import jobs
from heritage.services import verification as of_rows
from heritage.values.finding import Checking, Finding, NotNow
from heritage.values.progress import Progress

COMMAND = "verify"  # under which the result is kept, see `CommandRun`
_LOGGED = 100  # findings in the log of a job
_MAX_FINDINGS = 1_000  # findings of one check that are told one by one

CHECKS: dict[str, Callable[[], Checking]] = {
    "derived": of_rows.derived_columns,
    "words": of_rows.full_text,
    "history": of_rows.history,
    "pictures": of_rows.pictures,
    "index": of_index.index,
    "counts": of_index.counts,
}


@dataclass(slots=True)
class CheckResult:
    """What one check found."""

    count: int = 0
    findings: list[Finding] = field(default_factory=list)  # the first of them
    seconds: float = 0.0
    why_not: str = ""  # it could not be done


class CheckProgress(NamedTuple):
    check: str
    progress: Progress


class Verification:
    """Some or all checks, and what they have found so far."""

    def __init__(self, checks: Iterable[str] = CHECKS):
        self.checks = list(checks)
        self.results: dict[str, CheckResult] = {}

    def run(self) -> Iterator[CheckProgress]:
        """Do the checks that are not done yet; may be stopped between two steps and called
        again."""
        for name in self.checks:
            if name in self.results:
                continue
            result, started = CheckResult(), time.monotonic()
            try:
                for each in CHECKS[name]():
                    if isinstance(each, Progress):
                        yield CheckProgress(name, each)
                        continue
                    result.count += 1
                    if len(result.findings) < _MAX_FINDINGS:
                        result.findings.append(each)
            except NotNow as error:
                result.why_not = str(error)
            result.seconds = round(time.monotonic() - started, 1)
            self.results[name] = result

    @property
    def is_complete(self) -> bool:
        """Whether all checks were done."""
        done = {name for name, result in self.results.items() if not result.why_not}
        return done == CHECKS.keys()

    @property
    def count(self) -> int:
        return sum(result.count for result in self.results.values())

    def keep(self) -> None:
        """Store the result for the desk, the page about the catalogue, and metrics."""
        before = CommandRun.objects.latest_of(COMMAND)
        CommandRun.objects.enter(
            COMMAND,
            is_complete=self.is_complete,
            count=self.count,
            checks={
                name: {"count": result.count, "seconds": result.seconds, "why_not": result.why_not}
                for name, result in self.results.items()
            },
        )
        now = CommandRun.objects.get(command=COMMAND)
        if (before is not None and before.is_proof) != now.is_proof:
            with IndexChange.objects.locked():  # cached pages say something else now
                IndexChange.objects.enter([IndexChange.VOCABULARY])

    def as_json(self) -> dict[str, Any]:
        return {
            "complete": self.is_complete,
            "count": self.count,
            "checks": {
                name: {
                    "count": result.count,
                    "seconds": result.seconds,
                    "why_not": result.why_not,
                    "findings": [finding._asdict() for finding in result.findings],
                }
                for name, result in self.results.items()
            },
        }


# --- every night -----------------------------------------------------------------------------

_SAYS = {
    "derived": _("Comparing columns that follow from others"),
    "words": _("Comparing the words of the full text"),
    "history": _("Comparing the history"),
    "pictures": _("Comparing files of pictures"),
    "index": _("Comparing the index"),
    "counts": _("Comparing counts"),
}


def verify_in_steps(run: jobs.Run) -> jobs.Steps:
    """Do all checks as a job; after a stop, it continues with those that are not done."""
    verification = Verification()
    done: dict[str, dict] = run.cursor.setdefault("results", {})
    for name, stored in done.items():
        findings = [Finding(*each) for each in stored["findings"]]
        verification.results[name] = CheckResult(**stored | {"findings": findings})
    for step in verification.run():
        if len(done) < len(verification.results):
            with run.step():
                _remember(verification, done)
        yield step.progress._replace(sentence=_SAYS[step.check])
    _remember(verification, done)
    verification.keep()
    for name, result in verification.results.items():
        for text in [*map(str, result.findings[:_LOGGED]), *filter(None, [result.why_not])]:
            run.log(f"{name}: {text}", JobLine.Level.WARNING)
    return {"count": verification.count, "is_complete": verification.is_complete}


def _remember(verification: Verification, done: dict[str, dict]) -> None:
    for name in verification.results.keys() - done.keys():
        result = verification.results[name]
        done[name] = asdict(result) | {"findings": result.findings[:_LOGGED]}
