"""A small authoritative DNS server on loopback that answers from a zone, for tests of what the doctor looks up."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Zone = Mapping[tuple[str, str], Sequence[str]]
"""(name, type) to records in the words of a zone file: ("example.org", "TXT") to ['"v=spf1 -all"']."""


@contextmanager
def name_server(zone: Zone) -> Iterator[str]:
    """Its address, "127.0.0.1:PORT". A name that is in no record does not exist (NXDOMAIN)."""
    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), _handler(zone)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def _handler(zone: Zone) -> type[socketserver.BaseRequestHandler]:
    known = {name.rstrip(".").lower() for name, _ in zone}

    class Answering(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            wire, sock = self.request
            query = dns.message.from_wire(wire)
            answer = dns.message.make_response(query)
            answer.flags |= dns.flags.AA
            (question,) = query.question
            name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
            if "SERVFAIL" in zone.get((name, kind), ()):
                answer.set_rcode(dns.rcode.SERVFAIL)
            elif records := zone.get((name, kind)):
                answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *records))
            elif name not in known:
                answer.set_rcode(dns.rcode.NXDOMAIN)
            sock.sendto(answer.to_wire(max_size=4096), self.client_address)

    return Answering
