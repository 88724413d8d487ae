"""Carries out plans: few records in one transaction, many in batches of one transaction each.

All batches are one change set. A batch decides its rows again, and computes the words of new sites,
before it takes the lock; once more under the lock if somebody has written anything meanwhile that
the decisions may follow from. It writes what was planned; where a record is no longer as the plan
showed it, the row is left out and says so.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from heritage.exchange.importing.deciding import Decider, Decision, Outcome
from heritage.exchange.importing.memory import garbage_by_batch
from heritage.exchange.importing.options import Options
from heritage.exchange.importing.planning import counts
from heritage.exchange.writes import Writes
from heritage.models import (
    Change,
    ChangeSet,
    Era,
    Import,
    ImportRow,
    Job,
    Kind,
    Licence,
    Place,
    Register,
    Site,
    Source,
    User,
    update_columns,
)
from heritage.models.unit_of_work import unit_of_work
from heritage.services import Terms, jobs

AT_ONCE = 2_000  # records that are written in one transaction
# Of more than that in the first batch. The next ones follow the time for which it held the lock, so
# that others wait less than a second on any machine.
BATCH = 250
_FEWEST, _MOST = 100, 500
_HELD = 0.6  # seconds, nearly: a batch of half the size computes a quarter more
_DONE = ("outcome", "site", "entry", "problems", "is_applied")

# The list that an entry is taken from, by the slug of its register: uid, citations, address.
_LISTS = {
    "whl": (
        "source-unesco-list-{edition}",
        {
            "en": "UNESCO World Heritage List, edition {edition}",
            "zh-hans": "联合国教科文组织《世界遗产名录》，{edition}年版",
        },
        "https://whc.unesco.org/en/list/",
    ),
}

_TEXTS = {"en": "descriptions", "zh-hans": "简介"}


def to_apply(of_import: Import) -> Any:
    return of_import.rows.filter(
        outcome__in=(Outcome.CREATE, Outcome.UPDATE), is_applied=False
    ).order_by("pk")


def apply(of_import: Import, user: User | None, here: bool, reason: str = "") -> Job:
    """Carry out the plan, in this process or by the background worker."""
    begin = jobs.run_here if here else jobs.start
    given = {"import": of_import.pk, "file": of_import.name, "reason": reason}
    job = begin("import_apply", user, **given)
    Import.objects.filter(pk=of_import.pk).update(job=job)
    of_import.refresh_from_db()
    return job


@jobs.declare(
    "import_apply",
    gettext_lazy("Import"),
    permission="heritage.publish_site",
    describe=lambda given: _("Import of %(file)s") % {"file": given.get("file")},
)
def _apply(run: jobs.Run) -> jobs.Steps:
    of_import = Import.objects.filter(pk=run.parameters["import"]).first()
    if of_import is None:
        raise jobs.JobRefused(gettext_lazy("This import is no longer there."))
    user = run.user
    if user is not None and not (user.is_active and user.has_perm("heritage.publish_site")):
        raise jobs.JobRefused(gettext_lazy("Who started it may not publish any more."))
    if of_import.state == Import.State.NEW:
        raise jobs.JobRefused(gettext_lazy("There is no plan yet."))
    with translation.override(of_import.language), garbage_by_batch() as collect:
        return (yield from _apply_in_steps(run, of_import, collect))


def _apply_in_steps(
    run: jobs.Run, of_import: Import, after_batch: Callable[[], object]
) -> jobs.Steps:
    decider = Decider(of_import)
    total = run.cursor.setdefault("total", to_apply(of_import).count())
    size = AT_ONCE if total <= AT_ONCE else BATCH
    done = total - to_apply(of_import).count()

    def writing() -> AbstractContextManager[ChangeSet]:
        reason = run.parameters.get("reason", "")
        return run.batch(ChangeSet.Kind.IMPORT, reason, files=[of_import.name])

    sources: tuple[Source | None, Source | None] = (None, None)
    if done < total:
        with writing():
            sources = _source(of_import), _source_of_texts(of_import)
    previous = _Previous(None, 0, 0)
    while True:
        batch = _Batch(of_import, decider, sources, size, previous)
        with writing():
            batch.write()
        held = time.monotonic() - batch.locked_at
        is_last = len(batch.rows) < size
        done += len(batch.rows)
        size, previous = _next_size(size, held), batch.for_the_next()
        del batch
        after_batch()
        yield jobs.Progress(done, total, gettext_lazy("Writing records"))
        if is_last:
            break
    with run.step():
        of_import.state, of_import.applied_at = Import.State.APPLIED, timezone.now()
        of_import.save(update_fields=["state", "applied_at"])
    left = of_import.rows.filter(outcome=Outcome.LEFT, is_applied=True).count()
    if left:
        says = ngettext_lazy(
            "%(count)s row was left out: its record has been edited since the plan.",
            "%(count)s rows were left out: their records have been edited since the plan.",
            "count",
        )
        run.log(says % {"count": left}, "warning")
    return counts(of_import)


def _next_size(size: int, held: float) -> int:
    """The number of records of the next batch, from the seconds for which this one held the lock:
    between half and five quarters of the present size."""
    wanted = size * min(1.25, max(0.5, _HELD / held))
    return min(max(_FEWEST, round(wanted)), _MOST) if size >= _FEWEST else size


class _Previous(NamedTuple):
    """What a batch passes on to the next one."""

    terms: Terms | None  # that it has read
    last_change: int  # of the history before it did
    last_row: int  # of the plan; all up to it are applied

    def known_terms(self) -> Terms | None:
        """The terms of the previous batch, if none has been written since."""
        since = Change.objects.filter(pk__gt=self.last_change).order_by()
        models = ContentType.objects.get_for_models(Kind, Place, Era).values()
        return None if since.filter(model__in=models).exists() else self.terms


class _Batch:
    """The next rows of a plan, decided as the records are now, and written under the lock."""

    def __init__(
        self,
        of_import: Import,
        decider: Decider,
        sources: tuple[Source | None, Source | None],
        size: int,
        previous: _Previous,
    ):
        """`sources` are those of an official list, and of the descriptions in it."""
        self.of_import, self.decider, self.size = of_import, decider, size
        self.sources, self.previous = sources, previous
        self._decide(previous.known_terms())

    def for_the_next(self) -> _Previous:
        last_row = self.rows[-1].pk if self.rows else self.previous.last_row
        return _Previous(self.prepared.terms, self._last_change, last_row)

    def _decide(self, known: Terms | None = None) -> None:
        self._last_change = _last_change()  # first: what is written from here on counts
        rows = to_apply(self.of_import).filter(pk__gt=self.previous.last_row)
        self.rows: list[ImportRow] = list(rows[: self.size])
        decisions = self.decider.decide(self.rows, applying=True)
        self.writes, self.written = Writes(), [each for each in decisions if _is_as_planned(each)]
        for each in self.written:
            each.collect(self.writes, *self.sources)
        self.prepared = self.writes.prepared(known)

    def write(self) -> None:
        of_import = self.of_import
        with unit_of_work() as unit:
            unit.prepare_write(Site)  # nobody else writes from here on
            self.locked_at = time.monotonic()
            if self._is_outdated():
                self._decide()
            unit.prepared = self.prepared
            self.writes.save()
            for decision in self.written:
                row = decision.row
                row.site = decision.site.pk if decision.site is not None else None
                row.entry = next((each.pk for each in decision.entries.values()), None)
            self.decider.own_sites = {row.site for row in self.rows if row.site is not None}
            for row in self.rows:
                row.is_applied = True
            update_columns(ImportRow, ((row, _DONE) for row in self.rows))
            if len(self.rows) < self.size:
                _move_edition(of_import, self.decider)

    def _is_outdated(self) -> bool:
        """Whether anything was written on which its decisions may depend.

        Of updates of sites that are not in the batch, and of their rows, only those of a slug
        matter.
        """
        sites = [row.site for row in self.rows if row.site is not None]
        since = Change.objects.filter(pk__gt=self._last_change).order_by()
        beside = since.filter(
            owner_model=ContentType.objects.get_for_model(Site),
            before__isnull=False,
            after__isnull=False,
        )
        beside = beside.exclude(owner_id__in=sites).exclude(before__has_key="slug")
        return since.exclude(pk__in=beside.values("pk")).exists()


def _last_change() -> int:
    """The number of the last change in the history, which writers enter one after another under the
    lock."""
    return Change.objects.aggregate(last=Max("pk"))["last"] or 0


def _is_as_planned(decision: Decision) -> bool:
    """Whether a decision does what its row shows; if not, the row gets the reason why it is left
    out."""
    row = decision.row
    if decision.outcome == row.outcome and decision.differences == row.differences:
        return True
    if decision.outcome == Outcome.UNCHANGED:
        row.outcome = Outcome.UNCHANGED
        return False
    row.outcome = Outcome.LEFT
    row.problems = decision.problems or [
        ["", _("Its record has been edited since the plan: plan the file again.")]
    ]
    return False


def _source(of_import: Import) -> Source | None:
    """The source of what an official list says; none for a table, which names its own."""
    if of_import.register not in _LISTS:
        return None
    uid, citation, url = _LISTS[of_import.register]
    return _found_or_made(uid, citation, of_import.edition, kind=Source.Kind.REGISTER, url=url)


def _source_of_texts(of_import: Import) -> Source | None:
    """The source of the descriptions of an official list, with the licence that was named."""
    code = Options.from_json(of_import.options).texts_licence
    if not code or of_import.register not in _LISTS:
        return None
    uid, citation, url = _LISTS[of_import.register]
    words = {each: f"{text} ({_TEXTS[each]})" for each, text in citation.items()}
    licence = Licence.objects.get(code=code)
    uid = f"{uid}-texts-{slugify(code)}"
    kind = Source.Kind.OFFICIAL
    return _found_or_made(uid, words, of_import.edition, kind=kind, url=url, licence=licence)


def _found_or_made(uid: str, citation: dict[str, str], edition: str, **columns: Any) -> Source:
    uid = uid.format(edition=edition)
    found = Source.objects.filter(uid=uid).first()
    if found is not None:
        return found
    words = {code: text.format(edition=edition) for code, text in citation.items()}
    return Source.objects.create(uid=uid, citation=words, **columns)


def _move_edition(of_import: Import, decider: Decider) -> None:
    """Set the edition of the register to that of the list, if that is newer."""
    register = decider.register
    if register is None or not of_import.edition:
        return
    stored = Register.objects.get(pk=register.pk)
    if stored.edition[:4] < of_import.edition[:4]:
        stored.edition = of_import.edition
        stored.save(update_fields=["edition"])
