"""Many pictures at once: matched to sites, added as drafts, undone; the library."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from PIL import ExifTags
from PIL import Image as Picture

from heritage.exchange import pictures
from heritage.media import read_embedded
from heritage.models import ChangeSet, Image, Job
from heritage.services import jobs
from tests import builders as build
from tests.test_jobs import work

pytestmark = pytest.mark.django_db


def picture(colour=(150, 60, 40), size=(90, 60), **options):
    out = io.BytesIO()
    Picture.new("RGB", size, colour).save(out, "JPEG", **options)
    return out.getvalue()


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def sites():
    made = {
        "longmen": build.make_site("Longmen Grottoes", "龙门石窟", slug="longmen-grottoes"),
        "baima": build.make_site("White Horse Temple", "白马寺", slug="white-horse-temple"),
        "guanlin": build.make_site("Guanlin", "关林", slug="guanlin"),
        "confucius-1": build.make_site("Temple of Confucius", "文庙", slug="confucius-1"),
        "confucius-2": build.make_site("Temple of Confucius", "文庙", slug="confucius-2"),
    }
    entry = build.make_designation(reference="5-0312")
    build.make_coverage(made["guanlin"], entry)
    return made


MATCHES = {
    "longmen-grottoes": "longmen",
    "longmen-grottoes-03": "longmen",
    "Longmen_Grottoes (2)": "longmen",
    "LONGMEN GROTTOES": "longmen",
    "龙门石窟": "longmen",
    "龙門石窟（12）": "longmen",
    "白马寺_1": "baima",
    "white horse temple 7": "baima",
    "5-0312": "guanlin",
    "5-0312_2": "guanlin",
    "confucius-1": "confucius-1",  # the slug, not the first picture of “confucius”
    "Temple of Confucius": None,
    "文庙 (3)": None,
    "IMG_2041": None,
    "": None,
}


@pytest.mark.parametrize("name", MATCHES)
def test_a_file_name_means_a_site_or_is_a_question(name, sites):
    found = pictures.match(name)
    wanted = MATCHES[name]
    assert found.site == (sites[wanted] if wanted else None)
    if not wanted:
        assert found.question
    if "onfucius" in name and not wanted:
        assert {site.slug for site in found.candidates} == {"confucius-1", "confucius-2"}


@pytest.fixture
def folder(tmp_path, sites):
    made = tmp_path / "survey"
    (made / "day 2").mkdir(parents=True)
    files = {
        "longmen-grottoes-1.jpg": picture((200, 10, 10)),
        "longmen-grottoes-2.jpg": picture((10, 200, 10)),
        "longmen-grottoes-3.jpg": picture((200, 10, 10)),  # the first one again
        "day 2/白马寺.jpg": picture((10, 10, 200)),
        "文庙.jpg": picture((90, 10, 200)),
        "IMG_2041.jpg": picture((90, 90, 200)),
        "guanlin.heic": b"\0\0\0\x18ftypheic" + bytes(60),
        "notes.txt": b"not a picture",
        ".hidden.jpg": picture(),
    }
    for name, content in files.items():
        (made / name).write_bytes(content)
    return made


def test_a_folder_is_added_as_drafts_and_undone_as_one(folder, sites, capsys):
    build.make_licence("CC-BY-4.0")
    call_command("import_pictures", folder, author="Li Hua", licence="CC-BY-4.0")
    said = capsys.readouterr().out
    assert "3 pictures added as drafts; 2 questions, 1 refused, 1 there already" in said
    assert "文庙.jpg: Which site is it of: " in said and "confucius-2" in said
    assert "guanlin.heic: HEIC files are not taken" in said
    found = Image.objects.order_by("site__slug", "order")
    assert [(image.site.slug, image.author, image.published) for image in found] == [
        ("longmen-grottoes", "Li Hua", False),
        ("longmen-grottoes", "Li Hua", False),
        ("white-horse-temple", "Li Hua", False),
    ]
    assert {image.licence.code for image in found} == {"CC-BY-4.0"}
    assert [image.order for image in found][:2] == [1, 2]
    job = Job.objects.get(kind="import_pictures")
    assert job.change_sets.count() == 1
    job.undo()
    work()
    assert not Image.objects.exists()


def test_a_table_says_what_each_is(folder, sites, tmp_path, capsys):
    build.make_licence("CC0")
    table = tmp_path / "survey.csv"
    table.write_text(
        "file,site,author,licence,alt_en,caption_zh-hans,taken\n"
        "IMG_2041.jpg,关林,Wang,CC0,A gate in snow,雪中的门,2024-01\n"
        "longmen-grottoes-1.jpg,,Wang,CC-UNKNOWN,,,\n"
        "longmen-grottoes-2.jpg,5-0312,Wang,CC0,,,Monday\n",
        encoding="utf-8-sig",
    )
    call_command("import_pictures", folder, table)
    said = capsys.readouterr().out
    assert "1 pictures added as drafts; 0 questions, 2 refused" in said
    assert "There is no licence “CC-UNKNOWN”." in said and "5 not in the table" not in said
    image = Image.objects.get()
    assert (image.site, image.alt["en"], image.caption["zh-hans"], image.taken) == (
        sites["guanlin"],
        "A gate in snow",
        "雪中的门",
        "2024-01",
    )
    table.write_text("picture,place\na.jpg,b\n")
    with pytest.raises(CommandError, match="has a column file"):
        call_command("import_pictures", folder, table)
    with pytest.raises(CommandError, match="There is no licence X"):
        call_command("import_pictures", folder, licence="X")


def test_a_killed_import_goes_on_with_the_next_file(folder, sites, monkeypatch):
    save, saved = pictures.save_draft, []

    def killed(image):
        save(image)
        saved.append(image)
        if len(saved) == 2:
            raise KeyboardInterrupt  # within the transaction of the second

    monkeypatch.setattr(pictures, "save_draft", killed)
    with pytest.raises(KeyboardInterrupt):
        jobs.run_here(pictures.KIND, folder=str(folder))
    assert Image.objects.count() == 1
    job = Job.objects.get(kind="import_pictures")
    job.continue_()
    work()
    job.refresh_from_db()
    assert (job.state, job.result["added"], Image.objects.count()) == ("done", 3, 3)
    assert job.change_sets.count() == 1


# --- what files say of themselves --------------------------------------------------------------

XMP = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:cc="http://creativecommons.org/ns#"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/">
<rdf:Description photoshop:DateCreated="2023-10-04T09:00:00">
<dc:creator><rdf:Seq><rdf:li>Li Hua</rdf:li><rdf:li>Bo</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">A gate</rdf:li></rdf:Alt></dc:description>
<cc:license rdf:resource="https://creativecommons.org/licenses/by/4.0/"/>
</rdf:Description></rdf:RDF></x:xmpmeta>"""


