"""Two editors on one record: changes are merged, conflicts are asked about, nothing is lost."""

import inspect
import json
import re
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.options import InlineModelAdmin
from django.forms import BaseInlineFormSet, ModelForm, Widget
from django.urls import reverse

from heritage.admin.form import record_admin
from heritage.admin.form.conflicts import marked
from heritage.admin.form.editing import OPENED, Editing
from heritage.admin.form.record_admin import RecordAdmin
from heritage.admin.records import sites
from heritage.exchange.fixtures import load
from heritage.models import Change, Correction, Event, Image, Name, Site, User
from heritage.models.row_values import recorded_columns, recorded_relations
from heritage.models.unit_of_work import change_set
from heritage.services.undo import undo
from tests import builders as build
from tests.adminforms import errors, filled, page_data

pytestmark = pytest.mark.django_db


@pytest.fixture
def site():
    return build.make_site(
        "Kiln",
        "窑",
        kinds=[build.make_kind("Kiln")],
        summary=build.text("A kiln.", "一座窑。"),
        description=build.text("First line.\n\nSecond line."),
        latitude=34.5,
        longitude=112.25,
    )


def url_of(row) -> str:
    return reverse(f"admin:heritage_{row._meta.model_name}_change", args=[row.pk])


def opened(client, row, **changes) -> dict:
    """The form as somebody has it open, with what they have changed in it."""
    return filled(client, url_of(row), changes)


def save(client, row, data):
    return client.post(url_of(row), data)


def ask(response) -> dict[str, str]:
    """The questions of a page by the name of their radio buttons."""
    assert response.status_code == 409, errors(response) if response.context else response
    return {conflict.name: conflict.label for conflict in response.context["conflicts"]}


def by_text(data, prefix, name, text) -> str:
    """Which row of a form has this text: "names-2"."""
    found = [key for key, value in data.items() if value == [text] and key.startswith(prefix)]
    return next(key.removesuffix(f"-{name}") for key in found if key.endswith(f"-{name}"))


