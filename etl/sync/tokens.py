"""The keys to the platforms: those people enter, and Zalo's, whose refresh token works once."""

import json
import os
import signal
import threading
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from definitions.apis import Zalo
from etl import store
from etl.sync.client import Answer, Fault, Line, Passing, content
from warehouse.lock import alone

ENTERED = "secrets.toml"  # written by people, read by us
RENEWED = "secrets.zalo.json"  # written by us: per OA the pair in force, and the hashes of what was spent
ENVIRONMENT = "CHI_TIEU_SO"
PLAYBOOK = "docs/playbooks/tokens.md"
SHORTEST = 3600  # seconds an access token is taken to live where its answer does not say
Secrets = dict[str, str]
Moment = Callable[[], datetime]


class MustAuthorise(Fault):
    """No refresh token is left that was never tried: a person has to let the app into the OA again."""

    def __init__(self, why: str):
        super().__init__(f"OA phải được cấp quyền lại theo {PLAYBOOK}: {why} (the OA must be authorised again)")


class NoSecret(Fault):
    def __init__(self, account: str, name: str):
        super().__init__(f"chưa có {name} của {account} trong {ENTERED} hoặc biến môi trường; xem {PLAYBOOK}")


# ---- what people entered -------------------------------------------------------------------------------------------


def entered(root: store.Root, kind: str, account: str) -> Secrets:
    """The secrets of one account: of the environment (CHI_TIEU_SO_FACEBOOK_<id>_TOKEN ...), else of secrets.toml."""
    prefix = f"{ENVIRONMENT}_{kind}_{account}_".upper()
    found = {name.removeprefix(prefix).lower(): value for name, value in os.environ.items() if name.startswith(prefix)}
    found = _file(root).get(kind, {}).get(account, {}) | found
    return {name: str(value).strip() for name, value in found.items()}


def _file(root: store.Root) -> dict[str, Any]:
    path = root.path / ENTERED
    if not path.exists():
        return {}
    if os.name == "posix" and path.stat().st_mode & 0o077:
        path.chmod(0o600)  # a person made it, with everybody's right to read
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        # What stands there must not be quoted.
        raise Fault(f"không đọc được {ENTERED}: sai cú pháp; xem {PLAYBOOK}") from None


def needed(root: store.Root, kind: str, account: str, *names: str) -> Secrets:
    """The secrets of those names; NoSecret where one is missing."""
    found = entered(root, kind, account)
    for name in names:
        if not found.get(name):
            raise NoSecret(account, name)
    return found


# ---- Zalo: one token, one use ----------------------------------------------------------------------------------------


class Pair(NamedTuple):
    """The token calls carry and the one that buys the next pair; ends: when the first stops working."""

    access: str
    refresh: str
    ends: datetime


