"""[I/O] Names by dnspython; implements ports.names.Names."""

from __future__ import annotations

import dns.exception
import dns.rdatatype
import dns.resolver
import dns.reversename

from digest.errors import ConfigError, OutsideError

_PATIENCE = 5.0
"""Seconds for one question; somebody waits at the screen."""


class DnsNames:
    """Asks one DNS server, or this machine's own."""

    def __init__(self, resolver: str = "") -> None:
        """`resolver`: "9.9.9.9", "127.0.0.1:5353" or "[::1]:5353"; raises ConfigError when it is no address."""
        self._resolver = _resolver(resolver)
        self._resolver.lifetime = _PATIENCE

    def texts(self, name: str) -> tuple[str, ...]:
        """TXT records, the strings of each joined (RFC 7208, section 3.3)."""
        return tuple(
            b"".join(record.strings).decode("utf-8", "replace") for record in self._ask(name, dns.rdatatype.TXT)
        )

    def addresses(self, name: str) -> tuple[str, ...]:
        """A and AAAA records."""
        kinds = (dns.rdatatype.A, dns.rdatatype.AAAA)
        return tuple(record.address for kind in kinds for record in self._ask(name, kind))

    def names_of(self, address: str) -> tuple[str, ...]:
        """PTR records."""
        reverse = dns.reversename.from_address(address).to_text()
        return tuple(record.target.to_text(omit_final_dot=True) for record in self._ask(reverse, dns.rdatatype.PTR))

    def mail_servers(self, name: str) -> tuple[str, ...]:
        """MX records by preference."""
        records = sorted(self._ask(name, dns.rdatatype.MX), key=lambda record: record.preference)
        return tuple(record.exchange.to_text(omit_final_dot=True) for record in records)

    def _ask(self, name: str, kind: dns.rdatatype.RdataType) -> list:  # type: ignore[type-arg]  # of any rdata
        try:
            return list(self._resolver.resolve(f"{name.rstrip('.')}.", kind, search=False))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, ValueError, OSError) as error:
            problem = f"the DNS does not answer ({type(error).__name__})"
            raise OutsideError(name, problem, "check the network, or name a server: [doctor] resolver") from error


def _resolver(address: str) -> dns.resolver.Resolver:
    try:
        if not address:
            return dns.resolver.Resolver()
        host, _, port = address.rpartition(":") if address.count(":") == 1 or "]:" in address else (address, "", "53")
        found = dns.resolver.Resolver(configure=False)
        found.nameservers, found.port = [host.strip("[]")], int(port)
    except (dns.exception.DNSException, ValueError, OSError) as error:
        problem = f"{address or 'this machine'} is no DNS server that can be asked"
        raise ConfigError("[doctor] resolver", problem, "write an address like 9.9.9.9 or 127.0.0.1:5353") from error
    return found
