"""The photographs of a site for its page, with their credits."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString

from heritage.models import Image
from heritage.values.language import Text
from heritage.values.web_address import safe_url
from heritage.web.shared import cards, language_html
from heritage.web.shared.cards import Picture


@dataclass(frozen=True, slots=True)
class Photo:
    picture: Picture
    alt: Text  # knows its language: it may stand in for the reader's
    caption: SafeString
    credit: str
    licence: SafeString | str
    licence_url: str
    source_url: str

    @property
    def is_upright(self) -> bool:
        return self.picture.height > self.picture.width


def photos(images: Iterable[Image]) -> list[Photo]:
    """In the order of the record; `images` come with their licences."""
    return [_photo(image) for image in images]


def _photo(image: Image) -> Photo:
    return Photo(
        picture=cards.photograph(image),
        alt=image.alt.best(),
        caption=language_html.as_html(image.caption.best()),
        credit=image.credit_line or image.author,
        licence=language_html.as_html(image.licence.label.best()) if image.licence else "",
        licence_url=safe_url(image.licence.url) if image.licence else "",
        source_url=safe_url(image.source_url),
    )
