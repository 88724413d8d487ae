"""Where sources differ about a fact of a site: both values, the one that is shown, and why."""

from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from heritage.models.base import Record, RecordQuerySet
from heritage.models.events import Event
from heritage.models.fields import EDTFField, LanguageMapField, quick_display
from heritage.models.sites import Site
from heritage.values.coordinates import format_point
from heritage.values.date_format import date_in_words
from heritage.values.language import LanguageMap, LazyText, Text


class DisagreementQuerySet(RecordQuerySet["Disagreement"]):
    def public(self) -> Self:
        """Those of published sites that readers may see: not those about the point of a blurred
        site, which would reveal where it lies."""
        by_rule = models.Q(site__blur_km__isnull=True, site__rule_blur_km__gt=0)
        is_blurred = models.Q(site__blur_km__gt=0) | by_rule
        return self.filter(site__state=Site.State.PUBLISHED).exclude(
            is_blurred, fact=Disagreement.Fact.POINT
        )


class Disagreement(Record):
    """The record and a source differ about one fact, or two sources do.

    Where `shown` is empty, the value is that of the record: of its event, its point or its name.
    """

    class Fact(models.TextChoices):
        NAME = "name", _("name")
        DATE = "date", _("date")
        POINT = "point", _("point")
        AREA = "area", _("area in hectares")
        STATUS = "status", _("protection or World Heritage status")
        VISIT = "visit", _("planning a visit")
        OTHER = "other", _("other statement")

    site = models.ForeignKey(
        Site, models.CASCADE, related_name="disagreements", verbose_name=_("site")
    )
    fact = models.CharField(_("fact"), max_length=8, choices=Fact)
    get_fact_display = quick_display("fact", Fact)
    event = models.ForeignKey(
        Event,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="disagreements",
        verbose_name=_("event"),
        help_text=_("Whose date it is about."),
    )
    designation = models.ForeignKey(
        "Designation",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="disagreements",
        verbose_name=_("designation"),
        help_text=_("Which it is about."),
    )
    shown = LanguageMapField(
        _("value shown"),
        blank=True,
        help_text=_("Empty: what the record has as its name, its point or the date of the event."),
    )
    source = models.ForeignKey(
        "Source",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("source of the value shown"),
    )
    other = LanguageMapField(_("other value"))
    other_source = models.ForeignKey(
        "Source",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("source of the other value"),
    )
    reason = LanguageMapField(
        _("reason"), help_text=_("Why the one value is shown and not the other, for readers.")
    )
    since = EDTFField(
        _("since"), blank=True, help_text=_("When the value shown was chosen, such as 2026-11.")
    )

    owner = "site"
    objects: ClassVar = DisagreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("disagreement")
        verbose_name_plural = _("disagreements")
        ordering = ["fact", "uid"]
        indexes = [models.Index(fields=["fact"], name="disagreement_fact")]

    def __str__(self) -> str:
        return f"{self.get_fact_display()}: {self.other.best()}"

    def clean(self) -> None:
        super().clean()
        errors: dict[str, LazyText] = {}
        if self.event is not None and self.event.site_id != self.site_id:
            errors["event"] = _("This event belongs to another site.")
        is_of_record = self.event is not None or self.fact in (self.Fact.NAME, self.Fact.POINT)
        if not self.shown and not is_of_record:
            errors["shown"] = _("Write the value that is shown.")
        if errors:
            raise ValidationError(errors)

    def is_public_of(self, site: Site) -> bool:
        """Whether readers of the page of this site see it."""
        return self.fact != self.Fact.POINT or not site.public_blur_km

    def values_shown(self) -> LanguageMap:
        """The value that is shown, by language: `shown`, or of a name that of the record; else
        empty."""
        if self.shown:
            return self.shown
        if self.fact == self.Fact.NAME:
            name = self.site.name
            return LanguageMap({code: name[code] for code in self.other if code in name})
        return LanguageMap()

    def value_shown(self) -> Text | str:
        """The value that is shown, in the active language if it has it."""
        values = self.values_shown()
        if values:
            return values.best()
        if self.event is not None:
            return self.event.when()
        point = self.site.public_point if self.fact == self.Fact.POINT else None
        return format_point(*point) if point else ""

    def since_phrase(self) -> str:
        return date_in_words(self.since) or self.since
