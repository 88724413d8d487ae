"""The fields of a site, each declared once: what it is offered for and what files say of it.

`SITE_FIELDS` is read by the admin's form, the columns of its list, editing in a table, corrections,
completeness, imports and downloads; its order is that of the form. `exchange.columns` has how a
value is read, compared and assigned, by the type of the model field.
"""

from dataclasses import dataclass
from enum import Flag, auto

from django.utils.translation import gettext_lazy as _

from heritage.models.fields import LanguageMapField
from heritage.models.sites import Site
from heritage.values.language import LazyText


class FieldUse(Flag):
    """What a field is offered for, beside the form and files."""

    NONE = 0
    TABLE = auto()  # editing in a table
    CORRECTION = auto()  # applying a reader's correction
    IMPORT = auto()  # a column of a file that is imported
    LIST = auto()  # a column of the list of sites
    ALL = TABLE | CORRECTION | LIST | IMPORT


@dataclass(frozen=True, slots=True)
class SiteField:
    name: str  # of the model field, or of what the admin shows in its place
    section: str = ""  # of the form, see `heritage/admin/records/sites.py`; empty: not in the form
    uses: FieldUse = FieldUse.ALL  # of those that its column can be offered for
    beside: bool = False  # in one line of the form with the field before it
    missing: str | LazyText = ""  # what readers look for and a site without it lacks
    # What files that are downloaded say of it; empty: it is no column of them, see
    # `heritage/formats/downloads/columns.py`.
    in_files: str | LazyText = ""
    unit: str | LazyText = ""  # of a number in files
    for_editors: bool = False  # whether only their files have it


SITE_FIELDS = (
    SiteField("uid", uses=FieldUse.IMPORT, in_files=_("Names the record for ever.")),
    SiteField(
        "state",
        uses=FieldUse.IMPORT,
        in_files=_("draft, in_review, published or archived."),
        for_editors=True,
    ),
    SiteField(
        "name",
        "names",
        missing=_("name in %(language)s"),
        in_files=_("The name, as the registers and maps have it."),
    ),
    SiteField(
        "short_name",
        "names",
        in_files=_("What people call it, where the name is longer."),
    ),
    SiteField(
        "kinds",
        "what",
        missing=_("kind"),
        in_files=_("Slugs of the kinds of place that it is, the most telling first."),
    ),
    SiteField(
        "place",
        "where",
        missing=_("place"),
        in_files=_("Slug of the narrowest place that it is sure to lie in."),
    ),
    SiteField("also_in", "where", uses=FieldUse.IMPORT, beside=True),
    SiteField("coordinates", "where", missing=_("point")),
    SiteField(
        "latitude",
        "where",
        uses=~FieldUse.CORRECTION,
        beside=True,
        in_files=_("North is positive; WGS 84."),
        unit="°",
    ),
    SiteField(
        "longitude",
        "where",
        uses=~FieldUse.CORRECTION,
        beside=True,
        in_files=_("East is positive; WGS 84."),
        unit="°",
    ),
    SiteField(
        "precision",
        "where",
        in_files=_(
            "What the recorded point is: surveyed, approximate, or town, the centre of the town."
        ),
    ),
    SiteField(
        "accuracy_m",
        "where",
        beside=True,
        in_files=_("How far off the recorded point may be."),
        unit="m",
    ),
    SiteField("point_source", "where", uses=FieldUse.IMPORT),
    SiteField(
        "blur_km",
        "where",
        beside=True,
        in_files=_(
            "How closely the public may see where it lies; empty: by the rule of its kinds."
        ),
        unit="km",
        for_editors=True,
    ),
    SiteField("public_point", "where", uses=FieldUse.NONE),
    SiteField("boundary", "where", uses=FieldUse.NONE),
    SiteField("era"),
    SiteField("hook", "texts", in_files=_("A sentence: what makes it worth a look.")),
    SiteField(
        "summary",
        "texts",
        missing=_("summary in %(language)s"),
        in_files=_("One or two sentences."),
    ),
    SiteField(
        "description",
        "texts",
        missing=_("description in %(language)s"),
        in_files=_("The long text, in Markdown."),
    ),
    SiteField("cover", "pictures", uses=FieldUse.NONE),
    SiteField("custodian", "visiting", uses=FieldUse.LIST | FieldUse.IMPORT),
    SiteField("area_ha", "visiting", beside=True, in_files=_("Its area."), unit="ha"),
    SiteField(
        "sources",
        "sources",
        uses=FieldUse.IMPORT,
        missing=_("source"),
        in_files=_("Uids of the sources of the whole record; its page says what rests on which."),
    ),
    SiteField("note", "sources", in_files=_("Doubts about the record.")),
    SiteField(
        "featured", "publication", in_files=_("The place on the home page."), for_editors=True
    ),
    SiteField(
        "prominence",
        "publication",
        beside=True,
        in_files=_("The higher, the earlier in lists."),
        for_editors=True,
    ),
    SiteField(
        "slug",
        "publication",
        uses=FieldUse.LIST | FieldUse.IMPORT,
        in_files=_("Stands in the address."),
        for_editors=True,
    ),
    SiteField("eras", "automatic", uses=FieldUse.NONE),
    SiteField("former_addresses", "automatic", uses=FieldUse.NONE),
    SiteField(
        "created_at",
        "automatic",
        uses=FieldUse.LIST,
        in_files=_("When it was created, UTC."),
        for_editors=True,
    ),
    SiteField("created_by", "automatic", uses=FieldUse.LIST, beside=True),
    SiteField(
        "updated_at",
        "automatic",
        uses=FieldUse.LIST,
        beside=True,
        in_files=_("When an editor last wrote it, UTC."),
        for_editors=True,
    ),
    SiteField(
        "published_at",
        "automatic",
        uses=FieldUse.LIST,
        in_files=_("When it was first published, UTC."),
    ),
    SiteField("state_changed_at", "automatic", uses=FieldUse.NONE, beside=True),
    SiteField("state_changed_by", "automatic", uses=FieldUse.NONE, beside=True),
)


def form_lines(section: str) -> tuple[tuple[str, ...], ...]:
    """The names of the fields in a section of the form, line by line."""
    lines: list[tuple[str, ...]] = []
    for field in SITE_FIELDS:
        if field.section == section:
            line = lines.pop() if field.beside else ()
            lines.append((*line, field.name))
    return tuple(lines)


def texts_in_files() -> list[SiteField]:
    """The translated fields that are columns of files, one for each language."""
    return [field for field in SITE_FIELDS if field.in_files and _is_text(field)]


def columns_in_files() -> list[SiteField]:
    """The other fields of the site itself that are columns of files."""
    own = {each.name for each in Site._meta.concrete_fields if not each.is_relation}
    return [
        field
        for field in SITE_FIELDS
        if field.in_files and field.name in own and not _is_text(field)
    ]


def _is_text(field: SiteField) -> bool:
    return isinstance(Site._meta.get_field(field.name), LanguageMapField)
