"""One commune: where it stands on every target, what to do this week, and the files behind it."""

from functools import partial
from html import escape

import streamlit as st

from definitions import format
from definitions.load import definitions
from exports import document, drawings, gather, tables, words
from exports import page as handed_page
from exports.papers import CommuneSheet
from metrics import groups, lastmile, reachability, targets, units
from pages.parts import evidence, frame, take
from pages.parts.choice import choose
from pages.parts.view import View, file_stem


def page(view: View) -> None:
    listed = units.communes(view.version)
    names = dict(zip(listed["unit"], listed["full_name"], strict=True))
    if st.query_params.get("unit", next(iter(names))) not in names:
        st.html(frame.no_rows(view, view.say("state.unknown_unit", code=st.query_params["unit"])))
    unit = choose("unit", view.say("commune.choose"), names, next(iter(names)))
    rows = {id: targets.row(view.version, id, view.day, unit) for id in definitions().targets}
    asked = {id: words.label(of, view.lang) for id, of in definitions().targets.items()}
    target = choose("target", view.say("overview.choose_target"), asked, gather.nearest(view.day), segments=True)
    sentence = f"{names[unit]}: {words.answer(rows[target], view.lang)}"
    facts = gather.commune_facts(view.version, unit, rows[target], view.lang)
    frame.answer(view, sentence, words.notes(rows[target], view.lang), facts)
    trajectories(view, unit, rows)
    left, right = st.columns(2, gap="large")
    with left:
        todo(view, unit, target, rows[target])
    with right:
        rungs_and_platforms(view, unit)
    handouts(view, unit, target)
    villages = tables.villages(groups.villages(view.version, None, unit), view.lang, f"villages-{unit}", False)
    take.table(view, villages, above=frame.heading(villages.title))
    evidence.show(view, unit, target, rows[target]["month"])


def trajectories(view: View, unit: str, rows: dict[str, dict]) -> None:
    """Three lines side by side: history, needed path, projections as a band, goal; under them their tables."""
    drawn = {target: drawings.path(view.version, target, unit, view.day, view.lang) for target in rows}
    frame.drawing(f'<div class="cts-row">{"".join(frame.framed(chart) for chart, _ in drawn.values())}</div>')

    def show() -> None:
        for target, (chart, path) in drawn.items():
            table = tables.path(path, target, view.lang, f"{target}-{unit}")
            notes = words.notes(rows[target], view.lang)
            take.table(view, table, notes, partial(str, chart), above=frame.heading(table.title))

    take.folded(f"{view.say('table.show')}: {view.say('commune.trajectories')}", show)


def todo(view: View, unit: str, target: str, row: dict) -> None:
    """The last-mile list, as a table, a page to print and a message."""
    work = lastmile.lastmile(view.version, target, unit, view.day)
    reach = reachability.of(view.version, target, view.day, unit)
    said = [*words.todo(work, row, view.lang), words.reach(reach, view.lang)]
    above = f"{frame.heading(view.say('commune.todo'))}<p>{escape(' '.join(said))}</p>"

    def papers() -> None:
        name = f"{file_stem(view, f'viec-can-lam-{unit}')}.pdf"
        make = lambda: document.tasks_pdf(sheet(view, unit, target))  # noqa: E731
        take.download(view.say("commune.print_a4"), make, name, "application/pdf")
        message = st.popover(view.say("commune.copy_zalo"), key="zalo", on_change="rerun")
        if message.open:
            with message:
                take.copy_box(view.say("commune.copy_zalo"), document.tasks_text(sheet(view, unit, target)))

    if len(work.villages):
        table = tables.todo(work.villages, target, view.lang, f"todo-{unit}")
        take.table(view, table, limit=12, above=above, more=papers)
    else:
        st.html(above)
        with take.beside("todo"):
            papers()


def sheet(view: View, unit: str, target: str) -> CommuneSheet:
    return gather.commune_sheet(view.version, unit, target, view.day, view.edition)


def rungs_and_platforms(view: View, unit: str) -> None:
    ladder = frame.framed(drawings.rungs(view.version, unit, view.lang), view.say("commune.ladder"))
    chart, shares = drawings.platform_dots(view.version, unit, view.lang)
    if not chart:
        frame.drawing(ladder)
        st.caption(view.say("commune.platforms_none"))
        return
    title = view.say("commune.platforms", month=format.month(shares["month"][0]))
    frame.drawing(ladder + frame.framed(chart, title))
    make = partial(tables.platforms, shares, view.lang)
    take.folded_table(view, view.say("definitions.platforms"), make, (), lambda: chart)


def handouts(view: View, unit: str, target: str) -> None:
    """The commune's page as PDF, as a picture for Zalo, as one HTML file."""
    papers = {
        "pdf": (document.commune_pdf, "application/pdf"),
        "png": (document.commune_png, "image/png"),
        "html": (handed_page.commune_html, "text/html"),
    }
    with st.container(horizontal=True, key="offer-commune"):
        for ending, (write, mime) in papers.items():
            make = lambda write=write: write(sheet(view, unit, target))  # noqa: E731
            take.download(view.say(f"commune.sheet_{ending}"), make, f"{file_stem(view, unit)}.{ending}", mime)
