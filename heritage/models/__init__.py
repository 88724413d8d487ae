"""All models of the catalogue; import them from here."""

from heritage.models.corrections import Correction
from heritage.models.designations import (
    ComponentPoint,
    Designation,
    DesignationEvent,
    Register,
    RegisterTerm,
    WorldHeritage,
)
from heritage.models.events import Event, SiteEra, SortName
from heritage.models.group_defaults import GroupDefault
from heritage.models.history import Change, ChangeSet
from heritage.models.identifiers import Identifier, IdentifierScheme
from heritage.models.identity import Identity
from heritage.models.images import Image
from heritage.models.loaded_rows import LoadedRow
from heritage.models.login_attempts import LoginAttempt
from heritage.models.names import FormerSlug, Name
from heritage.models.open_forms import OpenForm
from heritage.models.relations import Coverage, PartOf
from heritage.models.reviews import Review, ReviewComment
from heritage.models.saved_filters import SavedFilter
from heritage.models.search_index import IndexChange, IndexPart, PendingRefresh, SpeltWord
from heritage.models.sites import Site
from heritage.models.sources import Licence, Source
from heritage.models.unesco import UnescoStatus
from heritage.models.users import User
from heritage.models.visiting import Custodian, Notice, Opening, Price, VisitingFact
from heritage.models.vocabularies import Era, Kind, Place