@dataclass(frozen=True)
class Keys:
    """What one OA's tokens are renewed with, and where they are kept. line: to the server that renews them."""

    root: store.Root
    account: str
    app_id: str
    secret_key: str
    seed: str  # the refresh token a person entered last
    line: Line
    api: Zalo
    now: Moment

    def access(self, refused: str = "") -> str:
        """A token that works; refused: one the platform no longer takes. MustAuthorise where none can be had."""
        with alone(self.root.path / "secrets.lock"):  # two processes must not both spend the same token
            _forget_drafts(self.root)
            state = _state(self.root, self.account)
            pair = _pair(state)
            if pair is None or pair.access == refused or pair.ends <= self.now() + self.early or self.is_new(state):
                pair = self.renew(state)
        self.line.secrets.update(pair[:2])
        return pair.access

    @property
    def early(self) -> timedelta:
        return timedelta(seconds=self.api.renew_before)

    def is_new(self, state: Answer) -> bool:
        """Whether a person entered another refresh token since."""
        return bool(self.seed) and hashed(self.seed) not in state["spent"]

    def renew(self, state: Answer) -> Pair:
        """A new pair, on the disk before anybody uses it. The token is marked as spent before it is sent."""
        unspent = [one for one in (self.seed, state.get("refresh", "")) if one and hashed(one) not in state["spent"]]
        if not unspent:
            raise self.nothing_left(state)
        token, mark, before = unspent[0], hashed(unspent[0]), dict(state)
        with undisturbed():
            _write(self.root, self.account, state | {"spent": [*state["spent"], mark]})
            return self.keep(self.buy(token, before), before, mark)

    def nothing_left(self, state: Answer) -> Fault:
        if state["spent"]:
            return MustAuthorise("mã làm mới gần nhất đã dùng mà chưa nhận được mã mới")
        return NoSecret(self.account, "refresh_token")

    def buy(self, token: str, before: Answer) -> Answer:
        """What the platform answers to a refresh token; asked once, whatever happens."""
        try:
            return self.line.once(whole, "POST", "/v4/oa/access_token", **self.request(token))
        except (httpx.ConnectError, httpx.ConnectTimeout):
            _write(self.root, self.account, before)  # it never left this machine
            raise Fault("không kết nối được máy chủ cấp mã của Zalo") from None
        except (httpx.RequestError, Passing):
            raise MustAuthorise("đường truyền đứt khi đang làm mới mã") from None

    def request(self, token: str) -> dict[str, Any]:
        self.line.secrets.update((token, self.secret_key))
        data = {"app_id": self.app_id, "grant_type": "refresh_token", "refresh_token": token}
        return {"data": data, "headers": {"secret_key": self.secret_key}}

    def keep(self, answer: Answer, before: Answer, mark: str) -> Pair:
        if not (answer.get("access_token") and answer.get("refresh_token")):
            self.refuse(answer, before)
        said = str(answer.get("expires_in"))
        ends = self.now() + timedelta(seconds=int(said) if said.isdigit() else SHORTEST)
        pair = Pair(answer["access_token"], answer["refresh_token"], ends)
        told = {"access": pair.access, "refresh": pair.refresh, "ends": ends.isoformat()}
        try:
            _write(self.root, self.account, told | {"spent": [*before["spent"], mark]})
        except OSError as fault:
            raise MustAuthorise(f"không ghi được mã mới ({fault.strerror})") from None
        return pair

    def refuse(self, answer: Answer, before: Answer) -> None:
        """A refusal that is no end of the token (a wrong app or key) leaves it unspent."""
        code = int(answer.get("error") or 0)
        if not code or code in self.api.refresh_ended_codes:
            raise MustAuthorise(f"Zalo không nhận mã làm mới (mã {code})")
        _write(self.root, self.account, before)
        raise Fault(f"Zalo không cấp mã (mã {code}): kiểm tra app_id và secret_key")


@contextmanager
def undisturbed() -> Iterator[None]:
    """Whoever stops the process by hand waits: between the call and the disk the new pair would be lost."""
    came = list[int]()
    if threading.current_thread() is not threading.main_thread():
        yield  # no other thread may set handlers, and none is interrupted
        return
    before = {one: signal.signal(one, lambda number, _: came.append(number)) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
    for number in came:
        signal.raise_signal(number)


def whole(response: httpx.Response) -> Answer:
    """The JSON of an answer that says what became of the token; a server in trouble does not."""
    if response.status_code >= 500:
        raise Passing(f"máy chủ trả lời lỗi {response.status_code}")
    return content(response)


def hashed(token: str) -> str:
    """How a spent token is remembered."""
    return store.sha_of(token.encode())


def _state(root: store.Root, account: str) -> dict[str, Any]:
    return _all(root).get(account, {"spent": []})


def _all(root: store.Root) -> dict[str, Any]:
    path = root.path / RENEWED
    return json.loads(path.read_bytes()) if path.exists() else {}


def _pair(state: Answer) -> Pair | None:
    if not state.get("refresh"):
        return None
    return Pair(state["access"], state["refresh"], datetime.fromisoformat(state["ends"]))


def _write(root: store.Root, account: str, state: Answer) -> None:
    store.replace_private(root.path / RENEWED, store.as_json(_all(root) | {account: state}))


def _forget_drafts(root: store.Root) -> None:
    """Remove what a killed process left of the file; whoever holds the lock is the only one who writes it."""
    for draft in root.path.glob(f".tmp-{RENEWED}-*"):
        draft.unlink(missing_ok=True)


def paths(root: store.Root) -> tuple[Path, ...]:
    """The only files that hold secrets."""
    return root.path / ENTERED, root.path / RENEWED
