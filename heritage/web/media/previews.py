"""Images for link previews: the cover or photograph of a site with its name in two scripts.

Drawn once and kept under MEDIA_ROOT/cache by what is in them; the folder may be emptied any time.
Drawing one costs a tenth of a second, and crawlers ask for many: one is drawn at a time on a
machine, and whoever asks meanwhile is sent to a ready picture.
"""

import hashlib
import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

import resvg_py
from django.conf import settings
from django.core.files import locks
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe
from PIL import Image as Picture
from PIL import ImageOps

from heritage.media.covers.shapes import SHAPES, clean, width_of
from heritage.models import Identity, Image, Site
from heritage.values.language import LanguageMap
from heritage.web.access import may_see
from heritage.web.media import covers

WIDTH, HEIGHT = 1200, 630
PICTURE_HEIGHT = SHAPES["preview"].height  # below it the names stand on paper
_STYLE = "3"  # counted up when the drawing of previews changes
_DAY = 24 * 3600
_SOON = 60  # seconds after which the picture itself may be asked for again
# A cover is painted in soft washes: at half its size it costs a quarter, and looks the same.
_PAINTED = 600
_QUALITY = 85
_MARGIN = 56
_PAPER, _INK, _SOFT, _SEAL = "#f7f2e6", "#26221c", "#5d5547", "#a8321f"
_FONTS = "'Noto Serif CJK SC','Songti SC',STSong,SimSun,'Noto Serif','DejaVu Serif',Georgia,serif"
# Two characters of a script; drawn alike, they are the box for what no font has.
_SAMPLES = {"han": "唐宋", "latin": "ag"}


@require_safe
def preview(request, uid: str):
    """The preview of a site; of one that is not published only for those who may see it."""
    found = _sites().filter(uid=uid).first()
    if found is None:
        raise Http404
    is_public = found.state == Site.State.PUBLISHED
    if not is_public and not may_see(request, "view_site"):
        raise Http404
    photo = next(iter(found.public_images), None)
    ground = covers.cover(found, SHAPES["preview"])  # for a photograph too: its file may be lost
    return _answer(request, found.uid, found.name, ground, photo, is_public)


@require_safe
def catalogue_preview(request):
    """For pages that are about no single site."""
    name = Identity.objects.current().name
    ground = covers.landscape(str(name.best("en")), SHAPES["preview"])
    return _answer(request, "catalogue", name, ground, None, is_public=True)


def _sites():
    return Site.objects.for_cards()


def _answer(request, uid, name: LanguageMap, ground: str, photo: Image | None, is_public: bool):
    names = covers.name_lines(name)
    key = _key(*names, ground, photo.sha256 if photo else "", *_scripts())
    response = get_conditional_response(request, etag=quote_etag(key))
    max_age = _DAY
    if response is None:
        picture = _kept(uid, key)
        if picture is None:
            with _only_one() as is_free:
                if is_free:  # perhaps since somebody else has just drawn this one
                    picture = _kept(uid, key) or draw(names, ground, photo)
                    _keep(uid, key, picture, is_public)
        if picture is not None:
            response = HttpResponse(picture, content_type="image/jpeg")
        else:
            response, max_age = HttpResponseRedirect(static("img/preview.jpg")), _SOON
    if max_age == _DAY:
        response["ETag"] = quote_etag(key)
    if is_public:
        patch_cache_control(response, public=True, max_age=max_age)
    else:
        patch_cache_control(response, private=True, no_store=True)
    return response


@contextmanager
def _only_one() -> Iterator[bool]:
    """Whether nobody else on this machine is drawing; nobody else begins until this is left.

    Where not even the lock can be written, nothing that is drawn could be kept.
    """
    folder = _folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "drawing.lock").open("ab")
    except OSError:
        yield False
        return
    with lock:  # closing it gives it up
        yield locks.lock(lock, locks.LOCK_EX | locks.LOCK_NB)


# --- kept on disk ----------------------------------------------------------------------------


def _key(*parts: str) -> str:
    return hashlib.sha256("\0".join((_STYLE, *parts)).encode()).hexdigest()[:32]


def _path(uid: str, key: str) -> Path:
    whose = hashlib.sha256(uid.encode()).hexdigest()[:24]
    return _folder() / whose[:2] / f"{whose}-{key}.jpg"


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "cache" / "previews"


def _kept(uid: str, key: str) -> bytes | None:
    try:
        return _path(uid, key).read_bytes()
    except OSError:
        return None


def _keep(uid: str, key: str, picture: bytes, is_public: bool) -> None:
    """Put away whole or not at all, in the place of older ones. A full disk stops no page."""
    path = _path(uid, key)
    if is_public:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            whose = path.name.partition("-")[0]
            for old in path.parent.glob(f"{whose}-*"):
                old.unlink(missing_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
            with os.fdopen(handle, "wb") as file:
                file.write(picture)
            Path(name).replace(path)
        except OSError:
            pass


# --- drawing ---------------------------------------------------------------------------------


def draw(names: list[str], ground: str, photo: Image | None) -> bytes:
    """The picture as JPEG: below it the names, in those scripts that there are fonts for."""
    picture = (photo and _photograph(photo)) or _painted(ground)
    lines = [text for text in names if script_of(text) in _scripts()]
    whole = Picture.new("RGB", (WIDTH, HEIGHT), _PAPER)
    whole.paste(picture, (0, 0))
    whole.paste(_pixels(label(lines)), (0, PICTURE_HEIGHT))
    out = io.BytesIO()
    whole.save(out, "JPEG", quality=_QUALITY)
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
    """The text and its size: made smaller to fit, and cut where that is not enough."""
    text = clean(text)
    wanted = width_of(text)
    if wanted * size <= room:
        return text, size
    size = max(size * 0.6, room / wanted)
    if wanted * size <= room:
        return text, size
    while text and width_of(f"{text}…") * size > room:
        text = text[:-1]
    return f"{text.rstrip()}…", size


def _photograph(image: Image) -> Picture.Image | None:
    """The middle of a published photograph; None if its file is gone."""
    try:
        with image.file.open("rb") as file, Picture.open(file) as picture:
            picture.draft("RGB", (WIDTH, PICTURE_HEIGHT))  # a JPEG is decoded no larger than needed
            return ImageOps.fit(picture.convert("RGB"), (WIDTH, PICTURE_HEIGHT))
    except OSError:
        return None


def _painted(ground: str) -> Picture.Image:
    """A drawn cover. Without fonts its seal is left uncut, which is better than cut with boxes."""
    style = "" if "han" in _scripts() else "text{display:none}"
    return _pixels(ground, width=_PAINTED, style_sheet=style).resize((WIDTH, PICTURE_HEIGHT))


def _pixels(svg: str, **options) -> Picture.Image:
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
