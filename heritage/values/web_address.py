"""Validation of web addresses in records: http and https only, when stored and when shown."""

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

_SCHEMES = ("http", "https")
_MESSAGE = _("A web address begins with https://.")
_validate = URLValidator(schemes=list(_SCHEMES), message=_MESSAGE)


def validate_web_address(value: str) -> None:
    """A field validator: only http:// and https://."""
    _validate(value)


def validate_web_address_template(value: str) -> None:
    """The same for a URL with a {placeholder}, which must not be in its host."""
    before, brace, _rest = value.partition("{")
    _validate(value.replace("{value}", "1").replace("{reference}", "1"))
    if brace and before.count("/") < 3:
        raise ValidationError(_("What differs comes after the name of the host."), code="invalid")


def safe_url(address: str) -> str:
    """The URL if a page may link to it, else an empty text.

    Use it wherever URLs are shown: rows may have been stored past the validators, by a script or a
    restored dump.
    """
    scheme, colon, _rest = address.strip().partition(":")
    return address if colon and scheme.lower() in _SCHEMES else ""
