"""The sources of figures, one module each; one that takes files gives SOURCE, VERSION, recognises and read(path)."""

import hashlib
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Protocol, cast

from definitions.load import FOLDER
from definitions.reference import REFERENCE
from etl.landing import Landed

HEAD = 4096  # bytes by which a source recognises text
ZIP = b"PK\x03\x04"


class Source(Protocol):
    """What a module that takes files offers; `read` depends on the bytes, and on what VERSION names, alone.

    recognises: head is how a file begins, or all of a zip archive (a workbook); name may be but a hash.
    """

    SOURCE: str
    VERSION: str

    def recognises(self, name: str, head: bytes) -> bool: ...

    def read(self, path: Path) -> Landed: ...


def version(number: int, *read: str) -> str:
    """A reader's version: its own number, and a digest of the definitions and reference tables that it reads."""
    digest = hashlib.sha256()
    for name in read:
        digest.update(((REFERENCE if name.endswith(".csv") else FOLDER) / name).read_bytes())
    return f"{number}-{digest.hexdigest()[:8]}"


@cache
def sources() -> dict[str, Source]:
    """All sources of files by id; a new file in this folder is a new source."""
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    return {module.SOURCE: cast(Source, module) for module in modules if hasattr(module, "recognises")}


def source_for(name: str, content: bytes) -> Source:
    """The source that recognises a file; any other workbook, and what none knows, is the commune workbook's to read."""
    # What a workbook holds stands anywhere in its archive; text is known by how it begins.
    head = content if content.startswith(ZIP) else content[:HEAD]
    last = sources()["commune_workbook"]
    others = (source for source in sources().values() if source is not last)
    return next((source for source in others if source.recognises(name, head)), last)
