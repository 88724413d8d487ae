"""Relations between sites, and which designations cover them."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

from heritage.models.base import Record, refuse_cycle
from heritage.models.fields import LanguageMapField


class PartOf(Record):
    """`part` belongs to `whole`: the pagoda forest to the temple. It implies no status."""

    part = models.ForeignKey("Site", models.CASCADE, related_name="part_of", verbose_name=_("part"))
    whole = models.ForeignKey("Site", models.CASCADE, related_name="parts", verbose_name=_("whole"))
    note = LanguageMapField(_("note"), blank=True)

    # Both sites have the row; what follows from it is what the part belongs to.
    owner = "part"
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
