"""Imports of files: upload, columns, the plan row by row, questions, and what was applied.

Users who may add an import can plan it. Those who may change imports and publish sites can plan and
apply any. Small files are handled within the request, see `exchange.importing`.
"""

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from heritage.admin.access import is_id, may_publish, states_for, user_of
from heritage.admin.pages import ReadOnlyPages
from heritage.admin.workflow.jobs import SECONDS, progress_in_words, state_in_words, worker_in_words
from heritage.exchange import importing, reading
from heritage.models import ChangeSet, Import, ImportRow, Job, Licence, Register, Site

SHOWN_ROWS = 50  # on a page
SHOWN_QUESTIONS = 20


class ImportFileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        label_suffix="",
        max_length=200,
        help_text=gettext_lazy(
            "A table (CSV, XLSX, ODS, XLS), GeoJSON, KML, or an official list as it is published. "
            "Nothing is written before you have seen what would change."
        ),
    )


class OptionsForm(forms.Form):
    """The form for the options of a file beside its columns."""

    sheet = forms.ChoiceField(label=gettext_lazy("Sheet"), label_suffix="", required=False)
    datum = forms.ChoiceField(
        label=gettext_lazy("Which coordinates are these?"),
        label_suffix="",
        required=False,
        choices=[("", "–"), *importing.DATUMS.items()],
    )
    state = forms.ChoiceField(label=gettext_lazy("New sites are"), label_suffix="")
    clear = forms.CharField(
        label=gettext_lazy("The word that empties a field"), label_suffix="", max_length=40
    )
    creates = forms.BooleanField(
        label=gettext_lazy("Rows without a record become new sites"),
        label_suffix="",
        required=False,
    )
    takes_away = forms.BooleanField(
        label=gettext_lazy("Take away what this list does not have, such as a criterion"),
        label_suffix="",
        required=False,
    )

    texts_licence = forms.ChoiceField(
        label=gettext_lazy("Descriptions of the list"),
        label_suffix="",
        required=False,
        help_text=gettext_lazy(
            "They may be taken only under a licence that you have. They are added in languages in "
            "which a site has no description, with their source, and never replace one."
        ),
    )

    def __init__(
        self,
        data: Any,
        of_import: Import,
        sheets: list[str],
        states: list[str],
        has_point: bool,
        has_texts: bool,
    ):
        super().__init__(data, initial={"sheet": of_import.sheet, **of_import.options})
        labels = dict(Site.State.choices)
        self.fields["state"].choices = [(each, labels[each]) for each in states]  # type: ignore[attr-defined]
        self.fields["sheet"].choices = [(name, name) for name in sheets]  # type: ignore[attr-defined]
        if len(sheets) < 2:
            del self.fields["sheet"]
        if of_import.register or not has_point:
            del self.fields["datum"]
        if not of_import.register:
            del self.fields["takes_away"]
        under = {each.code: str(each) for each in Licence.objects.all()} if has_texts else {}
        named = [(code, _("Take them: %(licence)s") % {"licence": under[code]}) for code in under]
        self.fields["texts_licence"].choices = [("", _("Leave them out")), *named]  # type: ignore[attr-defined]
        if not has_texts:
            del self.fields["texts_licence"]


