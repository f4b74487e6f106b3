"""From feeds to articles: when to ask, the guard, fetching, parsing, normalising, article pages and pictures.

`fetch` and `folder` are [I/O]; everything else decides over values. `stage` tells how they play together.
"""
