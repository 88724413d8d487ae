"""A stand-in for Wikimedia Commons and Wikidata: their API in its documented shapes, and refusals.

It listens on this machine alone, answers about the files that a test describes, and keeps a log.
"""

import hashlib
import io
import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from PIL import Image as Picture
from PIL import ImageDraw

WIDTHS = (20, 40, 60, 120, 250, 330, 500, 960, 1280, 1920, 3840)
CC = "https://creativecommons.org/"
BATCH = 50


@cache
def photograph(number: int, width: int = 120, height: int = 80) -> bytes:
    """A picture unlike that of any other number."""
    made = Picture.new("RGB", (width, height), (number * 37 % 256, number * 91 % 256, 120))
    ImageDraw.Draw(made).rectangle((number % 7 * 10, 10, 60 + number % 5 * 10, 60), fill="white")
    out = io.BytesIO()
    made.save(out, "JPEG")
    return out.getvalue()


@dataclass
class File:
    """What the stand-in has of a file."""

    number: int
    said: dict = field(default_factory=dict)  # of extmetadata, over the usual
    mime: str = "image/jpeg"
    width: int = 120
    height: int = 80
    labels: dict = field(default_factory=dict)
    sends: bytes | None = None  # in place of the file
    size: int | None = None


@dataclass
class Asked:
    begun: float
    ended: float
    path: str
    given: dict
    agent: str


class StandIn:
    def __init__(self):
        self.files: dict[str, File] = {}
        self.redirects: dict[str, str] = {}
        self.categories: dict[str, list[str]] = {}
        self.items: dict[str, dict] = {}
        self.log: list[Asked] = []
        self.before = None  # called before each answer; what it gives is sent instead
        self.address = ""

    @property
    def api(self) -> str:
        return f"{self.address}/w/api.php"

    def asked_for(self, start: str) -> list[Asked]:
        return [each for each in self.log if each.path.startswith(start)]

    def address_of(self, title: str, width: int | None = None) -> str:
        name = quote(title.removeprefix("File:").replace(" ", "_"))
        if width is None:
            return f"{self.address}/commons/{name}"
        return f"{self.address}/commons/thumb/{name}/{width}px-{name}.jpg"

    # --- the API

    def query(self, given: dict) -> dict:
        if given.get("list") == "categorymembers":
            return self._category(given)
        titles = given["titles"].split("|")
        assert len(titles) <= BATCH
        answer: dict = {"pages": []}
        for title in dict.fromkeys(titles):
            now = title[:5] + title[5:6].upper() + title[6:]
            if now != title:
                answer.setdefault("normalized", []).append({"from": title, "to": now})
            if now in self.redirects:
                other = self.redirects[now]
                answer.setdefault("redirects", []).append({"from": now, "to": other})
                now = other
            if now not in self.files:
                answer["pages"].append({"ns": 6, "title": now, "missing": True})
                continue
            answer["pages"].append(self._page(now, self.files[now], given))
        return {"batchcomplete": True, "query": answer}

    def _page(self, title: str, file: File, given: dict) -> dict:
        content = photograph(file.number) if file.sends is None else file.sends
        said = {
            "Artist": f'<a href="//commons.example/User:A">Author {file.number}</a>',
            "LicenseShortName": "CC BY-SA 4.0",
            "LicenseUrl": f"{CC}licenses/by-sa/4.0",
            "License": "cc-by-sa-4.0",
            "AttributionRequired": "true",
            "Restrictions": "",
        } | file.said
        info = {
            "user": "Uploader",
            "size": file.size or len(content),
            "width": file.width,
            "height": file.height,
            "url": self.address_of(title),
            "descriptionurl": f"https://commons.example/wiki/{quote(title.replace(' ', '_'))}",
            "sha1": hashlib.sha1(photograph(file.number), usedforsecurity=False).hexdigest(),
            "mime": file.mime,
            "extmetadata": {
                k: {"value": v, "source": "x"} for k, v in said.items() if v is not None
            },
        }
        if width := int(given.get("iiurlwidth", 0)):
            small = width < file.width
            info["thumbwidth"] = width if small else file.width
            info["thumburl"] = self.address_of(title, width) if small else info["url"]
        return {
            "pageid": 1000 + file.number,
            "ns": 6,
            "title": title,
            "imagerepository": "local",
            "imageinfo": [info],
        }

    def _category(self, given: dict) -> dict:
        titles = self.categories.get(given["cmtitle"], [])
        begins, most = int(given.get("cmcontinue", 0)), int(given["cmlimit"])
        rows = [{"ns": 6, "title": title} for title in titles[begins : begins + most]]
        answer: dict = {"query": {"categorymembers": rows}}
        if begins + most < len(titles):
            answer["continue"] = {"cmcontinue": str(begins + most), "continue": "-||"}
        return answer

    def entities(self, given: dict) -> dict:
        found = {}
        pages = {f"M{1000 + file.number}": file for file in self.files.values()}
        for name in given["ids"].split("|"):
            if name in pages:
                labels = pages[name].labels
                said = {code: {"language": code, "value": text} for code, text in labels.items()}
                found[name] = {"type": "mediainfo", "id": name, "labels": said or []}
            elif name in self.items:
                found[name] = {"type": "item", "id": name, "claims": self.items[name]}
            else:
                found[name] = {"id": name, "missing": ""}
        return {"entities": found, "success": 1}

    # --- files

    def file(self, path: str) -> tuple[int, bytes]:
        parts = unquote(path).split("/")
        is_thumb = parts[2] == "thumb"
        title = "File:" + parts[3 if is_thumb else 2].replace("_", " ")
        if title not in self.files:
            return 404, b"File not found"
        if is_thumb and int(parts[4].partition("px-")[0]) not in WIDTHS:
            return 429, b"Use thumbnail steps"
        file = self.files[title]
        return 200, photograph(file.number) if file.sends is None else file.sends


def claim(value: str, rank: str = "normal") -> dict:
    return {"mainsnak": {"datavalue": {"type": "string", "value": value}}, "rank": rank}


def maxlag(seconds: int = 7) -> tuple[int, bytes, dict]:
    """What the API answers where its databases are behind."""
    error = {"code": "maxlag", "info": f"Waiting for db: {seconds} seconds lagged.", "lag": seconds}
    return 200, json.dumps({"error": error}).encode(), {"Retry-After": str(seconds)}


@contextmanager
def stand_in():
    made = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.answer({})

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.answer(dict(parse_qsl(body)))

        def answer(self, given: dict) -> None:
            begun, path = time.monotonic(), urlsplit(self.path).path
            agent = self.headers.get("User-Agent", "")
            status, content, headers = self.content(path, given, agent)
            # Logged before it is sent: who asks may look at once.
            made.log.append(Asked(begun, time.monotonic(), path, given, agent))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def content(self, path: str, given: dict, agent: str) -> tuple[int, bytes, dict]:
            if "@" not in agent and "http" not in agent:
                return 403, b"Please set a user agent with a contact", {}
            if made.before and (instead := made.before(path, given)):
                return instead
            if path != "/w/api.php":
                return *made.file(path), {}
            asked = made.query if given["action"] == "query" else made.entities
            return 200, json.dumps(asked(given)).encode(), {}

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
