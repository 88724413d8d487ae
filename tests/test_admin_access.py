"""Access to the admin: every page opens, and each group may do what it may and no more."""

import copy
import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heritage.models import (
    ChangeSet,
    ComponentPoint,
    Correction,
    Custodian,
    Designation,
    DesignationEvent,
    FormerSlug,
    GroupDefault,
    Identifier,
    IdentifierScheme,
    Identity,
    Import,
    Job,
    LoadedRow,
    Notice,
    Opening,
    OutgoingMail,
    Price,
    Site,
    User,
    VisitingFact,
)
from heritage.search import store
from tests import builders as build
from tests.adminforms import completed, errors, page_data

pytestmark = pytest.mark.django_db

GROUPS = ("contributor", "editor", "administrator")


@pytest.fixture(scope="module")
def _rows(made_once):
    return made_once(make_rows)


@pytest.fixture
def rows(_rows):
    """Copies, for tests that hand the objects on; who asks for their keys alone takes `_rows`."""
    return copy.deepcopy(_rows)


def make_rows():
    """One row of every model in the admin, in the full state, tied to one another."""
    era = build.make_era("Tang", "唐")
    site = build.make_site(
        "White Horse Temple",
        "白马寺",
        kinds=[build.make_kind("Temple", "寺庙")],
        place=build.make_place("Luoyang", "洛阳", parent=build.make_place("Henan", "河南")),
        sources=[build.make_source()],
        latitude=34.7236,
        longitude=112.6036,
    )
    site.slug = "white-horse"
    site.save()
    entry = build.make_designation("world_heritage", "1003", ["2000"], batch=1)
    made = [
        site,
        era,
        entry,
        entry.register,
        entry.world_heritage,
        entry.events.get(),
        build.make_term(entry.register),
        build.make_coverage(site, entry),
        build.make_name(site, "白馬寺", "script", "zh-hant"),
        build.make_event(site, first_era=era, last_era=era, note=build.text("By tradition")),
        build.make_quantity(site),
        build.make_sentence(site, source=site.sources.get()),
        build.make_part(site, build.make_site()),
        build.make_disagreement(site),
        build.make_image(site),
        site.kinds.get(),
        site.place,
        site.sources.get(),
        build.make_licence(),
        Identity.objects.create(name=build.text("Heritage of Henan", "河南遗产")),
        build.make_user(),
        Group.objects.first(),
        FormerSlug.objects.get(),
        LoadedRow.objects.create(label="heritage.site", uid=site.uid, file="henan.json"),
        ComponentPoint.objects.create(designation=entry, number=1, latitude=34, longitude=112),
        Correction.objects.create(site=site, topic="dates", text="Not 1044.", language="en"),
        Custodian.objects.create(name=build.text("The abbey", "寺院")),
        Job.objects.create(kind="tidy"),
        Import.objects.create(name="sites.csv", language="en", signature=""),
        OutgoingMail.objects.create(to="li@example.org", subject="Hello"),
        *_of_the_day(site),
        ChangeSet.objects.latest("pk"),
    ]
    return {type(row): row for row in made}


def _of_the_day(site):
    """What a traveller needs, and what others call the site."""
    scheme = IdentifierScheme.objects.create(slug="wikidata", label=build.text("Wikidata"))
    return [
        scheme,
        Identifier.objects.create(site=site, scheme=scheme, value="Q1234"),
        Notice.objects.create(site=site, text=build.text("Closed", "关闭")),
        Opening.objects.create(site=site, opens="08:00", closes="18:00"),
        Price.objects.create(site=site, label=build.text("Adults", "成人"), amount=35),
        VisitingFact.objects.create(site=site, kind="phone", value="0379"),
    ]


PAGES = ("changelist", "add", "change", "history", "delete")
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


