"""History pages: what was done in words, restoring values and records, undo of whole acts."""

import os
import re
import time
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heritage.models import Change, ChangeSet, Correction, Event, Image, Site
from heritage.models.unit_of_work import change_set
from heritage.services import bulk, review
from heritage.services.history import deletions_of, excerpts, word_diff
from heritage.services.undo import restore_deleted, undo, undo_changes
from tests import builders as build

pytestmark = pytest.mark.django_db

LONG = "The temple stands east of the old city. " * 30


@pytest.fixture
def li(client):
    user = build.make_user("li", group="editor", first_name="Li", last_name="Na")
    client.force_login(user)
    return user


@pytest.fixture
def site():
    return build.make_site(
        "White Horse Temple",
        "白马寺",
        kinds=[build.make_kind("Temple", "寺庙")],
        summary=build.text("An old temple.", "古寺。"),
        description=build.text(LONG),
    )


def last() -> ChangeSet:
    return ChangeSet.objects.latest("pk")


def url(page, *args, model="site"):
    return reverse(f"admin:heritage_{model}_{page}", args=args)


def edit(site, user=None, **values):
    with change_set(user=user):
        for name, value in values.items():
            setattr(site, name, value)
        site.save()
    return last()


def page(client, address):
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return response


def carry_out(client, address, **data):
    """Look at the page, and do what it asks about."""
    shown = page(client, address)
    return client.post(address, {"plan": shown.context["plan"], **data}, follow=True)


# --- in words ------------------------------------------------------------------------------------


def test_an_act_is_told_in_words(client, li, site):
    with change_set(user=li):
        site.summary = build.text("An old temple.", "中国第一古刹。")
        site.save()
        build.make_event(site)
    entry = page(client, url("history", site.pk)).context["entries"][0]
    assert entry.sentence == "changed Summary (简体中文), added event"
    entry = page(client, url("history", site.pk).replace("/en/", "/zh-hans/")).context["entries"][0]
    assert entry.sentence.startswith("修改了")


def test_a_row_that_only_moved_is_told_without_columns(client, li, site):
    event = build.make_event(site)
    with change_set(user=li, table=["Name (English)"]) as made:
        event.site = build.make_site("Another")
        event.save()
    shown = page(client, reverse("admin:heritage_changeset_change", args=[made.pk]))
    assert shown.context["entry"].sentence == "added site, changed event"
    assert shown.context["title"] == "In a table: Name (English)"


def test_a_difference_shows_the_changed_places_alone(client, li, site):
    new = LONG[:600] + "XYZ " + LONG[600:]
    edit(site, li, description=build.text(new))
    entry = page(client, url("history", site.pk)).context["entries"][0]
    [difference] = entry.changes[0].differences
    text = "".join(piece for _what, piece in difference.pieces)
    assert [piece for what, piece in difference.pieces if what == "+"] == ["XYZ "]
    assert len(text) < 120 and text.startswith("…") and text.endswith("…")


@pytest.mark.parametrize("seed", range(40))
def test_words_put_together_are_both_texts(seed):
    import random

    chance = random.Random(seed)
    texts = ["".join(chance.choice(["a ", "bc", " 寺", "白", "\n", "d. "]) for _ in range(60))]
    texts.append("".join(part for part in texts[0] if chance.random() > 0.2) + "end")
    pieces = word_diff(*texts)
    assert "".join(text for what, text in pieces if what != "+") == texts[0]
    assert "".join(text for what, text in pieces if what != "-") == texts[1]
    changed = [piece for piece in pieces if piece[0] != "="]
    assert [piece for piece in excerpts(pieces, 3) if piece[0] != "="] == changed


def test_a_decimal_number_is_told_without_zeros_at_its_end(client, li, site):
    edit(site, area_ha="47.50")
    edit(Site.objects.get(pk=site.pk), area_ha="1200")
    shown = page(client, url("history", site.pk)).content.decode()
    assert "47.5" in shown and "1200" in shown and "47.50" not in shown


