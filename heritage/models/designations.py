"""Registers and designations: World Heritage, national units, ratings and the like.

From the World Heritage entries that cover a site follow its UNESCO statuses.
"""

from collections.abc import Iterable
from typing import Protocol

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from heritage.models.base import Record
from heritage.models.fields import (
    DegreesField,
    EDTFField,
    LanguageMapField,
    NamesField,
    edtf_bounds,
)
from heritage.models.through_models import (
    WorldHeritageCriterion,
    WorldHeritageRegion,
    WorldHeritageState,
)
from heritage.models.vocabularies import Place
from heritage.values.date_format import date_in_words
from heritage.values.language import Text
from heritage.values.web_address import safe_url, validate_web_address_template


class Register(Record):
    """A register that an authority keeps."""

    class Role(models.TextChoices):
        WORLD_HERITAGE = "world_heritage", _("World Heritage List")
        TENTATIVE = "tentative", _("World Heritage tentative list")
        PROTECTION = "protection", _("legal protection")
        RATING = "rating", _("tourist rating")

    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    role = models.CharField(_("role"), max_length=20, choices=Role)
    label = LanguageMapField(_("label"))
    description = LanguageMapField(_("description"), blank=True)
    short_label = LanguageMapField(_("short label"), blank=True, help_text=_("For seals."))
    other_names = NamesField()
    authority = LanguageMapField(_("authority"), blank=True)
    country = models.ForeignKey(
        "Place", models.PROTECT, null=True, blank=True, verbose_name=_("country")
    )
    rank = models.PositiveSmallIntegerField(
        _("rank"), default=100, help_text=_("Of several protections, the lowest is named first.")
    )
    edition = EDTFField(
        _("edition"),
        blank=True,
        help_text=_("Year or day of the list that is followed; later entries are shown apart."),
    )
    edition_note = LanguageMapField(
        _("note on the edition"),
        blank=True,
        help_text=_("How complete the entries are that came later; shown to readers."),
    )
    uri_template = models.CharField(
        _("address of an entry"),
        max_length=200,
        blank=True,
        validators=[validate_web_address_template],
        help_text=_("With {reference} where the reference belongs."),
    )

    class Meta:
        verbose_name = _("register")
        verbose_name_plural = _("registers")
        ordering = ["rank", "slug"]

    def __str__(self) -> str:
        return self.label.best().text

    def short(self) -> Text:
        """The short label, or else the label."""
        return self.short_label.best() or self.label.best()

    def names(self) -> list[str]:
        """All its names, in any language."""
        return [*self.label.values(), *self.short_label.values(), *self.other_names]

    @property
    def edition_year(self) -> int | None:
        """The year up to which the entries are complete; None if unknown."""
        return edtf_bounds(self.edition)[1]

    def edition_phrase(self) -> str:
        """The edition as text: “2025”, or an empty text."""
        return date_in_words(self.edition) or self.edition


class RegisterTerm(Record):
    """A term of a register: a category, a criterion, a region, a grade."""

    class Facet(models.TextChoices):
        CATEGORY = "category", _("category or grade")
        CRITERION = "criterion", _("criterion")
        REGION = "region", _("region")

    register = models.ForeignKey(
        Register, models.CASCADE, related_name="terms", verbose_name=_("register")
    )
    facet = models.CharField(_("facet"), max_length=12, choices=Facet)
    code = models.CharField(_("code"), max_length=40)
    label = LanguageMapField(_("label"))
    other_names = NamesField()
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("register term")
        verbose_name_plural = _("register terms")
        ordering = ["register__rank", "register__slug", "facet", "order", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["register", "facet", "code"],
                name="register_term_once",
                violation_error_message=_("This register has this code already."),
                violation_error_code="register_term_once",
            )
        ]

    constraint_fields = {"register_term_once": "code"}

    def names(self) -> list[str]:
        """All its names, in any language."""
        return [*self.label.values(), *self.other_names]

    def __str__(self) -> str:
        return self.label.best().text