def exif(latitude=34.55, longitude=112.47):
    made = Picture.Exif()
    made[ExifTags.Base.Artist] = "Camera Wang"
    made[ExifTags.Base.Copyright] = "(c) Wang"
    made.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2022:05:13 10:11:12"
    gps = made.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLongitudeRef] = "N", "E"
    gps[ExifTags.GPS.GPSLatitude] = (latitude, 0.0, 0.0)
    gps[ExifTags.GPS.GPSLongitude] = (longitude, 0.0, 0.0)
    return made


def test_author_date_caption_licence_and_place_are_read():
    found = read_embedded(picture(exif=exif()))
    assert (found.author, found.taken, found.rights) == ("Camera Wang", "2022-05-13", "(c) Wang")
    assert found.point == pytest.approx((34.55, 112.47))
    found = read_embedded(picture(exif=exif(), xmp=XMP))
    assert (found.author, found.taken, found.caption) == ("Li Hua, Bo", "2023-10-04", "A gate")
    assert found.licence_url == "https://creativecommons.org/licenses/by/4.0/"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8\xff",
        picture(exif=b"Exif\0\0II*\0\xff\xff"),
        picture(xmp=b"<x><y>"),
        picture(xmp=b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'),
        picture(exif=exif(latitude=999.0, longitude=0.0)),
    ],
)
def test_what_cannot_be_read_says_nothing(data):
    found = read_embedded(data)
    assert not found.caption and not found.licence_url and found.point is None


