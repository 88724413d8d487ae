"""Dated events of a site, the eras derived from them, and the sort keys of its names."""

from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from heritage.models.base import Record
from heritage.models.fields import EDTFField, LanguageMapField, SortKeyField, quick_display
from heritage.values import edtf, normalize
from heritage.values.date_format import date_in_words
from heritage.values.language import inside_brackets, join_words


class Event(Record):
    """Founded, built, rebuilt, destroyed, surviving fabric …: dated by EDTF, by eras, or both.

    `fabric` is for what stands above ground; what lies in the ground `dates from` an era.
    """

    class Kind(models.TextChoices):
        FOUNDED = "founded", _("founded")
        BEGUN = "begun", _("begun")
        BUILT = "built", _("built")
        PROTECTED = "protected", _("protected")  # nature, as a park or reserve
        OCCUPIED = "occupied", _("occupied")
        CAPITAL = "capital", _("capital")
        IN_USE = "in_use", _("in use")
        MENTIONED = "mentioned", _("first mentioned")
        COMPLETED = "completed", _("completed")
        ENLARGED = "enlarged", _("enlarged")
        REBUILT = "rebuilt", _("rebuilt")
        REPAIRED = "repaired", _("repaired")
        MOVED = "moved", _("moved")
        RENAMED = "renamed", _("renamed")
        DAMAGED = "damaged", _("damaged")
        DESTROYED = "destroyed", _("destroyed")
        ABANDONED = "abandoned", _("abandoned")
        REDISCOVERED = "rediscovered", _("rediscovered")
        EXCAVATED = "excavated", _("excavated")
        FABRIC = "fabric", _("surviving fabric")
        DATED = "dated", _("dates from")
        OTHER = "other", _("other event")

    class Role(models.TextChoices):
        """The question about a site that an event answers."""

        BEGINNINGS = "beginnings", _("beginnings")
        STANDING = "standing", _("what stands")
        DATED = "dated", _("what it dates from")
        OTHER = "other", _("in between")

    class Certainty(models.TextChoices):
        CERTAIN = "certain", _("certain")
        APPROXIMATE = "approximate", _("approximate")
        TRADITIONAL = "traditional", _("by tradition")

    ROLES = {
        **dict.fromkeys(
            (
                "founded",
                "begun",
                "built",
                "protected",
                "occupied",
                "capital",
                "in_use",
                "mentioned",
            ),
            Role.BEGINNINGS,
        ),
        "fabric": Role.STANDING,
        "dated": Role.DATED,
    }
    # These say the eras of the whole site: of what stands, or of what lies in the ground.
    AGE_ROLES = (Role.STANDING, Role.DATED)

    site = models.ForeignKey("Site", models.CASCADE, related_name="events", verbose_name=_("site"))
    kind = models.CharField(_("what happened"), max_length=14, choices=Kind)
    get_kind_display = quick_display("kind", Kind)
    date = EDTFField(
        _("date"), blank=True, help_text=_("EDTF, or as people write it: 68, c. 493, 1300 BCE.")
    )
    first_era = models.ForeignKey(
        "Era", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("era")
    )
    last_era = models.ForeignKey(
        "Era",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("to era"),
        help_text=_("Only for a span of eras."),
    )
    certainty = models.CharField(
        _("certainty"), max_length=12, choices=Certainty, default=Certainty.CERTAIN
    )
    note = LanguageMapField(_("note"), blank=True)
    source = models.ForeignKey(
        "Source", models.PROTECT, null=True, blank=True, verbose_name=_("source")
    )
    # From the date, or from the eras where there is none: see services/denormalized.py.
    first_year = models.IntegerField(null=True, editable=False, serialize=False)
    last_year = models.IntegerField(null=True, editable=False, serialize=False)

    refreshed_fields = ("first_year", "last_year")
    constraint_fields = {"event_is_dated": "date", "event_eras_from_to": "last_era"}

    owner = "site"

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = [models.F("first_year").asc(nulls_last=True), "uid"]
        indexes = [models.Index(fields=["kind", "first_year", "last_year"])]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(date="") | models.Q(first_era__isnull=False),
                name="event_is_dated",
                violation_error_message=_("Give a date or an era."),
                violation_error_code="event_is_dated",
            ),
            models.CheckConstraint(
                condition=models.Q(last_era__isnull=True) | models.Q(first_era__isnull=False),
                name="event_eras_from_to",
                violation_error_message=_("A span of eras needs its first era too."),
                violation_error_code="event_eras_from_to",
            ),
        ]

    def __str__(self) -> str:
        return pgettext("a label and its value", "%(label)s: %(value)s") % {
            "label": self.get_kind_display(),
            "value": self.when(),
        }

    def clean(self) -> None:
        super().clean()
        if self.first_era is not None and self.last_era is not None:
            first, last = self.first_era.first_year, self.last_era.last_year
            if first is not None and last is not None and last < first:
                raise ValidationError(
                    {"last_era": _("This era ended before the first one began.")}, code="eras"
                )

    @property
    def role(self) -> str:
        return self.ROLES.get(self.kind, self.Role.OTHER)

    @property
    def parsed(self) -> edtf.HistoricalDate | None:
        """The parsed date; None if there is none or the stored text is invalid."""
        return _parsed(self.date)

    def bounds(self) -> tuple[int | None, int | None]:
        """The first and last year of its date or, without a date, of its eras."""
        if self.parsed:
            return self.parsed.first_year, self.parsed.last_year
        if self.first_era:
            return self.first_era.first_year, (self.last_era or self.first_era).last_year
        return None, None

    def date_phrase(self, style: str = "long") -> str:
        """The date in words, or an empty text: “about 493”."""
        approximate = self.certainty == self.Certainty.APPROXIMATE
        return date_in_words(self.date, style, approximate) or self.date

    def era_phrase(self) -> str:
        """The eras in words, or an empty text: “Jin (1115–1234) to Qing”, “Gothic, Genoa”."""
        if self.first_era is None:
            return ""
        first = self.first_era.short().text
        if self.last_era is None or self.last_era_id == self.first_era_id:
            return first
        last = self.last_era.short().text
        if self._eras_overlap():
            return join_words([first, last])
        return pgettext("span of eras", "%(first)s to %(last)s") % {"first": first, "last": last}

    def _eras_overlap(self) -> bool:
        """Whether its two eras are contemporary, such as a style and a state, and not the ends of a
        span: the second began no later than the first, or the date lies in both."""
        first, last, date = self.first_era, self.last_era, self.parsed
        if not first or not last or first.first_year is None or last.first_year is None:
            return False
        if last.first_year <= first.first_year:
            return True
        if not date or date.first_year is None or date.last_year is None:
            return False
        has_ended = first.last_year is not None and first.last_year < date.last_year
        return last.first_year <= date.first_year and not has_ended

    def when(self, style: str = "long") -> str:
        """Date and eras in words: “about 493 (Northern Wei)”."""
        date, eras = self.date_phrase(style), self.era_phrase()
        if date and eras:
            words = {"date": date, "era": inside_brackets(eras)}
            return pgettext("date (era)", "%(date)s (%(era)s)") % words
        return date or eras


