"""Visiting information: opening hours, prices, facts, notices, custodians.

Nothing unchecked is shown as a fact: a row that nobody has checked is shown with its date and
quality.
"""

from collections.abc import Iterator
from datetime import date
from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from heritage.models.base import Record, RecordQuerySet
from heritage.models.fields import EDTFField, LanguageMapField
from heritage.models.row_values import set_plain_value
from heritage.values import normalize
from heritage.values.language import LazyText, join_words
from heritage.values.web_address import validate_web_address

WEEKDAYS = [
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
]
_MONTH_DAY = RegexValidator(
    r"\A(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])\Z", _("Write month and day, such as 04-01.")
)


def days_of_season(days: str, season_from: str, season_to: str) -> str:
    """Days with their season: “every day, 1 April to 31 October”; the days alone without one."""
    if not season_from:
        return days
    ends = {"from": _day_and_month(season_from), "to": _day_and_month(season_to)}
    return _("%(days)s, %(from)s to %(to)s") % (ends | {"days": days})


def _day_and_month(text: str) -> str:
    """A month and a day, “04-01”, in words: “1 April”."""
    month, day = map(int, text.split("-"))
    return date_format(date(2000, month, day), pgettext("a day of any year", "j F"))


def is_in_season(day: date, weekdays: str, season_from: str, season_to: str) -> bool:
    """Whether a day is one of these weekdays, and within the season if there is one."""
    if str(day.isoweekday()) not in weekdays:
        return False
    if not season_from:
        return True
    month_day = f"{day:%m-%d}"
    if season_from <= season_to:
        return season_from <= month_day <= season_to
    return month_day >= season_from or month_day <= season_to


def falls_within(day: date, begins: date | None, ends: date | None) -> bool:
    """Whether a day is between two others, both included; None is no limit."""
    return (begins is None or begins <= day) and (ends is None or day <= ends)


class Quality(models.TextChoices):
    """What an unchecked row rests on."""

    OFFICIAL = "official", pgettext_lazy("what a visiting fact rests on", "official")
    PRESS = "press", _("press")
    REPORTED = "reported", _("reported by guides that agree")
    RECALLED = "recalled", _("recalled")


class CheckedQuerySet[C: "CheckedRecord"](RecordQuerySet[C]):
    """Rows that have a source, by how far they may be relied on."""

    def with_reliance(self) -> Self:
        """With the annotation `relied_on`: the value of `is_dependable` in SQL."""
        is_dated = models.Q(quality=Quality.OFFICIAL) & ~models.Q(as_of="")
        is_dependable = models.Q(source__isnull=False) & (
            models.Q(checked_on__isnull=False) | is_dated
        )
        return self.annotate(
            relied_on=models.ExpressionWrapper(is_dependable, models.BooleanField())
        )

    def shown(self) -> Self:
        """The rows that readers see: those that an editor has checked, and others whose quality is
        sufficient. All have a source.

        The latter are dated official facts and press reports, facts that two sources report alike,
        and recalled facts that are harmless if wrong.
        """
        return self.filter(
            models.Q(checked_on__isnull=False)
            | (models.Q(quality__in=[Quality.OFFICIAL, Quality.PRESS]) & ~models.Q(as_of=""))
            | (
                models.Q(quality=Quality.REPORTED, second_source__isnull=False)
                & ~models.Q(second_source=models.F("source"))
            )
            | self._harmless(),
            source__isnull=False,
        )

    def _harmless(self) -> models.Q:
        kinds = self.model.harmless_kinds
        if not kinds:  # the model may have no `kind` either
            return models.Q(pk__in=[])
        return models.Q(quality=Quality.RECALLED, kind__in=kinds)


