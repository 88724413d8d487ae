"""The rules of kinds by which sites that nobody guards are shown to the public no more closely.

`Kind.blur_km` is the rule of a kind and of all narrower kinds without one of their own. A site is
guarded if it is World Heritage, has a custodian, or opening hours or prices. `Site.blur_km` of the
record goes before any rule.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from heritage.models.sites import Site
from heritage.models.visiting import Opening, Price
from heritage.models.vocabularies import Kind
from heritage.services.derived_from import SiteWithRows, Terms, term_and_broader
from heritage.values.language import LazyText

_VISITED = (Opening, Price)


class BlurRules:
    """The rules for some sites, of which all rows have been read."""

    def __init__(self, sites: Iterable[SiteWithRows], terms: Terms):
        self._terms = terms
        ruled = [each.site.pk for each in sites if self._km(each.kinds)]
        self._visited: set[int] = set()
        for model in _VISITED if ruled else ():
            rows = model.objects.filter(site__in=ruled).order_by()
            self._visited.update(rows.values_list("site_id", flat=True))

    def of_site(self, rows: SiteWithRows) -> int:
        """In km: the widest of its kinds; 0 for a site that is guarded, or without a rule."""
        site = rows.site
        is_guarded = (
            site.inscribed_year is not None
            or site.custodian_id is not None
            or site.pk in self._visited
        )
        return 0 if is_guarded else self._km(rows.kinds)

    def _km(self, kinds: Iterable[int]) -> int:
        return max((self._rule(pk) for pk in kinds), default=0)

    def _rule(self, kind_id: int) -> int:
        kind = ruling(term_and_broader(self._terms.kinds, kind_id))
        return (kind.blur_km or 0) if kind else 0


def ruling(line: Iterable[Kind]) -> Kind | None:
    """Of a kind and the broader ones, narrowest first, the one that has a rule."""
    return next((kind for kind in line if kind.blur_km is not None), None)


@dataclass(frozen=True, slots=True)
class RuleOfSite:
    """The rule that would hold for a stored site, and who guards it; then it does not hold."""

    kind: Kind
    km: int
    guards: list[LazyText]


def rule_of(site: Site) -> RuleOfSite | None:
    """None without a rule that blurs."""
    if not Kind.objects.filter(blur_km__gt=0).exists():
        return None
    found = []
    for kind in site.kinds.all():
        if rule := ruling((kind, *reversed(kind.ancestors()))):
            found.append((rule.blur_km or 0, rule))
    widest = max(found, key=lambda each: each[0], default=None)
    if widest is None or not widest[0]:
        return None
    return RuleOfSite(widest[1], widest[0], list(_guards(site)))


def _guards(site: Site) -> Iterator[LazyText]:
    if site.inscribed_year is not None:
        yield _("World Heritage")
    if site.custodian_id is not None:
        yield _("custodian")
    if any(model.objects.filter(site=site).exists() for model in _VISITED):
        yield _("opening hours or prices")
