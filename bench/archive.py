"""Three years of channels, 3.6 million of their days: what pages ask of them, against the demonstration's 99."""

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.goals import ARCHIVED, BY_ID, Outcome, outcome
from bench.national import OF_CHANNELS, nation
from bench.queries import distinct, grown, recorded, timed, words
from bench.reruns import both
from bench.scratch import OUT, ROOT, Province, ours
from bench.views import some
from warehouse import db
from warehouse.publish import CURRENT, FILE, MANIFEST
from warehouse.version import Version, open_version

TIMES = 46  # 96 channels of communes 46 times, and the province's own: 4,419, for groups are counted weekly only
YEARS = 3
RESTED = 15.0  # seconds: a country's Overview is drawn ahead when the first reader comes
YEAR = 364  # days: the weekdays stay
# The tables of units that stand beside them; the villages' stay those of the province.
DOUBLED = (*OF_CHANNELS, "unit", "unit_commune", "indicator_month", "feedback_case", "feedback_month", "delivery")
# What is repeated: the column of its days, what is told anew of the years before, the order of the mart.
AGAIN = {
    "channel_day": ("day", "(day - {back})::date as day", "channel, metric, day"),
    "channel_month": ("month", "(month - interval (n) year)::date as month", "metric, month, channel"),
    "voice_month": ("month", "(month - interval (n) year)::date as month", "unit, metric, month"),
    "post": (
        "day",
        "post || '-' || n as post, (day - {back})::date as day, published_at - interval ({back}) day as published_at",
        "channel, published_at, post",
    ),
    "post_reading": (
        "measured_on",
        "post || '-' || n as post, (measured_on - {back})::date as measured_on",
        "channel, post, measured_on",
    ),
}

# A post told anew has the score of the one it was told from.
SCORED_AGAIN = """create or replace table post_score as
    select score.* replace (post.post as post)
    from post join post_score as score on score.channel = post.channel and score.post = split_part(post.post, '-', 1)
    order by channel, post"""


def measure(province: Province, pairs: int) -> Iterator[Outcome]:
    """Made and asked in a process of its own, where nothing is cached yet; then shown by a server beside another."""
    with tempfile.TemporaryDirectory(dir=OUT) as folder:
        command = [sys.executable, "-m", "bench.archive", str(province.base), folder, str(pairs)]
        settings = os.environ | {"CHI_TIEU_SO_DATA": str(province.base)}
        asked = subprocess.run(command, cwd=ROOT, env=settings, check=True, stdout=subprocess.PIPE)
        told = json.loads(asked.stdout)
        note = f"{told['queries']} queries; {told['rows']}"
        yield Outcome(BY_ID["archive.query"], told["many"], told["once"], note)
        yield Outcome(BY_ID["archive.strip"], told["strip_many"], told["strip_once"])
        yield Outcome(BY_ID["archive.slowest"], told["slowest"], told["select_1"], words(told["slowest_sql"]))
        yield from scripts(province, Path(folder), pairs)


def scripts(province: Province, folder: Path, pairs: int) -> Iterator[Outcome]:
    """The same views of pages on both, interleaved: what a page shows of one channel and beside all like it."""
    with ours(folder) as many, ours(province.base) as once:
        for page in ARCHIVED:
            asked = some(province.version, page, max(pairs, 6))
            first, again = asyncio.run(both(many, once, asked, asked, RESTED))
            yield outcome(f"archive.{page}", *first)
            yield outcome(f"archive.{page}.again", *again)
        many.must_be_content()
        once.must_be_content()


def archive(version: Version, base: Path) -> Version:
    """A data folder whose demo root shows the country's channels over three years."""
    published = base / "demo" / "published"
    published.mkdir(parents=True)
    nation(version, published / "archive", TIMES, DOUBLED)
    with db.draft(published / "archive" / FILE) as connection:
        for table, (day, again, order) in AGAIN.items():
            connection.execute(repeated(table, day, again, order))
        connection.execute(SCORED_AGAIN)
        connection.execute("checkpoint")
        rows = {name: count(connection, name) for name in version.manifest["rows"]}
    told = version.manifest | {"id": "archive", "rows": rows}
    (published / "archive" / MANIFEST).write_text(json.dumps(told), encoding="utf-8")
    (published / CURRENT).write_text("archive", encoding="utf-8")
    return open_version(published, "archive")


def repeated(table: str, day: str, again: str, order: str) -> str:
    return f"""create or replace table "{table}" as select * exclude (n) replace ({again.format(back=f"n * {YEAR}")})
        from "{table}" cross join (select n::int as n from range({YEARS}) as years(n))
        where {day} > (select max({day}) from "{table}") - {YEAR} order by {order}"""


def count(connection: db.Connection, table: str) -> int:
    return int(db.drafted(connection, f'select count(*) as n from "{table}"').item())


def main(base: Path, folder: Path, pairs: int) -> None:
    version = Province(base).version
    is_of_channels = re.compile(rf"\b(?:from|join)\s+(?:{'|'.join(OF_CHANNELS)})\b")
    by_page = {
        page: [query for query in recorded(version, page) if is_of_channels.search(query[0])]
        for page in (*ARCHIVED, "overview")
    }
    queries, strip = distinct(by_page), distinct({"overview": by_page["overview"]})
    many = archive(version, folder)
    told: dict = grown(version, many, queries, pairs)
    told |= {f"strip_{where}": ms for where, ms in grown(version, many, strip, pairs).items()}
    each, floor = timed(many, queries, pairs)
    rows = {name: f"{many.manifest['rows'][name]:,}" for name in ("channel", "channel_day", "post")}
    slowest = max(range(len(each)), key=each.__getitem__)
    told |= {"slowest": each[slowest], "select_1": floor, "slowest_sql": queries[slowest][0]}
    print(json.dumps(told | {"rows": ", ".join(f"{n} rows of {name}" for name, n in rows.items())}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
