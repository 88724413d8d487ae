"""The site: the main record of the catalogue; its further names and its former addresses."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import format_lazy, slugify
from django.utils.translation import gettext_lazy as _

from heritage.models.base import Record, RecordQuerySet, chunks
from heritage.models.fields import (
    COVER_LENGTH,
    DegreesField,
    LanguageMapField,
    complete_point,
    quick_display,
    validate_cover,
)
from heritage.models.images import Image
from heritage.models.row_values import recorded_columns
from heritage.models.site_dates import SiteDate
from heritage.models.sources import Source
from heritage.models.through_models import SiteAlsoIn, SiteKind, SiteSource
from heritage.models.unit_of_work import change_set, unit_of_work
from heritage.models.users import User
from heritage.models.vocabularies import Blur, Kind, Place
from heritage.values import coordinates, normalize
from heritage.values.coordinates import check_boundary
from heritage.values.language import LanguageMap, LazyText, display_width, normalise_code


class FormerSlug(Record):
    """A former address of a site, which redirects permanently."""

    site = models.ForeignKey("Site", models.CASCADE, related_name="former_slugs")
    slug = models.SlugField(_("slug"), max_length=120, unique=True)

    owner = "site"

    class Meta:
        verbose_name = _("former slug")
        verbose_name_plural = _("former slugs")

    def __str__(self) -> str:
        return self.slug

    @classmethod
    def public_values(cls, row: dict) -> dict | None:
        return None  # no page says it


class Name(Record):
    """A further name of a site; the display name is not repeated here."""

    class Kind(models.TextChoices):
        OFFICIAL = "official", _("official")
        ALTERNATIVE = "alternative", _("alternative")
        HISTORICAL = "historical", _("historical")
        SCRIPT = "script", _("in another script")
        ROMANISED = "romanised", _("romanised")

    site = models.ForeignKey("Site", models.CASCADE, related_name="names", verbose_name=_("site"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.ALTERNATIVE)
    get_kind_display = quick_display("kind", Kind)
    text = models.CharField(_("text"), max_length=250)
    language = models.CharField(
        _("language"),
        max_length=35,
        help_text=_("BCP 47, such as zh-hant, zh-latn-pinyin or en."),
    )
    note = LanguageMapField(_("note"), blank=True, help_text=_("When or where it was used."))
    source = models.ForeignKey(
        "Source", models.PROTECT, null=True, blank=True, verbose_name=_("source")
    )

    constraint_fields = {"name_once": "text"}

    owner = "site"

    class Meta:
        verbose_name = _("name")
        verbose_name_plural = _("names")
        ordering = ["kind", "language", "text"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "kind", "language", "text"],
                name="name_once",
                violation_error_message=_("The site has this name already."),
                violation_error_code="name_once",
            )
        ]

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        super().clean()
        try:
            self.language = normalise_code(self.language)
        except ValueError as error:
            raise ValidationError({"language": str(error)}, code="language") from error
        if self.site_id and self.text in self.site.name.values():
            raise ValidationError(
                {"text": _("This is the display name already; add only further names.")},
                code="display_name",
            )


class SiteQuerySet(RecordQuerySet["Site"]):
    """Searches, pages and the admin use it."""

    def bulk_create(self, objs: Iterable["Site"], *args: Any, **options: Any) -> list["Site"]:
        objs = list(objs)
        with unit_of_work() as unit:
            unit.prepare_write(self.model)
            self.model.set_slugs(objs)
            return super().bulk_create(objs, *args, **options)

    def published(self) -> Self:
        """Sites that everybody may see."""
        return self.filter(state="published")

    def unpublished(self) -> Self:
        # By ranges of the index: told to look for each other state, SQLite reads all published too.
        return self.filter(Q(state__lt="published") | Q(state__gt="published"))

    def of_kinds(self, kind_ids: Iterable[int]) -> Self:
        rows = self.model.kinds.through.objects.filter(site=OuterRef("pk"), kind__in=kind_ids)
        return self.filter(Exists(rows))

    def in_places(self, place_ids: Iterable[int]) -> Self:
        place_ids = list(place_ids)
        rows = self.model.also_in.through.objects.filter(site=OuterRef("pk"), place__in=place_ids)
        return self.filter(Q(place__in=place_ids) | Exists(rows))

    def of_eras(self, era_ids: Iterable[int], role: str | None = None) -> Self:
        """Sites with beginnings or fabric of the eras (`role`), or with any event that states
        them."""
        from heritage.models.events import SiteEra

        rows = SiteEra.objects.filter(site=OuterRef("pk"), era__in=era_ids)
        rows = rows.filter(role=role) if role else rows.exclude(role__in=SiteEra.UNSTATED)
        return self.filter(Exists(rows))

    def with_unesco_status(self, *wanted: str) -> Self:
        from heritage.models.designations import status_condition

        return self.filter(status_condition(wanted))


_WIDEST = {"short_name": 40, "hook": 90}  # letters, by column
# What stays as it was first written, whoever writes again.
_STAMPS = (
    "created_at",
    "created_by_id",
    "published_at",
    "state_changed_at",
    "state_changed_by_id",
)


def shown_name(name: LanguageMap, short_name: LanguageMap) -> LanguageMap:
    """What pages call a site: in each language its short name, else its name."""
    return LanguageMap({**name, **short_name}) if short_name else name


# Columns that no page of the site and no data of it say.
_NOT_PUBLIC = frozenset({"featured", "prominence"})


def public_point(
    latitude: float | None, longitude: float | None, blur_km: int
) -> tuple[float | None, float | None]:
    """Latitude and longitude as everybody may see them."""
    if blur_km and latitude is not None and longitude is not None:
        return coordinates.snap(latitude, longitude, blur_km)
    return latitude, longitude


class Site(Record):
    """A heritage site: a place that people travel to see."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        REVIEW = "in_review", _("in review")
        PUBLISHED = "published", _("published")
        ARCHIVED = "archived", _("archived")

    class Precision(models.TextChoices):
        SURVEYED = "surveyed", _("surveyed")
        APPROXIMATE = "approximate", _("approximate")
        TOWN = "town", _("centre of the town")

    slug = models.SlugField(
        _("slug"),
        max_length=120,
        unique=True,
        blank=True,
        help_text=_("Stands in the address. Empty: made from the name. A former one redirects."),
    )
    name = LanguageMapField(_("name"))
    short_name = LanguageMapField(
        _("short name"),
        blank=True,
        db_default={},
        help_text=_(
            "What people call it, where the name is longer: shown in lists and headings, with the "
            "full name beneath. At most 40 letters; a Chinese character counts as two."
        ),
    )
    hook = LanguageMapField(
        _("hook"),
        blank=True,
        db_default={},
        help_text=_(
            "A sentence for its card: what makes it worth a look. At most 90 letters; a Chinese "
            "character counts as two."
        ),
    )
    summary = LanguageMapField(
        _("summary"),
        blank=True,
        help_text=_("One or two sentences: what it is and why it matters."),
    )
    description = LanguageMapField(_("description"), blank=True, help_text=_("Markdown."))
    kinds = models.ManyToManyField(
        Kind,
        through=SiteKind,
        blank=True,
        related_name="sites",
        verbose_name=_("kinds"),
    )
    place = models.ForeignKey(
        Place,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sites",
        verbose_name=_("place"),
        help_text=_("The narrowest that is sure."),
    )
    also_in = models.ManyToManyField(
        Place,
        through=SiteAlsoIn,
        blank=True,
        related_name="+",
        verbose_name=_("also lies in"),
    )
    sources = models.ManyToManyField(
        Source,
        through=SiteSource,
        blank=True,
        related_name="+",
        verbose_name=_("sources"),
    )
    note = LanguageMapField(
        _("note on the record"),
        blank=True,
        help_text=_("Doubts about the record, shown to readers."),
    )

    custodian = models.ForeignKey(
        "Custodian",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sites",
        verbose_name=_("custodian"),
    )
    area_ha = models.DecimalField(
        _("area in hectares"),
        max_digits=14,
        decimal_places=4,
        null=True,
        blank=True,
        help_text=_("Empty if unknown."),
    )
    latitude = DegreesField(
        _("latitude"),
        limit=90,
        null=True,
        blank=True,
        help_text=_("WGS 84, degrees; north is positive."),
    )
    longitude = DegreesField(
        _("longitude"),
        limit=180,
        null=True,
        blank=True,
        help_text=_("WGS 84, degrees; east is positive."),
    )
    precision = models.CharField(
        _("precision"), max_length=12, choices=Precision, default=Precision.APPROXIMATE
    )
    accuracy_m = models.PositiveIntegerField(
        _("good to, in metres"), null=True, blank=True, help_text=_("Empty if unknown.")
    )
    point_source = models.ForeignKey(
        "Source",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("source of the point"),
    )
    blur_km = models.PositiveSmallIntegerField(
        _("blur for the public"),
        choices=[(None, _("by the rule of its kinds")), *Blur.choices],
        null=True,
        blank=True,
        help_text=_("For places in danger of looters: the public sees a point on a grid."),
    )
    # What the rule of its kinds says, see services/denormalized.py; `blur_km` goes before it.
    rule_blur_km = models.PositiveSmallIntegerField(
        default=0, db_default=0, editable=False, serialize=False
    )
    boundary = models.JSONField(
        _("boundary"),
        null=True,
        blank=True,
        help_text=_(
            "GeoJSON, or a point on each line; WGS 84. The map shows it close by, unless the site "
            "is blurred."
        ),
    )
    # What every public query, page, map and download uses.
    public_latitude = models.FloatField(null=True, editable=False, serialize=False)
    public_longitude = models.FloatField(null=True, editable=False, serialize=False)

    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.DRAFT, db_index=True
    )
    featured = models.PositiveSmallIntegerField(
        _("place on the home page"),
        null=True,
        blank=True,
        help_text=_("1 comes first; empty: none."),
    )
    prominence = models.PositiveSmallIntegerField(
        _("prominence"),
        null=True,
        blank=True,
        help_text=_(
            "The higher, the earlier in lists. Empty: computed, up to 890, from how much there is "
            "to read, World Heritage, the home page and the names in other languages."
        ),
    )
    cover = models.CharField(
        _("cover"),
        max_length=COVER_LENGTH,
        blank=True,
        validators=[validate_cover],
        help_text=_(
            "What stands in for a photograph: a scene, or a plate with the name where no scene "
            "would be true. Empty: the scene of its kind."
        ),
    )
    # Bookkeeping: kept by the catalogue, never carried by a fixture.
    created_at = models.DateTimeField(_("created"), editable=False, serialize=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        serialize=False,
        related_name="+",
        verbose_name=_("created by"),
    )
    updated_at = models.DateTimeField(_("updated"), editable=False, serialize=False, db_index=True)
    state_changed_at = models.DateTimeField(
        _("state changed"), null=True, editable=False, serialize=False
    )
    state_changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        serialize=False,
        related_name="+",
        verbose_name=_("state changed by"),
    )
    published_at = models.DateTimeField(
        _("first published"), null=True, editable=False, serialize=False
    )
    # Follow from the children and the name, see services/denormalized.py.
    first_year = models.IntegerField(null=True, editable=False, serialize=False, db_index=True)
    inscribed_year = models.IntegerField(null=True, editable=False, serialize=False, db_index=True)
    # `prominence`, or what is computed in its place.
    effective_prominence = models.PositiveSmallIntegerField(
        default=0, editable=False, serialize=False
    )
    # Statements of the record that are only recalled, or that no source is named for.
    unchecked_statements = models.PositiveIntegerField(
        _("unchecked statements"), default=0, db_default=0, editable=False, serialize=False
    )
    search_text = models.TextField(default="", editable=False, serialize=False)
    # The Chinese name in pinyin: a worker that shows it needs no dictionary, which are large.
    reading = models.TextField(default="", editable=False, serialize=False)

    # Whether what follows from other rows is set before it is created: `services.prepare()`.
    is_prepared = False

    objects: ClassVar = SiteQuerySet.as_manager()

    derived_fields = (
        "public_latitude",
        "public_longitude",
        "created_at",
        "created_by",
        "updated_at",
        "state_changed_at",
        "state_changed_by",
        "published_at",
    )
    refreshed_fields = (
        "rule_blur_km",
        "first_year",
        "inscribed_year",
        "effective_prominence",
        "unchecked_statements",
        "search_text",
        "reading",
    )
    recorded_when_deleted = (
        "created_at",
        "created_by",
        "state_changed_at",
        "state_changed_by",
        "published_at",
    )
    copied_fields = (*recorded_when_deleted, "updated_at")
    constraint_fields = {
        "site_latitude": "latitude",
        "site_longitude": "longitude",
        "site_point_whole": "longitude",
    }

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ["slug"]
        indexes = [
            models.Index(fields=["public_latitude", "public_longitude"]),
            models.Index(
                fields=["state", "-effective_prominence", "id"],  # the list that is not narrowed
                name="site_prominence",
            ),
            models.Index(fields=["state", "-updated_at", "id"], name="site_state_updated"),
            models.Index(
                fields=["featured"],
                condition=models.Q(featured__isnull=False),  # a few of very many
                name="site_featured",
            ),
            models.Index(
                fields=["created_by", "state"],
                condition=models.Q(created_by__isnull=False),  # nobody created what was loaded
                name="site_created_by",
            ),
        ]
        permissions = [("publish_site", _("Can publish and withdraw sites"))]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True) | models.Q(latitude__range=(-90, 90)),
                name="site_latitude",
                violation_error_message=_("A latitude lies between -90 and 90."),
                violation_error_code="site_latitude",
            ),
            models.CheckConstraint(
                condition=models.Q(longitude__isnull=True) | models.Q(longitude__range=(-180, 180)),
                name="site_longitude",
                violation_error_message=_("A longitude lies between -180 and 180."),
                violation_error_code="site_longitude",
            ),
            complete_point("site_point_whole"),
        ]

    def __str__(self) -> str:
        return self.name.best().text

    @property
    def shown_name(self) -> LanguageMap:
        """What pages call it: in each language the short name, else the name."""
        return shown_name(self.name, self.short_name)

    def clean(self) -> None:
        super().clean()
        errors: dict[str, str | LazyText] = {}
        if self.state == self.State.PUBLISHED and not self.name:
            errors["name"] = _("A published site needs a name.")
        for column, most in _WIDEST.items():
            if any(display_width(words) > most for words in getattr(self, column).values()):
                errors[column] = format_lazy(
                    _("At most {most} letters; a Chinese character counts as two."), most=most
                )
        if self.area_ha is not None and self.area_ha <= 0:
            errors["area_ha"] = _("An area is more than 0; leave it empty if unknown.")
        try:
            check_boundary(self.boundary)
        except ValueError as error:
            errors["boundary"] = str(error)
        if errors:
            raise ValidationError(errors)

    def derive(self, stored: dict | None = None, user_id: int | None = None) -> None:
        now, before = timezone.now(), stored or {}
        self.slug = self.slug or before.get("slug") or ""
        self.set_slugs([self])
        if not (before or self.is_prepared):
            self.search_text = ""  # of a copy, or a deleted site: there are no words for it yet
        for name in _STAMPS:
            if before.get(name) is not None:
                setattr(self, name, before[name])
        if self.created_at is None:  # a deleted site that is restored brings its stamps with it
            self.created_at, self.created_by_id = now, user_id
        # What is saved as it was stays as old as it was.
        self.updated_at = before["updated_at"] if self._equals_stored(before) else now
        if self.state != before.get("state") and (before or self.state_changed_at is None):
            self.state_changed_at, self.state_changed_by_id = now, user_id
            if self.state == self.State.PUBLISHED and self.published_at is None:
                self.published_at = now
        self.derive_public_point()

    def _equals_stored(self, stored: dict) -> bool:
        """Whether the row equals the stored one."""
        if not stored:
            return False
        carried = [field.attname for field in recorded_columns(type(self))]
        return all(stored[name] == getattr(self, name) for name in carried)

    def derive_public_point(self) -> None:
        self.public_latitude, self.public_longitude = public_point(
            self.latitude, self.longitude, self.public_blur_km
        )

    @classmethod
    def public_values(cls, row: dict) -> dict | None:
        """See `TrackedModel`. A point that is blurred by the rule of its kinds counts as it is
        stored, since the rule is in no column of the row."""
        if row["state"] != cls.State.PUBLISHED:
            return None
        shown = {name: value for name, value in row.items() if name not in _NOT_PUBLIC}
        point = public_point(row["latitude"], row["longitude"], row["blur_km"] or 0)
        if row["blur_km"]:
            shown.pop("boundary", None)
        return shown | dict(zip(("latitude", "longitude"), point, strict=True))

    @property
    def district(self) -> Place | None:
        """The district in which it lies, if it has no point; else None."""
        if self.latitude is not None or self.place is None:
            return None
        return self.place.district()

    @property
    def public_blur_km(self) -> int:
        """The grid in km to which its public point is snapped: its own, else that of the rule of
        its kinds; 0 for an exact point."""
        return self.rule_blur_km if self.blur_km is None else self.blur_km

    @property
    def public_point(self) -> coordinates.Point | None:
        """Latitude and longitude that everybody may see."""
        if self.public_latitude is None or self.public_longitude is None:
            return None
        return self.public_latitude, self.public_longitude

    @property
    def public_boundary(self) -> dict | None:
        """Its boundary as GeoJSON; None for a blurred site."""
        return self.boundary if self.boundary and not self.public_blur_km else None

    @cached_property
    def public_changed_at(self) -> datetime:
        """When what readers see of it was last changed, see `SiteDate`."""
        found = SiteDate.objects.filter(site=self).values_list("changed_at", flat=True)
        return found.first() or self.updated_at

    @cached_property
    def public_images(self) -> list[Image]:
        """Its published pictures, in their order."""
        return list(self.images.filter(published=True).select_related("licence"))

    @classmethod
    def set_slugs(cls, sites: Iterable["Site"]) -> None:
        """Set the slug of each new site without one; a number is added if another site has or had
        it.

        A few queries for all, and one for each slug that gets a number.
        """
        new = [(site, site._wanted_slug()) for site in sites if not site.slug]
        taken = {site.slug for site in sites if site.slug}
        for chunk in chunks(list({slug for _site, slug in new})):
            taken |= cls._slugs(slug__in=chunk)
        numbers: dict[str, int] = {}  # the last one that was tried, by slug
        for site, base in new:
            slug = base
            if base in taken and base not in numbers:
                taken |= cls._slugs(slug__startswith=f"{base}-")
            while slug in taken:
                numbers[base] = numbers.get(base, 1) + 1
                slug = f"{base}-{numbers[base]}"
            site.slug = slug
            taken.add(slug)

    def _wanted_slug(self) -> str:
        """A slug from the English name, else from the romanised first one."""
        text = self.name.get("en") or normalize.romanise(str(self.name.best("en")))
        return slugify(normalize.fold(text))[:110] or self.uid[:12]

    @staticmethod
    def _slugs(**condition: Any) -> set[str]:
        """Those that sites have or had."""
        has = Site.objects.filter(**condition).order_by().values_list("slug", flat=True)
        had = FormerSlug.objects.filter(**condition).order_by().values_list("slug", flat=True)
        return {*has, *had}

    @classmethod
    def after_save(cls, before: dict[int, dict], after: dict[int, dict]) -> None:
        """A former address redirects until another site takes it."""
        for pk, row in after.items():
            old, new = before.get(pk, {}).get("slug"), row["slug"]
            if old and old != new:
                FormerSlug.objects.filter(slug=new, site=pk).delete()
                FormerSlug.objects.update_or_create(slug=old, defaults={"site_id": pk})

    def set_state(self, state: str, by: User | None = None, reason: str = "") -> None:
        """Give the stored site another state; `by` is who decides."""
        with change_set(user=by, reason=reason, state=str(state)):
            self.state = state
            self.save(update_fields=["state"])

    def publish(self, by: User | None = None, reason: str = "") -> None:
        """Make it visible to everybody."""
        self.set_state(self.State.PUBLISHED, by, reason)

    def withdraw(self, by: User | None = None, reason: str = "") -> None:
        """Archive it; its page then answers that it is gone."""
        self.set_state(self.State.ARCHIVED, by, reason)

    def rename(self, slug: str, by: User | None = None, reason: str = "") -> None:
        """Change the slug; the old address redirects from now on."""
        with change_set(user=by, reason=reason):
            self.slug = slug
            self.save(update_fields=["slug"])