def test_other_names_are_told(client, li):
    kind = build.make_kind("Cave temple", other_names=["grotto"])
    edit(kind, li, other_names=["grotto", "石窟"])
    for address in (
        url("history", kind.pk, model="kind"),
        url("change", last().pk, model="changeset"),
    ):
        assert "grotto, 石窟" in page(client, address).content.decode()


def test_very_long_texts_are_compared_at_once():
    old, new = ("".join(chr(0x4E00 + (n * k) % 5000) for n in range(30_000)) for k in (7, 11))
    start = time.process_time()
    word_diff(old, new)
    assert time.process_time() - start < 1


# --- restoring -----------------------------------------------------------------------------------


def test_a_value_is_restored_and_later_edits_are_told(client, li, site):
    first = edit(site, li, summary=build.text("Wrong.", "古寺。"))
    second = edit(site, li, area_ha="12.5")
    address = url("undo", site.pk, first.pk) + f"?row=site-{site.pk}&column=summary"
    history = page(client, url("history", site.pk)).content.decode()
    assert address.replace("&", "&amp;") in history
    shown = page(client, address)
    [step] = shown.context["steps"]
    assert step.differences[0].pieces == [("-", "Wrong"), ("+", "An old temple"), ("=", ".")]
    carry_out(client, address, reason="That was right")
    site.refresh_from_db()
    assert site.summary["en"] == "An old temple." and str(site.area_ha) == "12.5000"
    made = last()
    assert (made.kind, made.user, made.reason) == ("undo", li, "That was right")
    assert second.pk < made.pk


def test_a_value_of_a_row_that_was_not_there_before_deletes_no_row(client, li, site):
    with change_set("edit", li):
        event = build.make_event(site, "built", "0700")
    query = f"?row=event-{event.pk}&column=date"
    assert page(client, url("undo", site.pk, last().pk) + query).context["steps"] == []


def test_one_language_of_a_text_is_restored_and_the_others_stay(client, li, site):
    first = edit(site, li, summary=build.text("Wrong.", "错。"))
    other = edit(site, None, summary=build.text("Wrong.", "错了。", fr="Faux."))
    again = edit(site, None, summary=build.text("Quite wrong.", "错了。", fr="Faux."))
    history = page(client, url("history", site.pk)).content.decode()
    of_all = url("undo", site.pk, first.pk) + f"?row=site-{site.pk}&column=summary"
    of_english = f"{of_all}&language=en"
    for address in (of_english, f"{of_all}&language=zh-hans", of_all):
        assert f'href="{address}"'.replace("&", "&amp;") in history
    assert history.count("Undo in all languages</a>") == 2  # of the acts that wrote several

    shown = page(client, of_english)
    [step] = shown.context["steps"]
    [difference] = step.differences
    assert difference.label == "Summary (English)"
    assert list(shown.context["later"]) == [again]  # who wrote the same language since
    assert list(page(client, of_all).context["later"]) == [again, other]
    carry_out(client, of_english)
    site.refresh_from_db()
    expected = {"en": "An old temple.", "zh-hans": "错了。", "fr": "Faux."}
    assert (site.summary, last().kind) == (expected, "undo")

    # What it had not before is taken out, and only that.
    carry_out(client, f"{url('undo', site.pk, other.pk)}?row=site-{site.pk}"
              "&column=summary&language=fr")  # fmt: skip
    site.refresh_from_db()
    assert site.summary == {"en": "An old temple.", "zh-hans": "错了。"}
    for nonsense in ("xx", "", "%00"):
        address = f"{url('undo', site.pk, first.pk)}?row=site-{site.pk}&column=area_ha"
        assert page(client, f"{address}&language={nonsense}").context["steps"] == []


