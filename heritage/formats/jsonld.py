"""A site in JSON-LD with the terms of schema.org, for search engines.

It holds nothing that the public page does not show: the public point only, published pictures,
published parts and wholes, and hours, prices and facts only if an editor checked them or they
are official and dated.
"""

import json
from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from heritage.formats import sentence
from heritage.formats.addresses import Addresses
from heritage.models import (
    Coverage,
    Designation,
    Identity,
    Image,
    Licence,
    Opening,
    Place,
    Quantity,
    Register,
    Site,
    Source,
)
from heritage.models import VisitingFact as Fact
from heritage.search import page_rows
from heritage.values.html import to_text
from heritage.values.language import LanguageMap, interface_languages, proper_tag
from heritage.values.web_address import safe_url

CONTEXT = "https://schema.org"
ATTRACTION = "TouristAttraction"
LANDMARK = "LandmarksOrHistoricalBuildings"
DESCRIPTION_LIMIT = 500
_AAT = "http://vocab.getty.edu/aat/"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_AREAS: dict[str, str] = {Place.Level.COUNTRY: "Country", Place.Level.CITY: "City"}
_DECIMALS = 6  # of a degree: a hand's breadth
# What could end a script element, open a comment in one, or a line in old JavaScript.
_UNSAFE = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}
_WEB = ("https://", "http://")


def site_document(
    rows: page_rows.SiteRows,
    addresses: Addresses,
    identity: Identity,
    today: date,
    preview: str = "",
) -> dict:
    """A published site in the active language. ValueError for one that is not published.

    `preview` is the address of the picture that it has where it has no photograph.
    """
    site = rows.site
    if site.state != Site.State.PUBLISHED:
        raise ValueError("Only what is published is described to the world")
    url = addresses.site(site)
    return _filled(
        {
            "@context": CONTEXT,
            **_types(rows),
            "@id": _id(site, addresses),
            "name": site.name.best().text,
            "alternateName": _other_names(rows),
            "description": _description(rows),
            "url": url,
            "mainEntityOfPage": _page(site, url, addresses, identity),
            "geo": _geo(site),
            "address": _address(site.place),
            "containedInPlace": _wholes(rows, addresses),
            "containsPlace": [
                _reference(row.part, addresses) for row in rows.parts if _public(row.part)
            ],
            "identifier": _identifiers(rows),
            "sameAs": _same_as(rows),
            "subjectOf": _manifest(site, addresses) if settings.IIIF else None,
            "image": [_image(image, addresses) for image in _pictures(rows)]
            or [preview or addresses.url("media:preview", site.uid)],
            "isAccessibleForFree": _is_free(rows),
            "openingHoursSpecification": [
                _hours(row, today) for row in rows.openings if row.is_dependable
            ],
            "additionalProperty": [_quantity(row) for row in rows.quantities],
            "telephone": next(iter(_facts(rows, Fact.Kind.PHONE)), None),
        }
    )


def catalogue_document(identity: Identity, addresses: Addresses) -> dict:
    """The catalogue itself, for its first page."""
    others = [text for text in identity.name.values() if text != identity.name.best().text]
    return _filled(
        {
            "@context": CONTEXT,
            "@type": "WebSite",
            "name": identity.name.best().text,
            "alternateName": others,
            "description": identity.tagline.best().text,
            "url": addresses.url("web:home"),
            "inLanguage": proper_tag(get_language() or "en"),
        }
    )


def page_document(
    url: str,
    title: str,
    steps: Iterable[tuple[str, str]],
    items: Iterable[str] = (),
    total: int = 0,
) -> dict:
    """A page of a collection, and the way to it: of a term, a list, an overview.

    `items` are the addresses of what stands on it, of `total` in all.
    """
    elements = [
        {"@type": "ListItem", "position": number, "url": address}
        for number, address in enumerate(items, start=1)
    ]
    listed = {"@type": "ItemList", "numberOfItems": total, "itemListElement": elements}
    return _filled(
        {
            "@context": CONTEXT,
            "@type": "CollectionPage",
            "@id": url,
            "name": title,
            "inLanguage": proper_tag(get_language() or "en"),
            "breadcrumb": breadcrumb(steps),
            "mainEntity": listed if elements else None,
        }
    )


