"""What is installed is whole: the wheel, unpacked away from the checkout, has every file that the program reads."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the wheel's files, as site-packages would."""
    folder = tmp_path_factory.mktemp("installed")
    building = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", building, str(folder)], cwd=ROOT, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site-packages")
    return folder / "site-packages"


def digest(installed: Path, cwd: Path, *arguments: str) -> str:
    """Runs the installed command; gives its standard output."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("DIGEST_")}
    done = subprocess.run(
        [sys.executable, "-c", "from digest.cli import main; main()", *arguments],
        cwd=cwd, env=clean | {"PYTHONPATH": str(installed)}, capture_output=True, text=True, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_installed_package_makes_a_site_that_can_be_used(installed: Path, tmp_path: Path) -> None:
    digest(installed, tmp_path, "init", "news")
    assert "14 categories" in digest(installed, tmp_path / "news", "config", "check")
    assert "no faults" in digest(installed, tmp_path / "news", "template", "check")


def test_an_installed_package_plays_the_demonstration(installed: Path, tmp_path: Path) -> None:
    digest(installed, tmp_path, "demo", "--no-serve", "--dir", str(tmp_path / "demo"))
    assert len(list((tmp_path / "demo" / "mail").glob("*.eml"))) == 25


def test_a_wheel_has_no_reader_lists_and_no_leavings(installed: Path) -> None:
    names = {path.name for path in installed.rglob("*")}
    assert "example.csv" in names
    assert not {name for name in names if name.endswith((".csv", ".sqlite3", ".pyc"))} - {"example.csv"}
    assert not names & {"secret.key", "__pycache__", "var"}
