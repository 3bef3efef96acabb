"""Which addresses may be called. Pure: it sees numbers, never names."""

from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

UNSPECIFIED = [ip_network(net) for net in ("0.0.0.0/8", "::/128")]
# Where clouds keep credentials outside 169.254.0.0/16: AWS and Google over IPv6, Alibaba, Oracle, Azure.
METADATA = [
    ip_address(address)
    for address in ("fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "192.0.0.192", "168.63.129.16")
]
# IPv6 ranges whose last 32 bits are an IPv4 address: compatible, mapped, and both NAT64 prefixes.
LAST_32_BITS = [ip_network(net) for net in ("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48")]
LOOPBACK_AND_NONE = (IPv6Address("::"), IPv6Address("::1"))


class Policy(Enum):
    """PROVIDER: a company's own systems, so private addresses too. PUBLIC: addresses that a user submits."""

    PROVIDER = "provider"
    PUBLIC = "public"


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """Where the operator lets calls go, whatever the policy; naming nothing, anywhere.

    A call is allowed by its host's name, `.corp.example` standing for all names below it, or by its address.
    """

    networks: tuple[Network, ...] = ()
    hosts: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.networks or self.hosts)

    def allows(self, host: str, address: str) -> bool:
        return not self or self._knows(host.lower().rstrip(".")) or self._covers(ip_address(address))

    def _knows(self, host: str) -> bool:
        return any(host == each or (each.startswith(".") and host.endswith(each)) for each in self.hosts)

    def _covers(self, address: Address) -> bool:
        return all(any(each in net for net in self.networks) for each in _carried(address) or (address,))


def refusal(text: str, policy: Policy) -> str | None:
    """Why this numeric address must not be called, or None. An IPv4 address inside an IPv6 one is judged instead."""
    address = ip_address(text)
    for judged in _carried(address) or (address,):
        if reason := _reason(judged, policy):
            return f"{address} is {reason}" if judged == address else f"{address} stands for {judged}, {reason}"
    return None


def _reason(address: Address, policy: Policy) -> str | None:
    if any(address in net for net in UNSPECIFIED):
        return "no address of a machine"
    if address in METADATA:
        return "a cloud's metadata service"
    if address.is_link_local:
        return "a link-local address, where clouds keep their metadata service"
    if address.is_multicast or address == IPv4Address("255.255.255.255"):
        return "a multicast or broadcast address"
    if policy is Policy.PUBLIC and (not address.is_global or getattr(address, "is_site_local", False)):
        return "not a public address"
    return None


def _carried(address: Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses that an IPv6 address leads to in the end."""
    if not isinstance(address, IPv6Address) or address in LOOPBACK_AND_NONE:
        return ()
    if any(address in net for net in LAST_32_BITS):
        return (IPv4Address(int(address) & 0xFFFF_FFFF),)
    if address.sixtofour:
        return (address.sixtofour,)
    return address.teredo or ()
