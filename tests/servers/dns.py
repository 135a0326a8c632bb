"""A DNS server on loopback with the records that a test gives it."""

from __future__ import annotations

import socketserver
import threading
from types import TracebackType
from typing import Self

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset

Records = dict[tuple[str, str], list[str]]


class DnsServer:
    """Answers from `records`: `("example.org", "TXT"): ['"v=spf1 -all"']`. `silent`: names it never answers for."""

    def __init__(self, records: Records, silent: frozenset[str] = frozenset()) -> None:
        self.asked: list[tuple[str, str]] = []
        known = {name for name, _ in records}
        asked = self.asked

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                data, socket = self.request
                query = dns.message.from_wire(data)
                question = query.question[0]
                name, kind = question.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(question.rdtype)
                asked.append((name, kind))
                if name in silent:
                    return
                answer = dns.message.make_response(query)
                answer.flags |= dns.flags.RA
                if (name, kind) in records:
                    answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *records[name, kind]))
                elif name not in known:
                    answer.set_rcode(dns.rcode.NXDOMAIN)
                socket.sendto(answer.to_wire(), self.client_address)

        self._server = socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def resolver(self, seconds: float = 3.0) -> dns.resolver.Resolver:
        """One that asks this server alone."""
        found = dns.resolver.Resolver(configure=False)
        found.nameservers = ["127.0.0.1"]
        found.port = self._server.server_address[1]
        found.lifetime = seconds
        return found
