"""The photographs of a site for its page, with their credits."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString

from heritage.models import Image
from heritage.values.web_address import safe_url
from heritage.web.shared import cards, language_html
from heritage.web.shared.cards import Picture

# How wide they are: the first as the page, the others a part of a row.
_FIRST = "(min-width: 80rem) 76rem, 100vw"
_OTHERS = "(min-width: 60rem) 26rem, (min-width: 36rem) 45vw, 95vw"


@dataclass(frozen=True, slots=True)
class Photo:
    picture: Picture
    sizes: str  # as the attribute of that name has it
    address: str  # of the whole picture
    width: int  # of that, in pixels
    height: int
    tiles: str  # the address below which its tiles are; empty if there are none
    placeholder: str  # as an address that has the picture in it; empty if there is none
    caption: SafeString
    credit: str
    licence: SafeString | str
    licence_url: str
    source_url: str
    restrictions: str

    @property
    def is_upright(self) -> bool:
        return self.picture.height > self.picture.width


def photos(images: Iterable[Image], is_public: bool) -> list[Photo]:
    """In the order of the record; `images` come with their licences and sizes.

    Tiles are served only of a site that everybody may see.
    """
    return [_photo(image, _OTHERS if at else _FIRST, is_public) for at, image in enumerate(images)]


def _photo(image: Image, sizes: str, is_public: bool) -> Photo:
    picture = cards.photograph(image)
    has_tiles = is_public and settings.IIIF and image.has_tiles
    # Behind one that is partly transparent it would stay in view.
    is_opaque = not image.file_name.endswith(".png")
    placeholder = image.placeholder if is_opaque else ""
    return Photo(
        picture=picture,
        sizes=sizes,
        address=cards.image_url(image),
        width=picture.width,
        height=picture.height,
        tiles=reverse("media:iiif_service", args=[image.tiles_id]) if has_tiles else "",
        placeholder=f"data:image/webp;base64,{placeholder}" if placeholder else "",
        caption=language_html.as_html(image.caption),
        credit=image.credit_line or image.author,
        licence=language_html.as_html(image.licence.label) if image.licence else "",
        licence_url=safe_url(image.licence.url) if image.licence else "",
        source_url=safe_url(image.source_url),
        restrictions=image.restrictions,
    )