def page_text(response) -> str:
    """Its text without markup, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def texts_of(side) -> str:
    return "".join(text for line in side.lines for _differs, text in line.pieces)


# --- the record itself -------------------------------------------------------------------------


def test_a_stale_form_overwrites_nothing_that_it_did_not_touch(client, editor, site):
    late = opened(client, site, area_ha="12")
    early = opened(client, site, **{"summary__zh-hans": "一座古窑。"})
    assert save(client, site, early).status_code == 302
    response = client.post(url_of(site), late, follow=True)
    site.refresh_from_db()
    assert site.summary == {"en": "A kiln.", "zh-hans": "一座古窑。"}
    assert site.area_ha == 12
    html = response.content.decode()
    assert "It was changed meanwhile, and this was kept: Summary (简体中文)." in html


def test_line_ends_of_a_browser_are_no_clash(client, editor, site):
    late = as_a_browser(opened(client, site, area_ha="12"))
    early = as_a_browser(opened(client, site, description__en="First line.\n\nThird line."))
    assert save(client, site, early).status_code == 302
    assert save(client, site, late).status_code == 302
    site.refresh_from_db()
    assert (site.area_ha, site.description["en"]) == (12, "First line.\n\nThird line.")


def test_languages_of_one_text_are_merged(client, editor, site):
    late = opened(client, site, **{"summary__en": "A kiln of the Tang.", "summary__fr": "Un four"})
    assert save(client, site, opened(client, site, **{"summary__zh-hans": "唐窑。"})).status_code
    assert save(client, site, late).status_code == 302
    site.refresh_from_db()
    expected = {"en": "A kiln of the Tang.", "fr": "Un four", "zh-hans": "唐窑。"}
    assert site.summary == expected


def test_choices_of_several_are_merged_one_by_one(client, editor, site):
    kept, first, second = site.kinds.get(), build.make_kind("Temple"), build.make_kind("Cave")
    gone = build.make_kind("Gone")
    site.kinds.add(gone)
    late = opened(client, site, kinds=[str(kept.pk), str(gone.pk), str(second.pk)])
    save(client, site, opened(client, site, kinds=[str(kept.pk), str(first.pk)]))
    assert save(client, site, late).status_code == 302
    assert set(site.kinds.all()) == {kept, first, second}


def test_the_same_change_twice_is_no_clash(client, editor, site):
    late = opened(client, site, **{"summary__en": "Better."})
    save(client, site, opened(client, site, **{"summary__en": "Better."}))
    assert save(client, site, late).status_code == 302


@pytest.fixture
def conflict(client, editor, site):
    """What is answered to the second of two who changed one text; and what the second has sent."""
    late = opened(client, site, **{"summary__en": "A large kiln.", "area_ha": "12"})
    with change_set(user=build.make_user("mo", first_name="Mo")):
        site.summary["en"] = "A small kiln."
        site.save()
    return client.post(url_of(site), late), late


def test_a_clash_is_shown_side_by_side_and_nothing_typed_is_lost(client, site, conflict):
    response, late = conflict
    assert ask(response) == {"_keep-summary__en": "Summary (English)"}
    [conflict] = response.context["conflicts"]
    was, theirs, mine = conflict.sides
    assert (texts_of(was), texts_of(theirs), texts_of(mine)) == (
        "A kiln.",
        "A small kiln.",
        "A large kiln.",
    )
    assert [text for differs, text in theirs.lines[0].pieces if differs] == ["small "]
    assert conflict.anchor == "id_summary__en"
    html = response.content.decode()
    assert 'id="id_summary__en"' in html
    assert re.search(r"Saved by Mo \(\d+ \w+ 2\d{3}, \d\d:\d\d\)", html)
    again = page_data(response)
    assert again["summary__en"] == ["A large kiln."]
    assert again["area_ha"] == ["12"]
    assert {name for name, texts in late.items() if any(texts) and name not in again} == set()
    site.refresh_from_db()
    assert site.summary["en"] == "A small kiln."
    assert site.area_ha is None  # all of it waits for the answer


@pytest.mark.parametrize(
    ("choice", "summary"), [("mine", "A large kiln."), ("theirs", "A small kiln.")]
)
def test_what_was_chosen_is_saved(client, site, conflict, choice, summary):
    data = page_data(conflict[0]) | {"_keep-summary__en": choice}
    assert save(client, site, data).status_code == 302
    site.refresh_from_db()
    assert (site.summary["en"], site.area_ha) == (summary, 12)


def test_two_texts_can_be_joined_in_the_form(client, site, conflict):
    data = page_data(conflict[0]) | {"_keep-summary__en": "mine", "summary__en": "Large and small."}
    assert save(client, site, data).status_code == 302
    site.refresh_from_db()
    assert site.summary["en"] == "Large and small."


def test_it_is_asked_until_it_is_answered(client, site, conflict):
    response = save(client, site, page_data(conflict[0]))
    assert ask(response) == {"_keep-summary__en": "Summary (English)"}
    assert page_data(response)["summary__en"] == ["A large kiln."]


def test_an_answer_to_what_has_changed_again_does_not_count(client, site, conflict):
    late = page_data(conflict[0]) | {"_keep-summary__en": "mine"}
    save(client, site, opened(client, site, **{"summary__en": "A third text."}))
    response = save(client, site, late)
    [conflict] = response.context["conflicts"]
    assert texts_of(conflict.sides[1]) == "A third text."
    assert page_data(response)["_keep-summary__en"] == ["mine"]  # still chosen, to be confirmed


@pytest.mark.parametrize(("answer", "point"), [("mine", (34.5, 113.0)), ("theirs", (34.7, 112.25))])
def test_a_point_is_never_half_of_one_and_half_of_another(client, editor, site, answer, point):
    mine = opened(client, site, coordinates="34.5, 113.0")
    save(client, site, opened(client, site, coordinates="34.7, 112.25"))
    response = save(client, site, mine)
    names = ask(response)
    assert set(names) == {"_keep-latitude", "_keep-longitude"}
    response = save(client, site, page_data(response) | {"_keep-latitude": answer})
    assert ask(response) == names  # half an answer is none
    answers = dict.fromkeys(names, answer)
    assert save(client, site, page_data(response) | answers).status_code == 302
    site.refresh_from_db()
    assert (site.latitude, site.longitude) == point


def test_equal_points_of_two_editors_are_no_conflict(client, editor, site):
    mine = opened(client, site, coordinates="34.7, 113")
    save(client, site, opened(client, site, coordinates="34.7, 113"))
    assert save(client, site, mine).status_code == 302
    site.refresh_from_db()
    assert (site.latitude, site.longitude) == (34.7, 113.0)


def test_an_answer_survives_another_error(client, site, conflict):
    data = page_data(conflict[0]) | {"_keep-summary__en": "theirs", "latitude": "91"}
    response = save(client, site, data)
    assert response.status_code == 200
    assert list(errors(response)) == ["latitude"]
    data = page_data(response)
    assert data["summary__en"] == ["A small kiln."]
    assert save(client, site, data | {"latitude": "34.6"}).status_code == 302
    site.refresh_from_db()
    assert (site.summary["en"], site.latitude, site.area_ha) == ("A small kiln.", 34.6, 12)


@pytest.mark.parametrize("broken", ["", "forged:0:0", "-1", "9" * 30, "999999", None])
def test_a_form_that_does_not_say_when_it_was_opened_overwrites_nothing(
    client, editor, site, broken
):
    name = build.make_name(site, "Old name")
    data = opened(client, site, **{"summary__en": "Another.", "names-0-text": "New name"})
    for each in (OPENED, f"names-0-{OPENED}"):
        data |= {each: broken} if broken is not None else {}
        if broken is None:
            del data[each]
    response = save(client, site, data)
    questions = [f"_keep-names-{name.pk}-text", "_keep-summary__en"]
    assert sorted(ask(response)) == questions
    assert "What this form held when you opened it is not known any more" in page_text(response)
    site.refresh_from_db()
    assert site.summary["en"] == "A kiln."
    answers = {questions[0]: "theirs", questions[1]: "mine"}
    assert sorted(ask(save(client, site, page_data(response)))) == questions
    assert save(client, site, page_data(response) | answers).status_code == 302
    site.refresh_from_db()
    assert (site.summary["en"], site.names.get().text) == ("Another.", "Old name")


def test_a_form_that_is_older_than_the_history_overwrites_nothing(client, editor, site):
    name = build.make_name(site, "Old name")
    late = opened(client, site, **{"area_ha": "12", "names-0-DELETE": "on"})
    latest = Change.objects.latest("pk").pk
    save(client, site, opened(client, site, **{"summary__en": "Theirs."}))
    Change.objects.filter(pk__lte=latest).delete()
    response = save(client, site, late)
    assert set(ask(response)) == {
        "_keep-area_ha",
        "_keep-summary__en",
        f"_keep-names-{name.pk}",
    }
    assert "not known any more" in page_text(response)
    data = page_data(response) | dict.fromkeys(ask(response), "theirs") | {"_keep-area_ha": "mine"}
    assert save(client, site, data).status_code == 302
    site.refresh_from_db()
    assert (site.summary["en"], site.area_ha, site.names.count()) == ("Theirs.", 12, 1)


def test_what_the_same_editor_saved_in_another_window_is_not_somebody_elses(client, editor, site):
    late = opened(client, site)
    assert save(client, site, late | {"summary__en": "One."}).status_code == 302
    response = save(client, site, late | {"summary__en": "Two."})
    assert list(ask(response)) == ["_keep-summary__en"]
    text = page_text(response)
    assert "Saved by you (" in text and "Changed by you in another window" in text
    assert "omebody else" not in text and "two editors" not in text
    response = client.post(url_of(site), late | {"area_ha": "12"}, follow=True)
    text = page_text(response)
    assert "It was changed meanwhile, and this was kept: Summary (English)." in text
    assert "omebody else" not in text
    site.refresh_from_db()
    assert (site.summary["en"], site.area_ha) == ("One.", 12)


def test_what_was_put_back_while_a_form_was_refused_stays_as_it_was_put(client, editor, site):
    """The refused form shows what others have written by then, and is compared with that."""
    late = opened(client, site, latitude="91")
    save(client, site, opened(client, site, **{"summary__en": "In between."}))
    response = save(client, site, late)
    assert list(errors(response)) == ["latitude"]
    assert page_data(response)["summary__en"] == ["In between."]
    save(client, site, opened(client, site, **{"summary__en": "A kiln."}))
    assert save(client, site, page_data(response) | {"latitude": "34.6"}).status_code == 302
    site.refresh_from_db()
    assert (site.summary["en"], site.latitude) == ("A kiln.", 34.6)


def test_choices_that_are_written_while_a_form_is_opened_stay(client, editor, site, monkeypatch):
    """They are read after the number, and count as somebody else's."""
    real, temple = sites.prefetch_related_objects, build.make_kind("Temple")

    def slow(rows, *relations):
        rows[0].kinds.add(temple)
        return real(rows, *relations)

    with monkeypatch.context() as patch:
        patch.setattr(sites, "prefetch_related_objects", slow)
        late = opened(client, site, area_ha="12")
    assert str(temple.pk) in late["kinds"]
    assert save(client, site, late).status_code == 302
    site.refresh_from_db()
    assert (site.area_ha, temple in site.kinds.all()) == (12, True)


