"""`digest token`: a token is shown once, listed without it, and revoked."""

from __future__ import annotations

import json
import re


def test_a_token_is_made_shown_once_listed_and_revoked(run, folder):
    (folder / "config.toml").write_text("")
    made = run("token", "add", "cms", "--scope", "articles:write", "--scope", "articles:read", "--days", "30")
    assert re.fullmatch(r"digest_[0-9a-f]{64}\n", made.stdout), "256 bits"
    listed = run("token", "list", "--json")
    [one] = json.loads(listed.stdout)["tokens"]
    assert (one["name"], one["state"], one["scopes"]) == ("cms", "good", ["articles:read", "articles:write"])
    assert (one["seen_at"], one["expires_at"] > one["created_at"]) == (None, True)
    assert made.stdout.strip() not in listed.stdout
    assert "cms\tgood\tarticles:read articles:write\tnever\t" in run("token", "list").stdout
    taken = run("token", "add", "cms", "--scope", "articles:read")
    assert (taken.exit_code, "digest token revoke cms" in taken.stderr) == (2, True)
    assert run("token", "revoke", "cms").exit_code == 0
    assert json.loads(run("token", "list", "--json").stdout)["tokens"][0]["state"] == "revoked"
    assert run("token", "revoke", "cms").exit_code == 2
    assert run("token", "add", "cms", "--scope", "articles:read", "--json").exit_code == 0


def test_two_tokens_are_never_the_same(run, folder):
    (folder / "config.toml").write_text("")
    made = {run("token", "add", f"cms-{n}", "--scope", "articles:read").stdout for n in range(3)}
    assert len(made) == 3


def test_a_scope_that_is_none_is_refused_with_those_that_are(run, folder):
    (folder / "config.toml").write_text("")
    for arguments in (["--scope", "everything"], []):
        result = run("token", "add", "cms", *arguments)
        assert result.exit_code == 2
    assert run("token", "add", "Cms!", "--scope", "articles:read").exit_code == 2
