"""Vocabularies that sites are described with: kinds, places, eras."""

from collections.abc import Iterable
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from heritage.models.base import TreeRecord
from heritage.models.fields import (
    COVER_LENGTH,
    DegreesField,
    EDTFField,
    LanguageMapField,
    NamesField,
    complete_point,
    edtf_bounds,
    quick_display,
    validate_palette,
    validate_scene,
)
from heritage.models.through_models import EraTerritory
from heritage.values import normalize
from heritage.values.coordinates import Point
from heritage.values.date_format import span_phrase
from heritage.values.language import LanguageMap, Text, interface_languages
from heritage.values.web_address import validate_web_address

MAX_RADIUS_KM = 200  # of a place; what is wider says nothing of where a site lies


class Term(TreeRecord):
    """A labelled term with a readable slug: the slug stands in addresses."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    label = LanguageMapField(_("label"))
    other_names = NamesField()
    search_text = models.TextField(default="", editable=False, serialize=False)

    derived_fields: tuple[str, ...] = ("search_text",)

    class Meta:
        abstract = True

    def derive(self, stored: dict | None = None, user_id: int | None = None) -> None:
        self.search_text = normalize.index_text(self.names(), (), ())

    def names(self) -> list[str]:
        """All its names, in any language."""
        return [*self.label.values(), *self.other_names]

    def __str__(self) -> str:
        return self.label.best().text


class DescribedTerm(Term):
    """A term with a text of a few sentences, which may be recalled or have a source."""

    description = LanguageMapField(
        _("description"),
        blank=True,
        db_default={},
        help_text=_("Two or three sentences for its page: what it was and what to look for."),
    )
    description_source = models.ForeignKey(
        "heritage.Source",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("source of the description"),
    )

    class Meta:
        abstract = True


class Blur(models.IntegerChoices):
    """To which grid, in km, a point is snapped for the public."""

    NONE = 0, _("not blurred")
    KM1 = 1, _("to about 1 km")
    KM5 = 5, _("to about 5 km")
    KM20 = 20, _("to about 20 km")


class Kind(Term):
    """What a site is: temple, grottoes, city wall … with broader and narrower terms."""

    description = LanguageMapField(_("description"), blank=True)
    scene = models.CharField(
        _("scene"),
        max_length=COVER_LENGTH,
        blank=True,
        validators=[validate_scene],
        help_text=_(
            "The drawing for sites of this kind without a photograph. It must be true of each of "
            "them, wherever it is; else leave it empty."
        ),
    )
    order = models.PositiveSmallIntegerField(
        _("order"), default=100, help_text=_("Of several kinds, the lowest gives the scene.")
    )
    aat = models.CharField(
        _("AAT number"),
        max_length=20,
        blank=True,
        help_text=_("Getty Art & Architecture Thesaurus."),
    )
    blur_km = models.PositiveSmallIntegerField(
        _("blur without guard"),
        choices=[(None, _("as its broader kind")), *Blur.choices],
        null=True,
        blank=True,
        help_text=_(
            "How closely readers see where sites of this kind lie, unless they are guarded: World "
            "Heritage, in the care of a custodian, or with opening hours or prices. What a site "
            "says itself goes before."
        ),
    )

    class Meta:
        verbose_name = _("kind")
        verbose_name_plural = _("kinds")
        ordering = ["order", "slug"]


class Circle(NamedTuple):
    """An area by its centre, in degrees, and its radius."""

    latitude: float
    longitude: float
    km: int

    @property
    def centre(self) -> Point:
        return self.latitude, self.longitude


class Place(DescribedTerm):
    """Country → province → city → county; and famous sights of which the catalogue has no record:
    who searches for one is told so, and shown what is nearest."""

    class Level(models.TextChoices):
        COUNTRY = "country", _("country or territory")
        PROVINCE = "province", _("province or state")
        CITY = "city", _("city or prefecture")
        COUNTY = "county", _("county or district")
        SIGHT = "sight", _("sight of which there is no record")

    level = models.CharField(_("level"), max_length=10, choices=Level)
    get_level_display = quick_display("level", Level)
    TOWNS = (Level.CITY, Level.COUNTY)
    code = models.CharField(
        _("code"),
        max_length=12,
        blank=True,
        help_text=_("ISO 3166 for countries and provinces, the national code below."),
    )
    note = LanguageMapField(_("note"), blank=True, help_text=_("Shown to readers."))
    latitude = DegreesField(
        _("latitude"), limit=90, null=True, blank=True, help_text=_("Of its centre, if it has one.")
    )
    longitude = DegreesField(_("longitude"), limit=180, null=True, blank=True)
    radius_km = models.PositiveSmallIntegerField(
        _("radius in km"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_RADIUS_KM)],
        help_text=_(
            "So far from its centre lies whatever is recorded here and in no narrower place. Sites "
            "without a point are then found there, as somewhere in this place."
        ),
    )
    centre_source = models.ForeignKey(
        "Source",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("source of the centre"),
    )
    # By language of the interface, what lists of places are sorted by.
    sort_keys = models.JSONField(default=dict, editable=False, serialize=False)

    CIRCLE = ("latitude", "longitude", "radius_km")  # the columns of `circle`

    derived_fields = (*Term.derived_fields, "sort_keys")

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["level", "code"],
                condition=~models.Q(code=""),
                name="place_code_once",
                violation_error_message=_("Another place of this level has this code already."),
                violation_error_code="place_code_once",
            ),
            complete_point("place_point_whole"),
        ]

    constraint_fields = {"place_code_once": "code", "place_point_whole": "latitude"}

    def has_chinese_names(self) -> bool:
        """Whether places of this country have Chinese names, by its country code."""
        return self.code[:2] in ("", "CN", "HK", "MO", "TW")

    @property
    def is_wide(self) -> bool:
        """Whether it is so large that its centre says little about where a site in it lies."""
        return self.level in (self.Level.COUNTRY, self.Level.PROVINCE)

    @property
    def centre(self) -> Point | None:
        """Latitude and longitude of a town's centre; None for places without one, such as
        countries."""
        if self.latitude is None or self.longitude is None:
            return None
        return self.latitude, self.longitude

    @property
    def circle(self) -> Circle | None:
        """The circle in which a site lies if only this place is known; None without centre or
        radius."""
        if self.centre is None or self.radius_km is None:
            return None
        return Circle(*self.centre, self.radius_km)

    def district(self) -> "Place | None":
        """The narrowest of this place and its broader ones that has a circle; None if none has."""
        line = (self, *reversed(self.ancestors()))
        return next((place for place in line if place.circle), None)

    def clean(self) -> None:
        super().clean()
        if self.radius_km is not None and self.centre is None:
            raise ValidationError({"radius_km": _("A radius needs a centre.")}, code="radius")

    def derive(self, stored: dict | None = None, user_id: int | None = None) -> None:
        super().derive(stored, user_id)
        self.sort_keys = sort_keys(self.label)

    def sort_key(self, language: str) -> str:
        # `reindex` keeps those of a language that has been added; until then each is made.
        return self.sort_keys.get(language) or sort_keys(self.label)[language]


def place_phrase(place: Place | None) -> str:
    """City and province, “Luoyang, Henan”; a province alone with its country, “Gao, Mali”."""
    chain = _chain_of(place)
    return _chain_phrase([each for each in chain if each.level != Place.Level.COUNTY] or chain)


def exact_place_phrase(place: Place | None) -> str:
    """The same with the county, where it is known: “Xiangcheng, Zhoukou, Henan”."""
    return _chain_phrase(_chain_of(place))


def _chain_of(place: Place | None) -> list[Place]:
    """From the narrowest place to the province; a province alone with its country."""
    chain: list[Place] = []
    while place is not None:
        chain.append(place)
        if place.level == Place.Level.COUNTRY or (
            place.level == Place.Level.PROVINCE and len(chain) > 1
        ):
            break
        place = place.parent
    return chain


def _chain_phrase(places: Iterable[Place]) -> str:
    """Places from the narrowest to the broadest, as the reader's language puts them together."""
    phrase = ""
    for place in places:
        label = place.label.best().text
        if phrase:
            phrase = pgettext("a place and the one it lies in", "%(narrow)s, %(broad)s") % {
                "narrow": phrase,
                "broad": label,
            }
        else:
            phrase = label
    return phrase


