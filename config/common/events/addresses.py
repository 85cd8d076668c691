"""Where a webhook may lead: not into networks that strangers cannot reach, which whoever subscribes could probe."""

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

# What is given to the public of IPv6; what lies elsewhere is local, or an IPv4 address in disguise (::ffff:10.0.0.1,
# 64:ff9b::a00:1). So is 6to4, inside it.
_PUBLIC6 = ip_network("2000::/3")
_DISGUISED6 = ip_network("2002::/16")
# Relays of 6to4: whoever is nearest answers.
_RELAYS4 = ip_network("192.88.99.0/24")
LONGEST = 2000
_PORTS = {"https": 443, "http": 80}


class AddressRefused(Exception):
    """The address is malformed, or leads where a webhook may not."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address that may be asked: `host` as its certificate names it, and what stands in the request."""

    scheme: str
    host: str
    port: int
    netloc: str
    path: str


def target_of(url: str, *, may_be_private: bool) -> Target:
    """Reads an address, `https://example.com/hook?a=b`.

    Raises `AddressRefused`: it is too long, not ASCII, holds a user or a fragment, is not https (http only where it
    `may_be_private`), or names an address that is not public.
    """
    parts = _split(url)
    try:
        port = parts.port
    except ValueError as error:
        raise AddressRefused from error
    schemes = {"https", "http"} if may_be_private else {"https"}
    if parts.scheme not in schemes or not parts.hostname or "@" in parts.netloc or "#" in url or port == 0:
        raise AddressRefused
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = Target(parts.scheme, parts.hostname, port or _PORTS[parts.scheme], parts.netloc, path)
    if not may_be_private and (literal := _literal(target.host)) is not None and not is_public(literal):
        raise AddressRefused
    return target


def resolved(target: Target, *, may_be_private: bool) -> list[str]:
    """Looks the host up: its addresses, of which the caller connects to one.

    Raises `AddressRefused` where any of them is not public, `OSError` where there is none.
    """
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise AddressRefused from error
    addresses = list(dict.fromkeys(str(address[0]) for *_, address in found))
    if not may_be_private and not all(is_public(ip_address(address)) for address in addresses):
        raise AddressRefused
    return addresses


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether anybody on the internet reaches it, and nobody else is behind it."""
    if isinstance(address, IPv6Address):
        return address in _PUBLIC6 and address not in _DISGUISED6 and address.is_global
    return address.is_global and not address.is_multicast and address not in _RELAYS4


def _split(url: str) -> SplitResult:
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise AddressRefused
    try:
        return urlsplit(url)
    except ValueError as error:
        raise AddressRefused from error


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    """The address that `host` writes, also in the forms of old (`2130706433`, `0x7f.1`); None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except OSError:
        return None
