"""Whom a process speaks to, from Linux's /proc."""

import ipaddress
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Socket:
    """An internet socket of a process."""

    kind: str
    local: str
    remote: str
    remote_port: int
    state: str

    @property
    def is_local(self) -> bool:
        """Whether the other end is on this machine."""
        remote = ipaddress.ip_address(self.remote)
        if isinstance(remote, ipaddress.IPv6Address) and remote.ipv4_mapped:
            return remote.ipv4_mapped.is_loopback
        return remote.is_loopback


def sockets_to(pid: int, port: int) -> int:
    """Returns how many connections a process has to a port."""
    return sum(each.remote_port == port for each in sockets(pid))


def sockets(pid: int) -> Iterator[Socket]:
    """Yields the internet sockets of a process."""
    inodes = set()
    for number in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(number.readlink())
        except FileNotFoundError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[len("socket:[") : -1])
    for kind in ("tcp", "tcp6", "udp", "udp6"):
        lines = Path(f"/proc/{pid}/net/{kind}").read_text().splitlines()[1:]
        for line in lines:
            _, local, remote, state, *rest = line.split()
            if rest[5] in inodes:
                host, port = _address(remote)
                yield Socket(kind, _address(local)[0], host, port, state)


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.partition(":")
    raw = bytes.fromhex(host)
    words = struct.unpack(f"<{len(raw) // 4}I", raw)
    packed = struct.pack(f">{len(words)}I", *words)
    return str(ipaddress.ip_address(packed)), int(port, 16)