def sort_keys(label: LanguageMap) -> dict[str, str]:
    """The sort keys of a label, by language of the interface."""
    return {code: normalize.sort_key(label.best(code).text, code) for code in interface_languages()}


class Era(DescribedTerm):
    """A period of history in a region. `parent` only groups: an era may extend beyond it."""

    class Certainty(models.TextChoices):
        CERTAIN = "certain", _("certain")
        APPROXIMATE = "approximate", _("approximate")
        TRADITIONAL = "traditional", _("traditional")

    short_label = LanguageMapField(
        _("short label"), blank=True, help_text=_("For spans, as in “Jin (1115–1234) to Qing”.")
    )
    span = EDTFField(_("span"), help_text=_("EDTF interval, such as 0618/0907 or 1949/.. (open)."))
    first_year = models.IntegerField(_("first year"), null=True, editable=False, serialize=False)
    last_year = models.IntegerField(_("last year"), null=True, editable=False, serialize=False)
    certainty = models.CharField(
        _("certainty"), max_length=12, choices=Certainty, default=Certainty.CERTAIN
    )
    region = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="eras", verbose_name=_("region")
    )
    region_name = LanguageMapField(
        _("name of the region"),
        blank=True,
        help_text=_("Where the region is wider than a place of the catalogue: Mesopotamia."),
    )
    territory = models.ManyToManyField(
        Place,
        through=EraTerritory,
        blank=True,
        related_name="+",
        verbose_name=_("territory"),
        help_text=_(
            "Places that it held. A span of eras that runs through it is a span of this era only "
            "for sites that lie there. Empty: for all sites."
        ),
    )
    territory_source = models.ForeignKey(
        "Source",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("source of the territory"),
    )
    periodo = models.URLField(_("PeriodO address"), blank=True, validators=[validate_web_address])
    source = models.ForeignKey(
        "Source", models.PROTECT, null=True, blank=True, verbose_name=_("source")
    )
    palette = models.CharField(
        _("palette"),
        max_length=20,
        blank=True,
        validators=[validate_palette],
        help_text=_("Colours of drawn covers."),
    )

    derived_fields = (*Term.derived_fields, "first_year", "last_year")
    constraint_fields = {"era_ends_after_start": "span"}

    class Meta:
        verbose_name = _("era")
        verbose_name_plural = _("eras")
        ordering = [models.F("first_year").asc(nulls_first=True), "last_year", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first_year__isnull=True)
                | models.Q(last_year__isnull=True)
                | models.Q(first_year__lte=models.F("last_year")),
                name="era_ends_after_start",
                violation_error_message=_("An era cannot end before it starts."),
                violation_error_code="era_ends_after_start",
            )
        ]

    def derive(self, stored: dict | None = None, user_id: int | None = None) -> None:
        super().derive(stored, user_id)
        self.first_year, self.last_year = edtf_bounds(self.span)

    def names(self) -> list[str]:
        return [*super().names(), *self.short_label.values()]

    def short(self) -> Text:
        """The short label in the reader's language, if there is one."""
        short = self.short_label.best()
        return short if short.text and not short.is_fallback else self.label.best()

    def years(self) -> str:
        return span_phrase(
            self.first_year,
            self.last_year,
            approximate=self.certainty == self.Certainty.APPROXIMATE,
        )