def test_a_correction_is_compared_too(client, editor, site):
    """Whose writers do not wait for those of sites."""
    row = Correction.objects.create(site=site, topic="dates", text="Not 1044.", language="en")
    late = opened(client, row, note="Mine")
    save(client, row, opened(client, row, note="Theirs"))
    assert list(ask(save(client, row, late))) == ["_keep-note"]
    row.refresh_from_db()
    assert row.note == "Theirs"


def test_the_history_holds_whatever_a_form_can_change(rf):
    """Of a column that it does not hold nobody could tell what others have written."""
    request = rf.get("/")
    request.user = User(is_superuser=True, is_active=True, is_staff=True)
    admins = [each for each in admin.site._registry.values() if isinstance(each, RecordAdmin)]
    for each in admins:
        request.editing = Editing(request, ExitStack())
        forms = {each.model: each.get_form(request, each.model(pk=1), change=True)}
        for inline in each.get_inline_instances(request):
            forms[inline.model] = inline.get_formset(request).form
        for model, form in forms.items():
            columns = {column.name for column in (*model._meta.fields, *model._meta.many_to_many)}
            kept = {
                column.name for column in (*recorded_columns(model), *recorded_relations(model))
            }
            assert columns & set(form.base_fields) <= kept, model
    assert len(admins) > 20


