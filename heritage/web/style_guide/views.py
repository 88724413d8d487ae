"""The style guide, in debug mode only: every design token and component, with stored records."""

import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from django.conf import settings
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from heritage.formats import tagged_path
from heritage.models import Site
from heritage.search import current_index
from heritage.values.language import Text
from heritage.web.browse.paging import PageLink, Paging
from heritage.web.media import covers
from heritage.web.shared import cards, certainty, language_html
from heritage.web.shared.charts import Chart, ChartRow, Series
from heritage.web.site.page import site_page
from heritage.web.world_heritage.entries import CATEGORIES, WorldHeritageList, by_year

_LOOKED_AT = 1500  # sites that twelve covers are chosen from
_TOKEN = re.compile(r"--([a-z0-9-]+):\s*([^;]+);")


@dataclass(frozen=True, slots=True)
class CoverSample:
    src: str
    scene: str
    name: SafeString


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    if not settings.DEBUG:
        raise Http404
    shown = Site.objects.published()
    chosen_first = F("featured").asc(nulls_last=True), "pk"
    site = shown.order_by(*chosen_first).first()
    pictured = shown.filter(images__published=True).order_by(*chosen_first).first()
    index = current_index()
    some = index.orders["oldest"].ids[:3].tolist()
    context = {
        "colours": colours(),
        "covers": _twelve(),
        "sizes": [t for t in design_tokens() if t[0].startswith("size-")],
        "spaces": [t for t in design_tokens() if t[0].startswith(("space-", "edge"))],
        "marks": certainty.ALL,
        "cards": cards.rendered_cards(index, some).values(),
        "rows": cards.rendered_cards(index, some, "row").values(),
        "page": site_page(site) if site else None,
        "photos": site_page(pictured).photos if pictured else [],
        "columns": by_year(WorldHeritageList(current_index())) or _chart("columns"),
        "bars": _chart("bars"),
        "paging": _paging(),
        "names": [
            Text("龙门石窟", "zh-hans", is_fallback=True),
            Text("كهوف لونغمن", "ar", is_fallback=True),
            Text("Лунмэнь", "ru", is_fallback=True),
        ],
    }
    return render(request, "web/style.html", context)


@cache
def design_tokens(scheme: str = "light") -> list[tuple[str, str]]:
    """Names and values of a colour scheme, from static/css/tokens.css."""
    css = (settings.BASE_DIR / "static/css/tokens.css").read_text()
    light, _mark, rest = css.partition("@media (prefers-color-scheme: dark)")
    text = light if scheme == "light" else rest.partition("@media")[0]
    return [(name, " ".join(value.split())) for name, value in _TOKEN.findall(text)]


def colours() -> list[tuple[str, str, str]]:
    """Name, light and dark value of every colour."""
    dark = dict(design_tokens("dark"))
    return [(name, value, dark[name]) for name, value in design_tokens() if value.startswith("#")]


def _twelve() -> list[CoverSample]:
    """Covers of twelve sites that are drawn as differently as the catalogue allows."""
    found: dict[str, CoverSample] = {}
    for site in covers.with_covers().published().order_by("uid")[:_LOOKED_AT]:
        scene = covers.scene_of(site, site.kinds.all())
        name = scene if isinstance(scene, str) else scene.name
        tag = covers.drawing_of(site, get_language()).tag
        src = tagged_path("web:cover", site.uid, tag)
        shown = CoverSample(src, name, language_html.as_html(site.shown_name))
        found.setdefault(name, shown)
    shuffled = sorted(found.values(), key=lambda shown: sha256(shown.scene.encode()).digest())
    return shuffled[:12]


def _chart(name: str) -> Chart:
    series = [Series(key, key.title()) for key in CATEGORIES]
    rows = [ChartRow(f"{1990 + n}", [n * 3 + 2, n % 3, n], mark=f"{1990 + n}") for n in range(8)]
    return Chart(name, "A chart", "What it says, in a sentence.", "Year", series, rows)


def _paging() -> Paging:
    numbers = (1, 0, 2, 3, 4, 0, 9)
    links = [PageLink(n, f"page={n}" if n else "", n == 3) for n in numbers]
    return Paging(3, 9, links, "page=2", "page=4")
