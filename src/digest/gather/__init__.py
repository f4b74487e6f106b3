"""From feeds to articles: when to ask, the guard, fetching, parsing, normalising, article pages and pictures.

`fetch`, `resolve` and `folder` are [I/O]; the others decide over values. `gather` tells how they play together.
"""
