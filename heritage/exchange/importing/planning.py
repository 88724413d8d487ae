"""Plans: the rows of a file, each with what it would do. A job, or a command, makes one."""

from collections.abc import Callable, Iterable, Iterator
from itertools import batched

from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from heritage.exchange.importing import files
from heritage.exchange.importing.deciding import AskedQuestion, Decider, Outcome
from heritage.exchange.importing.memory import garbage_by_batch
from heritage.exchange.reading import Row, UnreadableFile
from heritage.models import (
    IN_FORCE,
    Coverage,
    Designation,
    Import,
    ImportQuestion,
    ImportRow,
    Job,
    Site,
    User,
    insert_objects,
    update_columns,
)
from heritage.services import jobs

AT_ONCE = 500  # rows
HERE_BYTES = 1_000_000  # of a file that is planned at once; a larger one is a job
HERE_ROWS = 6_000  # of a file that was read and is planned anew
_DECIDED = ("outcome", "name", "site", "entry", "differences", "problems", "asks")
_NAMED = 12  # unknown places that a question names


def plan(of_import: Import, user: User | None, here: bool) -> Job:
    """Make the plan, in this process or by the background worker."""
    begin = jobs.run_here if here else jobs.start
    job = begin("import_plan", user, **{"import": of_import.pk, "file": of_import.name})
    Import.objects.filter(pk=of_import.pk).update(job=job)
    of_import.refresh_from_db()
    return job


def is_small(of_import: Import) -> bool:
    """Whether a request can make the plan; it takes a second for some hundred rows."""
    if of_import.path:
        return (files.folder() / of_import.path).stat().st_size <= HERE_BYTES
    return of_import.rows.count() <= HERE_ROWS


@jobs.declare(
    "import_plan",
    gettext_lazy("Plan of an import"),
    permission="heritage.add_import",
    describe=lambda given: _("Plan of the import of %(file)s") % {"file": given.get("file")},
    continues_itself=True,
)
def _plan(run: jobs.Run) -> jobs.Steps:
    of_import = Import.objects.filter(pk=run.parameters["import"]).first()
    if of_import is None:
        raise jobs.JobRefused(gettext_lazy("This import is no longer there."))
    if of_import.state == Import.State.APPLIED:
        raise jobs.JobRefused(gettext_lazy("It is applied already."))
    with translation.override(of_import.language):
        try:
            with garbage_by_batch() as collect:
                return (yield from _plan_in_steps(run, of_import, collect))
        except UnreadableFile as error:
            raise jobs.JobRefused(str(error)) from error


def _plan_in_steps(
    run: jobs.Run, of_import: Import, after_batch: Callable[[], object]
) -> jobs.Steps:
    """After its process was killed it starts again from the beginning, since only the plan is
    written."""
    with run.step():
        of_import.questions.filter(answer="").delete()
        of_import.rows.filter(outcome=Outcome.GONE).delete()
        if of_import.path:
            of_import.rows.all().delete()
        else:
            of_import.rows.update(site=None, entry=None)
        last = Site.objects.aggregate(last=Max("pk"))["last"] or 0
        Import.objects.filter(pk=of_import.pk).update(last_site=last)
    of_import.refresh_from_db()
    decider = Decider(of_import)
    is_read = not of_import.path
    source: Iterable[ImportRow] = (
        of_import.rows.order_by("pk").iterator(AT_ONCE) if is_read else _rows_of_file(of_import)
    )
    total = of_import.rows.count() if is_read else None
    done = 0
    for batch in batched(source, AT_ONCE):
        for decision in decider.decide(batch):
            decision.store()
        with run.step():
            if is_read:
                update_columns(ImportRow, ((row, _DECIDED) for row in batch))
            else:
                insert_objects(ImportRow, batch)
        done += len(batch)
        after_batch()
        yield jobs.Progress(done, total, gettext_lazy("Comparing rows with the catalogue"))
    with run.step():
        _note_gone(of_import, decider)
        _store_questions(of_import, decider)
        files.remove(of_import)
        of_import.options["kept"] = dict(decider.not_taken)
        if decider.is_older and decider.register is not None:
            note = _(
                "The register follows a newer list (%(edition)s): of what is recorded, this one "
                "only fills what is empty."
            ) % {"edition": decider.register.edition}
            of_import.notes = [*(each for each in of_import.notes if each != note), note]
        of_import.state, of_import.planned_at = Import.State.PLANNED, timezone.now()
        of_import.save()
    return counts(of_import)


