"""Makes up what other sources than the reports count: every commune's households by the police and by statistics."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta

from etl.demo.mess import at, today
from etl.demo.plan import dice

HEADER = ("Mã xã", "Nguồn", "Số hộ", "Ngày", "Văn bản")
# How far a source's count lies from the reports' on average and how much that varies, in how many communes in a hundred
# a register lists many more, and in how many a typed list lost its last digit, as lists of 2025 did (8.560 became 856).
OTHERWISE = {
    "công an": {"mean": 1.02, "spread": 0.02, "many more": 0.06, "digit lost": 0.0},
    "thống kê": {"mean": 0.98, "spread": 0.03, "many more": 0.0, "digit lost": 0.03},
}
MANY_MORE = 1.35
PAPERS = {"công an": "Công văn 215/CA-QLHC (minh hoạ)", "thống kê": "Niên giám thống kê tỉnh (minh hoạ)"}
File = tuple[str, bytes, datetime]


def files(households: Mapping[str, int], months: tuple[date, ...], seed: int) -> Iterator[File]:
    """(name, bytes, moment) of each source's list; households: code -> those of the reports."""
    last = months[-1]
    days = {"công an": last.replace(day=1) - timedelta(1), "thống kê": date(last.year, 1, 1) - timedelta(1)}
    for number, source in enumerate(OTHERWISE, 1):
        rows = [(code, source, count(code, n, source, seed)) for code, n in sorted(households.items())]
        told = [(*row, f"{days[source]:%d/%m/%Y}", PAPERS[source]) for row in rows]
        moment = at((today(months) - timedelta(number)).date(), time(9))
        yield f"so-ho-{'cong-an' if number == 1 else 'thong-ke'}.csv", written(told), moment


def count(code: str, households: int, source: str, seed: int) -> int:
    """The households of one commune by one source."""
    otherwise, chance = OTHERWISE[source], dice(seed, "households", source, code)
    factor, draw = chance.normal(otherwise["mean"], otherwise["spread"]), chance.random()
    if draw < otherwise["many more"]:
        factor = MANY_MORE
    counted = max(10, round(households * factor))
    return counted // 10 if draw > 1 - otherwise["digit lost"] else counted


def written(rows: list[tuple]) -> bytes:
    page = io.StringIO(newline="")
    csv.writer(page, delimiter=";", lineterminator="\n").writerows([HEADER, *rows])
    return page.getvalue().encode("utf-8-sig")
