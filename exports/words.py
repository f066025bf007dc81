"""Computed figures -> the sentences of screens, documents and messages."""

import math
import re
from datetime import date, timedelta

from definitions.format import day, decimal, integer, moment, month, percent, points, signed
from definitions.load import ACCESS, definitions
from definitions.text import text
from metrics.voices import Figure


def label(of, lang: str) -> str:
    """The name of a definition in the reader's language."""
    said: str = of.label.said(lang)
    return said


def cluster(commune: str, lang: str = "vi") -> str:
    """The name of a commune's cluster, "" where it stands in none."""
    return next((label(of, lang) for of in definitions().clusters if commune in of.communes), "")


def share(value: float | None, goal: float | None = None, lang: str = "vi") -> str:
    """A share as a percentage; with a goal, one that falls short of it is never printed as the goal itself."""
    if value is not None and goal is not None and value < goal and round(value * 1000) >= round(goal * 1000):
        value = math.floor(value * 1000) / 1000
    return percent(value, 1, lang)


def goal(value: float, lang: str = "vi") -> str:
    """50 % or 47,5 %: a goal without an idle decimal."""
    return percent(value, 0 if abs(value * 100 - round(value * 100)) < 1e-9 else 1, lang)


def rate(value: float | None, lang: str = "vi") -> str:
    """A need or pace per week: a whole number, one decimal below ten, two where one would say that there is none."""
    if value is None:
        return integer(None)
    return integer(value, lang) if abs(value) >= 10 else decimal(value, 2 if 0 < abs(value) < 0.05 else 1, lang)


def verdict(id: str, lang: str = "vi") -> str:
    """The sign and the word, the same everywhere."""
    of = definitions().verdicts[id]
    return f"{of.sign} {label(of, lang)}"


def trust(row: dict, lang: str = "vi") -> str:
    """The grade in a word, with what keeps it from a better one."""
    grade = text(f"trust.{row['trust']}", lang)
    return f"{grade} ({text('trust.' + row['trust_reason'], lang)})" if row["trust_reason"] else grade


def reason(id: str, lang: str = "vi") -> str:
    return text(f"reason.{id}", lang) if id else ""


def wording(lang: str = "vi") -> str:
    access = definitions().access
    return label(access.wordings[access.in_force], lang)


def access_note(lang: str = "vi") -> str:
    """Which wording of access counts, and by what document; without one it says so."""
    access = definitions().access
    basis = text("note.access_provisional", lang)
    if not access.provisional:
        basis = text("note.access_document", lang, document=access.document, date=access.date)
    return f"{text('note.access', lang, wording=wording(lang))} ({basis})"


def answer(row: dict, lang: str = "vi") -> str:
    """Where do we stand, will we make it, what is needed: one row of metrics.targets.status as a sentence."""
    if row["share"] is None:
        return text("answer.none", lang)
    first = (
        definitions()
        .targets[row["target"]]
        .sentence.said(lang)
        .format(
            day=day(row["data_date"]),
            n=integer(row["numerator"], lang),
            N=integer(row["denominator"], lang),
            p=share(row["share"], row["goal"], lang),
            wording=wording(lang),
        )
    )
    parts = [f"{first}, {moved(row['change_month'], lang)}", *_need(row, lang), _outlook(row, lang)]
    return "; ".join(part for part in parts if part) + "."


def moved(change: float | None, lang: str = "vi") -> str:
    """ "tăng 1,3 điểm so với tháng trước"; a change that rounds to 0,0 is said to be none."""
    if change is None:
        return text("answer.no_change", lang)
    size = points(abs(change), lang).lstrip("+")
    if round(abs(change) * 1000) == 0:
        return text("answer.same", lang)
    return text("answer.up" if change > 0 else "answer.down", lang, points=size)


def unit(row: dict, lang: str = "vi") -> str:
    return text(f"unit.{definitions().targets[row['target']].unit}", lang)


def _need(row: dict, lang: str) -> list[str]:
    if not row["left"]:
        return []
    left = {"left": integer(row["left"], lang), "unit": unit(row, lang)}
    if row["per_week_data"] is None:
        return [text("answer.need_no_rate", lang, **left)]
    need = text("answer.need", lang, rate=rate(row["per_week_data"], lang), day=day(row["data_date"]), **left)
    pace = row["pace_per_week"]
    kept = text("answer.pace", lang, rate=rate(pace, lang), unit=unit(row, lang)) if pace is not None else None
    return [need, kept or text("answer.no_pace", lang)]