# --- rows --------------------------------------------------------------------------------------


def test_a_row_that_somebody_added_stays(client, editor, site):
    build.make_name(site, "Old name")
    late = filled(
        client, url_of(site), names=[{"text": "Mine", "language": "en", "kind": "alternative"}]
    )
    early = filled(
        client, url_of(site), names=[{"text": "Theirs", "language": "en", "kind": "alternative"}]
    )
    save(client, site, early)
    assert save(client, site, late).status_code == 302
    assert {name.text for name in site.names.all()} == {"Old name", "Theirs", "Mine"}


def test_a_row_that_somebody_deleted_stays_deleted(client, editor, site):
    event = build.make_event(site)
    kept = build.make_event(site, date="0800")
    late = opened(client, site, area_ha="3")
    event.delete()
    assert save(client, site, late).status_code == 302
    assert site.events.get() == kept
    site.refresh_from_db()
    assert site.area_ha == 3


def test_rows_are_merged_field_by_field(client, editor, site):
    name = build.make_name(site, "Kiln of the Tang", note=build.text("Note", "注"))
    late = opened(client, site, **{"names-0-note__en": "A better note"})
    save(client, site, opened(client, site, **{"names-0-text": "Tang kiln"}))
    response = client.post(url_of(site), late, follow=True)
    told = [str(message) for message in response.context["messages"]]
    assert any("kept: Name: Tang kiln – Text." in each for each in told), told
    name.refresh_from_db()
    assert (name.text, name.note) == ("Tang kiln", {"en": "A better note", "zh-hans": "注"})


def test_a_clash_within_a_row_is_asked_with_its_name(client, editor, site):
    name = build.make_name(site, "Old name")
    late = opened(client, site, **{"names-0-text": "Mine"})
    save(client, site, opened(client, site, **{"names-0-text": "Theirs"}))
    response = save(client, site, late)
    assert ask(response) == {f"_keep-names-{name.pk}-text": "Further name: Theirs – Text"} or (
        list(ask(response)) == [f"_keep-names-{name.pk}-text"]
    )
    assert response.context["conflicts"][0].anchor == "id_names-0-text"
    data = page_data(response) | {f"_keep-names-{name.pk}-text": "theirs"}
    assert save(client, site, data).status_code == 302
    name.refresh_from_db()
    assert name.text == "Theirs"


