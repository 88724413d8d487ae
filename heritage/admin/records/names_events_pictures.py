"""Admin of names, events, quantities, sentences, coverages …: in sites and in lists."""

from typing import Any, ClassVar, cast

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from heritage.admin.form.inlines import RecordInline, RowFormSet, with_note
from heritage.admin.form.inputs import thumbnail
from heritage.admin.form.record_admin import RecordAdmin
from heritage.admin.form.record_form import RecordForm
from heritage.admin.lists.filters import CoverageRegisterFilter, Filters, SiteStateFilter
from heritage.models import (
    Coverage,
    Disagreement,
    Event,
    FormerSlug,
    Image,
    Name,
    PartOf,
    Quantity,
    SourcedSentence,
    label_of,
)
from heritage.models.row_values import column
from heritage.services import DateQuestion, read_date
from heritage.values.edtf import EDTFError
from heritage.values.language import join_words, language_name

FOCUS = frozenset({"focus_x", "focus_y"})  # columns of a picture's focal point

# --- in the form of a site ---------------------------------------------------------------------


class LanguageCodeInput(forms.TextInput):
    """A language code, with common ones as suggestions."""

    template_name = "admin/widgets/language_code.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        codes = [code for code, _name in (*settings.LANGUAGES, *settings.CONTENT_LANGUAGES)]
        context = super().get_context(name, value, attrs)
        context["offered"] = [
            (code, language_name(code)) for code in (*codes[:3], "zh-latn-pinyin", *codes[3:])
        ]
        return context


class NameForm(RecordForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        site = cleaned.get("site")
        # The model compares with stored sites only; this one may be new.
        if site and site.pk is None and cleaned.get("text") in site.name.values():
            self.add_error("text", _("This is the display name already; add only further names."))
        return cleaned

    class Meta:
        widgets = {"language": LanguageCodeInput(attrs={"class": "vTextField", "size": 16})}


class NameRows(RecordInline):
    model = Name
    form = NameForm
    verbose_name, verbose_name_plural = _("further name"), _("further names")
    fields = (("text", "language", "kind"), ("note", "source"))


class QuantityRows(RecordInline):
    model = Quantity
    is_collapsed = True
    fields = (("kind", "exactness", "amount", "unit"), "of", "source")


class SentenceRows(RecordInline):
    model = SourcedSentence
    is_collapsed = True
    textarea_rows = {"text": 2}
    fields = ("text", "source")

    def row_label(self, row: SourcedSentence) -> str:
        return _state_of(row)


def _state_of(row: SourcedSentence) -> str:
    gone = "" if row.stands else _("no longer in the text")
    return with_note(row=row, note=gone)


class EventForm(RecordForm):
    """A date that names eras (“Ming”, 唐代, 金至清) selects them, and “early Ming” both."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._refused: EDTFError | None = None
        self._remarks: tuple[str, ...] = ()
        if "date" in self.fields:
            self.fields["date"].widget.reads_eras = True
            if self.is_bound:
                self._read_date()

    def _read_date(self) -> None:
        kind, date, first, last = map(self.add_prefix, ("kind", "date", "first_era", "last_era"))
        typed = self.data.get(date, "")
        if not typed.strip():
            return
        is_chosen = bool(self.data.get(first) or self.data.get(last))
        try:
            reading = read_date(typed, self.data.get(kind, ""))
        except EDTFError as error:
            self._refused = error
            return
        if is_chosen and not reading.date:
            return  # it is told by the field that a name is no date
        self._remarks = reading.remarks
        data = cast(QueryDict, self.data).copy()
        data[date] = reading.date
        if not is_chosen:
            data[first] = str(reading.first.pk) if reading.first else ""
            data[last] = str(reading.last.pk) if reading.last else ""
        self.data = data

    def date_remarks(self) -> list[str]:
        return [*super().date_remarks(), *self._remarks]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self._refused:
            self.errors.pop("date", None)
            self.add_error("date", str(self._refused))
        if isinstance(self._refused, DateQuestion) and self._refused.eras:
            names = join_words(map(label_of, self._refused.eras))
            text = _("The date may be one of these eras, choose: %(eras)s.") % {"eras": names}
            self.add_error("first_era", text)
        return cleaned


class EventFormSet(RowFormSet):
    def complete(self, row: Event) -> None:
        row.first_year, row.last_year = row.bounds()


class EventRows(RecordInline):
    model = Event
    form, formset = EventForm, EventFormSet
    select_related = ("first_era", "last_era")
    fields = (
        ("kind", "date", "certainty"),
        ("first_era", "last_era"),
        ("note", "source"),
    )


class DisagreementRows(RecordInline):
    model = Disagreement
    is_collapsed = True
    textarea_rows = {"shown": 2, "other": 2, "reason": 3}
    fields = (
        ("fact", "event", "designation"),
        ("shown", "source"),
        ("other", "other_source"),
        "reason",
        "since",
    )


class ImageForm(RecordForm):
    """If no focal point is sent, the stored one is kept; an empty one means the middle."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in FOCUS.intersection(self.fields):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in FOCUS:
            if name in cleaned and cleaned[name] is None:
                is_sent = self.add_prefix(name) in self.data
                default = column(Image, name).get_default()
                cleaned[name] = default if is_sent else getattr(self.instance, name)
        return cleaned


class ImageRows(RecordInline):
    model = Image
    form = ImageForm
    textarea_rows = {"alt": 2, "caption": 2}
    fields = (
        "file",
        "alt",
        "caption",
        ("author", "credit_line"),
        ("licence", "source_url"),
        "restrictions",
        ("focus_x", "focus_y", "taken"),
        ("order", "on_cards", "published"),
    )

    def row_label(self, row: Image) -> str:
        state = "" if row.published else _("not published")
        return SafeString(f"{thumbnail(row)} {with_note(row=row, note=state)}")


# --- on pages of their own ---------------------------------------------------------------------


class RowAdmin(RecordAdmin):
    list_select_related: ClassVar[tuple[str, ...]] = ("site",)
    list_filter: ClassVar[Filters] = (SiteStateFilter,)
    search_fields: ClassVar[tuple[str, ...]] = ("site__name", "site__slug")


@admin.register(Name)
class NameAdmin(RowAdmin):
    form = NameForm
    list_display = ("text", "language", "kind", "site")
    list_filter = (SiteStateFilter, "kind")
    search_fields = ("text", "site__name", "site__slug")
    fieldsets = ((None, {"fields": ("site", ("text", "language", "kind"), "note", "source")}),)


@admin.register(Quantity)
class QuantityAdmin(RowAdmin):
    list_display = ("shown_text", "site", "source")
    list_filter = (SiteStateFilter, "kind")
    list_select_related = ("site", "source")
    fieldsets = ((None, {"fields": ("site", *QuantityRows.fields)}),)

    @admin.display(description=_("quantity"), ordering="kind")
    def shown_text(self, row: Quantity) -> str:
        return str(row)


@admin.register(SourcedSentence)
class SourcedSentenceAdmin(RowAdmin):
    list_display = ("shown_text", "site", "source")
    list_filter = (SiteStateFilter, "stands")
    list_select_related = ("site", "source")
    fieldsets = ((None, {"fields": ("site", *SentenceRows.fields)}),)

    @admin.display(description=_("sentence"))
    def shown_text(self, row: SourcedSentence) -> str:
        return _state_of(row)


@admin.register(Event)
class EventAdmin(RowAdmin):
    list_display = ("event_kind", "event_date", "certainty", "site")
    list_filter = (SiteStateFilter, "kind", "certainty")
    list_select_related = ("site", "first_era", "last_era")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "site",
                    ("kind", "date", "certainty"),
                    ("first_era", "last_era"),
                    "note",
                    "source",
                )
            },
        ),
    )

    @admin.display(description=_("what happened"), ordering="kind")
    def event_kind(self, row: Event) -> str:
        return row.get_kind_display()

    @admin.display(description=_("date"), ordering="first_year")
    def event_date(self, row: Event) -> str:
        return row.when()