def _outlook(row: dict, lang: str) -> str:
    words = {
        "goal": goal(row["goal"], lang),
        "deadline": day(row["deadline"]),
        "p": share(row["projected"], row["goal"], lang),
    }
    settled = {
        "met_at_deadline": "settled_met",
        "not_met_at_deadline": "settled_not",
        "open_at_deadline": "settled_open",
        "achieved": "reached",
        "achieved_at_risk": "reached_risk",
    }
    if row["verdict"] in settled:
        return text(f"answer.{settled[row['verdict']]}", lang, **words)
    if row["verdict"] == "not_assessable":
        return f"{verdict('not_assessable', lang)[2:].lower()}: {reason(row['reason'], lang)}"
    if row["reason"] in ("floor_below_goal", "floor_unknown"):
        return text("answer.reached_unsure", lang, **words)
    meets = row["reach_date"]
    if meets is not None and meets <= row["deadline"]:
        return text("answer.reach", lang, goal=words["goal"], day=day(meets))
    return text("answer.late", lang, **words)


def projection(row: dict, lang: str = "vi") -> str:
    """The band of the two projections at the deadline, or that there is none."""
    ends = [row["projected_linear"], row["projected_logit"]]
    if None in ends:
        return text("overview.band_none", lang)
    low, high = (share(end, row["goal"], lang) for end in sorted(ends))
    return text("overview.band", lang, band=low if low == high else f"{low}–{high}")


def notes(row: dict, lang: str = "vi") -> list[str]:
    """All a careful reader of one status row has to know beside the figure."""
    return [*caution(row, lang), *basis(row, lang)]


def caution(row: dict, lang: str = "vi") -> list[str]:
    """What the figure counts and how much of the whole it covers."""
    said = []
    if definitions().targets[row["target"]].indicator == ACCESS:
        said.append(access_note(lang))
    if row["communes_unlisted"]:
        said.append(text("note.unlisted", lang, communes=integer(row["communes_unlisted"], lang)))
    if row["villages_carried"]:
        said.append(text("note.carried", lang, villages=integer(row["villages_carried"], lang)))
    if row["covered"] is not None:
        said.append(text("note.covered", lang, share=percent(row["covered"], 1, lang)))
    return said


def basis(row: dict, lang: str = "vi") -> list[str]:
    """The baseline and the goal the verdict is measured by, with where they come from."""
    said = []
    if row["baseline"] is not None:
        words = {"p": percent(row["baseline"], 1, lang), "month": month(row["baseline_month"])}
        kind = "decided" if row["baseline_source"] else "provisional"
        said.append(text(f"note.baseline_{kind}", lang, document=row["baseline_source"], **words))
    kind = "goal_own" if row["goal_source"] else "goal_province"
    said.append(text(f"note.{kind}", lang, document=row["goal_source"]))
    return said


def round_state(row: dict, lang: str = "vi") -> str:
    """A commune's state in a round, and that it has no list of villages where this is why it cannot be used."""
    state = text(f"rounds.{row['state']}", lang)
    return f"{state} ({text('rounds.unlisted', lang)})" if is_unlisted(row) else state


def is_unlisted(row: dict) -> bool:
    return row["state"] == "not_usable" and row["villages_expected"] is None


def reminder(row: dict, round_month: date, until: date, lang: str = "vi") -> str:
    """The message to one commune for Zalo, by the state of its round (one row of metrics.rounds.communes)."""
    usable, villages = row["villages_usable"], row["villages_expected"]
    kind = "unlisted" if is_unlisted(row) else row["state"]
    return text(
        f"rounds.reminder_{kind}",
        lang,
        name=inside(row["full_name"]),
        month=month(round_month),
        due=day(row["due"]),
        until=day(until),
        usable=integer(usable, lang),
        villages=integer(villages, lang),
        lacking=integer(villages and villages - usable, lang),
        days=integer(row["days_late"], lang),
    )


