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
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import psutil

from etl.landing import Packed, pack, refusal
from etl.letters import letter
from etl.sources import source_for

MEMORY = 1536 * 1024 * 1024  # bytes a child may take beyond what its imports need
SECONDS = 60
WATCH = 0.05  # seconds between two looks at a child
AT_ONCE = 8  # files handed to a child at once
KILLED = -9  # the status of a process that the system ended for its memory
HOME = Path(__file__).resolve().parent.parent

log = logging.getLogger(__name__)

Answer = tuple[str, Packed]  # sha256 and what was read
Result = tuple[Path, str, Packed]


# ---- the child -------------------------------------------------------------------------------------------------------


def serve(memory: int) -> None:
    """The child's loop: some paths in, one packed landing out for each, until the parent closes the pipe."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not look like an answer
    limit_memory(memory)
    sys.meta_path.insert(0, WithoutPandas())
    # Cells are plain values and form no cycles: looking for some after every 700 costs a fifth of a large sheet.
    gc.freeze()
    gc.set_threshold(200_000, 50, 50)
    send(answers, "ready")
    while (jobs := receive(sys.stdin.buffer)) is not None:
        for path in jobs:
            send(answers, read_one(path))


class WithoutPandas(MetaPathFinder):
    """pyarrow looks for pandas before it makes its first array; here that would cost memory and half a second."""

    def find_spec(self, name: str, path: object, target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


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
    source = source_for(path.name, content)
    del content
    try:
        return sha, pack(source.read(path))
    except MemoryError:
        return sha, pack(refusal(source.SOURCE, source.VERSION, letter("memory_limit")))


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
    """One warm process. `ask` gives its answers; where it ends early, `verdict` or `cause` says why."""

    def __init__(self, memory: int, seconds: float):
        self.memory, self.seconds = memory, seconds
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        command = [sys.executable, "-c", f"from etl.intake import serve; serve({memory})"]
        # Tables here are small: threads of the frame library would only cost start-up time and address space, and
        # Arrow's own allocator takes a gigabyte of that at once, two thirds of what a large workbook may have.
        lean = {"POLARS_MAX_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}
        environment = os.environ | lean | {"PYTHONPATH": str(HOME), "PYTHONUTF8": "1"}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, env=environment, cwd=HOME
        )
        self.verdict = ""
        self.until: float | None = None  # when the file it reads must be done
        self.lock = threading.Lock()  # an answer is taken, or the process killed: never both

    def wait_until_warm(self) -> "Child":
        assert self.process.stdout
        if receive(self.process.stdout) != "ready":
            raise RuntimeError(f"the reading process did not start: {self.last_words()}")
        self.seen = psutil.Process(self.process.pid)
        self.before = self.seen.memory_info().rss
        return self

    def ask(self, paths: Sequence[Path]) -> Iterator[Answer]:
        """The answer for each file, in order; fewer where the process ends over one."""
        assert self.process.stdin and self.process.stdout
        with suppress(BrokenPipeError, EOFError, pickle.UnpicklingError):
            self.give_time()
            send(self.process.stdin, [path.resolve() for path in paths])
            for _ in paths:
                answer = receive(self.process.stdout)
                if answer is None or not self.give_time():
                    return
                yield answer
            self.until = None

    def give_time(self) -> bool:
        """Begin the time of the next file; False where the process was killed over this one."""
        with self.lock:
            self.until = time.monotonic() + self.seconds
            return not self.verdict

    def look(self) -> None:
        """Kill the process when it runs too long or grows too large."""
        with self.lock:
            if self.until is None or self.verdict:
                return
            if time.monotonic() > self.until:
                self.verdict = "time_limit"
            elif self.grown() > self.memory:
                self.verdict = "memory_limit"
            if self.verdict:
                self.process.kill()

    def grown(self) -> int:
        try:
            return self.seen.memory_info().rss - self.before
        except psutil.Error:
            return 0

    def cause(self) -> str:
        """The code for a process that ended: killed by us, by the system for its memory, or broken over the file."""
        status, said = self.process.wait(), self.last_words()
        is_out_of_memory = status == KILLED or "memory allocation" in said or "MemoryError" in said
        return self.verdict or ("memory_limit" if is_out_of_memory else "unreadable")

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
    """A pool of warm children. Use as a context: `with Readers() as readers: for path, sha, packed in ...`."""

    def __init__(self, workers: int | None = None, memory: int = MEMORY, seconds: float = SECONDS):
        self.workers = workers or min(os.cpu_count() or 1, 4)
        self.memory, self.seconds = memory, seconds
        self.children: list[Child] = []
        self.threads = ThreadPoolExecutor(self.workers, thread_name_prefix="reader")
        self.is_done = threading.Event()

    def __enter__(self) -> "Readers":
        self.children = [Child(self.memory, self.seconds) for _ in range(self.workers)]
        for child in self.children:
            child.wait_until_warm()
        threading.Thread(target=self.watch, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.threads.shutdown(cancel_futures=True)
        self.is_done.set()
        for child in self.children:
            child.close()

    def watch(self) -> None:
        while not self.is_done.wait(WATCH):
            for child in self.children:
                child.look()

    def read_many(self, paths: Iterable[Path]) -> Iterator[Result]:
        """(path, sha256, landing) of every file, as they are done; a file that kills its reader comes back refused.

        One call at a time: each child reads for it.
        """
        jobs = deque(paths)
        waiting = len(jobs)
        results: queue.SimpleQueue[Result | Future[None]] = queue.SimpleQueue()
        for number in range(self.workers):
            self.threads.submit(self.work, number, jobs, results).add_done_callback(results.put)
        try:
            while waiting:
                result = results.get()
                if isinstance(result, Future):
                    result.result()  # raises what a thread broke over
                else:
                    waiting -= 1
                    yield result
        finally:
            jobs.clear()

    def work(self, number: int, jobs: deque[Path], results: queue.SimpleQueue[Any]) -> None:
        """Hand the jobs to one child, some at a time so that it never waits for the next, until none is left."""
        while batch := taken(jobs, self.workers):
            if self.children[number].process.poll() is not None:  # ended while it had nothing to do
                self.renew(number)
            done = 0
            for sha, packed in self.children[number].ask(batch):
                results.put((batch[done], sha, packed))
                done += 1
            if done < len(batch):
                jobs.extendleft(reversed(batch[done + 1 :]))
                results.put((batch[done], *self.refused(number, batch[done])))

    def refused(self, number: int, path: Path) -> Answer:
        """The refusal of a file over which a child ended; another child takes its place."""
        child = self.children[number]
        code = child.cause()
        log.warning("reading %s ended the process (%s): %s", path.name, code, child.last_words())
        self.renew(number)
        content = path.read_bytes()
        source = source_for(path.name, content)
        said = letter(code, limit=f"{self.seconds:g}")
        return hashlib.sha256(content).hexdigest(), pack(refusal(source.SOURCE, source.VERSION, said))

    def renew(self, number: int) -> None:
        self.children[number].close()
        self.children[number] = Child(self.memory, self.seconds).wait_until_warm()


def taken(jobs: deque[Path], workers: int) -> list[Path]:
    """The next few jobs; fewer towards the end, so that all children end together."""
    batch: list[Path] = []
    with suppress(IndexError):
        for _ in range(max(1, min(AT_ONCE, len(jobs) // (2 * workers)))):
            batch.append(jobs.popleft())
    return batch


def read_many(paths: Iterable[Path]) -> Iterator[Result]:
    """Read files in a pool of their own; for one visit, `Readers` for a longer one."""
    with Readers() as readers:
        yield from readers.read_many(paths)


def gave_up(head: dict[str, Any]) -> bool:
    """Whether a landing is a refusal for want of time or memory: it says nothing about the bytes."""
    return bool(head["refused"]) and head["refused"]["code"] in ("time_limit", "memory_limit")
