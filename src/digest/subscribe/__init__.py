"""Subscribe: what a form or a CSV row says becomes a checked subscriber with preferences. Pure; saves nothing."""
