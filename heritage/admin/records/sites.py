"""The admin of sites: the list, and the form with everything that belongs to a site."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import (
    Exists,
    OuterRef,
    Prefetch,
    QuerySet,
    Subquery,
    prefetch_related_objects,
)
from django.forms import HiddenInput
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse, translate_url
from django.utils.csp import CSP
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST

from heritage.admin import access
from heritage.admin.access import user_of
from heritage.admin.form.geometry import boundary_map_view, map_view, similar_view
from heritage.admin.form.inlines import RecordInline
from heritage.admin.form.inputs import PointField, SceneSelect, with_point
from heritage.admin.form.record_admin import COMMENT
from heritage.admin.lists import changelist
from heritage.admin.lists.export import export_csv, export_fixture
from heritage.admin.lists.filters import (
    FACET_FILTERS,
    AuthorFilter,
    DoubtFilter,
    GapFilter,
    HomePageFilter,
    SiteRegisterFilter,
    StateFilter,
    TrustFilter,
)
from heritage.admin.lists.preferences import ListPages
from heritage.admin.lists.table import TablePages, edit_table
from heritage.admin.records.commons import CommonsPages
from heritage.admin.records.completeness import completeness_of
from heritage.admin.records.coverage import CoverageRows
from heritage.admin.records.names_events_pictures import (
    DisagreementRows,
    EventRows,
    ImageRows,
    NameRows,
    QuantityRows,
    SentenceRows,
)
from heritage.admin.records.parts import PartOfRows, PartRows
from heritage.admin.records.visiting import ROWS as VISITING_ROWS
from heritage.admin.workflow.change_terms import change_terms
from heritage.admin.workflow.decisions import CorrectedForm
from heritage.admin.workflow.merge_records import MergePages, merge_two
from heritage.admin.workflow.publishing import ASKS_WHY, STATE_ACTIONS
from heritage.admin.workflow.review import CommentedForm, ReviewPages
from heritage.admin.workflow.set_value import schedule, set_value
from heritage.formats import tile_layers
from heritage.models import (
    Blur,
    Place,
    Site,
    SiteEra,
    SortName,
    UnescoStatus,
    form_lines,
    unesco_statuses,
    with_label,
)
from heritage.search import similar, sites_in_any_state
from heritage.services import blur_rule_of
from heritage.values.coordinates import format_point, point_text
from heritage.values.date_format import year_phrase
from heritage.values.html import fragment
from heritage.values.language import (
    LazyText,
    interface_languages,
    join_sentences,
    join_words,
    proper_tag,
    text_direction,
    with_explanation,
)

_NAME, _OTHER_NAME = fragment("admin/site_name.html"), fragment("admin/other_name.html")
_STATE = fragment("admin/state.html")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form: the fields that `SITE_FIELDS` declares for it, and sets of rows."""

    key: str
    label: LazyText
    rows: tuple[type[RecordInline], ...] = ()

    def fieldset(self) -> tuple[None, Any]:
        """The section as a fieldset of Django's admin, whose type of the options exists only in the
        stubs."""
        return None, {"fields": form_lines(self.key), "classes": (self.key,)}


def _form_policy(*, has_preview: bool) -> dict[str, Any]:
    """The policy of the form: its maps may show an operator's tiles, and the preview of a saved
    site stands in a frame."""
    images = [source for layer in tile_layers() for source in layer.sources]
    policy: dict[str, Any] = dict(settings.SECURE_CSP)
    policy["img-src"] = [*policy["img-src"], *dict.fromkeys(images)]
    return policy | {"frame-src": [CSP.SELF]} if has_preview else policy


