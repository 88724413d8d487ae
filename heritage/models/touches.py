"""Which sites a written row touches: they are brought up to date and entered in the journal."""

from django.db.models import Q
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save

from heritage.models import journal
from heritage.models.base import Record
from heritage.models.changes import Touched, announce, begin, listen
from heritage.models.derived import refresh, refresh_designations
from heritage.models.events import Event
from heritage.models.identifiers import Identifier, IdentifierScheme
from heritage.models.identity import Identity
from heritage.models.images import Image
from heritage.models.names import FormerSlug, Name
from heritage.models.registers import (
    ComponentPoint,
    Designation,
    DesignationEvent,
    Scheme,
    SchemeTerm,
    WorldHeritage,
)
from heritage.models.relations import Coverage, PartOf
from heritage.models.sites import Site
from heritage.models.sources import Licence, Source
from heritage.models.visiting import Custodian, Notice, Opening, Price, VisitingFact
from heritage.models.vocabularies import Era, Kind, Place


def _sites_with_events_in(era_ids):
    # What lies within a span depends on all eras: see eras_of().
    ids = Era.objects.subtree_ids(era_ids)
    events = Event.objects.filter(Q(first_era__in=ids) | Q(last_era__isnull=False))
    return events.order_by().values_list("site_id", flat=True)


def _sites_in(place_ids):
    return Site.objects.in_places(Place.objects.subtree_ids(place_ids)).values_list("pk", flat=True)


def _sites_of(kind_ids):
    return Site.objects.of_kinds(Kind.objects.subtree_ids(kind_ids)).values_list("pk", flat=True)


def _sites_listed_in(scheme_ids):
    covered = Coverage.objects.filter(designation__scheme__in=scheme_ids)
    return covered.order_by().values_list("site_id", flat=True)


def _sites_under(designation_ids):
    covered = Coverage.objects.filter(designation__in=designation_ids)
    return covered.order_by().values_list("site_id", flat=True)


def _sites_using(term_ids):
    """Sites under entries that a register's term describes."""
    # Two questions, since one with OR is planned badly where many rows have just been written.
    described = ("designation__category", "designation__world_heritage__criteria")
    found = [Coverage.objects.filter(**{f"{by}__in": term_ids}).order_by() for by in described]
    return {pk for covered in found for pk in covered.values_list("site_id", flat=True)}


_TOUCHES = {
    Site: lambda ids: ids,
    Era: _sites_with_events_in,
    Place: _sites_in,
    Kind: _sites_of,
    Designation: _sites_under,
    Scheme: _sites_listed_in,
    SchemeTerm: _sites_using,
}
# Whoever keeps them, or pages that show them, must hear of every change, whichever site uses them.
_VOCABULARIES = (
    Kind,
    Era,
    Place,
    Scheme,
    SchemeTerm,
    Source,
    Identity,
    Licence,
    Custodian,
    IdentifierScheme,
    ComponentPoint,
)
_PARTS = (
    Name,
    FormerSlug,
    Identifier,
    Event,
    Coverage,
    PartOf,
    Image,
    Opening,
    Price,
    VisitingFact,
    Notice,
)
_RELATIONS = [
    field.remote_field.through
    for model in (Site, WorldHeritage)
    for field in model._meta.many_to_many
]


def _on_rows(touched: Touched) -> None:
    refresh_designations(touched.get(Designation, ()))
    sites: set[int] = set()
    for model, ids in touched.items():
        if ids and model in _TOUCHES:
            sites.update(_TOUCHES[model](ids))
    refresh(sites)
    if any(touched.get(model) for model in _VOCABULARIES):
        sites.add(journal.VOCABULARY)
    journal.note(sites)


def _before_row(sender, instance, **kwargs) -> None:
    # A signal and not a method, since a fixture's row is saved past the methods of its model.
    if isinstance(instance, Record):
        instance.derive()


def _on_row(sender, instance, **kwargs) -> None:
    instance.announce()


def _before_deletion(sender, instance, **kwargs) -> None:
    # While the rows that tie it to its sites are still there.
    announce(Site, list(_TOUCHES[sender]([instance.pk])))


def _on_many_to_many(sender, instance, action, reverse, pk_set, **kwargs) -> None:
    if sender not in _RELATIONS:
        return
    if action.startswith("pre_"):
        begin()
    if action == "pre_clear" and reverse:
        instance._cleared = list(instance.sites.values_list("pk", flat=True))
    elif action.startswith("post_"):
        if reverse:
            announce(Site, instance._cleared if pk_set is None else pk_set)
        else:
            instance.announce()


def connect() -> None:
    """Called once the app is ready."""
    listen(journal.lock, _on_rows)
    pre_save.connect(_before_row, dispatch_uid="touches")
    m2m_changed.connect(_on_many_to_many, dispatch_uid="touches")
    for model in {*_TOUCHES, *_VOCABULARIES, *_PARTS, DesignationEvent, WorldHeritage}:
        post_save.connect(_on_row, sender=model, dispatch_uid="touches")
        post_delete.connect(_on_row, sender=model, dispatch_uid="touches")
    for model in (Kind, Place, SchemeTerm):
        pre_delete.connect(_before_deletion, sender=model, dispatch_uid="touches")
