"""Takes a compiled issue, an edition and a reader's own values; gives what their mail client will show.

Decodes the very bytes that are sent. Renders nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from digest.model.edition import CompiledIssue, Edition
from digest.model.wire import decode, fill


def assemble(compiled: CompiledIssue, edition: Edition, personal: Mapping[str, str]) -> tuple[str, str]:
    """HTML and text of the edition. `personal`: unsubscribe_url, preferences_url and view_url.

    Raises KeyError when the edition lists a fragment, or a fragment a slot, that is not there.
    """
    pieces, text = assemble_pieces(compiled, edition, personal)
    return "".join(html for _, html in pieces), text


def assemble_pieces(
    compiled: CompiledIssue, edition: Edition, personal: Mapping[str, str]
) -> tuple[tuple[tuple[str, str], ...], str]:
    """The same, the HTML as fragment keys with what each shows: fragments begin and end on lines of their own."""
    values = dict(edition.values) | dict(personal)
    fragments = [compiled.fragments[key] for key in edition.keys]
    pieces = tuple((fragment.key, decode(b"".join(fill(fragment.html, values)))) for fragment in fragments)
    text = b"".join(part for fragment in fragments for part in fill(fragment.text, values))
    return pieces, decode(text)
