"""Photographs from Wikimedia Commons, read from a stand-in on this machine."""

import io
import json
import signal
from datetime import timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from PIL import Image as Picture

from heritage.exchange import commons, wikimedia
from heritage.models import Identifier, IdentifierScheme, Image, Job
from heritage.services import jobs
from tests import builders as build
from tests.commons_stand_in import CC, WIDTHS, File, claim, maxlag, photograph, stand_in
from tests.killable_workers import killable_workers, wait_until
from tests.test_jobs import work

CONTACT = "mailto:heritage@example.org"


@pytest.fixture
def there(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.CONTACT = CONTACT
    with stand_in() as made:
        settings.COMMONS_API = settings.WIKIDATA_API = made.api
        yield made


@pytest.fixture
def quick(monkeypatch):
    """No pause between requests, and all waits noted instead of waited."""
    waited = []
    monkeypatch.setattr(wikimedia, "PAUSE", 0)
    monkeypatch.setattr(commons, "sleep", waited.append)
    return waited


@pytest.fixture
def site(db):
    build.make_licence("CC-BY-SA-4.0", url=f"{CC}licenses/by-sa/4.0/")
    build.make_licence("CC-BY-4.0", url=f"{CC}licenses/by/4.0/")
    build.make_licence("CC0", url=f"{CC}publicdomain/zero/1.0/")
    build.make_licence("permission", url="https://rights.example/by-permission")
    return build.make_site("Longmen Grottoes", "龙门石窟", slug="longmen")


def fetch(site, *titles, **given):
    """A job that has fetched; its lines by the title that they are about."""
    job = jobs.run_here(commons.FETCH, site=site.pk, titles=titles, **given)
    lines = dict(str(line).split(": ", 1) for line in job.lines.all() if ": " in str(line))
    return job, lines


# --- forty files ---------------------------------------------------------------------------------


def of_pixels(width, height, form="JPEG"):
    out = io.BytesIO()
    Picture.new("RGB", (width, height), (90, 60, 40)).save(out, form)
    return out.getvalue()


ODD = {
    "File:Two authors.jpg": (
        File(1, {"Artist": "<ul><li><a href='x'>Li&nbsp;Hua</a></li><li>Bo &amp; Son</li></ul>"}),
        {"author": "Li Hua; Bo & Son"},
    ),
    "File:Hidden.jpg": (
        File(2, {"Artist": "<span style='display: none'>Unknown</span><b>Wang</b>, Xi'an"}),
        {"author": "Wang, Xi'an"},
    ),
    "File:Attribution.jpg": (
        File(
            3, {"Attribution": "Photo: <i>Wang</i>", "LicenseUrl": f"{CC}licenses/by/4.0/deed.en"}
        ),
        {"credit_line": "Photo: Wang", "licence__code": "CC-BY-4.0"},
    ),
    "File:Zero.jpg": (
        File(4, {"LicenseUrl": "http://creativecommons.org/publicdomain/zero/1.0/deed.zh"}),
        {"licence__code": "CC0"},
    ),
    "File:Persons.jpg": (
        File(5, {"Restrictions": "personality|trademarked", "Categories": "A|FoP-China|B"}),
        {"restrictions": "personality, trademarked, freedom of panorama"},
    ),
    "File:Captions.jpg": (
        File(6, labels={"en": "A gate", "zh": "门", "zh-tw": "門", "fr": "Porte", "xx-odd-": "?"}),
        {"caption": {"en": "A gate", "fr": "Porte", "zh-hans": "门", "zh-hant": "門"}, "alt": {}},
    ),
    "File:Nobody.jpg": (File(7, {"Artist": None}), {"author": "Uploader"}),
    "File:300 megapixels.jpg": (
        File(8, width=20_000, height=15_000, sends=of_pixels(1920, 1440)),
        {"width": 1920},
    ),
    "File:No derivatives.jpg": (
        File(9, {"LicenseUrl": f"{CC}licenses/by-nd/4.0/", "LicenseShortName": "CC BY-ND 4.0"}),
        "Its licence is not free: CC BY-ND 4.0.",
    ),
    "File:Non-free.jpg": (File(10, {"NonFree": "true"}), "Its licence is not free"),
    "File:By permission.jpg": (
        File(11, {"LicenseUrl": "https://rights.example/by-permission"}),
        "Its licence is not free",
    ),
    "File:Ported.jpg": (
        File(12, {"LicenseUrl": f"{CC}licenses/by-sa/3.0/de/deed.de"}),
        "Which licence is CC BY-SA 4.0?",
    ),
    "File:Old.jpg": (
        File(13, {"LicenseUrl": None, "License": "pd", "LicenseShortName": "Public domain"}),
        "May it be taken? Commons gives no address of its terms: Public domain.",
    ),
    "File:Plan.svg": (File(14, mime="image/svg+xml"), "Files of image/svg+xml are not taken."),
    "File:Report.pdf": (
        File(15, mime="application/pdf"),
        "Files of application/pdf are not taken.",
    ),
    "File:Other.jpg": (File(16, sends=photograph(99)), "What came is not the file"),
    "File:Broken.jpg": (
        File(17, sends=b"\xff\xd8\xff broken", size=500, width=20_000, height=20_000),
        "damaged",
    ),
    "File:Narrow and heavy.jpg": (File(18, size=90_000_000), "It is too large, and Commons has no"),
    "File:Deleted.jpg": (None, "Commons has no such file, or it was deleted."),
}
QUESTIONS = ("Ported", "Old")


def test_forty_files_come_at_the_pace_and_in_the_sizes_that_are_asked_for(
    there, site, monkeypatch, capsys
):
    monkeypatch.setattr(wikimedia, "PAUSE", 0.02)
    there.files |= {title: file for title, (file, _wanted) in ODD.items() if file}
    there.files["File:New name.jpg"] = File(30)
    there.redirects["File:Old name.jpg"] = "File:New name.jpg"
    for number in range(31, 51):
        there.files[f"File:Cave {number}.jpg"] = File(number)
    titles = [*ODD, "File:Old name.jpg", *(f"File:Cave {number}.jpg" for number in range(31, 51))]
    assert len(titles) == 40
    call_command("import_commons", *titles, site="longmen")
    said = capsys.readouterr().out
    added = sum(isinstance(wanted, dict) for _file, wanted in ODD.values()) + 21
    assert f"{added} photographs added as drafts; 2 questions, {38 - added} not taken, 0" in said
    for title, (_file, wanted) in ODD.items():
        if isinstance(wanted, str):
            [line] = [line for line in said.splitlines() if line.startswith(title)]
            assert wanted in line
            assert not Image.objects.filter(commons_title=title).exists()
        else:
            image = Image.objects.filter(commons_title=title)
            assert image.values(*wanted).get() == wanted, title
    assert "longmen" in {image.site.slug for image in Image.objects.all()}
    renamed = Image.objects.get(commons_title="File:New name.jpg")
    assert renamed.source_url == "https://commons.example/wiki/File%3ANew_name.jpg"
    assert (renamed.read_on, renamed.published) == (timezone.localdate(), False)
    with renamed.original.open("rb") as original:
        assert original.read() == photograph(30)
    # The log of the stand-in: one at a time, at the pace, who asks, and standard widths alone.
    assert all(later.begun - sooner.ended > 0.018 for sooner, later in pairwise(there.log))
    assert {each.agent.partition("/")[0] for each in there.log} == {"Heritage"}
    assert all(CONTACT in each.agent for each in there.log)
    assert len(there.asked_for("/w/")) == 2  # fifty titles of a question, and their captions
    assert {each.given["maxlag"] for each in there.asked_for("/w/")} == {"5"}
    widths = [
        int(each.path.split("/")[-1].partition("px-")[0])
        for each in there.asked_for("/commons/thumb")
    ]
    assert widths == [1920, 1920] and set(widths) <= set(WIDTHS)
    fetched = [each.path for each in there.asked_for("/commons/")]
    assert len(fetched) == len(set(fetched)) == added + 2  # and two of which the file is no good
    # Again: nothing is fetched twice.
    del there.log[:]
    call_command("import_commons", *titles, site="longmen")
    assert f"0 photographs added as drafts; 2 questions, {38 - added} not taken, {added}" in (
        capsys.readouterr().out
    )
    assert len(there.asked_for("/commons/")) == 2
    # All of it is undone as one.
    job = Job.objects.filter(kind=commons.FETCH).first()
    first = Job.objects.filter(kind=commons.FETCH).last()
    assert (job.change_sets.count(), first.change_sets.count()) == (0, 1)
    first.undo()
    work()
    assert not Image.objects.exists()


# --- refusals ------------------------------------------------------------------------------------


def test_without_a_contact_nothing_is_asked(there, site, settings):
    settings.CONTACT = ""
    with pytest.raises(CommandError, match="HERITAGE_CONTACT"):
        call_command("import_commons", "A.jpg", site="longmen")
    assert there.log == []


@pytest.mark.parametrize(
    "address",
    [
        "http://commons.wikimedia.org/w/api.php",
        "https://evil.example/w/api.php",
        "https://commons.wikimedia.org@evil.example/a.jpg",
        "https://commons.wikimedia.org:8443/a.jpg",
        "file:///etc/passwd",
        "http://127.0.0.1:1/a.jpg",
        "http://[broken",
        "",
    ],
)
def test_only_the_hosts_of_the_settings_are_asked(settings, address):
    settings.CONTACT = CONTACT
    with pytest.raises(wikimedia.FileRefused, match="not an address of Wikimedia"):
        wikimedia.WikimediaClient().download(address)


def test_a_redirect_is_not_followed(there, site, quick):
    there.files["File:A.jpg"] = File(1)

    def elsewhere(path, given):
        if path.startswith("/commons"):
            return 302, b"", {"Location": f"{there.address}/commons/B.jpg"}
        return None

    there.before = elsewhere
    job, lines = fetch(site, "A.jpg")
    assert "answers 302" in lines["File:A.jpg"] and job.result["refused"] == 1


BUSY = {
    "maxlag": (maxlag(7), [7]),
    "429": ((429, b"", {"Retry-After": "9"}), [9]),
    "503 without a time": ((503, b"", {}), [5]),
    "a date": ((429, b"", {}), [40]),
}


@pytest.mark.parametrize("name", BUSY)
def test_it_waits_as_long_as_it_is_told_to(there, site, quick, name):
    answer, waits = BUSY[name]
    if name == "a date":
        until = format_datetime(timezone.now() + timedelta(seconds=40), True)
        answer[2]["Retry-After"] = until
    there.files["File:A.jpg"] = File(1)
    answers = [answer]
    there.before = lambda path, given: answers.pop() if answers else None
    job, _lines = fetch(site, "A.jpg")
    assert job.result["added"] == 1
    assert abs(sum(quick) - sum(waits)) < 3


def test_who_is_busy_for_long_is_asked_again_by_continue(there, site, quick):
    there.files |= {f"File:{name}.jpg": File(number) for number, name in enumerate("ABC")}
    seen = []

    def busy(path, given):
        seen.append(path)
        if path.startswith("/commons/B") and seen.count(path) == 1:
            return 429, b"", {"Retry-After": "4000"}
        return None

    there.before = busy
    job, _lines = fetch(site, "A.jpg", "B.jpg", "C.jpg")
    assert (job.state, Image.objects.count()) == ("failed", 1)
    assert "4000" in job.says
    job.continue_()
    job = jobs.continue_here(job)
    assert (job.state, job.result["added"], Image.objects.count()) == ("done", 3, 3)
    assert job.change_sets.count() == 1
    assert len([path for path in seen if path.startswith("/commons/A")]) == 1


def test_what_cannot_be_reached_or_read_is_said(there, site, quick):
    there.before = lambda path, given: (200, b"<html>maintenance</html>", {})
    assert "cannot be read" in fetch(site, "A.jpg")[0].says
    error = {"error": {"code": "readonly", "info": "The wiki is in read-only mode"}}
    there.before = lambda path, given: (200, json.dumps(error).encode(), {})
    assert "read-only mode" in fetch(site, "A.jpg")[0].says


# --- what is asked for ---------------------------------------------------------------------------


def test_a_category_is_read_to_its_end_and_cut_with_a_word(there, site, quick, monkeypatch):
    titles = [f"File:Cave {number}.jpg" for number in range(60)]
    there.files |= {title: File(number) for number, title in enumerate(titles)}
    there.categories["Category:Longmen Grottoes"] = titles
    monkeypatch.setattr(commons, "MOST", 55)
    job, _lines = fetch(site, category="https://commons.example/wiki/Category:Longmen_Grottoes")
    assert job.result["added"] == 55
    assert "more than 55 files" in str(job.lines.first())
    assert len(there.asked_for("/w/")) == 2 + 2 * 2  # two of the list, two of each batch


@pytest.fixture
def items(site):
    scheme = IdentifierScheme.objects.create(
        slug="wikidata", label={"en": "Wikidata"}, pattern="Q[1-9][0-9]*"
    )
    other, pictured = build.make_site("Other", slug="other"), build.make_site("P", slug="pictured")
    build.make_image(pictured)
    for number, each in enumerate((site, other, pictured), 1):
        Identifier.objects.create(site=each, scheme=scheme, value=f"Q{number}")
    return {"longmen": site, "other": other, "pictured": pictured}


def test_the_picture_of_each_item_is_suggested_once(there, items, quick, capsys):
    there.files |= {"File:A.jpg": File(1), "File:B.jpg": File(2), "File:C.jpg": File(3)}
    there.items |= {
        "Q1": {"P18": [claim("B.jpg"), claim("A.jpg", "preferred"), claim("C.jpg", "deprecated")]},
        "Q3": {"P18": [claim("C.jpg")]},
    }
    call_command("import_commons", suggested=True)
    assert "1 photographs added" in capsys.readouterr().out
    new = Image.objects.exclude(commons_title="")
    assert [(image.site.slug, image.commons_title) for image in new] == [("longmen", "File:A.jpg")]
    del there.log[:]
    call_command("import_commons", suggested=True)
    assert "0 photographs added" in capsys.readouterr().out
    call_command("import_commons", wikidata="Q1")
    assert "1 photographs added as drafts; 0 questions, 0 not taken, 1" in capsys.readouterr().out
    with pytest.raises(CommandError, match="--site"):
        call_command("import_commons", wikidata="Q99")
    with pytest.raises(CommandError, match="Name files"):
        call_command("import_commons", site="longmen")


# --- later ---------------------------------------------------------------------------------------


def test_what_was_deleted_there_is_withdrawn_and_what_was_renamed_is_found(
    there, site, quick, capsys
):
    there.files |= {f"File:{name}.jpg": File(number) for number, name in enumerate("ABCD")}
    fetch(site, *(f"{name}.jpg" for name in "ABCD"))
    Image.objects.filter(commons_title__lt="File:D").update(published=True, alt={"en": "A cave"})
    own = build.make_image(site)
    del there.files["File:A.jpg"], there.files["File:D.jpg"]
    there.files["File:Cave B.jpg"] = there.files.pop("File:B.jpg")
    there.redirects["File:B.jpg"] = "File:Cave B.jpg"
    there.files["File:C.jpg"].said["LicenseUrl"] = f"{CC}licenses/by-nc/4.0/"
    call_command("import_commons", check=True)
    said = capsys.readouterr().out
    assert "4 checked: 1 withdrawn, 1 renamed there, 1 with another licence." in said
    assert "File:A.jpg was deleted" in said and "File:C.jpg: Commons now names another" in said
    shown = set(Image.objects.filter(published=True).values_list("commons_title", flat=True))
    assert shown == {"File:Cave B.jpg", "File:C.jpg", own.commons_title}
    call_command("import_commons", check=True)
    assert "4 checked: 0 withdrawn, 0 renamed" in capsys.readouterr().out


def test_the_worker_checks_by_itself_where_it_may(there, site, quick, settings):
    kind = jobs.kinds()[commons.CHECK]
    assert not kind.is_needed()
    there.files["File:A.jpg"] = File(1)
    fetch(site, "A.jpg")
    assert kind.is_needed()
    settings.CONTACT = ""
    assert not kind.is_needed()


# --- a process is killed -------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_killed_fetch_goes_on_with_the_same_file(there, settings, monkeypatch):
    build.make_licence("CC-BY-SA-4.0", url=f"{CC}licenses/by-sa/4.0/")
    site = build.make_site("Longmen", slug="longmen")
    titles = [f"File:Cave {number}.jpg" for number in range(6)]
    there.files |= {title: File(number) for number, title in enumerate(titles)}
    monkeypatch.setenv("HERITAGE_TEST_COMMONS", there.api)
    killed = []

    with killable_workers() as workers:
        holds = [True]

        def hold(path, given):
            if holds[0] and path.startswith("/commons/Cave_3"):
                wait_until(lambda: not holds[0])
            return None

        there.before = hold
        job = jobs.start(commons.FETCH, site=site.pk, titles=titles)
        worker = workers.begin()
        wait_until(lambda: Image.objects.count() == 3)
        workers.end(worker, signal.SIGKILL)  # while the fourth is being fetched
        killed.append(Image.objects.count())
        holds[0] = False
        job = Job.objects.get(pk=job.pk)
        assert job.state == "running"
        Job.objects.filter(pk=job.pk).update(heartbeat=timezone.now() - timedelta(minutes=2))
        worker = workers.begin()  # sees that it is silent, and continues it
        wait_until(lambda: Job.objects.get(pk=job.pk).state == "done")
        workers.end(worker, signal.SIGTERM)
    job.refresh_from_db()
    assert killed == [3] and job.result["added"] == 6
    assert job.change_sets.count() == 1
    assert sorted(Image.objects.values_list("commons_title", flat=True)) == titles
    paths = [each.path for each in there.asked_for("/commons/")]
    assert sorted(set(paths)) == sorted(paths) or paths.count("/commons/Cave_3.jpg") == 2


# --- pages of editors ----------------------------------------------------------------------------


def test_what_would_come_is_shown_and_the_chosen_ones_are_fetched(
    there, items, quick, client, settings
):
    there.items["Q1"] = {"P18": [claim("A.jpg")], "P373": [claim("Longmen")]}
    there.files |= {f"File:{name}.jpg": File(number) for number, name in enumerate("ABC")}
    there.files["File:A.jpg"].labels = {"en": "A gate"}
    there.files["File:B.jpg"].said["LicenseUrl"] = f"{CC}licenses/by-nc/4.0/"
    there.files["File:C.jpg"].width = 1000
    there.categories["Category:Longmen"] = ["File:A.jpg", "File:B.jpg", "File:C.jpg"]
    client.force_login(build.make_user("editor", "editor"))
    page = reverse("admin:heritage_site_commons", args=[items["longmen"].pk])
    assert (
        page
        in client.get(
            reverse("admin:heritage_site_change", args=[items["longmen"].pk])
        ).content.decode()
    )
    html = client.get(page).content.decode()
    assert 'value="Q1"' in html and "No background worker was ever seen." in html
    assert "Say what to look for." in client.post(page, {"do": "look"}).content.decode()
    started = client.post(page, {"do": "look", "item": "Q1"})
    assert there.log == []  # nothing but the worker asks
    waiting = client.get(started["Location"])
    assert waiting["Refresh"] and "waiting" in waiting.content.decode().lower()
    work()
    shown = client.get(started["Location"]).content.decode()
    assert "Refresh" not in client.get(started["Location"]).headers
    assert shown.count('type="checkbox" name="title"') == 2
    assert "A gate" in shown and "Its licence is not free" in shown and "Author 2" in shown
    assert shown.count('src="data:image/jpeg;base64,') == 2
    assert [each.path for each in there.asked_for("/commons/thumb")] == [
        "/commons/thumb/C.jpg/250px-C.jpg.jpg"
    ]
    assert not Image.objects.filter(site=items["longmen"]).exists()
    fetched = client.post(
        started["Location"], {"do": "fetch", "title": ["File:C.jpg", "File:B.jpg"]}
    )
    work()
    done = client.get(fetched["Location"]).content.decode()
    assert "Photographs added: 1; left out: 0" in done
    image = Image.objects.get(site=items["longmen"])
    assert (image.commons_title, image.published) == ("File:C.jpg", False)
    settings.CONTACT = ""
    assert "HERITAGE_CONTACT" in client.get(page).content.decode()


def test_who_may_not_change_the_site_starts_nothing(there, items, client):
    page = reverse("admin:heritage_site_commons", args=[items["longmen"].pk])
    client.force_login(build.make_user("contributor", "contributor"))
    assert client.post(page, {"do": "look", "item": "Q1"}).status_code == 403
    client.force_login(build.make_user("editor", "editor"))
    other = jobs.start(commons.LOOK, site=items["other"].pk)
    html = client.get(f"{page}?job={other.pk}").content.decode()
    assert "asks again" not in html and not Job.objects.exclude(pk=other.pk).exists()
