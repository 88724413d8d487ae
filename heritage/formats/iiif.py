"""What viewers of pictures read by the APIs of IIIF: pictures, sites, lists, and what has changed.

Like the page of a site it tells the public point only, published pictures, and texts in all
languages. What it says is plain text.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import override

from heritage.formats import sentence
from heritage.formats.addresses import Addresses
from heritage.media import tiles
from heritage.models import Designation, Identity, Image, Rendition, Site, place_phrase
from heritage.search import page_rows
from heritage.values.language import LanguageMap, interface_languages, join_words, proper_tag

IMAGES = "http://iiif.io/api/image/3/context.json"
OBJECTS = "http://iiif.io/api/presentation/3/context.json"
CHANGES = "http://iiif.io/api/discovery/1/context.json"
LEVEL = "http://iiif.io/api/image/3/level2.json"
_PLACES = "http://iiif.io/api/extension/navplace/context.json"
COVER_SIZE = tiles.PixelSize(1200, 630)  # of a link preview, which shows the drawn cover
_DECIMALS = 6  # of a degree
_IN_FORCE = (Designation.Standing.IN_FORCE, Designation.Standing.IN_DANGER)
_TYPES = {"jpg": "image/jpeg", "png": "image/png"}
# The only addresses that may stand for rights, and the parts of one that name them.
_CREATIVE_COMMONS = re.compile(
    r"https?://creativecommons\.org/((?:licenses/[a-z+-]+|publicdomain/(?:zero|mark))/\d\.\d"
    r"(?:/(?!deed|legal)[a-z]+)?)(?:/(?:deed|legalcode)[.a-zA-Z_-]*)?/?"
)
_RIGHTS_STATEMENTS = re.compile(
    r"https?://rightsstatements\.org/(?:vocab|page)/([A-Za-z-]+/1\.0)/?"
)

type Texts = dict[str, list[str]]


def rights_of(url: str) -> str:
    """The address of a licence as IIIF writes it; empty for one of no known family."""
    if found := _CREATIVE_COMMONS.fullmatch(url.strip()):
        return f"http://creativecommons.org/{found[1]}/"
    if found := _RIGHTS_STATEMENTS.fullmatch(url.strip()):
        return f"http://rightsstatements.org/vocab/{found[1]}/"
    return ""


# --- a picture -------------------------------------------------------------------------------


def picture_information(image: Image, service: str) -> dict[str, Any]:
    """`info.json` of a picture that has tiles; `service` is its base address."""
    full_size = tiles.PixelSize(image.width, image.height)
    document = {
        "@context": IMAGES,
        "id": service,
        "type": "ImageService3",
        "protocol": "http://iiif.io/api/image",
        "profile": "level2",
        "width": image.width,
        "height": image.height,
        "maxWidth": tiles.MAX_WIDTH,
        "maxHeight": tiles.MAX_WIDTH,
        "maxArea": tiles.MAX_AREA,
        "sizes": [_sized(size) for size in tiles.level_sizes(full_size)],
        "tiles": [{"width": tiles.TILE, "scaleFactors": tiles.scale_factors(full_size)}],
        "rights": rights_of(image.licence.url) if image.licence else "",
        "extraQualities": list(tiles.QUALITIES),
        "extraFeatures": ["mirroring", "canonicalLinkHeader", "profileLinkHeader"],
    }
    return _filled(document)


def _sized(size: tiles.PixelSize) -> dict[str, int]:
    return {"width": size.width, "height": size.height}


# --- a site ----------------------------------------------------------------------------------


def site_manifest(
    rows: page_rows.SiteRows, addresses: Addresses, identity: Identity, cover: str
) -> dict[str, Any]:
    """A published site with its photographs; `cover` is the address of its drawn cover, as JPEG.

    The cover stands for a site without a photograph. ValueError for a site that is not published.
    """
    site = rows.site
    if site.state != Site.State.PUBLISHED:
        raise ValueError("Only what is published is described to the world")
    own = manifest_address(site.uid, addresses)
    canvases = [
        _photograph(image, number, own, addresses) for number, image in enumerate(rows.images, 1)
    ]
    rights = {canvas.get("rights") for canvas in canvases}
    return _filled(
        {
            "@context": [_PLACES, OBJECTS] if site.public_point else OBJECTS,
            "id": own,
            "type": "Manifest",
            "label": texts(site.name),
            "summary": texts(site.summary)
            or in_all_languages(lambda: sentence.site_sentence(rows)),
            "metadata": _metadata(rows),
            "requiredStatement": _credits(rows.images),
            "rights": rights.pop() if len(rights) == 1 else None,
            "provider": [_provider(identity, addresses)],
            "homepage": [
                {
                    "id": addresses.url("web:site", site.slug, language=code),
                    "type": "Text",
                    "label": texts(site.name),
                    "format": "text/html",
                    "language": [proper_tag(code)],
                }
                for code in interface_languages()
            ],
            "seeAlso": [
                {
                    "id": addresses.url("web:site_data", site.slug, language=code),
                    "type": "Dataset",
                    "label": {"none": ["JSON-LD"]},
                    "format": "application/ld+json",
                    "profile": "https://schema.org/",
                }
                for code in interface_languages()
            ],
            "partOf": [{"id": addresses.url("media:iiif_collection"), "type": "Collection"}],
            "thumbnail": _thumbnail(rows.images, addresses, cover),
            "navDate": _begun(rows),
            "navPlace": _place(site, own),
            "items": canvases or [_drawn_cover(own, cover)],
        }
    )


def manifest_address(uid: str, addresses: Addresses) -> str:
    return addresses.url("media:iiif_manifest", uid)


def _photograph(image: Image, number: int, manifest: str, addresses: Addresses) -> dict[str, Any]:
    full_size = tiles.PixelSize(image.width or 1200, image.height or 800)
    name = texts(image.caption) or texts(image.alt) or {"none": [str(number)]}
    alt = texts(image.alt)
    canvas = _canvas(
        f"{manifest}/canvas/{image.uid}", full_size, _body(image, full_size, addresses)
    )
    return _filled(
        {
            **canvas,
            "label": name,
            "summary": alt if alt != name else None,
            "rights": rights_of(image.licence.url) if image.licence else None,
            "requiredStatement": _credits([image]),
            "thumbnail": _thumbnail([image], addresses),
        }
    )


def _body(image: Image, full_size: tiles.PixelSize, addresses: Addresses) -> dict[str, Any]:
    """The body of a picture: with a service if it has tiles, otherwise only the file."""
    if not image.has_tiles:
        return {
            "id": addresses.image(image),
            "type": "Image",
            "format": _TYPES.get(image.file_name.rpartition(".")[2], "image/jpeg"),
            **_sized(full_size),
        }
    service = addresses.url("media:iiif_service", image.tiles_id)
    return {
        "id": f"{service}/full/max/0/default.jpg",
        "type": "Image",
        "format": "image/jpeg",
        **_sized(tiles.largest_size(full_size)),
        "service": [{"id": service, "type": "ImageService3", "profile": "level2"}],
    }


def _drawn_cover(manifest: str, cover: str) -> dict[str, Any]:
    body = _jpeg(cover, COVER_SIZE)
    canvas = _canvas(f"{manifest}/canvas/cover", COVER_SIZE, body)
    label = in_all_languages(lambda: _("Drawn by the catalogue from the record."))
    return {**canvas, "label": label, "thumbnail": [body]}


def _canvas(address: str, size: tiles.PixelSize, body: dict[str, Any]) -> dict[str, Any]:
    """A surface with one picture that fills it."""
    painting = {
        "id": f"{address}/painting",
        "type": "Annotation",
        "motivation": "painting",
        "body": body,
        "target": address,
    }
    page = {"id": f"{address}/page", "type": "AnnotationPage", "items": [painting]}
    return {"id": address, "type": "Canvas", **_sized(size), "items": [page]}


def _jpeg(address: str, size: tiles.PixelSize) -> dict[str, Any]:
    return {"id": address, "type": "Image", "format": "image/jpeg", **_sized(size)}


def _thumbnail(images: Sequence[Image], addresses: Addresses, cover: str = "") -> list[dict]:
    """The thumbnail of the first picture, in its smallest stored size."""
    if not images:
        return [_jpeg(cover, COVER_SIZE)]
    image = images[0]
    folder = addresses.image(image).rpartition("/")[0]
    for row in image.renditions:
        if row.form in (Rendition.Form.JPEG, Rendition.Form.PNG):
            size = tiles.PixelSize(row.width, row.height)
            return [_jpeg(f"{folder}/{row.name}", size) | {"format": _TYPES[row.form]}]
    return []


def _credits(images: Iterable[Image]) -> dict[str, Any] | None:
    """Who made them and under which licence, once each."""

    def credit_line() -> str:
        found = (
            join_words(
                filter(
                    None,
                    [
                        image.credit_line or image.author,
                        image.licence.label.best().text if image.licence else "",
                    ],
                )
            )
            for image in images
        )
        return " · ".join(dict.fromkeys(filter(None, found)))

    images = list(images)
    value = in_all_languages(credit_line)
    return {"label": in_all_languages(lambda: _("Photograph")), "value": value} if value else None


def _metadata(rows: page_rows.SiteRows) -> list[dict[str, Texts]]:
    """What a viewer shows beside the pictures: kinds, place, beginning, registers."""
    pairs: list[tuple[Callable[[], object], Callable[[], object]]] = [
        (
            lambda: _("Kind"),
            lambda: join_words(kind.label.best().text for kind in rows.kinds),
        ),
        (lambda: _("Place"), lambda: place_phrase(rows.site.place)),
    ]
    if beginning := rows.beginning:
        pairs.append((beginning.get_kind_display, beginning.when))
    found = [
        {"label": in_all_languages(label), "value": in_all_languages(value)}
        for label, value in pairs
    ]
    for entry in (coverage.designation for coverage in rows.coverages):
        if entry.standing in _IN_FORCE:
            value = {"none": [entry.reference]} if entry.reference else {}
            found.append({"label": texts(entry.register.label), "value": value})
    return [row for row in found if row["label"] and row["value"]]


def _provider(identity: Identity, addresses: Addresses) -> dict[str, Any]:
    home = {
        "id": addresses.url("web:home"),
        "type": "Text",
        "label": texts(identity.name),
        "format": "text/html",
    }
    return {
        "id": addresses.url("web:about"),
        "type": "Agent",
        "label": texts(identity.name),
        "homepage": [home],
    }


def _begun(rows: page_rows.SiteRows) -> str | None:
    """The year of the beginning; None for one before our era, which viewers cannot read."""
    year = rows.beginning.first_year if rows.beginning else None
    return f"{year:04d}-01-01T00:00:00Z" if year is not None and 1 <= year <= 9999 else None


def _place(site: Site, address: str) -> dict[str, Any] | None:
    """The public point, which is blurred where the site is."""
    if site.public_point is None:
        return None
    latitude, longitude = (round(degrees, _DECIMALS) for degrees in site.public_point)
    feature = {
        "id": f"{address}/place/1",
        "type": "Feature",
        "properties": {"label": texts(site.name)},
        "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
    }
    return {"id": f"{address}/place", "type": "FeatureCollection", "features": [feature]}


# --- a list ----------------------------------------------------------------------------------


def sites_collection(
    address: str, label: Texts, sites: Iterable[Site], identity: Identity, addresses: Addresses
) -> dict[str, Any]:
    """The manifests of published sites, in their order."""
    items = []
    for site in sites:
        own = manifest_address(site.uid, addresses)
        item = {
            "id": own,
            "type": "Manifest",
            "label": texts(site.name),
            "navPlace": _place(site, own),
        }
        items.append(_filled(item))
    return _collection(address, label, items, identity, addresses)


def collection_of_parts(
    address: str,
    label: Texts,
    parts: Iterable[tuple[str, str]],
    identity: Identity,
    addresses: Addresses,
) -> dict[str, Any]:
    """A list that is too long for one document, as collections: their addresses and names."""
    items = [{"id": part, "type": "Collection", "label": {"none": [name]}} for part, name in parts]
    return _collection(address, label, items, identity, addresses)


def _collection(
    address: str, label: Texts, items: list[dict], identity: Identity, addresses: Addresses
) -> dict[str, Any]:
    return {
        "@context": [_PLACES, OBJECTS],
        "id": address,
        "type": "Collection",
        "label": label,
        "provider": [_provider(identity, addresses)],
        "items": items,
    }


# --- what has changed ------------------------------------------------------------------------


class Activity(NamedTuple):
    """What became of the manifest of a site: Create, Update or Delete, and when."""

    kind: str
    uid: str
    at: datetime


def changes_collection(pages: int, total: int, addresses: Addresses) -> dict[str, Any]:
    return {
        "@context": CHANGES,
        "id": addresses.url("media:iiif_changes"),
        "type": "OrderedCollection",
        "totalItems": total,
        "first": _page_of_changes(0, addresses),
        "last": _page_of_changes(pages - 1, addresses),
    }


def changes_page(
    number: int, pages: int, start: int, activities: Iterable[Activity], addresses: Addresses
) -> dict[str, Any]:
    """One of these pages, the earliest change first; `start` is the place of its first one."""
    before, after = number - 1, number + 1
    return _filled(
        {
            "@context": CHANGES,
            **_page_of_changes(number, addresses),
            "partOf": {"id": addresses.url("media:iiif_changes"), "type": "OrderedCollection"},
            "startIndex": start,
            "prev": _page_of_changes(before, addresses) if number else None,
            "next": _page_of_changes(after, addresses) if after < pages else None,
        }
    ) | {
        "orderedItems": [
            {
                "type": each.kind,
                "object": {"id": manifest_address(each.uid, addresses), "type": "Manifest"},
                "endTime": f"{each.at:%Y-%m-%dT%H:%M:%SZ}",
            }
            for each in activities
        ]
    }


def _page_of_changes(number: int, addresses: Addresses) -> dict[str, str]:
    address = addresses.url("media:iiif_changes_page", str(number))
    return {"id": address, "type": "OrderedCollectionPage"}


# --- words -----------------------------------------------------------------------------------


def texts(words: LanguageMap) -> Texts:
    """Texts in the languages in which they are stored."""
    return {proper_tag(code): [text] for code, text in words.items()}


def in_all_languages(say: Callable[[], object]) -> Texts:
    """The result of `say` in each language of the interface, without empty ones."""
    found = {}
    for code in interface_languages():
        with override(code):
            if text := str(say()):
                found[proper_tag(code)] = [text]
    return found


def _filled(document: dict[str, Any]) -> dict[str, Any]:
    """Without empty values."""
    return {name: value for name, value in document.items() if value not in (None, "", [], {})}
