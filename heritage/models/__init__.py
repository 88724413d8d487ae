"""What is stored."""

from heritage.models.events import Event, SiteEra, SortName
from heritage.models.identity import Identity
from heritage.models.images import Image
from heritage.models.loaded import LoadedRow
from heritage.models.people import User
from heritage.models.registers import (
    Designation,
    DesignationEvent,
    Scheme,
    SchemeTerm,
    WorldHeritage,
)
from heritage.models.sites import Coverage, FormerSlug, Name, PartOf, Site
from heritage.models.sources import Licence, Source
from heritage.models.unesco import UnescoStatus
from heritage.models.vocabularies import Era, Kind, Place

__all__ = [
    "Coverage", "Designation", "DesignationEvent", "Era", "Event", "FormerSlug", "Identity",
    "Image", "Kind", "Licence", "LoadedRow", "Name", "PartOf", "Place", "Scheme", "SchemeTerm", "Site",
    "SiteEra", "SortName", "Source", "UnescoStatus", "User", "WorldHeritage",
]
