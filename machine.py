"""Finds the programs outside Python that the tests need, or gets them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

PROGRAM_FILES = [os.environ.get(name, "") for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")]
CHROMIUM_NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge"]
CHROMIUM_PLACES = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    *(f"{folder}/Google/Chrome/Application/chrome.exe" for folder in PROGRAM_FILES),
    *(f"{folder}/Microsoft/Edge/Application/msedge.exe" for folder in PROGRAM_FILES),
]
LIBREOFFICE_NAMES = ["soffice", "libreoffice"]
LIBREOFFICE_PLACES = [
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    *(f"{folder}/LibreOffice/program/soffice.exe" for folder in PROGRAM_FILES),
]


class Missing(Exception):
    """A program is not there and cannot be had; the text says what to install."""


def chromium() -> Path:
    """The path of an installed Chromium, Chrome, Edge or Playwright's own; raises Missing."""
    found = _first(CHROMIUM_NAMES, CHROMIUM_PLACES) or _playwrights_own()
    if not found:
        raise Missing("No Chromium was found and none could be had. Install Chromium or Chrome.")
    return found


def libreoffice() -> Path:
    """The path of LibreOffice's `soffice`; raises Missing."""
    found = _first(LIBREOFFICE_NAMES, LIBREOFFICE_PLACES)
    if not found:
        raise Missing("No LibreOffice was found and none could be had. Install LibreOffice Calc and Writer.")
    return found


def get_chromium() -> Path:
    """Like `chromium`, but installs one where there is none: Playwright's first, else Debian's when root."""
    try:
        return chromium()
    except Missing:
        _run([sys.executable, "-m", "playwright", "install", "chromium"])
        if not _playwrights_own():
            _install_debian(["chromium"])
        return chromium()


def get_libreoffice() -> Path:
    """Like `libreoffice`, but installs Debian's packages where there is none and we are root."""
    try:
        return libreoffice()
    except Missing:
        _install_debian(["libreoffice-calc", "libreoffice-writer"])
        return libreoffice()


def _first(names: Iterable[str], places: Iterable[str]) -> Path | None:
    on_path = (shutil.which(name) for name in names)
    candidates = [*(Path(path) for path in on_path if path), *(Path(place) for place in places)]
    return next((path for path in candidates if path.is_file()), None)


def _playwrights_own() -> Path | None:
    # Asked in a process of its own, because Playwright's driver does not run beside another event loop.
    ask = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    answer = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=False)
    path = Path(answer.stdout.strip() or "missing")
    return path if path.is_file() else None


def _install_debian(packages: list[str]) -> None:
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        _run(["apt-get", "update"])
        _run(["apt-get", "install", "-y", "--no-install-recommends", *packages], DEBIAN_FRONTEND="noninteractive")


def _run(command: list[str], **settings: str) -> None:
    """Try to install; whether it worked shows in what is found afterwards."""
    print("$", *command, flush=True)
    subprocess.run(command, env={**os.environ, **settings}, check=False)
