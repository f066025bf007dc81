"""How the platforms' interfaces are asked: addresses, versions, windows and patience, from apis.toml."""

import os
from functools import cache
from pathlib import Path

from definitions.load import FOLDER, Frozen, parse, read

FILE = "apis.toml"
ADDRESSES = {  # that the environment may replace
    "CHI_TIEU_SO_FACEBOOK": ("facebook", "address"),
    "CHI_TIEU_SO_ZALO": ("zalo", "address"),
    "CHI_TIEU_SO_ZALO_OAUTH": ("zalo", "oauth"),
}


class Patience(Frozen):
    """How a call that may succeed later is repeated; seconds."""

    attempts: int
    first_wait: float
    longest_wait: float
    timeout: float


class Facebook(Frozen):
    address: str
    version: str
    window_days: int
    history_days: int
    again_days: int
    young_days: int
    post_days: int
    posts_per_call: int
    few_likes: int
    limited_codes: tuple[int, ...]
    usage_limit: float
    usage_wait: float


class Zalo(Frozen):
    address: str
    oauth: str
    token_codes: tuple[int, ...]
    limited_codes: tuple[int, ...]
    refresh_ended_codes: tuple[int, ...]
    renew_before: float
    articles_per_call: int
    article_days: int
    history_days: int


class Apis(Frozen):
    answers_per_delivery: int
    patience: Patience
    facebook: Facebook
    zalo: Zalo


@cache
def apis(folder: Path = FOLDER) -> Apis:
    """The settings of apis.toml, the addresses replaced where the environment names others."""
    content = read(FILE, folder)
    for name, (block, key) in ADDRESSES.items():
        content[block][key] = os.environ.get(name, content[block][key])
    return parse(Apis, content, FILE, "")
