"""Views of the pages about the catalogue: its texts, and where facts and pictures come from."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import conditional_page, require_safe

from heritage.formats import jsonld
from heritage.search import page_dependencies
from heritage.values.language import LazyText
from heritage.values.markdown import to_html
from heritage.web.about import date_help
from heritage.web.about.credits import credits_page
from heritage.web.shared import certainty, meta_tags
from heritage.web.shared.context import identity
from heritage.web.shared.responses import public


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
@conditional_page
def credits(request: HttpRequest) -> HttpResponse:
    page, document = credits_page(request)
    head = meta_tags.of_data(request, _("Credits and data"), jsonld.as_script(document))
    return public(render(request, "web/credits.html", {"page": page, "head": head}))
