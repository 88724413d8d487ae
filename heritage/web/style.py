"""The living style page: every token and component, from records of the database. Debug only."""

import re
from functools import cache

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from heritage.models import Site
from heritage.values.language import Text
from heritage.web import cards, inscriptions, marks
from heritage.web.charts import Chart, Row, Series
from heritage.web.listing import PageLink, Paging
from heritage.web.site_page import for_page, site_page

_TOKEN = re.compile(r"--([a-z0-9-]+):\s*([^;]+);")


@require_safe
def style(request):
    if not settings.DEBUG:
        raise Http404
    site = for_page(Site.objects.published()).order_by("featured", "pk").first()
    context = {
        "colours": [t for t in tokens() if t[1].startswith("#")],
        "sizes": [t for t in tokens() if t[0].startswith("size-")],
        "spaces": [t for t in tokens() if t[0].startswith(("space-", "edge"))],
        "marks": marks.ALL,
        "cards": cards.cards(cards.for_list(Site.objects.published()).order_by("pk")[:3]),
        "page": site_page(site) if site else None,
        "columns": inscriptions.by_year(inscriptions.Terms()) or _chart("columns"),
        "bars": _chart("bars"),
        "paging": _paging(),
        "names": [Text("龙门石窟", "zh-hans"), Text("كهوف لونغمن", "ar"), Text("Лунмэнь", "ru")],
    }
    return render(request, "web/style.html", context)


@cache
def tokens() -> list[tuple[str, str]]:
    """Names and values of the light scheme, as static/css/tokens.css declares them."""
    css = (settings.BASE_DIR / "static/css/tokens.css").read_text()
    light = css.partition("@media (prefers-color-scheme: dark)")[0]
    return [(name, " ".join(value.split())) for name, value in _TOKEN.findall(light)]


def _chart(name: str) -> Chart:
    series = [Series(key, key.title()) for key in inscriptions.CATEGORIES]
    rows = [Row(f"{1990 + n}", [n * 3 + 2, n % 3, n], mark=f"{1990 + n}") for n in range(8)]
    return Chart(name, "A chart", "What it says, in a sentence.", "Year", series, rows)


def _paging() -> Paging:
    numbers = (1, 0, 2, 3, 4, 0, 9)
    links = [PageLink(n, f"page={n}" if n else "", n == 3) for n in numbers]
    return Paging(3, 9, links, "page=2", "page=4")
