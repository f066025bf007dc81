"""Workbooks opened and saved again by LibreOffice, as somebody's office program would."""

import io
import subprocess
from collections.abc import Mapping
from pathlib import Path

import openpyxl

import machine


def recalculated(books: Mapping[str, bytes], folder: Path) -> dict[str, bytes]:
    """Name -> the workbook saved without its formulas' values, then worked out anew."""
    folder.mkdir(exist_ok=True)
    for name, content in books.items():
        openpyxl.load_workbook(io.BytesIO(content)).save(folder / f"{name}.xlsx")
    profile, out = f"-env:UserInstallation={(folder / 'profile').as_uri()}", folder / "out"
    command = [str(machine.libreoffice()), profile, "--headless", "--convert-to", "xlsx", "--outdir", str(out)]
    sources = [str(folder / f"{name}.xlsx") for name in books]
    subprocess.run([*command, *sources], check=True, capture_output=True, timeout=300)
    return {name: (out / f"{name}.xlsx").read_bytes() for name in books}
