"""What the first view of a map or a timeline weighs in Chromium, with the headers of all answers.

    uv run python -m benchmarks.first_views http://127.0.0.1:8000

asks a server that runs, such as that of `manage.py demo`, for twenty filters in two languages at
two widths. `--requests` lists what each view loads.
"""

import argparse
import time
from collections import Counter
from itertools import product
from urllib.parse import urlsplit

from benchmarks import chromium
from benchmarks.chromium import Loaded

FILTERS = (
    "", "place=china", "place=henan", "place=luoyang", "place=zhengzhou", "place=beijing",
    "place=japan", "place=italy", "place=france", "place=egypt", "era=tang", "era=ming",
    "kind=temple", "kind=grotto", "kind=natural-place", "unesco=listed", "unesco=in_danger",
    "area=eastern-asia", "era=tang&place=henan", "kind=temple&place=china",
)  # fmt: skip
SCREENS = {360: 740, 1280: 800}
MOST, MOST_CODE = 150_000, 60_000  # bytes of a view, and of its style sheets and scripts
IS_DRAWN = """
return document.readyState === "complete" &&
  (!document.getElementById("map") || Boolean(document.getElementById("map").dataset.drawn))
"""
_QUIET, _LONGEST = 1.0, 20.0  # seconds without an answer, and of waiting at most


def main() -> None:
    options = argparse.ArgumentParser(description=main.__doc__)
    options.add_argument("address", help="Where a server runs: http://127.0.0.1:8000")
    options.add_argument("--views", default="map,timeline")
    options.add_argument("--widths", default="360,1280")
    options.add_argument("--languages", default="en,zh-hans")
    options.add_argument("--filters", help="Queries with a semicolon between them.")
    options.add_argument("--requests", action="store_true", help="List what each view loads.")
    given = options.parse_args()
    filters = FILTERS if given.filters is None else given.filters.split(";")
    print("| width | view | kB | headers | HTML | CSS and JS | tiles | covers | other | requests |")
    print("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    over = []
    for width in map(int, given.widths.split(",")):
        browser = chromium.started(width, SCREENS[width], is_phone=width < 600)
        try:
            for view, language, query in product(
                given.views.split(","), given.languages.split(","), filters
            ):
                path = f"/{language}/sites/?" + "&".join(filter(None, (query, f"view={view}")))
                answers = _opened(browser, given.address + path)
                print(_row(width, path, answers), flush=True)
                if given.requests:
                    _list(answers)
                sizes = _sizes(answers)
                if sum(each.size for each in answers) > MOST or sizes["code"] > MOST_CODE:
                    over.append(f"{path} at {width}")
        finally:
            browser.quit()
    print(f"\nHeavier than intended: {', '.join(over) or 'none'}")


def _opened(browser, address: str) -> list[Loaded]:
    chromium.forget(browser)
    browser.get(address)
    log: list[dict] = []
    end, quiet_from = time.monotonic() + _LONGEST, time.monotonic()
    while time.monotonic() < end:
        more = browser.get_log("performance")
        log += more
        if more or not browser.execute_script(IS_DRAWN):
            quiet_from = time.monotonic()
        elif time.monotonic() - quiet_from > _QUIET:
            return chromium.loaded(log)
        time.sleep(0.1)
    raise TimeoutError(f"{address} goes on loading")


def _sizes(answers: list[Loaded]) -> Counter[str]:
    """Bytes of what there is, headers apart; of style sheets and scripts with them."""
    sizes: Counter[str] = Counter()
    for each in answers:
        sizes[_what(each)] += each.content
        sizes["headers"] += each.size - each.content
    return sizes


def _what(each: Loaded) -> str:
    path = urlsplit(each.address).path
    if each.kind in ("Stylesheet", "Script"):
        return "code"
    if each.kind == "Document":
        return "html"
    if path.startswith("/map/"):
        return "tiles"
    return "covers" if "/covers/" in path or path.startswith("/images/") else "other"


def _row(width: int, path: str, answers: list[Loaded]) -> str:
    sizes = _sizes(answers)
    kinds = ("headers", "html", "code", "tiles", "covers", "other")
    cells = [sum(each.size for each in answers), *(sizes[kind] for kind in kinds)]
    numbers = " | ".join(f"{size / 1000:.1f}" for size in cells)
    return f"| {width} | {path} | {numbers} | {len(answers)} |"


def _list(answers: list[Loaded]) -> None:
    for each in sorted(answers, key=lambda each: -each.size):
        headers = each.size - each.content
        print(f"    {each.size:7} {headers:5} of headers  {_what(each):7} {each.address}")


if __name__ == "__main__":
    main()