@pytest.mark.parametrize(("choice", "left"), [("mine", {"Typed", "Other"}), ("theirs", {"Other"})])
def test_a_deleted_row_that_was_changed_here_is_offered_again(client, editor, site, choice, left):
    gone = build.make_name(site, "Gone")
    build.make_name(site, "Other")
    late = opened(client, site)
    late[f"{by_text(late, 'names', 'text', 'Gone')}-text"] = ["Typed"]
    gone.delete()
    response = save(client, site, late)
    [key] = ask(response)
    data = page_data(response)
    assert by_text(data, "names", "text", "Typed") == "names-1"  # a new row, after the stored one
    response = save(client, site, data)  # not answered
    assert list(ask(response)) == [key]
    data = page_data(response) | {key: choice}
    assert save(client, site, data).status_code == 302
    assert {name.text for name in Name.objects.all()} == left


@pytest.mark.parametrize(("choice", "left"), [("mine", set()), ("theirs", {"Changed"})])
def test_deleting_a_row_that_somebody_changed_is_asked(client, editor, site, choice, left):
    name = build.make_name(site, "Old name")
    late = opened(client, site, **{"names-0-DELETE": "on"})
    Name.objects.filter(pk=name.pk).update(text="Changed")
    response = save(client, site, late)
    [key] = ask(response)
    assert page_data(response)["names-0-DELETE"] == ["on"]
    assert list(ask(save(client, site, page_data(response)))) == [key]
    data = page_data(response) | {key: choice}
    assert save(client, site, data).status_code == 302
    assert {name.text for name in Name.objects.all()} == left


def test_rows_and_pictures_keep_their_places_when_others_come_and_go(client, editor, site):
    first, second = (
        build.make_image(site, alt=build.text(alt, "图")) for alt in ("First", "Second")
    )
    late = opened(client, site)
    number = by_text(late, "images", "alt__en", "Second")
    late[f"{number}-alt__en"] = "Second again"
    late[f"{number}-file"] = build.picture_file(colour=(1, 2, 3))
    total = int(late["images-TOTAL_FORMS"][0])
    new = {"file": build.picture_file(colour=(9, 9, 9)), "alt__en": "New", "order": "5"}
    late |= {f"images-{total}-{name}": value for name, value in new.items()}
    late["images-TOTAL_FORMS"] = str(total + 1)
    before = {image.alt["en"]: image.sha256 for image in Image.objects.all()}
    first.delete()
    response = save(client, site, late)
    assert response.status_code == 302, errors(response)
    after = {image.alt["en"]: image.sha256 for image in Image.objects.all()}
    assert set(after) == {"Second again", "New"}
    assert after["Second again"] != before["Second"]
    assert len({*after.values(), *before.values()}) >= 3
    second.refresh_from_db()
    assert second.alt["en"] == "Second again"


def test_it_is_said_who_deleted_a_row_and_when(client, editor, site):
    name = build.make_name(site, "Gone")
    late = opened(client, site, **{"names-0-text": "Typed"})
    with change_set(user=build.make_user("mo", first_name="Mo")):
        name.delete()
    response = save(client, site, late)
    [conflict] = response.context["conflicts"]
    assert conflict.label == "Name: Gone"  # as it was called when it was deleted
    was, theirs, mine = conflict.sides
    assert "Gone" in texts_of(was) and not theirs.lines and "Typed" in texts_of(mine)
    assert re.fullmatch(r"Deleted by Mo \(\d+ \w+ 2\d{3}, \d\d:\d\d\): let it go", theirs.label)


def test_a_row_that_was_moved_to_another_record_stays_there(client, editor, site):
    name, other = build.make_name(site, "Wanderer"), build.make_site("Other")
    late = opened(client, site, area_ha="3")
    name.site = other
    name.save()
    assert save(client, site, late).status_code == 302
    assert other.names.get() == name and not site.names.exists()


@pytest.mark.parametrize("is_deleted", [True, False])
def test_a_row_of_another_record_by_now_is_not_named(client, editor, site, is_deleted):
    name, other = build.make_name(site, "Wanderer"), build.make_site("Other")
    late = opened(client, site, **{"names-0-text": "Typed"})
    name.site, name.text = other, "Only there"
    name.save()
    if is_deleted:
        name.delete()
    response = save(client, site, late)
    [conflict] = response.context["conflicts"]
    assert conflict.label == "Name"
    assert "Only there" not in response.content.decode()


