"""Settings of how long things are kept that are needed no longer."""

from __future__ import annotations

from pydantic import Field

from digest.config.model import Model


class RetentionSettings(Model):
    """How many days things are kept; 0 keeps them for ever. `digest run` looks once a day, `digest tidy` by hand."""

    unconfirmed_days: int = Field(default=14, ge=0)
    """Addresses that were never confirmed, since they were last asked for."""
    bounced_days: int = Field(default=365, ge=0)
    """Readers whose address has bounced for good; they are erased then, and stay suppressed."""
    bounces_days: int = Field(default=730, ge=0)
    """What mail servers said of mail that came back."""
    verdicts_days: int = Field(default=180, ge=0)
    """Why an article was in an issue or not (`digest why`)."""
    consent_days: int = Field(default=1826, ge=0)
    """The log of consent of readers who were erased, under a keyed hash: as long as you may have to prove it."""
