"""P3: a month's workbooks read, validated and landed, against the bare reader on the same files."""

import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pandas as pd
import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook, ZipError

from bench.goals import Outcome, outcome
from bench.scratch import OUT, Province
from etl import deliveries, intake, store
from etl.build import build
from etl.landing import Packed, write_packed
from etl.load import load
from etl.registry import registry
from etl.store import Root

ROWS = 190_000
Receipts = list[store.Record]


def measure(province: Province, pairs: int) -> Iterator[Outcome]:
    month, receipts = fullest_month(province.root)
    paths = [store.inbox_path(province.root, one["sha256"], one["file"]) for one in receipts]
    with started() as (readers, start), tempfile.TemporaryDirectory(dir=OUT) as folder:
        scratch = Path(folder)
        mine = lambda: land(readers, province.root, paths, receipts, Path(tempfile.mkdtemp(dir=scratch)))  # noqa: E731
        landed = interleaved(pairs, mine, lambda: bare(paths))
        note = f"{len(paths)} files of {month}, {readers.workers} reading processes"
        yield outcome("P3.month", *landed, note)
        yield outcome("P3.processor", *interleaved(pairs, mine, lambda: bare(paths), partial(processor, readers)))
        yield outcome("P3.start", start, landed[1])
        yield outcome("P3.pandas", landed[0], [seconds(lambda: with_pandas(paths)) for _ in range(2)])
        yield outcome("P3.load", [take_in(readers, province.root, paths, scratch) for _ in range(3)], landed[1])
        large = interleaved(3, *large_workbook(readers, scratch))
        yield outcome("P3.large", *large, f"{ROWS} villages on one sheet, 6 columns")
    yield publishing(province)


def interleaved(
    pairs: int, mine: Callable[[], object], other: Callable[[], object], clock: Callable[[], float] = time.perf_counter
) -> tuple[list[float], list[float]]:
    """Seconds of the two, done in turn."""
    samples = [(seconds(mine, clock), seconds(other, clock)) for _ in range(pairs)]
    return [a for a, _ in samples], [b for _, b in samples]


def seconds(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    began = clock()
    work()
    return clock() - began


def processor(readers: intake.Readers) -> float:
    """Seconds that this process and the readers have used a processor: other programs on the machine count less."""
    return time.process_time() + sum(sum(child.seen.cpu_times()[:2]) for child in readers.children)


class started:
    """The warm readers, and how long it took to start them."""

    def __enter__(self) -> tuple[intake.Readers, list[float]]:
        # Time is measured here, not limited.
        self.readers = intake.Readers(seconds=600)
        took = [seconds(self.readers.__enter__)]
        return self.readers, took

    def __exit__(self, *fault: object) -> None:
        self.readers.__exit__(None, None, None)


def fullest_month(root: Root) -> tuple[str, Receipts]:
    """The month most communes sent a workbook for that the bare reader can open, one each."""
    by_month: dict[str, dict[str, store.Record]] = defaultdict(dict)
    for one in store.receipts(root):
        if one["month"] and one["commune"] and opens(store.inbox_path(root, one["sha256"], one["file"])):
            by_month[one["month"]].setdefault(one["commune"], one)
    month = max(by_month, key=lambda month: (len(by_month[month]), month))
    return month, list(by_month[month].values())


def opens(path: Path) -> bool:
    with suppress(CalamineError, ZipError, OSError):
        CalamineWorkbook.from_path(str(path))
        return True
    return False


# ---- ours ------------------------------------------------------------------------------------------------------------


def land(readers: intake.Readers, root: Root, paths: list[Path], receipts: Receipts, landing: Path) -> None:
    """Read in the children, land, hold against the registry: what `load` does between inbox and receipt."""
    landed = dict[str, Packed]()
    with ThreadPoolExecutor(1) as beside:
        villages = beside.submit(registry, root)
        for _, sha, packed in readers.read_many(paths):
            write_packed(landing, sha, packed)
            landed[sha] = packed
    deliveries.judge(deliveries.in_hand(receipts, landed), villages.result(), root.origin)


def take_in(readers: intake.Readers, root: Root, paths: list[Path], scratch: Path) -> float:
    """Seconds of the whole of `load` into an empty root with the same registry, by readers already warm."""
    base = Path(tempfile.mkdtemp(dir=scratch))
    target = store.root("demo", base)
    for event in root.log.glob("event-*.json"):
        shutil.copy(event, target.log)
    with patch.object(intake, "read_many", readers.read_many):
        return seconds(lambda: load(target, paths))


def publishing(province: Province) -> Outcome:
    """Publishing again after a month's delivery, against reading every file again and publishing."""
    with tempfile.TemporaryDirectory(dir=OUT) as folder:
        target = copied(province.root, Path(folder))
        alone = [republish(target) for _ in range(2)]
        shutil.rmtree(target.landing)
        target.landing.mkdir()
        full = [republish(target)]
    return outcome("P3.publish", alone, full, "full build once, publishing twice")


def copied(root: Root, base: Path) -> Root:
    """The same deliveries in a root of their own, without published versions."""
    shutil.copytree(root.path, base / "demo", ignore=shutil.ignore_patterns("published"))
    return store.root("demo", base)


def republish(root: Root) -> float:
    """Seconds to make a version although nothing is new."""
    shutil.rmtree(root.published)
    root.published.mkdir()
    return seconds(lambda: build(root))


# ---- the yardsticks --------------------------------------------------------------------------------------------------


def bare(paths: list[Path]) -> None:
    for path in paths:
        book = CalamineWorkbook.from_path(str(path))
        for number in range(len(book.sheet_names)):
            book.get_sheet_by_index(number).to_python(skip_empty_area=False)


def with_pandas(paths: list[Path]) -> None:
    for path in paths:
        if path.suffix == ".xlsx":  # openpyxl reads no .xls: to its advantage
            pd.read_excel(path, sheet_name=None, header=None, engine="openpyxl")


# ---- one very long workbook ------------------------------------------------------------------------------------------


def large_workbook(readers: intake.Readers, scratch: Path) -> tuple[Callable[[], object], Callable[[], object]]:
    """Ours and the bare reader on a workbook of 190,000 villages; raises when ours refuses it."""
    path = scratch / "large.xlsx"
    write_large(path)

    def mine() -> None:
        (_, sha, packed), *_ = readers.read_many([path])
        if refused := packed.head["refused"]:
            raise RuntimeError(refused["message"])
        write_packed(scratch, sha, packed)

    return mine, lambda: bare([path])


def write_large(path: Path) -> None:
    header = ["STT", "Tên thôn", "Tổng số hộ", "Ít nhất 1 nền tảng", "Ít nhất 3 nền tảng", "Số thành viên tổ"]
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        page = book.add_worksheet("Thôn")
        for row, line in enumerate((["ỦY BAN MTTQ VIỆT NAM XÃ BẢN HỒ"], ["Tháng 3 năm 2026"], [], header)):
            page.write_row(row, 0, line)
        for number in range(ROWS):
            page.write_row(number + 4, 0, [number + 1, f"Thôn {number + 1}", 120, 60, 30, 7])
