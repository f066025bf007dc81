"""Makes the environment when it is missing or out of date, then hands over to cli.py; needs nothing but Python 3.11."""

import contextlib
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "made-from"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST = (3, 11)
WIDTH = 24

# Shown while cli.py cannot run yet; no type hints in this file, so that an old Python gets as far as its sentence.
HELP = """Chỉ tiêu số

  python3 run.py                 serve the dashboard on http://127.0.0.1:8501
  python3 run.py VERB --help     what a verb does and takes
  python3 run.py test            run all tests
  python3 run.py check           lint, types, layers

The first start makes the environment in .venv, which takes a minute or two; from then on this lists every verb.
"""

NO_NETWORK = re.compile(
    r"name resolution|resolve host|nodename nor servname|dns error|getaddrinfo|NewConnectionError|ConnectTimeout|"
    r"Connection refused|Network is unreachable|error sending request|timed out|No matching distribution",
    re.IGNORECASE,
)


class Stop(Exception):
    """A failure that one sentence explains to the person at the keyboard."""


def main(arguments):
    if sys.version_info < OLDEST:
        have = ".".join(str(part) for part in sys.version_info[:3])
        raise Stop(f"Python 3.11 or newer is needed and this is {have}. Install a newer one and start run.py with it.")
    if not is_made():
        if arguments[:1] in (["--help"], ["-h"]):
            print(HELP, end="")
            return 0
        make()
    return hand_over(arguments or ["dashboard"])


def fingerprint():
    version = f"python {sys.version_info[0]}.{sys.version_info[1]}\n"
    # Git on Windows may rewrite line ends; the lock is the same lock.
    return hashlib.sha256(version.encode() + LOCK.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def is_made():
    return PYTHON.exists() and STAMP.exists() and STAMP.read_text() == fingerprint()


def make():
    """Three steps; the stamp is taken away first and written last, so a killed start is repaired by the next."""
    whole = STAMP.exists() and PYTHON.exists()
    STAMP.unlink(missing_ok=True)
    index = index_of_pip()
    with tempfile.TemporaryDirectory() as folder:
        installer = Path(folder) / "uv.txt"
        installer.write_text(block_of_lock("uv"), encoding="utf-8")
        python = [str(PYTHON), "-m"]
        steps = [
            ("installer", [*python, "pip", "install", "--require-hashes", "--no-deps", "-r", str(installer)]),
            ("libraries", [*python, "uv", "pip", "sync", "--require-hashes", "--python", str(PYTHON), str(LOCK)]),
        ]
        if not whole or not venv_fits():
            steps.insert(0, ("environment", [sys.executable, "-m", "venv", "--clear", str(VENV)]))
        for number, (name, command) in enumerate(steps, 1):
            step(f"{name} ({number}/{len(steps)})", command, (number - 1) / len(steps), number / len(steps), index)
    STAMP.write_text(fingerprint())


def venv_fits():
    """Whether the environment was made by this version of Python."""
    return f"version = {sys.version_info[0]}.{sys.version_info[1]}." in (VENV / "pyvenv.cfg").read_text()


def block_of_lock(name):
    """The lines of the lock that pin one package, hashes included."""
    found = re.search(rf"^{name}==[^\\\n]*(?:\\\n +--hash=[^\\\n]*)+", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise Stop(f"requirements.lock does not pin {name}; fetch the project again.")
    return found.group(0) + "\n"


def index_of_pip():
    """uv does not read pip's settings; a mirror configured for pip serves uv too."""
    if any(key in os.environ for key in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_CONFIG_FILE")):
        return {}
    command = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    address = os.environ.get("PIP_INDEX_URL") or answer.stdout.strip()
    return {"UV_DEFAULT_INDEX": address} if address else {}


def step(name, command, start, end, settings):
    """Run one command under a moving bar; its output is shown only when it fails."""
    began = time.monotonic()
    lines: list = []
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **settings},
        text=True,
        encoding="utf-8",
        errors="replace",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    done = threading.Event()
    painter = threading.Thread(target=paint, args=(name, began, start, end, lines, done), daemon=True)
    painter.start()
    try:
        lines.extend(line.rstrip() for line in process.stdout or [])
        code = process.wait()
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        raise
    finally:
        done.set()
        painter.join()
    if code:
        raise Stop(reason(name, "\n".join(lines)))
    show(name, end, time.monotonic() - began, "", "\n")


def paint(name, began, start, end, lines, done):
    """Redraw the bar twice a second: it nears the step's end as time goes by and reaches it only when the step does."""
    while sys.stdout.isatty() and not done.wait(0.5):
        seconds = time.monotonic() - began
        show(name, start + (end - start) * seconds / (seconds + 15), seconds, lines[-1] if lines else "", "")


def show(name, share, seconds, note, ending):
    full = int(share * WIDTH)
    line = f"[{'#' * full}{'.' * (WIDTH - full)}] {share:4.0%} {name:20} {seconds:5.1f} s"
    if sys.stdout.isatty():
        line = "\r" + f"{line}  {note}"[:100].ljust(100)
    print(line, end=ending, flush=True)


def reason(name, output):
    """One sentence for the failures a newcomer meets, the tool's own words for all others."""
    if "ensurepip" in output or "No module named venv" in output:
        return (
            "This Python cannot make environments. On Debian or Ubuntu install the missing part with: "
            "apt install python3-venv"
        )
    if "No space left" in output:
        return "The disk is full: about 1.5 GB is needed. Free some space and start again."
    if NO_NETWORK.search(output):
        return "The package registry could not be reached. Check the network or the proxy settings and start again."
    if "hash" in output.lower() and "mismatch" in output.lower():
        return "A downloaded package is not the one requirements.lock expects, so it was not installed. Try later."
    return f"The step {name} failed:\n" + output[-2000:]


def hand_over(arguments):
    command = [str(PYTHON), str(ROOT / "cli.py"), *arguments]
    if os.name == "posix":
        sys.stdout.flush()
        os.execv(command[0], command)
    process = subprocess.Popen(command)
    while True:
        # Ctrl-C reaches the child by itself on Windows; here it only must not end the wait.
        with contextlib.suppress(KeyboardInterrupt):
            return process.wait()


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    try:
        sys.exit(main(sys.argv[1:]))
    except Stop as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        sys.exit("\nStopped; the next start goes on from here.")
