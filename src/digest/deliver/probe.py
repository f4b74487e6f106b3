"""[I/O] Greets the configured mail server, logs in, sends nothing; says what it offers."""

from __future__ import annotations

import smtplib
import ssl

from digest.config.machine import Security, SmtpSettings
from digest.errors import OutsideError


def probe_smtp(settings: SmtpSettings) -> tuple[str, ...]:
    """The extensions that the server offers (RFC 5321, section 4.1.1.1). Raises OutsideError with what failed."""
    place = f"{settings.host}:{settings.port}"
    try:
        with _connected(settings) as server:
            if settings.username:
                server.login(settings.username, settings.password.get_secret_value() if settings.password else "")
            server.ehlo_or_helo_if_needed()
            return tuple(sorted(feature.upper() for feature in server.esmtp_features))
    except ssl.SSLCertVerificationError as error:
        raise OutsideError(place, f"its certificate is not good: {error.verify_message}", "check smtp.host") from error
    except smtplib.SMTPAuthenticationError as error:
        raise OutsideError(
            place, f"refuses the login: {error.smtp_code}", "check smtp.username and its password"
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        raise OutsideError(place, f"cannot be used: {error}", "check [smtp] host, port and security") from error


def _connected(settings: SmtpSettings) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if not settings.verify:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    wait = min(settings.timeout, 10.0)
    if settings.security is Security.TLS:
        return smtplib.SMTP_SSL(settings.host, settings.port, timeout=wait, context=context)
    server = smtplib.SMTP(settings.host, settings.port, timeout=wait)
    if settings.security is Security.STARTTLS:
        server.starttls(context=context)
    return server
