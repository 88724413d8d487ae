"""The suggestions of the search field, as an HTML fragment."""

from dataclasses import dataclass

from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from heritage.formats.sentence import place_phrase
from heritage.models import Era
from heritage.search import suggest
from heritage.search.facets.registry import TREES
from heritage.search.filter_fields import MAX_TEXT
from heritage.search.index import store
from heritage.search.suggest import Group, SuggestedLine
from heritage.values import normalize
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
    found = suggest.suggestions(store.current(), text)
    groups = [_group(group) for group in found]
    if pages := _pages(text):
        groups.append(SuggestionGroup(_("Pages"), pages))
    # The way to everything is an option too.
    total = sum(len(group.lines) for group in groups) + bool(groups)
    context = {"groups": groups, "total": total, "all_url": _all(text), "text": text}
    return public(render(request, "components/suggestions.html", context))


def _group(group: Group) -> SuggestionGroup:
    match group.name:
        case suggest.SITES:
            return SuggestionGroup(_("Sites"), list(map(_site, group.lines)))
        case suggest.FILTERS:
            return SuggestionGroup(_("Filters"), list(map(_filter, group.lines)))
    label = str(TREES[group.name].suggestions_label)
    return SuggestionGroup(label, [_term(group.name, line) for line in group.lines])


def _site(line: SuggestedLine) -> Suggestion:
    return Suggestion(
        reverse("web:site", args=[line.slug]),
        language_html.as_html(line.row.name.best()),
        place_phrase(line.row.place),
    )


def _term(facet: str, line: SuggestedLine) -> Suggestion:
    return Suggestion(
        common.page_url(facet, line.row),
        language_html.as_html(line.row.label.best()),
        line.row.years() if isinstance(line.row, Era) else "",
        line.count,
    )


def _filter(line: SuggestedLine) -> Suggestion:
    return Suggestion(
        common.list_url(**{line.facet.name: line.slug}),
        language_html.as_html(line.facet.describe(line.value)),
        str(line.facet.label),
    )


def _pages(text: str) -> list[Suggestion]:
    """Pages of the catalogue whose title has a word with this beginning."""
    typed = normalize.fold(text)
    if not typed:
        return []
    pages = {
        "web:world_heritage": _("World Heritage"),
        "web:places": _("Places"),
        "web:eras": _("Eras"),
        "web:kinds": _("Kinds of places"),
        "web:about": _("About"),
    }
    return [
        Suggestion(reverse(name), language_html.as_html(label), "")
        for name, label in pages.items()
        if normalize.fold(label).startswith(typed)
    ]


def _all(text: str) -> str:
    return common.list_url(q=text)