@pytest.fixture
def editor(client):
    user = build.make_user("li", group="editor")
    client.force_login(user)
    return user


def form_of(client, image):
    return client.get(reverse("admin:heritage_image_change", args=[image.pk])).content.decode()


@pytest.mark.parametrize(
    ("where", "blur", "is_told"),
    [((34.56, 112.47), None, True), ((35.9, 112.47), None, False), ((34.56, 112.47), 10, False)],
)
def test_a_position_is_told_only_near_and_not_blurred(client, editor, where, blur, is_told):
    site = build.make_site("Here", latitude=where[0], longitude=where[1], blur_km=blur)
    upload = SimpleUploadedFile("a.jpg", picture(exif=exif()))
    image = build.make_image(site, published=False, file=upload, author="", alt={})
    html = form_of(client, image)
    assert "Camera Wang" in html and "2022-05-13" in html
    assert ("from the point of the site" in html) == is_told
    assert ("34.55" in html) == is_told


def test_the_same_picture_elsewhere_is_noticed(client, editor):
    first, second, other = (build.make_site(name) for name in ("First", "Second", "Other"))
    scene = Picture.linear_gradient("L").rotate(90).resize((300, 200)).convert("RGB")
    scene.paste("white", (30, 40, 120, 180))
    files = []
    for quality, size in ((90, (300, 200)), (90, (300, 200)), (40, (150, 100))):
        out = io.BytesIO()
        scene.resize(size).save(out, "JPEG", quality=quality)
        files.append(SimpleUploadedFile("a.jpg", out.getvalue()))
    images = [
        build.make_image(site, file=file)
        for site, file in zip((first, second, other), files, strict=True)
    ]
    html = form_of(client, images[0])
    assert html.count("The same picture:") == 1 and html.count("Looks alike:") == 1
    same, _mark, alike = html.partition("Looks alike:")
    assert "Second" in same.rpartition("The same picture:")[2] and "Other" in alike[:200]


# --- the library ---------------------------------------------------------------------------------

UPLOAD, TEXTS = "admin:heritage_image_upload", "admin:heritage_image_texts"


def test_many_are_uploaded_with_one_author_and_the_rest_is_asked_about(client, editor, sites):
    licence = build.make_licence("CC0")
    files = [
        SimpleUploadedFile("longmen-grottoes-1.jpg", picture((200, 10, 10))),
        SimpleUploadedFile("白马寺.jpg", picture((10, 200, 10))),
        SimpleUploadedFile("文庙.jpg", picture((10, 10, 200))),
        SimpleUploadedFile("guanlin.jpg", b"<html>"),
    ]
    answer = client.post(
        reverse(UPLOAD), {"pictures": files, "author": "Li Hua", "licence": licence.pk}
    )
    html = answer.content.decode()
    assert "2 pictures were added" in html and "Undo" in html
    assert "Which site is it of" in html and "not a picture" in html
    added = ChangeSet.objects.filter(kind="bulk").get()
    assert Image.objects.filter(author="Li Hua", licence=licence, published=False).count() == 2
    assert added.changes.count() == 2
    [asked] = [each for each in answer.context["asked"] if each.token]
    answer = client.post(
        reverse(UPLOAD),
        {"pending": asked.token, f"site-{asked.token}": "confucius-2", "author": "Li Hua"},
    )
    assert answer.status_code == 302
    assert Image.objects.get(site=sites["confucius-2"]).author == "Li Hua"
    again = SimpleUploadedFile("白马寺 2.jpg", picture((10, 200, 10)))
    assert "has this picture already" in client.post(reverse(UPLOAD), {"pictures": [again]}).text


