"""Relations between sites, and which designations cover them."""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from heritage.models.base import Record, RecordQuerySet, refuse_cycle
from heritage.models.designations import Register
from heritage.models.fields import LanguageMapField
from heritage.values.coordinates import snap

_ROWS_AT_ONCE = 5_000


class PartOf(Record):
    """`part` belongs to `whole`: the pagoda forest to the temple. It implies no status."""

    part = models.ForeignKey("Site", models.CASCADE, related_name="part_of", verbose_name=_("part"))
    whole = models.ForeignKey("Site", models.CASCADE, related_name="parts", verbose_name=_("whole"))
    note = LanguageMapField(_("note"), blank=True)

    # Both sites have the row; what follows from it is what the part belongs to.
    owner = "part"
    also_shown_by = ("whole",)
    constraint_fields = {"part_once": "whole", "part_not_itself": "whole"}
    # Not where a form judges several rows together, as they will be once they are saved.
    looks_for_cycles = True

    class Meta:
        verbose_name = _("part of a site")
        verbose_name_plural = _("parts of sites")
        ordering = ["whole__slug", "part__slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["part", "whole"],
                name="part_once",
                violation_error_message=_("This is said already."),
                violation_error_code="part_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(part=models.F("whole")),
                name="part_not_itself",
                violation_error_message=_("A site is no part of itself."),
                violation_error_code="part_not_itself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part} ⊂ {self.whole}"

    def clean(self) -> None:
        super().clean()
        if self.part_id and self.whole_id and self.looks_for_cycles:
            refuse_cycle(self.part_id, [self.whole_id], self._wholes_of, "whole")

    @staticmethod
    def _wholes_of(ids: Iterable[int]) -> Iterable[int]:
        return PartOf.objects.filter(part__in=ids).values_list("whole_id", flat=True)


class CoverageQuerySet(RecordQuerySet["Coverage"]):
    def component_points(self) -> Iterator[tuple[int, float, float]]:
        """(site, latitude, longitude) of the parts of World Heritage properties that these
        coverages cover as a whole, in the order of the parts, as the public sees them: a blurred
        site has none, and a part with a blurred record of its own is snapped to the grid of that.
        """
        covered = self.filter(
            extent=Coverage.Extent.WHOLE,
            designation__register__role=Register.Role.WORLD_HERITAGE,
            designation__points__isnull=False,
        )
        at, part = "designation__points", "designation__points__site"
        rows = covered.order_by(f"{at}__number").values_list(
            "site_id", "site__blur_km", "site__rule_blur_km",
            f"{at}__latitude", f"{at}__longitude", f"{part}__blur_km", f"{part}__rule_blur_km",
        )  # fmt: skip
        for pk, own, rule, latitude, longitude, part_own, part_rule in rows.iterator(_ROWS_AT_ONCE):
            if rule if own is None else own:
                continue
            blur_km = part_rule if part_own is None else part_own
            yield pk, *(snap(latitude, longitude, blur_km) if blur_km else (latitude, longitude))


class Coverage(Record):
    """A designation covers a site, as a whole or as one of its components."""

    class Extent(models.TextChoices):
        WHOLE = "whole", _("the whole")
        COMPONENT = "component", _("a component")

    site = models.ForeignKey(
        "Site", models.CASCADE, related_name="coverages", verbose_name=_("site")
    )
    designation = models.ForeignKey(
        "Designation", models.CASCADE, related_name="coverages", verbose_name=_("designation")
    )
    extent = models.CharField(_("extent"), max_length=10, choices=Extent, default=Extent.WHOLE)
    component_reference = models.CharField(
        _("component reference"),
        max_length=20,
        blank=True,
        help_text=_("Such as 1442-005: only where a source gives one."),
    )
    note = LanguageMapField(_("note"), blank=True, help_text=_("Shown to readers."))
    source = models.ForeignKey(
        "Source", models.PROTECT, null=True, blank=True, verbose_name=_("source")
    )

    objects: ClassVar = CoverageQuerySet.as_manager()

    constraint_fields = {"coverage_once": "designation"}

    owner = "site"

    class Meta:
        verbose_name = _("designation of a site")
        verbose_name_plural = _("designations of sites")
        ordering = ["designation__register__rank", "uid"]
        constraints = [
            models.UniqueConstraint(
                fields=["designation", "site"],
                name="coverage_once",
                violation_error_message=_("This designation covers the site already."),
                violation_error_code="coverage_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.designation} → {self.site}"
