"""The goals of speed, declared, and how a measurement is held against one."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

RATIO, FASTER, AT_MOST, AT_LEAST, PRINTED = "ratio", "faster", "at most", "at least", "printed"


@dataclass(frozen=True)
class Goal:
    """One line of the report.

    kind: RATIO holds ours / yardstick <= limit, FASTER yardstick / ours >= limit, AT_MOST and AT_LEAST hold our own
    figure (the yardstick is shown beside it), PRINTED holds nothing.
    """

    id: str
    says: str
    yardstick: str
    kind: str = PRINTED
    limit: float = 0.0
    unit: str = "s"

    @property
    def group(self) -> str:
        return self.id.split(".")[0]


@dataclass(frozen=True)
class Outcome:
    """A goal measured: medians of ours and of the yardstick, in the goal's unit, and a remark."""

    goal: Goal
    ours: float
    yardstick: float
    note: str = ""

    @property
    def ratio(self) -> float:
        """Ours / yardstick; for FASTER how many times faster than the yardstick we are."""
        over, under = (self.yardstick, self.ours) if self.goal.kind == FASTER else (self.ours, self.yardstick)
        return over / under if under else float("nan")

    @property
    def is_met(self) -> bool | None:
        """None for what is only printed."""
        match self.goal.kind:
            case "ratio":
                return self.ratio <= self.goal.limit
            case "faster":
                return self.ratio >= self.goal.limit
            case "at most":
                return self.ours <= self.goal.limit
            case "at least":
                return self.ours >= self.goal.limit
        return None


def outcome(id: str, ours: Sequence[float], yardstick: Sequence[float], note: str = "") -> Outcome:
    """The medians of the samples held against the goal of that id."""
    return Outcome(BY_ID[id], median(ours), median(yardstick), note)


BARE = "python-calamine, the same files, all sheets to rows, one process"
ONE_TEXT = "Streamlit's default one-text page"
NAIVE = "a naive pandas + plotly.express page"
PAGES = (
    "overview", "communes", "villages", "slices", "gaps", "channels", "posts", "feedback", "standings", "scoresheet",
    "weights", "checks", "rounds", "deliveries", "definitions",
)  # fmt: skip
WITH_PLOTLY = ("overview",)
ARCHIVED = ("channels", "posts")  # pages of the archive of channels; the Overview shows a strip of it


def reruns() -> list[Goal]:
    limits = {page: 0.7 if page in WITH_PLOTLY else 0.5 for page in PAGES}
    again = [Goal(f"P5.{page}.again", f"{page}: the same views again", ONE_TEXT, unit="ms") for page in PAGES]
    first = [
        Goal(f"P5.{page}", f"{page}: rerun on the server, a view not shown before", ONE_TEXT, RATIO, limit, "ms")
        for page, limit in limits.items()
    ]
    return first + again


def clicks() -> list[Goal]:
    goals = []
    for page in PAGES:
        warm, cold, faster = (2.5, 2.5, 3.0) if page in WITH_PLOTLY else (1.0, 1.5, 6.0)
        goals += [
            Goal(f"P6.{page}.cold", f"{page}: click to pixels, never shown before", ONE_TEXT, RATIO, cold, "ms"),
            Goal(f"P6.{page}.warm", f"{page}: click to pixels, shown before", ONE_TEXT, RATIO, warm, "ms"),
            Goal(f"P6.{page}.naive", f"{page}: warm, times faster than the naive page", NAIVE, FASTER, faster, "ms"),
        ]
    return goals


def archived() -> list[Goal]:
    beside, goals = "the same view on 99 channels", list[Goal]()
    for page in ARCHIVED:
        says = f"{page}: rerun on 3.6 million channel-days"
        goals.append(Goal(f"archive.{page}", f"{says}, a view not shown before", beside, RATIO, 1.5, "ms"))
        goals.append(Goal(f"archive.{page}.again", f"{says}, the same views again", beside, RATIO, 1.5, "ms"))
    return goals


