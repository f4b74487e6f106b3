"""Names: a stranger may write anything, and mails to others greet by it, so no name is an address."""

from __future__ import annotations

import pytest

from digest.subscribe.names import clean_name, read_name
from digest.subscribe.preferences import WishError


@pytest.mark.parametrize(
    "name",
    ["Ada", "Ada Lovelace", "J. R. R. Tolkien", "J.R.R. Tolkien", "Dr. Ada K. Byron, M.D.", "Mary-Jane O'Neil",
     "Ng 3.0", "Ren\u00e9e d\u2019Arc", "\u674e\u5c0f\u9f8d", "\u062d\u0633\u0646 \u0639\u0644\u064a",
     "Martin Luther King, Jr.", "Ada (the first)", "A:B", ""],
)  # fmt: skip
def test_what_people_are_called_is_kept(name: str):
    assert read_name(name) == clean_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["WINNER! https://evil.example/claim?id=77", "see evil.example", "bit.ly now", "www.evil.example",
     "ada@example.org", "http:// evil", "evil\uff0eexample", "evil\u3002example", "ev\u200bil.\u200bexample",
     "ada\uff20example", "//evil", "\\\\evil\\share",
     "b\u00fccher.example", "\uff45\uff56\uff49\uff4c.\uff45\uff58\uff41\uff4d"],
)  # fmt: skip
def test_what_a_mail_program_would_make_a_link_of_is_refused_at_a_form_and_left_out_of_a_file(name: str):
    assert clean_name(name) == ""
    with pytest.raises(WishError, match="cannot hold") as refused:
        read_name(name)
    assert refused.value.place == "name"


def test_a_name_is_one_line_of_two_hundred_characters():
    assert clean_name(" Ada\r\nBcc:  x\x00 ") == "Ada Bcc: x"
    assert len(clean_name("x" * 300)) == 200
