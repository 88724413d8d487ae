"""All models of the catalogue, with what others need to read and write them.

- **Models.** Those of `Record` have a permanent uid; each write of one is tracked, whether by
  `save()`, by a queryset or by a relation. Rows that follow from others (`SiteEra`, `SortName`,
  tables of the index) are written by services alone.
- **Writes.** `change_set()` says what belongs together, who does it and why.
  `Site.publish()`, `withdraw()` and `rename()`, `Correction.send()` are change sets of their own.
  `IndexChange.objects` is the change log, by which readers learn what writers did.
- **The fields of a site.** `SITE_FIELDS` declares each: where it is edited, what files have.
- **Types of columns** of our own, and what names a row in choosers (`label_of()`).
- **Modules.** `row_values` (rows as plain values), `statements` (what a record states, and what
  that rests on), `unit_of_work` (what is written within a transaction).

Other packages import these names; services, which carry the writes out, import modules, too.
"""

from heritage.models import row_values, statements
from heritage.models.base import (
    Record,
    chunks,
    untracked,
)
from heritage.models.command_runs import SILENCE, CommandRun
from heritage.models.corrections import Correction
from heritage.models.designations import (
    IN_FORCE,
    LISTED_STATUSES,
    WHOLE_STATUSES,
    ComponentPoint,
    Designation,
    DesignationEvent,
    Register,
    RegisterTerm,
    UnescoStatus,
    WorldHeritage,
    standing_of,
    unesco_statuses,
    unesco_statuses_of,
)
from heritage.models.disagreements import Disagreement
from heritage.models.events import (
    Event,
    SiteEra,
    SortName,
    age_events,
    exact_dates,
    first_beginning,
    is_within,
)
from heritage.models.fields import (
    PLATE,
    SOLEMN,
    DegreesField,
    EDTFField,
    LanguageMapField,
    NamesField,
    OriginalField,
    PictureField,
    edtf_bounds,
    new_uid,
)
from heritage.models.former_sites import former_site
from heritage.models.group_defaults import GroupDefault
from heritage.models.history import Change, ChangeSet, ThinnedHistory
from heritage.models.identifiers import Identifier, IdentifierScheme
from heritage.models.identity import Identity
from heritage.models.images import Image, Rendition
from heritage.models.imports import Import, ImportQuestion, ImportRow
from heritage.models.jobs import Job, JobLine, WrongJobState, job_waits
from heritage.models.labels import keys_of_label, label_of, with_chosen, with_label
from heritage.models.loaded_rows import LoadedRow
from heritage.models.login_attempts import LoginAttempt
from heritage.models.open_forms import OpenForm
from heritage.models.outgoing_mail import OutgoingMail
from heritage.models.prepared_files import PreparedFile
from heritage.models.quantities import Quantity
from heritage.models.relations import Coverage, PartOf
from heritage.models.reviews import Review, ReviewComment
from heritage.models.row_changes import RowChange, net_changes
from heritage.models.row_values import insert_objects, insert_rows, update_columns
from heritage.models.saved_filters import SavedFilter
from heritage.models.search_index import IndexPart, PendingRefresh, SpeltWord
from heritage.models.site_dates import SiteDate
from heritage.models.site_fields import (
    SITE_FIELDS,
    FieldUse,
    SiteField,
    columns_in_files,
    form_lines,
    texts_in_files,
)
from heritage.models.sites import FormerSlug, Name, Site, SiteQuerySet, shown_name
from heritage.models.sources import Licence, Source, SourcedSentence
from heritage.models.unit_of_work import IndexChange, change_set, owner_model
from heritage.models.users import User
from heritage.models.visiting import (
    WEEKDAYS,
    CheckedRecord,
    Custodian,
    Notice,
    Opening,
    Price,
    Quality,
    VisitingFact,
    days_of_season,
    falls_within,
    is_in_season,
)
from heritage.models.vocabularies import (
    Blur,
    Circle,
    DescribedTerm,
    Era,
    Kind,
    Place,
    Term,
    exact_place_phrase,
    place_phrase,
)

__all__ = [
    "IN_FORCE",
    "LISTED_STATUSES",
    "PLATE",
    "SILENCE",
    "SITE_FIELDS",
    "SOLEMN",
    "WEEKDAYS",
    "WHOLE_STATUSES",
    "Blur",
    "Change",
    "ChangeSet",
    "CheckedRecord",
    "Circle",
    "CommandRun",
    "ComponentPoint",
    "Correction",
    "Coverage",
    "Custodian",
    "DegreesField",
    "DescribedTerm",
    "Designation",
    "DesignationEvent",
    "Disagreement",
    "EDTFField",
    "Era",
    "Event",
    "FieldUse",
    "FormerSlug",
    "GroupDefault",
    "Identifier",
    "IdentifierScheme",
    "Identity",
    "Image",
    "Import",
    "ImportQuestion",
    "ImportRow",
    "IndexChange",
    "IndexPart",
    "Job",
    "JobLine",
    "Kind",
    "LanguageMapField",
    "Licence",
    "LoadedRow",
    "LoginAttempt",
    "Name",
    "NamesField",
    "Notice",
    "OpenForm",
    "Opening",
    "OriginalField",
    "OutgoingMail",
    "PartOf",
    "PendingRefresh",
    "PictureField",
    "Place",
    "PreparedFile",
    "Price",
    "Quality",
    "Quantity",
    "Record",
    "Register",
    "RegisterTerm",
    "Rendition",
    "Review",
    "ReviewComment",
    "RowChange",
    "SavedFilter",
    "Site",
    "SiteDate",
    "SiteEra",
    "SiteField",
    "SiteQuerySet",
    "SortName",
    "Source",
    "SourcedSentence",
    "SpeltWord",
    "Term",
    "ThinnedHistory",
    "UnescoStatus",
    "User",
    "VisitingFact",
    "WorldHeritage",
    "WrongJobState",
    "age_events",
    "change_set",
    "chunks",
    "columns_in_files",
    "days_of_season",
    "edtf_bounds",
    "exact_dates",
    "exact_place_phrase",
    "falls_within",
    "first_beginning",
    "form_lines",
    "former_site",
    "insert_objects",
    "insert_rows",
    "is_in_season",
    "is_within",
    "job_waits",
    "keys_of_label",
    "label_of",
    "net_changes",
    "new_uid",
    "owner_model",
    "place_phrase",
    "row_values",
    "shown_name",
    "standing_of",
    "statements",
    "texts_in_files",
    "unesco_statuses",
    "unesco_statuses_of",
    "untracked",
    "update_columns",
    "with_chosen",
    "with_label",
]
