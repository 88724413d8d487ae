"""Suggestions while somebody types: a fragment of HTML for the field of search."""

from dataclasses import dataclass

from django.http import QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from heritage.formats.sentence import place_phrase
from heritage.models import Era
from heritage.search import suggest
from heritage.search.facets.registry import TREES
from heritage.search.filter_fields import MAX_TEXT
from heritage.search.index import store
from heritage.web import language_html
from heritage.web.responses import public
from heritage.web.vocabularies import common


@dataclass(frozen=True, slots=True)
class Suggestion:
    url: str
    label: SafeString
    note: str
    count: int | None = None  # how many sites a term has


@dataclass(frozen=True, slots=True)
class SuggestionGroup:
    label: str
    lines: list[Suggestion]


@require_safe
def suggestions(request):
    text = request.GET.get("q", "").replace("\0", " ").strip()[:MAX_TEXT]
    found = suggest.suggestions(store.current(), text, get_language())
    groups = _groups(found)
    # The way to everything is an option too.
    total = sum(len(group.lines) for group in groups) + bool(groups)
    context = {"groups": groups, "total": total, "all_url": _all(text), "text": text}
    return public(render(request, "components/suggestions.html", context))


def _groups(found: suggest.Suggested) -> list[SuggestionGroup]:
    """The terms first: they are few, and who types the name of an era means the era."""
    groups = []
    for name, facet in TREES.items():
        lines = [
            Suggestion(
                common.page_url(name, term),
                language_html.as_html(term.label.best()),
                term.years() if isinstance(term, Era) else "",
                count,
            )
            for term, count in found.terms.get(name, ())
        ]
        groups.append(SuggestionGroup(str(facet.suggestions_label), lines))
    sites = [
        Suggestion(
            reverse("web:site", args=[site.slug]),
            language_html.as_html(site.name.best()),
            place_phrase(site.place),
        )
        for site in found.sites
    ]
    groups.append(SuggestionGroup(_("Sites"), sites))
    return [group for group in groups if group.lines]


def _all(text: str) -> str:
    query = QueryDict(mutable=True)
    query["q"] = text
    return f"{reverse('web:sites')}?{query.urlencode()}"