def first_beginning(events: Iterable[Event]) -> Event | None:
    """The first beginning, from events sorted by year; without any, the first event."""
    events = list(events)
    dated = [event for event in events if event.role == Event.Role.BEGINNINGS]
    return next(iter(dated or events), None)


def exact_dates(events: Iterable[Event]) -> list[str]:
    """The dates of those events whose date is neither traditional nor approximate."""
    return [event.date for event in events if event.certainty == Event.Certainty.CERTAIN]


def age_events(events: Iterable[Event]) -> list[Event]:
    """The events that date the standing fabric; without any, those that date what lies in the
    ground."""
    by_role: dict[str, list[Event]] = {role: [] for role in Event.AGE_ROLES}
    for event in events:
        by_role.get(event.role, []).append(event)
    return next(filter(None, by_role.values()), [])


def is_within(beginning: Event | None, age: Sequence[Event]) -> bool:
    """Whether a beginning has a date within the one era or span of eras of a site."""
    if beginning is None or not beginning.date or beginning.first_year is None or len(age) != 1:
        return False
    first, last = age[0].first_year, age[0].last_year
    is_after = first is not None and first <= beginning.first_year
    return is_after and (last is None or beginning.first_year <= last)


def _parsed(date: str) -> edtf.HistoricalDate | None:
    try:
        return edtf.parse(date) if date else None
    except edtf.EDTFError:
        return None


class SiteEra(models.Model):
    """Derived: the eras of a site's beginnings, of its fabric, of what it dates from, or of other
    events.

    These are named by an event. Eras within a span that the event does not name have roles of their
    own: `within` if the site lies in the territory of the era, `meanwhile` if it does not.
    """

    class Role(models.TextChoices):
        BEGINNINGS = Event.Role.BEGINNINGS.value, Event.Role.BEGINNINGS.label
        STANDING = Event.Role.STANDING.value, Event.Role.STANDING.label
        DATED = Event.Role.DATED.value, Event.Role.DATED.label
        OTHER = Event.Role.OTHER.value, Event.Role.OTHER.label
        WITHIN = "within", _("only within a span of eras")
        MEANWHILE = "meanwhile", _("of its time, outside its territory")

    # A span that only runs through an era is no statement, and asked for by itself.
    UNSTATED = (Role.WITHIN, Role.MEANWHILE)

    site = models.ForeignKey("Site", models.CASCADE, related_name="site_eras")
    era = models.ForeignKey("Era", models.CASCADE, related_name="+")
    role = models.CharField(max_length=10, choices=Role)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "era", "role"], name="site_era_role_once")
        ]
        indexes = [models.Index(fields=["era", "role"])]

    def __str__(self) -> str:
        return f"{self.site_id} {self.era_id} {self.role}"


class SortName(models.Model):
    """Derived: the key by which a site is sorted in one language of the interface."""

    site = models.ForeignKey("Site", models.CASCADE, related_name="sort_names")
    language = models.CharField(max_length=35)
    key = SortKeyField(max_length=normalize.SORT_KEY_LENGTH)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "language"], name="sort_name_once")]
        indexes = [models.Index(fields=["language", "key", "site"])]

    def __str__(self) -> str:
        return f"{self.site_id} {self.language}"
