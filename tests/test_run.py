"""run.py: an environment is made once, repaired when a start was killed, and renewed when the lock changed."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import run

ROOT = Path(__file__).parents[1]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of run.py and the lock, and `run` looking at it."""
    for name in ("run.py", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path / name)
    venv = tmp_path / ".venv"
    places = {"ROOT": tmp_path, "VENV": venv, "LOCK": tmp_path / "requirements.lock", "STAMP": venv / "made-from"}
    for name, place in {**places, "PYTHON": venv / run.PYTHON.relative_to(run.VENV)}.items():
        monkeypatch.setattr(run, name, place)
    return tmp_path


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the steps taken; the first makes what venv would, the others nothing."""
    taken: list[str] = []

    def step(name: str, *_: object) -> None:
        taken.append(name.split()[0])
        run.PYTHON.parent.mkdir(parents=True, exist_ok=True)
        run.PYTHON.touch()
        (run.VENV / "pyvenv.cfg").write_text(f"version = {sys.version_info[0]}.{sys.version_info[1]}.0\n")

    monkeypatch.setattr(run, "step", step)
    return taken


def start(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(folder / "run.py"), *arguments]
    environment = {**os.environ, **settings}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=180, check=False)


def test_help_comes_before_anything_is_installed(project: Path) -> None:
    answer = start(project, "--help")
    assert answer.returncode == 0 and "run.py test" in answer.stdout
    assert not (project / ".venv").exists()


def test_the_second_start_makes_nothing(project: Path, steps: list[str]) -> None:
    run.make()
    assert run.is_made() and steps == ["environment", "installer", "libraries"]


def test_a_changed_lock_renews_the_libraries_only(project: Path, steps: list[str]) -> None:
    run.make()
    (project / "requirements.lock").write_text(run.LOCK.read_text(encoding="utf-8") + "# later\n", encoding="utf-8")
    assert not run.is_made()
    steps.clear()
    run.make()
    assert run.is_made() and steps == ["installer", "libraries"]


def test_a_killed_start_is_repaired_from_the_ground(
    project: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run.step

    def killed_at_libraries(name: str, *rest: object) -> None:
        if name.startswith("libraries"):
            raise KeyboardInterrupt
        whole(name, *rest)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(run, "step", killed_at_libraries)
        run.make()
    assert not run.is_made()
    steps.clear()
    run.make()
    assert run.is_made() and steps == ["environment", "installer", "libraries"]
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(run, "step", killed_at_libraries)
        run.make()
    assert not run.is_made()


def test_another_python_gets_an_environment_of_its_own(
    project: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run.make()
    monkeypatch.setattr(sys, "version_info", (3, 99, 0))
    assert not run.is_made()
    steps.clear()
    run.make()
    assert steps[0] == "environment"


def test_the_installer_itself_comes_with_all_its_hashes() -> None:
    block = run.block_of_lock("uv")
    assert block.startswith("uv==") and block.count("--hash=sha256:") > 5
    assert block.count("==") == 1


def test_an_old_python_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    ast.parse((ROOT / "run.py").read_text(encoding="utf-8"), feature_version=(3, 7))
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(run.Stop, match="Python 3.11 or newer is needed and this is 3.9.2"):
        run.main([])


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("The virtual environment was not created because ensurepip is not available.", "python3-venv"),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        ("NewConnectionError: [Errno -3] Temporary failure in name resolution", "could not be reached"),
        ("error: Request failed after 3 retries: dns error: failed to lookup address", "could not be reached"),
        ("error: Hash mismatch for `polars==2.1.0`", "not the one requirements.lock expects"),
        ("something never seen", "The step x failed:\nsomething never seen"),
    ],
)
def test_a_failure_is_a_sentence(output: str, sentence: str) -> None:
    assert sentence in run.reason("x", output)


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for the environment's Python is a shell script")
def test_the_arguments_and_the_exit_status_are_passed_on(project: Path, steps: list[str]) -> None:
    run.make()
    run.PYTHON.write_text('#!/bin/sh\nshift\necho "got: $*"\nexit 3\n')
    run.PYTHON.chmod(0o755)
    answer = start(project, "load", "một tệp.xlsx", "--json")
    assert (answer.returncode, answer.stdout) == (3, "got: load một tệp.xlsx --json\n")
    assert start(project).stdout == "got: dashboard\n"


@pytest.mark.alone
def test_without_a_network_it_says_so(project: Path) -> None:
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull}
    answer = start(project, "status", **nowhere, PIP_FIND_LINKS="", PIP_EXTRA_INDEX_URL="", PIP_NO_CACHE_DIR="1")
    assert answer.returncode == 1
    assert answer.stderr.strip().endswith("Check the network or the proxy settings and start again.")
    assert "environment (1/3)" in answer.stdout and "Traceback" not in answer.stderr
