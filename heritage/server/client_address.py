"""The network address of the sender of a request, for rate limits."""

import ipaddress
from collections.abc import Mapping

from django.conf import settings


def client_network(headers: Mapping[str, str]) -> str:
    """The address of the client from `request.META`; empty if unknown.

    For IPv6 it is the /64 network, since a household has 2^64 addresses. `X-Forwarded-For` is
    trusted only with HERITAGE_BEHIND_PROXY.
    """
    address = headers.get("REMOTE_ADDR", "")
    forwarded = headers.get("HTTP_X_FORWARDED_FOR", "")
    if forwarded and settings.SECURE_PROXY_SSL_HEADER:
        address = forwarded.rpartition(",")[2].strip()  # what our own proxy saw
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    if found.ipv4_mapped:  # how a socket for both kinds shows an address of IPv4
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))