def test_a_row_that_came_back_is_compared_with_what_it_was(client, editor, site):
    name = build.make_name(site, "Gone")
    late = opened(client, site, **{"names-0-text": "Typed"})
    with change_set() as made:
        name.delete()
    again = page_data(save(client, site, late))
    undo(made)
    assert save(client, site, again).status_code == 302
    assert site.names.get().text == "Typed"


@pytest.mark.parametrize("number", ["0", "1", "last", "x", ""])
def test_a_forged_row_shows_nothing_of_another_record(client, editor, site, number):
    theirs = build.make_name(build.make_site("Other"), "Secret name")
    own = build.make_name(site, "Own name")
    number = str(Change.objects.latest("pk").pk) if number == "last" else number
    data = opened(client, site, **{"names-0-id": str(theirs.pk), "names-0-text": "Typed"})
    data[f"names-0-{OPENED}"] = number
    response = save(client, site, data)
    assert "Secret name" not in response.content.decode()
    assert {own.text, theirs.text} == set(Name.objects.values_list("text", flat=True))


@pytest.mark.parametrize("is_replaced", [False, True])
def test_a_picture_on_its_own_page_is_merged(client, editor, site, is_replaced):
    image = build.make_image(site, alt=build.text("Alt", "图"))
    late = opened(client, image, alt__en="Mine")
    if is_replaced:
        late["file"] = build.picture_file(colour=(1, 2, 3))
    save(client, image, opened(client, image, caption__en="Theirs"))
    assert save(client, image, late).status_code == 302
    stored = Image.objects.get(pk=image.pk)
    assert (stored.alt["en"], stored.caption["en"]) == ("Mine", "Theirs")
    assert (stored.sha256 != image.sha256) == is_replaced


def test_it_is_said_who_moved_a_row_to_another_record(client, editor, site):
    """And not who changed it there."""
    name, other = build.make_name(site, "Wanderer"), build.make_site("Other")
    late = opened(client, site, **{"names-0-text": "Typed"})
    with change_set(user=build.make_user("mo", first_name="Mo")):
        name.site = other
        name.save()
    with change_set(user=build.make_user("zo", first_name="Zo")):
        name.text = "Seen there alone"
        name.save()
    response = save(client, site, late)
    [conflict] = response.context["conflicts"]
    was, theirs, mine = conflict.sides
    assert "Wanderer" in texts_of(was) and not theirs.lines and "Typed" in texts_of(mine)
    assert re.fullmatch(r"Moved to another record by Mo \(.+\): let it go", theirs.label)
    assert theirs.empty == "moved away"
    assert "Seen there alone" not in response.content.decode()


def test_other_records_are_guarded_too(client, editor):
    source = build.make_source("Register")
    late = opened(client, source, url="https://example.org/")
    save(client, source, opened(client, source, citation__fr="Registre"))
    assert save(client, source, late).status_code == 302
    source.refresh_from_db()
    assert (source.citation["fr"], source.url) == ("Registre", "https://example.org/")


def test_a_set_of_rows_that_is_no_set_is_refused_and_not_an_error(client, editor, site):
    for total in ("", "x", "-1", "99999999"):
        data = opened(client, site) | {"names-TOTAL_FORMS": total}
        assert save(client, site, data).status_code in (200, 302)


def test_somebody_who_writes_between_the_comparison_and_the_write_is_not_overwritten(
    client, editor, site, monkeypatch
):
    """The last look is taken where nobody else can write any more."""
    from heritage.admin.form import record_admin

    real, calls = record_admin.change_set, []

    def late_change_set(*args, **kwargs):
        calls.append(1)
        if len(calls) == 1:
            Site.objects.filter(pk=site.pk).update(summary=build.text("In between.", "一座窑。"))
        return real(*args, **kwargs)

    monkeypatch.setattr(record_admin, "change_set", late_change_set)
    assert save(client, site, opened(client, site, area_ha="12")).status_code == 302
    site.refresh_from_db()
    assert (site.summary["en"], site.area_ha) == ("In between.", 12)
    assert len(calls) == 2


