"""Which sponsors and events an issue carries: those that run in its newsletter on its slot and are not used up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from digest.config.publication import PromotionSettings
from digest.config.settings import Settings
from digest.model.ids import NewsletterSlug
from digest.model.issue import Event, Issue, Sponsor


def promotions_due(
    settings: Settings, newsletter: NewsletterSlug, slot: date, shown: Mapping[str, int]
) -> tuple[tuple[Sponsor, ...], tuple[Event, ...]]:
    """The sponsors and events of the issue. `shown`: in how many other issues each has been, by `name_of`."""

    def is_due(promotion: PromotionSettings, name: str) -> bool:
        used_up = bool(promotion.cap) and shown.get(name, 0) >= promotion.cap
        return promotion.runs(newsletter, slot) and not used_up

    sponsors = [s.sponsor() for s in settings.sponsors if is_due(s, f"sponsor:{s.key}")]
    events = [e.event() for e in settings.events if is_due(e, f"event:{e.key}")]
    return tuple(sponsors), tuple(events)


def times_shown(issues: Iterable[Issue]) -> Counter[str]:
    """In how many of these issues each promotion is, by `name_of`."""
    contents = [issue.content for issue in issues]
    sponsors = Counter(name_of(sponsor) for content in contents for sponsor in content.sponsors)
    return sponsors + Counter(name_of(event) for content in contents for event in content.events)


def name_of(promotion: Sponsor | Event) -> str:
    """The key of the promotion's fragment: "sponsor:KEY" or "event:KEY"."""
    return f"{'sponsor' if isinstance(promotion, Sponsor) else 'event'}:{promotion.key}"
