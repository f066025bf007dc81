"""Asks a platform over HTTP: tries again what may pass, waits when told to, and never says a secret."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import httpx

from definitions.apis import Patience

Answer = dict[str, Any]
Judge = Callable[[httpx.Response], Answer]


class Fault(Exception):
    """A platform did not give what was asked; the text is one sentence, without any secret."""


class Passing(Fault):
    """A refusal that may pass; seconds: how long the platform asks to wait (0 where it does not say)."""

    def __init__(self, said: str, seconds: float = 0):
        self.seconds = seconds
        super().__init__(said)


@dataclass
class Line:
    """An open line to one platform. secrets: what must never be said; calls: how many were made on it."""

    http: httpx.Client
    patience: Patience
    sleep: Callable[[float], None]
    secrets: set[str]
    calls: int = 0

    def ask(self, judge: Judge, method: str, path: str, **given: Any) -> Answer:
        """What `judge` makes of the response; Fault, said without secrets, where it stays out for all our patience."""
        try:
            return self._patiently(judge, method, path, given)
        except Fault as fault:
            fault.args = (scrubbed(str(fault), self.secrets),)
            raise fault from None

    def once(self, judge: Judge, method: str, path: str, **given: Any) -> Answer:
        """One single call; httpx.RequestError where no whole answer came."""
        self.calls += 1
        return judge(self.http.request(method, path, **given))

    def _patiently(self, judge: Judge, method: str, path: str, given: dict[str, Any]) -> Answer:
        for attempt in range(self.patience.attempts):
            try:
                return self.once(judge, method, path, **given)
            except Passing as fault:
                last: Fault = fault
            except httpx.RequestError as fault:
                # Only its kind: a token that is no header value would be quoted.
                last = Passing(f"không kết nối được ({type(fault).__name__})")
            self._wait(last, attempt)
        raise Fault(str(last))

    def _wait(self, fault: Fault, attempt: int) -> None:
        seconds = max(getattr(fault, "seconds", 0), self.patience.first_wait * 2**attempt)
        if seconds > self.patience.longest_wait:
            raise Fault(f"{fault}; hãy chạy lại sau {seconds / 60:.0f} phút")
        if attempt + 1 < self.patience.attempts:
            self.sleep(seconds)


def line(address: str, patience: Patience, sleep: Callable[[float], None], secrets: set[str]) -> Line:
    """A line to an address; redirects are not followed: they could carry a token elsewhere."""
    return Line(httpx.Client(base_url=address, timeout=patience.timeout), patience, sleep, secrets)


def scrubbed(text: str, secrets: Iterable[str]) -> str:
    """The text with every secret blotted out: platforms quote a malformed token in their refusal."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def content(response: httpx.Response) -> Answer:
    """The JSON object of a response; a server in trouble answers with a page instead, which may pass."""
    try:
        found = response.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        found = None
    if not isinstance(found, dict):
        raise Passing(f"máy chủ trả lời lỗi {response.status_code}")
    return found


def retry_after(response: httpx.Response) -> float:
    """The seconds a response asks to wait, 0 where it does not say."""
    said = response.headers.get("retry-after", "")
    return float(said) if said.isdigit() else 0.0
