"""definitions/ as people read it: one section per kind, one row per definition."""

from functools import cache
from html import escape

from definitions.channels import channel_metrics
from definitions.format import day, integer, percent
from definitions.load import VILLAGES, definitions, target_indicator
from definitions.reference import communes
from definitions.text import text
from exports import measures as spoken
from exports import words
from methods.bounds import duncan_davis
from methods.catalogue import CATALOGUE, OWN
from methods.decomposition import kitagawa
from methods.equity import MEASURES, equity
from methods.interval import wilson

Row = tuple[str, list[tuple[str, str]]]
# Three groups whose measures the page says, so that each sentence has its number.
EXAMPLE_LEVELS = (0.40, 0.55, 0.70)
EXAMPLE_SIZES = (300, 500, 200)


def sections(lang: str) -> list[tuple[str, list[Row]]]:
    """(title, rows) in reading order; a row is a name and its (label, words)."""
    makers = {
        "targets": targets,
        "access": wordings,
        "indicators": indicators,
        "platforms": platforms,
        "measures": measures,
        "channel_metrics": counted_by_platforms,
        "calendar": calendar,
        "clusters": clusters,
        "methods": methods,
    }
    return [(text(f"definitions.{id}", lang), make(lang)) for id, make in makers.items()]


def html(rows: list[Row]) -> str:
    """The rows as a definition list, every word escaped."""
    blocks = []
    for name, facts in rows:
        lines = "".join(f"<p><b>{escape(head)}</b> {escape(said)}</p>" for head, said in facts if said)
        blocks.append(f"<details><summary>{escape(name)}</summary>{lines}</details>")
    return f'<div class="cts-glossary">{"".join(blocks)}</div>'


def head(key: str, lang: str) -> str:
    return text(f"definitions.{key}", lang) + ":"


def targets(lang: str) -> list[Row]:
    rows = []
    for id, target in definitions().targets.items():
        indicator = definitions().indicators[target_indicator(id)]
        numbered = f"{target.legal.number} {target.legal.date}".strip() or text("definitions.legal_open", lang)
        facts = [
            (head("wording", lang), target.wording.said(lang)),
            (head("deadline", lang), day(target.deadline)),
            (head("goal", lang), words.goal(target.goal, lang)),
            (head("formula", lang), formula(indicator.numerator, indicator.denominator, lang)),
            (head("source", lang), f"{target.legal.document.said(lang)} {numbered} {target.legal.source}"),
        ]
        rows.append((words.label(target, lang), facts))
    return rows


def formula(numerator: str, denominator: str, lang: str) -> str:
    measures = definitions().measures
    below = text("definitions.villages", lang) if denominator == VILLAGES else words.label(measures[denominator], lang)
    return f"{words.label(measures[numerator], lang)} ÷ {below}"


def wordings(lang: str) -> list[Row]:
    access = definitions().access
    rows = []
    for id, wording in access.wordings.items():
        mark = f" ({text('definitions.in_force', lang)})" if id == access.in_force else ""
        indicator = definitions().indicators[wording.indicator]
        facts = [
            (head("formula", lang), formula(indicator.numerator, indicator.denominator, lang)),
            (head("why", lang), indicator.why.said(lang)),
        ]
        if mark:
            facts.append((head("source", lang), words.access_note(lang)))
        rows.append((words.label(wording, lang) + mark, facts))
    return rows


def indicators(lang: str) -> list[Row]:
    return [
        (
            words.label(of, lang),
            [
                (head("formula", lang), formula(of.numerator, of.denominator, lang)),
                (head("why", lang), of.why.said(lang)),
                (head("source", lang), of.source.said(lang)),
            ],
        )
        for of in definitions().indicators.values()
    ]


def platforms(lang: str) -> list[Row]:
    return [
        (
            words.label(of, lang),
            [
                (head("since", lang), day(of.since)),
                (head("until", lang), day(of.until) if of.until else ""),
                (head("source", lang), of.source.said(lang)),
            ],
        )
        for of in definitions().platforms.values()
    ]


