"""Digest Press: gathers news by category, writes teasers, mails each reader their own digest."""

__version__ = "0.1.0"