def test_an_event_that_is_deleted_between_the_comparison_and_the_write_is_asked(
    client, editor, site, monkeypatch
):
    from heritage.admin.form import record_admin

    event = build.make_event(site)
    real = record_admin.change_set

    def late_change_set(*args, **kwargs):
        Event.objects.filter(pk=event.pk).delete()
        return real(*args, **kwargs)

    monkeypatch.setattr(record_admin, "change_set", late_change_set)
    assert ask(save(client, site, opened(client, site, **{"events-0-date": "0750"})))
    assert not Event.objects.exists()


# --- what cannot be saved any more --------------------------------------------------------------


def typed(response) -> dict[str, str]:
    assert response.status_code == 409
    return dict(response.context["typed"])


def test_what_was_typed_into_a_deleted_record_is_shown(client, editor, site):
    """Each control is compared with what it showed, whatever the others did."""
    kind = build.make_kind("Temple")
    build.make_name(site, "Old name", pk=kind.pk)
    late = opened(client, site, **{"summary__en": "Typed\nhere.", "kinds": [str(kind.pk)]})
    late["names-0-text"] = "Better name"
    Site.objects.filter(pk=site.pk).delete()
    response = save(client, site, late)
    assert typed(response) == {
        "Summary (English)": "Typed\nhere.",
        "Kinds": "Temple",
        "Further name 1: Text": "Better name",
    }
    page = response.content.decode()
    assert "This record was deleted meanwhile" in page
    assert f'<a href="{reverse("admin:heritage_site_deleted")}">Recycle bin</a>' in page
    assert f'<a href="{reverse("admin:index")}">Desk</a>' in page  # as on every page


def test_a_deleted_record_is_told_of_whatever_was_sent(client, editor, site):
    late = opened(client, site, **{"summary__en": "Typed.", "kinds": ["9" * 30]})
    Site.objects.filter(pk=site.pk).delete()
    assert typed(save(client, site, late))["Summary (English)"] == "Typed."


def test_a_row_of_a_record_that_was_published_while_it_was_saved_is_not_added(
    client, site, monkeypatch
):
    client.force_login(build.make_user(group="contributor"))
    Site.objects.filter(pk=site.pk).update(state="draft")
    event = {"kind": "built", "date": "1420", "certainty": "certain"}
    data = filled(client, url_of(site), events=[event])
    usual = record_admin.change_set

    def late(*args, **options):
        Site.objects.filter(pk=site.pk).update(state="published")
        return usual(*args, **options)

    monkeypatch.setattr(record_admin, "change_set", late)
    assert "You may not change this record any more" in save(client, site, data).content.decode()
    assert not Event.objects.exists()


def test_what_a_contributor_typed_into_a_record_that_was_published_is_shown(client, site):
    client.force_login(build.make_user(group="contributor"))
    Site.objects.filter(pk=site.pk).update(state="draft")
    late = opened(client, site, **{"summary__en": "Typed here."})
    Site.objects.filter(pk=site.pk).update(state="published")
    assert typed(save(client, site, late)) == {"Summary (English)": "Typed here."}
    site.refresh_from_db()
    assert site.summary["en"] == "A kiln."


# --- line ends ---------------------------------------------------------------------------------


def as_a_browser(data: dict) -> dict:
    """Line ends of texts as browsers send them."""
    return {
        name: [part.replace("\n", "\r\n") if isinstance(part, str) else part for part in value]
        if isinstance(value, list)
        else value
        for name, value in data.items()
    }


def test_saving_without_a_change_writes_nothing(client, editor, site, django_assert_num_queries):
    build.make_event(site, note=build.text("One\nTwo"))
    before = Site.objects.filter(pk=site.pk).values().get()
    response = client.post(url_of(site), as_a_browser(opened(client, site)), follow=True)
    assert Site.objects.filter(pk=site.pk).values().get() == before
    assert "Nothing was changed, so nothing was saved." in response.content.decode()
    assert "changed successfully" not in response.content.decode()


def test_a_browsers_line_ends_are_stored_as_plain_ones(client, editor, site):
    data = as_a_browser(opened(client, site) | {"description__en": ["One.\n\nTwo."]})
    assert save(client, site, data).status_code == 302
    site.refresh_from_db()
    assert site.description["en"] == "One.\n\nTwo."