GOALS = (
    Goal("P3.month", "99 workbooks of a month read, validated and landed, warm readers", BARE, RATIO, 6.0),
    Goal("P3.pandas", "the same, times faster than reading them", "pandas + openpyxl, reading only", FASTER, 3.0),
    Goal("P3.load", "the same with inbox, receipts and answers: all of `load`", BARE),
    Goal("P3.processor", "the same in processor time, all processes added up", BARE),
    Goal("P3.start", "starting the warm readers, once", BARE),
    Goal("P3.publish", "publishing after that month", "a full build: every file read again, then published"),
    Goal("P3.large", "one workbook of 190,000 rows read, validated and landed", "python-calamine", RATIO, 2.0),
    Goal("P4.slowest", "the slowest query behind any page", "select 1", AT_MOST, 3.0, "ms"),
    Goal("P4.national", "the same queries on 33 times the province", "select 1", AT_MOST, 15.0, "ms"),
    Goal("P4.slices", "slices: all its queries at 10 times the observations", "the same at 1x", RATIO, 3.0, "ms"),
    Goal("P4.bare", "the same at 10x", "bare DuckDB, the same queries on the same marts, to Arrow", unit="ms"),
    Goal("P4.median", "the median query behind the pages", "select 1", unit="ms"),
    *reruns(),
    *clicks(),
    Goal("P7.plotly", "capacity, 10 users without think time, Overview", ONE_TEXT, AT_LEAST, 30, "updates/s"),
    Goal("P7.light", "capacity, 10 users without think time, light pages", ONE_TEXT, AT_LEAST, 80, "updates/s"),
    Goal("P7.crowd", "100 users, 10 s think time, p95 of a rerun", "one user's median, same pages", RATIO, 5.0, "ms"),
    Goal("P7.errors", "100 users: errors", "none", AT_MOST, 0, "errors"),
    Goal("P7.session", "memory per session, 500 open", "one-text page, 100 open", AT_MOST, 0.3, "MB"),
    Goal("P8.wire", "first visit on the wire", "the same page from `streamlit run`", RATIO, 0.35, "MB"),
    Goal("P8.start", "cold start to health", "`streamlit run` of the one-text page", RATIO, 1.5),
    Goal("P9.ranks", "ranks, 10,000 draws x 3,321 communes x 20 criteria", "matrix product and sort", RATIO, 8.0),
    Goal("P9.memory", "memory it takes at most", "the places of every draw as doubles", AT_MOST, 300, "MB"),
    Goal("growth.month", "a new month: its workbooks loaded and published", "a full build from the landing"),
    Goal("growth.build", "full build at 10x the demonstration province", "the same at 1x"),
    Goal("growth.query", "the pages' queries at 10x, all of them once", "the same at 1x", unit="ms"),
    Goal(
        "archive.query",
        "queries on channels and posts, 3.6 million channel-days",
        "the same on 99 channels",
        RATIO,
        1.5,
        "ms",
    ),
    Goal("archive.strip", "the Overview's strip among them", "the same on 99 channels", RATIO, 1.5, "ms"),
    Goal("archive.slowest", "the slowest of them", "select 1", unit="ms"),
    *archived(),
    Goal("protection.month", "small cells of the month with most hidden: protected", "one HiGHS solve, same lattice"),
    Goal("protection.again", "the same after a correction in one commune", "the whole month protected"),
    Goal("protection.audit", "the month attacked, every hidden count", "the whole month protected"),
    Goal("sync.first", "two years of one page, 100 ms an answer", "the same calls, answers unread", RATIO, 1.3),
    Goal("memory.empty", "memory of the server, warm, nobody there", "`streamlit run`, one-text page", unit="MB"),
    Goal("memory.visited", "after the first visit of every page", "one-text page after a visit", unit="MB"),
)
BY_ID = {goal.id: goal for goal in GOALS}
GROUPS = tuple(dict.fromkeys(goal.group for goal in GOALS))
