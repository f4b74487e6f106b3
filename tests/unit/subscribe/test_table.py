"""CSV in and out: bad rows by their number, the good ones kept, formulas disarmed and armed again."""

from __future__ import annotations

import io
import json
import os
import tarfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from build import preferences, subscriber
from digest.config.publication import CategorySettings, NewsletterSettings, SenderSettings
from digest.config.settings import Settings
from digest.config.timing import CadenceDays
from digest.errors import DigestError
from digest.model.ids import NewsletterSlug
from digest.model.issue import Cadence
from digest.model.people import Subscription
from digest.subscribe.table import BadRow, GoodRow, TableSource, find_shape, read_cells, read_table, write_table
from digest.subscribe.wishes import Wish


@pytest.fixture
def settings() -> Settings:
    topics = [CategorySettings(slug=slug, name=slug) for slug in ("privacy", "security")]
    paid = CategorySettings(slug="sponsored-content", name="Sponsored", choosable=False)
    sender = SenderSettings(name="The Weekly", address="weekly@example.org")
    return Settings(
        categories=(*topics, paid), newsletters=(NewsletterSettings(slug="weekly", name="Weekly", sender=sender),)
    )


def rows(content: bytes, settings: Settings, **how: Any) -> list[GoodRow | BadRow]:
    source = TableSource("readers.csv", lambda: io.BytesIO(content), **how)
    return list(read_table(source, find_shape(source), settings))


def read(text: str | bytes, settings: Settings, **how: Any) -> list[Wish | BadRow]:
    """The wishes and the bad rows."""
    found = rows(text if isinstance(text, bytes) else text.encode(), settings, **how)
    return [row.wish if isinstance(row, GoodRow) else row for row in found]


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


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_the_encoding_is_found_out(settings, encoding):
    (wish,) = read("email,name\nz@example.org,Zoë\n".encode(encoding), settings)
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
    (wish,) = read('email,name\na@example.org,"Ada\r\nBcc: Eve"\n', settings)
    assert wish.draft.name == "Ada Bcc: Eve"


def test_a_name_that_looks_like_an_address_is_left_out_and_its_row_is_kept(settings):
    """Lists often have the address in the column of names; nobody may lose their subscription by it."""
    rows = "email,name\na@example.org,a@example.org\nb@example.org,evil.example/win\nc@example.org,Ada\n"
    assert [wish.draft.name for wish in read(rows, settings)] == ["", "", "Ada"]


@pytest.mark.parametrize(
    "name", ["=HYPERLINK(1)", "+49", "-1", "@cmd", "plain", "O'Brien", "'=1", "''+1", "'quoted", "\uff1d1"]
)
def test_formulas_are_disarmed_on_export_and_come_back_the_same(settings, name):
    since = subscriber().created_at
    of = Subscription(subscriber().id, NewsletterSlug("weekly"), preferences(), since, None, since)
    exported = "".join(write_table([(subscriber(name=name), (of,))]))
    cell = exported.splitlines()[1].split(",")[1].strip('"')
    assert cell[0] not in "=+-@"
    (wish,) = read(exported, settings)
    assert wish.draft.name == ("" if name == "@cmd" else name), "no name begins with @ by now; one from before may"
    assert wish.preferences == of.preferences


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("cp1251", "Иван Петров"), ("cp932", "田中 太郎さん"), ("gb18030", "王小明同学"), ("cp949", "김철수 선생님")],
)
def test_other_scripts_are_told_by_their_letters(settings, encoding, name):
    content = ("email,name\n" + "".join(f"r{n}@example.org,{name}\n" for n in range(9))).encode(encoding)
    assert {wish.draft.name for wish in read(content, settings)} == {name}


def test_the_operator_may_know_better(settings):
    content = "email*name\na@example.org*Łukasz Żółć\n".encode("cp1250")
    (wish,) = read(content, settings, encoding="cp1250", delimiter="*")
    assert wish.draft.name == "Łukasz Żółć"
    with pytest.raises(DigestError, match="--encoding klingon: is not known"):
        read(content, settings, encoding="klingon")


def test_a_file_that_says_its_own_delimiter_is_believed(settings):
    (wish,) = read("sep=;\r\nemail;name\r\na@example.org;Ada, Countess\r\n", settings)
    assert wish.draft.name == "Ada, Countess"