def test_files_need_not_be_chosen_again_after_an_error(client, editor, sites):
    files = [
        SimpleUploadedFile("longmen-grottoes-1.jpg", picture((200, 10, 10))),
        SimpleUploadedFile("文庙.jpg", picture((10, 10, 200))),
    ]
    wrong = {"author": "Li Hua", "licence": "0"}
    answer = client.post(reverse(UPLOAD), {"pictures": files} | wrong)
    assert "licence" in answer.context["form"].errors and not Image.objects.exists()
    asked = answer.context["asked"]
    assert [each.name for each in asked] == [file.name for file in files]
    sent = {"pending": [each.token for each in asked], f"site-{asked[1].token}": "confucius-2"}
    answer = client.post(reverse(UPLOAD), sent | wrong)  # once more wrong
    assert [each.token for each in answer.context["asked"]] == sent["pending"]
    assert 'value="confucius-2"' in answer.text and 'value="Li Hua"' in answer.text
    assert client.post(reverse(UPLOAD), sent | {"author": "Li Hua"}).status_code == 302
    assert set(Image.objects.values_list("site__slug", "author")) == {
        ("longmen-grottoes", "Li Hua"),
        ("confucius-2", "Li Hua"),
    }


def test_of_too_many_files_the_first_are_kept(client, editor, sites, monkeypatch):
    monkeypatch.setattr("heritage.admin.records.pictures.MAX_FILES", 2)
    files = [
        SimpleUploadedFile(f"longmen-grottoes-{n}.jpg", picture((10, 99 * n, 10))) for n in range(3)
    ]
    answer = client.post(reverse(UPLOAD), {"pictures": files})
    assert "These are more than 2 files. The first 2 are kept" in answer.text
    kept = [each.token for each in answer.context["asked"]]
    assert len(kept) == 2 and not Image.objects.exists()
    assert client.post(reverse(UPLOAD), {"pending": kept}).status_code == 302
    assert Image.objects.count() == 2


def test_the_library_leads_to_what_may_be_done(client, editor, drafts):
    library = reverse("admin:heritage_image_changelist")
    html = client.get(library).text
    assert all(f'href="{reverse(name)}"' in html for name in (UPLOAD, TEXTS))
    client.force_login(build.make_user("bo", group="contributor"))
    assert client.get(library).status_code == 200


def test_a_contributor_adds_only_to_own_drafts(client, sites):
    build.change(sites["longmen"])
    user = build.make_user("bo", group="contributor")
    client.force_login(user)
    file = SimpleUploadedFile("longmen-grottoes.jpg", picture())
    assert "You may not change" in client.post(reverse(UPLOAD), {"pictures": [file]}).text
    assert not Image.objects.exists()
    client.force_login(build.make_user("reader"))
    assert client.get(reverse(UPLOAD)).status_code in (302, 403)


@pytest.fixture
def drafts(sites):
    return [
        build.make_image(sites["longmen"], published=False, alt={}, author="", order=number)
        for number in range(25)
    ]


def texts_of(page):
    """What a browser sends of the page of texts."""
    lines = page.context["lines"]
    sent = {each.name: each.value for line in lines for each in line.inputs}
    return sent | {"opened": page.context["opened"], "image": [line.image.pk for line in lines]}


def test_alternative_texts_are_written_beside_small_pictures(client, editor, drafts):
    page = client.get(reverse(TEXTS))
    assert len(page.context["lines"]) == 20 and page.text.count("picture-thumbnail") >= 20
    sent = texts_of(page)
    sent[f"{drafts[0].pk}-alt-en"] = "A gate"
    sent[f"{drafts[1].pk}-alt-zh-hans"] = "一座门"
    sent[f"{drafts[2].pk}-alt-en"] = "Mine"
    drafts[2].alt = build.text("Another's")
    drafts[2].save()
    answer = client.post(reverse(TEXTS), sent)
    assert "Somebody else has written “Another&#x27;s” meanwhile." in answer.text
    texts = [dict(image.alt) for image in Image.objects.order_by("order")[:3]]
    assert texts == [{"en": "A gate"}, {"zh-hans": "一座门"}, {"en": "Another's"}]
    made = ChangeSet.objects.filter(kind="bulk").get()
    assert made.changes.count() == 2