class Designation(Record):
    """An entry in a register. Its present standing is derived from its dated events."""

    class Standing(models.TextChoices):
        IN_FORCE = "in_force", _("in force")
        IN_DANGER = "in_danger", _("in force, in danger")
        ENDED = "ended", _("revoked or delisted")
        SUPERSEDED = "superseded", _("superseded")

    register = models.ForeignKey(
        Register, models.PROTECT, related_name="designations", verbose_name=_("register")
    )
    reference = models.CharField(
        _("reference"), max_length=60, blank=True, help_text=_("Such as 1003 or 1-0037-4-004.")
    )
    name = LanguageMapField(_("name in the register"), blank=True)
    category = models.ForeignKey(
        RegisterTerm,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"facet": RegisterTerm.Facet.CATEGORY},
        verbose_name=_("category or grade"),
    )
    batch = models.PositiveSmallIntegerField(_("batch"), null=True, blank=True)
    era_text = models.CharField(
        _("era as listed"),
        max_length=100,
        blank=True,
        help_text=_("Word for word, such as 金至清."),
    )
    note = LanguageMapField(_("note"), blank=True, help_text=_("Shown to readers."))
    source = models.ForeignKey(
        "Source", models.PROTECT, null=True, blank=True, verbose_name=_("source")
    )
    superseded_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="supersedes",
        verbose_name=_("superseded by"),
    )
    # Follow from the events, see services/denormalized.py.
    standing = models.CharField(
        _("standing"),
        max_length=12,
        choices=Standing,
        default=Standing.IN_FORCE,
        editable=False,
        serialize=False,
    )
    listed_year = models.IntegerField(_("listed in"), null=True, editable=False, serialize=False)

    refreshed_fields = ("standing", "listed_year")
    constraint_fields = {"designation_reference_once": "reference"}

    class Meta:
        verbose_name = _("designation")
        verbose_name_plural = _("designations")
        ordering = ["register__rank", "register__slug", "reference", "uid"]
        indexes = [models.Index(fields=["register", "standing"], name="designation_register")]
        constraints = [
            models.UniqueConstraint(
                fields=["register", "reference"],
                condition=~models.Q(reference=""),
                name="designation_reference_once",
                violation_error_message=_("This register has this reference already."),
                violation_error_code="designation_reference_once",
            )
        ]

    def __str__(self) -> str:
        name = self.name.best().text
        return " · ".join(part for part in (self.reference, name or str(self.register)) if part)

    def clean(self) -> None:
        super().clean()
        if self.category is not None and self.category.register_id != self.register_id:
            raise ValidationError(
                {"category": _("This category belongs to another register.")}, code="category"
            )
        if self.superseded_by_id and self.superseded_by_id == self.pk:
            raise ValidationError(
                {"superseded_by": _("An entry cannot supersede itself.")}, code="superseded_by"
            )

    @property
    def is_in_force(self) -> bool:
        """Whether the entry holds today, in danger or not."""
        return self.standing in IN_FORCE

    @property
    def uri(self) -> str:
        """The entry's page at the authority, or an empty text."""
        template = self.register.uri_template
        if not template or not self.reference:
            return ""
        return safe_url(template.replace("{reference}", self.reference))


IN_FORCE = (Designation.Standing.IN_FORCE, Designation.Standing.IN_DANGER)