class SiteForm(CommentedForm):
    coordinates = PointField()

    def __init__(self, data: Any = None, files: Any = None, *, instance: Any = None, **kwargs: Any):
        point_error = ""
        if data is not None:
            data, point_error = with_point(data)
        super().__init__(data, files, instance=instance, **kwargs)
        self._point_error = point_error
        self.doubtful: list[similar.SimilarSite] = []
        if "coordinates" in self.fields:
            stored = point_text(self.instance.latitude, self.instance.longitude)
            self.initial["coordinates"] = self.fields["coordinates"].widget.stored = stored

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self._point_error:
            self.add_error("coordinates", self._point_error)
        published = cleaned.get("state") == Site.State.PUBLISHED
        if published and "kinds" in cleaned and not cleaned["kinds"]:
            raise ValidationError(
                {"kinds": _("A published site needs at least one kind.")}, code="kinds"
            )
        state = cleaned.get("state") if "state" in self.changed_data else None
        if state in ASKS_WHY and not self.data.get(COMMENT, "").strip():
            text = _("Say why, in the line beside the buttons.")
            raise ValidationError({"state": text}, code="why")
        self._look_for_the_same(cleaned)
        return cleaned

    def _look_for_the_same(self, cleaned: dict[str, Any]) -> None:
        """Warn once if the catalogue may have this site already."""
        if not {"name", "latitude", "longitude"} & set(self.changed_data):
            return
        latitude, longitude = cleaned.get("latitude"), cleaned.get("longitude")
        known = None if latitude is None or longitude is None else (latitude, longitude)
        names = (cleaned.get("name") or {}).values()
        found = [
            each for each in similar.similar(names, known, self.instance.pk) if each.is_likely_same
        ]
        denied = set(self.confirmed.split(","))
        if any(str(each.site.pk) not in denied for each in found):
            self.doubtful = found
            raise ValidationError(
                _(
                    "This site may be in the catalogue already. Look at the records below its "
                    "name; if it is none of them, say so there and save again."
                ),
                code="similar",
            )

    @property
    def to_be_confirmed(self) -> list[tuple[str, str, str]]:
        """(anchor, label, message) for each question that the editor must answer before the form is
        saved."""
        if not self.doubtful:
            return []
        names = join_words(each.site for each in self.doubtful)
        return [("not-the-same", str(capfirst(_("similar records"))), names)]

    @property
    def confirmed(self) -> str:
        """The ids of records that the editor has confirmed to be other sites."""
        return self.data.get("_not_the_same", "")