def test_texts_that_somebody_else_has_written_stay_or_are_written_over_knowingly(
    client, editor, drafts
):
    first, second = drafts[:2]
    url = f"{reverse(TEXTS)}?ids={first.pk},{second.pk}"
    sent = texts_of(client.get(url))
    first.alt = build.text("Theirs", "他人的")
    first.save()
    second.caption = build.text("A caption")
    second.save()
    mine = {f"{first.pk}-alt-en": "Mine", f"{second.pk}-alt-en": "A gate"}
    shown = client.post(url, sent | mine)
    assert "Somebody else has written “Theirs” meanwhile." in shown.text
    again = texts_of(shown)
    assert again[f"{first.pk}-alt-en"] == "Mine"  # nothing typed is lost
    assert again[f"{first.pk}-alt-zh-hans"] == "他人的"  # what nobody typed is as stored
    # A third writes before the second look: it is asked about again.
    Image.objects.filter(pk=first.pk).update(alt=build.text("Newer", "他人的"))
    shown = client.post(url, again)
    assert "Somebody else has written “Newer” meanwhile." in shown.text
    assert client.post(url, texts_of(shown)).status_code == 302
    first.refresh_from_db()
    second.refresh_from_db()
    assert dict(first.alt) == {"en": "Mine", "zh-hans": "他人的"}
    assert (dict(second.alt), dict(second.caption)) == ({"en": "A gate"}, {"en": "A caption"})


def test_texts_that_were_typed_for_a_deleted_picture_are_told(client, editor, drafts):
    url = f"{reverse(TEXTS)}?ids={drafts[0].pk},{drafts[1].pk}"
    sent = texts_of(client.get(url))
    sent |= {f"{drafts[0].pk}-alt-en": "Long and careful", f"{drafts[1].pk}-alt-en": "A gate"}
    drafts[0].delete()
    answer = client.post(url, sent, follow=True)
    assert "was deleted meanwhile. Not saved: Long and careful" in answer.text
    drafts[1].refresh_from_db()
    assert dict(drafts[1].alt) == {"en": "A gate"}


def test_texts_are_asked_about_where_the_history_does_not_reach(client, editor, drafts):
    url = f"{reverse(TEXTS)}?ids={drafts[0].pk}"
    drafts[0].alt = build.text("Theirs")
    drafts[0].save()
    sent = texts_of(client.get(url)) | {f"{drafts[0].pk}-alt-en": "Mine", "opened": "999999"}
    assert "has written “Theirs” meanwhile" in client.post(url, sent).text
    drafts[0].refresh_from_db()
    assert dict(drafts[0].alt) == {"en": "Theirs"}


def test_actions_set_credit_and_publish_what_may_be(client, editor, drafts, sites):
    licence = build.make_licence("CC0")
    drafts[0].alt = build.text("A gate")
    drafts[0].save()
    url = reverse("admin:heritage_image_changelist")
    chosen = {"_selected_action": [drafts[0].pk, drafts[1].pk]}
    assert "2 pictures are written" in client.post(url, chosen | {"action": "set_credit"}).text
    sent = chosen | {"action": "set_credit", "post": "yes", "author": "Li", "licence": licence.pk}
    client.post(url, sent)
    assert Image.objects.filter(author="Li", licence=licence).count() == 2
    answer = client.post(url, chosen | {"action": "publish"}, follow=True)
    assert "1 picture was changed." in answer.text and "only with alternative text" in answer.text
    assert [image.pk for image in Image.objects.filter(published=True)] == [drafts[0].pk]
    client.post(url, chosen | {"action": "withdraw"})
    assert not Image.objects.filter(published=True).exists()


@pytest.mark.parametrize(
    ("missing", "count"),
    [
        ("alt", 25),
        ("alt-en", 25),
        ("alt-zh-hans", 26),
        ("credit", 25),
        ("licence", 25),
        ("use", 25),
    ],
)
def test_the_library_finds_what_is_missing(client, editor, drafts, sites, missing, count):
    build.make_image(sites["baima"], alt=build.text("Gate"))
    html = client.get(reverse("admin:heritage_image_changelist"), {"missing": missing}).text
    assert f"{count} image" in html
