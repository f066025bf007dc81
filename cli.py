"""The verbs of `python3 run.py`."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

if TYPE_CHECKING:
    from etl.store import Root
    from etl.sync.run import Synced

ROOT = Path(__file__).resolve().parent

app = typer.Typer(
    name="run.py",
    help="Chỉ tiêu số: from commune workbooks to target progress on the screen.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


@app.command()
def dashboard(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8501,
    address: Annotated[str, typer.Option(help="Loopback only, until there are accounts.")] = "127.0.0.1",
) -> None:
    """Serve the dashboard on this machine; Ctrl-C ends it. The first time it makes the demonstration province."""
    # Streamlit takes a second to import, which no other verb should wait for.
    import serve

    try:
        serve.run(address, port, prepare)
    except serve.CannotServe as problem:
        fail(str(problem))


def prepare() -> None:
    """Something to show: the versions there are brought up to today's code and definitions, or the demonstration."""
    from etl import store
    from etl.demo import province

    roots = [store.root("real"), store.root("demo")]
    province.complete(roots[1])
    shown = [root for root in roots if store.receipts(root) and (root.published / "CURRENT").exists()]
    if not shown:
        demo()
    for root in shown:
        published(root)


@app.command()
def test(
    fast: Annotated[bool, typer.Option("--fast", help="Leave out those with a browser or another program.")] = False,
    long: Annotated[bool, typer.Option("--long", help="Add those on the whole province.")] = False,
    paths: Annotated[list[str] | None, typer.Argument(help="Only these files or tests.")] = None,
) -> None:
    """Run the tests, those in a real browser included; gets a Chromium and a LibreOffice where there is none."""
    import machine

    if not fast:
        try:
            print("Chromium:", machine.get_chromium())
            print("LibreOffice:", machine.get_libreoffice(), flush=True)
        except machine.Missing as problem:
            fail(str(problem))
    left_out = [f"not {mark}" for mark, leave in (("slow", fast), ("alone", fast), ("long", not long)) if leave]
    # Spread over the cores, but for those with a browser or a kill at a moment: they want the machine to themselves.
    spread = ["-n", "auto", "--maxprocesses", "4", "--dist", "loadfile"]
    runs = [(["not alone", *left_out], spread)] if not paths else [(left_out, paths)]
    if not paths and not fast:
        runs.append((["alone", *left_out], []))
    ended = [python("-m", "pytest", "-m", " and ".join(chosen), *options) for chosen, options in runs]
    sys.exit(next((status for status in ended if status), 0))


@app.command()
def check() -> None:
    """Lint, types and layers."""
    results = {
        "lint": python("-m", "ruff", "check", "."),
        "types": python("-m", "mypy"),
        "layers": python("-c", "from importlinter.cli import lint_imports_command as run; run()"),
    }
    wrong = [name for name, code in results.items() if code]
    if wrong:
        fail("Not in order: " + ", ".join(wrong))
    print("In order: " + ", ".join(results))


@app.command()
def bench(
    goals: Annotated[
        list[str] | None,
        typer.Argument(help="P3 P4 P5 P6 P7 P8 P9, growth, archive, protection, sync, memory; else all of them."),
    ] = None,
    pairs: Annotated[int, typer.Option(min=1, help="Interleaved pairs per goal.")] = 5,
) -> None:
    """Measure the goals of speed beside their yardsticks, on a copy of the demonstration; takes about half an hour."""
    from bench.run import UnknownGoal, run

    try:
        run(goals or (), pairs)
    except UnknownGoal as problem:
        fail(str(problem))


places = typer.Typer(help="Communes and villages: names, codes, the village registry.", no_args_is_help=True)
app.add_typer(places, name="places")
methods = typer.Typer(
    help="A method on an analyst's own table: CSV, UTF-8, decimal point, no thousands mark.", no_args_is_help=True
)
app.add_typer(methods, name="methods")

awards = typer.Typer(help="Emulation awards: scores by the sheets of definitions/awards/.", no_args_is_help=True)
app.add_typer(awards, name="awards")

