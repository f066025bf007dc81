"""The sources of figures, one module each; one that takes files gives SOURCE, VERSION, recognises and read(path)."""

from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Protocol, cast

from etl.landing import Landed


class Source(Protocol):
    """What a module that takes files offers; `read` depends on the bytes alone."""

    SOURCE: str
    VERSION: int

    def recognises(self, name: str, head: bytes) -> bool: ...

    def read(self, path: Path) -> Landed: ...


@cache
def sources() -> dict[str, Source]:
    """All sources of files by id; a new file in this folder is a new source."""
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    return {module.SOURCE: cast(Source, module) for module in modules if hasattr(module, "recognises")}


def source_for(name: str, head: bytes) -> Source:
    """The source that recognises a file; what none does is the workbook reader's to refuse."""
    for source in sources().values():
        if source.recognises(name, head):
            return source
    return sources()["commune_workbook"]
