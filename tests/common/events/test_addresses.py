"""Where webhooks may lead."""

import socket
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.common.events.addresses import AddressRefused, is_public, resolved, target_of
from config.common.events.posting import post
from tests.common.events.receivers import Receiver

# What leads into our own networks, in each of the forms that one can write.
PRIVATE = [
    "127.0.0.1", "[::1]", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "[::ffff:10.0.0.1]", "0.0.0.0",
    "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "100.64.0.1", "[fe80::1]", "[fd00::1]", "[64:ff9b::a00:1]",
    "[2002:a00:1::1]", "[2001:0:a00:1::1]", "224.0.0.1", "255.255.255.255", "192.88.99.1", "[ff02::1]", "[::]",
]  # fmt: skip
PUBLIC = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]


@pytest.mark.parametrize("host", PRIVATE)
def test_a_private_address_is_refused_before_anything_is_sent(host: str) -> None:
    with pytest.raises(AddressRefused):
        post(f"https://{host}/hook", b"{}", {}, may_be_private=False)


@pytest.mark.parametrize("answers", [["10.0.0.1"], [PUBLIC[0], "10.0.0.1"], [PUBLIC[0], "::ffff:127.0.0.1"]])
def test_a_name_that_leads_inside_by_any_of_its_addresses_is_refused(
    monkeypatch: pytest.MonkeyPatch, answers: list[str]
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (one, 443)) for one in answers])
    connected: list[Any] = []
    monkeypatch.setattr(socket, "create_connection", lambda *given, **_: connected.append(given))
    with pytest.raises(AddressRefused):
        post("https://rebinding.example/hook", b"{}", {}, may_be_private=False)
    assert connected == []


def test_the_address_that_was_checked_is_the_one_that_is_connected_to(
    monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    asked: list[str] = []
    known = socket.getaddrinfo

    def first_here_then_elsewhere(host: str, *rest: Any, **more: Any) -> Any:
        asked.append(host)
        if host == "rebinding.example":
            # The second time it would lead elsewhere.
            there = "127.0.0.1" if asked.count(host) == 1 else "127.0.0.2"
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (there, receiver.server_port))]
        return known(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", first_here_then_elsewhere)
    url = f"http://rebinding.example:{receiver.server_port}/hook"
    assert post(url, b"{}", {}, may_be_private=True) == 204
    assert asked.count("rebinding.example") == 1
    assert receiver.messages[0].headers["Host"] == f"rebinding.example:{receiver.server_port}"


def test_public_addresses_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (one, 443)) for one in PUBLIC])
    target = target_of("https://example.com:8443/a/hook?x=1", may_be_private=False)
    assert resolved(target, may_be_private=False) == PUBLIC
    assert (target.host, target.port, target.path) == ("example.com", 8443, "/a/hook?x=1")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "https://user:secret@example.com/", "https://example.com/#part", "ftp://example.com/",
        "https:///hook", "https://example.com:0/", "https://example.com:99999/", "https://exa mple.com/",
        "//example.com",
        "https://example.com/\r\nX: y", "https://example.com/ñ", "https://[::1/", "", "https://example.com\\@10.0.0.1/",
        f"https://example.com/{'a' * 2000}",
    ],
)  # fmt: skip
def test_what_is_no_https_address_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        target_of(url, may_be_private=False)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_as_public_in_every_disguise_as_it_is_itself(address: Any) -> None:
    number = int(address)
    # Mapped, NAT64 and 6to4: none of them is let through, whatever is inside.
    for disguise in (0xFFFF << 32 | number, (0x64FF9B << 96) | number, (0x2002 << 112) | number << 80):
        assert not is_public(ip_address(disguise.to_bytes(16, "big")))
    assert not (address.is_private and is_public(address))


@given(st.text(max_size=60) | st.from_regex(r"https://[^/]{1,30}(/.*)?", fullmatch=True))
def test_any_text_is_a_target_or_refused(text: str) -> None:
    try:
        target = target_of(text, may_be_private=False)
    except AddressRefused:
        return
    assert (target.scheme, target.path[0], "@" in target.netloc) == ("https", "/", False)