def test_a_language_that_somebody_writes_meanwhile_is_told_before_it_is_restored(client, li, site):
    made = edit(site, li, summary=build.text("Wrong.", "古寺。"))
    address = url("undo", site.pk, made.pk) + f"?row=site-{site.pk}&column=summary&language=en"
    digest = page(client, address).context["plan"]
    chinese = edit(site, None, summary=build.text("Wrong.", "千年古寺。"))
    edit(site, None, summary=build.text("Better.", "千年古寺。"))
    response = client.post(address, {"plan": digest}, follow=True)
    site.refresh_from_db()
    assert site.summary == {"en": "Better.", "zh-hans": "千年古寺。"}
    assert "Somebody has changed this meanwhile" in response.content.decode()
    later = list(response.context["later"])
    assert len(later) == 1 and chinese not in later


def test_the_undo_of_one_language_tells_what_was_edited_since(site):
    made = edit(site, None, summary=build.text("Wrong.", "错。"))
    edit(site, None, summary=build.text("Better.", "错。"))
    done = undo_changes(made.changes.all(), {(Site, site.pk): {"summary": "en"}}, "undo")
    assert [str(each) for each in done.conflicts] == ["edited since: summary (English)"]
    assert done.change_set is None
    assert (
        undo_changes(
            made.changes.all(), {(Site, site.pk): {"summary": "zh-hans"}}, "undo"
        ).conflicts
        == []
    )
    site.refresh_from_db()
    assert site.summary == {"en": "Better.", "zh-hans": "古寺。"}


def test_a_record_is_restored_with_its_rows(client, li, site):
    event = build.make_event(site, date="0700")
    pk, before = event.pk, last()
    edit(site, li, summary=build.text("Wrong."))
    event.delete()
    name = build.make_name(site, "Baima")
    carry_out(client, url("undo", site.pk, before.pk))
    site.refresh_from_db()
    assert site.summary["zh-hans"] == "古寺。"
    assert list(site.events.values_list("pk", flat=True)) == [pk]
    assert not site.names.filter(pk=name.pk).exists()


def test_a_deleted_record_comes_back_with_all_its_rows(client, li, site):
    event, picture = build.make_event(site), build.make_image(site)
    pk, slug = site.pk, site.slug
    client.post(url("delete", pk), {"post": "yes"})
    assert client.get(f"/en/sites/{slug}/").status_code == 404
    shown = page(client, url("deleted"))
    [(deletion, name)] = shown.context["rows"]
    assert name == "White Horse Temple"
    assert url("deleted") in client.get(url("changelist")).content.decode()
    carry_out(client, url("restore", deletion.pk))
    assert client.get(f"/en/sites/{slug}/").status_code == 200
    found = Site.objects.get(pk=pk)
    assert found.events.get().pk == event.pk and found.images.get().pk == picture.pk
    assert list(found.kinds.values_list("label__en", flat=True)) == ["Temple"]
    assert page(client, url("deleted")).context["rows"] == []


def test_who_restores_a_record_reads_what_comes_back_and_is_led_to_it(client, li, site):
    build.make_coverage(site, build.make_designation(reference="12", name=build.text("Stele")))
    pk = site.pk
    client.post(url("delete", pk), {"post": "yes"})
    [(deletion, _name)] = page(client, url("deleted")).context["rows"]
    address = url("restore", deletion.pk)
    names = [step.name for step in page(client, address).context["steps"]]
    assert "12 · Stele → White Horse Temple" in names and not [n for n in names if "#" in n]
    done = carry_out(client, address)
    assert done.redirect_chain[-1][0] == url("change", pk)
    assert "Restored." in done.content.decode()


def test_nothing_is_restored_when_the_plan_has_changed(client, li, site):
    made = edit(site, li, summary=build.text("Wrong."))
    address = url("undo", made.pk, model="changeset")
    digest = page(client, address).context["plan"]
    edit(site, None, summary=build.text("Better."))
    response = client.post(address, {"plan": digest}, follow=True)
    site.refresh_from_db()
    assert site.summary["en"] == "Better."
    assert "Somebody has changed this meanwhile" in response.content.decode()
    [(_name, _url, why)] = response.context["conflicts"]
    assert why == "edited since: summary (English)"


