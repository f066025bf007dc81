"""The sentences of the screens and letters by id, Vietnamese first."""

import tomllib
from functools import cache

from definitions.load import FOLDER, DefinitionError

LANGUAGES = tuple(sorted((file.stem for file in (FOLDER / "locales").glob("*.toml")), key=lambda code: code != "vi"))


@cache
def sentences(lang: str) -> dict[str, str]:
    """Every sentence of a language, keyed "section.key"."""
    content = tomllib.loads((FOLDER / "locales" / f"{lang}.toml").read_text(encoding="utf-8"))
    return {f"{section}.{key}": value for section, block in content.items() for key, value in block.items()}


def text(id: str, lang: str = "vi", **values: object) -> str:
    """The sentence with its {named} places filled; DefinitionError where the language lacks it."""
    try:
        sentence = sentences(lang)[id]
    except KeyError:
        raise DefinitionError(f"locales/{lang}.toml", *id.partition(".")[::2], "the sentence is missing") from None
    return sentence.format(**values) if values else sentence
