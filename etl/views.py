"""Saved views: the choices of a page under a name, kept as a human act and never changed."""

import json
from datetime import date

from etl import store
from etl.store import Record, Root

KIND = "view"
SHORT = 12  # letters of the hash that name a view in an address


def save(root: Root, title: str, page: str, choices: dict[str, str], by: str = "") -> str:
    """Keep a view under a title; gives its id. ValueError without one."""
    if not title.strip():
        raise ValueError("a view needs a name")
    event = {"event": KIND, "title": title.strip(), "page": page, "choices": choices, "by": by}
    return store.record_event(root, event | {"at": store.stamp(store.now())})[:SHORT]


def saved(root: Root, page: str) -> list[Record]:
    """The views of a page, the latest first: id, title, choices, by, at."""
    views = [view for view in store.events(root, KIND) if view["page"] == page]
    return [view | {"id": view["name"].removeprefix("event-")[:SHORT]} for view in reversed(views)]


def view(root: Root, id: str) -> Record | None:
    """One saved view, None where there is none of that id."""
    found = sorted(root.log.glob(f"event-{id}*.json")) if id.isalnum() else []
    read = [json.loads(path.read_bytes()) for path in found]
    return next((event for event in read if event["event"] == KIND), None)


def day_of(view: Record) -> date:
    """The day a view was saved on, in the province."""
    return store.local(view["at"]).date()
