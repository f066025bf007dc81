"""What the papers we hand on say, as data: values computed and sentences chosen by the caller, nothing read here."""

from dataclasses import dataclass
from datetime import date

from definitions import format
from definitions.text import text


@dataclass(frozen=True)
class Edition:
    """What every paper carries: as-of date, version, whether it is demonstration, a note on a provisional wording."""

    as_of: date
    version: str
    demo: bool
    wording: str = ""
    lang: str = "vi"

    @property
    def stamp(self) -> str:
        """The as-of date and the version."""
        as_of = text("exports.as_of", self.lang, day=format.day(self.as_of))
        return f"{as_of} · {text('exports.version', self.lang, version=self.version)}"

    @property
    def line(self) -> str:
        """The stamp and the note on the wording, in one line."""
        return " · ".join(part for part in (self.stamp, self.wording) if part)

    @property
    def band(self) -> str:
        """What stands on top of every page of demonstration data; empty on real data."""
        return text("exports.demo", self.lang) if self.demo else ""


@dataclass(frozen=True)
class Answer:
    """One target's answer: "46,2%" of "50%", the verdict's id, a sentence, what is left; chart: SVG about 360 wide."""

    label: str
    figure: str
    goal: str
    verdict: str
    sentence: str
    left: str = ""
    trust: str = ""
    chart: str = ""


@dataclass(frozen=True)
class Named:
    """A commune in a list, with its verdict's id and why it stands there."""

    name: str
    verdict: str
    words: str


@dataclass(frozen=True)
class Bulletin:
    """ "Thông tin nhanh"; organisation: the body above and our own; place: where it is signed."""

    edition: Edition
    organisation: tuple[str, str]
    place: str
    answers: tuple[Answer, ...]
    calls: tuple[Named, ...]
    praises: tuple[Named, ...]
    changes: tuple[str, ...]
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Task:
    """One village of the last-mile list: households still to reach, per week, and what else is missing there."""

    village: str
    left: int | None = None
    per_week: int | None = None
    note: str = ""


@dataclass(frozen=True)
class CommuneSheet:
    """Everything one commune's page says; `lead` is the sentence over the tasks, `missing` one line a village."""

    edition: Edition
    name: str
    cluster: str
    households: int | None
    villages: int
    last_report: date | None
    trust: str
    trust_reason: str
    answers: tuple[Answer, ...]
    lead: str
    tasks: tuple[Task, ...]
    missing: tuple[str, ...]
    ladder: str = ""
    platforms: str = ""

    @property
    def facts(self) -> tuple[str, ...]:
        """Cluster, households, villages, last report and trust, each as a few words."""
        lang = self.edition.lang
        return (
            self.cluster,
            text("exports.households", lang, n=format.integer(self.households, lang)),
            text("exports.villages", lang, n=format.integer(self.villages, lang)),
            text("exports.last_report", lang, month=format.month(self.last_report)),
            text("exports.trust", lang, trust=self.trust) + (f" ({self.trust_reason})" if self.trust_reason else ""),
        )


GAP = "\u2003" * 3  # white room for what is written in later: a number, a day
DOTS = "…………"  # the same within a sentence


@dataclass(frozen=True)
class Line:
    """A paragraph. style: to, ground, plain, item, heading, article, centre. place: what a fault in it is called by."""

    words: str
    style: str = "plain"
    place: str = ""


@dataclass(frozen=True)
class Grid:
    """A table whose heads come again on every page. widths: shares of the line; sides: one of l, c, r per column.

    A row of one cell stands across the table; named: the column a row is called by.
    """

    heads: tuple[str, ...]
    widths: tuple[float, ...]
    sides: str
    rows: tuple[tuple[str, ...], ...]
    named: int = 1


@dataclass(frozen=True)
class Signer:
    """In whose name, as what: "TM. BAN THƯỜNG TRỰC", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Official:
    """A paper of an office after Decree 30/2020/NĐ-CP, whatever it is written as; number and day are left blank.

    id names its file; kind and subject head it ("TỜ TRÌNH", "Về việc ..."); draft: why it is none to be signed, ""
    otherwise; foot: what a reader reconciles it by; signers: one on the right, two side by side.
    """

    id: str
    edition: Edition
    organisation: tuple[str, str]
    number: str
    place_date: str
    kind: str
    subject: str
    body: tuple[Line | Grid, ...]
    recipients: tuple[str, ...]
    signers: tuple[Signer, ...]
    draft: str
    foot: tuple[str, ...]
    annex: tuple[Line | Grid, ...] = ()  # on a page of its own, after the signature

    @property
    def marks(self) -> tuple[str, ...]:
        """What stands on top of every page of a paper that is not the real, final one."""
        return tuple(words for words in (self.draft, self.edition.band) if words)
