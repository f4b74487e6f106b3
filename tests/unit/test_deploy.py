"""What deploy/ ships: units that systemd accepts, an image that runs as nobody in particular, and a compose file."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from digest.config.load import load

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = ("digest.service", "digest-backup.service", "digest-backup.timer")


def test_systemd_accepts_the_units_and_finds_them_shut(tmp_path: Path):
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not there")
    for unit in UNITS:
        text = (DEPLOY / unit).read_text(encoding="utf-8")
        (tmp_path / unit).write_text(text.replace("/opt/digest/bin/digest", "/bin/true"), encoding="utf-8")
    done = subprocess.run(
        [analyze, "verify", *(str(tmp_path / unit) for unit in UNITS)], capture_output=True, text=True, check=False
    )
    ours = [line for line in done.stderr.splitlines() if str(tmp_path) in line]
    assert (done.returncode, ours) == (0, []), done.stderr
    rated = subprocess.run(
        [analyze, "security", "--offline=true", str(tmp_path / "digest.service")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    level = re.search(r"exposure level for digest.service: (\d+\.\d)", rated.stdout)
    assert level, rated.stderr
    assert float(level[1]) <= 2.0


def test_the_image_is_built_in_two_stages_and_runs_without_rights():
    lines = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    words = [line.split(maxsplit=1) for line in lines if line.strip() and not line.startswith("#")]
    stages = [rest for word, rest in words if word == "FROM"]
    assert len(stages) == 2
    assert all(re.fullmatch(r"python:3\.\d+-slim-\w+( AS \w+)?", stage) for stage in stages)  # a version, never latest
    last = words[max(at for at, (word, _) in enumerate(words) if word == "FROM") :]
    assert ["USER", "digest"] in last
    assert last.index(["USER", "digest"]) < next(at for at, (word, _) in enumerate(last) if word == "ENTRYPOINT")
    assert any(word == "HEALTHCHECK" and "/readyz" in rest for word, rest in last)
    assert not any(word == "ADD" for word, _ in words)
    for word, rest in words:
        if word == "COPY" and "--from" not in rest:
            for source in rest.split()[:-1]:
                assert (ROOT / source).exists(), source


def test_what_the_image_needs_passes_the_ignore_file():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[0] == "**"
    allowed = [line[1:] for line in ignored if line.startswith("!")]
    for name in ("src", "templates", "pyproject.toml", "requirements.lock", "config.toml"):
        assert name in allowed
    assert all((ROOT / name).exists() for name in allowed)
    assert "subscribers" not in allowed  # real lists lie there


def test_the_compose_file_is_whole():
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    services = compose["services"]
    assert set(compose) <= {"name", "services", "volumes"}
    for name, service in services.items():
        assert set(service) <= {
            "build", "image", "restart", "depends_on", "environment", "volumes", "ports", "stop_grace_period",
            "read_only", "tmpfs", "cap_drop", "security_opt", "shm_size", "healthcheck",
        }, name  # fmt: skip
        assert not service.get("privileged")
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            assert source.startswith("./") or source in compose["volumes"]
        for needed in service.get("depends_on", {}):
            assert services[needed]["healthcheck"]
    assert (DEPLOY / services["digest"]["build"]["context"]).resolve() == ROOT
    assert (ROOT / services["digest"]["build"]["dockerfile"]).is_file()
    assert all(port.startswith("127.0.0.1:") for port in services["digest"]["ports"])


def test_the_settings_of_the_compose_file_are_ones_that_there_are():
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    given = {key: str(value) for key, value in compose["services"]["digest"]["environment"].items()}
    loaded = load(ROOT / "config.toml", environ=given | {"DIGEST__WEB__HOST": "0.0.0.0"})
    assert loaded.settings.database.url.startswith("postgresql://digest:")
