"""Where a run works: a copy of the demonstration province, and the servers it starts and ends."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil

from etl import store
from etl.demo.province import make
from warehouse.version import Version, current

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "bench" / "out"
ONE_TEXT = ROOT / "bench" / "yardsticks" / "one_text.py"
NAIVE = ROOT / "bench" / "yardsticks" / "naive.py"
PLAIN = ("--server.headless=true", "--server.address=127.0.0.1", "--browser.gatherUsageStats=false")


@dataclass(frozen=True)
class Province:
    """The data folder measured on, with a demo root in it."""

    base: Path

    @property
    def root(self) -> store.Root:
        return store.root("demo", self.base)

    @property
    def version(self) -> Version:
        found = current(self.root.path)
        assert found
        return found


def province() -> Province:
    """A copy of the demonstration in use, so that measuring touches nobody's data; made where there is none."""
    own, used = OUT / "province", store.root("demo").path
    if current(used) and not (own / "demo" / "made.json").exists():
        shutil.rmtree(own, ignore_errors=True)
        shutil.copytree(used, own / "demo")
    make(own, report=lambda step, done, total: print(f"\r{step} {done}/{total}   ", end="", file=sys.stderr))
    return Province(own)


@dataclass
class Server:
    """A server process on loopback."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path
    seconds_to_health: float = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def memory(self) -> float:
        """Resident memory in MB."""
        return psutil.Process(self.process.pid).memory_info().rss / 2**20

    @property
    def complaints(self) -> int:
        """How often a page failed, as its log tells."""
        said = self.log.read_text(encoding="utf-8", errors="replace")
        return said.count("Page failed")

    def must_be_content(self) -> None:
        """Raises with the log where a page failed: such a page is measured for nothing."""
        if self.complaints:
            raise RuntimeError(f"a page failed:\n{self.log.read_text(encoding='utf-8', errors='replace')[-3000:]}")


def ours(data: Path) -> contextlib.AbstractContextManager[Server]:
    """Our dashboard on that data folder."""
    return running([str(ROOT / "serve.py"), "--port"], ROOT, {"CHI_TIEU_SO_DATA": str(data)})


def plain(script: Path, folder: Path = OUT, **settings: str) -> contextlib.AbstractContextManager[Server]:
    """`streamlit run` of a script under the settings of that folder; the scratch folder has none."""
    return running(["-m", "streamlit", "run", str(script), *PLAIN, "--server.port"], folder, settings)


@contextlib.contextmanager
def running(command: list[str], folder: Path, settings: dict[str, str]) -> Iterator[Server]:
    port, log = free_port(), OUT / f"server-{time.monotonic_ns()}.log"
    environment = os.environ | settings | {"PYTHONUNBUFFERED": "1"}
    began = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *command, str(port)], cwd=folder, env=environment, stdout=output, stderr=output
        )
    server = Server(port, process, log)
    try:
        wait_for_health(server)
        server.seconds_to_health = time.perf_counter() - began
        yield server
    finally:
        process.terminate()
        process.wait(timeout=30)
        log.unlink()


def wait_for_health(server: Server, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.process.poll() is None:
        with contextlib.suppress(URLError, OSError), urlopen(server.url + "/_stcore/health", timeout=5) as answer:
            if answer.status == 200:
                return
        time.sleep(0.02)
    raise RuntimeError(f"The server did not come up:\n{server.log.read_text(encoding='utf-8', errors='replace')}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
