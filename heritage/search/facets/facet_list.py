"""All facets, in the order of the form."""

from typing import Any

from heritage.search.facets import areas, contents, registers, vocabularies
from heritage.search.facets.base import AnyFacet, TreeFacet

FACETS: tuple[AnyFacet, ...] = (
    vocabularies.KindFacet(),
    vocabularies.EraFacet(),
    registers.RegionFacet(),
    areas.AreaFacet(),
    vocabularies.PlaceFacet(),
    registers.UnescoFacet(),
    registers.ProtectionFacet(),
    registers.BatchFacet(),
    registers.RatingFacet(),
    registers.CategoryFacet(),
    registers.CriterionFacet(),
    registers.InscribedFacet(),
    registers.DangerFacet(),
    contents.ContentFacet(),
    contents.LanguageFacet(),
)
BY_NAME: dict[str, AnyFacet] = {facet.name: facet for facet in FACETS}
# Those that suggestions propose, in their order.
TREES: dict[str, TreeFacet[Any]] = {
    facet.name: facet
    for facet in sorted(
        (facet for facet in FACETS if isinstance(facet, TreeFacet)),
        key=lambda facet: facet.suggestions_order,
    )
}
