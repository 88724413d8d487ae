"""Vocabularies: kinds, places, eras, licences, and the sources that facts are cited from."""

from django.contrib import admin
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from heritage.admin.base import RecordAdmin
from heritage.admin.fields import said
from heritage.admin.filters import WithinEraFilter, WithinKindFilter, WithinPlaceFilter
from heritage.models import Era, Kind, Licence, Place, Source


class TermAdmin(RecordAdmin):
    """A vocabulary with broader and narrower terms."""

    search_fields = ("label", "slug")
    list_select_related = ("parent",)

    @admin.display(description=_("label"), ordering="label")
    def term(self, row):
        return str(row)

    @admin.display(description=_("label in Chinese"))
    def chinese(self, row):
        return row.label.get("zh-hans", "")


@admin.register(Kind)
class KindAdmin(TermAdmin):
    list_display = ("term", "chinese", "parent", "silhouette", "sites", "slug")
    list_filter = (WithinKindFilter,)
    fieldsets = (
        (None, {"fields": ("label", "slug", "parent")}),
        (_("Text and drawing"), {"fields": ("description", ("silhouette", "order"), "aat")}),
    )

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(site_count=Count("sites"))

    @admin.display(description=_("sites"), ordering="site_count")
    def sites(self, row):
        return row.site_count


@admin.register(Place)
class PlaceAdmin(TermAdmin):
    list_display = ("term", "chinese", "level", "parent", "code", "slug")
    list_filter = (WithinPlaceFilter, "level")
    search_fields = ("label", "slug", "code")
    fieldsets = ((None, {"fields": ("label", "slug", ("level", "parent"), "code", "note")}),)


@admin.register(Era)
class EraAdmin(TermAdmin):
    list_display = ("term", "chinese", "when", "certainty", "parent", "region", "slug")
    list_filter = (WithinEraFilter, "certainty")
    list_select_related = ("parent", "region")
    fieldsets = (
        (None, {"fields": ("label", "short_label", "slug")}),
        (_("When and where"), {"fields": (("span", "certainty"), ("parent", "region"))}),
        (_("Where it is known from"), {"fields": ("periodo", "source", "palette")}),
    )

    @admin.display(description=_("span"), ordering="first_year")
    def when(self, row):
        return row.years() or said(row.span)


@admin.register(Source)
class SourceAdmin(RecordAdmin):
    list_display = ("cited", "kind", "seen_on", "licence")
    list_filter = ("kind",)
    list_select_related = ("licence",)
    search_fields = ("citation", "url")
    long_texts = {"citation": 2}
    fieldsets = ((None, {"fields": ("citation", "kind", "url", ("seen_on", "licence"))}),)

    @admin.display(description=_("citation"), ordering="citation")
    def cited(self, row):
        return str(row)


@admin.register(Licence)
class LicenceAdmin(RecordAdmin):
    list_display = ("code", "named", "url")
    search_fields = ("code", "label")
    fieldsets = ((None, {"fields": ("code", "label", "url")}),)

    @admin.display(description=_("label"))
    def named(self, row):
        return str(row)
