"""Texts that are stored encrypted, so that a copy of the database alone does not tell them."""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

_SALT = "heritage.values.encryption"  # of what is stored already: never changed


def encrypt(text: str) -> str:
    """The text, encrypted with the secret key of this installation."""
    return _keys().encrypt(text.encode()).decode()


def decrypt(encrypted: str) -> str:
    """The decrypted text; Fernet's InvalidToken if neither the present key nor a former fits."""
    return _keys().decrypt(encrypted).decode()


def encrypt_again(encrypted: str) -> str:
    """A text encrypted with a former key, encrypted with the present one."""
    return _keys().rotate(encrypted).decode()


def _keys() -> MultiFernet:
    """The present key first, which encrypts; then the former ones, which only decrypt."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [salted_hmac(_SALT, "", secret, algorithm="sha256").digest() for secret in secrets]
    return MultiFernet([Fernet(urlsafe_b64encode(digest)) for digest in digests])