# --- whole acts ----------------------------------------------------------------------------------


def test_a_bulk_action_is_undone_and_done_again(client, li, site):
    other = build.make_site("Other", kinds=[build.make_kind()])
    with change_set("bulk", li) as made:
        for each in (site, other):
            each.withdraw(by=li)
    shown = page(client, url("change", made.pk, model="changeset"))
    assert shown.context["entry"].sentence == "changed 2 sites (State)"
    edit(Site.objects.get(pk=other.pk), None, summary=build.text("Edited."))
    asked = page(client, url("undo", made.pk, model="changeset"))
    assert len(asked.context["steps"]) == 2 and len(asked.context["later"]) == 1
    carry_out(client, url("undo", made.pk, model="changeset"))
    assert set(Site.objects.values_list("state", flat=True)) == {"published"}
    undone = last()
    assert undone.undoes == made
    text = page(client, url("change", made.pk, model="changeset")).content.decode()
    assert "Undone by:" in text
    carry_out(client, url("undo", undone.pk, model="changeset"))
    assert set(Site.objects.values_list("state", flat=True)) == {"archived"}
    assert Site.objects.get(pk=other.pk).summary["en"] == "Edited."


def test_an_import_is_undone_by_command_too(site, capsys):
    with change_set("import") as made:
        for number in range(3):
            build.make_site(f"Loaded {number}")
    edit(Site.objects.get(name__en="Loaded 1"), None, area_ha="3")
    call_command("undo", made.pk, dry_run=True)
    stays = "stays: site “Loaded 1”: edited since: area in hectares\n"
    assert capsys.readouterr().out == f"{stays}2 rows would be written.\n"
    call_command("undo", made.pk)
    assert sorted(Site.objects.values_list("name__en", flat=True)) == [
        "Loaded 1",
        "White Horse Temple",
    ]
    assert stays in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("undo", 10**9)


# --- who may -------------------------------------------------------------------------------------


def test_who_may_not_change_a_record_may_not_do_so_by_its_history(client, site):
    made = edit(site, None, summary=build.text("Wrong."))
    draft = build.make_site("Draft", state="draft")
    own = edit(draft, None, summary=build.text("Draft text."))
    client.force_login(build.make_user(group="contributor"))
    address = url("undo", made.pk, model="changeset")
    shown = page(client, address)
    assert (
        shown.context["refused"] and 'type="submit" class="default"' not in shown.content.decode()
    )
    assert client.post(address, {"plan": shown.context["plan"]}).status_code == 403
    assert client.get(url("undo", site.pk, made.pk)).status_code == 403
    # What lies open to them they may restore.
    carry_out(client, url("undo", own.pk, model="changeset"))
    draft.refresh_from_db()
    assert draft.summary == {}


def test_nothing_is_moved_back_to_a_record_that_is_not_open(client, site):
    draft = build.make_site("Draft", state="draft")
    event = build.make_event(site)
    with change_set() as made:
        Event.objects.filter(pk=event.pk).update(site=draft)
    client.force_login(build.make_user(group="contributor"))
    address = url("undo", made.pk, model="changeset")
    shown = page(client, address)
    assert client.post(address, {"plan": shown.context["plan"]}).status_code == 403
    event.refresh_from_db()
    assert event.site == draft


def test_an_undo_that_publishes_needs_the_right_to_publish(client, site):
    with change_set() as made:
        site.state = "draft"
        site.save()
    client.force_login(build.make_user(group="contributor"))
    address = url("undo", made.pk, model="changeset")
    digest = page(client, address).context["plan"]
    assert client.post(address, {"plan": digest}).status_code == 403
    with change_set():
        site.delete()
    deletion = deletions_of(Site).get()
    address = url("restore", deletion.pk)
    client.get(address)
    assert not Site.objects.exists()


