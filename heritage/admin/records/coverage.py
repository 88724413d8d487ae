"""The inline for the designations of a site. A new designation can be created in its row."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Field
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from heritage.admin.autocomplete import chooser_field, multiple_chooser_field
from heritage.admin.form.inlines import RecordInline, RowFormSet
from heritage.admin.form.inputs import PastDateFormField
from heritage.admin.form.record_form import RecordForm
from heritage.models import (
    Coverage,
    Designation,
    DesignationEvent,
    Register,
    WorldHeritage,
    edtf_bounds,
    row_values,
)


def _column(name: str) -> Field:
    return row_values.column(Designation, name)


# Fields of a new designation that the row has under the same names.
ENTRY_FIELDS = ("register", "reference", "category", "batch", "era_text")


class CoverageForm(RecordForm):
    """Takes an existing designation, or a register and a reference.

    A reference that the register already has selects that designation, which is not changed: the
    other values must agree with it.
    """

    register = chooser_field(_column("register"), admin.site)
    reference = _column("reference").formfield(required=False)
    category = chooser_field(_column("category"), admin.site)
    batch = _column("batch").formfield(required=False)
    listed = PastDateFormField(label=_("Listed in"), required=False, help_text=_("Such as 1961."))
    era_text = _column("era_text").formfield(required=False)
    criteria = multiple_chooser_field(
        row_values.column(WorldHeritage, "criteria"),
        admin.site,
        help_text=_("Of a World Heritage property."),
    )

    new_entry: Designation | None = None

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if "designation" in self.fields:
            self.fields["designation"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.errors or "designation" not in self.fields:
            return cleaned
        described = [name for name in (*ENTRY_FIELDS, "listed", "criteria") if cleaned.get(name)]
        if self.instance.pk:
            described = []  # only new rows create a designation
        if cleaned.get("designation"):
            if described:
                raise ValidationError(
                    {described[0]: _("Choose an entry or describe a new one, not both.")}
                )
        elif not described:
            raise ValidationError(
                {"designation": _("Choose an entry, or give the register of a new one.")}
            )
        else:
            self._describe(cleaned)
        return cleaned

    def _describe(self, cleaned: dict[str, Any]) -> None:
        """Find the designation that the row describes, or prepare a new one."""
        if not cleaned.get("register"):
            raise ValidationError({"register": _("Say in which register the new entry stands.")})
        self._check_criteria(cleaned)
        values = {name: cleaned[name] for name in ENTRY_FIELDS}
        stored = None
        if values["reference"]:
            stored = Designation.objects.filter(
                register=values["register"], reference=values["reference"]
            ).first()
        if stored:
            self._must_agree(stored, cleaned)
            stored.register = values["register"]
            cleaned["designation"] = stored
            return
        entry = Designation(**values)
        try:
            entry.clean_fields()
            entry.clean()
        except ValidationError as error:
            shown = {
                name if name in self.fields else NON_FIELD_ERRORS: errors
                for name, errors in error.error_dict.items()
            }
            raise ValidationError(shown) from error
        self.new_entry = entry

    @staticmethod
    def _check_criteria(cleaned: dict[str, Any]) -> None:
        register, criteria = cleaned["register"], cleaned.get("criteria") or ()
        if criteria and register.role != Register.Role.WORLD_HERITAGE:
            raise ValidationError({"criteria": _("Only World Heritage properties have criteria.")})
        if any(term.register_id != register.pk for term in criteria):
            raise ValidationError({"criteria": _("This criterion belongs to another register.")})

    @staticmethod
    def _must_agree(stored: Designation, cleaned: dict[str, Any]) -> None:
        detail = WorldHeritage.objects.filter(designation=stored).first()
        known: dict[str, Any] = {
            name: getattr(stored, name) for name in ("category", "batch", "era_text")
        }
        known["criteria"] = set(detail.criteria.all()) if detail else set()
        for name, value in known.items():
            given = cleaned.get(name)
            if given and (set(given) if name == "criteria" else given) != value:
                raise ValidationError(
                    {
                        name: _(
                            "The register has the entry %(entry)s already, and it says something "
                            "else here. Leave this empty, or correct the entry on its own page."
                        )
                        % {"entry": stored}
                    }
                )
        if cleaned.get("listed"):
            inscribed = DesignationEvent.Kind.INSCRIBED
            if not stored.events.filter(kind=inscribed, date=cleaned["listed"]).exists():
                raise ValidationError(
                    {
                        "listed": _(
                            "The register has the entry %(entry)s already, without this date. "
                            "Leave this empty, or add the date on the entry's own page."
                        )
                        % {"entry": stored}
                    }
                )


class CoverageFormSet(RowFormSet):
    """Rows together with the new designations that they describe; no two describe the same one."""

    def save_new_objects(self, commit: bool = True) -> list[Any]:
        new = [
            (form, form.new_entry)
            for form in self.extra_forms
            if isinstance(form, CoverageForm) and form.new_entry and not self.is_deleted(form)
        ]
        for form, entry in new:
            # What services.denormalized would derive; set here, it is written once.
            entry.listed_year, _last = edtf_bounds(form.cleaned_data["listed"])
        if not new:
            return super().save_new_objects(commit)
        Designation.objects.bulk_create([entry for _form, entry in new])
        DesignationEvent.objects.bulk_create(
            DesignationEvent(
                designation=entry,
                kind=DesignationEvent.Kind.INSCRIBED,
                date=form.cleaned_data["listed"],
            )
            for form, entry in new
            if form.cleaned_data["listed"]
        )
        self._save_criteria([(entry, form.cleaned_data["criteria"]) for form, entry in new])
        for form, entry in new:
            form.instance.designation = entry
        return super().save_new_objects(commit)

    @staticmethod
    def _save_criteria(entries: list[tuple[Designation, Any]]) -> None:
        chosen = {entry.pk: list(criteria) for entry, criteria in entries if criteria}
        details = [WorldHeritage(designation_id=pk) for pk in chosen]
        WorldHeritage.objects.bulk_create(details)
        WorldHeritage.objects.bulk_add(
            "criteria",
            [(row.pk, term.pk) for row in details for term in chosen[row.designation_id]],
        )

    def clean(self) -> None:
        super().clean()
        seen = set()
        for form in self.forms:
            if not form.is_valid() or self.is_deleted(form):
                continue
            new = form.new_entry if isinstance(form, CoverageForm) else None
            entry = new or form.cleaned_data.get("designation")
            if entry is None:
                continue
            # An entry without a reference equals no other.
            key = entry.pk or (entry.register_id, entry.reference or object())
            if key in seen:
                form.add_error(
                    "reference" if form.cleaned_data.get("reference") else "designation",
                    _("Another row of this form has this entry already."),
                )
            seen.add(key)


class CoverageRows(RecordInline):
    model = Coverage
    form, formset = CoverageForm, CoverageFormSet
    select_related = ("designation__register",)
    verbose_name, verbose_name_plural = _("designation"), _("designations")
    fieldsets = (
        (None, {"fields": (("designation", "extent", "component_reference"),)}),
        (
            _("Or a new entry of a register"),
            {
                "fields": (
                    ("register", "reference", "category"),
                    ("batch", "listed", "era_text"),
                    "criteria",
                ),
                "classes": ("new-row-only",),
            },
        ),
        (None, {"fields": (("note", "source"),)}),
    )

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """The formset with a link to the entry itself, which has its events, criteria and area."""
        formset = super().get_formset(request, obj, **kwargs)
        field = formset.form.base_fields.get("designation")
        entries = self.admin_site.get_model_admin(Designation)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget.can_change_related = entries.has_change_permission(request)
        return formset

    def row_label(self, row: Coverage) -> str:
        entry = row.designation
        # An entry without a name is named after its register.
        label = f"{entry.register}: {entry}" if entry.name else entry
        return f"{label} – {row.get_extent_display()}"
