"""The views people ask for: pages and the choices in their addresses."""

from itertools import cycle, islice
from urllib.parse import urlencode

from bench.goals import PAGES, WITH_PLOTLY
from definitions.asked import by_group
from definitions.load import definitions
from definitions.text import LANGUAGES
from metrics import channels, deliveries, posts, rounds, units
from warehouse.version import Version

View = tuple[str, str]  # page name, query string


def views(version: Version, page: str) -> list[View]:
    """Every view of a page worth asking for, no two alike."""
    targets = list(definitions().targets)
    communes = units.communes(version)["unit"].to_list()
    choices: dict[str, list[dict[str, str]]] = {
        "overview": [{"target": target, "lang": lang} for lang in LANGUAGES for target in targets],
        "communes": [{"unit": unit, "target": target} for unit, target in zip(communes, cycle(targets), strict=False)],
        "villages": [
            {"unit": unit, "list": kind} for unit in ["", *communes] for kind in ("report", "active", "group")
        ],
        "slices": slices(communes, list(definitions().indicators)),
        "gaps": [
            {"indicator": id, "among": among, "measure": measure}
            for measure in ("d", "r", "mdbu")
            for among in ("ethnic", "priority", "commune")
            for id in by_group()
        ],
        "feedback": [
            {"unit": unit, "months": months} for months in ("12", "3", "6", "all") for unit in feedback_units(communes)
        ],
        "channels": [
            {"channel": channel, "measure": measure}
            for measure in ("followers", "interactions", "posts", "answer_minutes")
            for channel in channels.channels(version)["channel"].to_list()
        ],
        "posts": [
            {"channel": channel, "months": months}
            for months in ("12", "3", "all")
            for channel in posts.channels(version)["channel"].to_list()
        ],
        "standings": [{"cluster": cluster, "lang": lang} for lang in LANGUAGES for cluster in clusters()],
        "scoresheet": [{"unit": unit} for unit in communes],
        "weights": [{"w": f"access:{points}"} for points in range(13, 60)],
        "checks": [{"lang": lang} for lang in LANGUAGES],
        "rounds": [{"month": f"{month:%Y-%m}"} for month in rounds.months(version)],
        "deliveries": [{"file": sha} for sha in files(version)],
        "definitions": [{"lang": lang} for lang in LANGUAGES],
    }
    address = "" if page == PAGES[0] else page
    return [(address, urlencode(choice)) for choice in choices[page]]


def feedback_units(communes: list[str]) -> list[str]:
    """The province, its clusters, then every commune."""
    return [definitions().province.code, *clusters(), *communes]


def clusters() -> list[str]:
    return [f"cluster:{cluster.id}" for cluster in definitions().clusters]


def files(version: Version, count: int = 20) -> list[str]:
    """Deliveries by turns with and without letters, the latest first."""
    told = set(deliveries.letters(version)["sha256"])
    listed = deliveries.deliveries(version, month=deliveries.months(version)[0])["sha256"].to_list()
    pair = ([sha for sha in listed if (sha in told) is is_told][:count] for is_told in (True, False))
    return [sha for both in zip(*pair, strict=False) for sha in both]


def slices(communes: list[str], indicators: list[str]) -> list[dict[str, str]]:
    """Every layout of every indicator by nothing and by platform, then the villages of each commune."""
    layouts = [
        {"view": view, "by": by}
        for view in ("table", "lines", "bars", "multiples", "map")
        for by in ("none", "platform")
    ]
    found = [{"indicator": indicator} | layout for indicator in indicators for layout in layouts]
    return found + [{"level": "village", "within": unit} for unit in communes]


def some(version: Version, page: str, count: int) -> list[View]:
    """So many views of a page, from the beginning again where it has fewer."""
    return list(islice(cycle(views(version, page)), count))


def mixed(version: Version, pages: tuple[str, ...], count: int) -> list[View]:
    """Views of several pages in turn."""
    lists = [some(version, page, count) for page in pages]
    return [view for turn in zip(*lists, strict=True) for view in turn][:count]


LIGHT = tuple(page for page in PAGES if page not in WITH_PLOTLY)
