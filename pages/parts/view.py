"""What every page is given: the version pinned, the reader's language, the day."""

from dataclasses import dataclass
from datetime import date, datetime

from definitions.text import text
from etl.store import Root, now, root
from exports import words
from exports.papers import Edition
from metrics.published import Version, facts, published, today


@dataclass(frozen=True)
class View:
    """One rerun's pinned version, the reader's language and the day the figures are judged on."""

    lang: str
    root: Root  # where the version shown comes from
    published: Version | None  # None before the first
    day: date
    origin: str
    built_at: datetime | None

    def say(self, id: str, **values: object) -> str:
        return text(id, self.lang, **values)

    @property
    def version(self) -> Version:
        """The version pinned; dashboard.py shows the pages that ask for it only when there are figures in it."""
        if self.published is None:
            raise LookupError("nothing is published yet")
        return self.published

    @property
    def has_figures(self) -> bool:
        """Whether there is a month to show: not while every row received still waits or was held back."""
        return self.published is not None and facts(self.published)["first_month"] is not None

    @property
    def edition(self) -> Edition:
        """What every paper and file made from this view carries."""
        version = self.published.id if self.published else ""
        return Edition(self.day, version, self.origin == "demo", words.access_note(self.lang), self.lang)


def view(lang: str) -> View:
    """The view of this rerun: real data as soon as there is any, the demonstration until then."""
    real, demo = root("real"), root("demo")
    version = published(real.path, demo.path)
    if version is None:
        return View(lang, real, None, now().date(), "real", None)
    said = facts(version)
    shown = demo if said["origin"] == "demo" else real
    return View(
        lang, shown, version, today(version, now()), shown.origin, datetime.fromisoformat(said["built_at"] or "")
    )


def file_stem(view: View, name: str) -> str:
    """The name of a download: what, as of which day, demonstration or not."""
    mark = "minh-hoa-" if view.origin == "demo" else ""
    return f"chi-tieu-so-{mark}{name}-{view.day:%Y%m%d}"