def address(model, page, row=None):
    opts = model._meta
    args = [row.pk] if row is not None and page in ("change", "history", "delete") else []
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{page}", args=args)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_page_opens(client, _rows, model, language):
    client.force_login(build.make_user(is_superuser=True))
    closed = {
        ChangeSet: ("add", "delete"),  # written by the write path alone
        LoadedRow: ("add", "delete"),  # written by the loader alone
        Identity: ("add",),  # there is one already
        Job: ("add", "delete"),  # written by the program alone
        Import: ("delete",),  # deleted by age alone
        OutgoingMail: ("add", "delete"),  # written by the program alone
        Correction: ("add",),  # written by readers alone
    }
    for page in PAGES:
        url = address(model, page, _rows[model]).replace("/en/", f"/{language}/")
        response = client.get(url)
        if page in closed.get(model, ()):
            assert response.status_code == 403, page
            continue
        assert response.status_code == 200, page
        assert "{&quot;en&quot;" not in response.content.decode(), page  # no map as it is stored


TEXT = re.compile(r'<textarea[^>]*\bname="([^"]+)"')


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_an_enter_alone_is_no_text(client, _rows, model):
    """In every text of several lines of every form: typed into an empty one, left in a full one."""
    client.force_login(build.make_user(is_superuser=True))
    url = address(model, "change", _rows[model])
    page = client.get(url, {"all": "1"})
    data = page_data(page)
    texts = [name for name in TEXT.findall(page.content.decode()) if name in data]
    empty = {name: "\r\n" for name in texts if data[name] == [""]}
    if empty:
        count = ChangeSet.objects.count()
        response = client.post(url, completed(data, empty))
        assert response.status_code == 302, errors(response)
        assert ChangeSet.objects.count() == count
    for name in texts:
        if name in empty:
            continue
        with transaction.atomic():
            response = client.post(url, completed(data, {name: "\r\n"}))
            transaction.set_rollback(True)
        if response.status_code == 200:
            assert set(errors(response)) == {name.partition("__")[0]}
            assert ">\n[]<" not in response.content.decode()
    assert texts or model not in (Site, Correction, Designation)


def test_a_text_that_somebody_emptied_meanwhile_is_empty(client, rows):
    client.force_login(build.make_user(is_superuser=True))
    site = rows[Site]
    site.summary = build.text("One.", "一。")
    site.save()
    url = address(Site, "change", site)
    data = page_data(client.get(url))
    Site.objects.filter(pk=site.pk).update(summary=build.text("One."))
    assert client.post(url, data | {"area_ha": "2"}).status_code == 302
    site.refresh_from_db()
    assert site.summary == {"en": "One."}


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_reading_pages_open_for_every_group_that_may_look(client, _rows, model, group):
    user = build.make_user(group=group)
    client.force_login(user)
    allowed = user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")
    for page in ("changelist", "change", "history"):
        response = client.get(address(model, page, _rows[model]))
        assert response.status_code == (200 if allowed else 403)
        assert "{&quot;en&quot;" not in response.content.decode()


# --- look-ups in the address of a list -----------------------------------------------------------

HIDDEN = [  # of what a list or its form does not show to everybody, and of what no filter asks
    (Correction, "email__startswith=g"),
    (Correction, "email=g@x.example"),
    (Correction, "sender__startswith=a"),
    (Correction, "note__contains=x"),
    (Correction, "form_key__isnull=0"),
    (Correction, "decided_by__password__startswith=m"),
    (Correction, "site__created_by__email__startswith=l"),
    (Correction, "created_at__regex=^(a+)+$"),
    (Site, "slug__regex=^([a-z]%2B-?)%2B1$"),
    (Site, "slug__iregex=^([a-z]%2B-?)%2B1$"),
    (Site, "state__regex=^(a+)+$"),
    (Site, "created_by__password__startswith=m"),
    (Site, "search_text__contains=x"),
    (Site, "pk__gt=1"),
    (Site, "no_column=1"),
    (Site, "_to_field=created_by"),
    (ChangeSet, "user__password__startswith=m"),
    (ChangeSet, "user__email__startswith=l"),
    (User, "password__startswith=m"),
    (Group, "user__password__startswith=m"),
]


