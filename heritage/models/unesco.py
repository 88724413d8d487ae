"""The UNESCO status of a site, derived from the World Heritage entries that cover it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from heritage.models.designations import Designation, Register

if TYPE_CHECKING:
    from heritage.models.relations import Coverage


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


def statuses(coverages: Iterable[Coverage]) -> list[UnescoStatus]:
    """The statuses that follow from loaded coverages, in the order of the badge; never empty."""
    return statuses_of(
        (coverage.designation.register.role, coverage.designation.standing, coverage.extent)
        for coverage in coverages
    )


def statuses_of(covered: Iterable[tuple[str, str, str]]) -> list[UnescoStatus]:
    """The same from (role of the register, standing, extent) for each coverage."""
    found = {
        status
        for its_role, standing, its_extent in covered
        for status, (role, standings, extent) in _CONDITIONS.items()
        if role == its_role and standing in standings and extent in (None, its_extent)
    }
    return [status for status in UnescoStatus if status in found] or [UnescoStatus.NONE]


def status_condition(wanted: Iterable[str]) -> Q:
    """A condition on sites: those with at least one of the `wanted` statuses."""
    from heritage.models.relations import Coverage

    def covered(status: str) -> Q:
        role, standings, extent = _CONDITIONS[status]
        rows = Coverage.objects.filter(
            site=OuterRef("pk"),
            designation__register__role=role,
            designation__standing__in=standings,
        )
        return Q(Exists(rows.filter(extent=extent) if extent else rows))

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