class DesignationEvent(Record):
    """What happened to an entry, and when."""

    class Kind(models.TextChoices):
        # In the order in which events of one year are read.
        INSCRIBED = "inscribed", _("inscribed or listed")
        EXTENDED = "extended", _("extended or changed")
        UPGRADED = "upgraded", _("upgraded")
        LOWERED = "lowered", _("lowered")
        OUT_OF_DANGER = "out_of_danger", _("taken off the danger list")
        IN_DANGER = "in_danger", _("put on the danger list")
        SUPERSEDED = "superseded", _("superseded")
        DELISTED = "delisted", _("revoked or delisted")

    designation = models.ForeignKey(
        Designation, models.CASCADE, related_name="events", verbose_name=_("designation")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    date = EDTFField(_("date"), blank=True)
    note = LanguageMapField(_("note"), blank=True)
    source = models.ForeignKey(
        "Source",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("source"),
        help_text=_("Of the note, such as the reason why it is in danger."),
    )
    first_year = models.IntegerField(null=True, editable=False, serialize=False)
    last_year = models.IntegerField(null=True, editable=False, serialize=False)

    derived_fields = ("first_year", "last_year")

    owner = "designation"

    class Meta:
        verbose_name = _("designation event")
        verbose_name_plural = _("designation events")
        ordering = [models.F("first_year").asc(nulls_first=True), "uid"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.when()}".strip()

    def derive(self, stored: dict | None = None, user_id: int | None = None) -> None:
        self.first_year, self.last_year = edtf_bounds(self.date)

    def when(self) -> str:
        return date_in_words(self.date) or self.date

    @property
    def order(self) -> tuple:
        """Sort key: by year, then in the order of the kinds."""
        kinds = list(self.Kind)
        year = self.first_year if self.first_year is not None else -10_000_000
        return (year, kinds.index(self.Kind(self.kind)), self.uid)


def standing_of(events: Iterable[DesignationEvent]) -> tuple[str, int | None]:
    """The standing of a designation and its year of listing, from its dated events."""
    kind, standing = DesignationEvent.Kind, Designation.Standing
    leads_to: dict[str, str] = {
        kind.INSCRIBED: standing.IN_FORCE,
        kind.IN_DANGER: standing.IN_DANGER,
        kind.OUT_OF_DANGER: standing.IN_FORCE,
        kind.DELISTED: standing.ENDED,
        kind.SUPERSEDED: standing.SUPERSEDED,
    }
    current: str = standing.IN_FORCE
    year = None
    for event in sorted(events, key=lambda event: event.order):
        current = leads_to.get(event.kind, current)
        if event.kind == kind.INSCRIBED and year is None:
            year = event.first_year
    return current, year


class WorldHeritage(Record):
    """The columns of World Heritage entries, beyond those of every designation."""

    designation = models.OneToOneField(
        Designation, models.CASCADE, related_name="world_heritage", verbose_name=_("designation")
    )
    dossier = models.CharField(
        _("dossier"),
        max_length=20,
        blank=True,
        help_text=_("The reference with its suffix: 547bis."),
    )
    criteria = models.ManyToManyField(
        RegisterTerm,
        through=WorldHeritageCriterion,
        blank=True,
        related_name="+",
        verbose_name=_("criteria"),
        limit_choices_to={"facet": RegisterTerm.Facet.CRITERION},
    )
    regions = models.ManyToManyField(
        RegisterTerm,
        through=WorldHeritageRegion,
        blank=True,
        related_name="+",
        verbose_name=_("regions"),
        limit_choices_to={"facet": RegisterTerm.Facet.REGION},
    )
    states = models.ManyToManyField(
        Place,
        through=WorldHeritageState,
        blank=True,
        related_name="+",
        verbose_name=_("states"),
        limit_choices_to={"level": "country"},
    )
    area_ha = models.DecimalField(
        _("area in hectares"),
        max_digits=14,
        decimal_places=4,
        null=True,
        blank=True,
        help_text=_("Empty if unknown."),
    )

    class Meta:
        verbose_name = _("World Heritage detail")
        verbose_name_plural = _("World Heritage details")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(area_ha__isnull=True) | models.Q(area_ha__gt=0),
                name="world_heritage_area_positive",
                violation_error_message=_("An area is more than 0; leave it empty if unknown."),
                violation_error_code="world_heritage_area_positive",
            )
        ]

    constraint_fields = {"world_heritage_area_positive": "area_ha"}

    owner = "designation"

    def __str__(self) -> str:
        return str(self.designation)


