"""Small builders of stored records: each gives what a test names and invents the rest."""

import io
from datetime import date
from itertools import count

from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from PIL import Image as Picture

from heritage.models import (
    Coverage,
    Designation,
    DesignationEvent,
    Disagreement,
    Era,
    Event,
    Image,
    Kind,
    Licence,
    Name,
    Notice,
    Opening,
    PartOf,
    Place,
    Price,
    Quantity,
    Register,
    RegisterTerm,
    Site,
    Source,
    SourcedSentence,
    User,
    VisitingFact,
    WorldHeritage,
)
from heritage.models.unit_of_work import change_set
from heritage.values.language import LanguageMap

_numbers = count(1)


def text(value=None, zh=None, **more) -> LanguageMap:
    """A language map: text("Kiln"), text("Kiln", "窑"), text(fr="Four"), text({"en": …})."""
    if isinstance(value, dict):
        return LanguageMap.clean(value)
    pairs = {"en": value or "", "zh-hans": zh or "", **more}
    return LanguageMap.clean({code.replace("_", "-"): words for code, words in pairs.items()})


def _labelled(model, label, zh, **fields):
    number = next(_numbers)
    fields.setdefault("slug", f"{model._meta.model_name}-{number}")
    label = text(label or f"{model._meta.model_name} {number}", zh)
    return model.objects.create(label=label, **fields)


# --- vocabularies ----------------------------------------------------------------------------


def make_kind(label=None, zh=None, **fields) -> Kind:
    return _labelled(Kind, label, zh, **fields)


def make_place(label=None, zh=None, level="city", **fields) -> Place:
    return _labelled(Place, label, zh, level=level, **fields)


def make_era(label=None, zh=None, span="0618/0907", **fields) -> Era:
    return _labelled(Era, label, zh, span=span, **fields)


def make_register(role="protection", label=None, zh=None, **fields) -> Register:
    return _labelled(Register, label, zh, role=role, **fields)


def make_term(register, code=None, facet="category", label=None, zh=None, **fields) -> RegisterTerm:
    code = code or str(next(_numbers))
    return RegisterTerm.objects.create(
        register=register, facet=facet, code=code, label=text(label or f"Term {code}", zh), **fields
    )


def make_source(citation=None, kind="official", **fields) -> Source:
    citation = text(citation or f"Source {next(_numbers)}")
    return Source.objects.create(citation=citation, kind=kind, **fields)


def make_licence(code=None, **fields) -> Licence:
    code = code or f"LICENCE-{next(_numbers)}"
    return Licence.objects.create(code=code, label=fields.pop("label", text(code)), **fields)


def change(row: Site | Kind) -> None:
    """A write that changes the row; a save of what is stored already is none."""
    name = "note" if isinstance(row, Site) else "description"
    setattr(row, name, text(f"Written {next(_numbers)}"))
    row.save()


# --- sites and their rows --------------------------------------------------------------------


@change_set("command")
def make_site(name=None, zh=None, kinds=(), also_in=(), sources=(), **fields) -> Site:
    """A published site; `state="draft"` and the like for another one."""
    fields.setdefault("state", Site.State.PUBLISHED)
    site = Site.objects.create(name=text(name or f"Site {next(_numbers)}", zh), **fields)
    for relation, rows in (("kinds", kinds), ("also_in", also_in), ("sources", sources)):
        if rows:
            getattr(site, relation).set(rows)
    return site


def make_name(site, words=None, kind="alternative", language="en", **fields) -> Name:
    words = words or f"Name {next(_numbers)}"
    return Name.objects.create(site=site, text=words, kind=kind, language=language, **fields)


def make_event(site, kind="built", date="", first_era=None, **fields) -> Event:
    if not date and not first_era:
        date = "0700"
    return Event.objects.create(site=site, kind=kind, date=date, first_era=first_era, **fields)


def make_sentence(site, words="A text.", zh=None, source=None) -> SourcedSentence:
    source = source or make_source()
    return SourcedSentence.objects.create(site=site, text=text(words, zh), source=source)


def make_quantity(site, kind="figures", amount=51_000, **fields) -> Quantity:
    return Quantity.objects.create(site=site, kind=kind, amount=amount, **fields)


