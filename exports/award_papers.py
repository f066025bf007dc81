"""The papers of a scoring round that a council works through and signs, from its points alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import polars as pl

from definitions import format
from definitions.award_rules import Manual, Sheet
from definitions.load import Front, definitions
from definitions.text import text
from exports import award_words, document, letter, words
from exports.award_round import Round, in_order, is_final, points_hash, since_frozen
from exports.papers import DOTS, GAP, Edition, Grid, Line, Official, Signer
from metrics import published, targets, units

DIGITS = 2  # of points in print; places are decided on all four decimals
# The decree's marks of kinds of papers, as in 12/TTr-MTTQ-BTT; a list has none.
MARKS = {"to_council": "TTr", "to_committee": "TTr", "minutes": "BB", "achievements": "BC", "decision": "QĐ"}
KINDS = ("to_council", "to_committee", "minutes", "proposals", "achievements", "decision")


def papers(of: Round, lang: str = "vi") -> list[tuple[str, bytes]]:
    """(file name, content) of every paper, as docx and as PDF; unsigned, without number and day."""
    made = described(of, lang)
    return [
        (f"{paper.id}.{ending}", write(paper))
        for paper in made
        for ending, write in (("docx", letter.official_docx), ("pdf", document.official_pdf))
    ]


def described(of: Round, lang: str = "vi") -> list[Official]:
    """What each paper says, in the order of `KINDS`: what both kinds of file and their check are made from."""
    told = _Told(of, lang)
    return [BODIES[kind](told) for kind in KINDS]


def described_one(of: Round, number: int, lang: str = "vi") -> Official:
    """The paper of that form; IndexError where there is none."""
    return BODIES[KINDS[number - 1]](_Told(of, lang))


def draft(of: Round, lang: str = "vi") -> str:
    """Why these papers are not to be signed; "" for a round in use, scored from what was known at its cut-off."""
    if not of.adopted:
        return say("draft_state", lang)
    final = Sheet.model_validate(of.adopted["rules"]).cut_off
    if of.rules.cut_off != final:
        return say("draft_day", lang, day=format.day(of.rules.cut_off), final=format.day(final))
    if not is_final(of):
        return say("draft_version", lang, day=format.day(final))
    return say("draft_frozen", lang, n=len(changed)) if (changed := since_frozen(of)) else ""


def foot(of: Round, number: int, lang: str = "vi") -> tuple[str, str]:
    """What a paper is reconciled by: its form, sheet, version and cut-off; the hash of all points."""
    about = {"n": number, "sheet": of.rules.id, "version": of.version.id, "day": format.day(of.rules.cut_off)}
    return say("foot", lang, **about), say("hash", lang, hash=points_hash(of))


def say(id: str, lang: str, **values: object) -> str:
    return text(f"award_paper.{id}", lang, **values)


@dataclass(frozen=True, eq=False)
class _Told:
    """A round while its papers are written."""

    of: Round
    lang: str

    def say(self, id: str, **values: object) -> str:
        return say(id, self.lang, **values)

    def points(self, value: float | None) -> str:
        return format.decimal(value, DIGITS, self.lang)

    def whole(self, value: float) -> str:
        return format.decimal(value, 1 if value % 1 else 0, self.lang)

    def count(self, value: int) -> str:
        return format.integer(value, self.lang)

    def named(self, row: Mapping[str, Any]) -> str:
        return units.names(self.of.version)[row["commune"]]

    @property
    def front(self) -> Front:
        return definitions().province.front

    @property
    def title(self) -> str:
        return self.of.rules.title.said(self.lang)

    @property
    def is_passed(self) -> bool:
        return self.of.rules.kind == "pass_fail"

    @cached_property
    def draft(self) -> str:
        return draft(self.of, self.lang)

    @cached_property
    def edition(self) -> Edition:
        said = published.facts(self.of.version)
        return Edition(self.of.rules.cut_off, self.of.version.id, said["origin"] == "demo", lang=self.lang)

    @cached_property
    def clusters(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """(name, its communes from the first place to those without one), in the order of clusters.toml."""
        names = {f"cluster:{one.id}": words.label(one, self.lang) for one in definitions().clusters}
        parts = in_order(self.of.scored).partition_by("cluster", as_dict=True)
        return [(names.get(str(key), self.say("no_cluster")), part.to_dicts()) for (key,), part in parts.items()]

    def is_proposed(self, row: Mapping[str, Any]) -> bool:
        return bool(row["passed"] if self.is_passed else row["award"])

    def award(self, id: str) -> str:
        return next((words.label(one, self.lang) for one in self.of.rules.awards if one.id == id), "")

    def grade(self, id: str | None) -> str:
        known = (words.label(one, self.lang) for one in self.of.rules.grades if one.id == id)
        return next(known, self.say("ungraded"))

    def paper(
        self, id: str, body: list[Line | Grid], *, by_council: bool = False, signers: tuple[Signer, ...] = (),
        recipients: tuple[str, ...] = (), has_number: bool = True, annex: tuple[Line | Grid, ...] = (),
    ) -> Official:  # fmt: skip
        front, number = self.front, KINDS.index(id) + 1
        organ = front.council if by_council else front.organ
        mark = front.council_mark if by_council else front.mark
        place = self.say("place_date", place=front.seat, gap=GAP, year=self.of.rules.cut_off.year)
        own = signers or (self.signer(by_council),)
        return Official(
            id=f"{'ban-nhap-' if self.draft else ''}{number}-{self.say(f'{id}_file')}", edition=self.edition,
            organisation=(f"{front.body} {_unbroken(front.level)}".upper(), organ.upper()), place_date=place,
            number=self.say("number", gap=GAP, mark=f"{MARKS[id]}-{mark}") if has_number else "",
            kind=self.say(f"{id}_kind"), subject=self.say(f"{id}_subject", title=self.title), body=tuple(body),
            recipients=recipients and (self.say("recipients"), *recipients, self.say("recipients_file", dots=DOTS)),
            signers=(Signer((self.say("no_signature"),)),) if self.draft else own, draft=self.draft,
            foot=foot(self.of, number, self.lang), annex=annex,
        )  # fmt: skip

    def signer(self, by_council: bool) -> Signer:
        organ = self.front.council if by_council else self.front.organ
        for_whom = self.say("on_behalf", organ=organ.upper())
        return Signer((for_whom, self.say("for_chair"), self.say("vice_chair"), GAP))


def _unbroken(words: str) -> str:
    return words.replace(" ", "\u00a0")


# ---- parts of several papers ---------------------------------------------------------------------------------------


def _grounds(of: _Told) -> list[Line]:
    """What a paper rests on: laws, targets, score sheet and its adoption, rules of the awards; each once."""
    rules, said = of.of.rules, definitions().targets.values()
    legals: list[Any] = [*(one.legal for one in said), rules.legal, *(one.legal for one in rules.awards)]
    named = [*of.front.grounds, *(_legal(one, of) for one in legals)]
    if of.of.adopted:
        named.append(of.say("ground_adopted", decision=of.of.adopted["decision"], title=of.title))
    once = list(dict.fromkeys(named))
    return [Line(of.say("ground", words=one) + ";", "ground", of.say("place_grounds")) for one in once]


def _closed(grounds: list[Line]) -> list[Line]:
    """The last one ends the sentence."""
    return [*grounds[:-1], replace(grounds[-1], words=grounds[-1].words.removesuffix(";") + ".")]


def _legal(one: Any, of: _Told) -> str:
    about = {"document": one.document.said(of.lang), "number": one.number or DOTS, "date": one.date or DOTS}
    return of.say("ground_legal", **about)


def _found(of: _Told) -> list[Line]:
    """What the scoring came to: period, how many were ranked, graded and proposed, what was not measured."""
    rules, rows = of.of.rules, of.of.scored.standings
    period = {"first": format.day(rules.period.first), "last": format.day(rules.period.last)}
    facts = {"title": of.title, "n": of.count(len(rows)), "day": format.day(rules.cut_off)} | period
    lines = [of.say("scored", **facts)]
    if of.is_passed:
        lines.append(of.say("passed", n=of.count(int(rows["passed"].fill_null(False).sum()))))
    else:
        grades = ((words.label(one, of.lang), int((rows["grade"] == one.id).sum())) for one in rules.grades)
        lines.append(of.say("graded", listed="; ".join(of.say("counted", name=a, n=of.count(b)) for a, b in grades)))
    still = int(rows["is_open"].sum())
    lines += [of.say("open", n=of.count(still))] if still else []
    return [Line(one, "plain", of.say("place_found")) for one in lines + _remarks(of)]


def _remarks(of: _Told) -> list[str]:
    """That the sheet was adopted late and why, and what could not be measured."""
    late = award_words.adopted_late(of.of, of.lang)
    return [*([f"{late[0].upper()}{late[1:]}."] if late else []), *_unmeasured(of)]


def _unmeasured(of: _Told) -> list[str]:
    out = of.of.scored.unmeasured
    if not out or of.is_passed:
        return []
    applied = sum(one.points for one in of.of.rules.criteria if one.kind == "points" and one.id not in out)
    listed = "; ".join(words.label(of.of.rules.criterion(id), of.lang) for id in out)
    facts = {"applied": of.whole(applied), "total": of.whole(of.of.rules.total)}
    return [of.say("unmeasured", listed=listed, **facts)]


def _asked(of: _Told) -> list[Line]:
    """How many of each award, and who gives it."""
    rows, rules = of.of.scored.standings, of.of.rules
    lines = [
        of.say("asked", award=words.label(one, of.lang), n=of.count(int((rows["award"] == one.id).sum())),
               authority=one.authority.said(of.lang))
        for one in rules.awards
    ]  # fmt: skip
    if of.is_passed:
        lines = [of.say("asked_passed", n=of.count(int(rows["passed"].fill_null(False).sum())))]
    elif tied := int(rows["is_tied"].sum()):
        lines.append(of.say("tied", n=of.count(tied)))
    return [Line(one, "item", of.say("place_asked")) for one in lines]


def _plain(of: _Told, *ids: str, **values: object) -> list[Line | Grid]:
    return [Line(of.say(id, title=of.title, council=of.front.council, organ=of.front.organ, name=of.front.name,
                        dots=DOTS, **values), "plain", of.say("place_words")) for id in ids]  # fmt: skip


def _heading(of: _Told, id: str) -> Line:
    return Line(of.say(id), "heading", of.say(id))


def _to(of: _Told, whom: str) -> Line:
    return Line(of.say("to", whom=whom), "to", of.say("place_words"))


def _proposed(of: _Told, blank: int = 0) -> Grid:
    """One row per commune proposed, by cluster: name, points, award; blank: columns for votes."""
    heads = [of.say(f"head_{id}") for id in ("number", "commune", "points", "award")]
    heads += [of.say(f"head_{id}") for id in ("yes", "no", "remark")][:blank]
    rows: list[tuple[str, ...]] = []
    count = 0
    for name, part in of.clusters:
        chosen = [row for row in part if of.is_proposed(row)]
        rows += [(name,)] if chosen else []
        for row in chosen:
            count += 1
            points, award = (of.say("met"), of.say("recognised")) if of.is_passed else (
                of.points(row["points"]), of.award(row["award"]))  # fmt: skip
            rows.append((of.count(count), of.named(row), points, award, *[GAP] * blank))
    widths = (1.2, 4.6, 1.8, 2.6, *((1.8, 1.8, 2.2)[:blank]))
    return Grid(tuple(heads), widths, "clrl" + "c" * blank, tuple(rows))


# ---- the papers ----------------------------------------------------------------------------------------------------


def _to_council(of: _Told) -> Official:
    body: list[Line | Grid] = [_to(of, f"{of.front.council} {of.front.name}"), *_closed(_grounds(of))]
    body += _plain(of, "council_lead")
    body += [_heading(of, "part_found"), *_found(of), _heading(of, "part_asked"), *_asked(of)]
    body += _plain(of, "council_asked", "annexed")
    sent = (of.say("as_above"), of.say("sent_members", council=of.front.council))
    return of.paper("to_council", body, recipients=sent)


def _to_committee(of: _Told) -> Official:
    body: list[Line | Grid] = [_to(of, f"{of.front.organ} {of.front.name}"), *_closed(_grounds(of))]
    body += _plain(of, "committee_lead")
    body += [_heading(of, "part_asked"), *_asked(of), _heading(of, "part_list"), _proposed(of)]
    body += _plain(of, "committee_asked", "annexed")
    return of.paper("to_committee", body, by_council=True, recipients=(of.say("as_above"),))


def _minutes(of: _Told) -> Official:
    body = _plain(of, "minutes_opening", "minutes_present", "minutes_lead")
    body += [_heading(of, "part_found"), *_found(of), _heading(of, "part_votes"), _proposed(of, blank=3)]
    body += _plain(of, "minutes_votes", "minutes_others", "minutes_closing")
    secretary = Signer((of.say("secretary"), GAP))
    return of.paper("minutes", body, by_council=True, signers=(secretary, Signer((of.say("chair"), GAP))))


def _proposals(of: _Told) -> Official:
    """Every commune by cluster, with points, grade, place and the award it is proposed for."""
    ids = ("number", "commune", "met", "failed", "extended") if of.is_passed else (
        "number", "commune", "points", "place", "grade", "award")  # fmt: skip
    rows: list[tuple[str, ...]] = []
    for name, part in of.clusters:
        rows.append((of.say("cluster", name=name, n=of.count(len(part))),))
        rows += [(of.count(number), *_standing(of, row)) for number, row in enumerate(part, 1)]
    widths, sides = ((1.2, 5, 2.5, 2.5, 2.5), "clcrr") if of.is_passed else ((1.2, 3.9, 1.7, 1.6, 5.7, 2.4), "clrcll")
    heads = tuple(of.say(f"head_{id}") for id in ids)
    annexed = of.say("annex", gap=GAP, mark=f"{MARKS['to_council']}-{of.front.mark}")
    body: list[Line | Grid] = [Line(annexed, "to", of.say("place_words")), Grid(heads, widths, sides, tuple(rows))]
    return of.paper("proposals", [*body, *_notes(of)], has_number=False)


def _standing(of: _Told, row: Mapping[str, Any]) -> tuple[str, ...]:
    if of.is_passed:
        result = {True: "met", False: "unmet", None: "unknown"}[row["passed"]]
        extended = f"{of.count(row['extended_met'])}/{of.count(row['extended'])}"
        return of.named(row), of.say(result), of.count(row["compulsory_failed"]), extended
    award = of.award(row["award"]) + (of.say("tied_mark") if row["is_tied"] else "")
    return of.named(row), of.points(row["points"]), format.integer(row["place"]), of.grade(row["grade"]), award


def _notes(of: _Told) -> list[Line]:
    return [Line(one, "plain", of.say("place_notes")) for one in [of.say("rounding"), *_remarks(of)]]


def _achievements(of: _Told) -> Official:
    """Every commune in sentences whose numbers are all computed: targets, reports, points group by group."""
    body: list[Line | Grid] = []
    for name, part in of.clusters:
        body.append(_heading_named(of.say("cluster", name=name, n=of.count(len(part)))))
        for number, row in enumerate(part, 1):
            place = of.named(row)
            body.append(Line(f"{of.count(number)}. {place}", "heading", place))
            body += [Line(one, "plain", place) for one in _commune(of, row)]
    return of.paper("achievements", body + [*_notes(of)])


def _heading_named(words: str) -> Line:
    return Line(words, "heading", words)


def _commune(of: _Told, row: Mapping[str, Any]) -> Iterator[str]:
    day, version, commune = of.of.rules.cut_off, of.of.version, row["commune"]
    said = [_target(of, targets.row(version, id, day, commune)) for id in definitions().targets]
    yield of.say("targets", listed="; ".join(said))
    if reports := _reports(of, commune):
        yield reports
    yield _result(of, row)


def _target(of: _Told, row: Mapping[str, Any]) -> str:
    label = words.label(definitions().targets[row["target"]], of.lang)
    if row["share"] is None:
        return of.say("target_none", label=label)
    unit = of.say(f"unit_{definitions().targets[row['target']].unit}")
    facts = {"n": of.count(row["numerator"]), "of": of.count(row["denominator"]), "unit": unit}
    share = words.share(row["share"], row["goal"], of.lang)
    return of.say("target", label=label, share=share, goal=words.goal(row["goal"], of.lang),
                  month=format.month(row["month"]), **facts)  # fmt: skip


def _reports(of: _Told, commune: str) -> str:
    """The shares of rounds its points rest on."""
    lines = of.of.scored.lines.filter((pl.col("commune") == commune) & pl.col("figure").is_not_null())
    figures = dict(lines.select("criterion", "figure").iter_rows())
    said = []
    for one in of.of.rules.criteria:
        figure = "" if isinstance(one.score, Manual) else one.score.figure
        if one.id in figures and figure in ("rounds:submitted", "rounds:on_time", "rounds:usable"):
            share = format.percent(figures[one.id], 1, of.lang)
            said.append(of.say(figure.replace("rounds:", "rounds_"), share=share))
    return of.say("reports", listed=", ".join(dict.fromkeys(said))) if said else ""


def _result(of: _Told, row: Mapping[str, Any]) -> str:
    if of.is_passed:
        _, result, failed, extended = _standing(of, row)
        return of.say("result_passed", result=result, failed=failed, extended=extended)
    if row["points"] is None:
        return of.say("result_open")
    facts = {"points": of.points(row["points"]), "groups": "; ".join(_groups(of, row)), "grade": of.grade(row["grade"])}
    size = sum(other["place"] is not None for name, part in of.clusters for other in part
               if other["cluster"] == row["cluster"])  # fmt: skip
    facts |= {"place": of.count(row["place"]), "size": of.count(size)}
    award = of.say("proposed", award=of.award(row["award"])) if row["award"] else of.say("not_proposed")
    return f"{of.say('result', **facts)} {award}"


def _groups(of: _Told, row: Mapping[str, Any]) -> Iterator[str]:
    lines = of.of.scored.lines.filter((pl.col("commune") == row["commune"]) & (pl.col("kind") == "points"))
    for group in of.of.rules.groups:
        part = lines.filter((pl.col("group") == group.id) & pl.col("points").is_not_null())
        if len(part):
            earned, most = (sum(part[name].to_list()) for name in ("points", "maximum"))
            facts = {"points": of.points(earned), "most": of.whole(most)}
            yield of.say("group", label=group.label.said(of.lang), **facts)
    for id in ("bonus", "deduction"):
        if row[id]:
            yield of.say(f"group_{id}", points=of.points(row[id]))


def _decision(of: _Told) -> Official:
    rules = of.of.rules
    body: list[Line | Grid] = [Line(of.say("decision_by", organ=f"{of.front.organ} {of.front.name}".upper()), "centre",
                                    of.say("place_words"))]  # fmt: skip
    body += _grounds(of)
    body.append(Line(of.say("decision_asked", council=of.front.council), "ground", of.say("place_grounds")))
    body.append(Line(of.say("decision_word"), "centre", of.say("place_words")))
    rows = of.of.scored.standings
    given = [(words.label(one, of.lang), int((rows["award"] == one.id).sum())) for one in rules.awards] if not (
        of.is_passed) else [(of.say("recognised"), int(rows["passed"].fill_null(False).sum()))]  # fmt: skip
    listed = "; ".join(of.say("counted", name=name, n=of.count(n)) for name, n in given)
    articles = [of.say("article_1", listed=listed, title=of.title), of.say("article_2", dots=DOTS),
                of.say("article_3", organ=of.front.organ, name=of.front.name)]  # fmt: skip
    body += [Line(one, "article", one.split(".")[0]) for one in articles]
    mark, year = f"{MARKS['decision']}-{of.front.mark}", rules.cut_off.year
    head = (of.say("proposals_kind"), of.say("decision_annex", gap=GAP, mark=mark, year=year))
    annex: list[Line | Grid] = [*(Line(one, "centre", of.say("part_list")) for one in head), _proposed(of)]
    sent = (of.say("as_article_3"), of.say("sent_above"))
    return of.paper("decision", body, recipients=sent, annex=tuple(annex))


BODIES = dict(zip(KINDS, (_to_council, _to_committee, _minutes, _proposals, _achievements, _decision), strict=True))