def left(row: dict, lang: str = "vi") -> str:
    """What is left to do, short: "còn 15.315 hộ · 1.760 hộ/tuần"."""
    if row["left"] is None:
        return reason(row["reason"], lang)
    if row["left"] == 0:
        return text("overview.left_none", lang)
    words = {"n": integer(row["left"], lang), "unit": unit(row, lang), "rate": rate(row["per_week_today"], lang)}
    return text("overview.left" if row["per_week_today"] is not None else "overview.left_no_rate", lang, **words)


def ladder(row: dict, lang: str = "vi") -> str:
    """The rungs of the village groups as counts, from one row of metrics.groups.ladder."""
    counts = {rung: integer(row[rung], lang) for rung in ("formed", "trained", "active")}
    return text("overview.ladder", lang, **counts)


def need(row: dict, lang: str = "vi") -> str:
    """A commune about to miss: its figure and what it needs a week."""
    figure = f"{share(row['share'], row['goal'], lang)} · {left(row, lang)}"
    return f"{definitions().verdicts[row['verdict']].sign} {figure}"


def gain(row: dict, lang: str = "vi") -> str:
    """A commune that moved: its gain and where it stands now."""
    return f"{points(row['change_month'], lang)}, {share(row['share'], row['goal'], lang)}"


def inside(name: str, lang: str = "vi") -> str:
    """A unit's name as it stands inside a sentence: xã Lao Chải; elsewhere it stays the name it is."""
    return name[:1].lower() + name[1:] if lang == "vi" else name


def listed(names: list[str], lang: str = "vi", most: int = 5) -> str:
    """Names in a row; beyond `most` the count of the others."""
    more = [text("exports.more_units", lang, n=len(names) - most)] if len(names) > most else []
    return ", ".join([*names[:most], *more])


def received(totals: dict, lang: str = "vi") -> str:
    """metrics.deliveries.totals as a sentence."""
    if not totals["files"]:
        return text("deliveries.answer_none", lang)
    counts = {id: integer(totals[id], lang) for id in ("files", "held", "refused")}
    said = text("deliveries.answer", lang, moment=moment(totals["latest"]), **counts)
    waiting = text("deliveries.answer_waiting", lang, n=integer(totals["waiting"], lang)) if totals["waiting"] else ""
    return f"{said} {waiting}".rstrip()


def file_state(verdict: str, held: int, waiting: int, lang: str = "vi") -> str:
    """What became of a file; one all of whose held rows wait for the list of villages needs nothing of its sender."""
    return text("deliveries.waiting" if verdict == "partly" and held == waiting else f"deliveries.{verdict}", lang)


def round_answer(rates: dict, due: date, lang: str = "vi") -> str:
    """One row of metrics.rounds.rates as a sentence."""
    counts = {id: integer(rates[id], lang) for id in ("expected", "submitted", "on_time", "usable")}
    return text("rounds.answer", lang, month=month(rates["month"]), due=day(due), **counts)


def todo(work, row: dict, lang: str = "vi") -> list[str]:
    """What metrics.lastmile asks for, in sentences; `row` is the commune's row of status."""
    facts = {
        "n": integer(len(work.villages), lang),
        "total": integer(work.total, lang),
        "rate": rate(work.per_week, lang),
        "goal": goal(row["goal"], lang),
        "deadline": day(row["deadline"]),
        "unit": unit(row, lang),
    }
    if work.reason in ("nothing_needed", "no_need_known", "no_week_left"):
        said = [text(f"commune.todo_{work.reason}", lang, **facts)]
    else:
        said = [text("commune.todo_sentence", lang, **facts)]
    if work.short:
        said.append(text("commune.todo_short", lang, short=integer(work.short, lang), unit=facts["unit"]))
    if work.not_reported:
        said.append(text("commune.todo_silent", lang, names=listed(list(work.not_reported), lang, 8)))
    return said


def reach(row: dict, lang: str = "vi") -> str:
    """Whether the pace needed has been kept before, from one row of metrics.reachability; "" where nobody can tell."""
    if row["reach"] == "not_computable":
        return ""
    said = text(f"reach.{row['reach']}", lang)
    if row["last_start"] is None or row["reach"] in ("on_track", "goal_met", "out_of_reach"):
        return f"{said}."
    return f"{said}; {text('reach.last_start', lang, day=day(row['last_start']))}."


