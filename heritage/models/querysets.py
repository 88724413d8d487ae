"""Querysets of sites; searches, pages and the admin use them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Exists, OuterRef, Q

from heritage.models.base import RecordQuerySet
from heritage.models.unit_of_work import unit_of_work

if TYPE_CHECKING:
    from heritage.models.sites import Site


class SiteQuerySet(RecordQuerySet["Site"]):
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
        from heritage.models.unesco import status_condition

        return self.filter(status_condition(wanted))
