"""A browser draws each cover: none is empty, and it refuses no path and no attribute."""

import re
from html import escape

import pytest

from heritage.media.covers import OnGlobe, PlateWords, compose, plate, scene_files, solemn_plate
from tests.browser import wait

PAGES = 8  # each with as many of the scenes
IN_SIGHT = "return [...document.images].every((each) => each.complete)"
EMPTY = "return [...document.images].filter((each) => !each.naturalWidth).map((each) => each.alt)"
WORDS = PlateWords(["Poreč", "波雷奇"], ["Croatia", "克罗地亚"], ["0553"], "1997", ["ii", "iv"])
SPOT = OnGlobe("M0 0h20v20z", 10, -5, 200)


@pytest.fixture
def faults(chromium, tmp_path):
    """Of drawings by name: which are empty as pictures, and what is said of them in a page."""

    def found(pictures: dict[str, str], inline: dict[str, str]) -> list[str]:
        for number, svg in enumerate(pictures.values()):
            (tmp_path / f"{number}.svg").write_text(svg, encoding="utf-8")
        images = "".join(
            f'<img src="{number}.svg" width="60" height="40" alt="{escape(name)}">'
            for number, name in enumerate(pictures)
        )
        drawn = "\n".join(inline.values())
        page = tmp_path / "page.html"
        page.write_text(f"<!doctype html><meta charset=utf-8>{images}\n{drawn}", encoding="utf-8")
        chromium.get_log("browser")
        chromium.get(page.as_uri())
        wait(chromium, lambda: chromium.execute_script(IN_SIGHT))
        said = []
        for entry in chromium.get_log("browser"):
            value = re.search(r', "…?([^"…]*)', entry["message"])
            blamed = [name for name, svg in inline.items() if value and value[1] in svg]
            said.append(f"{', '.join(blamed)}: {entry['message']}")
        return [*chromium.execute_script(EMPTY), *said]

    return found


def as_elements(text: str) -> str:
    """A file as a part of a page: all of its alternatives, without what asks for another file."""
    return re.sub(r"<style>.*?</style>", "", text)


@pytest.mark.parametrize("page", range(PAGES))
def test_a_browser_draws_each_scene(faults, page):
    names = scene_files.names()[page::PAGES]
    composed = {name: compose(scene_files.scene(name), seed=name, seal="唐") for name in names}
    files = {name: as_elements(scene_files.text_of(name)) for name in names}
    assert faults(composed, files) == []


def test_a_browser_draws_plants_and_plates(faults):
    plants = {
        name: as_elements(scene_files.text_of(f"plants/{name}")) for name in scene_files.PLANTS
    }
    plates = {
        f"plate {seed}": plate(WORDS, seed=str(seed), globe=lambda _lean: SPOT)
        for seed in range(20)
    }
    plates["solemn"] = solemn_plate(WORDS)
    assert faults(plates, plants | plates) == []


@pytest.mark.parametrize(
    ("there", "instead"),
    [('d="M', 'd="M-6014v M'), ('class="', 'transform="turn(3)" class="'), ("</svg>", "")],
)
def test_what_a_browser_refuses_is_told(faults, there, instead):
    sound = as_elements(scene_files.text_of("giza"))
    spoilt = sound.replace(there, instead, 1)
    assert spoilt != sound
    pictures = {"sound": sound, "spoilt": spoilt}
    told = faults(pictures, {} if there == "</svg>" else pictures)
    assert told and all(each.startswith("spoilt") for each in told)
