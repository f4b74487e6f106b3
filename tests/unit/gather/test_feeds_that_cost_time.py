"""Feeds of some hundred kilobytes that took feedparser 6.0.14 minutes, much of it in one call: nothing else ran.

They are read in another process, as a regular expression cannot be interrupted; it has far more time than it needs.
"""

from __future__ import annotations

import multiprocessing
import queue
import time

import pytest

from digest.errors import FeedError
from digest.gather.parse import parse_feed
from digest.gather.xml_head import readable

N = 200_000
RSS, END = '<rss version="2.0"><channel><title>t</title>', "<item><title>x</title></item></channel></rss>"
PODCAST = 'xmlns:q="http://www.itunes.com/DTDs/PodCast-1.0.dtd"'
XHTML = '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>x</title><content type="xhtml">'
ENTITY = '<!DOCTYPE rss [\n<!ENTITY a "{}">\n]>\n'
SHAPES = {
    "an author's address": f"{RSS}<item><author>{'a' * N}@</author></item>{END}",
    "an author's address in entities": ENTITY.format("a" * 20) + f"{RSS}<author>{'&a;' * 10_000}@</author>{END}",
    "a creator's address": f'{RSS}<q:creator xmlns:q="http://purl.org/dc/elements/1.1/">{"a" * N}@</q:creator>{END}',
    "an owner's address": f"{RSS}<q:owner {PODCAST}><q:email>{'a.' * (N // 2)}@</q:email></q:owner>{END}",
    "a web master's address": f"{RSS}<webMaster>a@{'a.' * (N // 2)}</webMaster>{END}",
    "line feeds": "<?xml version='1.0'?>" + "\n" * N + RSS + END,
    "a declaration": "<?xml " + "encoding=''" * (N // 11) + "\n?>" + RSS + END,
    "a declaration without end": "<?xml " + "encoding='" * (N // 10) + RSS + END,
    "a declaration in UTF-16": ("<?xml " + "encoding=''" * (N // 11) + "\n?>" + RSS + END).encode("utf-16"),
    "open entities": "<?xml version='1.0'?>" + "\n<!ENTITY " * (N // 10) + RSS + END,
    "open document types": "<?xml version='1.0'?>" + "\n<!DOCTYPE " * (N // 11) + RSS + END,
    "spaces in an entity": f'<!DOCTYPE x [\n<!ENTITY a "x"{" " * N}">\n]>{RSS}{END}',
    "host name codec": f"<?xml version='1.0' encoding='punycode'?>{RSS}{END}{'x' * N}-{'a' * N}",
    "a long base": RSS.replace(">", f' xml:base="http://a.example/{"a/" * (N // 2)}">', 1) + "<x/>" * 20_000 + END,
    "nested bases": RSS + '<a base="x/">' * (N // 13),
    "attributes": RSS.replace(">", "".join(f' a{n}=""' for n in range(N // 9)) + ">", 1) + END,
    "name spaces": RSS.replace(">", "".join(f' xmlns:a{n}="u{n}"' for n in range(5_000)) + ">", 1)
    + '<x xmlns="z"/>' * 20_000 + END,
    "keywords": f"{RSS}<item><q:keywords {PODCAST}>{','.join(map(str, range(60_000)))}</q:keywords></item>{END}",
    "a long language": RSS.replace(">", f' xml:lang="{"a_" * N}">', 1) + "<title/>" * 20_000 + END,
    "white space in pieces": f"{XHTML}{'&#32;' * N}<b>x</content></entry></feed>",
    "end tags": f"{RSS}<description>{'y' * N}{'</x>' * 20_000}",
    "elements": RSS + "<x/>" * 200_000,
    "angle brackets": f"{RSS}<item><description>{'<' * 2_000_000}",
}  # fmt: skip


def read_all(done: multiprocessing.Queue[str]) -> None:
    for name, shape in SHAPES.items():
        try:
            parse_feed(shape if isinstance(shape, bytes) else shape.encode(), "", "https://a.example/")
        except FeedError as error:
            assert error.problem
        done.put(name)


def test_no_shape_of_a_feed_takes_long() -> None:
    spawned = multiprocessing.get_context("spawn")
    done: multiprocessing.Queue[str] = spawned.Queue()
    reading = spawned.Process(target=read_all, args=(done,), daemon=True)
    reading.start()
    left, until = list(SHAPES), time.monotonic() + 90
    try:
        while left and (reading.is_alive() or not done.empty()) and time.monotonic() < until:
            try:
                left.remove(done.get(timeout=0.5))
            except queue.Empty:
                continue
    finally:
        reading.kill()
        reading.join()
    assert left == []


def entry(item: str, head: str = "") -> object:
    return parse_feed(f"{head}{RSS}<item>{item}</item></channel></rss>".encode(), "", "https://a.example/").entries[0]


@pytest.mark.parametrize("broken", ["", "<b>"])
def test_short_entities_of_a_document_type_are_read_and_long_or_nested_ones_are_not(broken: str) -> None:
    head = (
        '<?xml version="1.0"?>\n<!DOCTYPE rss [\n <!ENTITY nice  "N&#233;">\n<!ENTITY c "Press">\n<!ENTITY e "&c;">\n]>'
    )
    assert "Press" in entry(f"<description>&c;</description>{broken}", head).summary
    assert "Press" not in entry(f"<description>&e;</description>{broken}", head).summary
    long = ENTITY.format("b" * 5_000)
    assert "bb" not in entry(f"<description>&a;{broken}</description>", long).summary


@pytest.mark.parametrize("broken", ["", "<b>"])
def test_entities_that_make_a_feed_many_times_as_long_are_refused(broken: str) -> None:
    with pytest.raises(FeedError, match="many times as long"):
        entry(f"<description>{'&a;' * 50_000}{broken}</description>", ENTITY.format("b" * 60))


def test_an_element_with_a_hundred_attributes_and_an_endless_tag_are_told() -> None:
    with pytest.raises(FeedError, match="attributes"):
        entry("<x " + "".join(f" a{n}=''" for n in range(101)) + "/>")
    with pytest.raises(FeedError, match="a tag of more"):
        entry(f"<x {'b' * 300_000} >")


def test_a_number_that_is_no_character_costs_nothing_but_itself() -> None:
    assert entry("<description>a&#x110000;b&#55555555555;c&#xD800;d</description><b>").summary == "abcd"


def test_bases_and_languages_of_usual_length_work() -> None:
    item = '<link xml:base="https://b.example/x/">y</link><description xml:lang="de">z</description>'
    assert entry(item).url == "https://b.example/x/y"


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("<?xml version='1.0' encoding='koi8-r'?>\n<a>Как</a>".encode("koi8-r"), "", "Как"),
        ("<?xml version='1.0' encoding='utf-16'?><a>Как</a>".encode("utf-16"), "", "Как"),
        ("<?xml version='1.0' encoding='utf-32'?><a>Как</a>".encode("utf-32-be"), "application/xml", "Как"),
        ("<?xml version='1.0'?><a>Как</a>".encode("utf-8-sig"), "application/rss+xml", "Как"),
        ("<a>né</a>".encode("cp1252"), "text/xml; charset='cp1252'", "né"),
        ("<?xml version='1.0' encoding='gb2312'?><a>专业</a>".encode("gb18030"), "application/xml", "专业"),
        (b"<?xml version='1.0' encoding='no-such'?><a>n\xc3\xa9</a>", "application/xml; charset=a\0b", "né"),
    ],
)
def test_the_character_set_is_found_where_it_stands(body: bytes, content_type: str, text: str) -> None:
    found = readable(body, content_type, located=True)
    assert f"<a>{text}</a>" in found.text
    assert found.text.startswith("<?xml version='1.0' encoding='utf-8'?>\n<a>")