def test_plain_texts_get_plain_line_ends_too(client, editor, site):
    row = Correction.objects.create(site=site, topic="dates", text="Not 1044.", language="en")
    data = opened(client, row, note="One\r\nTwo")
    assert save(client, row, data).status_code == 302
    row.refresh_from_db()
    assert row.note == "One\nTwo"


# --- marking -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "differing"),
    [
        ("A kiln.", "A small kiln.", ["small "]),
        ("相传为中国第一座佛寺。", "相传为中国第二座佛寺。", ["二"]),
        ("Same", "Same", []),
        ("", "New", ["New"]),
        ("x " * 5000, "y " * 5000, [("y " * 5000).rstrip()]),  # too long to be compared
    ],
)
def test_words_that_differ_are_marked(before, after, differing):
    pieces = marked(before, after)
    assert "".join(text for _differs, text in pieces) == after
    assert [text for differs, text in pieces if differs] == differing


# --- fixtures, queries, public names -----------------------------------------------------------


def test_a_fixture_corrects_what_was_saved_without_a_change(client, editor, tmp_path):
    row = {
        "model": "heritage.site",
        "fields": {
            "uid": "kiln",
            "slug": "kiln",
            "name": {"en": "Kiln"},
            "description": {"en": "First.\n\nSecond.", "zh-hans": "一。\n\n二。"},
        },
    }
    path = tmp_path / "sites.json"
    path.write_text(json.dumps([row]), encoding="utf-8")
    load([path])
    site = Site.objects.get(uid="kiln")
    assert save(client, site, as_a_browser(opened(client, site))).status_code == 302
    row["fields"]["description"]["en"] = "First.\n\nCorrected."
    path.write_text(json.dumps([row]), encoding="utf-8")
    report = load([path])
    assert (report.updated, report.edited) == (1, [])
    site.refresh_from_db()
    assert site.description["en"] == "First.\n\nCorrected."


@pytest.mark.parametrize(
    ("changes", "most"),
    [
        ({}, 10),  # compared and validated, nothing written
        ({"summary__en": "Changed."}, 37),
        ({"summary__en": "Changed.", "names-0-text": "Changed"}, 40),
    ],
)
def test_a_save_costs_few_queries(
    client, editor, site, django_assert_max_num_queries, changes, most
):
    for number in range(8):
        build.make_name(site, f"Name {number}", source=build.make_source())
        build.make_event(site, first_era=build.make_era(), source=build.make_source())
    data = opened(client, site, **changes)
    with django_assert_max_num_queries(most):
        assert save(client, site, data).status_code == 302


PRIVATE = re.compile(r"(?:super\(\)|\b(?!self\b|cls\b)\w+(?:\(\))?)\.(_[a-z]\w*)")
PUBLIC = {"_meta", "_default_manager"}  # documented, whatever their names look like


def test_the_admin_uses_no_private_names_of_others():
    folder = Path(settings.BASE_DIR) / "heritage" / "admin"
    sources = {path.name: path.read_text(encoding="utf-8") for path in folder.rglob("*.py")}
    found = {
        (name, used)
        for name, source in sources.items()
        for used in set(PRIVATE.findall(source)) - PUBLIC
    }
    assert found == set()
    # Inherited ones, called or overridden: all that Django's classes have and ours name.
    inherited = {
        name
        for each in (ModelAdmin, InlineModelAdmin, AdminSite, BaseInlineFormSet, ModelForm, Widget)
        for name in dir(each)
        if re.fullmatch(r"_[a-z]\w*", name)
    }
    named = {
        (name, used)
        for name, source in sources.items()
        for used in re.findall(r"(?:self\.|def )(_[a-z]\w*)", source)
        if used in inherited
    }
    # Why, and for how long, is said there.
    assert named == {("record_admin.py", "_changeform_view")}


def test_the_one_private_method_is_as_it_was(rf):
    """It validates and saves without a transaction of its own, under these four arguments."""
    names = list(inspect.signature(ModelAdmin._changeform_view).parameters)
    assert names == ["self", "request", "object_id", "form_url", "extra_context"]
    source = inspect.getsource(ModelAdmin._changeform_view)
    assert "atomic" not in source
    assert (
        "self._changeform_view(request, object_id, form_url, extra_context)"
        in inspect.getsource(ModelAdmin.changeform_view)
    )
