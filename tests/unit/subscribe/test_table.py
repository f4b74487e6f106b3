"""CSV in and out: bad rows by their number, the good ones kept, formulas disarmed and armed again."""

from __future__ import annotations

import pytest

from build import preferences, subscriber
from digest.config.publication import CategorySettings, NewsletterSettings, SenderSettings
from digest.config.settings import Settings
from digest.errors import DigestError
from digest.model.ids import NewsletterSlug
from digest.model.issue import Cadence
from digest.model.people import Subscription
from digest.subscribe.table import BadRow, decode_table, read_table, write_table
from digest.subscribe.wishes import Wish


@pytest.fixture
def settings() -> Settings:
    topics = [CategorySettings(slug=slug, name=slug) for slug in ("privacy", "security")]
    paid = CategorySettings(slug="sponsored-content", name="Sponsored", choosable=False)
    sender = SenderSettings(name="The Weekly", address="weekly@example.org")
    return Settings(
        categories=(*topics, paid), newsletters=(NewsletterSettings(slug="weekly", name="Weekly", sender=sender),)
    )


def read(text: str, settings: Settings) -> list[Wish | BadRow]:
    return list(read_table(text, "readers.csv", settings))


def test_an_address_alone_is_enough(settings):
    (wish,) = read("email\nAda@Example.ORG\n", settings)
    assert wish.draft.email == "Ada@example.org"
    assert wish.newsletter == "weekly"
    assert wish.preferences.categories == {"privacy", "security"}
    assert wish.preferences.cadence is Cadence.WEEKLY


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_out(settings, delimiter):
    text = delimiter.join(("email", "name", "categories")) + "\n" + delimiter.join(("a@example.org", "Ada", "privacy"))
    (wish,) = read(text, settings)
    assert (wish.draft.name, wish.preferences.categories) == ("Ada", {"privacy"})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_encoding_is_found_out(settings, encoding):
    (wish,) = read(decode_table("email,name\nz@example.org,Zoë\n".encode(encoding)), settings)
    assert wish.draft.name == "Zoë"


@pytest.mark.parametrize(
    ("row", "place", "says"),
    [
        ("nonsense,,,", "nonsense", "@"),
        ("a@example.org,Atlantis,,", "country", "ISO 3166"),
        ("a@example.org,,Mars/Olympus,", "timezone", "Europe/Berlin"),
        ("a@example.org,,,gardening", "categories", "privacy, security"),
        ("a@example.org,,,sponsored-content", "categories", "privacy, security"),
    ],
)
def test_a_bad_row_is_reported_by_number_and_the_good_ones_are_kept(settings, row, place, says):
    good, bad, other = read(f"email,country,timezone,categories\ng@example.org,,,\n{row}\nh@example.org,,,\n", settings)
    assert isinstance(good, Wish)
    assert isinstance(other, Wish)
    assert (bad.line, bad.place) == (3, place)
    assert says in f"{bad.problem} {bad.remedy}"


def test_a_file_without_an_address_column_says_how_it_should_begin(settings):
    with pytest.raises(DigestError, match=r"readers\.csv:1: .*begin the file with: email,name"):
        read("name\nAda\n", settings)


def test_empty_lines_and_an_empty_file_are_no_rows(settings):
    assert len(read("email\n\na@example.org\n,,\n", settings)) == 1
    with pytest.raises(DigestError):
        read("", settings)


def test_names_lose_control_characters(settings):
    (wish,) = read('email,name\na@example.org,"Ada\r\nBcc: x@evil.test"\n', settings)
    assert wish.draft.name == "Ada Bcc: x@evil.test"


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+49", "-1", "@cmd", "plain", "O'Brien"])
def test_formulas_are_disarmed_on_export_and_come_back_the_same(settings, name):
    of = Subscription(subscriber().id, NewsletterSlug("weekly"), preferences(), subscriber().created_at)
    exported = "".join(write_table([(subscriber(name=name), (of,))]))
    cell = exported.splitlines()[1].split(",")[1].strip('"')
    assert cell[0] not in "=+-@"
    (wish,) = read(exported, settings)
    assert wish.draft.name == name
    assert wish.preferences == of.preferences
