"""The cards and short lists of the Overview, as HTML."""

from collections.abc import Callable, Iterable
from html import escape

from definitions import format
from definitions.load import definitions
from exports import drawings, words
from metrics import groups, rounds, targets, voices
from pages.parts.choice import address
from pages.parts.view import View


def target_card(view: View, row: dict) -> str:
    """One target: figure of goal, verdict, what is left, projection or ladder, trust, and its line."""
    lang, of = view.lang, definitions().verdicts[row["verdict"]]
    label = words.label(definitions().targets[row["target"]], lang)
    line = drawings.sparkline(view.version, row["target"], row["unit"], view.day, lang)
    left, ahead = words.left(row, lang), words.projection(row, lang)
    if targets.is_counted_in_villages(row["target"]) and row["share"] is not None:
        left, ahead = words.ladder(groups.rungs(view.version, row["unit"]), lang), left
    small = [left, ahead, view.say("trust.label", grade=words.trust(row, lang))]
    figure = f"{words.share(row['share'], row['goal'], lang)} <span>/ {words.goal(row['goal'], lang)}</span>"
    verdict = f'<em style="background:{of.tint}">{escape(words.verdict(row["verdict"], lang))}</em>'
    said = "".join(f"<p>{escape(words)}</p>" for words in small if words)
    return card(label, f"{figure}{verdict}", f"{said}{line}")


def report_card(view: View) -> str:
    """The last round: how many on time, sent, usable; the figure leads to the round."""
    row = rounds.rates(view.version).row(-1, named=True)
    counts = [view.say("overview.submitted", n=row["submitted"]), view.say("overview.usable", n=row["usable"])]
    link = escape(address("rounds", month=f"{row['month']:%Y-%m}", lang=view.lang))
    on_time = escape(view.say("overview.on_time", n=row["on_time"], N=row["expected"]))
    title = view.say("overview.report_card", month=format.month(row["month"]))
    return card(title, f'<a href="{link}" target="_self">{on_time}</a>', f"<p>{escape(' · '.join(counts))}</p>")


def card(title: str, figure: str, inner: str) -> str:
    return f'<section class="cts-card"><h3>{escape(title)}</h3><p class="figure">{figure}</p>{inner}</section>'


# Where a figure leads, the others to channels; feedback of all months, as what is overdue is counted.
VOICES = {"interactions_a_day": {"page": "posts"}, voices.OVERDUE: {"page": "feedback", "months": "all"}}


def voices_strip(view: View, figures: Iterable[voices.Figure]) -> str:
    """Followers, interactions and overdue feedback in one line, each leading to its page."""
    items = "".join(voice(view, of) for of in figures)
    return f'<div class="cts-strip" role="group" aria-label="{escape(view.say("overview.voices"))}">{items}</div>'


def voice(view: View, of: voices.Figure) -> str:
    """One figure with its month and the change since the month before; what nobody measured says so."""
    link = escape(address(**VOICES.get(of.id, {"page": "channels"}), lang=view.lang))
    figure = view.say("overview.voices_none") if of.value is None else format.integer(of.value, view.lang)
    name, small = escape(view.say(f"overview.voices_{of.id}")), escape(" · ".join(words.voice(of, view.lang)))
    return f'<a href="{link}" target="_self"><span>{name}</span> <b>{figure}</b> <small>{small}</small></a>'


def listing(view: View, target: str, rows: Iterable[dict], say: Callable[[dict, str], str]) -> str:
    """Communes in order, each name leading to its page, with why it stands here."""

    def item(row: dict) -> str:
        link = escape(address("communes", unit=row["unit"], target=target, lang=view.lang))
        name, why = escape(row["full_name"]), escape(say(row, view.lang))
        return f'<li><a href="{link}" target="_self">{name}</a> <span>{why}</span></li>'

    items = "".join(map(item, rows))
    nobody = f'<p class="cts-note">{escape(view.say("overview.nobody"))}</p>'
    return f'<ol class="cts-list">{items}</ol>' if items else nobody


def sentences(said: list[str]) -> str:
    return f'<ul class="cts-said">{"".join(f"<li>{escape(line)}</li>" for line in said)}</ul>'


def legend(view: View, counts: Iterable[tuple[str, int]]) -> str:
    """The classes of the map, each with sign, word, tint and how many communes."""
    chips = []
    for id, communes in counts:
        of, words_of = definitions().verdicts[id], escape(words.verdict(id, view.lang))
        hatched = ' class="hatched"' if of.hatched else ""
        chips.append(f'<span{hatched} style="background-color:{of.tint}">{words_of} <b>{communes}</b></span>')
    return f'<div class="cts-legend">{"".join(chips)}</div>'
