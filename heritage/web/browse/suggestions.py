"""The suggestions of the search field, prepared for components/suggestions.html."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from heritage.formats import list_url, term_url
from heritage.models import Era, place_phrase
from heritage.search import TREES, current_index, suggest
from heritage.values import normalize
from heritage.web.shared import language_html


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


def suggestion_groups(text: str) -> list[SuggestionGroup]:
    """Groups of suggestions for a text whose last word may be unfinished."""
    groups = [_group(group) for group in suggest.suggestions(current_index(), text)]
    if pages := _pages(text):
        groups.append(SuggestionGroup(_("Pages"), pages))
    return groups


def _group(group: suggest.SuggestedGroup) -> SuggestionGroup:
    labels = {
        suggest.SITES: _("Sites"),
        suggest.FILTERS: _("Filters"),
        suggest.SENTENCES: _("Filters together"),
    }
    label = labels.get(group.name) or str(TREES[group.name].suggestions_label)
    return SuggestionGroup(label, [_line(group.name, line) for line in group.lines])


def _line(group: str, line: suggest.SuggestedLine) -> Suggestion:
    match line:
        case suggest.SuggestedSite(slug, site):
            return Suggestion(
                reverse("web:site", args=[slug]),
                language_html.as_html(site.shown_name),
                place_phrase(site.place),
            )
        case suggest.SuggestedTerm(_slug, term, count):
            return Suggestion(
                term_url(group, term),
                language_html.as_html(term.label),
                term.years() if isinstance(term, Era) else "",
                count,
            )
        case suggest.SuggestedSentence(text, filters, count):
            facts = " · ".join(map(str, filters))
            return Suggestion(list_url(q=text), language_html.as_html(text), facts, count)
        case suggest.SuggestedFilter(slug, facet, value):
            return Suggestion(
                list_url(**{facet.name: slug}),
                language_html.as_html(facet.describe(value)),
                str(facet.label),
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
