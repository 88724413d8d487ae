"""Views of the home page, and of the address without a language, which leads to it."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request
from django.views.decorators.http import conditional_page, require_safe

from heritage.search import page_dependencies
from heritage.web.home.page import home as home_page
from heritage.web.shared import meta_tags
from heritage.web.shared.context import identity
from heritage.web.shared.responses import public


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
