"""What goes back to a commune: its own workbook with every error marked, and a short text for Zalo."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

import polars as pl
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from definitions.load import definitions
from definitions.places import match_village
from definitions.reference import ethnic_groups
from etl.forms import CHANGES, DEMO, Handout, blank_lines, figures, sheets_asked, table, unit, workbook
from etl.forms_sheet import HEADER, LINE, MUTED, NO, RED, TICK, UNKNOWN, YES, Heading, Paper, lines_needed, page, put
from etl.forms_table import BODY, Line
from etl.landing import HeldCell, Landed, Letter, held_cells

QUESTIONS = "Cần làm rõ"
DEGREES = {"held": "Phải sửa, dòng chưa được ghi nhận", "question": "Xin xác nhận, số đã được ghi nhận"}
ASKS = {"held": "chỗ cần làm rõ", "question": "chỗ xin xác nhận"}
LONGEST = 690  # letters of a Zalo text


Lines = Mapping[str, Sequence[Line]]  # by sheet of the form


class Packet(NamedTuple):
    """workbook is None where nothing could be read that could be given back."""

    workbook: bytes | None
    text: str


class Place(NamedTuple):
    """Where a cell of the sent file stands in the workbook given back."""

    form_sheet: str
    line: int
    column: str


Found = Sequence[tuple[Letter, Place | None]]


@dataclass(frozen=True)
class Sent:
    """One line as the officer sent it: values by column of the form, columns by row and Excel letter."""

    form_sheet: str
    sheet: str
    row: int
    village: str
    name: str
    values: Mapping[str, object]
    columns: Mapping[tuple[int, str], str]

    @property
    def group(self) -> str:
        return str(self.values.get("category", ""))


def packet(landed: Landed, villages: pl.DataFrame, last: pl.DataFrame | None = None) -> Packet:
    """The workbook to send back and the text that goes with it.

    villages and last are as in `forms.template`; letters found after reading join by `landing.hold`.
    """
    if landed.refused or not landed.commune or not landed.month:
        return Packet(None, refused_text(landed))
    named = [(row["village"], row["name"]) for row in villages.iter_rows(named=True)]
    lines, places = rebuilt(landed, named, last)
    letters = sorted(landed.letters, key=lambda letter: list(ASKS).index(letter.severity))
    found = [(letter, place_of(letter, lines, places)) for letter in letters]
    lines = {id: marked(id, drawn, found) for id, drawn in lines.items()}
    heading = Handout(landed.commune, landed.month, lines, landed.origin or "real", landed.revision + 1)
    front = questions(found, lines, landed.month) if found else None
    return Packet(workbook(replace(heading, front=front)), text(landed, found, lines))


# ---- the lines, filled with what was sent ---------------------------------------------------------------------------


def sent_rows(landed: Landed) -> list[Sent]:
    """Every line stored or held, in the order of the file: a row, or the commune's record down a column."""
    values = [cell for row in landed.values.iter_rows(named=True) for cell in held_cells(row)]
    cells = [*values, *landed.held_cells]
    down = records_down(cells)
    lines: dict[tuple[str, str, int], list[HeldCell]] = {}
    for cell in cells:
        row = down.get(cell.sheet, cell.row) if cell.form_sheet == "commune" else cell.row
        lines.setdefault((cell.form_sheet, cell.sheet, row), []).append(cell)
    return [sent(*key, cells) for key, cells in sorted(lines.items(), key=lambda item: item[0][1:])]


def records_down(cells: Sequence[HeldCell]) -> dict[str, int]:
    """The sheets on which the commune's figures stand each in a row of its own, and the first of these rows."""
    rows: dict[str, list[int]] = {}
    measures: dict[str, set[str]] = {}
    for cell in cells:
        if cell.form_sheet == "commune":
            rows.setdefault(cell.sheet, []).append(cell.row)
            measures.setdefault(cell.sheet, set()).add(cell.measure)
    return {sheet: min(own) for sheet, own in rows.items() if len(own) == len(measures[sheet])}


def sent(form_sheet: str, sheet: str, row: int, cells: Sequence[HeldCell]) -> Sent:
    kinds = {column.id: column.kind for column in definitions().forms.sheets[form_sheet].columns}
    values = {cell.measure: shown(kinds.get(cell.measure, "text"), cell.text) for cell in cells if cell.text}
    keys_first = sorted(cells, key=lambda cell: cell.measure not in ("category", "unchanged"))
    columns = {(cell.row, cell.column): cell.measure for cell in keys_first}
    return Sent(form_sheet, sheet, row, cells[0].village_id or "", cells[0].village_name or "", values, columns)


