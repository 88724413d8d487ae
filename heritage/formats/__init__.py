"""Sites and the catalogue as programs and search engines read them, and a site in a sentence.

- `jsonld` gives schema.org documents of a site, a page, the catalogue, and of it as a data set.
- `downloads` writes lists of sites as files, of any size, in seven formats.
- `dcat_catalogue` describes these files in DCAT.
- `iiif` writes what viewers of pictures read: of a picture, a site, a list, and what has changed.
- `records_by_source()` counts the records that rest on each source.
- `sentence` says in words what a site is, from the facts of its record, and names places.
- `journeys` writes a journey as GPX, KML, GeoJSON and iCalendar.
- `Addresses` makes absolute URLs, `path_of()` the path of a route; `list_url()`, `around_url()`
  and `term_url()` those of lists and of pages of terms, `tagged_path()` that of a picture,
  `tile_address()` that of a tile of a map; `tile_layers()` are those of an operator.

All of it but `iiif` is in the active language. Other packages import these names and no module of
this package.
"""

from heritage.formats.addresses import (
    TAG_PARAMETER,
    Addresses,
    around_url,
    list_url,
    path_of,
    tagged_path,
    tagged_paths,
    term_url,
)
from heritage.formats.map_tiles import tile_address, tile_layers
from heritage.formats.source_counts import marked_records, records_by_source

__all__ = [
    "TAG_PARAMETER",
    "Addresses",
    "around_url",
    "dcat_catalogue",
    "downloads",
    "iiif",
    "journeys",
    "jsonld",
    "list_url",
    "marked_records",
    "path_of",
    "records_by_source",
    "sentence",
    "tagged_path",
    "tagged_paths",
    "term_url",
    "tile_address",
    "tile_layers",
]