class CheckedRecord(Record):
    """Information that changes: it needs a source, and the date when it was checked or written.

    `checked_on` is the day on which an editor checked the source. Without it a row is shown with
    its `quality` and the date of the source (`as_of`).
    """

    site = models.ForeignKey(
        "heritage.Site", models.CASCADE, related_name="%(class)ss", verbose_name=_("site")
    )
    source = models.ForeignKey(
        "heritage.Source", models.PROTECT, null=True, blank=True, verbose_name=_("source")
    )
    checked_on = models.DateField(_("checked on"), null=True, blank=True)
    quality = models.CharField(
        _("quality"),
        max_length=8,
        choices=Quality,
        blank=True,
        help_text=_("What it rests on until somebody checks it."),
    )
    as_of = EDTFField(
        _("as of"),
        blank=True,
        help_text=_("The date of what the source says, such as 2020 or 2020-03."),
    )
    second_source = models.ForeignKey(
        "heritage.Source",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="second_of_%(class)ss",
        verbose_name=_("second source"),
        help_text=_("Another one that says the same: needed where guides report it."),
    )
    differs = LanguageMapField(
        _("what others say"), blank=True, help_text=_("Where other sources differ.")
    )

    owner = "site"
    harmless_kinds: tuple[str, ...] = ()  # that nobody is harmed by if they are wrong
    objects: ClassVar = CheckedQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_dependable(self) -> bool:
        """Whether it has a source, and was checked by an editor or is official and dated. JSON-LD
        has only such rows."""
        is_dated = self.quality == Quality.OFFICIAL and bool(self.as_of)
        return self.source_id is not None and (self.checked_on is not None or is_dated)

    @property
    def is_shown(self) -> bool:
        """Whether `shown()` includes the row."""
        if self.source_id is None:
            return False
        if self.checked_on is not None:
            return True
        match self.quality:
            case Quality.OFFICIAL | Quality.PRESS:
                return bool(self.as_of)
            case Quality.REPORTED:
                return self.second_source_id not in (None, self.source_id)
            case Quality.RECALLED:
                return self._is_harmless
        return False

    @classmethod
    def public_values(cls, row: dict) -> dict | None:
        read = cls()
        for name in ("source", "second_source", "checked_on", "quality", "as_of", "kind"):
            if name in row:
                set_plain_value(read, name, row[name])
        return row if read.is_shown else None

    @property
    def _is_harmless(self) -> bool:
        return getattr(self, "kind", None) in self.harmless_kinds

    def clean(self) -> None:
        super().clean()
        if errors := dict(self._quality_errors()):
            raise ValidationError(errors)

    def _quality_errors(self) -> Iterator[tuple[str, LazyText]]:
        if self.quality and self.source_id is None:
            yield "source", _("Name the source of it.")
        if self.quality in (Quality.OFFICIAL, Quality.PRESS) and not self.as_of:
            yield "as_of", _("What is official or from the press needs the date that it is of.")
        if self.quality == Quality.REPORTED and self.second_source_id in (None, self.source_id):
            yield "second_source", _("What guides report needs two sources that agree.")
        if self.quality == Quality.RECALLED and not self._is_harmless:
            yield "quality", _("Only the time needed and the season may be recalled.")


class Opening(CheckedRecord):
    """Hours on some weekdays of a season; several rows cover the year."""

    season_from = models.CharField(
        _("season from"),
        max_length=5,
        blank=True,
        validators=[_MONTH_DAY],
        help_text=_("Month and day, such as 04-01; empty: all year."),
    )
    season_to = models.CharField(
        _("season to"),
        max_length=5,
        blank=True,
        validators=[_MONTH_DAY],
        help_text=_("The last day of it; a season may run over the new year."),
    )
    weekdays = models.CharField(
        _("weekdays"),
        max_length=7,
        default="1234567",
        validators=[RegexValidator(r"\A1?2?3?4?5?6?7?\Z", _("Write days as digits: 1 is Monday."))],
        help_text=_("Such as Tue–Sun, 周二至周日 or 234567: 1 is Monday."),
    )
    opens = models.TimeField(_("opens"), null=True, blank=True, help_text=_("Empty: closed."))
    closes = models.TimeField(_("closes"), null=True, blank=True)
    last_entry = models.TimeField(_("last entry"), null=True, blank=True)
    note = LanguageMapField(_("note"), blank=True, help_text=_("Holidays and other exceptions."))

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["season_from", "weekdays", "opens", "uid"]
        indexes = [models.Index(fields=["checked_on"], name="opening_checked_on")]

    def __str__(self) -> str:
        """“every day 08:00–18:00”, “Tuesday, 1 April to 31 October 08:00–18:00”."""
        names = [str(WEEKDAYS[int(day) - 1]) for day in self.weekdays if day in "1234567"]
        days = _("every day") if len(set(names)) == 7 else join_words(names)
        days = days_of_season(str(days), self.season_from, self.season_to)
        hours = f"{self.opens:%H:%M}–{self.closes:%H:%M}" if self.is_open else str(_("closed"))
        return f"{days} {hours}"

    @property
    def is_open(self) -> bool:
        return self.opens is not None and self.closes is not None

    def clean(self) -> None:
        super().clean()
        errors: dict[str, LazyText] = {}
        if bool(self.season_from) != bool(self.season_to):
            errors["season_to"] = _("A season has a first and a last day.")
        if (self.opens is None) != (self.closes is None):
            errors["closes"] = _("Give both hours, or neither where it is closed.")
        if self.last_entry and (
            self.opens is None or self.closes is None or self.last_entry > self.closes
        ):
            errors["last_entry"] = _("The last entry lies within the opening hours.")
        if errors:
            raise ValidationError(errors)

    def covers(self, day: date) -> bool:
        """Whether the row applies to a day."""
        return is_in_season(day, self.weekdays, self.season_from, self.season_to)


