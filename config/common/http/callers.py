"""Where a request comes from, and who it says it is."""

from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.http import HttpRequest

if TYPE_CHECKING:
    # The settings load this before there are models.
    from django.contrib.auth.models import User

_NAME_LENGTH = 255
# What one customer of a provider has at least, to take addresses from at will.
_IPV6_PREFIX = 64


def client_address(meta: Mapping[str, Any]) -> str:
    """The address of the caller: what the outermost of our own `TRUSTED_PROXIES` saw, else the connection's."""
    forwarded = [part.strip() for part in meta.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    proxies: int = settings.TRUSTED_PROXIES
    if proxies and forwarded:
        return str(forwarded[-min(proxies, len(forwarded))])
    # A server behind a unix socket gives an empty address.
    return str(meta.get("REMOTE_ADDR") or "local")


def acting(request: HttpRequest) -> "User":
    """Who is signed in, where nobody else gets in."""
    return cast("User", request.user)


def site_of(request: HttpRequest) -> str:
    """The site's own address as the caller knows it, `https://demanda.example`; Django has checked the name."""
    return f"{request.scheme}://{request.get_host()}"


def client_network(request: HttpRequest) -> str:
    """`client_address`, or of an IPv6 address the network that its caller has to himself."""
    address = client_address(request.META)
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return address
    return str(known.ipv4_mapped or ip_network((int(known), _IPV6_PREFIX), strict=False))


def sign_in_address(request: HttpRequest) -> str | None:
    """`client_address` for the table of failed sign-ins, whose column takes addresses only; else None."""
    try:
        return str(ip_address(client_address(request.META)))
    except ValueError:
        return None


def sign_in_name(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """The user name of a sign-in, as much of it as the table of failed ones takes."""
    sent = (credentials or request.POST).get("username") or ""
    return str(sent)[:_NAME_LENGTH]
