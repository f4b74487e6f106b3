"""The wheel holds what the product needs and nothing else, and plays the demonstration where there is no checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[2]
WHERE = {
    "src/digest": "digest",
    "templates": "digest/shipped/templates",
    "examples": "digest/shipped/examples",
    "config.toml": "digest/shipped/config.toml",
    "subscribers/example.csv": "digest/shipped/subscribers/example.csv",
    "subscribers/personas.toml": "digest/shipped/subscribers/personas.toml",
}
"""Where what lies in the checkout lies in the wheel."""
LEFT_OUT = ("examples/README.md", "examples/labels.toml", "examples/canvas.py", "examples/make_pictures.py")


def run(*command: str | Path, cwd: Path) -> str:
    """Runs a command without the environment's settings; gives its standard output."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("DIGEST_", "PYTHON"))}
    done = subprocess.run(
        list(map(str, command)),
        check=False,
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


def in_checkout() -> set[str]:
    """The files that belong into the wheel, under the names that they have there."""
    files = run("git", "ls-files", "--cached", "--others", "--exclude-standard", *WHERE, cwd=ROOT).splitlines()
    wanted = {file for file in files if (ROOT / file).exists() and not file.endswith(".po")} - set(LEFT_OUT)
    return {place + file.removeprefix(start) for file in wanted for start, place in WHERE.items()
            if file == start or file.startswith(f"{start}/")}  # fmt: skip


def test_the_wheel_holds_what_the_checkout_has_for_it_and_nothing_else(wheel: Path):
    if not (ROOT / ".git").exists():
        pytest.skip("no git checkout: what belongs to the project cannot be told")
    with ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == in_checkout()


@pytest.mark.parametrize(
    "name",
    ["digest/py.typed", "digest/shipped/config.toml", "digest/shipped/subscribers/example.csv",
     "digest/shipped/subscribers/personas.toml", "digest/shipped/templates/email/document.mjml",
     "digest/shipped/templates/web/base.html", "digest/shipped/examples/outlets.toml", "digest/store/migrations/env.py",
     "digest/web/static/htmx.min.js", "digest/web/static/htmx.LICENSE.txt", "digest/web/static/site.css",
     "digest/locale/de/LC_MESSAGES/digest.mo"],
)  # fmt: skip
def test_the_wheel_holds(wheel: Path, name: str):
    with ZipFile(wheel) as archive:
        assert archive.getinfo(name).file_size >= 0


def test_the_wheel_says_its_licence_and_its_command(wheel: Path):
    with ZipFile(wheel) as archive:
        facts = {name.partition(".dist-info/")[2]: name for name in archive.namelist() if ".dist-info/" in name}
        assert "MIT" in archive.read(facts["licenses/LICENSE"]).decode()
        assert "digest = digest.cli:main" in archive.read(facts["entry_points.txt"]).decode()


def environment(folder: Path) -> Path:
    """An empty virtual environment; gives its Python."""
    venv.create(folder, with_pip=False, symlinks=True)
    return folder / "bin" / "python"


def installs(python: Path, wheel: Path, *options: str) -> None:
    run(sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", "--python", python, "install", *options,
        wheel, cwd=wheel.parent)  # fmt: skip


def plays(python: Path, folder: Path) -> None:
    """The demonstration, from a folder that has nothing to do with the checkout."""
    folder.mkdir()
    where = run(python, "-c", "import digest; print(digest.__file__)", cwd=folder).strip()
    assert Path(where).is_relative_to(python.parents[1])
    said = json.loads(
        run(python.parent / "digest", "demo", "--no-serve", "--json", "--dir", folder / "demo", cwd=folder)
    )
    assert said["summary"]["messages"] == 25
    assert len(list((folder / "demo" / "mail").glob("*.eml"))) == 25


def test_the_wheel_plays_the_demonstration_from_another_folder(wheel: Path, tmp_path: Path):
    """Its dependencies are lent by this environment, whose link to the checkout is not followed: it is a .pth file."""
    python = environment(tmp_path / "venv")
    installs(python, wheel, "--no-deps", "--no-index")
    (site,) = (tmp_path / "venv" / "lib").glob("python*/site-packages")
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    plays(python, tmp_path / "elsewhere")


@pytest.mark.soak
@pytest.mark.skipif(not os.environ.get("DIGEST_SOAK"), reason="downloads every dependency; run by make soak")
def test_the_wheel_plays_the_demonstration_in_an_empty_environment(wheel: Path, tmp_path: Path):
    python = environment(tmp_path / "venv")
    installs(python, wheel)
    plays(python, tmp_path / "elsewhere")