class ComponentPoint(Record):
    """The point of a component for which the official list gives nothing else.

    It has neither name nor reference; a component with a record of its own is a site.
    """

    designation = models.ForeignKey(
        Designation, models.CASCADE, related_name="points", verbose_name=_("designation")
    )
    number = models.PositiveIntegerField(
        _("number"), help_text=_("An order within the property; no official reference.")
    )
    state = models.ForeignKey(
        "Place", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("state")
    )
    latitude = DegreesField(_("latitude"), limit=90)
    longitude = DegreesField(_("longitude"), limit=180)
    site = models.ForeignKey(
        "Site",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="component_points",
        verbose_name=_("site"),
    )

    owner = "designation"
    also_shown_by = ("site",)
    constraint_fields = {"component_point_once": "number"}

    class Meta:
        verbose_name = _("component point")
        verbose_name_plural = _("component points")
        ordering = ["designation_id", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["designation", "number"],
                name="component_point_once",
                violation_error_message=_("This property has a point of this number already."),
                violation_error_code="component_point_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.designation} {self.number}"


# --- the UNESCO status of a site -----------------------------------------------------------------


class UnescoStatus(models.TextChoices):
    """A site has a set of these; a badge shows the first in this order."""

    IN_DANGER = "in_danger", _("World Heritage in danger")
    INSCRIBED = "inscribed", _("World Heritage")
    PART = "part", _("Part of a World Heritage property")
    TENTATIVE = "tentative", _("On a tentative list")
    DELISTED = "delisted", _("Delisted from World Heritage")
    NONE = "none", _("Not World Heritage")

    @property
    def counted_label(self) -> str:
        """The label beside a count, where each status has a count of its own."""
        return str(_("World Heritage, not in danger") if self is self.INSCRIBED else self.label)


# Of a site that is itself a World Heritage property.
WHOLE_STATUSES = (UnescoStatus.IN_DANGER, UnescoStatus.INSCRIBED)
# Of one that is on the World Heritage List today, whole or in part.
LISTED_STATUSES = (*WHOLE_STATUSES, UnescoStatus.PART)
# Each status as a condition on one coverage: (role of the register, standing, extent or None).
_ROLE, _STANDING = Register.Role, Designation.Standing
_CONDITIONS: dict[str, tuple[str, tuple[str, ...], str | None]] = {
    UnescoStatus.IN_DANGER: (_ROLE.WORLD_HERITAGE, (_STANDING.IN_DANGER,), "whole"),
    UnescoStatus.INSCRIBED: (_ROLE.WORLD_HERITAGE, (_STANDING.IN_FORCE,), "whole"),
    UnescoStatus.PART: (
        _ROLE.WORLD_HERITAGE,
        (_STANDING.IN_FORCE, _STANDING.IN_DANGER),
        "component",
    ),
    UnescoStatus.TENTATIVE: (_ROLE.TENTATIVE, (_STANDING.IN_FORCE,), None),
    UnescoStatus.DELISTED: (_ROLE.WORLD_HERITAGE, (_STANDING.ENDED,), None),
}


class Covering(Protocol):
    """What is read of a `Coverage`."""

    @property
    def designation(self) -> Designation: ...

    @property
    def extent(self) -> str: ...


def unesco_statuses(coverages: Iterable[Covering]) -> list[UnescoStatus]:
    """The statuses that follow from loaded coverages, see `unesco_statuses_of()`."""
    return unesco_statuses_of(
        (coverage.designation.register.role, coverage.designation.standing, coverage.extent)
        for coverage in coverages
    )


def unesco_statuses_of(covered: Iterable[tuple[str, str, str]]) -> list[UnescoStatus]:
    """The statuses that follow from (role of the register, standing, extent) of each coverage, in
    the order of the badge; never empty."""
    found = {
        status
        for its_role, standing, its_extent in covered
        for status, (role, standings, extent) in _CONDITIONS.items()
        if role == its_role and standing in standings and extent in (None, its_extent)
    }
    return [status for status in UnescoStatus if status in found] or [UnescoStatus.NONE]


def status_condition(wanted: Iterable[str]) -> Q:
    """A condition on sites: those with at least one of the `wanted` statuses."""

    def covered(status: str) -> Q:
        role, standings, extent = _CONDITIONS[status]
        its_extent = {"coverages__extent": extent} if extent else {}
        return Q(
            Exists(
                Designation.objects.filter(
                    register__role=role,
                    standing__in=standings,
                    coverages__site=OuterRef("pk"),
                    **its_extent,
                )
            )
        )

    condition = Q(pk__in=[])
    for status in wanted:
        if status == UnescoStatus.NONE:
            anything = Q(pk__in=[])
            for other in _CONDITIONS:
                anything |= covered(other)
            condition |= ~anything
        else:
            condition |= covered(status)
    return condition