def question(asked: str, answer: str, url: str) -> dict:
    """A question about one site and its answer, for the page that has it."""
    node = {"@type": "Answer", "text": answer, "url": url}
    return {"@type": "Question", "name": asked, "acceptedAnswer": node}


def as_script(document: dict) -> SafeString:
    """The document as text that is safe inside a script element."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return mark_safe(text.translate(_UNSAFE))  # noqa: S308 - escaped just now


def _manifest(site: Site, addresses: Addresses) -> dict:
    """A reference to the IIIF manifest of its pictures."""
    return {
        "@type": "CreativeWork",
        "url": addresses.url("media:iiif_manifest", site.uid),
        "encodingFormat": 'application/ld+json;profile="http://iiif.io/api/presentation/3/context.json"',
    }


def _filled(document: dict) -> dict:
    """Without empty values."""
    return {name: value for name, value in document.items() if value not in (None, "", [], {})}


# --- words -----------------------------------------------------------------------------------


def _other_names(rows: page_rows.SiteRows) -> list[str]:
    """Plain text, as schema.org has it: a name is its own language."""
    texts = (*rows.site.name.values(), *rows.site.short_name.values())
    shown = rows.site.name.best().text
    named = dict.fromkeys([*texts, *[name.text for name in rows.names]])
    return [text for text in named if text != shown]


def _description(rows: page_rows.SiteRows) -> str:
    """The summary; without one the beginning of the long text, or a sentence from the facts."""
    if summary := rows.site.summary.best():
        return str(summary)
    long = rows.site.description.best()
    if not long:
        return sentence.site_sentence(rows)
    return to_text(str(long), DESCRIPTION_LIMIT)


def _page(site: Site, url: str, addresses: Addresses, identity: Identity) -> dict:
    """Properties of the page rather than the place: language, dates, catalogue."""
    return _filled(
        {
            "@type": "WebPage",
            "@id": url,
            "inLanguage": proper_tag(get_language() or "en"),
            "datePublished": site.published_at and site.published_at.isoformat(timespec="seconds"),
            "dateModified": site.public_changed_at.isoformat(timespec="seconds"),
            "isPartOf": {
                "@type": "WebSite",
                "name": identity.name.best().text,
                "url": addresses.url("web:home"),
            },
            "breadcrumb": _breadcrumb(site, url, addresses),
        }
    )


def _breadcrumb(site: Site, url: str, addresses: Addresses) -> dict:
    """From the first page through the places that it lies in."""
    places = (*site.place.ancestors(), site.place) if site.place else ()
    return breadcrumb(
        [
            (addresses.url("web:sites"), _("Sites")),
            *(
                (addresses.url("web:place", place.slug), place.label.best().text)
                for place in places
            ),
            (url, site.name.best().text),
        ]
    )


def breadcrumb(steps: Iterable[tuple[str, str]]) -> dict:
    """The way to a page: addresses and names, the broadest first and the page itself last."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "item": address}
            for number, (address, name) in enumerate(steps, start=1)
        ],
    }


# --- where -----------------------------------------------------------------------------------


def _geo(site: Site) -> dict | None:
    """The public point; of a blurred site the area that it stands for."""
    if site.public_point is None:
        return None
    latitude, longitude = site.public_point
    point = {
        "@type": "GeoCoordinates",
        "latitude": round(latitude, _DECIMALS),
        "longitude": round(longitude, _DECIMALS),
    }
    if not site.public_blur_km:
        return point
    return {"@type": "GeoCircle", "geoMidpoint": point, "geoRadius": site.public_blur_km * 1000}


def _address(place: Place | None) -> dict | None:
    """A postal address as far as the chain of places gives one."""
    if place is None:
        return None
    by_level = {step.level: step for step in (*place.ancestors(), place)}
    level = Place.Level
    country = by_level.get(level.COUNTRY)
    town = by_level.get(level.CITY) or by_level.get(level.COUNTY)
    region = by_level.get(level.PROVINCE)
    return {
        "@type": "PostalAddress",
        **_filled(
            {
                "addressCountry": country and (country.code or country.label.best().text),
                "addressRegion": region and region.label.best().text,
                "addressLocality": town and town.label.best().text,
            }
        ),
    }


