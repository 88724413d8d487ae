"""Pages of a release, rendered by its own code: a plain file, run in its folder by its Python.

Reads the paths of pages from the standard input, a line each, and writes a line of JSON for each
page, `[path, status, html]`. A number instead of paths stands for so many pages of sitemap.xml,
evenly spread, or all if there are no more. It uses nothing but Django, so that it works with the
code of any release.
"""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

# Collected static files are not needed: the addresses of files are no facts of a page.
PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
LISTS = ("sites/?q=temple", "sites/?q=龙门", "sites/?sort=oldest", "sites/?has=image")


def main(words: list[str]) -> None:
    sys.path.insert(0, str(Path.cwd()))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heritage.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client, override_settings

    host = next((name for name in settings.ALLOWED_HOSTS if "*" not in name), "localhost")
    client = Client(headers={"host": host.lstrip(".")}, raise_request_exception=False)

    def answer(path: str) -> tuple[int, str]:
        response = client.get(path, secure=settings.HTTPS)
        return response.status_code, response.content.decode()

    with override_settings(STORAGES=settings.STORAGES | PLAIN):
        for path in wanted(words, answer):
            sys.stdout.write(json.dumps([path, *answer(path)]) + "\n")


def wanted(words: list[str], answer: Callable[[str], tuple[int, str]]) -> list[str]:
    if words and words[0].isdigit():
        return chosen(list(paths(answer)), int(words[0]))
    return words


def paths(answer: Callable[[str], tuple[int, str]]) -> Iterator[str]:
    """The home page of each language, lists, and what the sitemaps name."""
    seen = set()
    for file in _addresses(answer("/sitemap.xml")[1]):
        for path in _addresses(answer(file)[1]):
            language = "/".join(path.split("/")[:2])
            if language not in seen:
                seen.add(language)
                yield from (f"{language}/{each}" for each in LISTS)
            yield path


def _addresses(xml: str) -> list[str]:
    found = re.findall(r"<loc>https?://[^/<]+([^<]+)</loc>", xml)
    return [path.replace("&amp;", "&") for path in found]


def chosen(every: list[str], count: int) -> list[str]:
    """At most so many, evenly spread."""
    if len(every) <= count:
        return every
    return [every[number * len(every) // count] for number in range(count)]


if __name__ == "__main__":
    main(sys.stdin.read().split())