@pytest.mark.parametrize("group", GROUPS)
def test_no_list_tells_what_it_does_not_show(client, _rows, group):
    user = build.make_user(group=group)
    client.force_login(user)
    for model, query in HIDDEN:
        may_look = user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")
        with CaptureQueriesContext(connection) as asked:
            response = client.get(f"{address(model, 'changelist')}?{query}")
        assert response.status_code == (400 if may_look else 403), query
        assert not any("REGEXP" in each["sql"] for each in asked), query
    page = client.get(f"{address(Site, 'changelist')}?email=x").content.decode()
    assert f'href="{address(Site, "changelist")}"' in page


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_a_list_offers_the_look_ups_of_its_filters_alone(rf, _rows, model):
    """Of all columns, with all look-ups that they know."""
    request = rf.get("/")
    request.user = build.make_user(is_superuser=True)
    model_admin = admin.site._registry[model]
    filters = model_admin.get_list_filter(request)
    own = {each.parameter_name for each in filters if isinstance(each, type)}
    listed = [
        each if isinstance(each, str) else each[0] for each in filters if not isinstance(each, type)
    ]
    assert not {"email", "sender", "password", "note", "form_key"} & set(listed)
    for column in model._meta.get_fields():
        names = [column.name, getattr(column, "attname", column.name)]
        for name in names:
            for lookup in ("", *getattr(column, "get_lookups", dict)()):
                path = f"{name}__{lookup}" if lookup else name
                expected = path in own or (
                    name in listed and lookup in ("", "exact", "isnull", "gte", "lt")
                )
                assert model_admin.lookup_allowed(path, "1", request) == expected, path


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_choice_of_every_filter_is_allowed(client, _rows, model):
    client.force_login(build.make_user(is_superuser=True))
    url = address(model, "changelist")
    offered = []
    for spec in client.get(url).context["cl"].filter_specs:
        offered += [each["query_string"] for each in spec.choices(client.get(url).context["cl"])]
    for query in offered:
        assert client.get(f"{url}{query}").status_code == 200, query


@pytest.mark.parametrize(
    "query",
    [
        "q=baima",
        "q=白馬寺",
        "q=%22White+Horse%22",
        "q=1003",
        "kind={kind}",
        "place={place}",
        "era={era}",
        "unesco=inscribed",
        "lacks=point",
        "lacks=picture",
        "lacks=text-en",
        "doubt=twice",
        "by=me",
        "register={register}",
    ],
)
def test_lists_of_sites_are_searched_and_filtered(client, rows, query):
    client.force_login(build.make_user(is_superuser=True))
    site = rows[Site]
    query = query.format(
        kind=site.kinds.get().pk,
        place=site.place.parent_id,
        era=rows[type(build.make_era())].pk,
        register=rows[Designation].register.slug,
    )
    response = client.get(address(Site, "changelist") + "?" + query)
    assert response.status_code == 200
    found = site in response.context["cl"].result_list
    assert found == (query not in ("lacks=point", "lacks=picture", "doubt=twice", "by=me"))


@pytest.mark.parametrize(
    ("model", "word"),
    [
        ("era", "唐"),
        ("era", "tang"),
        ("kind", "寺庙"),
        ("place", "洛阳"),
        ("designation", "1003"),
        ("designation", "baima"),
        ("name", "白馬"),
        ("coverage", "white horse"),
        ("source", "Source"),
        ("event", "白马"),
        ("image", "gate"),
        ("registerterm", "term"),
        ("worldheritage", "1003"),
    ],
)
def test_lists_are_searched_in_every_language(client, rows, model, word):
    client.force_login(build.make_user(is_superuser=True))
    response = client.get(reverse(f"admin:heritage_{model}_changelist"), {"q": word})
    assert len(response.context["cl"].result_list) == 1


# --- who may do what ---------------------------------------------------------------------------

