"""The site record: its list, and the one form that holds all of it."""

from functools import partial
from itertools import islice

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Prefetch, Subquery, prefetch_related_objects
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from heritage.admin import access
from heritage.admin.base import RecordAdmin
from heritage.admin.coverage import CoverageRows
from heritage.admin.filters import (
    FACET_FILTERS,
    AuthorFilter,
    DoubtFilter,
    GapFilter,
    SiteSchemeFilter,
)
from heritage.admin.forms import RecordForm
from heritage.admin.parts import PartOfRows, PartRows
from heritage.admin.publishing import STATE_ACTIONS
from heritage.admin.rows import EventRows, FormerSlugRows, ImageRows, NameRows
from heritage.admin.scenes import SceneSelect
from heritage.admin.visiting import ROWS as VISITING_ROWS
from heritage.models import Coverage, Site, SiteEra, SortName, UnescoStatus
from heritage.models.unesco import statuses
from heritage.services import fulltext
from heritage.values import tokens
from heritage.values.date_format import year_phrase

MOST_LISTED = 10_000  # sites that a search lists
WIDE_LISTED = 500  # of those that a wider search finds


class SiteForm(RecordForm):
    def clean(self):
        cleaned = super().clean()
        published = cleaned.get("state") == Site.State.PUBLISHED
        if published and "kinds" in cleaned and not cleaned["kinds"]:
            raise ValidationError(
                {"kinds": _("A published site needs at least one kind.")}, code="kinds"
            )
        return cleaned


@admin.register(Site)
class SiteAdmin(RecordAdmin):
    form = SiteForm
    search_fields = ("search_text",)
    list_display = ("named", "place", "beginnings", "unesco", "state_badge")
    list_filter = (
        "state",
        AuthorFilter,
        GapFilter,
        DoubtFilter,
        *FACET_FILTERS,
        SiteSchemeFilter,
        ("featured", admin.EmptyFieldListFilter),
    )
    list_select_related = ("place__parent__parent", "state_changed_by")
    ordering = ("-updated_at", "pk")
    search_help_text = _("Names in any script, pinyin, references such as 1003 or 1-0037-4-004.")
    actions = STATE_ACTIONS
    long_texts = {"summary": 3, "description": 12, "note": 2}
    drawn_by = {"cover": partial(SceneSelect, plates=True)}
    readonly_fields = (
        "created_at",
        "created_by",
        "updated_at",
        "published_at",
        "state_changed_at",
        "state_changed_by",
        "public_point",
        "eras",
    )
    fieldsets = (
        (_("Names and texts"), {"fields": ("name", "summary", "description")}),
        (
            _("What and where"),
            {"fields": ("kinds", ("place", "also_in"), ("custodian", "area_ha"))},
        ),
        (
            _("Point"),
            {
                "fields": (
                    ("latitude", "longitude"),
                    ("precision", "accuracy_m"),
                    ("point_source", "blur_km"),
                    "public_point",
                    "boundary",
                )
            },
        ),
        (_("Publication"), {"fields": (("state", "featured", "prominence"), "cover", "slug")}),
        (_("Sources and notes"), {"fields": ("sources", "note")}),
        (
            _("Kept by the catalogue"),
            {
                "fields": (
                    "eras",
                    ("created_at", "created_by", "updated_at"),
                    ("published_at",),
                    ("state_changed_at", "state_changed_by"),
                ),
                "classes": ("collapse",),
            },
        ),
    )
    inlines = (
        NameRows,
        EventRows,
        CoverageRows,
        PartOfRows,
        PartRows,
        ImageRows,
        *VISITING_ROWS,
        FormerSlugRows,
    )

    # --- what somebody may do

    def has_publish_permission(self, request) -> bool:
        return access.may_publish(request.user)

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        if db_field.name == "state":
            offered = access.states_for(request.user)
            kwargs["choices"] = [pair for pair in Site.State.choices if pair[0] in offered]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def get_queryset(self, request):
        names = SortName.objects.filter(site=OuterRef("pk"), language=get_language())
        sites = (
            super()
            .get_queryset(request)
            .select_related("place__parent__parent", "custodian", "point_source")
        )
        return sites.annotate(sort_name=Subquery(names.values("key")[:1]))

    def get_object(self, request, object_id, from_field=None):
        site = super().get_object(request, object_id, from_field)
        if site:
            # The form shows them, and the revision keeps them.
            prefetch_related_objects([site], "kinds", "also_in", "sources")
        return site

    # --- the list

    def get_search_results(self, request, queryset, search_term):
        """By the full text, as visitors search, in whatever state the sites are.

        Of very many, those that were changed last: counting and sorting all of them takes the
        database seconds in a catalogue of a million.
        """
        if not search_term.strip():
            return queryset, False
        asked = tokens.asked(search_term)
        found = fulltext.holding(asked) if asked else ()
        if len(found) <= MOST_LISTED:
            return queryset.filter(pk__in=list(found)), False
        request.is_search_cut = True
        latest = queryset.order_by("-updated_at").values_list("pk", flat=True).iterator()
        listed = list(islice((pk for pk in latest if pk in found), WIDE_LISTED))
        return queryset.filter(pk__in=listed), False

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        if getattr(request, "is_search_cut", False):
            changelist.search_help_text = _(
                "Very many sites are found. Listed are the %(count)d that were changed last."
            ) % {"count": WIDE_LISTED}
        coverages = Coverage.objects.select_related("designation__scheme")
        changelist.result_list = changelist.result_list.prefetch_related(
            "kinds", Prefetch("coverages", coverages)
        )
        return changelist

    @admin.display(description=_("name and kinds"), ordering="sort_name")
    def named(self, site):
        name = site.name.best()
        return format_html(
            '<span class="site-name" lang="{}" dir="{}">{}</span> <small>{}</small>',
            name.lang_tag,
            name.direction,
            name,
            ", ".join(map(str, site.kinds.all())),
        )

    @admin.display(description=_("beginnings"), ordering="first_year")
    def beginnings(self, site):
        return "" if site.first_year is None else year_phrase(site.first_year)

    @admin.display(description=_("UNESCO"))
    def unesco(self, site):
        found = [status for status in statuses(site.coverages.all()) if status != UnescoStatus.NONE]
        return ", ".join(str(status.label) for status in found)

    @admin.display(description=_("state"), ordering="updated_at")
    def state_badge(self, site):
        """The state, when anything was written last, and who gave the record its state."""
        return format_html(
            '<span class="state state-{}">{}</span> <small>{} {}</small>',
            site.state,
            site.get_state_display(),
            localtime(site.updated_at).date().isoformat(),
            site.state_changed_by or "",
        )

    # --- the form

    @admin.display(description=_("point that the public sees"))
    def public_point(self, site):
        from heritage.values.coordinates import format_point

        if site.public_latitude is None:
            return _("none")
        return format_point(site.public_latitude, site.public_longitude)

    @admin.display(description=_("eras, from the events"))
    def eras(self, site):
        if site.pk is None:
            return ""
        roles = dict(SiteEra.Role.choices)
        rows = site.site_eras.select_related("era").order_by("role", "era__first_year")
        return "; ".join(f"{row.era} ({roles[row.role]})" for row in rows)

    def view_on_site(self, site):
        """The public page; of what is not published, what it would be."""
        return reverse("web:site", kwargs={"slug": site.slug})
