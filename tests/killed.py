"""Loads, builds and syncs in a process of its own that dies where it is told to; for test_publish and test_sync."""

import os
import signal
import threading
from datetime import datetime
from pathlib import Path

import etl.load
from definitions import apis
from definitions.channels import Channel
from etl import store
from etl.build import build
from etl.sync import run
from tests.handmade import moment
from tests.workbooks import read_here

HOOKED = ("fsync", "link", "rename", "replace", "unlink", "mkdir")


def arrived(name: str) -> datetime:
    """The moment of a file, from its number, so that two roots agree: "07.xlsx" came on the seventh."""
    return moment(f"2025-12-{int(name[:2]) % 28 + 1:02}")


def die_at(call: int) -> None:
    """Kill this process just before its n-th call that makes something durable or visible."""
    count = 0

    def hooked(name: str):
        real = getattr(os, name)

        def counting(*given, **named):
            nonlocal count
            count += 1
            if count == call:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*given, **named)

        return counting

    for name in HOOKED:
        setattr(os, name, hooked(name))


def die_after(seconds: float) -> None:
    timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL))
    timer.daemon = True
    timer.start()


def load_and_build(base: Path, paths: list[Path], journal: Path, call: int | None, seconds: float | None) -> None:
    """Load one file after the other and publish; every acknowledged hash stands in the journal."""
    etl.load.intake.read_many = read_here
    root = store.root("real", base)
    if call is not None:
        die_at(call)
    if seconds is not None:
        die_after(seconds)
    for path in paths:
        (answer,) = etl.load.load(root, [path], received_at=arrived)
        with journal.open("a", encoding="utf-8") as file:
            file.write(answer["sha256"] + "\n")
    build(root)


def sync_and_die(
    base: Path,
    facebook: str,
    zalo: str,
    channels: dict[str, Channel],
    now: datetime,
    call: int | None = None,
    seconds: float | None = None,
) -> None:
    """Sync Facebook from 300 days back, then Zalo, a delivery for every three answers.

    What the OA came to stands in `outcomes`.
    """
    os.environ |= {"CHI_TIEU_SO_FACEBOOK": facebook, "CHI_TIEU_SO_ZALO": zalo, "CHI_TIEU_SO_ZALO_OAUTH": zalo}
    shorter = apis.apis().facebook.model_copy(update={"history_days": 300})
    few = apis.apis().model_copy(update={"answers_per_delivery": 3, "facebook": shorter})
    vars(run).update(apis=lambda: few, channels=lambda origin: channels)
    root = store.root("real", base)
    if call is not None:
        die_at(call)
    if seconds is not None:
        die_after(seconds)
    run.sync(root, "facebook", sleep=lambda seconds: None, now=lambda: now)
    (told,) = run.sync(root, "zalo", sleep=lambda seconds: None, now=lambda: now).outcomes
    with (base / "outcomes").open("a", encoding="utf-8") as file:
        file.write((told.said or told.status) + "\n")