# (model, state of the site, action): contributor, editor, administrator
TABLE = [
    (("site", "draft", "change"), (True, True, True)),
    (("site", "in_review", "change"), (False, True, True)),
    (("event", "in_review", "change"), (False, True, True)),
    (("site", "published", "change"), (False, True, True)),
    (("site", "archived", "change"), (False, True, True)),
    (("site", "draft", "delete"), (False, True, True)),
    (("site", "published", "view"), (True, True, True)),
    (("name", "draft", "change"), (True, True, True)),
    (("name", "draft", "delete"), (True, True, True)),
    (("name", "published", "change"), (False, True, True)),
    (("name", "published", "delete"), (False, True, True)),
    (("event", "published", "change"), (False, True, True)),
    (("coverage", "published", "delete"), (False, True, True)),
    (("image", "published", "change"), (False, True, True)),
    (("image", "draft", "change"), (True, True, True)),
    (("designation", "draft", "change"), (True, True, True)),
    (("designation", "published", "change"), (False, True, True)),
    (("designationevent", "published", "change"), (False, True, True)),
    (("designationevent", "draft", "change"), (True, True, True)),
    (("kind", "draft", "change"), (False, True, True)),
    (("kind", "draft", "view"), (True, True, True)),
    (("era", "draft", "change"), (False, True, True)),
    (("place", "draft", "change"), (False, True, True)),
    (("register", "draft", "change"), (False, True, True)),
    (("source", "draft", "change"), (False, True, True)),
    (("source", "draft", "add"), (True, True, True)),
    (("licence", "draft", "change"), (False, True, True)),
    (("identity", "draft", "view"), (False, True, True)),
    (("identity", "draft", "change"), (False, False, True)),
    (("user", "draft", "change"), (False, False, True)),
    (("group", "draft", "change"), (False, False, True)),
]


@pytest.mark.parametrize(("case", "allowed"), TABLE, ids=["-".join(case) for case, _a in TABLE])
def test_permissions(rf, _rows, case, allowed):
    name, state, action = case
    Site.objects.filter(pk=_rows[Site].pk).update(state=state)
    model = next(model for model in MODELS if model._meta.model_name == name)
    row = model.objects.get(pk=_rows[model].pk)
    for group, expected in zip(GROUPS, allowed, strict=True):
        request = rf.get("/")
        request.user = build.make_user(group=group)
        may = getattr(admin.site._registry[model], f"has_{action}_permission")
        assert may(request, row) is expected if action != "add" else may(request) is expected


def test_a_contributor_is_offered_no_state_beyond_review(client, rows):
    draft = build.make_site("Kiln", state="draft")
    for group, states in (
        ("contributor", ["draft", "in_review"]),
        ("editor", ["draft", "in_review", "published", "archived"]),
    ):
        client.force_login(build.make_user(group=group))
        form = client.get(address(Site, "change", draft)).context["adminform"].form
        assert [value for value, _label in form.fields["state"].choices] == states


def test_a_contributor_cannot_reach_a_published_site_through_a_row_of_it(client, rows):
    client.force_login(build.make_user(group="contributor"))
    site = rows[Site]
    url = reverse("admin:heritage_name_add")
    data = {"site": site.pk, "text": "Mine", "language": "en", "kind": "alternative"}
    response = client.post(url, data)
    assert "site" in response.context["adminform"].form.errors
    data["site"] = build.make_site(state="draft").pk
    assert client.post(url, data).status_code == 302
    assert client.post(address(Site, "change", site), {"state": "draft"}).status_code == 403


def test_a_contributor_deletes_no_row_of_a_published_site_by_a_bulk_action(client, rows):
    client.force_login(build.make_user(group="contributor"))
    name = rows[type(build.make_name(rows[Site]))]
    response = client.post(
        reverse("admin:heritage_name_changelist"),
        {"action": "delete_selected", "_selected_action": [name.pk], "post": "yes"},
    )
    assert response.status_code == 403
    assert type(name).objects.filter(pk=name.pk).exists()


# --- groups ------------------------------------------------------------------------------------


