"""The catalogue as a DCAT 3 catalogue in JSON-LD: one data set, and its files with checksums."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import override

from heritage.formats.addresses import Addresses
from heritage.formats.downloads import TERMS, FileFormat, SourceOfFile
from heritage.models import Identity
from heritage.values.language import LanguageMap, interface_languages, proper_tag

_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"


@dataclass(frozen=True, slots=True)
class Distribution:
    """All sites in one language and format; size, checksum and date of the newest file, if any."""

    language: str
    format: FileFormat
    url: str
    size: int | None
    sha256: str
    made_at: datetime | None


def document(
    identity: Identity,
    addresses: Addresses,
    distributions: Iterable[Distribution],
    sources: Iterable[SourceOfFile],
    changed: datetime | None,
) -> dict[str, Any]:
    page = addresses.url("web:data")
    name = _texts(identity.name)
    publisher = {
        "@type": "foaf:Agent",
        "foaf:name": name,
        "foaf:homepage": {"@id": _home(addresses)},
    }
    terms = {"@type": "dct:RightsStatement", "@id": f"{page}#terms", "dct:description": _terms()}
    dataset = {
        "@type": "dcat:Dataset",
        "@id": f"{page}#dataset",
        "dct:title": name,
        "dct:description": _texts(identity.tagline) or name,
        "dct:publisher": publisher,
        "dct:language": [proper_tag(code) for code in interface_languages()],
        "dct:rights": terms,
        "dct:modified": _moment(changed),
        "dcat:landingPage": {"@id": page},
        "dct:source": [_source(each) for each in sources],
        "dcat:distribution": [_file(each, terms["@id"]) for each in distributions],
    }
    return {
        "@context": _CONTEXT,
        "@type": "dcat:Catalog",
        "@id": f"{page}#catalogue",
        "dct:title": name,
        "dct:publisher": publisher,
        "dcat:dataset": [{key: value for key, value in dataset.items() if value}],
    }


def _home(addresses: Addresses) -> str:
    return addresses.url("web:home")


def _texts(texts: LanguageMap) -> list[dict[str, str]]:
    return [{"@language": proper_tag(code), "@value": text} for code, text in texts.items()]


def _terms() -> list[dict[str, str]]:
    found = []
    for code in interface_languages():
        with override(code):
            found.append({"@language": proper_tag(code), "@value": str(TERMS)})
    return found


def _moment(moment: datetime | None) -> dict[str, str] | None:
    if moment is None:
        return None
    return {"@type": "xsd:dateTime", "@value": moment.isoformat(timespec="seconds")}


def _source(source: SourceOfFile) -> dict[str, Any]:
    node: dict[str, Any] = {"@type": "dct:BibliographicResource", "dct:title": source.citation}
    if source.url:
        node["@id"] = source.url
    if source.licence_url:
        node["dct:license"] = {"@id": source.licence_url}
    elif source.licence:
        node["dct:rights"] = source.licence
    return node


def _file(file: Distribution, terms: object) -> dict[str, Any]:
    media_type = file.format.content_type.partition(";")[0]
    node: dict[str, Any] = {
        "@type": "dcat:Distribution",
        "@id": file.url,
        "dct:title": f"{file.format.label} ({proper_tag(file.language)})",
        "dct:language": proper_tag(file.language),
        "dcat:accessURL": {"@id": file.url},
        "dcat:downloadURL": {"@id": file.url},
        "dcat:mediaType": {"@id": _MEDIA_TYPES + media_type},
        "dct:rights": {"@id": terms},
    }
    if file.sha256:
        node["dcat:byteSize"] = file.size
        node["dct:issued"] = _moment(file.made_at)
        node["spdx:checksum"] = {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": file.sha256,
        }
    return node