def measures(lang: str) -> list[Row]:
    """Measures with the question the form asks for each."""
    sheets = reversed(definitions().forms.sheets.values())  # the first sheet that asks says it best
    asked = {c.id: c.explain.said(lang) for sheet in sheets for c in sheet.columns}
    return [
        (
            words.label(of, lang),
            [
                (head("kind", lang), text(f"definitions.{of.kind}", lang)),
                (head("unit", lang), text(f"definitions.unit_{of.unit}", lang)),
                (head("asked", lang), asked.get(id, "")),
            ],
        )
        for id, of in definitions().measures.items()
    ]


def counted_by_platforms(lang: str) -> list[Row]:
    """What platforms count of channels and posts, of whom, and since and until when."""
    return [
        (
            words.label(of, lang),
            [
                (head("wording", lang), of.definition.said(lang)),
                (head("kind", lang), text(f"definitions.{of.kind}", lang)),
                (head("since", lang), day(of.since) if of.since else ""),
                (head("ended", lang), day(of.until) if of.until else ""),
                (head("source", lang), of.source.said(lang)),
            ],
        )
        for of in channel_metrics().values()
    ]


def calendar(lang: str) -> list[Row]:
    of = definitions().calendar
    said = text(
        "definitions.calendar_text",
        lang,
        day=of.due_day,
        grace=integer(of.grace_days, lang),
        dead=", ".join(of.dead_months),
    )
    holidays = [(f"{day(h.first)} – {day(h.last)}", h.name.said(lang)) for h in of.holiday]
    return [(text("definitions.calendar", lang), [("", said), *holidays])]


def clusters(lang: str) -> list[Row]:
    """Each cluster with its communes; provisional until the council's decision."""
    names = {c.code: c.full_name for c in communes()}
    rows = [
        (words.label(of, lang), [("", ", ".join(names.get(code, code) for code in of.communes))])
        for of in definitions().clusters
    ]
    return [(text("definitions.clusters_provisional", lang), []), *rows]


def methods(lang: str) -> list[Row]:
    """The formulas with their source; measures of equity with a sentence."""
    told = examples(lang)
    rows = []
    for name, of in CATALOGUE.items():
        if name == MEASURES[0]:
            rows.append((text("measure.example", lang), example_facts(lang)))
        source = text("definitions.own_rule", lang) if of.source == OWN else of.source
        facts = [("", told.get(name, "")), (head("formula", lang), of.formula), (head("source", lang), source)]
        rows.append((f"{spoken.name(name, lang)} ({name})", facts))
    return rows


def example_facts(lang: str) -> list[tuple[str, str]]:
    levels = ", ".join(percent(value, 0, lang) for value in EXAMPLE_LEVELS)
    sizes = ", ".join(integer(size, lang) for size in EXAMPLE_SIZES)
    groups = text("measure.example_groups", lang, levels=levels, sizes=sizes)
    return [("", groups), ("", text("measure.symbols", lang))]


@cache
def examples(lang: str) -> dict[str, str]:
    """What each method says of a small example, computed, by the method's name."""
    levels = [100 * level for level in EXAMPLE_LEVELS]
    said = {}
    for is_ordered in (True, False):
        found = equity(levels, EXAMPLE_SIZES, order=(1, 2, 3), is_ordered=is_ordered)
        for name, of in found.items():
            if not of.reason[0]:
                said[name] = spoken.sentence(name, float(of.estimate[0]), is_ordered=is_ordered, lang=lang)
    parts = kitagawa([300, 100], [0.4, 0.7], [100, 300], [0.5, 0.8])
    gap, composition, within = (float(part[0]) for part in (parts.gap, parts.composition, parts.within))
    said["kitagawa"] = spoken.split(gap, composition, within, 1.0, lang)
    for name, (low, high, *_) in {"bounds": duncan_davis(0.6, 0.7), "wilson": wilson(13, 19)}.items():
        said[name] = spoken.interval(name, float(low[0]), float(high[0]), lang)
    return said
