"""The rows of many-to-many relations of records: their writes are tracked, as those of records."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, cast

from django.db import models

from heritage.models.row_values import linked_ids, relation
from heritage.models.unit_of_work import unit_of_work

if TYPE_CHECKING:
    from heritage.models.base import Record


class TieQuerySet[T: "Tie"](models.QuerySet[T]):
    """Rows are added and removed, and the history tells it of the record that has the relation.

    Django's own `add()`, `remove()`, `set()` and `clear()` write by it.
    """

    def bulk_create(self, objs: Iterable[T], *args: Any, **options: Any) -> list[T]:
        objs = list(objs)
        with self.model.told(getattr(obj, self.model.near) for obj in objs):
            return super().bulk_create(objs, *args, **options)

    def update(self, **values: Any) -> NoReturn:
        """Rows of a relation are not moved: refused, as `bulk_update()` is by it."""
        raise TypeError(self.model.refusal())

    def delete(self) -> tuple[int, dict[str, int]]:
        with self.model.told(self.values_list(self.model.near, flat=True)):
            return super().delete()

    delete.queryset_only = True  # type: ignore[attr-defined]  # as Django marks its own


class Tie(models.Model):
    """A row that ties a record to another.

    `near` is the column of the record that has the relation. `auto_created` says that there is
    nothing in the row but the tie, as in those that Django makes by itself: so its admin and its
    fixtures show and carry the relation, and there is no model to migrate.
    """

    relation_name: ClassVar[str]
    near: ClassVar[str] = "site_id"

    objects = TieQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.pk}"

    def save(self, *args: Any, **options: Any) -> None:
        if not self._state.adding:
            raise TypeError(self.refusal())
        with self.told([getattr(self, self.near)]):
            super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        with self.told([getattr(self, self.near)]):
            return super().delete(*args, **options)

    @classmethod
    def relation(cls) -> models.ManyToManyField:
        """The relation that the rows are of."""
        key: Any = cls._meta.get_field(cls.near.removesuffix("_id"))
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
    def told(cls, ids: Iterable[int]) -> Iterator[None]:
        """What is done within it to the relation of these rows is part of the unit of work."""
        field = cls.relation()
        with unit_of_work() as unit:
            unit.begin(cast("type[Record]", field.model))
            before = linked_ids(field, ids)
            yield
            unit.relation_changed(field, before, linked_ids(field, before))


class SiteKind(Tie):
    site = models.ForeignKey("Site", models.CASCADE, related_name="+")
    kind = models.ForeignKey("Kind", models.CASCADE, related_name="+")

    relation_name = "kinds"

    class Meta:
        auto_created = True
        db_table = "heritage_site_kinds"
        unique_together = ("site", "kind")


class SiteAlsoIn(Tie):
    site = models.ForeignKey("Site", models.CASCADE, related_name="+")
    place = models.ForeignKey("Place", models.CASCADE, related_name="+")

    relation_name = "also_in"

    class Meta:
        auto_created = True
        db_table = "heritage_site_also_in"
        unique_together = ("site", "place")


class SiteSource(Tie):
    site = models.ForeignKey("Site", models.CASCADE, related_name="+")
    source = models.ForeignKey("Source", models.CASCADE, related_name="+")

    relation_name = "sources"

    class Meta:
        auto_created = True
        db_table = "heritage_site_sources"
        unique_together = ("site", "source")


class WorldHeritageCriterion(Tie):
    worldheritage = models.ForeignKey("WorldHeritage", models.CASCADE, related_name="+")
    registerterm = models.ForeignKey("RegisterTerm", models.CASCADE, related_name="+")

    relation_name = "criteria"
    near = "worldheritage_id"

    class Meta:
        auto_created = True
        db_table = "heritage_worldheritage_criteria"
        unique_together = ("worldheritage", "registerterm")


class WorldHeritageRegion(Tie):
    worldheritage = models.ForeignKey("WorldHeritage", models.CASCADE, related_name="+")
    registerterm = models.ForeignKey("RegisterTerm", models.CASCADE, related_name="+")

    relation_name = "regions"
    near = "worldheritage_id"

    class Meta:
        auto_created = True
        db_table = "heritage_worldheritage_regions"
        unique_together = ("worldheritage", "registerterm")


class WorldHeritageState(Tie):
    worldheritage = models.ForeignKey("WorldHeritage", models.CASCADE, related_name="+")
    place = models.ForeignKey("Place", models.CASCADE, related_name="+")

    relation_name = "states"
    near = "worldheritage_id"

    class Meta:
        auto_created = True
        db_table = "heritage_worldheritage_states"
        unique_together = ("worldheritage", "place")
