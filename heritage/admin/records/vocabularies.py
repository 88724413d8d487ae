"""Admin of kinds, places, eras, sources and licences."""

from itertools import chain, count
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from heritage.admin.form.inputs import SceneSelect, palette_select
from heritage.admin.form.record_admin import NameSearch, RecordAdmin
from heritage.admin.form.record_form import RecordForm
from heritage.admin.lists.filters import WithinEraFilter, WithinKindFilter, WithinPlaceFilter
from heritage.admin.workflow.change_terms import ReplacePages
from heritage.models import Era, Kind, Licence, Place, Source, Term
from heritage.services.record_problems import equal_label_problems
from heritage.values import normalize
from heritage.values.date_format import date_in_words
from heritage.values.language import LanguageMap, interface_languages


class TermForm(RecordForm):
    """An empty slug is filled in from the label."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _("Stands in the address. Empty: made from the label.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("label") and "slug" in cleaned and not cleaned["slug"]:
            cleaned["slug"] = self.instance.slug or self._free_slug(cleaned["label"])
        return cleaned

    def _free_slug(self, label: LanguageMap) -> str:
        text = label.get("en") or normalize.romanise(str(label.best("en")))
        base = slugify(normalize.fold(text))[:70] or self.instance.uid[:12]
        taken = set(
            type(self.instance).objects.filter(slug__startswith=base).values_list("slug", flat=True)
        )
        numbered = (f"{base}-{number}" for number in count(2))
        return next(slug for slug in chain([base], numbered) if slug not in taken)


class EraForm(TermForm):
    """A label that another era of the region has is refused, unless it is stored already."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        names = ("label", "region", "region_name")
        if not set(names).isdisjoint(self.changed_data):
            values = {name: cleaned.get(name, getattr(self.instance, name)) for name in names}
            era = Era(pk=self.instance.pk, **values)
            for problem in equal_label_problems(era, Era.objects.filter(region=era.region_id)):
                self.add_error("label", problem)
        return cleaned


class TermAdmin(ReplacePages, NameSearch, RecordAdmin):
    """A vocabulary with broader and narrower terms."""

    form = TermForm
    extra_search_fields: tuple[str, ...] = ("slug",)
    list_select_related: ClassVar[tuple[str, ...]] = ("parent",)

    @admin.display(description=_("label"), ordering="label")
    def term(self, row: Term) -> str:
        return str(row)

    @admin.display(description=_("in other languages"))
    def elsewhere(self, row: Term) -> str:
        """The label in the languages of the interface that are not the reader's."""
        others = (code for code in interface_languages() if code != get_language())
        return " · ".join(row.label[code] for code in others if row.label.get(code))


@admin.register(Kind)
class KindAdmin(TermAdmin):
    ordering = ("order", "slug")  # the count in `get_queryset` drops the model's
    list_display = ("term", "elsewhere", "parent", "scene", "site_total", "slug")
    list_filter = (WithinKindFilter,)
    cover_widgets = {"scene": SceneSelect}
    fieldsets = (
        (None, {"fields": ("label", "other_names", "slug", "parent")}),
        (_("Text and drawing"), {"fields": ("description", "scene", "order", "aat")}),
        (_("Protection"), {"fields": ("blur_km",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        kinds = super().get_queryset(request)
        # Only for the list: a chooser would count all sites with each letter that is typed.
        match = request.resolver_match
        is_list = match is not None and match.url_name == "heritage_kind_changelist"
        return kinds.annotate(site_count=Count("sites")) if is_list else kinds

    @admin.display(description=_("sites"), ordering="site_count")
    def site_total(self, row: Any) -> int:
        return row.site_count  # annotated by `get_queryset`


@admin.register(Place)
class PlaceAdmin(TermAdmin):
    list_display = ("term", "elsewhere", "level", "parent", "code", "slug")
    list_filter = (WithinPlaceFilter, "level")
    extra_search_fields = ("slug", "code")
    fieldsets = (
        (None, {"fields": ("label", "other_names", "slug", ("level", "parent"), "code", "note")}),
        (_("Text"), {"fields": ("description", "description_source")}),
        (
            _("Its centre"),
            {"fields": (("latitude", "longitude"), ("radius_km", "centre_source"))},
        ),
    )


@admin.register(Era)
class EraAdmin(TermAdmin):
    form = EraForm
    list_display = ("term", "elsewhere", "era_years", "certainty", "parent", "region", "slug")
    list_filter = (WithinEraFilter, "certainty")
    cover_widgets = {"palette": palette_select}
    list_select_related = ("parent", "region")
    fieldsets = (
        (None, {"fields": ("label", "short_label", "other_names", "slug")}),
        (
            _("When and where"),
            {
                "fields": (
                    ("span", "certainty"),
                    ("parent", "region"),
                    ("territory", "territory_source"),
                )
            },
        ),
        (_("Text"), {"fields": ("description", "description_source")}),
        (_("Where it is known from"), {"fields": ("periodo", "source", "palette")}),
    )

    @admin.display(description=_("span"), ordering="first_year")
    def era_years(self, row: Era) -> str:
        return row.years() or date_in_words(row.span)


@admin.register(Source)
class SourceAdmin(ReplacePages, NameSearch, RecordAdmin):
    list_display = ("citation_text", "kind", "seen_on", "licence")
    list_filter = ("kind",)
    list_select_related = ("licence",)
    extra_search_fields = ("url",)
    textarea_rows = {"citation": 2}
    fieldsets = ((None, {"fields": ("citation", "kind", "url", ("seen_on", "licence"))}),)

    @admin.display(description=_("citation"), ordering="citation")
    def citation_text(self, row: Source) -> str:
        return str(row)


@admin.register(Licence)
class LicenceAdmin(RecordAdmin):
    list_display = ("code", "display_name", "url")
    search_fields = ("code", "label")
    fieldsets = ((None, {"fields": ("code", "label", "url")}),)