def _wholes(rows: page_rows.SiteRows, addresses: Addresses) -> list[dict]:
    """Sites that this one is a part of, then the narrowest place, which lies in broader ones."""
    found = [_reference(row.whole, addresses) for row in rows.part_of if _public(row.whole)]
    area, narrowest = None, rows.site.place
    for place in (*narrowest.ancestors(), narrowest) if narrowest else ():
        area = _filled(
            {
                "@type": _AREAS.get(place.level, "AdministrativeArea"),
                "name": place.label.best().text,
                "containedInPlace": area,
            }
        )
    return [*found, area] if area else found


def _public(site: Site) -> bool:
    return site.state == Site.State.PUBLISHED


def _reference(site: Site, addresses: Addresses) -> dict:
    return {
        "@type": ATTRACTION,
        "@id": _id(site, addresses),
        "name": site.name.best().text,
        "url": addresses.site(site),
    }


def _id(site: Site, addresses: Addresses) -> str:
    """The identifier of the place, which depends on no language and on no name of its page."""
    return addresses.permanent(site)


def _types(rows: page_rows.SiteRows) -> dict:
    """One type, and further ones; not a building or landmark if it is listed for nature only."""
    categories = {
        coverage.designation.category.code
        for coverage in rows.coverages
        if coverage.designation.register.role == Register.Role.WORLD_HERITAGE
        and coverage.extent == Coverage.Extent.WHOLE
        and coverage.designation.category
    }
    kinds = [f"{_AAT}{kind.aat}" for kind in rows.kinds if kind.aat]
    if categories == {"natural"}:
        return {"@type": ATTRACTION, "additionalType": kinds}
    return {"@type": LANDMARK, "additionalType": [f"{CONTEXT}/{ATTRACTION}", *kinds]}


# --- what others call it ---------------------------------------------------------------------


def _identifiers(rows: page_rows.SiteRows) -> list[dict]:
    entries = [
        _identifier(entry.register.slug, entry.register.label, reference, uri)
        for entry, reference, uri in _entries(rows)
    ]
    others = [
        _identifier(row.scheme.slug, row.scheme.label, row.value, row.uri)
        for row in rows.identifiers
    ]
    return entries + others


def _entries(rows: page_rows.SiteRows) -> list[tuple[Designation, str, str]]:
    """References in registers that belong to this site itself, with the URL of the entry.

    A component has the reference of its component, not that of the whole property; a rating has
    none.
    """
    standing = Designation.Standing
    found = []
    for coverage in rows.coverages:
        entry = coverage.designation
        is_register = entry.register.role != Register.Role.RATING
        if is_register and entry.standing in (standing.IN_FORCE, standing.IN_DANGER):
            is_whole = coverage.extent == Coverage.Extent.WHOLE
            reference = entry.reference if is_whole else coverage.component_reference
            if reference:
                found.append((entry, reference, entry.uri if is_whole else ""))
    return found


def _identifier(slug: str, label: LanguageMap, value: str, uri: str) -> dict:
    return _filled(
        {
            "@type": "PropertyValue",
            "propertyID": slug,
            "name": label.best().text,
            "value": value,
            "url": uri,
        }
    )


def _same_as(rows: page_rows.SiteRows) -> list[str]:
    """Pages elsewhere that are about just this site: registers, authorities, its own website."""
    found = [uri for _entry, _reference, uri in _entries(rows)]
    found += [row.uri for row in rows.identifiers]
    found += _facts(rows, Fact.Kind.WEBSITE)
    return [uri for uri in dict.fromkeys(found) if uri.startswith(_WEB)]


# --- pictures --------------------------------------------------------------------------------


def _pictures(rows: page_rows.SiteRows) -> list[Image]:
    return [image for image in rows.images if image.licence]


def _image(image: Image, addresses: Addresses) -> dict:
    return _filled(
        {
            "@type": "ImageObject",
            "contentUrl": addresses.image(image),
            "width": f"{image.width} px",  # a distance, which has a unit
            "height": f"{image.height} px",
            "caption": str(image.caption.best() or image.alt.best()),
            "creditText": image.credit_line or image.author,
            "license": image.licence and licence_terms(image.licence),
            "acquireLicensePage": image.source_url,
        }
    )


def licence_terms(licence: Licence) -> str | dict:
    """The address of a licence; its name as a work where it has none."""
    return safe_url(licence.url) or {"@type": "CreativeWork", "name": licence.label.best().text}