def shown(kind: str, text: str) -> object:
    """A cell as the officer would write it: whole numbers as numbers, ids by their names, all else as it stood."""
    if kind == "count" and text.isdecimal():
        return int(text)
    if kind == "yes_no" and text in ("0", "1"):
        return (NO, YES)[int(text)]
    if kind == "tick":
        return TICK
    if kind == "date":
        return iso_date(text)
    return category_names().get(text, text) if kind == "category" else text


def iso_date(text: str) -> object:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def category_names() -> dict[str, str]:
    priority = {id: group.label.vi for id, group in definitions().priority_groups.items()}
    return {group.id: group.name for group in ethnic_groups()} | priority | {"unknown": UNKNOWN}


def rebuilt(
    landed: Landed, villages: Sequence[tuple[str, str]], last: pl.DataFrame | None
) -> tuple[dict[str, tuple[Line, ...]], dict[tuple[str, int], tuple[str, int, Sent]]]:
    """The lines of each sheet with what was sent, and where each (sheet, row) of the file now stands."""
    assert landed.month and landed.commune
    rows = sent_rows(landed)
    lines: dict[str, tuple[Line, ...]] = {}
    places: dict[tuple[str, int], tuple[str, int, Sent]] = {}
    known = figures(last)
    for sheet in sheets_asked(landed.month, any(row.form_sheet == "breakdown" for row in rows)):
        own = [row for row in rows if row.form_sheet == sheet.id]
        blank = blank_lines(sheet, landed.month, landed.commune, villages, known)
        lines[sheet.id], at = filled(sheet.id, blank, own, villages)
        places |= {(row.sheet, n): (sheet.id, number, row) for row, number in at for n, _ in row.columns}
    return lines, places


def filled(
    sheet: str, blank: Sequence[Line], rows: Sequence[Sent], villages: Sequence[tuple[str, str]]
) -> tuple[tuple[Line, ...], list[tuple[Sent, int]]]:
    """The lines with the rows that were sent, and the line each went to; a row without a line of its own comes last."""
    if sheet == "registry":
        lines = [open_line(row) for row in rows] + [Line(is_open=True)] * max(CHANGES - len(rows), 3)
        return tuple(lines), [(row, number) for number, row in enumerate(rows)]
    lines, at = list(blank), []
    free = {key(line): number for number, line in reversed(list(enumerate(lines))) if not line.is_open}
    spare = [number for number, line in enumerate(lines) if line.is_open]
    for row in rows:
        number = take(sheet, free, lines, village_of(row, villages), row.group)
        if number is None:
            number = spare.pop(0) if spare else len(lines)
            lines[number : number + 1] = [open_line(row)]
        else:
            lines[number] = replace(lines[number], values={**lines[number].values, **kept_values(row, lines[number])})
        at.append((row, number))
    return tuple(lines), at


def key(line: Line) -> tuple[str, str]:
    return line.village, line.category or str(line.values.get("category", ""))


def take(
    sheet: str, free: dict[tuple[str, str], int], lines: Sequence[Line], village: str | None, group: str
) -> int | None:
    """The line meant for a row, each given once: the village's own, or in the breakdown the group's or an empty one."""
    if sheet == "commune":
        return free.pop(("", ""), None)
    if village is None:
        return None
    number = free.pop((village, group), None)
    if number is not None or not group:
        return number
    number = free.pop((village, ""), None)
    if number is not None and number + 1 < len(lines) and key(lines[number + 1]) == (village, ""):
        free[village, ""] = number + 1
    return number


def village_of(row: Sent, villages: Sequence[tuple[str, str]]) -> str | None:
    """The village a row belongs to, by its id, else by its name where that is the name of one alone."""
    if row.village in dict(villages):
        return row.village
    return match_village(row.name, [(id, name, ()) for id, name in villages]).code if row.name else None


def open_line(row: Sent) -> Line:
    own = {"village_id": row.village, "village_name": row.name}
    return Line(is_open=True, values={id: value for id, value in own.items() if value} | dict(row.values))


def kept_values(row: Sent, line: Line) -> dict[str, object]:
    """What was sent, without what the line has printed already."""
    return {id: value for id, value in row.values.items() if not (id == "category" and line.category)}


