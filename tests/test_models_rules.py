"""What may not be stored: said at the field, and held by the database where it can be."""

from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction

from heritage.models import (
    Coverage,
    Designation,
    Era,
    Event,
    Kind,
    Name,
    Opening,
    Place,
    Register,
    Site,
    WorldHeritage,
)
from heritage.models.base import evaluate
from heritage.services.record_problems import problems
from tests.builders import (
    make_designation,
    make_era,
    make_image,
    make_kind,
    make_place,
    make_register,
    make_site,
    make_term,
    text,
)

pytestmark = pytest.mark.django_db


def cycle_of_kinds():
    broad = make_kind()
    middle = make_kind(parent=broad)
    broad.parent = make_kind(parent=middle)
    return broad


def foreign_category():
    return Designation(register=make_register(), category=make_term(make_register()))


def second_reference():
    first = make_designation(reference="1-0001")
    return Designation(register=first.register, reference="1-0001")


def second_coverage():
    entry, site = make_designation(), make_site()
    Coverage.objects.create(site=site, designation=entry)
    return Coverage(site=site, designation=entry)


def second_code():
    make_place(code="CN", level="country")
    return Place(slug="x", label=text("X"), level="country", code="CN")


def bare_detail():
    return WorldHeritage(designation=make_designation("world_heritage"), area_ha=0)


def boundary(*points):
    return Site(name=text("A"), boundary={"type": "Polygon", "coordinates": [points]})


def event(**fields):
    return Event(site=make_site(), kind="built", **fields)


def name(**fields):
    return Name(site=make_site("Temple"), **{"text": "X", "language": "en"} | fields)


def era(span):
    return Era(slug="a", label=text("A"), span=span)


def site(**fields):
    return Site(name=text("A"), **fields)


def eras_turned_round():
    tang, qing = make_era(span="0618/0907"), make_era(span="1644/1912")
    return Event(site=make_site(), kind="fabric", first_era=qing, last_era=tang)


def image(**fields):
    made = make_image(make_site(), published=False)
    for name, value in fields.items():
        setattr(made, name, value)
    made.published = True
    return made


# name: (what gives the row, the field that the message stands at, a word of the message)
REFUSED = {
    "latitude of 91": (lambda: site(latitude=91, longitude=1), "latitude", "90"),
    "longitude of 181": (lambda: site(latitude=1, longitude=181), "longitude", "180"),
    "half a point": (lambda: site(latitude=1), "longitude", "together"),
    "no name": (lambda: Site(), "name", "blank"),
    "unknown language": (lambda: Site(name={"not a code": "x"}), "name", "language code"),
    "uid with a slash": (lambda: site(uid="a/b"), "uid", "valid"),
    "slug with a space": (lambda: site(slug="a b"), "slug", "slug"),
    "area of 0": (lambda: site(area_ha=0), "area_ha", "more than 0"),
    "a short name of 42 letters": (lambda: site(short_name=text(zh="寺" * 21)), "short_name", "40"),
    "a hook of 91 letters": (lambda: site(hook=text("a" * 91)), "hook", "90"),
    "boundary": (lambda: site(boundary={"type": "Point"}), "boundary", "Polygon"),
    "boundary turned round": (
        lambda: boundary([34, 112], [35, 112], [35, 113], [34, 112]),
        "boundary",
        "longitude first",
    ),
    "era that ends before it starts": (lambda: era("0907/0618"), "span", ""),
    "era with broken EDTF": (lambda: era("Tang"), "span", "Tang"),
    "era within itself": (cycle_of_kinds, "parent", "circle"),
    "impossible year": (lambda: event(date="Y-99999999"), "date", ""),
    "a date as forms read it": (lambda: event(date="c. 68"), "date", "write 0068~"),
    "a reign year": (lambda: event(date="万历二十年"), "date", "write 1592"),
    "month 13": (lambda: event(date="0493-13"), "date", "13"),
    "event without any date": (lambda: event(), "date", "era"),
    "last era alone": (
        lambda: event(date="0700", last_era=make_era()),
        "last_era",
        "first era",
    ),
    "eras turned round": (eras_turned_round, "last_era", "before"),
    "a code twice in a register": (second_reference, "reference", "already"),
    "category of another register": (foreign_category, "category", "another register"),
    "covered twice": (second_coverage, "designation", "already"),
    "a code twice among places": (
        second_code,
        "code",
        "already",
    ),
    "area of 0 in the list": (bare_detail, "area_ha", "more than 0"),
    "display name again": (lambda: name(text="Temple"), "text", "display name"),
    "name in no language": (lambda: name(language="english!"), "language", "language code"),
    "picture without alt text": (lambda: image(alt={}), "alt", "简体中文"),
    "picture without licence": (lambda: image(licence=None), "licence", "licence"),
    "picture without author": (lambda: image(author=""), "author", "author"),
    "hours that do not end": (lambda: Opening(site=make_site(), opens="08:00"), "closes", "both"),
    "day that is none": (lambda: Opening(site=make_site(), weekdays="8"), "weekdays", "Monday"),
}