def make_part(part, whole, **fields) -> PartOf:
    return PartOf.objects.create(part=part, whole=whole, **fields)


def picture_file(width=60, height=40, name="picture.png", colour=(150, 60, 40)) -> ContentFile:
    """An uploaded picture, as a form would give it."""
    out = io.BytesIO()
    Picture.new("RGB", (width, height), colour).save(out, "PNG")
    return ContentFile(out.getvalue(), name=name)


def make_image(site, published=True, **fields) -> Image:
    """A picture that may be shown, with all that is owed."""
    fields.setdefault("file", picture_file())
    fields.setdefault("alt", text("A gate", "一座门"))
    fields.setdefault("author", "Somebody")
    if published and "licence" not in fields:
        fields["licence"] = make_licence()
    return Image.objects.create(site=site, published=published, **fields)


# --- visiting --------------------------------------------------------------------------------


def make_opening(site, opens="09:00", closes="17:00", checked=True, **fields) -> Opening:
    """Checked hours; `opens=None` is a row that says "closed"."""
    hours = {"opens": opens, "closes": closes if opens else None}
    return Opening.objects.create(site=site, **hours, **_checked(checked), **fields)


def make_price(site, amount=30, checked=True, **fields) -> Price:
    fields.setdefault("label", text("Adults"))
    return Price.objects.create(site=site, amount=amount, **_checked(checked), **fields)


def make_fact(site, kind="phone", checked=True, **fields) -> VisitingFact:
    fields.setdefault("value", "+86 379 0000 0000")
    return VisitingFact.objects.create(site=site, kind=kind, **_checked(checked), **fields)


def make_disagreement(site, fact="other", **fields) -> Disagreement:
    values = {"shown": text("Fired brick", "烧砖"), "other": text("Mud brick", "土坯")}
    if fact in ("name", "point") or fields.get("event"):
        del values["shown"]
    values |= {"reason": text("The excavation found it so.", "发掘所见如此。")}
    return Disagreement.objects.create(site=site, fact=fact, **values | fields)


def make_notice(site, is_closed=True, **fields) -> Notice:
    fields.setdefault("text", text("Closed for repair"))
    return Notice.objects.create(site=site, is_closed=is_closed, **fields)


def _checked(checked: bool) -> dict:
    return {"source": make_source(), "checked_on": date(2026, 11, 1)} if checked else {}


# --- registers -------------------------------------------------------------------------------


@change_set("command")
def make_designation(role="protection", reference=None, events=("1961",), register=None, **fields):
    """A register's entry; `events` are dates of inscription or (kind, date) pairs.

    World Heritage: role="world_heritage", events=["2000", ("in_danger", "2003")], criteria=[…].
    """
    register = register or make_register(role)
    detail = {key: fields.pop(key) for key in ("criteria", "regions", "states") if key in fields}
    reference = f"R-{next(_numbers)}" if reference is None else reference
    entry = Designation.objects.create(register=register, reference=reference, **fields)
    for event in events:
        kind, date = (DesignationEvent.Kind.INSCRIBED, event) if isinstance(event, str) else event
        DesignationEvent.objects.create(designation=entry, kind=kind, date=date)
    if detail or register.role == Register.Role.WORLD_HERITAGE:
        world_heritage = WorldHeritage.objects.create(designation=entry)
        for relation, rows in detail.items():
            getattr(world_heritage, relation).set(rows)
    entry.refresh_from_db()  # standing and year follow from the events
    return entry


def make_coverage(site, designation=None, extent="whole", **fields) -> Coverage:
    designation = designation or make_designation()
    return Coverage.objects.create(site=site, designation=designation, extent=extent, **fields)


# --- people ----------------------------------------------------------------------------------


def make_user(username=None, group=None, password=None, **fields) -> User:
    """Somebody who may enter the admin; `group` is contributor, editor or administrator."""
    fields.setdefault("is_staff", True)
    # Without a password nothing is hashed, which takes long: tests log in by force.
    user = User.objects.create_user(
        username or f"user{next(_numbers)}", password=password, **fields
    )
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user
