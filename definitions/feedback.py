"""The case list of feedback: its columns, topics, desks and channels, read and validated from TOML."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from definitions.load import FOLDER, DefinitionError, Frozen, Label, parse, read
from definitions.spelling import fold

FILE = "feedback.toml"
OTHER = "other"  # of the topics, desks and channels: what is none of those listed


class Named(Frozen):
    """What a cell or a header may mean, under the names people write."""

    label: Label
    aliases: tuple[str, ...] = ()

    @property
    def keys(self) -> set[str]:
        return {fold(name) for name in (self.label.vi, self.label.en, *self.aliases)}


class CaseColumn(Named):
    kind: Literal["id", "day", "village", "yes_no", "topic", "desk", "channel", "commune"]


class Personal(Frozen):
    """Folded words in a header that name a person's data."""

    headers: tuple[str, ...]


class Feedback(Frozen):
    columns: Mapping[str, CaseColumn]
    personal: Personal
    topics: Mapping[str, Named]
    desks: Mapping[str, Named]
    channels: Mapping[str, Named]


@cache
def feedback(folder: Path = FOLDER) -> Feedback:
    """The loaded file; DefinitionError where two blocks share a name or a list has no "other"."""
    loaded = parse(Feedback, read(FILE, folder), FILE, "")
    for block in ("columns", "topics", "desks", "channels"):
        named: dict[str, str] = {}
        listed: Mapping[str, Named] = getattr(loaded, block)
        for id, of in listed.items():
            for key in of.keys:
                if (first := named.setdefault(key, id)) != id:
                    raise DefinitionError(FILE, f"{block}.{id}", "aliases", f'"{key}" stands in {first} too')
        if block != "columns" and OTHER not in listed:
            raise DefinitionError(FILE, block, OTHER, "has to be among them")
    return loaded


@cache
def meanings(block: Literal["columns", "topics", "desks", "channels"]) -> dict[str, str]:
    """Folded name -> id, of one block."""
    listed: Mapping[str, Named] = getattr(feedback(), block)
    return {key: id for id, of in listed.items() for key in of.keys}


def meaning(block: Literal["topics", "desks", "channels"], folded: str) -> str | None:
    """The id a cell means by its whole text or by how it begins ("UBND xã Lao Chải"); None for what nobody lists."""
    known = meanings(block)
    begins = [name for name in known if folded == name or folded.startswith(f"{name} ")]
    return known[max(begins, key=len)] if begins else None


@cache
def names_people(folded: str) -> bool:
    """Whether a header speaks of a person's data."""
    return any(f" {words} " in f" {folded} " for words in feedback().personal.headers)
