"""Views of the pages about the catalogue: its texts, and where facts and pictures come from."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import conditional_page, require_safe

from heritage.formats import jsonld
from heritage.models import CommandRun
from heritage.search import IndexSnapshot, current_index
from heritage.values.html import to_html
from heritage.values.language import LazyText
from heritage.web.about import date_help
from heritage.web.about.credits import credits_page
from heritage.web.shared import certainty, meta_tags, page_dependencies
from heritage.web.shared.context import identity, public


@require_safe
@conditional_page
def about(request: HttpRequest) -> HttpResponse:
    return _text_page(request, "web/about.html", "about", gettext_lazy("About"), _verified_at())


@require_safe
@conditional_page
def privacy(request: HttpRequest) -> HttpResponse:
    return _text_page(request, "web/privacy.html", "privacy", gettext_lazy("Privacy"))


def _verified_at() -> datetime | None:
    """The time of the last complete run of `manage.py verify`, if it found no difference."""
    at = _last_proof(index := current_index())
    page_dependencies.answer(index, _last_proof, at)
    return at


def _last_proof(_index: IndexSnapshot) -> datetime | None:
    run = CommandRun.objects.latest_of("verify")
    return run.at if run is not None and run.is_proof else None


def _text_page(
    request: HttpRequest,
    template: str,
    field: str,
    title: LazyText,
    verified_at: datetime | None = None,
) -> HttpResponse:
    words = getattr(identity(request), field).best()
    context = {
        "verified_at": verified_at,
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
