"""Full text, behind one small interface: text in, matching sites and their order out."""

from django.db.models import Case, Exists, IntegerField, OuterRef, Value, When

from heritage.models import SortName
from heritage.values import folding


def matching(sites, text: str):
    """The sites that hold every word of `text`, whatever its script, accents or case.

    A word matches anywhere within the folded text that a record is found by, so that
    two characters of a Chinese name or the beginning of a word are enough.
    """
    words = folding.tokens(text)
    if text.strip() and not words:
        return sites.none()
    for word in words:
        sites = sites.filter(search_text__contains=word)
    return sites


def by_relevance(sites, text: str, language: str):
    """Matching sites, those first whose record begins with the words, then by name.

    The folded text begins with the names, so that what begins it is a name.
    """
    folded = folding.fold(text)
    name = SortName.objects.filter(site=OuterRef("pk"), key=folding.sort_key(text, language))
    return (
        sites.annotate(
            closeness=Case(
                When(Exists(name), then=Value(0)),
                When(search_text__startswith=folded, then=Value(1)),
                default=Value(2),
                output_field=IntegerField(),
            )
        )
        .filter(sort_names__language=language)
        .order_by("closeness", "sort_names__key", "pk")
    )
