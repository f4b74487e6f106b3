"""The issue as a .zip at the desk: down, and up again."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from digest.compose.packing import pack, unpack

ISSUE = "/editor/issues/weekly-2026-11-24"
ONE = "stories/01-regulator-tells-hospitals-to-stop.md"


def sent(client: TestClient, packed: bytes, do: str = "import", **fields: str):
    token = re.search(r'name="csrf" value="([^"]+)"', client.get(f"{ISSUE}/files").text)[1]
    form = {"csrf": token, "do": do} | fields
    return client.post(f"{ISSUE}/files", data=form, files={"packed": ("<b>.zip", packed, "application/zip")})


@pytest.fixture
def files(client):
    """What the desk gives."""
    answer = client.get(f"{ISSUE}/files.zip")
    assert answer.headers["content-disposition"] == 'attachment; filename="weekly-2026-11-24.zip"'
    return unpack(answer.content, "x.zip")


def test_the_same_issue_is_the_same_file(client):
    assert client.get(f"{ISSUE}/files.zip").content == client.get(f"{ISSUE}/files.zip").content


def test_looking_changes_nothing_and_importing_does(client, app, files):
    changed = files | {ONE: files[ONE].replace(b"Regulator tells", b"<i>Court</i> tells")}
    looked = sent(client, pack(changed, "x"), "look")
    assert "What would change" in looked.text
    assert "title: &lt;i&gt;Court&lt;/i&gt; tells hospitals to stop" in looked.text
    assert app.press.issue("weekly-2026-11-24").version == 1
    done = sent(client, pack(changed, "x"))
    assert "Imported" in done.text
    assert app.press.issue("weekly-2026-11-24").content.stories[0].title == "<i>Court</i> tells hospitals to stop"
    assert app.press.store.access.deeds(1)[0].detail == "imported the issue"
    assert "Nothing differs" in sent(client, pack(changed, "x"), over="true").text


def test_edits_made_since_are_not_overwritten_unasked(client, app, files):
    changed = files | {ONE: files[ONE].replace(b"minutes = 6", b"minutes = 9")}
    sent(client, pack(changed, "x"))
    refused = sent(client, pack(files, "x"))
    assert (refused.status_code, app.press.issue("weekly-2026-11-24").version) == (400, 2)
    assert "was edited since these files were exported" in refused.text
    assert "Imported" in sent(client, pack(files, "x"), over="true").text


def test_what_cannot_be_taken_is_said_with_the_name_of_the_file(client, app, files):
    for packed, said in (
        (b"no zip", "<code>&lt;b&gt;.zip</code>: is no .zip that can be read"),
        (pack(files | {"../x": b""}, "x"), "leads out of the folder"),
        (pack(files | {ONE: b"x"}, "x"), f"<code>{ONE}:1</code>: has no facts between two lines of +++"),
        (bytes(9_000_000), "<code>&lt;b&gt;.zip</code>: has more than the 8 MB that an issue can have"),
    ):
        refused = sent(client, packed)
        assert refused.status_code == 400
        assert said in refused.text
    assert app.press.issue("weekly-2026-11-24").version == 1


def test_a_form_from_elsewhere_is_refused(client, files):
    foreign = {"packed": ("x.zip", pack(files, "x"), "application/zip")}
    assert client.post(f"{ISSUE}/files", data={"do": "import"}, files=foreign).status_code == 403


def test_a_body_that_is_not_even_read_is_answered_with_a_page_that_says_the_limit_and_the_next_step(client, app):
    refused = sent(client, bytes(17_000_000))
    assert (refused.status_code, refused.headers["content-type"]) == (413, "text/html; charset=utf-8")
    assert "The file has more than the 8 MB that an issue can have." in refused.text
    assert "digest issue import FOLDER" in refused.text
    assert f'href="{ISSUE}/files"' in refused.text
    assert int(refused.headers["content-length"]) == len(refused.content)


def test_other_forms_of_the_desk_have_a_limit_and_the_same_kind_of_page(client, app):
    long = client.post(f"{ISSUE}/deeds", content=b"a" * 1_100_000, headers={"Content-Type": "text/plain"})
    assert (long.status_code, "That is too much" in long.text) == (413, True)
    assert "shorten it" in long.text.lower()