# ---- the marks ------------------------------------------------------------------------------------------------------


def place_of(letter: Letter, lines: Lines, places: Mapping[tuple[str, int], tuple[str, int, Sent]]) -> Place | None:
    """The cell a letter is about in the new workbook; the whole row is marked at its village's name."""
    if letter.row is None or (letter.sheet, letter.row) not in places:
        return None
    id, line, row = places[letter.sheet, letter.row]
    columns = [column.id for column in definitions().forms.sheets[id].columns]
    whole = "village_name" if "village_name" in columns else columns[0]
    named = row.columns.get((letter.row, letter.column or ""), whole)
    if letter.code == "unknown_category" and "category" in columns:
        named = "category"
    return Place(id, line, named)


def marked(id: str, lines: Sequence[Line], found: Found) -> tuple[Line, ...]:
    """The lines with each letter's sentence at its cell."""
    marks: dict[int, dict[str, str]] = {}
    for letter, place in found:
        if place and place.form_sheet == id:
            here = marks.setdefault(place.line, {})
            here[place.column] = "\n".join(filter(None, [here.get(place.column), sentence(letter)]))
    return tuple(replace(line, marks=marks.get(number, {})) for number, line in enumerate(lines))


def sentence(letter: Letter) -> str:
    """The letter's sentence without its place in the sent file."""
    said = letter.message.split(": ", 1)[1] if letter.row and ": " in letter.message else letter.message
    return said[:1].upper() + said[1:]


# ---- the first sheet ------------------------------------------------------------------------------------------------

HOW = "Các ô cần làm rõ được tô đỏ trong tệp này. Xin sửa ngay tại ô, lưu lại và gửi tệp này; các ô khác giữ nguyên."
COLUMNS = {"TT": 5, "Ở biểu": 12, "Ở ô": 7, "Ở cột": 24, "Ở thôn": 22, "Đang ghi": 18, "Cần ghi": 30}
COLUMNS |= {"Đề nghị": 46, "Mức độ": 19}


def questions(found: Found, lines: Lines, month: date) -> Callable[[Paper, Heading], None]:
    """Draws the list of what is to be made clear: one line a letter, each linked to its red cell."""

    def front(paper: Paper, heading: Heading) -> None:
        ws = paper.book.add_worksheet(QUESTIONS)
        ws.write(0, 0, "PHIẾU ĐỀ NGHỊ LÀM RÕ SỐ LIỆU", paper.look(bold=True, font_size=14))
        ws.write(1, 0, f"Đơn vị: {heading.unit}", paper.look(bold=True))
        ws.write(1, 5, heading.origin, paper.look(bold=True))
        ws.write(2, 0, HOW, paper.look(font_color=MUTED, font_size=10))
        look = paper.look(bold=True, bg_color=HEADER, border=1, border_color=LINE, text_wrap=True, align="center")
        ws.write_row(4, 0, list(COLUMNS), look)
        ws.set_row(4, 22)
        for number, (letter, place) in enumerate(found):
            question(paper, ws, number, letter, place, lines, month)
        for at, width in enumerate(COLUMNS.values()):
            ws.set_column(at, at, width)
        ws.freeze_panes(5, 0)
        ws.repeat_rows(4)
        ws.protect("", {"format_columns": True, "format_rows": True})
        page(ws, heading, landscape=True)

    return front


def question(
    paper: Paper, ws: Worksheet, number: int, letter: Letter, place: Place | None, lines: Lines, month: date
) -> None:
    """One letter: where, what stood there, what is expected, what to do. Text only: no reader takes it for figures."""
    frame = {"border": 1, "border_color": LINE, "text_wrap": True, "font_size": 10, "valign": "top"}
    row, look = 5 + number, paper.look(**frame)
    cells = [str(number + 1), *where(letter, place, lines, month), letter.found, letter.expected, sentence(letter)]
    cells.append(DEGREES[letter.severity])
    for at, cell in enumerate(cells):
        put(ws, row, at, cell, look)
    if place:
        target = cell_of(place, lines, month)
        name = definitions().forms.sheets[place.form_sheet].name
        link = paper.look(**frame, underline=1, font_color="#0B5C8A")
        ws.write_url(row, 2, f"internal:'{name}'!{target}", link, target, "Bấm để đến ô")
    if letter.severity == "held":
        put(
            ws,
            row,
            5,
            letter.found,
            paper.look(border=1, border_color=LINE, text_wrap=True, valign="top", bg_color=RED),
        )
    tall = max(lines_needed(cell, width * 1.1) for cell, width in zip(cells, COLUMNS.values(), strict=True))
    ws.set_row(row, 13.5 * tall + 6)


