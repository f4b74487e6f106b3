"""Checkers from npm for tests: installed once a machine, outside of the repository; the test skips loudly without."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

NO_NPM = "NO NPM: what the mails look like to axe-core and html-validate was not checked; install nodejs and npm"
CACHE = Path(os.environ.get("DIGEST_TEST_CACHE") or Path.home() / ".cache" / "digest-press-tests")


def installed(name: str, version: str) -> Path:
    """The folder of the installed package."""
    folder = CACHE / f"{name}-{version}"
    package = folder / "node_modules" / name
    if not package.is_dir():
        _install(f"{name}@{version}", folder)
    return package


def _install(what: str, folder: Path) -> None:
    if not shutil.which("npm"):
        pytest.skip(NO_NPM)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as fresh:
        options = ["--prefix", fresh, "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        done = subprocess.run(["npm", "install", *options, what], check=False, timeout=120)
        if done.returncode:
            pytest.skip(f"{NO_NPM} ({what})")
        shutil.copytree(fresh, folder, dirs_exist_ok=True)
