"""Who sees exact counts of ethnic and priority groups: the one rule, taken from roles.toml."""

from functools import cache
from pathlib import Path
from typing import Literal

from definitions.load import FOLDER, DefinitionError, Frozen, Label, parse, read

FILE = "roles.toml"


class Role(Frozen):
    """exact: everywhere; own: in the own commune; protected: nowhere."""

    sees: Literal["exact", "own", "protected"]
    label: Label


class Roles(Frozen):
    """All roles, the one everybody has until there are accounts, and the one that files and links are made for."""

    without_accounts: str
    shared: str
    roles: dict[str, Role]


@cache
def roles(folder: Path = FOLDER) -> Roles:
    """The roles of roles.toml; DefinitionError where one it names is not there."""
    loaded = parse(Roles, read(FILE, folder), FILE, "")
    for key in ("without_accounts", "shared"):
        if getattr(loaded, key) not in loaded.roles:
            raise DefinitionError(FILE, "", key, f'"{getattr(loaded, key)}" is none of {", ".join(loaded.roles)}')
    return loaded


def sees_exact(unit: str, role: str = "", commune: str = "", is_shared: bool = False) -> bool:
    """Whether exact counts of groups in a unit may be shown: the one question pages, metrics and exports ask.

    role: "" for a visitor without an account; commune: the visitor's own. is_shared: for a file or link that leaves
    the page, which shows no more than roles.toml lets everybody see. An unknown role sees the protected figures.
    """
    if is_shared and not sees_exact(unit, roles().shared, commune):
        return False
    known = roles().roles.get(role or roles().without_accounts)
    return known is not None and (known.sees == "exact" or (known.sees == "own" and bool(commune) and unit == commune))