@pytest.mark.parametrize(
    ("heading", "row", "mapped"),
    [
        ("E-Mail Address,First Name,Last Name", "a@example.org,Ada,Lovelace", {}),
        ("Vorname,Nachname,E-Mail-Adresse", "Ada,Lovelace,a@example.org", {}),
        ("where,who", "a@example.org,Ada Lovelace", {"where": "email", " WHO ": "name"}),
        ("email,name,other", "x,Ada Lovelace,a@example.org", {"other": "email"}),
    ],
)
def test_columns_are_known_by_usual_names_and_by_what_they_are_said_to_be(settings, heading, row, mapped):
    (wish,) = read(f"{heading}\n{row}\n", settings, mapped=mapped)
    assert (wish.draft.email, wish.draft.name) == ("a@example.org", "Ada Lovelace")


@pytest.mark.parametrize(
    ("mapped", "says"),
    [({"Nix": "email"}, "has no column 'Nix'; there are: email, name"), ({"name": "nmae"}, "there is no field 'nmae'")],
)
def test_a_wrong_map_is_refused(settings, mapped, says):
    with pytest.raises(DigestError, match=says):
        read("email,name\na@example.org,Ada\n", settings, mapped=mapped)


def test_rows_that_are_none_are_bad_and_the_next_are_read(settings):
    wide, long_, good = read(f'email,name\na@example.org,A,B,C\n"{"x" * 140_000}"\nb@example.org,B\n', settings)
    assert (wide.line, wide.problem) == (2, "has 4 cells, and the heading 2")
    assert (long_.line, "quote" in long_.problem) == (3, True)
    assert good.draft.email == "b@example.org"


def test_a_row_has_the_number_of_its_first_line(settings):
    text = 'email,name\nbad,"two\nlines"\nworse,\n'
    assert [row.line for row in read(text, settings)] == [2, 4]


def test_every_choice_comes_back_as_it_was(settings):
    weekly = settings.newsletters[0].model_copy(update={"also": {Cadence.DAILY: CadenceDays()}, "reader_time": True})
    offered = settings.model_copy(update={"newsletters": (weekly,)})
    chosen = preferences(cadences=(("security", Cadence.DAILY),), more=frozenset(["privacy"]), day=2, hour=0,
                         paused_until=date(2027, 1, 31))  # fmt: skip
    since = subscriber().created_at
    of = Subscription(subscriber().id, NewsletterSlug("weekly"), chosen, since, None, since)
    (wish,) = read("".join(write_table([(subscriber(), (of,))])), offered)
    assert wish.preferences == chosen


def test_who_waits_for_confirmation_or_has_left_is_not_written(settings):
    since = subscriber().created_at
    waiting = Subscription(subscriber().id, NewsletterSlug("weekly"), preferences(), since)
    left = Subscription(subscriber().id, NewsletterSlug("daily"), preferences(), since, since, since)
    assert len(list(write_table([(subscriber(), (waiting, left))]))) == 1


CORPUS = Path(os.environ.get("DIGEST_CORPORA", Path(__file__).parents[3] / "../shared/corpora")) / "csv-spectrum.tar.gz"


@pytest.mark.skipif(not CORPUS.is_file(), reason=f"no {CORPUS}; set DIGEST_CORPORA")
def test_awkward_files_say_what_they_mean():
    with tarfile.open(CORPUS) as corpus:
        contents = {Path(m.name): corpus.extractfile(m).read() for m in corpus.getmembers() if m.isfile()}
    tables = [path for path in contents if path.suffix == ".csv"]
    assert len(tables) == 12
    for path in tables:
        source = TableSource(path.name, lambda path=path: io.BytesIO(contents[path]), encoding="utf-8")
        (_, heading), *found = read_cells(source, find_shape(source))
        meant = json.loads(contents[path.parent.parent / "json" / f"{path.stem}.json"].decode("utf-8", "replace"))
        said = [dict(zip(heading, row, strict=True)) for _, row in found]
        rows = meant if isinstance(meant, list) else [meant]  # one file means its only row
        assert [_folded(row) for row in said] == [_folded(row) for row in rows], path.name


def _folded(row: dict[str, str]) -> dict[str, str]:
    """The corpus' own files disagree on line ends within cells, and on one telephone number."""
    return {key: value.replace("\r\n", "\n") for key, value in row.items() if key != "Contact Phone Number"}