def where(letter: Letter, place: Place | None, lines: Lines, month: date) -> list[str]:
    """Sheet, cell, column and village of a letter in the new workbook, or its place in the sent file.

    Never a bare sheet name or header: beside each other those would look like the head of a table.
    """
    if place is None:
        return [
            f"Biểu {letter.sheet}" if letter.sheet else "",
            f"dòng {letter.row} tệp đã gửi" if letter.row else "",
            "",
            "",
        ]
    sheet = definitions().forms.sheets[place.form_sheet]
    header = next((column.header for column in sheet.columns if column.id == place.column), "")
    return [f"Biểu {sheet.name}", cell_of(place, lines, month), f"Cột “{header}”", village_name(place, lines)]


def village_name(place: Place, lines: Lines) -> str:
    line = lines[place.form_sheet][place.line]
    return line.name or str(line.values.get("village_name", ""))


def cell_of(place: Place, lines: Lines, month: date) -> str:
    drawn = table(place.form_sheet, month, lines[place.form_sheet])
    return xl_rowcol_to_cell(BODY + place.line, drawn.places.get(place.column, 0))


# ---- the text -------------------------------------------------------------------------------------------------------


def text(landed: Landed, found: Found, lines: Lines) -> str:
    """A polite text under 700 letters that names what to put right first."""
    assert landed.month and landed.commune
    demo = f"[{DEMO}] " if landed.origin == "demo" else ""
    hello = f"{demo}Kính gửi Mặt trận {called(landed.commune)}. "
    hello += f"Tỉnh đã nhận báo cáo tháng {landed.month:%m/%Y} (lần gửi {landed.revision}): "
    if not found:
        return f"{hello}đã ghi nhận đủ {landed.stored} dòng, không có chỗ nào phải làm rõ. Trân trọng cảm ơn!"
    degrees = [letter.severity for letter, _ in found]
    counted = [f"{degrees.count(degree)} {what}" for degree, what in ASKS.items() if degree in degrees]
    hello += f"đã ghi nhận {landed.stored} dòng; còn {', '.join(counted)}."
    close = (
        f"\nTất cả được tô đỏ trong tệp gửi kèm (trang “{QUESTIONS}”). Xin sửa ngay trên tệp đó và gửi lại; "
        "các dòng đã ghi nhận không phải làm lại. Trân trọng cảm ơn!"
    )
    body = "\nXin xem trước:"
    for number, (letter, place) in enumerate(found, 1):
        line = f"\n{number}. {item(letter, place, lines)}"
        if len(hello) + len(body) + len(line) + len(close) > LONGEST:
            break
        body += line
    return hello + body + close


def called(commune: str) -> str:
    """ "xã Bát Xát", inside a sentence."""
    name = unit(commune).full_name
    return name[:1].lower() + name[1:]


def item(letter: Letter, place: Place | None, lines: Lines) -> str:
    sheet = definitions().forms.sheets[place.form_sheet] if place else None
    spots = [f"Biểu {sheet.name if sheet else letter.sheet}" if sheet or letter.sheet else "Cả tệp"]
    if place and village_name(place, lines):
        spots.append(village_name(place, lines))
    header = next((c.header for c in sheet.columns if place and c.id == place.column), "") if sheet else ""
    if header and place and place.column != "village_name":
        spots.append(f"cột “{header}”")
    if "“" in letter.found:
        return f"{', '.join(spots)}: {shorter(letter.found, 110)}, xin xem lại."
    stood = f"đang ghi “{shorter(letter.found, 40)}”, " if letter.found else ""
    return f"{', '.join(spots)}: {stood}cần {shorter(letter.expected, 90)}."


def shorter(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def refused_text(landed: Landed) -> str:
    demo = f"[{DEMO}] " if landed.origin == "demo" else ""
    name = f" {called(landed.commune)}" if landed.commune else ""
    told = [landed.refused] if landed.refused else landed.letters
    state = "chưa đọc được" if landed.refused else f"còn {len(landed.held)} dòng cần làm rõ"
    why = " ".join(letter.message for letter in told)
    return shorter(f"{demo}Kính gửi Mặt trận{name}. Tỉnh đã nhận tệp nhưng {state}. {why} Trân trọng cảm ơn!", LONGEST)
