"""An authoritative DNS server on loopback, for as long as a test lasts."""

from __future__ import annotations

import socketserver
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset


class Nameserver:
    """What it knows, and what it was asked. It is silent about some names, and fails for others."""

    def __init__(self) -> None:
        self.address = ("127.0.0.1", 0)
        self.asked: list[tuple[str, str]] = []
        self._records: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self._rcodes: dict[str, dns.rcode.Rcode] = {}
        self._silent: set[str] = set()

    def add(self, name: str, kind: str, *values: str) -> None:
        self._records[name][kind] += values

    def txt(self, name: str, *texts: str) -> None:
        self.add(name, "TXT", *(_quoted(text) for text in texts))

    def alias(self, name: str, target: str) -> None:
        self.add(name, "CNAME", f"{target}.")

    def clear(self, name: str) -> None:
        self._records.pop(name, None)

    def fails_for(self, name: str) -> None:
        self._rcodes[name] = dns.rcode.SERVFAIL

    def recovers(self) -> None:
        self._rcodes.clear()
        self._silent.clear()

    def is_silent_about(self, name: str) -> None:
        self._silent.add(name)

    @property
    def is_silent(self) -> bool:
        return bool(self._silent)

    def answer(self, wire: bytes) -> bytes | None:
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        if name in self._silent:
            return None
        response = dns.message.make_response(query)
        response.flags |= dns.flags.AA | dns.flags.RA
        response.set_rcode(self._rcodes.get(name, self._rcode_of(name)))
        if response.rcode() == dns.rcode.NOERROR:
            response.answer += self._found(name, kind)
        return response.to_wire(max_size=65_535)

    def _found(self, name: str, kind: str) -> list[dns.rrset.RRset]:
        """With what its alias leads to."""
        known = self._records.get(name, {})
        if kind != "CNAME" and (alias := known.get("CNAME")):
            target = alias[0].rstrip(".")
            return [_rows(name, "CNAME", alias), *self._found(target, kind)]
        values = known.get(kind, [])
        return [_rows(name, kind, values)] if values else []

    def _rcode_of(self, name: str) -> dns.rcode.Rcode:
        return dns.rcode.NOERROR if self._knows(name) else dns.rcode.NXDOMAIN

    def _knows(self, name: str) -> bool:
        return any(known == name or known.endswith(f".{name}") for known in self._records)


def _rows(name: str, kind: str, values: list[str]) -> dns.rrset.RRset:
    return dns.rrset.from_text_list(f"{name}.", 60, "IN", kind, values)


def _quoted(text: str, size: int = 250) -> str:
    """As one record of several strings (RFC 1035 §3.3.14)."""
    parts: Sequence[str] = [text[at : at + size] for at in range(0, len(text), size)] or [""]
    return " ".join(f'"{part}"' for part in parts)


@contextmanager
def nameserver() -> Iterator[Nameserver]:
    zone = Nameserver()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            wire, sock = self.request
            answer = zone.answer(wire)
            if answer is not None:
                sock.sendto(answer, self.client_address)

    with socketserver.UDPServer(("127.0.0.1", 0), Handler) as server:
        zone.address = ("127.0.0.1", int(server.server_address[1]))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield zone
        finally:
            server.shutdown()
            thread.join()
