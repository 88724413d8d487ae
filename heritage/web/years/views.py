"""The page of a year."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from heritage.values.language import join_sentences
from heritage.web.shared import meta_tags, scroll
from heritage.web.shared.context import public
from heritage.web.years.page import year_page


class YearConverter:
    """A historical year in an address, -1046 for 1046 BCE; there is no year 0."""

    regex = "-?[1-9][0-9]{0,4}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


@require_safe
@conditional_page
def year(request: HttpRequest, year: int) -> HttpResponse:
    if not scroll.has_page_of(year):
        raise Http404
    page = year_page(year)
    # There are thousands of years: only those of which records tell something are worth a search.
    robots = "" if page.events else "noindex, follow"
    head = meta_tags.head_of(
        request,
        title=_("The year %(year)s") % {"year": page.label},
        description=meta_tags.describe(join_sentences([page.lead, *page.reigns])),
        robots=robots,
    )
    return public(render(request, "web/year.html", {"page": page, "head": head}))
