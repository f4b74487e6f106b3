"""Settings of how fast mail goes out: limits in layers, none by default."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import Field

from digest.config.model import Model, Slug

PerMinute = Annotated[float, Field(ge=0)]


class ProviderLimitSettings(Model):
    """How fast one provider of mailboxes is sent to, whatever its domains are called."""

    name: Slug
    """What you call it, for example google."""
    domains: tuple[str, ...]
    """Domains of its readers' addresses, for example ["gmail.com", "googlemail.com"]."""
    per_minute: Annotated[float, Field(gt=0)]
    """Mails in a minute, to all of its domains together."""


class NewsletterLimitSettings(Model):
    """How fast one newsletter goes out."""

    newsletter: Slug
    """Its slug."""
    per_minute: Annotated[float, Field(gt=0)]
    """Mails in a minute."""


class ThrottleSettings(Model):
    """How fast mail goes out; a mail waits for the slowest limit that it falls under."""

    per_minute: PerMinute = 0
    """Mails in a minute through the mail server; 0 sets no limit."""
    domain_per_minute: PerMinute = 0
    """Mails in a minute to each domain that is not among the providers; 0 sets no limit."""
    warm_up: tuple[Annotated[int, Field(ge=1)], ...] = ()
    """Mails a day for a new sender, day by day, spread over the day: [200, 500, 1000]; none when it is over."""
    warm_up_from: date | None = None
    """First day of the warm-up, in UTC."""
    providers: tuple[ProviderLimitSettings, ...] = ()
    newsletters: tuple[NewsletterLimitSettings, ...] = ()

    @property
    def provider_of(self) -> Mapping[str, str]:
        """The provider of each domain that one is named for; all others are their own."""
        return {domain.lower(): provider.name for provider in self.providers for domain in provider.domains}

    @property
    def limits_anything(self) -> bool:
        """Whether any limit is set."""
        layers = (self.providers, self.newsletters, self.warm_up and self.warm_up_from)
        return bool(self.per_minute or self.domain_per_minute) or any(layers)
