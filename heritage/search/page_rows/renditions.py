"""The sizes in which pictures are there, for pages that name them."""

from collections import defaultdict
from collections.abc import Collection

from heritage.models import Image, Rendition
from heritage.search.page_rows.rows_by_key import rows_by_key


def add_renditions(images: Collection[Image]) -> None:
    """Give each picture its `renditions`, the narrowest first: one query for all."""
    found: dict[str, list[Rendition]] = defaultdict(list)
    sources = {image.source for image in images if image.sha256}
    for row in rows_by_key(Rendition, "source", sources, in_order=True):
        found[row.source].append(row)
    for image in images:
        image.renditions = found.get(image.source, [])
