"""The whole catalogue as a schema.org Dataset in JSON-LD."""

from collections.abc import Iterable
from datetime import datetime

from heritage.formats.addresses import Addresses
from heritage.formats.jsonld import CONTEXT, licence_terms
from heritage.models import Identity, Source
from heritage.values.html import to_text
from heritage.values.language import interface_languages, proper_tag
from heritage.values.web_address import safe_url


def dataset_document(
    identity: Identity,
    addresses: Addresses,
    sources: Iterable[Source],
    changed: datetime | None,
) -> dict:
    """The document in the active language. It has no licence, since the page lists which one
    applies to what."""
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
