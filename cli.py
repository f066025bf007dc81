"""The verbs of `python3 run.py`."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

ROOT = Path(__file__).resolve().parent

app = typer.Typer(
    name="run.py",
    help="Chỉ tiêu số: from commune workbooks to target progress on the screen.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


@app.command()
def dashboard(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8501,
    address: Annotated[str, typer.Option(help="Loopback only, until there are accounts.")] = "127.0.0.1",
) -> None:
    """Serve the dashboard on this machine; Ctrl-C ends it."""
    # Streamlit takes a second to import, which no other verb should wait for.
    import serve

    try:
        serve.run(address, port)
    except serve.CannotServe as problem:
        fail(str(problem))


@app.command()
def test(
    fast: Annotated[bool, typer.Option("--fast", help="Leave out those with a browser or another program.")] = False,
    long: Annotated[bool, typer.Option("--long", help="Add those on the whole province.")] = False,
    paths: Annotated[list[str] | None, typer.Argument(help="Only these files or tests.")] = None,
) -> None:
    """Run the tests, those in a real browser included; gets a Chromium and a LibreOffice where there is none."""
    import machine

    if not fast:
        try:
            print("Chromium:", machine.get_chromium())
            print("LibreOffice:", machine.get_libreoffice(), flush=True)
        except machine.Missing as problem:
            fail(str(problem))
    left_out = [f"not {mark}" for mark, leave in (("slow", fast), ("long", not long)) if leave]
    sys.exit(python("-m", "pytest", "-m", " and ".join(left_out), *(paths or [])))


@app.command()
def check() -> None:
    """Lint, types and layers."""
    results = {
        "lint": python("-m", "ruff", "check", "."),
        "types": python("-m", "mypy"),
        "layers": python("-c", "from importlinter.cli import lint_imports_command as run; run()"),
    }
    wrong = [name for name, code in results.items() if code]
    if wrong:
        fail("Not in order: " + ", ".join(wrong))
    print("In order: " + ", ".join(results))


def python(*arguments: str) -> int:
    """Run this environment's Python on the project; gives the exit status."""
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, check=False).returncode


def fail(sentence: str) -> None:
    """Say why on stderr and leave with status 1."""
    print(sentence, file=sys.stderr)
    raise typer.Exit(1)


if __name__ == "__main__":
    app(prog_name="python3 run.py")
