"""Images for link previews: the cover or photograph of a site with its name in two scripts.

They are cached in MEDIA_ROOT/cache under a digest of their content; the folder may be emptied
at any time. Drawing one costs a tenth of a second and crawlers ask for many, so one is drawn at
a time on a machine, and requests that come meanwhile are redirected to a picture that is ready.
"""

import hashlib
import io
import os
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import resvg_py
from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from PIL import Image as Picture
from PIL import ImageOps

from heritage.formats import tagged_path
from heritage.media.covers import SHAPES, clean_text, tag_of_files, tag_of_texts, text_width
from heritage.models import Identity, Image, Site
from heritage.search import page_rows
from heritage.server.machine_lock import one_at_a_time
from heritage.values.progress import Progress
from heritage.web.media import covers
from heritage.web.media.covers import Drawing, cached_svg

WIDTH, HEIGHT = 1200, 630
AHEAD = 20_000  # sites whose previews are drawn before anybody asks for them
_AT_ONCE = 20
PICTURE_HEIGHT = SHAPES["preview"].height  # below it the names stand on paper
_STYLE = tag_of_files(Path(__file__))
# Covers have soft shapes: rendered at half the size they look the same and cost a quarter.
_PAINTED = 600
_QUALITY = 85
_MARGIN = 56
_PAPER, _INK, _SOFT, _SEAL = "#f7f2e6", "#26221c", "#5d5547", "#a8321f"
_FONTS = "'Noto Serif CJK SC','Songti SC',STSong,SimSun,'Noto Serif','DejaVu Serif',Georgia,serif"
# Two characters of a script: if they look alike, both are the box of a missing glyph.
_SAMPLES = {"han": "唐宋", "latin": "ag"}


@dataclass(frozen=True, slots=True)
class Preview:
    """What the picture is drawn from; it is cached under its `uid`."""

    uid: str
    names: tuple[str, ...]
    drawing_tag: str
    draw: Callable[[], str]  # the cover, which stands in for a photograph whose file is lost too
    photo: Image | None = None

    @property
    def tag(self) -> str:
        photo = ""
        if self.photo:
            photo = f"{self.photo.sha256} {self.photo.focus_x} {self.photo.focus_y}"
        return tag_of_texts(_STYLE, self.drawing_tag, photo, *self.names, "", *_scripts())


def address_of(rows: page_rows.SiteRows) -> str:
    tag = of_site(rows.site, covers.drawing_of_page(rows)).tag
    return tagged_path("media:preview", rows.site.uid, tag)


def address_of_catalogue(identity: Identity) -> str:
    return tagged_path("media:catalogue_preview", "", of_catalogue(identity).tag)


def of_site(site: Site, drawing: Drawing) -> Preview:
    photo = next(iter(site.public_images), None)
    draw = partial(cached_svg, drawing, SHAPES["preview"])
    return Preview(site.uid, tuple(covers.name_lines(site.shown_name)), drawing.tag, draw, photo)


def of_catalogue(identity: Identity) -> Preview:
    seed = str(identity.name.best("en"))
    draw = partial(covers.landscape, seed, SHAPES["preview"])
    names = tuple(covers.name_lines(identity.name))
    return Preview("catalogue", names, covers.landscape_tag(seed), draw)


def drawn(wanted: Preview, is_public: bool) -> HttpResponse:
    picture = _cached(wanted.uid, wanted.tag)
    if picture is None:
        with _only_one() as is_free:
            if is_free:  # another process may just have drawn it
                picture = _cached(wanted.uid, wanted.tag)
                if picture is None:
                    picture = draw(list(wanted.names), wanted.draw(), wanted.photo)
                    _store(wanted.uid, wanted.tag, picture, is_public)
    return HttpResponse(picture, content_type="image/jpeg") if picture else stand_in()


def draw_missing() -> Generator[Progress]:
    """Draw the previews of public sites that are not there or out of date, the best known first.

    Crawlers then find them ready. Those of further sites are drawn on request.
    """
    best_known = Site.objects.published().order_by("-effective_prominence", "pk")
    ahead = list(best_known.values_list("pk", flat=True)[:AHEAD])
    drawn_ones = 0
    for first in range(0, len(ahead), _AT_ONCE):
        for site in covers.with_covers().filter(pk__in=ahead[first : first + _AT_ONCE]):
            wanted = of_site(site, covers.drawing_of(site))
            if _path(wanted.uid, wanted.tag).exists():
                continue
            with _only_one() as is_free:
                if is_free:
                    picture = draw(list(wanted.names), wanted.draw(), wanted.photo)
                    _store(wanted.uid, wanted.tag, picture, is_public=True)
                    drawn_ones += 1
        says = format_lazy(_("{count} link previews were drawn."), count=drawn_ones)
        yield Progress(min(first + _AT_ONCE, len(ahead)), len(ahead), says)


def stand_in() -> HttpResponse:
    return HttpResponseRedirect(static("img/preview.jpg"))


def is_another_drawn() -> bool:
    with _only_one() as is_free:
        return not is_free


