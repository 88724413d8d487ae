"""What became of deleted sites, read from the history."""

from typing import NamedTuple

from django.contrib.contenttypes.models import ContentType

from heritage.models.history import Change, ChangeSet
from heritage.models.sites import Site


class FormerSite(NamedTuple):
    """A site that was deleted: the one that it was merged into, and whether readers ever saw it."""

    merged_into: Site | None
    was_public: bool


def former_site(uid: str) -> FormerSite | None:
    """The deleted site of this uid; None if none was deleted.

    A merge deletes one of two sites. If the other one was merged later, `merged_into` is the last
    remaining site.
    """
    sites = Change.objects.filter(model=ContentType.objects.get_for_model(Site))
    deletions = sites.filter(after__isnull=True).select_related("change_set").order_by("-pk")
    deletion = deletions.filter(before__uid=uid).first()
    if deletion is None:
        return None
    was_public = bool((deletion.before or {}).get("published_at"))
    seen: set[int] = set()
    while deletion is not None and deletion.object_id not in seen:
        seen.add(deletion.object_id)
        made = deletion.change_set
        if made.kind != ChangeSet.Kind.MERGE or made.detail.get("other") != deletion.object_id:
            break
        kept = made.detail["kept"]
        if site := Site.objects.filter(pk=kept).first():
            return FormerSite(site, was_public)
        deletion = deletions.filter(object_id=kept).first()
    return FormerSite(None, was_public)