@pytest.mark.parametrize("who", ["nobody", "reader", "no group"])
def test_outsiders_see_no_history(client, site, who):
    made = edit(site, None, summary=build.text("Wrong."))
    if who != "nobody":
        client.force_login(build.make_user(is_staff=who == "no group"))
    for address in (
        url("changelist", model="changeset"),
        url("change", made.pk, model="changeset"),
        url("undo", made.pk, model="changeset"),
        url("undo", site.pk, made.pk),
        url("deleted"),
    ):
        for response in (client.get(address), client.post(address)):
            assert response.status_code in (302, 403, 404, 405)
            assert "Wrong" not in response.content.decode()
    site.refresh_from_db()
    assert site.summary["en"] == "Wrong."


def test_acts_show_nobody_what_they_may_not_look_at(client):
    from heritage.models import Identity

    with change_set() as made:
        Identity.objects.create(name=build.text("Shown"), about=build.text("Secret"))
    client.force_login(build.make_user(group="contributor"))
    assert "Secret" not in page(client, url("change", made.pk, model="changeset")).content.decode()


def test_change_sets_can_be_changed_by_nobody(client, site):
    client.force_login(build.make_user(is_superuser=True))
    made = last()
    client.post(url("change", made.pk, model="changeset"), {"reason": "x"})
    client.post(url("delete", made.pk, model="changeset"), {"post": "yes"})
    assert ChangeSet.objects.get(pk=made.pk).reason == ""


@pytest.mark.parametrize("query", ["row=x&column=y", "row=user-1&column=password", "row=site-", ""])
def test_a_strange_address_is_harmless(client, li, site, query):
    made = edit(site, li, summary=build.text("Wrong."))
    assert client.get(url("undo", site.pk, made.pk) + f"?{query}").status_code == 200
    assert client.get(url("change", 10**14, model="changeset")).status_code == 404
    assert client.get(url("undo", 10**10, made.pk)).status_code == 404


# --- pictures ------------------------------------------------------------------------------------


def age(name: str, days: int) -> None:
    path = default_storage.path(name)
    then = time.time() - days * 86_400
    os.utime(path, (then, then))


def test_pictures_are_kept_while_they_can_be_restored_and_then_swept(site, capsys):
    kept, gone = build.make_image(site), build.make_image(site, file=build.picture_file(90, 50))
    files = kept.file.name, gone.file.name
    originals = [image.original.path for image in (kept, gone)]
    for path in originals:
        os.utime(path, (0, 0))
    for name in files:
        age(name, 400)
    pk = gone.pk
    gone.delete()
    deletion = deletions_of(Image).get()
    call_command("sweep_pictures", days=100)
    assert all(map(default_storage.exists, files))
    ChangeSet.objects.update(at=ChangeSet.objects.first().at.replace(year=2020))
    call_command("sweep_pictures", days=100, dry_run=True)
    assert all(map(default_storage.exists, files))
    call_command("sweep_pictures", days=100)
    assert list(map(default_storage.exists, files)) == [True, False]
    assert [Path(path).exists() for path in originals] == [True, False]
    assert "2 files deleted" in capsys.readouterr().out
    [conflict] = restore_deleted(deletion).conflicts
    assert conflict.why == "file" and not Image.objects.filter(pk=pk).exists()


def test_what_has_no_form_of_its_own_is_undone_too(client, li):
    from heritage.services import review

    draft = build.make_site("Draft", state="draft")
    review.step(draft, "sent", li)
    sent = last()
    carry_out(client, url("undo", sent.pk, model="changeset"))
    assert Site.objects.get(pk=draft.pk).state == "draft" and not draft.review_comments.exists()