@admin.register(Site)
class SiteAdmin(CommonsPages, MergePages, ReviewPages, TablePages, ListPages, CorrectedForm):
    form = SiteForm
    search_fields = ("search_text",)
    list_display = ("display_name", "place", "beginnings", "unesco", "state_badge")
    list_filter = (
        ("state", StateFilter),
        AuthorFilter,
        GapFilter,
        DoubtFilter,
        TrustFilter,
        *FACET_FILTERS,
        SiteRegisterFilter,
        ("featured", HomePageFilter),
    )
    list_select_related = ("place__parent__parent", "state_changed_by")
    ordering = ("-updated_at", "pk")
    search_help_text = _("Names in any script, pinyin, references such as 1003 or 1-0037-4-004.")
    actions = [
        *STATE_ACTIONS,
        schedule,
        change_terms,
        set_value,
        edit_table,
        merge_two,
        export_csv,
        export_fixture,
    ]
    textarea_rows = {"hook": 1, "summary": 3, "description": 12, "note": 2}
    cover_widgets = {"cover": partial(SceneSelect, plates=True)}
    readonly_fields = (
        "created_at",
        "created_by",
        "updated_at",
        "published_at",
        "state_changed_at",
        "state_changed_by",
        "public_point",
        "eras",
        "former_addresses",
    )
    # The state is in the bar at the foot of the form.
    sections = (
        Section("names", _("Names"), (NameRows,)),
        Section("what", _("What it is"), (QuantityRows,)),
        Section("where", _("Where it is")),
        Section("history", _("What happened"), (EventRows,)),
        Section("texts", _("Texts"), (SentenceRows,)),
        Section("status", _("Protection and registers"), (CoverageRows,)),
        Section("pictures", _("Pictures"), (ImageRows,)),
        Section("visiting", _("Visiting"), VISITING_ROWS),
        Section("related", _("Related sites"), (PartOfRows, PartRows)),
        Section("sources", _("Sources and notes"), (DisagreementRows,)),
        Section("publication", _("Publication")),
        Section("automatic", _("Kept by the catalogue")),
    )
    fieldsets = (
        (None, {"fields": ("state",), "classes": ("in-bar",)}),
        *(each.fieldset() for each in sections),
    )
    inlines = tuple(rows for section in sections for rows in section.rows)

    # --- what somebody may do

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return access.may_publish(user_of(request))

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in ("latitude", "longitude"):
            field.widget = HiddenInput()  # the input for the point sets them
        return field

    def get_urls(self) -> list[URLPattern]:
        def page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
            return self.admin_site.admin_view(partial(view, self))

        return [
            path("similar/", page(similar_view), name="heritage_site_similar"),
            path(
                "boundary-map/",
                require_POST(page(boundary_map_view)),
                name="heritage_site_boundary_map",
            ),
            path("point-map/", page(map_view), name="heritage_site_point_map"),
            *super().get_urls(),
        ]

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "state":
            offered = access.states_for(user_of(request))
            kwargs["choices"] = [pair for pair in Site.State.choices if pair[0] in offered]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        names = SortName.objects.filter(site=OuterRef("pk"), language=get_language())
        sites = (
            super()
            .get_queryset(request)
            .select_related("place__parent__parent", "custodian", "point_source")
        )
        return sites.annotate(sort_name=Subquery(names.values("key")[:1]))

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Site | None:
        site = super().get_object(request, object_id, from_field)
        if site:
            # The form and the history need them.
            also_in = Prefetch("also_in", with_label(Place.objects.all()))
            prefetch_related_objects([site], "kinds", also_in, "sources")
        return site

    # --- the list

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Full-text search as for visitors, but in sites of any state."""
        if not search_term.strip():
            return queryset, False
        is_list = hasattr(request, "hits")
        hits, correction = sites_in_any_state(search_term, corrected=is_list)
        if correction:  # the list says so
            request.respelt = correction  # type: ignore[attr-defined]
        if len(hits) <= changelist.MAX_HITS:
            queryset = queryset.filter(pk__in=list(hits))
        elif not is_list:
            queryset = changelist.latest_hits(queryset, hits)
        if is_list:  # of the list, which may leave these to the index
            request.hits = hits  # type: ignore[attr-defined]
        return queryset, False

    def get_sortable_by(self, request: HttpRequest) -> Any:
        shown = self.get_list_display(request)
        is_large = changelist.is_large()
        return [name for name in shown if name in changelist.SORTABLE or not is_large]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return changelist.SiteChangeList

    @admin.display(description=_("name and kinds"), ordering="sort_name")
    def display_name(self, site: Site) -> str:
        name = site.shown_name.best()
        others = [
            _OTHER_NAME(tag=proper_tag(code), direction=text_direction(code), name=site.name[code])
            for code in interface_languages()
            if code in site.name and site.name[code] != str(name)
        ]
        return _NAME(
            tag=name.lang_tag,
            direction=name.direction,
            name=name,
            others=SafeString("".join([f" {other}" for other in others])),
            kinds=join_words(site.kinds.all()),
        )

    @admin.display(description=_("beginnings"), ordering="first_year")
    def beginnings(self, site: Site) -> str:
        return "" if site.first_year is None else year_phrase(site.first_year)

    @admin.display(description=_("UNESCO"), ordering="inscribed_year")
    def unesco(self, site: Site) -> str:
        found = unesco_statuses(site.coverages.all())
        return join_words(status.label for status in found if status != UnescoStatus.NONE)

    @admin.display(description=_("state"), ordering="updated_at")
    def state_badge(self, site: Site) -> str:
        """The state, the time of the last change, and who set the state."""
        return _STATE(
            state=site.state,
            label=site.get_state_display(),
            day=localtime(site.updated_at).date().isoformat(),
            author=site.state_changed_by or "",
        )

    # --- the form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change or "state" in form.changed_data:
            self.notify_of_state(request, obj, form.initial.get("state") if change else None)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form, with maps, and a preview of a saved site in a frame beside it."""
        policy = _form_policy(has_preview=object_id is not None)
        view = csp_override(policy)(super().changeform_view)
        return view(request, object_id, form_url, extra_context)

    @admin.display(description=_("point that the public sees"))
    def public_point(self, site: Site) -> str:
        point = str(_("none")) if site.public_point is None else format_point(*site.public_point)
        return join_sentences([f"{point}.", _rule_in_words(site)]) if site.pk else point

    @admin.display(description=_("eras, from the events"))
    def eras(self, site: Site) -> str:
        if site.pk is None:
            return ""
        roles = dict(SiteEra.Role.choices)
        rows = site.site_eras.select_related("era").order_by("role", "era__first_year")
        return join_words(with_explanation(row.era, [roles[row.role]]) for row in rows)

    @admin.display(description=_("former addresses, which redirect"))
    def former_addresses(self, site: Site) -> str:
        if site.pk is None:
            return ""
        taken = Site.objects.filter(slug=OuterRef("slug"))  # by another site, whose address it is
        former = site.former_slugs.filter(~Exists(taken)).values_list("slug", flat=True)
        return ", ".join(former) or str(_("none"))

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        fieldsets = {fieldset.classes: fieldset for fieldset in context["adminform"]}
        sets = {type(rows.opts): rows for rows in context["inline_admin_formsets"]}
        shown = {rows.prefix: rows.rows for rows in sets.values() if not rows.opts.is_collapsed}
        complete = completeness_of(obj, shown, [section.key for section in self.sections])
        form = context["adminform"].form
        context |= {
            "previews": self._previews(obj),
            "doubtful": form.doubtful,
            "confirmed": form.confirmed,
            "in_bar": fieldsets.get("in-bar"),
            "completeness": complete,
            "sections": [
                {
                    "key": section.key,
                    "label": section.label,
                    "fieldset": fieldsets.get(section.key) if form_lines(section.key) else None,
                    "row_sets": [sets[rows] for rows in section.rows if rows in sets],
                    "missing": complete.missing_in(section.key),
                    "items": [each for each in complete.items if each.section == section.key],
                }
                for section in self.sections
                if obj or section.key != "automatic"
            ],
        }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _previews(self, site: Site) -> list[dict]:
        """The public page or the preview, in each language."""
        if site is None:
            return []
        address, framed = self.view_on_site(site), reverse("preview", args=[site.pk])
        return [
            {
                "name": name,
                "lang": proper_tag(code),
                "url": translate_url(address, code),
                "frame_url": translate_url(framed, code),
                "is_current": code == get_language(),
            }
            for code, name in settings.LANGUAGES
        ]

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: Any = None
    ) -> HttpResponse:
        if "_preview" in request.POST:
            return redirect(self.view_on_site(obj))
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Site) -> HttpResponse:
        response = super().response_change(request, obj)
        return redirect(self.view_on_site(obj)) if "_preview" in request.POST else response

    def view_on_site(self, site: Site) -> str:
        """The URL of the public page or, for an unpublished site, of its preview."""
        return reverse("web:site", kwargs={"slug": site.slug})


def _rule_in_words(site: Site) -> str:
    """Which rule of blurring there is for a stored site, and whether it holds."""
    rule = blur_rule_of(site)
    if rule is None:
        return ""
    words = {
        "kind": rule.kind.label.best(),
        "blur": Blur(rule.km).label,
        "guards": join_words(map(str, rule.guards)),
    }
    if site.blur_km is not None:
        message = _("The rule of its kind %(kind)s (%(blur)s) gives way to what is chosen here.")
        return message % words
    if rule.guards:
        message = _(
            "The rule of its kind %(kind)s (%(blur)s) does not hold, as it is guarded: %(guards)s."
        )
        return message % words
    return _("The rule of its kind %(kind)s holds: %(blur)s.") % words