def test_groups_are_made_once_and_an_operators_changes_stay():
    contributor, editor, _administrator = (Group.objects.get(name=name) for name in GROUPS)
    taken = contributor.permissions.get(codename="add_site")
    contributor.permissions.remove(taken)
    given = editor.permissions.model.objects.get(codename="delete_user")
    editor.permissions.add(given)
    Group.objects.get(name="administrator").delete()
    call_command("migrate", verbosity=0)
    assert taken not in contributor.permissions.all()
    assert given in editor.permissions.all()
    assert not Group.objects.filter(name="administrator").exists()


def test_a_new_model_gets_the_default_once():
    editor = Group.objects.get(name="editor")
    codes = {"view_kind", "add_kind", "change_kind", "delete_kind"}
    editor.permissions.remove(*editor.permissions.filter(codename__in=codes))
    GroupDefault.objects.filter(group="editor", model="heritage.kind").delete()  # as if it were new
    call_command("migrate", verbosity=0)
    assert codes <= set(editor.permissions.values_list("codename", flat=True))


def test_nobody_but_administrators_rules_over_users():
    for group in Group.objects.exclude(name="administrator"):
        assert not group.permissions.filter(content_type__model__in=["user", "group"]).exists()


def test_an_administrator_makes_nobody_a_superuser(client, rows):
    client.force_login(build.make_user(group="administrator"))
    boss = build.make_user(is_superuser=True)
    assert client.post(address(User, "change", boss), {"username": "x"}).status_code == 403
    url = address(User, "change", rows[User])
    form = client.get(url).context["adminform"].form
    assert "groups" in form.fields
    assert not {"is_superuser", "user_permissions"} & set(form.fields)


# --- the frame ---------------------------------------------------------------------------------


def test_the_door_bears_the_catalogues_name_and_speaks_both_languages(client, rows):
    client.force_login(build.make_user(is_superuser=True))
    url = address(Site, "changelist") + "?q=baima"
    page = client.get(url).content.decode()
    assert "Heritage of Henan" in page
    assert 'href="/zh-hans/admin/heritage/site/?q=baima"' in page
    page = client.get(url.replace("/en/", "/zh-hans/")).content.decode()
    assert "河南遗产" in page
    assert 'href="/en/admin/heritage/site/?q=baima"' in page


def test_choosers_tell_namesakes_apart(client, rows):
    client.force_login(build.make_user(group="contributor"))
    build.make_era("Jin Dynasty", "晋", span="0266/0420")
    build.make_era("Jin Dynasty", "金", span="1115/1234")
    response = client.get(
        reverse("admin:autocomplete"),
        {"term": "jin", "app_label": "heritage", "model_name": "event", "field_name": "first_era"},
    )
    texts = [result["text"] for result in response.json()["results"]]
    assert texts == ["Jin Dynasty (晋, 266–420)", "Jin Dynasty (金, 1115–1234)"]


def test_no_chooser_renders_a_thousand_options(client, rows):
    client.force_login(build.make_user(is_superuser=True))
    for number in range(30):
        build.make_era(f"Era {number}")
        build.make_place(f"Place {number}")
        build.make_kind(f"Kind {number}")
        build.make_register(label=f"Register {number}")
        build.make_source(f"Source {number}")
        build.make_site(f"Site {number}")
    for model in MODELS:
        if model in (
            User,
            Group,
            LoadedRow,
            ChangeSet,
            Identity,
            Site._meta.get_field("kinds").model,
        ):
            continue
        for page in ("add", "change"):
            html = client.get(address(model, page, rows[model])).content.decode()
            assert "Register 17" not in html, (model, page)
            assert html.count("<option") < 120, (model, page)


def test_lists_cost_the_same_for_many_rows(client, rows, django_assert_max_num_queries):
    client.force_login(build.make_user(is_superuser=True))
    for _number in range(15):
        site = build.make_site(kinds=[build.make_kind()], place=build.make_place())
        build.make_coverage(site)
        build.make_event(site)
        build.make_image(site)
        build.make_name(site)
    DesignationEvent.objects.create(designation=rows[Designation], kind="extended", date="2001")
    store.current()  # what was written is read by whoever asks first, which is not counted here
    for model in MODELS:
        with django_assert_max_num_queries(26):
            client.get(address(model, "changelist"))
