"""What photographs cost: an upload, the sizes of twenty, tiles, and parts for viewers.

    uv run python -m benchmarks.photographs

makes a catalogue of its own in a temporary folder, with photographs that it draws, and prints a
table. It asks workers on this machine as deploy/heritage@.service runs them, behind nginx with
deploy/nginx.conf but for TLS, for the home page: alone, and while sixty clients ask for a part of a
photograph each.
"""

import io
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.figures import percentile
from benchmarks.serving import ROOT, Client, granian
from tests.landscapes import landscape

SITES, ODD, ROUNDS, HOME = 20, 60, 3, 100
LARGE = 6000, 4000


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "HERITAGE_DATA": folder,
            "HERITAGE_DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        }
        os.environ.update(environment)
        Path(folder, "static").mkdir()
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        rows = [_upload(), *_sizes(), *_tiles()]
        rows += _served(environment)
    print("| what | figure | at most |\n| --- | --- | --- |")
    for row in rows:
        print("| " + " | ".join(row) + " |")


def _jpeg(width: int, height: int, seed: int = 1) -> bytes:
    out = io.BytesIO()
    landscape(width, height, seed).save(out, "JPEG", quality=92)
    return out.getvalue()


def _upload() -> tuple[str, ...]:
    """Posted by the upload page of the library; what follows in the request is in it."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client
    from django.urls import reverse

    from heritage.models import Image, Rendition
    from tests import builders as build

    build.make_site("Large", slug="large", state="published")
    editor = build.make_user("editor", group="editor")
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(editor)
    address = reverse("admin:heritage_image_upload")
    client.get(address)  # a server has loaded its code long ago
    client.post(address, {"pictures": [SimpleUploadedFile("large.jpg", _jpeg(300, 200, 2))]})
    data = _jpeg(*LARGE)
    file = SimpleUploadedFile("large.jpg", data)
    wall, computing = time.perf_counter(), time.process_time()
    answer = client.post(address, {"pictures": [file]})
    wall, computing = time.perf_counter() - wall, time.process_time() - computing
    if Image.objects.count() != 2:
        raise RuntimeError(f"The upload was answered {answer.status_code}, and nothing stored")
    made = Rendition.objects.filter(form="avif", source=Image.objects.latest("pk").source).count()
    what = f"upload of 24 megapixels ({len(data) / 1e6:.1f} MB), {made} sizes made at once"
    return what, f"{computing:.1f} s computing, {wall:.1f} s", "3 s"


def _sizes() -> list[tuple[str, ...]]:
    from django.core.files.base import ContentFile

    from heritage.models import Rendition
    from heritage.services import renditions
    from tests import builders as build

    licence = build.make_licence("CC0")
    for number in range(SITES):
        file = ContentFile(_jpeg(2400, 1600, number), name="a.jpg")
        site = build.make_site(f"Site {number}")
        renditions.make(build.make_image(site, file=file, licence=licence))
    found: dict[int, list[int]] = {}
    for width, size in Rendition.objects.filter(form="avif").values_list("width", "bytes"):
        found.setdefault(width, []).append(size)
    cards, heroes = found[320], found[1280]
    return [
        ("picture of a card, AVIF of 320 px, largest", f"{max(cards) / 1000:.1f} kB", "15 kB"),
        ("first of a page, AVIF of 1,280 px, largest", f"{max(heroes) / 1000:.1f} kB", "120 kB"),
        (f"{SITES} on a list", f"{sum(sorted(cards)[-SITES:]) / 1000:.0f} kB", "400 kB"),
    ]


def _tiles() -> list[tuple[str, ...]]:
    from heritage.media import tiles

    started = time.process_time()
    stored = dict(tiles.pyramid(io.BytesIO(_jpeg(*LARGE))))
    seconds = time.process_time() - started
    full_size, walls = tiles.PixelSize(*LARGE), []
    for number in range(30):
        region = f"{137 * number},{91 * number},700,700"
        asked = tiles.parse(full_size, region, "max", "0", "default", "jpg")
        started = time.process_time()
        tiles.put_together(asked, lambda name: io.BytesIO(stored[name]))
        walls.append(1000 * (time.process_time() - started))
    size = sum(map(len, stored.values())) / 1e6
    return [
        ("tiles of 24 megapixels", f"{len(stored)} files, {size:.1f} MB, {seconds:.2f} s", ""),
        ("a part of 700 by 700 px, computing", f"{statistics.median(walls):.0f} ms", "40 ms"),
    ]


def _served(environment: dict[str, str]) -> list[tuple[str, ...]]:
    from heritage.models import Image

    name = Image.objects.filter(published=True).earliest("pk").tiles_id
    with granian(environment, workers=2) as server:
        front = _nginx(environment["HERITAGE_DATA"], server.address)
        try:
            behind_nginx = f"{environment['HERITAGE_DATA']}/front"
            return [
                *_home_beside("behind nginx", behind_nginx, name),
                *_home_beside("asked directly", server.address, name),
            ]
        finally:
            front.terminate()
            front.wait(30)


def _home_beside(how: str, address: int | str, name: str) -> list[tuple[str, ...]]:
    """The home page alone, and while a part of a picture is asked for by many at once."""
    home, statuses, beside = Client(address), [], []
    home.get("/en/")
    alone = [_paced(home) for _ in range(HOME)]

    def ask(number: int) -> None:
        part = f"{7 * number},{5 * number},900,900/700,/0/default.jpg"
        client = Client(address)
        statuses.append(client.get(f"/iiif/3/{name}/{part}")[0])
        client.close()

    for _round in range(ROUNDS):
        threads = [threading.Thread(target=ask, args=[number]) for number in range(1, ODD + 1)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            beside.append(_paced(home))
    made, refused = statuses.count(200), statuses.count(503)
    return [
        (f"home page alone, {how}, p95", f"{percentile(alone, 0.95):.0f} ms", ""),
        (
            f"home page while {ODD} ask for a part at once, {how}, p95 of {len(beside)}",
            f"{percentile(beside, 0.95):.0f} ms",
            "100 ms",
        ),
        (f"of {ROUNDS} times {ODD} parts", f"{made} made, {refused} told to come again", ""),
    ]


def _paced(client: Client) -> float:
    """Milliseconds of the home page; fewer a second than nginx lets one address have."""
    _status, wall, _body = client.get("/en/")
    time.sleep(0.04)
    return wall


def _nginx(folder: str, workers: int | str) -> subprocess.Popen:
    """With our configuration, but without TLS, on the socket `front` of a folder."""
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    text = re.sub(r"^server \{\n    listen 80;.*?^\}\n", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"^ *(listen \[::\]|http2|ssl_).*$", "", text, flags=re.MULTILINE)
    text = text.replace("listen 443 ssl;", f"listen unix:{folder}/front;")
    text = text.replace("/run/heritage/socket", str(workers))
    text = text.replace("/var/lib/heritage/", f"{folder}/")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    path = Path(folder, "nginx.conf")
    path.write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; {temporary}\n{text}\n}}"
    )
    front = subprocess.Popen([shutil.which("nginx") or "/usr/sbin/nginx", "-c", path])
    while not Path(folder, "front").exists() and front.poll() is None:
        time.sleep(0.05)
    return front


if __name__ == "__main__":
    main()