class Price(CheckedRecord):
    """What a ticket costs, and for whom."""

    label = LanguageMapField(_("for whom"), help_text=_("Adults, students, over 65 …"))
    amount = models.DecimalField(
        _("amount"),
        max_digits=10,
        decimal_places=2,
        validators=[MinValueValidator(0)],
        help_text=_("0 is free."),
    )
    currency = models.CharField(
        _("currency"),
        max_length=3,
        default="CNY",
        validators=[RegexValidator(r"\A[A-Z]{3}\Z", _("Write the ISO code, such as CNY."))],
    )
    note = LanguageMapField(
        _("note"), blank=True, help_text=_("Season, conditions, what it covers.")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        ordering = ["order", "uid"]
        indexes = [models.Index(fields=["checked_on"], name="price_checked_on")]

    def __str__(self) -> str:
        return f"{self.label.best()} {self.amount} {self.currency}"


class VisitingFact(CheckedRecord):
    """One piece of information for travellers."""

    class Kind(models.TextChoices):
        """In the order in which a traveller asks."""

        HOURS = "hours", _("Hours")
        CLOSED_DAYS = "closed_days", _("Closed days")
        PRICE = "price", _("Reductions and passes")
        BOOKING = "booking", _("Booking")
        GETTING_THERE = "getting_there", _("How to get there")
        ENTRANCE = "entrance", _("Entrance")
        TIME_NEEDED = "time_needed", _("Time needed")
        BEST_SEASON = "best_season", _("Best season")
        WHEELCHAIR = "wheelchair", _("Wheelchair access")
        PHONE = "phone", _("Phone")
        WEBSITE = "website", _("Website")
        OTHER = "other", _("Good to know")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    text = LanguageMapField(_("text"), blank=True)
    value = models.CharField(
        _("number or address"),
        max_length=500,
        blank=True,
        help_text=_("A phone number or a web address: the same in every language."),
    )

    harmless_kinds = (Kind.TIME_NEEDED, Kind.BEST_SEASON)
    OF_HOURS = (Kind.HOURS, Kind.CLOSED_DAYS)

    class Meta:
        verbose_name = _("visiting fact")
        verbose_name_plural = _("visiting facts")
        ordering = ["kind", "uid"]
        indexes = [models.Index(fields=["checked_on"], name="visiting_fact_checked_on")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.value or self.text.best()}"

    def clean(self) -> None:
        super().clean()
        if not self.value and not self.text:
            raise ValidationError({"text": _("Say something, or remove the row.")})
        if self.kind == self.Kind.WEBSITE and not self.value.startswith(("https://", "http://")):
            raise ValidationError({"value": _("A web address begins with https://.")})


class NoticeQuerySet(RecordQuerySet["Notice"]):
    def current(self, day: date) -> Self:
        """Those that hold on a day."""
        return self.filter(
            models.Q(begins__isnull=True) | models.Q(begins__lte=day),
            models.Q(ends__isnull=True) | models.Q(ends__gte=day),
        )


class Notice(Record):
    """A notice such as “closed for repair until …”, shown first from its first day to its last."""

    site = models.ForeignKey("Site", models.CASCADE, related_name="notices", verbose_name=_("site"))
    text = LanguageMapField(_("text"))
    is_closed = models.BooleanField(_("the whole site is closed"), default=False)
    begins = models.DateField(_("from"), null=True, blank=True)
    ends = models.DateField(_("until"), null=True, blank=True)
    source = models.ForeignKey(
        "Source", models.PROTECT, null=True, blank=True, verbose_name=_("source")
    )

    owner = "site"
    constraint_fields = {"notice_ends_after_start": "ends"}
    objects: ClassVar = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["begins", "uid"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(begins__isnull=True)
                | models.Q(ends__isnull=True)
                | models.Q(begins__lte=models.F("ends")),
                name="notice_ends_after_start",
                violation_error_message=_("A notice cannot end before it begins."),
                violation_error_code="notice_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return self.text.best().text


class Custodian(Record):
    """Who looks after a site."""

    name = LanguageMapField(_("name"))
    url = models.URLField(_("address"), blank=True, validators=[validate_web_address])
    search_text = models.TextField(default="", editable=False, serialize=False)

    derived_fields = ("search_text",)

    class Meta:
        verbose_name = _("custodian")
        verbose_name_plural = _("custodians")
        ordering = ["uid"]

    def __str__(self) -> str:
        return self.name.best().text

    def derive(self, stored: dict | None = None, user_id: int | None = None) -> None:
        self.search_text = normalize.index_text(list(self.name.values()), (), ())
