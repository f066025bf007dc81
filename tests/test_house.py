"""What keeps the house in order: layers, pages, docstrings, short functions, clean files, free licences."""

import ast
import re
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

import pytest

import dashboard
from definitions.text import LANGUAGES, text

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
MACHINE = re.compile(r"(?<![\w.])/(work|root|farm|tmp/lab)/")
REGISTRY = re.compile(r"https?://(files|registry|deb|security)\.|" + r"pypi[.]org|python[h]osted|npm[j]s")
LONGEST = 60


@cache
def committed() -> list[str]:
    """Every file git knows, from the project's root."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in listing.split("\0") if name and (ROOT / name).is_file()]


def modules(*folders: str) -> list[str]:
    """The committed Python files, of some top folders only when these are named."""
    return [name for name in committed() if name.endswith(".py") and (not folders or name.split("/")[0] in folders)]


@cache
def tree(name: str) -> ast.Module:
    return ast.parse((ROOT / name).read_text(encoding="utf-8"), name)


def imports(name: str) -> set[str]:
    """The top packages a file imports, anywhere in it."""
    nodes = list(ast.walk(tree(name)))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    return {module.split(".")[0] for module in plain | named}


def test_pages_ask_metrics_and_charts_and_never_a_database() -> None:
    forbidden = {"duckdb", "polars", "plotly", "pandas", "warehouse"}
    assert {name: found for name in modules("pages") if (found := imports(name) & forbidden)} == {}


def test_only_the_screen_knows_streamlit() -> None:
    screen = {"dashboard.py", "serve.py", "pages", "tests", "bench"}
    others = [name for name in modules() if name.split("/")[0] not in screen]
    assert [name for name in others if "streamlit" in imports(name)] == []


def test_pages_stand_in_sections_where_the_old_page_mechanism_does_not_look() -> None:
    assert [name for name in modules("pages") if name.count("/") != 2 and not name.endswith("__init__.py")] == []


def test_every_page_is_in_the_menu_with_a_title_in_every_language() -> None:
    shown = [module.__name__ for module in dashboard.MENU]
    # pages/parts/ holds what pages share.
    pages = [name for name in modules("pages") if not name.endswith("__init__.py") and "/parts/" not in name]
    files = {name.removesuffix(".py").replace("/", ".") for name in pages}
    assert files == set(shown)
    assert all(text(f"page.{name.rpartition('.')[2]}", lang) for name in shown for lang in LANGUAGES)


def test_layers_point_one_way() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    linted = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert linted.returncode == 0, linted.stdout


def test_every_module_says_its_one_job_in_one_line() -> None:
    said = {name: ast.get_docstring(tree(name)) for name in modules() if tree(name).body}
    assert [name for name, job in said.items() if not job or "\n" in job.strip()] == []


def test_functions_fit_in_a_glance() -> None:
    functions = [
        (name, node)
        for name in modules()
        if not name.startswith("tests/")
        for node in ast.walk(tree(name))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    sizes = {f"{name}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1 for name, node in functions}
    assert {place: size for place, size in sizes.items() if size > LONGEST} == {}


def test_no_file_names_a_machine_or_a_registry() -> None:
    texts = {name: (ROOT / name).read_bytes().decode("utf-8", errors="ignore") for name in committed()}
    faults = {
        f"{name}:{number}"
        for name, content in texts.items()
        for number, line in enumerate(content.splitlines(), 1)
        if MACHINE.search(line) or REGISTRY.search(line)
    }
    assert faults == set()


def test_the_lock_pins_everything_by_hash_and_names_no_host() -> None:
    pins = re.findall(r"^(\S+)==", LOCK, re.MULTILINE)
    blocks = re.findall(r"^\S+==[^\\\n]*\\\n {4}--hash=sha256:", LOCK, re.MULTILINE)
    assert len(pins) == len(blocks) > 50
    assert "://" not in LOCK


def licence(metadata: Mapping[str, str | list[str]]) -> str:
    classifiers = [line for line in metadata.get("classifier", []) if "License ::" in line]
    # Some put the licence's whole text into the field; its first line names it.
    free = str(metadata.get("license") or "").strip().partition("\n")[0]
    return " / ".join([str(metadata.get("license_expression") or ""), free, *classifiers])


def is_gpl_only(words: str) -> bool:
    """Whether the GNU GPL (not the Lesser one) is the only licence offered."""
    gpl = re.search(r"(?<!L)GPL|(?<!Lesser )General Public License", words)
    otherwise = re.search(r"\bOR\b|Artistic|MIT|BSD|Apache|Lesser|LGPL", words)
    return bool(gpl and not otherwise)


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("GPL-3.0-or-later", True),
        ("License :: OSI Approved :: GNU General Public License v2 (GPLv2)", True),
        ("Artistic-1.0 OR GPL-2.0-only", False),
        ("LGPL-3.0-only", False),
        ("Apache-2.0", False),
    ],
)
def test_the_licence_test_knows_the_gpl(words: str, verdict: bool) -> None:
    assert is_gpl_only(words) == verdict


def test_nothing_installed_is_under_the_gpl() -> None:
    locked = {name.lower() for name in re.findall(r"^(\S+)==", LOCK, re.MULTILINE)}
    installed = {found.metadata["Name"].lower().replace("_", "-").replace(".", "-"): found for found in distributions()}
    words = {name: licence(found.metadata.json) for name, found in installed.items() if name in locked}
    assert len(words) > 50
    assert {name: said for name, said in words.items() if is_gpl_only(said)} == {}
    assert "unidecode" not in locked | set(installed)