def _rows_of_file(of_import: Import) -> Iterator[ImportRow]:
    found = files.open_import(of_import)
    if found.source.needs_sheet:
        raise UnreadableFile(_("The file has several sheets: choose one."))
    parts = _parts(found.official.parts) if found.official is not None else {}
    key = f"{of_import.register}.reference"
    for row in found.rows():
        if not any(cell or cell.problem for cell in row.cells.values()):
            continue  # such as the object of an empty example
        made = _row(of_import, row)
        if points := parts.get(made.cells.get(key, "")):
            made.cells[f"{of_import.register}.points"] = "; ".join(points)
        yield made


def _row(of_import: Import, row: Row) -> ImportRow:
    cells = {header: str(cell) for header, cell in row.cells.items() if cell}
    faults = {header: cell.problem for header, cell in row.cells.items() if cell.problem}
    return ImportRow(of_import=of_import, line=row.line, cells=cells, faults=faults)


def _parts(rows: Iterable[Row]) -> dict[str, list[str]]:
    """The points of component parts by the reference of their entry."""
    found: dict[str, list[str]] = {}
    for row in rows:
        cells = row.cells
        if cells.get("latitude") and cells.get("longitude"):
            point = f"{cells['latitude']} {cells['longitude']} {cells.get('state', '')}".strip()
            found.setdefault(str(cells["reference"]), []).append(point)
    return found


def _note_gone(of_import: Import, decider: Decider) -> None:
    """A row for each entry in force that an official list of its time does not have."""
    register = decider.register
    if register is None:
        return
    key = f"{register.slug}.reference"
    header = next((name for name, to in of_import.mapping.items() if to == key), "")
    rows = of_import.rows.order_by().values_list("cells", flat=True)
    listed = {cells.get(header) for cells in rows.iterator(2000)}
    entries = Designation.objects.filter(register=register, standing__in=IN_FORCE)
    year = of_import.edition[:4]
    site_of_entry = dict(
        Coverage.objects.filter(designation__register=register, extent=Coverage.Extent.WHOLE)
        .order_by()
        .values_list("designation_id", "site_id")
    )
    gone = []
    for entry in entries.exclude(reference="").order_by("pk"):
        is_later = year.isdigit() and entry.listed_year and entry.listed_year > int(year)
        if entry.reference not in listed and not is_later:
            name = f"{entry.reference} {entry.name.best()}"
            gone.append(
                ImportRow(
                    of_import=of_import,
                    outcome=Outcome.GONE,
                    name=name[:300],
                    entry=entry.pk,
                    site=site_of_entry.get(entry.pk),
                )
            )
    ImportRow.objects.bulk_create(gone, batch_size=500)


def _store_questions(of_import: Import, decider: Decider) -> None:
    answered = set(of_import.questions.values_list("key", flat=True))
    made = [
        ImportQuestion(
            of_import=of_import,
            key=key,
            kind=question.kind,
            words={
                code: _with_names(text, question, code) for code, text in question.words.items()
            },
            options=question.options,
            rows=question.rows,
        )
        for key, question in decider.questions.items()
        if key not in answered
    ]
    ImportQuestion.objects.bulk_create(made, batch_size=500)


def _with_names(text: str, question: AskedQuestion, language: str) -> str:
    """A text with the unknown places that the question is about."""
    if question.kind != ImportQuestion.Kind.PLACE:
        return text
    named = ("、" if language.startswith("zh") else ", ").join(question.names[:_NAMED])
    more = len(question.names) - _NAMED
    return f"{text} {named}" + (f" (+{more})" if more > 0 else "")


def counts(of_import: Import) -> dict[str, int]:
    """The number of rows with each outcome, in the order of the report."""
    found = dict.fromkeys(Outcome.values, 0)
    for outcome in of_import.rows.order_by().values_list("outcome", flat=True).iterator(5000):
        found[outcome] += 1
    return {outcome: count for outcome, count in found.items() if count}


def answer(of_import: Import, answers: dict[int, str]) -> int:
    """Store answers to questions, by id of the question; returns how many. The plan must then be
    made again."""
    stored = 0
    for question in of_import.questions.filter(pk__in=answers):
        chosen = answers[question.pk]
        if chosen == "" or chosen in {value for value, _label in question.options}:
            stored += question.answer != chosen
            question.answer = chosen
            question.save(update_fields=["answer"])
    return stored
