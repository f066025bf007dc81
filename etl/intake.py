"""Reads what arrives in warm child processes with a time and a memory limit; a hostile file ends as a refusal."""

import gc
import hashlib
import logging
import os
import pickle
import queue
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import psutil

from etl.landing import Landed, pack, refusal, unpack, write_packed
from etl.letters import letter
from etl.sources import source_for

MEMORY = 1536 * 1024 * 1024  # bytes a child may take beyond what its imports need
SECONDS = 60
HEAD = 4096  # bytes by which a source recognises its file
WATCH = 0.05  # seconds between two looks at a child
HOME = Path(__file__).resolve().parent.parent

log = logging.getLogger(__name__)

Answer = tuple[str, dict[str, Any], bytes]  # sha256, and a packed landing


# ---- the child -------------------------------------------------------------------------------------------------------


def serve(memory: int) -> None:
    """The child's loop: one path in, one packed landing out, until the parent closes the pipe."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not look like an answer
    limit_memory(memory)
    # Cells are plain values and form no cycles: looking for some after every 700 costs a fifth of a large sheet.
    gc.freeze()
    gc.set_threshold(200_000, 50, 50)
    send(answers, "ready")
    while (job := receive(sys.stdin.buffer)) is not None:
        send(answers, read_one(job))


def limit_memory(memory: int) -> None:
    """Cap the address space where the system can; elsewhere the parent's watch alone holds."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        limit = psutil.Process().memory_info().vms + memory
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def read_one(path: Path) -> Answer:
    """Read one file; it is landed by the parent, where a full disk is an error and no fault of the file."""
    content = path.read_bytes()
    sha = hashlib.sha256(content).hexdigest()
    source = source_for(path.name, content[:HEAD])
    del content
    try:
        return sha, *pack(source.read(path))
    except MemoryError:
        return sha, *pack(refusal(source.SOURCE, source.VERSION, letter("memory_limit")))


def send(pipe: IO[bytes], message: object) -> None:
    content = pickle.dumps(message, protocol=5)
    pipe.write(struct.pack("<Q", len(content)) + content)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Any:
    """The next message, None at the end of the pipe."""
    size = pipe.read(8)
    if len(size) < 8:
        return None
    (length,) = struct.unpack("<Q", size)
    content = pipe.read(length)
    return pickle.loads(content) if len(content) == length else None


# ---- the parent ------------------------------------------------------------------------------------------------------


class Child:
    """One warm process; `ask` gives its answer, or the code of the letter that says why there is none."""

    def __init__(self, memory: int, seconds: float):
        self.memory, self.seconds = memory, seconds
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        command = [sys.executable, "-c", f"from etl.intake import serve; serve({memory})"]
        # Tables here are small: threads of the frame library would only cost start-up time and address space.
        environment = os.environ | {"POLARS_MAX_THREADS": "1", "PYTHONPATH": str(HOME), "PYTHONUTF8": "1"}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, env=environment, cwd=HOME
        )
        self.verdict = ""

    def wait_until_warm(self) -> "Child":
        assert self.process.stdout
        if receive(self.process.stdout) != "ready":
            raise RuntimeError(f"the reading process did not start: {self.last_words()}")
        self.before = psutil.Process(self.process.pid).memory_info().rss
        return self

    def ask(self, path: Path) -> Answer | str:
        assert self.process.stdin and self.process.stdout
        done = threading.Event()
        watch = threading.Thread(target=self.watch, args=(done,), daemon=True)
        watch.start()
        answer = None
        with suppress(BrokenPipeError, EOFError, pickle.UnpicklingError):
            send(self.process.stdin, path.resolve())
            answer = receive(self.process.stdout)
        done.set()
        watch.join()
        return answer if answer is not None else self.verdict or self.cause()

    def cause(self) -> str:
        """The code for a process that ended by itself: out of memory, or it broke over the file."""
        self.process.wait()
        said = self.last_words()
        return "memory_limit" if "memory allocation" in said or "MemoryError" in said else "unreadable"

    def watch(self, done: threading.Event) -> None:
        """Kill the process when it runs too long or grows too large."""
        until = time.monotonic() + self.seconds
        while not done.wait(WATCH):
            if time.monotonic() > until:
                self.verdict = "time_limit"
            elif self.grown() > self.memory:
                self.verdict = "memory_limit"
            if self.verdict:
                self.process.kill()
                return

    def grown(self) -> int:
        try:
            return psutil.Process(self.process.pid).memory_info().rss - self.before
        except psutil.Error:
            return 0

    def last_words(self) -> str:
        self.errors.seek(0)
        return self.errors.read()[-2000:].decode("utf-8", "replace")

    def close(self) -> None:
        """End the process; one that waits for work ends by itself when its pipe closes."""
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                pipe.close() if pipe else None
        try:
            self.process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.errors.close()


class Readers:
    """A pool of warm children. Use as a context: `with Readers() as readers: for path, sha, landed in ...`."""

    def __init__(self, workers: int | None = None, memory: int = MEMORY, seconds: float = SECONDS):
        self.workers = workers or min(os.cpu_count() or 1, 4)
        self.memory, self.seconds = memory, seconds
        self.free: queue.Queue[Child] = queue.Queue()
        self.threads = ThreadPoolExecutor(self.workers, thread_name_prefix="reader")

    def __enter__(self) -> "Readers":
        children = [Child(self.memory, self.seconds) for _ in range(self.workers)]
        for child in children:
            self.free.put(child.wait_until_warm())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.threads.shutdown(cancel_futures=True)
        while not self.free.empty():
            self.free.get().close()

    def read_many(self, paths: Iterable[Path], landing: Path | None = None) -> Iterator[tuple[Path, str, Landed]]:
        """(path, sha256, landed) of every file, as they are done; a file that kills its reader comes back refused.

        With `landing` (a root's landing folder) every result is durable there when it is given.
        """
        running: dict[Future[tuple[str, Landed]], Path] = {}
        for path in paths:
            running[self.threads.submit(self.read, path, landing)] = path
        for done in as_completed(running):
            yield running[done], *done.result()

    def read(self, path: Path, landing: Path | None = None) -> tuple[str, Landed]:
        """(sha256, landed) of one file."""
        child = self.free.get()
        answer: Answer | str = "unreadable"
        try:
            answer = child.ask(path)
            if isinstance(answer, str):
                child = self.replaced(child, path, answer)
        finally:
            self.free.put(child)
        sha, head, values = self.refused(path, answer) if isinstance(answer, str) else answer
        if landing is not None:
            write_packed(landing, sha, head, values)
        return sha, unpack(head, values)

    def replaced(self, child: Child, path: Path, code: str) -> Child:
        if child.process.poll() is None:
            child.process.kill()
        child.process.wait()
        log.warning("reading %s ended the process (%s): %s", path.name, code, child.last_words())
        child.close()
        return Child(self.memory, self.seconds).wait_until_warm()

    def refused(self, path: Path, code: str) -> Answer:
        content = path.read_bytes()
        source = source_for(path.name, content[:HEAD])
        said = letter(code, limit=f"{self.seconds:g}")
        return hashlib.sha256(content).hexdigest(), *pack(refusal(source.SOURCE, source.VERSION, said))


def read_many(paths: Iterable[Path], landing: Path | None = None) -> Iterator[tuple[Path, str, Landed]]:
    """Read files in a pool of their own; for one visit, `Readers` for a longer one."""
    with Readers() as readers:
        yield from readers.read_many(paths, landing)