# --- numbers ---------------------------------------------------------------------------------

# By unit, its code in UN/CEFACT Recommendation 20, which schema.org asks for.
_UNIT_CODES: dict[str, str] = {
    Quantity.Unit.METRE: "MTR",
    Quantity.Unit.KILOMETRE: "KMT",
    Quantity.Unit.SQUARE_METRE: "MTK",
    Quantity.Unit.HECTARE: "HAR",
    Quantity.Unit.SQUARE_KILOMETRE: "KMK",
}


def _quantity(row: Quantity) -> dict:
    """A quantity; “more than” a number is given as a minimum value."""
    key = "minValue" if row.exactness == Quantity.Exactness.AT_LEAST else "value"
    is_integral = row.amount == row.amount.to_integral_value()
    about = row.exactness == Quantity.Exactness.ABOUT
    return _filled(
        {
            "@type": "PropertyValue",
            "propertyID": row.kind,
            "name": row.get_kind_display(),
            key: int(row.amount) if is_integral else float(row.amount),
            "unitCode": _UNIT_CODES.get(row.unit),
            "description": str(row) if about or row.of else None,
        }
    )


# --- a visit ---------------------------------------------------------------------------------


def _facts(rows: page_rows.SiteRows, kind: str) -> list[str]:
    found = (row for row in rows.visitingfacts if row.kind == kind and row.is_dependable)
    return [row.value for row in found if row.value]


def _is_free(rows: page_rows.SiteRows) -> bool | None:
    """True only if every checked price is zero; None if no price was checked."""
    amounts = [price.amount for price in rows.prices if price.is_dependable]
    return not any(amounts) if amounts else None


def _hours(row: Opening, today: date) -> dict:
    """Closed days as schema.org writes them: open from midnight to midnight."""
    opens, closes = (row.opens, row.closes) if row.is_open else (None, None)
    return _filled(
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": [_DAYS[int(digit) - 1] for digit in row.weekdays],
            "opens": f"{opens:%H:%M}" if opens else "00:00",
            "closes": f"{closes:%H:%M}" if closes else "00:00",
            **_season(row, today),
        }
    )


def _season(row: Opening, today: date) -> dict:
    """The season that runs now or comes next: dates need a year."""
    if not row.season_from:
        return {}
    over_new_year = row.season_from > row.season_to
    this_day = f"{today:%m-%d}"
    first = today.year
    if over_new_year and this_day <= row.season_to:
        first -= 1  # it began last year
    elif not over_new_year and this_day > row.season_to:
        first += 1  # this year's is over
    last = first + over_new_year
    return {"validFrom": _day(first, row.season_from), "validThrough": _day(last, row.season_to)}


def _day(year: int, month_day: str) -> str:
    """29 February is the 28th in most years."""
    text = f"{year}-{month_day}"
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return f"{year}-02-28"


def dataset_document(
    identity: Identity,
    addresses: Addresses,
    sources: Iterable[Source],
    changed: datetime | None,
) -> dict:
    """The whole catalogue as a data set, in the active language. It has no licence, since the page
    lists which one applies to what."""
    page = addresses.url("web:credits")
    name = identity.name.best().text
    document = {
        "@context": CONTEXT,
        "@type": "Dataset",
        "@id": f"{page}#dataset",
        "name": name,
        "description": identity.tagline.best().text or to_text(identity.about.best().text, 500),
        "url": addresses.url("web:home"),
        "inLanguage": list(map(proper_tag, interface_languages())),
        "isAccessibleForFree": True,
        "usageInfo": page,
        "publisher": {"@type": "Organization", "name": name, "url": addresses.url("web:home")},
        "dateModified": changed.isoformat(timespec="seconds") if changed else None,
        "distribution": [
            {
                "@type": "DataDownload",
                "name": "Atom",
                "encodingFormat": "application/atom+xml",
                "contentUrl": addresses.url("web:feed"),
            }
        ],
        "isBasedOn": [_work(source) for source in sources],
    }
    return {key: value for key, value in document.items() if value not in (None, "", [])}


def _work(source: Source) -> dict:
    work: dict = {"@type": "CreativeWork", "name": source.citation.best().text}
    if url := safe_url(source.url):
        work["url"] = url
    if source.licence:
        work["license"] = licence_terms(source.licence)
    return work
