"""A site in a few lines: what a list, a neighbour or the home page shows of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import pgettext

from heritage.models import Designation, Event, Image, Place, Scheme, Site, Source, UnescoStatus
from heritage.models.unesco import statuses
from heritage.values.language import Text
from heritage.web import marks, texts
from heritage.web.marks import Mark

COVER_SIZE = (1200, 800)


@dataclass(frozen=True, slots=True)
class Picture:
    src: str
    width: int
    height: int
    alt: str = ""  # a drawn cover is decoration
    is_drawn: bool = False
    square: str = ""  # the same drawing composed as a square


@dataclass(frozen=True, slots=True)
class Card:
    url: str
    name: SafeString
    other_names: list[Text]
    summary: SafeString
    kind: SafeString
    place: str
    when: str
    when_marks: list[Mark]
    standing: str
    unesco: UnescoStatus | None
    unesco_label: str
    protection: SafeString
    picture: Picture


def for_list(sites):
    """A queryset of sites with all that cards need and without the long texts."""
    return sites.for_cards().defer("description", "note", "search_text")


def of_ids(ids: list[int]) -> list[Card]:
    """Cards of published sites in the order of the ids; one withdrawn meanwhile is left out."""
    found = {site.pk: site for site in for_list(Site.objects.published().filter(pk__in=ids))}
    return cards(found[pk] for pk in ids if pk in found) if ids else []


def cards(sites: Iterable[Site]) -> list[Card]:
    """Cards of sites that come from for_list(); one query more, however many there are."""
    sites = list(sites)
    sources = {event.source_id for site in sites for event in site.events.all()}
    recalled = set(
        Source.objects.filter(pk__in=sources - {None}, kind=Source.Kind.RECALLED).values_list(
            "pk", flat=True
        )
    )
    return [_card(site, recalled) for site in sites]


def _card(site: Site, recalled: set[int]) -> Card:
    events = site.events.all()
    beginning = first_beginning(events)
    coverages = site.coverages.all()
    status = statuses(coverages)[0]
    kind = next(iter(site.kinds.all()), None)
    return Card(
        url=reverse("site", args=[site.slug]),
        name=texts.as_html(site.name.best()),
        other_names=texts.others(site.name)[:1],
        summary=texts.as_html(site.summary.best()),
        kind=texts.as_html(kind.label.best()) if kind else "",
        place=place_phrase(site.place),
        when=what_and_when(beginning) if beginning else "",
        when_marks=short_marks(beginning, beginning.source_id in recalled) if beginning else [],
        standing=standing_phrase(events),
        unesco=None if status == UnescoStatus.NONE else status,
        unesco_label=badge(status),
        protection=protection_label(coverages),
        picture=picture(site),
    )


def badge(status: UnescoStatus) -> str:
    """Short enough for a badge."""
    if status == UnescoStatus.PART:
        return pgettext("badge", "Part of World Heritage")
    return str(status.label)


def short_marks(event: Event, is_recalled: bool) -> list[Mark]:
    """The marks of an event where its date is printed: “c. 493” needs no “approximate”."""
    found = marks.of_event(event, is_recalled)
    return [mark for mark in found if not (event.date and mark in marks.SAID_BY_DATES)]


def first_beginning(events: Iterable[Event]) -> Event | None:
    """The event that says how old a site is; events come in the order of their years."""
    events = list(events)
    dated = [event for event in events if event.role == Event.Role.BEGINNINGS]
    return next(iter(dated or events), None)


def what_and_when(event: Event, style: str = "short") -> str:
    """ "Founded 68 CE (Eastern Han)"."""
    date, eras = event.date_phrase(style), event.era_phrase()
    when = pgettext("date (era)", "%(date)s (%(era)s)") % {"date": date, "era": eras}
    words = pgettext("what happened, and when", "%(what)s %(when)s") % {
        "what": event.get_kind_display(),
        "when": when if date and eras else date or eras,
    }
    return capfirst(words)


def standing_phrase(events: Iterable[Event]) -> str:
    """From when what stands today is: “Jin (1115–1234) to Qing”; empty where nothing is said."""
    phrases = [
        event.era_phrase() or event.date_phrase("short")
        for event in events
        if event.role == Event.Role.STANDING
    ]
    return pgettext("between items of a list", ", ").join(dict.fromkeys(phrases))


def place_phrase(place: Place | None) -> str:
    """City and province, or what there is: “Luoyang, Henan”."""
    chain = []
    while place is not None:
        chain.append(place)
        if place.level in (Place.Level.PROVINCE, Place.Level.COUNTRY):
            break
        place = place.parent
    shown = [place for place in chain if place.level != Place.Level.COUNTY] or chain
    return chain_phrase(shown)


def chain_phrase(places: Iterable[Place]) -> str:
    """Places from the narrowest to the broadest, as the reader's language puts them together."""
    phrase = ""
    for place in places:
        label = str(place.label.best())
        if phrase:
            phrase = pgettext("a place and the one it lies in", "%(narrow)s, %(broad)s") % {
                "narrow": phrase,
                "broad": label,
            }
        else:
            phrase = label
    return phrase


def protection_label(coverages) -> SafeString | str:
    """The first legal protection in force, short: “National unit”."""
    standing = Designation.Standing
    for coverage in coverages:
        entry = coverage.designation
        if entry.scheme.role == Scheme.Role.PROTECTION and entry.standing == standing.IN_FORCE:
            return texts.as_html(entry.scheme.short_label.best() or entry.scheme.label.best())
    return ""


def picture(site: Site) -> Picture:
    """The first published photograph, or the drawn cover."""
    photo = next(iter(site.public_images), None)
    return photograph(photo) if photo else drawn_cover(site)


def photograph(image: Image) -> Picture:
    return Picture(
        image_url(image), image.width or 1200, image.height or 800, str(image.alt.best())
    )


def image_url(image: Image) -> str:
    return reverse("image", args=[image.uid, image.file.name.rpartition("/")[2]])


def drawn_cover(site: Site) -> Picture:
    square = reverse("square_cover", args=[site.uid])
    return Picture(reverse("cover", args=[site.uid]), *COVER_SIZE, is_drawn=True, square=square)
