"""A country made of one province: its published tables repeated under invented codes, to ask the pages' queries of."""

from collections.abc import Collection
from pathlib import Path

from warehouse import db
from warehouse.publish import FILE
from warehouse.version import Version

TIMES = 33  # 99 communes -> 3,267, of 3,321 in the country; 3,152 villages -> 104,016, of 98,000
CODES = ("unit", "commune", "village", "cluster", "sha256")
# Where "channel" is the code of one; in feedback_case it is a way in.
OF_CHANNELS = (
    "channel", "channel_owner", "channel_day", "channel_month", "voice_month", "post", "post_score", "post_reading",
)  # fmt: skip


def nation(version: Version, folder: Path, times: int = TIMES, doubled: Collection[str] = ()) -> Version:
    """The province's version, and doubles of what belongs to a commune, village or file (of some tables).

    The doubles stand behind one another, each in the order of the mart; the province's own rows stay single.
    """
    folder.mkdir()
    with db.draft(folder / FILE) as connection:
        connection.execute(f"attach '{version.path / FILE}' as one (read_only)")
        connection.execute(
            f"create temp table copy as select chr(64 + i::int) as letter from range(1, {times}) as r(i)"
        )
        for table in version.manifest["rows"]:
            connection.execute(f'create table "{table}" as from one."{table}"')
            columns = {row[0] for row in connection.sql(f'describe "{table}"').fetchall()}
            named = [*CODES, "channel"] if table in OF_CHANNELS else CODES
            codes = [code for code in named if code in columns]
            if codes and (not doubled or table in doubled):
                connection.execute(doubles(table, codes, "unit" in columns))
        connection.execute("checkpoint")
    return Version("nation", folder, {})


def doubles(table: str, codes: list[str], has_unit: bool) -> str:
    shifted = ", ".join(f"letter || {code} as {code}" for code in codes)
    of_province = "where unit not in (select unit from one.unit where level = 'province')" if has_unit else ""
    return (
        f'insert into "{table}" select * exclude (letter) replace ({shifted}) '
        f'from copy cross join one."{table}" {of_province} order by letter'
    )