@pytest.mark.parametrize(("build", "field", "word"), REFUSED.values(), ids=REFUSED)
def test_refused_at_the_field(build, field, word):
    row = build()
    with pytest.raises(ValidationError) as error:
        row.full_clean()
    assert field in error.value.message_dict, error.value.message_dict
    assert word in " ".join(error.value.message_dict[field])


# name: what the database itself refuses, forms or no forms
HELD = {
    "latitude": lambda: Site.objects.create(name=text("A"), latitude=91, longitude=0),
    "half a point": lambda: Site.objects.create(name=text("A"), latitude=9),
    "reference": lambda: second_reference().save(),
    "coverage": lambda: second_coverage().save(),
    "event without a date": lambda: Event.objects.create(site=make_site(), kind="built"),
    "slug": lambda: Kind.objects.create(slug=make_kind().slug, label=text("A")),
    "licence": lambda: make_image(make_site(), licence=None),
    "area": lambda: WorldHeritage.objects.create(
        designation=Designation.objects.create(register=make_register()), area_ha=0
    ),
}


@pytest.mark.parametrize("write", HELD.values(), ids=HELD)
def test_held_by_the_database(write):
    with pytest.raises(IntegrityError), transaction.atomic():
        write()


def stored_badly():
    """Rows as a careless load may leave them, and the field that is named."""
    site, register = make_site("Temple"), make_register("world_heritage")
    Site.objects.filter(pk=site.pk).update(name={"en": ""})
    yield "site", site, "name"
    event = Event.objects.create(site=make_site(kinds=[make_kind()]), kind="built", date="0700")
    with connection.cursor() as cursor:  # the ORM would refuse it
        cursor.execute("UPDATE heritage_event SET date = '0700-45' WHERE id = %s", [event.pk])
    yield "event", event, "date"
    outside = Event.objects.create(
        site=event.site, kind="built", date="1400", first_era=make_era(span="0618/0907")
    )
    yield "event", outside, "date"
    round_about = make_kind()
    Kind.objects.filter(pk=round_about.pk).update(parent=round_about)
    yield "kind", round_about, "parent"
    entry = Designation.objects.create(register=register, reference="1442")
    covers = Coverage.objects.create(
        site=event.site, designation=entry, component_reference="1443-005"
    )
    yield "coverage", covers, "component_reference"
    bare = make_site()
    yield "site", bare, "kinds"
    wrong = WorldHeritage.objects.create(designation=make_designation("protection"))
    yield "worldheritage", wrong, "designation"


def test_check_catalogue_names_object_and_field():
    expected = [(f"heritage.{label}", row.uid, field) for label, row, field in stored_badly()]
    found = {(problem.label, problem.uid, problem.field) for problem in problems()}
    assert set(expected) <= found


def test_a_sound_catalogue_has_no_problem():
    make_site(kinds=[make_kind()], latitude=34.5, longitude=112.5)
    assert list(problems()) == []
    assert Register.objects.count() == 0


# --- check constraints are evaluated in Python as the database does ------------------------------


SAMPLES = {
    models.FloatField: [None, -181.0, -90.0, 0.0, 90.0, 90.5, 180.5],
    models.IntegerField: [None, -5, 0, 3, 4],
    models.DecimalField: [None, Decimal("-1"), Decimal(0), Decimal("0.5")],
    models.BooleanField: [False, True],
    models.DateField: [None, date(2026, 1, 1), date(2026, 1, 2)],
    models.ForeignKey: [None, 1, 2],
    models.CharField: ["", "0700"],
}


def samples(field):
    values = next(values for kind, values in SAMPLES.items() if isinstance(field, kind))
    return [value for value in values if value is not None or field.null]


def columns_of(condition):
    """The columns that a condition is about."""
    for child in condition.children:
        if isinstance(child, models.Q):
            yield from columns_of(child)
        else:
            yield child[0].partition("__")[0]
            if isinstance(child[1], models.F):
                yield child[1].name


CHECKS = [
    (model, constraint)
    for model in apps.get_app_config("heritage").get_models()
    for constraint in model._meta.constraints
    if isinstance(constraint, models.CheckConstraint)
]


@pytest.mark.parametrize(("model", "constraint"), CHECKS, ids=[c.name for _m, c in CHECKS])
def test_a_condition_is_evaluated_as_by_the_database(model, constraint):
    names = list(dict.fromkeys(columns_of(constraint.condition)))
    fields = [model._meta.get_field(name) for name in names]
    found = set()
    for values in product(*map(samples, fields)):
        given = list(zip(fields, values, strict=True))
        row = model(**{field.attname: value for field, value in given})
        against = {field.name: models.Value(value, field) for field, value in given}
        accepted = constraint.condition.check(against)
        assert (evaluate(constraint.condition, row) is not False) == accepted, values
        found.add(accepted)
    assert found == {True, False}