@contextmanager
def _only_one() -> Iterator[bool]:
    """Whether no other process on this machine is drawing; holds the lock until the end.

    If the lock file cannot be written, nothing is drawn, as nothing could be cached either.
    """
    with ExitStack() as stack:
        try:
            is_free = stack.enter_context(one_at_a_time("drawing"))
        except OSError:
            is_free = False
        yield is_free


# --- cached on disk --------------------------------------------------------------------------


def _path(uid: str, tag: str) -> Path:
    whose = hashlib.sha256(uid.encode()).hexdigest()[:24]
    return _folder() / whose[:2] / f"{whose}-{tag}.jpg"


def _others(path: Path) -> Iterator[Path]:
    """The files of the same record with any tag."""
    return path.parent.glob(f"{path.name.partition('-')[0]}-*")


def has_any(uid: str) -> bool:
    return any(_others(_path(uid, "")))


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "cache" / "previews"


def _cached(uid: str, tag: str) -> bytes | None:
    try:
        return _path(uid, tag).read_bytes()
    except OSError:
        return None


def _store(uid: str, tag: str, picture: bytes, is_public: bool) -> None:
    """Write the file atomically and delete older ones. A full disk breaks no page."""
    path = _path(uid, tag)
    if is_public:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            for old in _others(path):
                old.unlink(missing_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
            with os.fdopen(handle, "wb") as file:
                file.write(picture)
            Path(name).replace(path)
        except OSError:
            pass


# --- drawing ---------------------------------------------------------------------------------


def draw(names: list[str], ground: str, photo: Image | None) -> bytes:
    """The preview as JPEG: the picture, and below it the names in the scripts for which there are
    fonts."""
    picture = (photo and _photograph(photo)) or _painted(ground)
    lines = [text for text in names if script_of(text) in _scripts()]
    card = Picture.new("RGB", (WIDTH, HEIGHT), _PAPER)
    card.paste(picture, (0, 0))
    card.paste(_pixels(label(lines)), (0, PICTURE_HEIGHT))
    out = io.BytesIO()
    card.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def label(names: list[str]) -> str:
    """The names on paper as SVG, the first one large."""
    height = HEIGHT - PICTURE_HEIGHT
    room = WIDTH - 2 * _MARGIN - 24
    sizes = (52, 34) if len(names) > 1 else (60,)
    baselines = (70, 126) if len(names) > 1 else (height / 2 + 20,)
    lines = [
        f'<text x="{_MARGIN + 24}" y="{baseline:g}" font-size="{size:g}" fill="{colour}">'
        f"{escape(text)}</text>"
        for baseline, colour, (text, size) in zip(
            baselines, (_INK, _SOFT), map(_fitted, names, sizes, (room, room)), strict=False
        )
    ]
    rule = f'<path fill="{_SEAL}" d="M{_MARGIN} 30h7v{height - 60}h-7z"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}">'
        f'<path fill="{_PAPER}" d="M0 0h{WIDTH}v{height}H0z"/>'
        f"{rule if lines else ''}"
        f'<g font-family="{_FONTS}">{"".join(lines)}</g></svg>'
    )


def _fitted(text: str, size: float, room: float) -> tuple[str, float]:
    """The text and its font size: made smaller to fit, and cut if that is not enough."""
    text = clean_text(text)
    wanted = text_width(text)
    if wanted * size <= room:
        return text, size
    size = max(size * 0.6, room / wanted)
    if wanted * size <= room:
        return text, size
    while text and text_width(f"{text}…") * size > room:
        text = text[:-1]
    return f"{text.rstrip()}…", size


def _photograph(image: Image) -> Picture.Image | None:
    """A published photograph, cropped about its focal point; None if its file is gone."""
    focus = image.focus_x / 100, image.focus_y / 100
    try:
        with image.file.open("rb") as file, Picture.open(file) as picture:
            picture.draft("RGB", (WIDTH, PICTURE_HEIGHT))  # a JPEG is decoded no larger than needed
            return ImageOps.fit(picture.convert("RGB"), (WIDTH, PICTURE_HEIGHT), centering=focus)
    except OSError:
        return None


def _painted(ground: str) -> Picture.Image:
    """A drawn cover as pixels. Without fonts its seal has no text, rather than boxes."""
    style = "" if "han" in _scripts() else "text{display:none}"
    return _pixels(ground, width=_PAINTED, style_sheet=style).resize((WIDTH, PICTURE_HEIGHT))


def _pixels(svg: str, **options: Any) -> Picture.Image:
    return Picture.open(io.BytesIO(resvg_py.svg_to_bytes(svg_string=svg, **options))).convert("RGB")


def script_of(text: str) -> str:
    return "han" if any(0x2E80 <= ord(letter) <= 0xFFFF for letter in text) else "latin"


@cache
def _scripts() -> tuple[str, ...]:
    """The scripts that this machine has fonts for."""
    return tuple(name for name, sample in _SAMPLES.items() if len(set(map(_glyph, sample))) > 1)


def _glyph(letter: str) -> bytes:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64">'
        f'<text x="8" y="48" font-size="40" font-family="{_FONTS}">{letter}</text></svg>'
    )
    return resvg_py.svg_to_bytes(svg_string=svg)
