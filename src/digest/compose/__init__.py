"""Compose: stories and teasers become an issue's content, and the content becomes each reader's own edition."""