def goal_sum(target: str, assigned: int, asked: int, lang: str = "vi") -> str:
    """What the communes' goals add up to beside the province's, from metrics.targets.goal_sums."""
    of = definitions().targets[target]
    own = any(goal.target == target for goal in definitions().goals)
    counts = {"assigned": integer(assigned, lang), "asked": integer(asked, lang), "unit": text(f"unit.{of.unit}", lang)}
    said = text("definitions.goal_sum" if own else "definitions.goal_sum_equal", lang, **counts)
    return f"{label(of, lang)}: {said}"


def letter(row: dict, lang: str = "vi") -> str:
    """One letter as its commune reads it in Vietnamese; else, and where its message may not be shown, the place and
    what it is about."""
    if lang == "vi" and row["message"] is not None:
        return row["message"]
    where = letter_place(row["sheet"], row["row"], lang)
    column = f", {text('letter.column', lang, column=row['column'])}" if row["column"] else ""
    return f"{where}{column}: {text('letter.' + row['code'], lang)}"


def letter_place(sheet: str, row: int | None, lang: str) -> str:
    if not sheet:
        return text("letter.row", lang, row=row) if row else text("letter.of_file", lang)
    return text("letter.place", lang, sheet=sheet, row=row) if row else text("letter.sheet", lang, sheet=sheet)


def letters(rows: list[dict], lang: str = "vi") -> list[str]:
    """What is said about one file, briefly: many rows of a sheet with the same fault are one sentence."""
    groups: dict[tuple[str, str], list[dict]] = {}
    for row in rows:
        groups.setdefault((row["code"], row["sheet"]), []).append(row)
    said = []
    for (code, sheet), same in groups.items():
        if len(same) < 4:
            said += [letter(row, lang) for row in same]
        else:
            numbers = spans(sorted({row["row"] for row in same if row["row"]}))
            where = text("letter.rows", lang, sheet=sheet, n=integer(len(same), lang), rows=numbers)
            said.append(f"{where}: {text('letter.' + code, lang)}")
    return said


def spans(numbers: list[int]) -> str:
    """7-9, 12: rows that follow one another as one span."""
    starts = [n for n in numbers if n - 1 not in numbers]
    ends = [n for n in numbers if n + 1 not in numbers]
    return ", ".join(f"{a}–{b}" if a < b else str(a) for a, b in zip(starts, ends, strict=True))


def question(row: dict, lang: str = "vi") -> str:
    """One question of metrics.deliveries.questions; Vietnamese as it is put to the commune, else (and where its message
    may not be shown) in brief."""
    if lang == "vi" and row["message"] is not None:
        return row["message"]
    measure = definitions().measures.get(row["measure"])
    about = f"{label(measure, lang)}: " if measure else ""
    found = f" ({integer(row['value'], lang)})" if row["value"] is not None else ""
    said = f"{about}{text('letter.' + row['code'], lang)}{found}"
    return said[:1].upper() + said[1:]


PLACES = {"tỉnh": "province", "huyện": "district", "thành phố": "city", "thôn": "village"}
PLACE = re.compile(rf"({'|'.join(PLACES)}) (.+?)(?: \(MTTQ tỉnh\))?( cũ)?", re.IGNORECASE)


def printed_place(place: str, lang: str = "vi") -> str:
    """The place of a printed figure: "huyện Bắc Hà cũ" is "former district of Bắc Hà" to other readers."""
    if lang == "vi":
        return place
    parts = []
    for part in place.replace(" (cũ)", " cũ").split(", "):
        known = PLACE.fullmatch(part)
        kind, name, old = known.groups() if known else ("", part.removesuffix(" cũ"), part.endswith(" cũ"))
        said = text(f"printed.{PLACES[kind.lower()]}", lang, name=name) if kind else name[:1].upper() + name[1:]
        parts.append(text("printed.former", lang, name=said) if old else said)
    return ", ".join(parts)


def voice(of: Figure, lang: str) -> list[str]:
    """Of when a figure of metrics.voices is and of how many channels; how it moved since the month before."""
    if of.value is None or of.month is None:
        return []
    before = month(of.month - timedelta(1))
    moved = "voices_no_change" if of.change is None else "voices_change"
    change = signed(None if of.change is None else round(of.change), lang)
    told = text("overview.voices_of", lang, month=month(of.month), n=of.channels) if of.channels else ""
    return [*([told] if told else []), text(f"overview.{moved}", lang, change=change, before=before)]