def test_undo_of_an_event_says_what_it_wrote(client, li, site):
    event = build.make_event(site, date="0700")
    with change_set(user=li) as made:
        event.date = "0750"
        event.save()
    undo(made)
    assert Event.objects.get().date == "0700"
    assert Change.objects.filter(change_set=last()).count() == 1


# --- what may be undone --------------------------------------------------------------------------


def plan_of(response) -> str:
    found = re.search(r'name="plan" value="(\w+)"', response.content.decode())
    return found[1] if found else ""


def undone_by(client, user, made):
    """What a browser gets that sends the undo of a change set, offered or not."""
    client.force_login(user)
    address = reverse("admin:heritage_changeset_undo", args=[made.pk])
    return client.post(address, {"plan": plan_of(client.get(address))})


def test_a_contributor_moves_no_row_back_to_a_published_record(client, li, site):
    wang = build.make_user("wang", group="contributor")
    with change_set(user=wang):
        draft = build.make_site("Kiln", state="draft")
    event = Event.objects.create(site=site, kind="built", date="1420")
    with change_set(user=li) as made:
        event.site = draft
        event.save()
    assert undone_by(client, wang, made).status_code == 403
    assert Event.objects.get().site == draft


@pytest.mark.parametrize(
    ("state", "is_own", "comes_back"),
    [("draft", True, True), ("draft", False, False), ("in_review", True, False)],
)
def test_a_contributor_brings_back_own_drafts_alone(client, li, state, is_own, comes_back):
    wang = build.make_user("wang", group="contributor")
    with change_set(user=wang if is_own else li):
        site = build.make_site("Kiln", state=state)
    with change_set(user=li) as made:
        site.delete()
    response = undone_by(client, wang, made)
    assert response.status_code == (302 if comes_back else 403)
    assert Site.objects.exists() is comes_back


def test_restoring_a_record_leaves_what_people_say_of_it(client, li, site):
    then = last()
    review.comment(site, li, "Which source?")
    review.assign(site, li, li)
    Correction.objects.create(site=site, topic="name", text="wrong", language="en")
    edit(site, li, area_ha=5)
    address = url("undo", site.pk, then.pk)
    response = client.post(address, {"plan": plan_of(page(client, address))})
    assert response.status_code == 302
    assert Site.objects.get().area_ha is None
    assert site.review_comments.count() == 2 and site.corrections.count() == 1
    assert site.review.assigned_to == li


def test_a_step_of_review_has_a_page_that_undoes_it(client, li):
    draft = build.make_site("Kiln", state="draft")
    review.step(draft, "sent", li)
    assert (
        "Review comment" in page(client, url("undo", last().pk, model="changeset")).content.decode()
    )


def test_an_undo_leaves_no_published_record_without_what_it_needs(client, li):
    kind = build.make_kind("Kiln")
    sites = [build.make_site(f"Kiln {n}", state="draft") for n in range(2)]
    made = bulk.add("kinds", kind, [site.pk for site in sites], li)
    review.step(sites[0], "published", li)
    assert undone_by(client, li, made).status_code == 302
    assert [site.kinds.count() for site in sites] == [1, 0]
    # Nor by the deletion of a kind that came with the same act.
    with change_set(user=li) as made:
        other = build.make_kind("Pagoda")
        sites[1].kinds.add(other)
    review.step(sites[1], "published", li)
    response = client.get(undone_by(client, li, made).url)
    assert "Done, but for 1 thing that stays" in response.content.decode()
    assert list(sites[1].kinds.all()) == [other]


def test_the_names_of_deleted_rows_are_read_together(client, li):
    sites = [build.make_site(f"Kiln {n}") for n in range(8)]
    for site in sites:
        build.make_event(site)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            page(client, reverse("admin:heritage_event_deleted"))
        return len(asked)

    Event.objects.filter(site__in=sites[:2]).delete()
    queries()  # what is asked only once
    few = queries()
    Event.objects.all().delete()
    assert queries() == few
