"""The rows of many-to-many relations of records: their writes are tracked, as those of records."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, cast

from django.db import models

from heritage.models.row_values import linked_ids, relation
from heritage.models.unit_of_work import unit_of_work

if TYPE_CHECKING:
    from heritage.models.base import Record


class RelationRowQuerySet[T: "RelationRow"](models.QuerySet[T]):
    """Adds and removes rows, and records it in the history of the record that has the relation.

    Django's own `add()`, `remove()`, `set()` and `clear()` use it.
    """

    def bulk_create(self, objs: Iterable[T], *args: Any, **options: Any) -> list[T]:
        objs = list(objs)
        field = self.model.relation()
        near, far = self.model.owner_column, field.m2m_reverse_name()
        with unit_of_work() as unit:
            unit.prepare_write(cast("type[Record]", field.model))
            before: dict[int, list[int]] = {getattr(obj, near): [] for obj in objs}
            before |= linked_ids(field, [pk for pk in before if unit.may_be_linked(field, pk)])
            created = super().bulk_create(objs, *args, **options)
            after = {pk: {*ids} for pk, ids in before.items()}
            for obj in objs:
                after[getattr(obj, near)].add(getattr(obj, far))
            unit.relation_changed(field, before, {pk: sorted(ids) for pk, ids in after.items()})
        return created

    def update(self, **values: Any) -> NoReturn:
        """Refused, and with it `bulk_update()`: rows of a relation are added and removed only."""
        raise TypeError(self.model.refusal())

    def delete(self) -> tuple[int, dict[str, int]]:
        with self.model.tracked(self.values_list(self.model.owner_column, flat=True)):
            return super().delete()

    delete.queryset_only = True  # type: ignore[attr-defined]  # as Django marks its own


class RelationRow(models.Model):
    """A row of a many-to-many relation.

    `owner_column` is the key to the record that has the relation. `auto_created` says that a row
    has nothing but its two keys, as those that Django makes by itself: so its admin and its
    fixtures show and carry the relation, and there is no model to migrate.
    """

    relation_name: ClassVar[str]
    owner_column: ClassVar[str] = "site_id"

    objects = RelationRowQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.pk}"

    def save(self, *args: Any, **options: Any) -> None:
        if not self._state.adding:
            raise TypeError(self.refusal())
        with self.tracked([getattr(self, self.owner_column)]):
            super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        with self.tracked([getattr(self, self.owner_column)]):
            return super().delete(*args, **options)

    @classmethod
    def relation(cls) -> models.ManyToManyField:
        """The relation that the rows are of."""
        key: Any = cls._meta.get_field(cls.owner_column.removesuffix("_id"))
        return relation(key.related_model, cls.relation_name)

    @classmethod
    def refusal(cls) -> str:
        model, name = cls.relation().model.__name__, cls.relation_name
        return (
            f"Rows of the relation “{name}” are not changed: use its add(), remove() and set(), or "
            f"{model}.objects.bulk_add() and bulk_remove()."
        )

    @classmethod
    @contextmanager
    def tracked(cls, ids: Iterable[int]) -> Iterator[None]:
        """Record what the block changes in the relation of these records, given by id."""
        field = cls.relation()
        with unit_of_work() as unit:
            unit.prepare_write(cast("type[Record]", field.model))
            before = linked_ids(field, ids)
            yield
            unit.relation_changed(field, before, linked_ids(field, before))


class SiteKind(RelationRow):
    site = models.ForeignKey("Site", models.CASCADE, related_name="+")
    kind = models.ForeignKey("Kind", models.CASCADE, related_name="+")

    relation_name = "kinds"

    class Meta:
        auto_created = True
        db_table = "heritage_site_kinds"
        unique_together = ("site", "kind")


class SiteAlsoIn(RelationRow):
    site = models.ForeignKey("Site", models.CASCADE, related_name="+")
    place = models.ForeignKey("Place", models.CASCADE, related_name="+")

    relation_name = "also_in"

    class Meta:
        auto_created = True
        db_table = "heritage_site_also_in"
        unique_together = ("site", "place")


class SiteSource(RelationRow):
    site = models.ForeignKey("Site", models.CASCADE, related_name="+")
    source = models.ForeignKey("Source", models.CASCADE, related_name="+")

    relation_name = "sources"

    class Meta:
        auto_created = True
        db_table = "heritage_site_sources"
        unique_together = ("site", "source")


class EraTerritory(RelationRow):
    era = models.ForeignKey("Era", models.CASCADE, related_name="+")
    place = models.ForeignKey("Place", models.CASCADE, related_name="+")

    relation_name = "territory"
    owner_column = "era_id"

    class Meta:
        auto_created = True
        db_table = "heritage_era_territory"
        unique_together = ("era", "place")


class WorldHeritageCriterion(RelationRow):
    worldheritage = models.ForeignKey("WorldHeritage", models.CASCADE, related_name="+")
    registerterm = models.ForeignKey("RegisterTerm", models.CASCADE, related_name="+")

    relation_name = "criteria"
    owner_column = "worldheritage_id"

    class Meta:
        auto_created = True
        db_table = "heritage_worldheritage_criteria"
        unique_together = ("worldheritage", "registerterm")


class WorldHeritageRegion(RelationRow):
    worldheritage = models.ForeignKey("WorldHeritage", models.CASCADE, related_name="+")
    registerterm = models.ForeignKey("RegisterTerm", models.CASCADE, related_name="+")

    relation_name = "regions"
    owner_column = "worldheritage_id"

    class Meta:
        auto_created = True
        db_table = "heritage_worldheritage_regions"
        unique_together = ("worldheritage", "registerterm")


class WorldHeritageState(RelationRow):
    worldheritage = models.ForeignKey("WorldHeritage", models.CASCADE, related_name="+")
    place = models.ForeignKey("Place", models.CASCADE, related_name="+")

    relation_name = "states"
    owner_column = "worldheritage_id"

    class Meta:
        auto_created = True
        db_table = "heritage_worldheritage_states"
        unique_together = ("worldheritage", "place")