Demo = Annotated[bool, typer.Option("--demo", help="The demonstration's data instead of the real ones.")]
DemoOrReal = Annotated[
    bool | None, typer.Option("--demo/--real", help="Whose data; else the real ones as soon as there are any.")
]
By = Annotated[str, typer.Option(help="Who does this; it stays on record.")]
Evidence = Annotated[str, typer.Option(help="Number and date of the paper that proves it.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
Weights = Annotated[list[str] | None, typer.Option(help="indicator=2; may be repeated; else all weigh the same.")]
Lower = Annotated[list[str] | None, typer.Option(help="An indicator of which less is better; may be repeated.")]
Goalposts = Annotated[list[str] | None, typer.Option(help="indicator=0:100; may be repeated.")]
Input = Annotated[Path, typer.Option("--input", help="The table, with the columns above.")]


@app.command()
def load(
    paths: Annotated[list[Path], typer.Argument(help="Workbooks, folders of them, or zip archives.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; keep nothing.")] = False,
    as_json: AsJson = False,
    demo: Demo = False,
    sender: Annotated[str, typer.Option(help="Who sent them.")] = "",
) -> None:
    """Take workbooks in and publish; exit status 0: all accepted, 3: partly or withdrawn earlier, 1: refused."""
    from etl.acts import with_withdrawn
    from etl.build import with_questions
    from etl.load import load as take_in

    root = data_root(demo)
    try:
        answers = take_in(root, paths, dry_run, sender)
    except OSError as problem:
        fail(f"Không đọc hoặc không ghi được: {problem}")
    if not answers:
        fail("Không có tệp nào để nạp.")
    try:
        if not dry_run:
            published(root)
            answers = with_questions(root, answers)
    finally:
        answers = with_withdrawn(root, answers)
        show_answers(answers, as_json)
    verdicts = {answer["verdict"] for answer in answers}
    raise typer.Exit(0 if verdicts == {"accepted"} else 1 if verdicts == {"refused"} else 3)


@app.command()
def sync(
    platform: Annotated[Literal["facebook", "zalo"], typer.Argument(help="Whose interface to ask.")],
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Ask again from this day on; else what is new.")
    ] = None,
) -> None:
    """Fetch the figures of our channels from a platform and publish; run it daily, shortly after midnight.

    The channels are those of definitions/channels.toml, the tokens are told in docs/playbooks/tokens.md. The first run
    goes two years back. Exit status 0: every channel was fetched, 1: some were not (the others are kept).
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from etl.sync.run import sync as fetch

    root = data_root(demo=False)
    columns = (TextColumn("{task.description:24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns) as bars:
        task = bars.add_task(platform)

        def report(done: int, total: int, name: str) -> None:
            bars.update(task, completed=done, total=total, description=name or platform)

        try:
            told = fetch(root, platform, since.date() if since else None, report)
        except OSError as problem:
            fail(f"Không ghi được: {problem}")
    if not told.outcomes:
        fail(f"Chưa có kênh {platform} nào trong definitions/channels.toml.")
    show_synced(told)
    published(root)
    raise typer.Exit(1 if any(one.status == "failed" for one in told.outcomes) else 0)


def show_synced(told: "Synced") -> None:
    """A line per channel that was not fetched, what the maintainer must know, and the sum of it."""
    for one in told.outcomes:
        if one.said:
            print(f"{one.channel} ({one.account}): {one.said}", file=sys.stderr)
    for metric in told.retired:
        print(
            f"Facebook không còn cho chỉ số {metric}; đã ghi là điểm gãy. Đề nghị ghi “until” cho chỉ số này trong "
            f"definitions/channel_metrics.toml (the platform retired this metric).",
            file=sys.stderr,
        )
    ended = [one.status for one in told.outcomes]
    print(
        f"Đã lấy {ended.count('done')} kênh; {ended.count('unmeasurable')} kênh không đo được; "
        f"{ended.count('failed')} kênh chưa lấy được; {told.calls} lần gọi, {len(told.deliveries)} tệp lưu."
    )


def show_answers(answers: list[dict[str, Any]], as_json: bool) -> None:
    """One JSON object per file, or a paragraph for people."""
    words = {"accepted": "đã nhận", "partly": "nhận một phần", "refused": "không nhận",
             "withdrawn": "đã rút trước đây, không tính nữa"}  # fmt: skip
    for answer in answers:
        if as_json:
            print(json.dumps(answer, ensure_ascii=False))
            continue
        rows = answer["rows"]
        print(f"{answer['file']}: {words[answer['verdict']]}; {rows['stored']} dòng ghi nhận, {rows['held']} giữ lại, "
              f"{rows['ignored']} bỏ qua")  # fmt: skip
        for letter in answer["letters"]:
            print(f"  - {letter['message']}")


@app.command()
def build(
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As known at that day's end.")] = None,
    demo: Demo = False,
) -> None:
    """Publish a version of all deliveries; with --as-of a view of the past, which does not become the current one."""
    id = published(data_root(demo), as_of)
    print(id if as_of is None else f"{id} (như đã biết đến hết ngày {as_of:%d/%m/%Y}, theo định nghĩa hiện nay)")


@app.command()
def demo() -> None:
    """Make and load the demonstration province; where it stands already, nothing is done again."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from etl.demo.province import STEPS, DifferentDemo, make

    names = dict(zip(STEPS, ("Lập sổ số liệu minh hoạ", "Nạp các tệp", "Công bố"), strict=True))
    columns = (TextColumn("{task.description:24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns) as bars:
        tasks = {step: bars.add_task(name, total=None, start=False) for step, name in names.items()}

        def report(step: str, done: int, total: int) -> None:
            bars.start_task(tasks[step])
            bars.update(tasks[step], completed=done, total=total)

        try:
            id = make(report=report)
        except DifferentDemo as problem:
            fail(str(problem))
    print(f"Dữ liệu minh hoạ: {id}")


@app.command()
def withdraw(
    sha: Annotated[str, typer.Argument(help="The delivery's SHA-256, or its beginning.")],
    reason: Annotated[str, typer.Option(help="Why; it stays on record.")],
    demo: Demo = False,
) -> None:
    """Take a delivery out of the tables; it stays in the store."""
    from etl import store

    root = data_root(demo)
    whole = delivery(root, sha)
    store.withdraw(root, whole, reason)
    print(f"Đã rút {whole}; bản hiện hành: {published(root)}")
    with answering("award_answers") as answers:
        for sentence in answers.withdrawn(root, whole):
            print(sentence)


@places.command()
def adopt(
    sha: Annotated[str, typer.Argument(help="The delivery that proposes the list, by its SHA-256 or its beginning.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    demo: Demo = False,
) -> None:
    """Confirm a commune's list of villages, or the changes it reports on "Danh mục thôn"."""
    from etl import proposals

    root = data_root(demo)
    whole = delivery(root, sha)
    try:
        found = proposals.proposal(root, whole)
    except proposals.NotAdoptable as problem:
        fail(str(problem))
    for entry in found.entries:
        heirs = ", ".join(entry["successors"]) or "(giải thể)"
        end = f", đến hết {entry['valid_to']} → {heirs}" if entry["valid_to"] else ""
        print(f"{entry['id']}  {entry['name']}  từ {entry['valid_from']}{end}")
    if not found.entries:
        print("Không có gì mới để xác nhận.")
    elif not yes and not typer.confirm(f"Xác nhận {len(found.entries)} thôn của xã, phường {found.commune}?"):
        raise typer.Exit(1)
    else:
        try:
            proposals.adopt_delivery(root, whole, seen=found.entries)
        except proposals.NotAdoptable as problem:
            fail(str(problem))
        print(f"Đã xác nhận; bản hiện hành: {published(root)}")


@app.command()
def status(
    target: Annotated[str, typer.Option(help="groups_2026, access_2026 or skills_2030 (definitions/targets.toml).")],
    unit: Annotated[
        str | None, typer.Option(help="A commune's or the province's code, or cluster:ID; else all.")
    ] = None,
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As known at that day's end.")] = None,
    as_json: AsJson = False,
    demo: DemoOrReal = None,
) -> None:
    """Where units stand against a target, whether they will arrive, what is needed; the same figures as on the page."""
    with answering() as answers:
        answers.status(target, unit, as_of.date() if as_of else None, as_json, demo)


@places.command()
def match(
    text: Annotated[
        str, typer.Argument(help='A name or code, as in "Lao Chải, huyện Mù Cang Chải"; - reads one a line.')
    ],
    epoch: Annotated[
        Literal["old", "new"] | None, typer.Option(help="Only names of before, or of since, July 2025.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Which commune of today a name or code means; exit status 0 only when every name was sure."""
    with answering() as answers:
        raise typer.Exit(0 if answers.match_places(text, epoch, as_json) else 1)


@methods.command()
def progress(
    source: Input,
    goal: Annotated[float | None, typer.Option(help="Share 0-1, where the table has none.")] = None,
    deadline: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Where the table has none.")] = None,
    baseline: Annotated[float | None, typer.Option(help="Share 0-1; else the first month's.")] = None,
    today: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Else the end of the last month.")
    ] = None,
    finite: Annotated[
        bool, typer.Option("--finite", help="A goal of 1 is met only when every one is reached.")
    ] = False,
    met_at: Annotated[float | None, typer.Option(help="The share at which a goal of 1 counts as met (0.99).")] = None,
    dead_month: Annotated[list[str] | None, typer.Option(help="YYYY-MM left out of the pace; may be repeated.")] = None,
    as_json: AsJson = False,
) -> None:
    """Our rule beside the growth-rate rule, one row per unit.

    Columns, one row per unit and month: unit (id), month (YYYY-MM), numerator and denominator (counts; empty: not
    reported, never zero); optional, the same in every row of a unit: goal and baseline (shares 0-1, not percentages),
    deadline (YYYY-MM-DD or YYYY-MM). Out come shares 0-1, *_points in percentage points, households per week, dates
    YYYY-MM-DD, null where not computable.
    """
    days = {"deadline": deadline and deadline.date(), "today": today and today.date()}
    shares = {"goal": goal, "baseline": baseline, "met_at": met_at, "finite": finite, "dead_months": dead_month or None}
    on_own_table("progress", source, as_json, days | shares)


@methods.command()
def equity(source: Input, as_json: AsJson = False) -> None:
    """Measures of equity between groups, as WHO HEAT has them, in the upload template of WHO HEAT Plus.

    Columns, one row per subgroup: subgroup (name), estimate (its level in the unit of indicator_scale; empty: not
    known, never zero); optional: population (people or households; 0: no such group), se (standard error of the
    estimate; without it no bounds), subgroup_order (1: most disadvantaged), reference_subgroup (1: all are compared
    with it); the same in every row of an answer: favourable_indicator (1: high is good, as without it; 0),
    indicator_scale (100: per cent, as without it), ordered_dimension (1: the subgroups have an order; 0, as without).
    ci_lb, ci_ub, setting_average, flag and update are not used. Every other column (setting, date, indicator_abbr,
    dimension ...) tells answers apart: one for each combination.

    Out comes {"d": {"estimate", "lower", "upper"}, "r": ...}: d, mdbw, mdbu, mdmw, mdmu, mdrw, mdru, bgsd, par, aci,
    sii in the unit of the estimate, bgv in its square, r, rii, rci plain numbers, idisw, idisu, cov, paf per cent, ti,
    mld times 1000; null with a reason where not computable. Several combinations are a list, each with "where".
    """
    on_own_table("equity", source, as_json, {})


@methods.command()
def decompose(
    source: Input,
    first: Annotated[str | None, typer.Option(help="The first group; needed when the table has more than two.")] = None,
    second: Annotated[
        str | None, typer.Option(help='The second; "all": everybody, as without it when there are more than two.')
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Kitagawa's split of the gap between two groups: where they live, and how they fare in the same place.

    Columns, one row per unit and group: unit, group (names), denominator (the group's households there; no row or 0:
    nobody), and numerator (how many of them are reached) or rate (theirs, in any unit); empty: not known, never zero.

    Out come gap = composition + within (first less second) and each unit's part of both, shares 0-1, or in the unit
    of rate; composition_from_mean counts a unit's level from the mean of the two groups: use it to name units. A unit
    with a missing figure is left out for both and named.
    """
    on_own_table("decompose", source, as_json, {"first": first, "second": second})


@methods.command()
def bounds(source: Input, as_json: AsJson = False) -> None:
    """What a group's coverage can be where only the whole unit's is known (Duncan and Davis): never one number.

    Columns, one row per unit: unit (name), group_share or w (the group's share of the unit, 0-1), and coverage or p
    (the unit's share reached, 0-1) or numerator and denominator (counts); empty: not known. Out come lower and upper,
    shares 0-1, null with a reason where not computable.
    """
    on_own_table("bounds", source, as_json, {})


@methods.command()
def wilson(
    source: Input,
    z: Annotated[float | None, typer.Option(help="Normal quantile; 1.96, as without it: 95 %.")] = None,
    as_json: AsJson = False,
) -> None:
    """Wilson's interval of a proportion from a sample; a full count has none.

    Columns, one row per sample: numerator or n (how many have it), denominator or N (the sample), counts; unit
    (name), optional. Out come share, lower and upper, 0-1, null with a reason where not computable.
    """
    on_own_table("wilson", source, as_json, {"z": z})


@methods.command()
def protect(source: Input, as_json: AsJson = False) -> None:
    """Which counts of a table of small cells to hide, so that none can be worked out.

    Columns, one row per unit and group: unit, category (a group; each household in one), numerator and denominator
    (households); optional part_of (the larger units it is part of, apart by a blank). Out come all units, the larger
    ones and the totals (category empty) with null where hidden, and the reason of each.
    """
    on_own_table("protect", source, as_json, {})


@methods.command()
def attack(source: Input, as_json: AsJson = False) -> None:
    """What somebody could work out about the hidden counts of a table.

    Columns: those of protect, empty where hidden, with a row for every total (category empty) and every larger unit.
    Out comes one row per hidden count or complement: lowest and highest value left and how many values that is; told:
    the totals alone leave no more.
    """
    on_own_table("attack", source, as_json, {})


AsOf = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day of the judgement.")]


@methods.command()
def trend(
    source: Input,
    weekly: Annotated[
        bool, typer.Option("--weekly", help="Take the weekly season off first (STL); days only.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Whether a series rises or falls (Mann-Kendall, ties counted) and how fast (Sen's slope with its 95 % interval).

    Columns, one row per unit and time: day (YYYY-MM-DD) or month (YYYY-MM), value (in any unit; empty: no figure,
    never zero); unit (name), optional. Out come n (figures), s, z, p (two-sided; exact up to 10 figures without ties),
    slope, lower and upper in the unit of value per day or per month, direction (rising, falling, none: p above 5 %).
    Days of one channel depend on each other and make p too small: test months.
    """
    on_own_table("trend", source, as_json, {"weekly": weekly})


@methods.command()
def anomalies(
    source: Input,
    no_week: Annotated[bool, typer.Option("--no-week", help="Against the median, without trend and weekday.")] = False,
    as_json: AsJson = False,
) -> None:
    """Days unlike the others, once trend and weekday are taken off (STL): 0.6745 |x - median| / MAD above 3.5.

    Columns, one row per unit and day: day (YYYY-MM-DD), value (in any unit; empty: no figure, never zero); unit
    (name), optional. Out come expected and remainder in the unit of value, z without unit, and flag: outlier, or
    jump_after_copies where more than half of the days are as expected to the last digit and this one is not.
    """
    on_own_table("anomalies", source, as_json, {"no_week": no_week})


@methods.command()
def overperforming(source: Input, as_of: AsOf = None, as_json: AsJson = False) -> None:
    """Over-performing score of posts: how often what the page usually gets, negative when it is less (CrowdTangle).

    Columns, one row per post: published (YYYY-MM-DD or with HH:MM), interactions (count; empty: not known, never
    zero); optional: post, account, type, cluster (names; fewer than 30 former posts are pooled with the cluster's),
    age_days (days from publication to the count: posts of the same age are compared; without it lifetime counts, and
    posts under 28 days old on --as-of, the day of the export, are left out). Out come expected (interactions), n
    (posts it was taken from), pooled and score, null with a reason where not computable.
    """
    on_own_table("overperforming", source, as_json, {"as_of": as_of and as_of.date()})


@methods.command()
def ontime(source: Input, as_of: AsOf = None, as_json: AsJson = False) -> None:
    """Cases settled on time / (settled + still open and overdue): 40, 2 late and 30 overdue are 56 %, not 95 %.

    Columns, one row per case: due and closed (YYYY-MM-DD; closed empty: still open; due empty: in no rate); unit
    (name), optional. Without --as-of the latest day of the table. Out come counts of cases and rate, a share 0-1,
    null with a reason where nothing was due.
    """
    on_own_table("ontime", source, as_json, {"as_of": as_of and as_of.date()})


@methods.command()
def survival(source: Input, as_of: AsOf = None, as_json: AsJson = False) -> None:
    """Time until half of the cases are done, those still open counted (Kaplan-Meier), with its 95 % interval.

    Columns, one row per case: received and answered (YYYY-MM-DD; answered empty: still open), times in days; or
    duration (any unit of time) and done (1; 0: still open); unit (name), optional. Without --as-of open cases are
    known up to the latest day of the table. Out come n and done (cases), median, lower and upper, null with a reason
    where not reached.
    """
    on_own_table("survival", source, as_json, {"as_of": as_of and as_of.date()})


@methods.command()
def composite(
    source: Input,
    normalise: Annotated[
        str | None,
        typer.Option(help="minmax (as without it), goalposts, zscore, rank, from_reference, over_reference, none."),
    ] = None,
    aggregate: Annotated[str | None, typer.Option(help="arithmetic (as without it), geometric, harmonic.")] = None,
    weight: Weights = None,
    lower: Lower = None,
    goalposts: Goalposts = None,
    reference: Annotated[str | None, typer.Option(help="The unit the others are compared with.")] = None,
    skip_missing: Annotated[
        bool, typer.Option("--skip-missing", help="A missing value leaves both sums; else its unit has no score.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """A composite score and place of every unit, and how places shift under other ways of computing it.

    Columns, one row per unit: unit (name), and one for each indicator, whatever its name (empty: not known, never
    zero). Out come score, place (1, 2, 2, 4), every indicator's normalised value, and each other normalisation and
    aggregation with its places and mean_shift (mean of |place - place|); null with a reason where not computable.
    """
    options: dict[str, Any] = {"normalise": normalise, "aggregate": aggregate, "weights": weight or None}
    options |= {"lower": lower or None, "goalposts": goalposts or None}
    options |= {"reference": reference, "skip_missing": skip_missing}
    on_own_table("composite", source, as_json, options)


@methods.command()
def ranks(
    source: Input,
    weight: Weights = None,
    lower: Lower = None,
    goalposts: Goalposts = None,
    draws: Annotated[int | None, typer.Option(help="10,000, as without it.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same draws.")] = None,
    sway: Annotated[float | None, typer.Option(help="How far a weight moves: 0.25, as without it.")] = None,
    as_json: AsJson = False,
) -> None:
    """How firm each place is: over draws of weights and methods, one weight at a time, and without any weights.

    Columns, one row per unit: unit (name), and one for each indicator, whatever its name (empty: not known). Out come
    place, low and high (5-95 % of the draws), weight_ranges (each weight's range in which the place stays, the others
    unchanged; null: no upper end), beats and beaten_by (units above or below which it stands whatever the weights).
    """
    options = {"weights": weight or None, "lower": lower or None, "goalposts": goalposts or None}
    on_own_table("ranks", source, as_json, options | {"draws": draws, "seed": seed, "sway": sway})


def on_own_table(name: str, source: Path, as_json: bool, options: dict[str, Any]) -> None:
    """A method on an analyst's own table; options left None are the method's own defaults."""
    with answering() as answers:
        answers.method(name, source, as_json, options)


@app.command()
def audit(
    version: Annotated[str | None, typer.Argument(help="The version's id; else the current one.")] = None,
    exports: Annotated[
        list[Path] | None,
        typer.Option("--with", help="CSV that was handed out: month, unit, category, measure, value."),
    ] = None,
    as_json: AsJson = False,
    demo: DemoOrReal = None,
) -> None:
    """Attack a published version as somebody outside would; exit status 0 only when no hidden count can be worked out.

    Read are only the protected figures of this version and of the former ones that are still kept, what the messages
    about deliveries quote on the pages, and the files given.
    Printed is every hidden count that is left fewer than five values, with the interval. Counts which a unit's own
    published total tells by itself are counted apart.
    """
    with answering() as answers:
        raise typer.Exit(0 if answers.audit(version, exports or [], as_json, demo) else 1)


@app.command()
def template(
    month: Annotated[str, typer.Option(help="YYYY-MM.")],
    commune: Annotated[str | None, typer.Option(help="The commune's code.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every commune's form, as one zip.")] = False,
    slips: Annotated[bool, typer.Option("--slips", help="The village slips (Phiếu thôn) to print, as PDF.")] = False,
    output: Annotated[Path | None, typer.Option(help="File or folder to write to; else the current folder.")] = None,
    demo: DemoOrReal = None,
) -> None:
    """Write the workbook a commune fills in for a month; a file that exists is never overwritten."""
    with answering() as answers:
        print(answers.template(commune, month, all_, slips, output, demo))


@awards.command()
def draft(
    sheet: Annotated[str, typer.Argument(help="A file of definitions/awards/, without .toml.")],
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A cut-off in the past; the period moves with it.")
    ] = None,
    against: Annotated[str | None, typer.Option(help="Another sheet: who gains and loses places.")] = None,
    as_json: AsJson = False,
    demo: DemoOrReal = None,
) -> None:
    """Try a score sheet on past data before it is adopted: standings, what decides, what cannot be measured yet.

    Manual criteria and those whose figures are not published yet are left out for all, and named. Nothing is kept.
    """
    with answering("award_answers") as answers:
        answers.draft(sheet, as_of.date() if as_of else None, against, as_json, demo)


@awards.command("adopt")
def adopt_sheet(
    sheet: Annotated[str, typer.Argument(help="A file of definitions/awards/, without .toml.")],
    decision: Annotated[str, typer.Option(help="Number and date of the council's decision.")],
    by: By,
    reason: Annotated[str, typer.Option(help="Why only now: needed once the period it scores has begun.")] = "",
    demo: DemoOrReal = None,
) -> None:
    """Take a score sheet into use; from now on its rules are frozen."""
    from etl import award_stages

    with answering("award_answers") as answers:
        print(answers.on_sheet(sheet, demo, lambda root, rules: award_stages.adopt(root, rules, decision, by, reason)))


@awards.command("template")
def score_template(
    sheet: Annotated[str, typer.Argument(help="A sheet in use.")],
    commune: Annotated[str | None, typer.Option(help="The commune's code: its own points.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every commune's own points, as one zip.")] = False,
    stage: Annotated[
        str, typer.Option(help="specialist, board, council or standing_committee: one workbook of all communes.")
    ] = "",
    criterion: Annotated[
        list[str] | None, typer.Option(help="Only these manual criteria, those in its charge; may be repeated.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="File or folder to write to; else the current folder.")] = None,
    demo: DemoOrReal = None,
) -> None:
    """Write the workbook in which manual criteria are scored; `load` takes it in again, line by line.

    A file that exists is never overwritten. What stages before gave stands in grey beside empty cells.
    """
    with answering("award_answers") as answers:
        print(answers.template(sheet, commune, all_, stage, criterion or [], output, demo))


@awards.command()
def give(
    sheet: Annotated[str, typer.Argument(help="A sheet in use.")],
    commune: Annotated[str, typer.Argument(help="The commune's code.")],
    criterion: Annotated[str, typer.Argument(help="A manual criterion of the sheet.")],
    stage: Annotated[str, typer.Argument(help="commune, specialist, board, council or standing_committee.")],
    points: Annotated[float, typer.Argument(help="In halves.")],
    by: By,
    reason: Annotated[str, typer.Option(help="Needed where the points differ from those before.")] = "",
    explanation: Annotated[str, typer.Option(help="Needed from the commune.")] = "",
    evidence: Evidence = "",
    demo: DemoOrReal = None,
) -> None:
    """Record one stage's points of a manual criterion; every stage keeps its own."""
    from etl import award_stages

    said = {"by": by, "reason": reason, "explanation": explanation, "evidence": evidence}
    with answering("award_answers") as answers:
        print(answers.on_sheet(
            sheet, demo, lambda root, rules: award_stages.give(root, rules, commune, criterion, stage, points, **said)
        ))  # fmt: skip


@awards.command()
def sampled(
    sheet: Annotated[str, typer.Argument(help="A sheet in use.")],
    commune: Annotated[str, typer.Argument(help="The commune's code.")],
    verified: Annotated[int, typer.Argument(help="Households whose claim was found true.")],
    visited: Annotated[int, typer.Argument(help="Households visited.")],
    seed: Annotated[int, typer.Option(help="The one the list was drawn with.")],
    by: By,
    evidence: Evidence,
    demo: DemoOrReal = None,
) -> None:
    """Record what the visits of a sample check found; a failed check scales the points the sheet says."""
    from etl import award_stages

    said = {"by": by, "evidence": evidence}
    with answering("award_answers") as answers:
        print(answers.on_sheet(
            sheet, demo,
            lambda root, rules: award_stages.sampled(root, rules, commune, verified, visited, seed=seed, **said),
        ))  # fmt: skip


@awards.command()
def appeal(
    sheet: Annotated[str, typer.Argument(help="A sheet in use.")],
    commune: Annotated[str, typer.Option(help="The commune's code.")],
    criterion: Annotated[str, typer.Option(help="A criterion of the sheet, computed or manual.")],
    by: By,
    reason: Annotated[str, typer.Option(help="What the commune says, or why it was decided so.")],
    evidence: Evidence,
    to: Annotated[float | None, typer.Option(help="The points asked for.")] = None,
    figure: Annotated[
        float | None,
        typer.Option(
            help="Instead of points the figure, as the sheet's line has it; of a target the share of the path."
        ),
    ] = None,
    decide: Annotated[
        str, typer.Option(help="accepted or rejected; else it is entered, and changes nothing yet.")
    ] = "",
    as_json: AsJson = False,
    demo: DemoOrReal = None,
) -> None:
    """Enter an appeal or decide it: points before and after, and every commune whose place, grade or award moves.

    An accepted one changes the score, after the cut-off only where the sheet takes corrections by appeal; a rejected
    one changes nothing. Both are kept.
    """
    said = {"by": by, "reason": reason, "evidence": evidence, "points": to, "figure": figure, "decision": decide}
    with answering("award_answers") as answers:
        answers.appeal(sheet, commune, criterion, said, as_json, demo)


@awards.command()
def publish(
    sheet: Annotated[str, typer.Argument(help="A sheet in use.")],
    by: By,
    demo: DemoOrReal = None,
) -> None:
    """The standing committee's word on a sheet whose cut-off is over: from now on nothing on it changes."""
    with answering("award_answers") as answers:
        print(answers.publish(sheet, by, demo))


@awards.command()
def questions(
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As known at that day's end.")] = None,
    sheet: Annotated[
        str, typer.Option(help="Also crowds just above a line of that sheet, and figures that fell after its cut-off.")
    ] = "",
    letters: Annotated[Path | None, typer.Option(help="Write a text to send for each commune asked, here.")] = None,
    as_json: AsJson = False,
    demo: DemoOrReal = None,
) -> None:
    """What the communes' figures make one ask: surges, copies, round figures; each with its evidence, no penalty."""
    with answering("award_answers") as answers:
        answers.questions(as_of.date() if as_of else None, as_json, demo, sheet, letters)


@awards.command()
def sample(
    commune: Annotated[str, typer.Argument(help="The commune's code.")],
    seed: Annotated[int, typer.Option(help="Published beforehand; the same seed and claims give the same list.")],
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As known at that day's end.")] = None,
    form: Annotated[
        Path | None, typer.Option(help="Also write the form for the visits (.xlsx) and keep that this list was drawn.")
    ] = None,
    sheet: Annotated[str, typer.Option(help="The sheet in use the visits are for; needed with --form.")] = "",
    as_json: AsJson = False,
    demo: DemoOrReal = None,
) -> None:
    """Draw the 19 claimed households to visit: village, and line in the village's own book; no names.

    The form, filled in, comes back through `load`; only the list that was drawn counts.
    """
    with answering("award_answers") as answers:
        if form:
            print(answers.visit_form(sheet, commune, seed, form, as_of and as_of.date(), demo))
            return
        answers.sample(commune, seed, as_of.date() if as_of else None, as_json, demo)


@awards.command()
def visits(
    sheet: Annotated[str, typer.Argument(help="A sheet.")],
    seed: Annotated[int, typer.Option(help="Of the lot; the same one draws the same communes.", min=0)],
    count: Annotated[int, typer.Option(help="How many of those not proposed are drawn.", min=0)] = 5,
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As known at that day's end.")] = None,
    as_json: AsJson = False,
    demo: DemoOrReal = None,
) -> None:
    """Which communes a sample check visits: those proposed for awards, and some of the others by lot."""
    with answering("award_answers") as answers:
        answers.visited(sheet, seed, count, as_of.date() if as_of else None, as_json, demo)


@awards.command()
def freeze(
    sheet: Annotated[str, typer.Argument(help="A file of definitions/awards/, without .toml.")],
    bundle: Annotated[Path, typer.Argument(help="The file to write; one that exists is never overwritten.")],
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A cut-off in the past; the period moves with it.")
    ] = None,
    demo: DemoOrReal = None,
) -> None:
    """Freeze a scoring round into one file: deliveries, acts, landed rows, definitions, code and seed, and the points.

    What was received after the cut-off does not count. It holds the communes' own figures: keep it where these are.
    """
    with answering("award_answers") as answers:
        print(answers.freeze(sheet, bundle, as_of.date() if as_of else None, demo))


@awards.command("workbook")
def award_workbook(
    sheet: Annotated[str, typer.Argument(help="A file of definitions/awards/, without .toml.")],
    out: Annotated[Path, typer.Argument(help="The file to write; one that exists is never overwritten.")],
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A cut-off in the past; the period moves with it.")
    ] = None,
    certificates: Annotated[bool, typer.Option(help="With the internal annex: how firm each place is.")] = False,
    demo: DemoOrReal = None,
) -> None:
    """Write a round as an Excel workbook with live formulas: change a weight and places, grades and awards follow.

    As soon as anything in it differs from the round every sheet says so, in print too.
    """
    with answering("award_answers") as answers:
        print(answers.workbook(sheet, out, as_of.date() if as_of else None, certificates, demo))


@awards.command()
def replay(
    bundle: Annotated[Path, typer.Argument(help="A file that freeze wrote.")],
    as_json: AsJson = False,
) -> None:
    """Score a frozen round anew from the file alone; exit status 0 only when every point is the same.

    At the commit it was frozen at it is; at another one every line that differs is printed.
    """
    with answering("award_answers") as answers:
        raise typer.Exit(0 if answers.replay(bundle, as_json) else 1)


@awards.command()
def papers(
    sheet: Annotated[str, typer.Argument(help="A file of definitions/awards/, without .toml.")],
    folder: Annotated[Path, typer.Argument(help="Where the files go; one that exists is never overwritten.")],
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As it stood at the end of a past day: a draft.")
    ] = None,
    only: Annotated[str | None, typer.Option(help="docx or pdf; else both.")] = None,
    lang: Annotated[str, typer.Option(help="vi or en.")] = "vi",
    demo: DemoOrReal = None,
) -> None:
    """Write what the council works through and signs: submissions, minutes, list, achievements, draft decision.

    Number, day, seal and signature are left blank. Before the cut-off, and before a sheet is adopted, every page says
    that it is a draft.
    """
    if only not in (None, "docx", "pdf") or lang not in ("vi", "en"):
        fail("--only: docx hoặc pdf; --lang: vi hoặc en.")
    with answering("award_answers") as answers:
        kinds = (only,) if only else ("docx", "pdf")
        print(answers.papers(sheet, folder, as_of.date() if as_of else None, kinds, lang, demo))


@awards.command()
def sign(
    file: Annotated[Path, typer.Argument(help="A PDF.")],
    out: Annotated[Path, typer.Argument(help="The signed PDF; one that exists is never overwritten.")],
    pkcs12: Annotated[Path | None, typer.Option(help="Key and certificate in a file (.p12, .pfx).")] = None,
    pkcs11: Annotated[Path | None, typer.Option(help="The library of a USB token or a card.")] = None,
    token: Annotated[str, typer.Option(help="The token's label.")] = "",
    reason: Annotated[str, typer.Option(help="Stands in the signature.")] = "",
    is_visible: Annotated[
        bool, typer.Option("--visible/--invisible", help="A field with name and time under the signer's title.")
    ] = True,
) -> None:
    """Sign a PDF with a certificate. Password or PIN: CHI_TIEU_SO_SIGN_PASSWORD, else asked for; never shown."""
    import os

    def secret() -> str:
        return os.environ.get("CHI_TIEU_SO_SIGN_PASSWORD") or typer.prompt("Mật khẩu hoặc mã PIN", hide_input=True)

    with answering("award_answers") as answers:
        print(answers.sign(file, out, pkcs12, pkcs11, token, reason, is_visible, secret))


@awards.command()
def verify(
    file: Annotated[
        Path, typer.Argument(help="A PDF or docx that `papers` wrote, signed or not; an xlsx that `workbook` wrote.")
    ],
    bundle: Annotated[Path | None, typer.Option(help="The frozen round; else the round of the data here.")] = None,
    trust: Annotated[Path | None, typer.Option(help="Root certificates (PEM) the signers' must come from.")] = None,
    as_json: AsJson = False,
    demo: DemoOrReal = None,
) -> None:
    """Check a paper that comes back: signature, signer and time, and every word and figure against the round.

    A number, a day, names and votes in the blanks are fine and told; anything else that differs is named by its place.
    Exit status 0 only when everything agrees; a PDF must be signed, and nothing may follow its last signature.
    """
    with answering("award_answers") as answers:
        raise typer.Exit(0 if answers.verify(file, bundle, trust, as_json, demo) else 1)


@contextmanager
def answering(module: str = "answers") -> Iterator[ModuleType]:
    """The module behind these verbs; what it cannot answer becomes a sentence and exit status 1."""
    import answers

    try:
        yield import_module(module)
    except answers.CannotAnswer as problem:
        fail(str(problem))


def data_root(demo: bool) -> "Root":
    """The real data, or the demonstration's."""
    from etl import store

    return store.root("demo" if demo else "real")


def published(root: "Root", as_of: datetime | None = None) -> str:
    """The id of the version now built; says which check failed and leaves with status 1 where one does."""
    from etl.build import build as publish
    from warehouse.publish import CheckFailed

    try:
        return publish(root, as_of.date() if as_of else None)
    except CheckFailed as wrong:
        fail(f"Chưa công bố bản mới, bản trước vẫn dùng. {wrong}")
    except OSError as problem:
        fail(f"Chưa công bố bản mới, bản trước vẫn dùng: {problem}")


def delivery(root: "Root", sha: str) -> str:
    """The whole hash of a delivery named by the beginning of it."""
    found = [path.stem for path in root.log.glob(f"{sha}*.json")] if sha.isalnum() else []
    if len(found) != 1:
        fail(f"Có {len(found)} tệp đã nhận có mã bắt đầu bằng “{sha}”.")
    return found[0]


def python(*arguments: str) -> int:
    """Run this environment's Python on the project; gives the exit status."""
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, check=False).returncode


def fail(sentence: str) -> NoReturn:
    """Say why on stderr and leave with status 1."""
    print(sentence, file=sys.stderr)
    raise typer.Exit(1)


if __name__ == "__main__":
    app(prog_name="python3 run.py")
