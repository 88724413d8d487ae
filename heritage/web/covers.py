"""Which cover is drawn for a site: the record gives the building, the colours and the seal."""

from functools import lru_cache

from heritage.imaging.covers import draw_cover
from heritage.models import Era, Site
from heritage.web.cards import first_beginning

SHAPES = {"": (1200, 800), "square": (900, 900)}
# Said of any era, so they tell nothing on a seal.
_IDLE = ("时代", "时期", "文化", "王朝")


def cover(site: Site, shape: str = "") -> str:
    """The cover as SVG text."""
    kind = next(iter(site.kinds.all()), None)
    event = first_beginning(site.events.all())
    era = event.first_era if event else None
    return _drawn(
        site.uid,
        kind.silhouette if kind else "",
        era.palette if era else "",
        seal_characters(era) if era else "",
        *SHAPES[shape],
    )


@lru_cache(maxsize=1024)  # a few kB each, and always the same for the same record
def _drawn(seed: str, silhouette: str, palette: str, seal: str, width: int, height: int) -> str:
    return draw_cover(
        seed=seed, silhouette=silhouette, palette=palette, seal=seal, width=width, height=height
    )


def seal_characters(era: Era) -> str:
    """The era in its own characters, without what every era is called."""
    text = era.short_label.get("zh-hans") or era.label.get("zh-hans") or ""
    for idle in _IDLE:
        text = text.removesuffix(idle) or text
    return text
