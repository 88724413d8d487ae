"""The tables in which a site has rows, by the names of its relations."""

from django.db.models import Model

from heritage.models import (
    Coverage,
    Disagreement,
    Event,
    Identifier,
    Image,
    Name,
    Notice,
    Opening,
    PartOf,
    Price,
    Quantity,
    Record,
    Site,
    SourcedSentence,
    VisitingFact,
)

# By relation, the table that links a site to ids, and the column that holds these.
LINKS: dict[str, tuple[type[Model], str]] = {
    "kinds": (Site.kinds.through, "kind_id"),
    "also_in": (Site.also_in.through, "place_id"),
    "sources": (Site.sources.through, "source_id"),
}
# By relation, what is read of it: the model, and the column that names the site.
RELATIONS: dict[str, tuple[type[Record], str]] = {
    "identifiers": (Identifier, "site_id"),
    "names": (Name, "site_id"),
    "events": (Event, "site_id"),
    "coverages": (Coverage, "site_id"),
    "part_of": (PartOf, "part_id"),
    "parts": (PartOf, "whole_id"),
    "images": (Image, "site_id"),
    "sentences": (SourcedSentence, "site_id"),
    "quantities": (Quantity, "site_id"),
    "openings": (Opening, "site_id"),
    "prices": (Price, "site_id"),
    "visitingfacts": (VisitingFact, "site_id"),
    "notices": (Notice, "site_id"),
    "disagreements": (Disagreement, "site_id"),
}
