"""Who asked: the other end of the connection, or who a trusted proxy says it asked for."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Network = IPv4Network | IPv6Network


def plain_address(text: str) -> IPv4Address | IPv6Address | None:
    """An address without zone, IPv4 in IPv6 unpacked; None for what is no address."""
    try:
        address = ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def is_trusted(address: IPv4Address | IPv6Address | None, proxies: Sequence[Network]) -> bool:
    return address is not None and any(address in network for network in proxies)


def caller_behind(peer: str, forwarded_for: str, proxies: Sequence[Network]) -> str:
    """Walk the list from its trusted end: the first address that is no proxy of ours is the caller.

    What stands before that address was written by the caller and proves nothing. An entry that is no address ends the
    walk, since whoever wrote it is not to be believed.
    """
    caller = peer
    for entry in reversed(forwarded_for.split(",")):
        address = plain_address(entry)
        if address is None:
            break
        caller = str(address)
        if not is_trusted(address, proxies):
            break
    return caller
