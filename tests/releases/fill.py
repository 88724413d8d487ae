"""Fills the database of a release: run in its folder by its own code, as a plain file.

Some dozen records of its own fixtures with all that they refer to, what editors and readers did,
and pictures. `tests/test_releases.py` finds again what is done here. It uses what every release
has.
"""

import io
import json
import os
import sys
from pathlib import Path

EVERY = {
    "henan.json": 9,
    "henan_units.json": 100,
    "world_heritage_sites": 150,
}  # one of so many sites
SITES = {
    *("longmen-grottoes", "white-horse-temple", "shaolin-temple", "shaolin-pagoda-forest"),
    *("yin-xu", "songyue-temple-pagoda"),
}
ALWAYS = {"heritage.identity", "heritage.licence", "heritage.identifierscheme"}
OF_RECORDS = {"site", "designation", "part", "whole"}


def chosen(paths):
    """Rows of the fixtures by file: some sites, their rows, and all that these refer to."""
    files = {path: json.loads(path.read_text("utf-8")) for path in paths}
    rows = {row["fields"]["uid"]: row for each in files.values() for row in each}
    kept = {uid for uid, row in rows.items() if row["model"] in ALWAYS} | SITES
    for path, each in files.items():
        sites = [row["fields"]["uid"] for row in each if row["model"] == "heritage.site"]
        for beginning, step in EVERY.items():
            if path.name.startswith(beginning):
                kept |= set(sites[::step])
    children = {}
    for uid, row in rows.items():
        owners = {row["fields"][name][0] for name in OF_RECORDS if name in row["fields"]}
        points = row["model"] == "heritage.componentpoint" and row["fields"]["number"] > 3
        if owners and not points:
            children[uid] = owners
    size = 0
    while len(kept) > size:
        size = len(kept)
        for uid in list(kept):
            kept |= {each for each in _references(rows[uid]["fields"]) if each in rows}
        kept |= {uid for uid, owners in children.items() if owners <= kept}
    for path, each in files.items():
        found = [row for row in each if row["fields"]["uid"] in kept]
        if found:
            yield path.name, found


def _references(fields):
    for value in fields.values():
        if isinstance(value, list):
            for each in value:
                yield from (
                    x for x in (each if isinstance(each, list) else [each]) if isinstance(x, str)
                )


def picture(colour, name):
    from django.core.files.base import ContentFile
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (640, 420), colour).save(out, "JPEG", quality=60)
    return ContentFile(out.getvalue(), name=name)


def edit():
    """What editors and a reader did after the fixtures were loaded."""
    from django.contrib.auth.models import Group

    from heritage.models import Correction, Event, Image, Kind, Licence, Name, Site, User
    from heritage.models.unit_of_work import change_set
    from heritage.services.undo import undo
    from heritage.values.language import LanguageMap

    def text(en, zh):
        return LanguageMap.clean({"en": en, "zh-hans": zh})

    li = User.objects.create_user("li", "li@heritage.example", "tortoise-shell", is_staff=True)
    li.groups.add(Group.objects.get(name="editor"))
    longmen = Site.objects.get(uid="longmen-grottoes")
    with change_set("edit", li, "Better words"):
        longmen.summary = text(
            "Words that an editor wrote about Longmen.", "编辑为龙门石窟写下的文字。"
        )
        longmen.save()
        Name.objects.create(site=longmen, text="Dragon Gate of the editor", language="en",
                            kind="alternative")  # fmt: skip
    with change_set("edit", li, "A plainer address"):
        Site.objects.get(uid="white-horse-temple").rename("temple-of-the-white-horse")
    with change_set("edit", li, "One event less"):
        Event.objects.filter(site=longmen).order_by("uid").last().delete()
    with change_set("edit", li, "A kind as people call it"):
        kind = Kind.objects.filter(sites=longmen).order_by("uid").first()
        kind.label = text("Kind renamed by an editor", "编辑改名的类型")
        kind.save()
    with change_set("edit", li, "A place of our own"):
        own = Site.objects.create(
            uid="own-pavilion", slug="own-pavilion", name=text("Pavilion of the editor", "编辑亭"),
            summary=text("A pavilion that only an editor recorded.", "仅由编辑记录的一座亭。"),
            latitude="34.5", longitude="112.5", place=longmen.place,
        )  # fmt: skip
        own.kinds.add(kind)
        Event.objects.create(site=own, kind="built", date="1644")
        own.publish(by=li)
    with change_set("edit", li, "Two pictures"):
        licence = Licence.objects.order_by("code").first()
        for number, site in enumerate((longmen, own)):
            Image.objects.create(
                site=site, file=picture((90, 60 + 90 * number, 40), f"p{number}.jpg"),
                alt=text(f"Picture number {number} of the editor", f"编辑的第{number}张图片"),
                author="Li", licence=licence, published=True,
            )  # fmt: skip
    with change_set("edit", li, "Taken back at once") as mistake:
        longmen.refresh_from_db()
        longmen.note = text("A mistake that was undone", "已撤销的错误")
        longmen.save()
    undo(mistake, li)
    Site.objects.create(uid="draft", slug="draft-of-li", name=text("A draft of Li", "李的草稿"))
    with change_set("correction"):
        Correction.objects.create(
            site=longmen, topic="dates", text="It is older, a reader says.", language="en",
            email="reader@heritage.example",
        )  # fmt: skip


def main():
    sys.path.insert(0, str(Path.cwd()))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heritage.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from heritage.exchange.fixtures import install

    call_command("migrate", verbosity=0)
    folder = Path(settings.DATA_DIR) / "fixtures"
    folder.mkdir()
    for name, rows in chosen(sorted(Path("fixtures").glob("*.json"))):
        (folder / name).write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
    sys.stdout.write(f"{install(sorted(folder.glob('*.json')))}\n")
    edit()
    call_command("reindex")
    call_command("check_catalogue")


if __name__ == "__main__":
    main()
