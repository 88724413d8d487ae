"""Views of the home page, lists, sites and text pages; other packages prepare their contexts."""

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request, gettext_lazy
from django.views.decorators.http import conditional_page, require_safe

from heritage.models import Site
from heritage.search import page_dependencies, page_rows
from heritage.values.language import LazyText, interface_languages
from heritage.values.markdown import to_html
from heritage.web import certainty, date_help, meta_tags
from heritage.web.access import any_site, may_see
from heritage.web.browse import listing
from heritage.web.browse.paging import NoSuchPage
from heritage.web.context import identity
from heritage.web.home import home as home_page
from heritage.web.responses import HtmxRequest, moved, page_or_part, private, public
from heritage.web.site.page import site_page

# Parameters with endless values, or that only reorder a list.
_ENDLESS = ("q", "sort", "view", "role", "from", "to", "bbox", "near", "within", "open", "all")
_LONGEST = 4_000  # characters of a query, which each link of the page repeats


@require_safe
def redirect_to_language(request: HttpRequest) -> HttpResponse:
    """To the home page in the first of the browser's languages that the interface speaks."""
    response = HttpResponseRedirect(f"/{get_language_from_request(request)}/")
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


@require_safe
@conditional_page
def home(request: HttpRequest) -> HttpResponse:
    name = identity(request).name
    context = {"home": home_page(name), "head": meta_tags.of_home(request)}
    page_dependencies.nothing_else()
    return public(render(request, "web/home.html", context))


@require_safe
@conditional_page
def browse(request: HtmxRequest) -> HttpResponse:
    clean = listing.clean_query(request.GET)
    if len(clean.urlencode()) > _LONGEST:
        raise BadRequest
    if list(clean.lists()) != list(request.GET.lists()):
        return HttpResponseRedirect(_address(request.path, clean.urlencode()))
    try:
        page = listing.listing(clean)
    except NoSuchPage as beyond:
        context = {"last_page": beyond.last, "last_page_query": beyond.query}
        return render(request, "404.html", context, status=404)
    context = {"list": page, "head": meta_tags.of_list(request, page)}
    return page_or_part(request, "web/sites.html", "list", context)


def _address(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path


@require_safe
@conditional_page
def site(request: HttpRequest, slug: str) -> HttpResponse:
    found = page_rows.published_site(slug)
    if found is None:
        return _not_public(request, slug)
    page = site_page(found)
    context = {"page": page, "head": meta_tags.of_site(request, page)}
    page_dependencies.nothing_else()
    return public(render(request, "web/site.html", context))


def _not_public(request: HttpRequest, slug: str) -> HttpResponse:
    """A site that has moved, is gone, or is not out yet; those who may see it get a preview."""
    hidden = any_site(slug)
    if hidden is None:
        raise Http404
    is_public = hidden.state == Site.State.PUBLISHED
    if hidden.slug != slug and (is_public or may_see(request, "view_site")):
        address = _address(reverse("web:site", args=[hidden.slug]), request.META["QUERY_STRING"])
        return moved(address)
    if may_see(request, "view_site"):
        return _preview(request, hidden.slug)
    if hidden.state == Site.State.ARCHIVED and hidden.published_at:
        return render(request, "410.html", status=410)
    raise Http404


def _preview(request: HttpRequest, slug: str) -> HttpResponse:
    found = Site.objects.get(slug=slug)
    page = site_page(found)
    context = {"page": page, "preview": True, "head": meta_tags.hidden(page.title)}
    return private(render(request, "web/site.html", context))


@require_safe
@conditional_page
def about(request: HttpRequest) -> HttpResponse:
    return _text_page(request, "web/about.html", "about", gettext_lazy("About"))


@require_safe
@conditional_page
def privacy(request: HttpRequest) -> HttpResponse:
    return _text_page(request, "web/privacy.html", "privacy", gettext_lazy("Privacy"))


def _text_page(request: HttpRequest, template: str, field: str, title: LazyText) -> HttpResponse:
    words = getattr(identity(request), field).best()
    context = {
        "words": words,
        "html": to_html(str(words), under=1) if words else "",
        "marks": certainty.ALL,
    }
    context["dates"] = date_help.examples()
    context["head"] = meta_tags.of_text(request, str(title), str(words))
    page_dependencies.nothing_else()  # the identity goes with the vocabularies
    return public(render(request, template, context))


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Pages about things may be read, and lists by one filter: of the others there is no end."""
    lines = ["User-agent: *"]
    for code in interface_languages():
        lines += [f"Disallow: /{code}/admin/", f"Disallow: /{code}/suggest/"]
        lines += [f"Disallow: /{code}/sites/?{name}=" for name in _ENDLESS]
        # The longest matching rule applies: all pages of the unfiltered list may be read.
        lines += [f"Disallow: /{code}/sites/?*&", f"Allow: /{code}/sites/?page="]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
