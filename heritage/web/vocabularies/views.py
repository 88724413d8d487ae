"""Views of the pages of eras, kinds and places."""

from collections.abc import Callable
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from heritage.formats import path_of
from heritage.models import Era, Kind, Place
from heritage.values.language import join_sentences
from heritage.web.shared import meta_tags, page_dependencies
from heritage.web.shared.context import public
from heritage.web.vocabularies.eras import EraPage, era_page
from heritage.web.vocabularies.eras import eras as all_eras
from heritage.web.vocabularies.kinds import KindPage, kind_page
from heritage.web.vocabularies.kinds import kinds as all_kinds
from heritage.web.vocabularies.places import PlacePage, place_page
from heritage.web.vocabularies.places import places as all_places

type TermPage = EraPage | KindPage | PlacePage


@require_safe
@conditional_page
def eras(request: HttpRequest) -> HttpResponse:
    words = _("The eras of the catalogue on one strip of time, with the sites of each.")
    page = all_eras()
    rows = (row for part in page.parts for region in part.regions for row in region.rows)
    paths = [f"{request.path}{row.url}/" for row in rows if row.count]
    return _page(request, "web/eras.html", page, _("Eras"), words, paths)


@require_safe
@conditional_page
def kinds(request: HttpRequest) -> HttpResponse:
    words = _("What the sites of the catalogue are: every kind, with its sites.")
    page = all_kinds()
    paths = [plate.link.url for plate in page.plates]
    return _page(request, "web/kinds.html", page, _("Kinds of places"), words, paths)


@require_safe
@conditional_page
def places(request: HttpRequest) -> HttpResponse:
    words = _("Countries and territories with sites in the catalogue, region by region.")
    page = all_places()
    paths = [link.url for region in page.regions for link in region.countries]
    return _page(request, "web/places.html", page, _("Places"), words, paths)


@require_safe
@conditional_page
def era(request: HttpRequest, slug: str) -> HttpResponse:
    page = _found(era_page, slug)
    return _term(request, "era", page, str(page.era), _("Eras"), _words(page))


@require_safe
@conditional_page
def kind(request: HttpRequest, slug: str) -> HttpResponse:
    page = _found(kind_page, slug)
    words = join_sentences([page.kind.description.best().text, page.lead])
    return _term(request, "kind", page, str(page.kind), _("Kinds of places"), words)


@require_safe
@conditional_page
def place(request: HttpRequest, slug: str) -> HttpResponse:
    page = _found(partial(place_page, day=request.GET.get("day", "")), slug)
    return _term(request, "place", page, str(page.place), _("Places"), _words(page))


def _words(page: EraPage | PlacePage) -> str:
    """The description of the page for search engines: its text, then the counts."""
    return join_sentences([str(page.text.text) if page.text else "", str(page.lead)])


def _found[P](prepare: Callable[[str], P], slug: str) -> P:
    try:
        return prepare(slug)
    except (Era.DoesNotExist, Kind.DoesNotExist, Place.DoesNotExist) as error:
        raise Http404 from error


def _page(
    request: HttpRequest, template: str, page: object, title: str, words: str, paths: list[str]
) -> HttpResponse:
    """The response with a page. `words` describe it for search engines, `paths` are the pages that
    it links to."""
    head = meta_tags.of_overview(request, title, words, paths)
    page_dependencies.nothing_else()
    return public(render(request, template, {"page": page, "head": head}))


def _term(
    request: HttpRequest, name: str, page: TermPage, title: str, index_title: str, words: str = ""
) -> HttpResponse:
    """The response with the page of an era, a kind or a place."""
    trail = [(path_of(f"web:{name}s"), index_title)]
    trail += [(link.url, meta_tags.strip_markup(link.label)) for link in page.above]
    head = meta_tags.of_term(request, title, words, page.sites.total, page.sites.cards, trail)
    page_dependencies.nothing_else()
    index = {"index_url": trail[0][0], "index_label": index_title}
    return public(render(request, f"web/{name}.html", {"page": page, "head": head, **index}))
