"""Unpublished records: who may see them, and the answers to everybody else.

The users who may view them in the admin see them.
"""

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from heritage.models import FormerSlug, Site


def may_see(request: HttpRequest, permission: str) -> bool:
    """Call it only for unpublished records, so that public pages never read the session."""
    return request.user.is_staff and request.user.has_perm(f"heritage.{permission}")


def any_site(slug: str) -> Site | None:
    """A site in whatever state, by the slug that it has or had."""
    former = FormerSlug.objects.filter(slug=slug).select_related("site").first()
    return Site.objects.filter(slug=slug).first() or (former.site if former else None)


def gone(request: HttpRequest, site: Site | None) -> HttpResponse:
    """The answer for a site that is not public: 410 if it was, else it raises Http404."""
    if site is not None and site.state == Site.State.ARCHIVED and site.published_at:
        return withdrawn(request)
    raise Http404


def withdrawn(request: HttpRequest) -> HttpResponse:
    return render(request, "410.html", status=410)


def visible_site(request: HttpRequest, sites: QuerySet[Site], uid: str) -> tuple[Site, bool]:
    """The site of a uid, and whether everybody may see it. Raises Http404 if the user may not."""
    site = sites.filter(uid=uid).first()
    if site is None:
        raise Http404
    is_public = site.state == Site.State.PUBLISHED
    if not is_public and not may_see(request, "view_site"):
        raise Http404
    return site, is_public