@admin.register(Coverage)
class CoverageAdmin(RowAdmin):
    list_display = ("site", "designation", "extent", "component_reference")
    list_filter = (SiteStateFilter, CoverageRegisterFilter, "extent")
    list_select_related = ("site", "designation__register")
    search_fields = ("site__name", "site__slug", "designation__reference", "designation__name")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "site",
                    "designation",
                    ("extent", "component_reference"),
                    "note",
                    "source",
                )
            },
        ),
    )


@admin.register(Disagreement)
class DisagreementAdmin(RowAdmin):
    list_display = ("fact_kind", "site", "other_value", "since")
    list_filter = (SiteStateFilter, "fact")
    list_select_related = ("site",)
    textarea_rows = DisagreementRows.textarea_rows
    fieldsets = ((None, {"fields": ("site", *DisagreementRows.fields)}),)

    @admin.display(description=_("fact"), ordering="fact")
    def fact_kind(self, row: Disagreement) -> str:
        return row.get_fact_display()

    @admin.display(description=_("other value"))
    def other_value(self, row: Disagreement) -> str:
        return row.other.best().text


@admin.register(PartOf)
class PartOfAdmin(RecordAdmin):
    list_display = ("part", "whole")
    list_select_related = ("part", "whole")
    search_fields = ("part__name", "whole__name", "part__slug", "whole__slug")
    fieldsets = ((None, {"fields": (("part", "whole"), "note")}),)


@admin.register(FormerSlug)
class FormerSlugAdmin(RowAdmin):
    list_display = ("slug", "site")
    list_filter = ()
    search_fields = ("slug", "site__name", "site__slug")
    fieldsets = ((None, {"fields": ("slug", "site")}),)
