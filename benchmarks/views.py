"""What the catalogue is compared with: a page that asks nothing, one as it is mostly written."""

from django.db.models import Count
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render

from heritage.models import Era, Kind, Place, Register, Site, SiteEra
from heritage.search.filters import SiteFilter

PER_PAGE = 24
# By the name of a facet: the column that is counted.
FACETS = {
    "kind": "kinds__slug",
    "era": "site_eras__era__slug",
    "place": "place__slug",
    "protection": "coverages__designation__register__slug",
    "category": "coverages__designation__category__code",
}
SAMPLE = 3_000


def constant(request):
    """The floor: what Django and its middleware cost by themselves."""
    return HttpResponse("<!DOCTYPE html><title>Nothing</title>")


def plain(request):
    """Five facets counted with GROUP BY, 24 sites with what belongs to them, a short template."""
    chosen = {name: request.GET[name] for name in FACETS if name in request.GET}
    sites = Site.objects.published().filter(**{FACETS[n]: value for n, value in chosen.items()})
    facets = []
    for name, column in FACETS.items():
        others = {FACETS[n]: value for n, value in chosen.items() if n != name}
        counted = (
            Site.objects.published()
            .filter(**others)
            .order_by()
            .values(column)
            .annotate(number=Count("pk", distinct=True))
            .order_by("-number", column)
        )
        facets.append((name, [(row[column], row["number"]) for row in counted]))
    page = sites.distinct() if chosen else sites
    context = {
        "total": page.count(),
        "facets": facets,
        "sites": page.select_related("place").prefetch_related(
            "kinds", "events", "coverages__designation__register"
        )[:PER_PAGE],
    }
    return render(request, "bench/plain.html", context)


def known(request):
    """What addresses can be made of; for the measuring, and never measured."""
    published = Site.objects.published()
    pks = list(published.order_by("pk").values_list("pk", flat=True))
    pks = pks[:: max(1, len(pks) // SAMPLE)]
    drawn = [row for start in range(0, len(pks), 500) for row in _rows(pks[start : start + 500])]
    eras = SiteEra.objects.filter(site__in=pks[:500]).values("era")
    return JsonResponse(
        {
            "total": published.count(),
            "filters": sorted(SiteFilter.base_filters),
            "slugs": [slug for slug, _name in drawn],
            "names": [name for _slug, name in drawn],
            "terms": {
                "kind": _slugs(Kind.objects.filter(sites__in=pks[:500])),
                "era": _slugs(Era.objects.filter(pk__in=eras)),
                "place": _slugs(Place.objects.filter(sites__in=pks[:500])),
                "protection": _slugs(Register.objects.filter(role=Register.Role.PROTECTION)),
                "unesco": ["inscribed", "part", "tentative", "none"],
            },
        }
    )


def _rows(pks: list[int]):
    return Site.objects.filter(pk__in=pks).order_by("pk").values_list("slug", "name")


def _slugs(terms) -> list[str]:
    return sorted(set(terms.values_list("slug", flat=True)))
