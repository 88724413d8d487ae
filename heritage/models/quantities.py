"""Numbers of a site that people compare: caves, figures, height, length, area."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from heritage.models.base import Record
from heritage.models.fields import LanguageMapField, quick_display


class Quantity(Record):
    """One number of a site, in the unit of its source; `of` says what is counted or measured."""

    class Kind(models.TextChoices):
        CAVES = "caves", pgettext_lazy("quantity of a site", "caves and niches")
        FIGURES = "figures", pgettext_lazy("quantity of a site", "figures")
        HEIGHT = "height", pgettext_lazy("quantity of a site", "height")
        LENGTH = "length", pgettext_lazy("quantity of a site", "length")
        AREA = "area", pgettext_lazy("quantity of a site", "area")

    class Exactness(models.TextChoices):
        EXACT = "exact", pgettext_lazy("how exact a number is", "exactly")
        ABOUT = "about", pgettext_lazy("how exact a number is", "about")
        AT_LEAST = "at_least", pgettext_lazy("how exact a number is", "more than")

    class Unit(models.TextChoices):
        NUMBER = "", pgettext_lazy("unit", "none: counted")
        METRE = "m", "m"
        KILOMETRE = "km", "km"
        SQUARE_METRE = "m2", "m²"
        HECTARE = "ha", "ha"
        SQUARE_KILOMETRE = "km2", "km²"

    site = models.ForeignKey(
        "Site", models.CASCADE, related_name="quantities", verbose_name=_("site")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    get_kind_display = quick_display("kind", Kind)
    exactness = models.CharField(
        _("exactness"), max_length=8, choices=Exactness, default=Exactness.EXACT
    )
    amount = models.DecimalField(
        _("amount"), max_digits=14, decimal_places=3, validators=[MinValueValidator(0)]
    )
    unit = models.CharField(
        _("unit"), max_length=4, choices=Unit, blank=True, help_text=_("Empty for what is counted.")
    )
    of = LanguageMapField(
        _("of what"), blank=True, help_text=_("Such as “the great Buddha”; empty: of the site.")
    )
    source = models.ForeignKey(
        "Source", models.PROTECT, null=True, blank=True, verbose_name=_("source")
    )

    owner = "site"

    # The units of each kind, and how many of the first one a unit is.
    UNITS = {
        Kind.CAVES: {Unit.NUMBER: 1},
        Kind.FIGURES: {Unit.NUMBER: 1},
        Kind.HEIGHT: {Unit.METRE: 1, Unit.KILOMETRE: 1000},
        Kind.LENGTH: {Unit.METRE: 1, Unit.KILOMETRE: 1000},
        Kind.AREA: {Unit.SQUARE_METRE: 1, Unit.HECTARE: 10_000, Unit.SQUARE_KILOMETRE: 1_000_000},
    }

    class Meta:
        verbose_name = _("quantity")
        verbose_name_plural = _("quantities")
        ordering = ["kind", "uid"]

    def __str__(self) -> str:
        """ "height: about 17 m (the great Buddha)"."""
        of = self.of.best().text
        return f"{self.get_kind_display()}: {self.phrase()}" + (f" ({of})" if of else "")

    def clean(self) -> None:
        super().clean()
        units = self.UNITS.get(self.Kind(self.kind), {}) if self.kind in self.Kind.values else {}
        if units and self.unit not in units:
            raise ValidationError({"unit": _("This kind of quantity has another unit.")})

    def phrase(self) -> str:
        """The number with its unit: "about 17 m", "51,000"."""
        amount = Decimal(self.amount).normalize()  # without zeros at the end
        return self._worded(number_format(amount, force_grouping=True))

    def _worded(self, number: str) -> str:
        unit = self.Unit(self.unit).label if self.unit else ""
        words = f"{number} {unit}".strip()
        match self.exactness:
            case self.Exactness.ABOUT:
                return pgettext("a number", "about %(number)s") % {"number": words}
            case self.Exactness.AT_LEAST:
                return pgettext("a number", "more than %(number)s") % {"number": words}
        return words

    @property
    def in_first_unit(self) -> Decimal:
        """The amount in the first unit of its kind, by which quantities are compared."""
        return Decimal(self.amount) * self.UNITS[self.Kind(self.kind)][self.Unit(self.unit)]
