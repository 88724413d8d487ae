"""The suggestions of the search field, prepared for components/suggestions.html."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heritage.formats import list_url, term_url
from heritage.models import Era, place_phrase
from heritage.search import TREES, current_index, suggest
from heritage.values import normalize
from heritage.values.html import fragment
from heritage.values.language import LanguageMap, Text
from heritage.web.shared import language_html

_LINE = fragment("search/suggestion.html")


@dataclass(frozen=True, slots=True)
class SuggestionGroup:
    label: str
    lines: list[SafeString]


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


def _line(group: str, line: suggest.SuggestedLine) -> SafeString:
    match line:
        case suggest.SuggestedSite(slug, site):
            return _html(
                reverse("web:site", args=[slug]), site.shown_name, place_phrase(site.place)
            )
        case suggest.SuggestedTerm(_slug, term, count):
            years = term.years() if isinstance(term, Era) else ""
            return _html(term_url(group, term), term.label, years, count)
        case suggest.SuggestedSentence(text, filters, count):
            return _html(list_url(q=text), text, " · ".join(map(str, filters)), count)
        case suggest.SuggestedFilter(slug, facet, value):
            return _html(list_url(**{facet.name: slug}), facet.describe(value), str(facet.label))


def _html(
    url: str, label: LanguageMap | Text | str, note: str = "", count: int | None = None
) -> SafeString:
    """An option; `count` is the number of sites that it finds."""
    sites = ""
    if count:
        number = language_html.number(count)
        sites = ngettext("%(number)s site", "%(number)s sites", count) % {"number": number}
    return _LINE(url=url, label=language_html.as_html(label), note=note, count=sites)


def _pages(text: str) -> list[SafeString]:
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
        _html(reverse(name), label)
        for name, label in pages.items()
        if normalize.fold(label).startswith(typed)
    ]