@admin.register(Import)
class ImportAdmin(ReadOnlyPages):
    list_display = ("name", "state", "user", "created_at", "planned_at", "applied_at")
    list_filter = ("state",)
    list_select_related = ("user",)
    row_related = ("job", "user")
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-pk",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return user_of(request).has_perm("heritage.add_import")

    def get_urls(self) -> list[URLPattern]:
        return [
            self.own_path("example/<str:extension>/", self.example_view, "example"),
            self.own_path("<int:pk>/columns/", self.columns_view, "columns"),
            self.own_path("<int:pk>/questions/", self.questions_view, "questions"),
            self.own_path("<int:pk>/apply/", self.apply_view, "apply"),
            self.own_path("<int:pk>/report/", self.report_view, "report"),
            self.own_path("<int:pk>/failed/", self.failed_view, "failed"),
            *super().get_urls(),
        ]

    def _may_plan(self, request: HttpRequest, of_import: Import) -> bool:
        user = user_of(request)
        is_open = of_import.state != Import.State.APPLIED and not _is_busy(of_import)
        is_own = of_import.user_id == user.pk or may_publish(user)
        return self.has_add_permission(request) and is_open and is_own

    # --- upload

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ImportFileForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                of_import = _stored(form.cleaned_data["file"], request)
            except reading.UnreadableFile as error:
                line = _("Line %(line)s:") % {"line": error.line} if error.line else ""
                form.add_error("file", f"{line} {error}".strip())
            else:
                return redirect(self.own_url("columns", of_import.pk))
        context = {"form": form, "examples": importing.EXAMPLES}
        return self.page(request, "admin/import_upload.html", _("Import a file"), context)

    def example_view(self, request: HttpRequest, extension: str) -> FileResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        if extension not in importing.EXAMPLES:
            raise Http404
        with tempfile.NamedTemporaryFile(suffix=f".{extension}") as file:
            importing.write_example(Path(file.name), extension)
            content = Path(file.name).read_bytes()
        return FileResponse(
            io.BytesIO(content), as_attachment=True, filename=f"example.{extension}"
        )

    # --- columns

    def columns_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        of_import = self.row_or_404(request, pk)
        if not self._may_plan(request, of_import):
            return redirect(self.own_url("change", pk))
        found = importing.open_import(of_import) if of_import.path else None
        sheets = [each.name for each in found.source.sheets] if found else []
        if request.method == "POST" and _is_other_sheet(request, of_import, sheets):
            of_import.sheet = request.POST["sheet"]
            importing.look(of_import)
            of_import.save()
            return redirect(request.get_full_path())
        columns = importing.ImportColumns(map(str, request.POST.values())).by_key
        earlier = importing.remembered(of_import) if request.method != "POST" else None
        if earlier is not None and "by_names" in request.GET:
            of_import.mapping, earlier = importing.guess_by_names(of_import), None
        if request.method == "POST":
            of_import.mapping = (
                {
                    header: request.POST.get(f"column-{number}", "").strip()
                    for number, header in enumerate(of_import.headers)
                }
                if not of_import.register
                else of_import.mapping
            )
        has_point = bool({"point", "latitude", "longitude"} & set(of_import.mapping.values()))
        has_texts = bool(found and found.official and found.official.has_texts)
        states = states_for(user_of(request))
        form = OptionsForm(request.POST or None, of_import, sheets, states, has_point, has_texts)
        faults = _mapping_faults(of_import, columns) if request.method == "POST" else {}
        if request.method == "POST" and form.is_valid() and not faults:
            known = {name: form.cleaned_data[name] for name in form.cleaned_data if name != "sheet"}
            of_import.options = {**of_import.options, **known}
            if importing.needs_datum(of_import) and "datum" in form.fields:
                form.add_error("datum", _("Say in which datum the coordinates are."))
            elif not (found and found.source.needs_sheet):
                if has_texts:  # which are columns of their own
                    importing.look(of_import)
                of_import.save()
                return self._plan(request, of_import)
        rows = importing.sample(found) if found else []
        context = {
            "import": of_import,
            "register": Register.objects.filter(slug=of_import.register).first(),
            "form": form,
            "earlier": earlier if earlier and earlier.mapping == of_import.mapping else None,
            "left_out": [header for header, key in of_import.mapping.items() if not key],
            "columns": [
                (
                    number,
                    header,
                    of_import.mapping.get(header, ""),
                    [row.cells[header] for row in rows if row.cells.get(header)],
                    faults.get(header, ""),
                )
                for number, header in enumerate(of_import.headers)
            ],
            "offered": [(key, column.label) for key, column in columns.items()],
        }
        return self.page(request, "admin/import_columns.html", _("Columns of the file"), context)

    def _plan(self, request: HttpRequest, of_import: Import) -> HttpResponse:
        importing.plan(of_import, user_of(request), here=importing.is_small(of_import))
        return redirect(self.own_url("change", of_import.pk))

    # --- the plan

    def row_page(self, request: HttpRequest, of_import: Import) -> HttpResponse:
        is_busy = _is_busy(of_import)
        counted = importing.counted(of_import)
        chosen = request.GET.get("outcome", "")
        if chosen not in {key for key, _label, _count in counted}:
            chosen = next((key for key, _l, _c in counted if key != "unchanged"), "")
        rows = of_import.rows.filter(outcome=chosen).order_by("pk")
        page = Paginator(rows, SHOWN_ROWS).get_page(request.GET.get("p"))
        shower = importing.Shower(of_import)
        open_questions = of_import.questions.filter(answer="").count()
        waiting = importing.to_apply(of_import).count()
        is_large = waiting > importing.AT_ONCE
        context = {
            "import": of_import,
            "counts": [(key, label, count, key == chosen) for key, label, count in counted],
            "page": page,
            "pages": page.paginator.get_elided_page_range(page.number),
            "outcome": chosen,
            "rows": [(shown, _site_url(shown.row)) for shown in shower.rows(page.object_list)],
            "not_taken": shower.not_taken(of_import),
            "open_questions": open_questions,
            "answered": of_import.questions.exclude(answer="").count(),
            "waiting": waiting,
            "may_plan": self._may_plan(request, of_import),
            "may_apply": self._may_apply(request, of_import) and waiting > 0,
            "job": of_import.job,
            "job_state": state_in_words(of_import.job) if of_import.job else "",
            "job_far": progress_in_words(of_import.job) if of_import.job else "",
            "is_busy": is_busy,
            "is_large": is_large,
            "worker": worker_in_words() if is_busy or is_large else None,
            "has_failed": any(key in ("error", "question", "left") for key, _l, _c in counted),
            "change_sets": _change_sets(of_import),
        }
        response = self.page(request, "admin/import.html", of_import.name, context)
        if is_busy:
            response["Refresh"] = str(SECONDS)
        return response

    def _may_apply(self, request: HttpRequest, of_import: Import) -> bool:
        user = user_of(request)
        is_ready = of_import.state != Import.State.NEW and not _is_busy(of_import)
        return is_ready and user.has_perm("heritage.change_import") and may_publish(user)

    # --- questions

    def questions_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        of_import = self.row_or_404(request, pk)
        if not self._may_plan(request, of_import):
            return redirect(self.own_url("change", pk))
        if request.method == "POST":
            answers = {
                int(name[2:]): str(value)
                for name, value in request.POST.items()
                if name.startswith("q-") and is_id(name[2:])
            }
            stored = importing.answer(of_import, answers)
            if "plan" in request.POST:
                return self._plan(request, of_import)
            text = ngettext("%(count)s answer was kept.", "%(count)s answers were kept.", stored)
            messages.success(request, text % {"count": stored})
            return redirect(f"{request.path}?p={request.POST.get('next', '1')}")
        questions = of_import.questions.order_by("kind", "pk")
        page = Paginator(questions, SHOWN_QUESTIONS).get_page(request.GET.get("p"))
        context = {
            "import": of_import,
            "page": page,
            "pages": page.paginator.get_elided_page_range(page.number),
            "next": page.next_page_number() if page.has_next() else page.number,
            "open_questions": of_import.questions.filter(answer="").count(),
        }
        return self.page(request, "admin/import_questions.html", _("Questions"), context)

    # --- applying, and what is told of it

    def apply_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        of_import = self.row_or_404(request, pk)
        if not self._may_apply(request, of_import):
            raise PermissionDenied
        waiting = importing.to_apply(of_import).count()
        if request.method == "POST" and waiting:
            reason = request.POST.get("reason", "").replace("\0", "").strip()[:300]
            is_small = waiting <= importing.AT_ONCE
            importing.apply(of_import, user_of(request), here=is_small, reason=reason)
        return redirect(self.own_url("change", pk))

    def report_view(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        of_import = self.row_or_404(request, pk)
        return _download([importing.report_page(of_import)], "text/html", f"import-{pk}.html")

    def failed_view(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        of_import = self.row_or_404(request, pk)
        return _download(importing.failed_rows(of_import), "text/csv", f"import-{pk}-failed.csv")


def _stored(upload: Any, request: HttpRequest) -> Import:
    suffix = Path(upload.name).suffix[:10]
    with tempfile.NamedTemporaryFile(suffix=suffix) as file:
        for chunk in upload.chunks():
            file.write(chunk)
        file.flush()
        return importing.add(Path(file.name), upload.name, user_of(request))


def _is_other_sheet(request: HttpRequest, of_import: Import, sheets: list[str]) -> bool:
    chosen = request.POST.get("sheet", of_import.sheet)
    return chosen != of_import.sheet and chosen in sheets


def _mapping_faults(of_import: Import, columns: dict[str, Any]) -> dict[str, str]:
    """What is wrong with the chosen columns, by header."""
    faults: dict[str, str] = {}
    taken: dict[str, str] = {}
    for header, key in of_import.mapping.items():
        if key and key not in columns:
            faults[header] = _("There is no column “%(key)s”.") % {"key": key}
        elif key and taken.setdefault(key, header) != header:
            faults[header] = _("“%(header)s” is read as this already.") % {"header": taken[key]}
    return faults


def _is_busy(of_import: Import) -> bool:
    job = of_import.job
    return job is not None and job.shown_state in (Job.State.WAITING, Job.State.RUNNING)


def _change_sets(of_import: Import) -> QuerySet[ChangeSet]:
    """The change sets of the applied import."""
    made = {"jobs__kind": "import_apply", "jobs__parameters__import": of_import.pk}
    return ChangeSet.objects.filter(kind=ChangeSet.Kind.IMPORT, **made).order_by("pk")


def _site_url(row: ImportRow) -> str:
    if row.site is not None:
        return reverse("admin:heritage_site_change", args=[row.site])
    if row.entry is not None:
        return reverse("admin:heritage_designation_change", args=[row.entry])
    return ""


def _download(parts: Any, content_type: str, name: str) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    pieces: Iterator[str] = iter(parts)
    return StreamingHttpResponse(
        pieces, content_type=f"{content_type}; charset=utf-8", headers=headers
    )
