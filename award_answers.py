"""What the verbs of `awards` do: drafts, questions, samples, freezing, papers, signatures, forms and appeals."""

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from answers import MOST_TOLD, CannotAnswer, chosen_root, show_json, show_table, version_of, write_once
from definitions import format
from definitions.award_rules import Sheet, sheets
from definitions.text import LANGUAGES, text
from etl import award_bundle, award_entries, award_stages, store
from etl.award_stages import Appeal, NotAllowed
from etl.build import build
from etl.workbook.package import Refused
from exports import award_check, award_forms, award_papers, award_visit, award_words, pdf_pages, signing
from exports import award_workbook as council
from exports.award_round import Round, rules_in_use, scored_round, since_frozen, with_appeal
from methods.months import last_full_month, month_end
from methods.ranks import SEED
from methods.sample_check import PASS, SIZE, drawn, lot
from metrics import awards as scoring
from metrics import published, units
from warehouse.version import Version, open_version

# ---- drafts, questions, samples, frozen rounds ---------------------------------------------------------------------


def draft(id: str, as_of: date | None, against: str | None, as_json: bool, is_demo: bool | None) -> None:
    """A score sheet tried on past data, and against another one; the standings as people read them, or as JSON."""
    root = chosen_root(is_demo)
    version = version_of(root, as_of)
    rules = tried(root, version, id, as_of)
    found = scoring.scored(version, rules, is_draft=True)
    decides = scoring.deciding(found) if rules.kind == "points" else None
    gains = None
    if against:
        other = tried(root, version, against, as_of)
        if "pass_fail" in (rules.kind, other.kind):
            raise CannotAnswer("Bảng đạt hay không đạt không có thứ hạng để so.")
        gains = scoring.gains(found, scoring.scored(version, other, is_draft=True))
    told = {"unmeasured": found.unmeasured, "standings": found.standings.to_dicts()}
    told |= {"deciding": decides.to_dicts()} if decides is not None else {}
    told |= {"gains": gains.to_dicts()} if gains is not None else {}
    if as_json:
        show_json({"sheet": id, "cut_off": rules.cut_off.isoformat()} | told)
        return
    tell_draft(rules, told, units.names(version))


def tried(root: store.Root, version: Version, id: str, as_of: date | None) -> Sheet:
    """A sheet's rules on a day of the past, or before its cut-off on the day looked at, as its page scores them."""
    rules = sheet_of(id)
    day = as_of or today(version)
    if not as_of and rules.cut_off <= day:
        return rules
    return scoring.so_far(rules, day) if award_stages.adopted(root, id) and not as_of else scoring.as_of(rules, day)


def sheet_of(id: str) -> Sheet:
    if id not in sheets():
        raise CannotAnswer(f"Không có bảng điểm “{id}”; các bảng: {', '.join(sheets())}.")
    return sheets()[id]


def tell_draft(rules: Sheet, told: dict[str, Any], names: dict[str, str]) -> None:
    """The draft in tables: communes by cluster and place, then what decides and who gains."""
    if rules.kind == "pass_fail":
        yes = {True: "đạt", False: "không đạt", None: "chưa đủ số liệu"}
        rows = [[names[row["commune"]], yes[row["passed"]]] for row in told["standings"]]
        show_table(rules.title.vi, (("Xã, phường", False), ("Kết quả", False)), rows)
    else:
        called = {"": ""} | {grade.id: grade.label.vi for grade in rules.grades}
        called |= {award.id: award.label.vi for award in rules.awards}
        by_place = sorted(told["standings"], key=lambda row: (row["cluster"], row["place"] or 1000))
        rows = [
            [names.get(row["cluster"], ""), format.integer(row["place"]), names[row["commune"]],
             format.decimal(row["points"], 2), called[row["grade"] or ""], called[row["award"]]]
            for row in by_place
        ]  # fmt: skip
        heads = (("Cụm", False), ("Hạng", True), ("Xã, phường", False), ("Điểm", True), ("Xếp loại", False))
        show_table(rules.title.vi, (*heads, ("Đề nghị", False)), rows)
        labels = {one.id: one.label.vi for one in rules.criteria}
        shares = [[labels[one["criterion"]], format.percent(one["share"])] for one in told["deciding"]]
        if shares:
            show_table("Tiêu chí làm nên chênh lệch", (("Tiêu chí", False), ("Phần", True)), shares)
    for one in sorted(told.get("gains", []), key=lambda row: -abs(row["gain"]))[:MOST_TOLD]:
        print(f"{names[one['commune']]}: hạng {one['place_before']} → {one['place']}")
    if told["unmeasured"]:
        left_out = "; ".join(rules.criterion(id).label.vi for id in told["unmeasured"])
        print(f"Chưa đo được, để ngoài với mọi xã, phường: {left_out}.")


def questions(
    as_of: date | None, as_json: bool, is_demo: bool | None, sheet: str = "", letters: Path | None = None
) -> None:  # fmt: skip
    """What the figures up to a day make a council ask the communes, and a text to send each; none of it is a penalty.

    sheet: also those just above a line of that sheet, and figures that fell after its cut-off; letters need it.
    """
    root = chosen_root(is_demo)
    version = version_of(root, as_of)
    day = as_of or today(version)
    if not sheet and letters:
        raise CannotAnswer("Thư gửi xã, phường cần biết bảng điểm: thêm --sheet.")
    of = scored_round(root, version, rules_in_use(root, sheet_of(sheet)), day) if sheet else None
    asked = award_words.asked(of) if of else scoring.questions(version, day).with_columns(criterion=pl.lit(""))
    if of and letters:
        write_letters(letters, award_words.Shown(of, "", "vi"), asked)
    if as_json:
        show_json({"questions": [row | {"evidence": json.loads(row["evidence"])} for row in asked.to_dicts()]})
        return
    names = units.names(version)
    for row in asked.iter_rows(named=True):
        print(f"{names[row['commune']]}: {award_words.asked_of(of.rules if of else None, row)}")
    print(f"{len(asked)} câu hỏi; không câu nào là điểm trừ.")


def write_letters(folder: Path, at: award_words.Shown, asked: pl.DataFrame) -> None:
    """One text for each commune that is asked something; a file that exists is never overwritten."""
    folder.mkdir(parents=True, exist_ok=True)
    for commune in sorted(set(asked["commune"])):
        write_once(folder / f"cau-hoi-{commune}.txt", award_words.message(at, asked, commune).encode())


def on_sheet(id: str, is_demo: bool | None, act: Callable[[store.Root, Sheet], object]) -> str:
    """Something a person does on a sheet; gives the sentence that it is kept."""
    rules, root = sheet_of(id), chosen_root(is_demo)
    try:
        act(root, rules)
    except award_stages.NotAllowed as fault:
        raise CannotAnswer(f"Không ghi nhận. {award_entries.sentence(fault)}") from fault
    except ValueError as fault:
        raise CannotAnswer(f"Không ghi nhận: {fault}.") from fault
    return "Đã ghi nhận."


def publish(id: str, by: str, is_demo: bool | None) -> str:
    """Publish a sheet whose cut-off is over; gives the sentence that it is kept. There is no way back."""
    cut_off = rules_in_use(chosen_root(is_demo), sheet_of(id)).cut_off
    if cut_off >= store.now().date():
        raise CannotAnswer(f"Chưa hết ngày chốt {format.day(cut_off)}; công bố rồi thì không đổi được nữa.")
    if apart := not_as_frozen(chosen_root(is_demo), id):
        raise CannotAnswer("\n".join(["Không công bố: vòng chấm không còn như bản chốt. Chốt lại, hoặc sửa.", *apart]))
    return on_sheet(id, is_demo, lambda root, rules: award_stages.publish(root, rules, scored_points(root, rules), by))


def withdrawn(root: store.Root, sha: str) -> list[str]:
    """What taking a file out did to award sheets, a sentence for each, and how that differs from a frozen round."""
    told = [one for id in sheets() for one in award_stages.withdrawals(root, id) if one["sha256"] == sha]
    said = [f"Bảng điểm {one['sheet']}: {award_words.withdrawn(one, 'vi')}." for one in told]
    for one in told:
        if not one["counts"] and (apart := not_as_frozen(root, one["sheet"])):
            said += [f"Bảng điểm {one['sheet']} nay khác bản chốt; chưa chốt lại thì không công bố được:", *apart]
    return said


def not_as_frozen(root: store.Root, id: str) -> list[str]:
    """What of a frozen round is no longer so, a sentence for each line; [] where nothing was frozen."""
    if not award_stages.frozen(root, id):
        return []
    rules = rules_in_use(root, sheet_of(id))
    of = scored_round(root, open_version(root.published, build(root, rules.cut_off)), rules)
    apart = since_frozen(of)
    more = [f"… và {len(apart) - MOST_TOLD} chỗ khác."] if len(apart) > MOST_TOLD else []
    return [f"  {one}" for one in award_words.changed(of, apart[:MOST_TOLD], "vi")] + more


def sample(commune: str, seed: int, as_of: date | None, as_json: bool, is_demo: bool | None) -> None:
    """The households of a commune to visit, by village and line of the village's own book; no names."""
    version = version_of(chosen_root(is_demo), as_of)
    claimed = scoring.claims(version, commune, as_of or store.now().date())
    lines = drawn(claimed, seed)
    if not lines:
        raise CannotAnswer(f"{commune}: chưa có thôn nào báo hộ đạt, không có gì để kiểm tra.")
    if as_json:
        show_json({"commune": commune, "seed": seed, "claimed": claimed, "lines": [one._asdict() for one in lines]})
        return
    rows = [[one.village, format.integer(one.line), format.integer(claimed[one.village])] for one in lines]
    heads = (("Thôn", False), ("Dòng trong sổ của thôn", True), ("Số hộ thôn báo", True))
    show_table(f"{units.names(version)[commune]}: {len(lines)} hộ, số gieo {seed}", heads, rows)
    print(f"Đạt khi xác minh được ít nhất {PASS} trong {SIZE} hộ.")


def visited(id: str, seed: int, count: int, as_of: date | None, as_json: bool, is_demo: bool | None) -> None:
    """Which communes are visited: all that are proposed for an award (or passed), and so many of the others by lot."""
    of = round_of(chosen_root(is_demo), id, as_of)
    rows = of.scored.standings
    is_proposed = pl.col("passed").fill_null(False) if of.rules.kind == "pass_fail" else pl.col("award") != ""
    proposed = rows.filter(is_proposed)["commune"].to_list()
    drawn_too = lot(rows.filter(~is_proposed)["commune"].to_list(), seed, count)
    if as_json:
        show_json({"sheet": id, "seed": seed, "proposed": proposed, "drawn": drawn_too})
        return
    names = units.names(of.version)
    why = [(code, "được đề nghị") for code in proposed] + [(code, "bốc thăm") for code in drawn_too]
    heads = (("Mã", False), ("Xã, phường", False), ("Vì sao", False))
    show_table(f"Kiểm tra mẫu, số gieo {seed}", heads, [[code, names[code], because] for code, because in why])


def freeze(id: str, bundle: Path, as_of: date | None, is_demo: bool | None) -> str:
    """Freeze a round at its cut-off into a new file; gives the sentence to print."""
    root, rules = chosen_root(is_demo), sheet_of(id)
    if as_of:
        rules = scoring.so_far(rules, as_of) if award_stages.adopted(root, id) else scoring.as_of(rules, as_of)
    if rules.cut_off >= store.now().date():
        raise CannotAnswer(f"Chưa hết ngày chốt {format.day(rules.cut_off)}.")
    if bundle.exists():
        raise CannotAnswer(f"Tệp {bundle} đã có; không ghi đè.")
    standing = award_stages.adopted(root, id)
    if standing and not as_of and standing["rules_sha256"] != award_stages.digest(rules):
        raise CannotAnswer(f"Bảng điểm {id} đã khác bản được thông qua.")
    points = scored_points(root, rules)
    bundle.write_bytes(content := award_bundle.freeze(root, rules, points, SEED))
    if standing and standing["rules_sha256"] == award_stages.digest(rules):
        award_stages.freeze(root, rules, points, store.sha_of(content))
    return f"Đã chốt vào {bundle}; điểm SHA-256 {store.sha_of(points)}"


def workbook(id: str, out: Path, as_of: date | None, has_certificates: bool, is_demo: bool | None) -> str:
    """A round as the council's workbook in a new file; gives the sentence to print."""
    content = council.workbook(round_of(chosen_root(is_demo), id, as_of), has_certificates=has_certificates)
    return f"Đã ghi {write_once(out, content)}"


def replay(bundle: Path, as_json: bool) -> bool:
    """Score a frozen round anew, apart from all data here; say whether it comes out the same."""
    with tempfile.TemporaryDirectory() as folder:
        frozen = thawed(bundle, Path(folder))
        points = scored_points(frozen.root, frozen.rules)
    found = award_bundle.differences(frozen.points, points)
    now = award_bundle.made_with()
    told: dict[str, Any] = {"points_sha256": frozen.facts["points_sha256"], "replayed_sha256": store.sha_of(points)}
    told |= {"is_same": points == frozen.points}
    told |= {f"is_same_{name}": frozen.facts[key] == now[key]
             for name, key in (("commit", "commit"), ("code", "code_sha256"))}  # fmt: skip
    told |= {"differences": [{"where": where, "frozen": was, "now": is_} for where, was, is_ in found]}
    if as_json:
        show_json(told)
    else:
        tell_replay(told)
    return bool(told["is_same"])


def thawed(bundle: Path, folder: Path) -> award_bundle.Bundle:
    try:
        return award_bundle.thaw(read_bytes(bundle), folder)
    except award_bundle.NotWhole as fault:
        raise CannotAnswer(f"{bundle} không còn nguyên vẹn: {fault}.") from fault


def scored_points(root: store.Root, rules: Sheet) -> bytes:
    """The canonical points of a round, from what was known at the end of the cut-off day."""
    version = open_version(root.published, build(root, rules.cut_off))
    return scoring.canonical(scored_round(root, version, rules).scored)


def tell_replay(told: dict[str, Any]) -> None:
    print(f"Điểm đã chốt {told['points_sha256']}\nTính lại     {told['replayed_sha256']}")
    print("Giống hệt." if told["is_same"] else f"Khác ở {len(told['differences'])} dòng:")
    if not told["is_same_code"]:
        print("Mã nguồn hoặc định nghĩa khác với lúc chốt.")
    for one in told["differences"][:MOST_TOLD]:
        print(f"  {one['where']}: {one['frozen']} → {one['now']}")


# ---- papers of a round ---------------------------------------------------------------------------------------------


def papers(id: str, folder: Path, as_of: date | None, kinds: Sequence[str], lang: str, is_demo: bool | None) -> str:
    """Write the papers of a round as new files; gives the sentence to print."""
    root = chosen_root(is_demo)
    of = round_of(root, id, as_of)
    folder.mkdir(parents=True, exist_ok=True)
    written = [
        write_once(folder / name, content).name
        for name, content in award_papers.papers(of, lang)
        if name.rpartition(".")[2] in kinds
    ]
    why = award_papers.draft(of, lang)
    return "\n".join([*written, *([why] if why else [])])


def round_of(root: store.Root, id: str, as_of: date | None) -> Round:
    """A sheet as known at the end of its cut-off day; before that day, or as of a past one, as it stands then."""
    rules = rules_in_use(root, sheet_of(id))
    day = as_of or (rules.cut_off if rules.cut_off < store.now().date() else None)
    # Today is not over: what is known at its end nobody can tell yet.
    version = version_of(root, None if day == store.now().date() else day)
    return scored_round(root, version, rules, day or published.today(version, store.now()))


UNSIGNED = {
    "no_key_file": "không đọc được tệp khoá ({why})",
    "wrong_password_or_file": "mật khẩu không đúng, hoặc tệp không phải PKCS#12",
    "no_library": "không có thư viện PKCS#11 ở chỗ đã cho",
    "no_token": "không mở được thiết bị “{label}”: chưa cắm, tên khác hoặc sai mã PIN",
    "no_key_on_token": "thiết bị “{label}” không có khoá kèm chứng thư",
    "no_certificate": "tệp khoá không có chứng thư",
    "expired": "chứng thư chưa hoặc không còn hiệu lực (đến {until:%d/%m/%Y})",
    "cannot_sign": "tệp không phải PDF hoặc không cho ký thêm",
}
STAMP = "Ký bởi: %(signer)s\nThời gian ký: {at}"


def sign(
    file: Path, out: Path, key: Path | None, library: Path | None, token: str, reason: str, is_visible: bool,
    secret: Callable[[], str],
) -> str:  # fmt: skip
    """Sign a PDF into a new file; secret gives password or PIN when it is needed. Gives the sentence to print."""
    if (key is None) == (library is None) or (library is not None and not token):
        raise CannotAnswer("Chọn một trong hai: --pkcs12 TỆP, hoặc --pkcs11 THƯ_VIỆN kèm --token TÊN.")
    pdf = read_bytes(file)
    if pdf.startswith(b"%PDF-") and any(
        text("award_paper.no_signature", lang) in page.words for page in award_check.pages(pdf) for lang in LANGUAGES
    ):
        raise CannotAnswer(f"{file} là bản nháp, không ký.")
    under = [text(f"award_paper.{id}", lang) for lang in LANGUAGES for id in ("vice_chair", "chair")]
    about: dict[str, Any] = {
        "reason": reason,
        "stamp": STAMP.format(at=format.moment(store.now())) if is_visible else "",
        "under": under,
    }
    try:
        if key:
            content = signing.signed(pdf, signing.file_signer(key, secret()), **about)
        else:
            with signing.token_signer(library or Path(), token, secret()) as signer:
                content = signing.signed(pdf, signer, **about)
    except signing.CannotSign as fault:
        raise CannotAnswer(f"Chưa ký: {UNSIGNED[fault.code].format(**fault.said)}.") from fault
    return f"Đã ký vào {write_once(out, content)}"


def read_bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as fault:
        raise CannotAnswer(f"Không đọc được {file}: {fault.strerror}.") from fault


def verify(file: Path, bundle: Path | None, trust: Path | None, as_json: bool, is_demo: bool | None) -> bool:
    """Say who signed a paper and where it differs from its round; True only when everything agrees."""
    content, roots = read_bytes(file), certificates(trust)
    if content.startswith(b"PK") and file.suffix.lower() == ".xlsx":
        return verify_workbook(file, content, bundle, as_json, is_demo)
    try:
        read = award_check.pages(content)
        signed = signing.signatures(content, roots) if content.startswith(b"%PDF-") else None
    except (pdf_pages.NotReadable, ValueError) as fault:
        raise CannotAnswer(f"{file} không đọc được: không phải PDF hay docx nguyên vẹn.") from fault
    claims = award_check.claims(read)
    if len(claims) != 1:
        raise CannotAnswer(
            f"{file}: chân trang không có (hoặc có nhiều) dòng đối chiếu; không phải một văn bản của bảng điểm."
        )
    claim = claims[0]
    laid = pdf_pages.laid_on(content) if signed is not None else []
    with tempfile.TemporaryDirectory() as folder:
        of = claimed_round(claim, bundle, Path(folder), is_demo)
        if not 1 <= claim.number <= len(award_papers.KINDS):
            raise CannotAnswer(f"{file}: không có mẫu số {claim.number}.")
        paper = award_papers.described_one(of, claim.number, claim.lang)
        found = award_check.compare(read, paper, laid)
    faults = [*signature_faults(signed, content, trust), *((paper.draft,) if paper.draft else ())]
    told: dict[str, Any] = {"is_whole": not faults and not found.differences, "paper": paper.id, "claim": asdict(claim)}
    told |= {"signatures": [shown_signature(one) for one in signed or ()], "faults": faults}
    told |= {"differences": [asdict(one) for one in found.differences]}
    told |= {
        "filled": [list(one) for one in found.filled],
        "laid_on": [asdict(one) for one in laid if one.kind != "Widget"],
    }
    show_json(told) if as_json else tell_verified(told, paper.subject, signed is not None, trust is not None)
    return bool(told["is_whole"])


def certificates(trust: Path | None) -> list[Any]:
    try:
        return signing.certificates(read_bytes(trust)) if trust else []
    except ValueError as fault:
        raise CannotAnswer(f"{trust} không có chứng thư nào.") from fault


def verify_workbook(file: Path, content: bytes, bundle: Path | None, as_json: bool, is_demo: bool | None) -> bool:
    """Say in which cells a council's workbook differs from its round; True only when in none."""
    try:
        claim = council.claim(content)
        if claim is None:
            raise CannotAnswer(f"{file} không phải tệp Excel của bảng điểm.")
        with tempfile.TemporaryDirectory() as folder:
            of = claimed_round(claim, bundle, Path(folder), is_demo)
            found = council.differences(content, of, claim.lang)
    except (Refused, ValueError) as fault:
        raise CannotAnswer(f"{file} không đọc được: không phải tệp Excel nguyên vẹn.") from fault
    cells = [{"sheet": sheet, "cell": cell, "frozen": was, "now": now} for sheet, cell, was, now in found]
    if as_json:
        show_json({"is_whole": not cells, "claim": claim._asdict(), "differences": cells})
        return not cells
    for one in cells[:MOST_TOLD]:
        print(f"Khác ở {one['sheet']}!{one['cell']}: theo bản chốt “{one['frozen']}”, trong tệp “{one['now']}”.")
    print("Mọi ô khớp với bản chốt." if not cells else f"Không khớp: {len(cells)} ô.")
    return not cells


def claimed_round(
    claim: award_check.Claim | council.Claim, bundle: Path | None, folder: Path, is_demo: bool | None
) -> Round:
    """The round a paper says it is of: of the bundle, else of the data here."""
    if bundle:
        frozen = thawed(bundle, folder)
        version = open_version(frozen.root.published, build(frozen.root, frozen.rules.cut_off))
        return scored_round(frozen.root, version, frozen.rules)
    root = chosen_root(is_demo)
    rules = rules_in_use(root, sheet_of(claim.sheet))
    is_final = claim.cut_off == rules.cut_off and award_stages.adopted(root, claim.sheet) is not None
    if is_final or not (root.published / claim.version).is_dir():
        return round_of(root, claim.sheet, claim.cut_off)
    return scored_round(root, open_version(root.published, claim.version), rules, claim.cut_off)


def signature_faults(signed: Sequence[signing.Signature] | None, content: bytes, trust: Path | None) -> list[str]:
    """What is wrong with the signatures of a PDF, in sentences."""
    if signed is None:
        return []
    if not signed:
        return ["Tệp chưa có chữ ký số nào."]
    said = []
    for one in signed:
        if not one.is_whole:
            said.append(f"Chữ ký của {one.signer} không còn đúng: nội dung đã bị sửa sau khi ký.")
        if not one.is_current:
            said.append(f"Chứng thư của {one.signer} không có hiệu lực lúc ký.")
        if one.is_trusted is False:
            said.append(f"Chứng thư của {one.signer} không do gốc tin cậy trong {trust} cấp.")
    if all(one.is_whole for one in signed) and not all(one.covers_all for one in signed):
        said.append(added_words(signed[-1].revision, content))
    return said


def added_words(before: bytes, after: bytes) -> str:
    """What came into a PDF after its last signature."""
    old, new = pdf_pages.laid_on(before), pdf_pages.laid_on(after)
    laid = [f"{one.kind} ở trang {one.page}" for one in new if new.count(one) > old.count(one)]
    is_same = pdf_pages.words(before) == pdf_pages.words(after)
    what = f"thêm lên trang: {', '.join(dict.fromkeys(laid))}" if laid else "không thấy hình hay chú thích mới"
    words = "chữ trên trang không đổi" if is_same else "chữ trên trang đã đổi"
    return f"Sau chữ ký cuối, tệp được ghi thêm ({what}; {words}); phần thêm không được chữ ký nào bảo vệ."


def shown_signature(one: signing.Signature) -> dict[str, Any]:
    return {key: value for key, value in asdict(one).items() if key != "revision"} | {
        "at": one.at.isoformat() if one.at else None
    }


def tell_verified(told: dict[str, Any], subject: str, is_pdf: bool, has_roots: bool) -> None:
    print(f"{told['paper']}: {subject}")
    for one in told["signatures"]:
        at = format.moment(store.local(one["at"])) if one["at"] else "không ghi giờ"
        clock = "có dấu thời gian" if one["is_timed"] else "giờ do máy ký ghi"
        chain = {
            True: "chuỗi chứng thư tin cậy",
            False: "chuỗi chứng thư không tin cậy",
            None: "chưa kiểm được chuỗi chứng thư",
        }
        print(
            f"Ký bởi {one['signer']} (chứng thư do {one['issuer']} cấp) lúc {at} ({clock}); {chain[one['is_trusted']]}."
        )
    if not is_pdf:
        print("Tệp docx không mang chữ ký số; chỉ đối chiếu nội dung.")
    for before, said in told["filled"]:
        print(f"Chỗ trống đã điền, sau “{before}”: {said}")
    if told["laid_on"]:
        laid = ", ".join(dict.fromkeys(f"{one['kind']} ở trang {one['page']}" for one in told["laid_on"]))
        print(f"Có đặt thêm lên trang: {laid}. Máy không đọc hình, dấu: xin xem bằng mắt có che số nào không.")
    for sentence in told["faults"]:
        print(sentence)
    for one in told["differences"][:MOST_TOLD]:
        print(f"Khác ở {one['place']}: theo bản chốt “{one['expected']}”, trong tệp “{one['found']}”.")
    if len(told["differences"]) > MOST_TOLD:
        print(f"và {len(told['differences']) - MOST_TOLD} chỗ khác nữa.")
    print(
        "Mọi con số khớp với bản chốt." if not told["differences"] else f"Không khớp: {len(told['differences'])} chỗ."
    )


# ---- forms and appeals ---------------------------------------------------------------------------------------------

MOVED = {"points": "Điểm", "place": "Hạng", "grade": "Xếp loại", "award": "Đề nghị", "passed": "Kết quả"}
DECIDED = {
    "": "Đã ghi kiến nghị, chưa quyết định: điểm giữ nguyên; nếu được chấp nhận thì thay đổi như sau.",
    "accepted": "Đã chấp nhận: điểm thay đổi như sau.",
    "rejected": "Không chấp nhận, được giữ trong lịch sử: điểm giữ nguyên; nếu chấp nhận thì đã thay đổi như sau.",
}


def template(
    id: str, commune: str | None, is_all: bool, stage: str, criteria: Sequence[str], output: Path | None,
    is_demo: bool | None,
) -> Path:  # fmt: skip
    """Write the scoring workbook of a commune, those of all as one zip, or the one of a later stage; gives the file."""
    if sum((bool(commune), is_all, bool(stage) and stage != "commune")) != 1:
        raise CannotAnswer("Chọn một trong ba: --commune MÃ, --all, hoặc --stage BƯỚC (sau bước xã, phường tự chấm).")
    of = _round_in_use(id, is_demo)
    try:
        if is_all:
            content, name = award_forms.template_zip(of), f"cham-diem-{id}.zip"
        else:
            stage = "commune" if commune else stage
            content = award_forms.template(of, stage, commune, criteria)
            name = award_forms.file_name(id, stage, commune)
    except KeyError as fault:
        raise CannotAnswer(f"Không có xã, phường, bước chấm hay tiêu chí chấm tay “{fault.args[0]}”.") from fault
    return write_once(output / name if output and output.is_dir() else output or Path(name), content)


def visit_form(id: str, commune: str, seed: int, form: Path, as_of: date | None, is_demo: bool | None) -> Path:
    """Draw a commune's list, keep that it was drawn, and write the form for the visits; gives the file."""
    root, rules = chosen_root(is_demo), sheet_of(id)
    if not 0 <= seed < 10**18:
        raise CannotAnswer("Số gieo là một số nguyên không âm, không quá 18 chữ số.")
    version, day = version_of(root, as_of), as_of or store.now().date()
    claimed = scoring.claims(version, commune, day)
    lines = drawn(claimed, seed)
    if not lines:
        raise CannotAnswer(f"{commune}: chưa có thôn nào báo hộ đạt, không có gì để kiểm tra.")
    named = version.query("select village, name from village where commune = ?", [commune])
    closed = month_end(last_full_month(day))
    content = award_visit.form(
        id, commune, seed, lines, claimed, dict(named.iter_rows()), closed, root.origin == "demo"
    )
    if form.exists():
        raise CannotAnswer(f"Đã có tệp {form}, không ghi đè; hãy chọn tên khác.")
    try:
        award_stages.draw(root, rules, commune, seed, lines, claimed)
    except NotAllowed as fault:
        raise CannotAnswer(f"Không ghi nhận. {award_entries.sentence(fault)}") from fault
    return write_once(form, content)


def appeal(
    id: str, commune: str, criterion: str, said: dict[str, Any], as_json: bool, is_demo: bool | None
) -> None:  # fmt: skip
    """Keep an appeal or its decision, and say what it changes, or would: the line's points, and everybody who moves."""
    root, rules = chosen_root(is_demo), sheet_of(id)
    asked = Appeal(commune, criterion, at=store.stamp(store.now()), **said)
    is_over = store.now().date() > rules.cut_off
    version = version_of(root, rules.cut_off if is_over else None)
    day = rules.cut_off if is_over else today(version)
    before = scored_round(root, version, rules, day)
    try:
        award_stages.appeal(root, rules, asked)
    except NotAllowed as fault:
        raise CannotAnswer(f"Không ghi nhận. {award_entries.sentence(fault)}") from fault
    if asked.decision == "rejected":  # it may have been accepted before
        before = scored_round(root, version, rules, day)
    after = with_appeal(before, asked)
    told = {
        "sheet": id, "commune": commune, "criterion": criterion, "decision": asked.decision,
        "points_before": _points(before.scored, asked), "points_after": _points(after, asked),
        "moves": scoring.moves(before.scored, after).to_dicts(),
    }  # fmt: skip
    if as_json:
        show_json(told)
    else:
        _tell_appeal(rules, told, units.names(version))


def _points(found: scoring.Scored, asked: Appeal) -> float | None:
    where = (pl.col("commune") == asked.commune) & (pl.col("criterion") == asked.criterion)
    return found.lines.filter(where)["points"].item()


def _tell_appeal(rules: Sheet, told: dict[str, Any], names: dict[str, str]) -> None:
    """The appeal in a sentence, and a table of everybody it moves."""
    labels = {one.id: one.label.vi for one in rules.grades} | {one.id: one.label.vi for one in rules.awards}
    points = f"{_shown(told['points_before'], labels)} → {_shown(told['points_after'], labels)}"
    named = f"{names[told['commune']]}, {rules.criterion(told['criterion']).label.vi}"
    print(f"{named}: {points} điểm. {DECIDED[told['decision']]}")
    kept = [name for name in MOVED if any(f"{name}_after" in row for row in told["moves"])]
    rows = [
        [names[row["commune"]], *(_move(row[f"{name}_before"], row[f"{name}_after"], labels) for name in kept)]
        for row in told["moves"]
    ]
    if rows:
        show_table("Thay đổi", [("Xã, phường", False), *((MOVED[name], False) for name in kept)], rows)
    print(f"{len(rows)} xã, phường có điểm, hạng, xếp loại hoặc mức khen thay đổi.")


def _move(before: object, after: object, labels: dict[str, str]) -> str:
    return _shown(after, labels) if before == after else f"{_shown(before, labels)} → {_shown(after, labels)}"


def _shown(value: object, labels: dict[str, str]) -> str:
    if isinstance(value, bool):
        return "đạt" if value else "không đạt"
    if isinstance(value, float):
        return format.decimal(value, 2)
    return labels.get(str(value), str(value)) if value not in (None, "") else format.NONE


def _round_in_use(id: str, is_demo: bool | None) -> Round:
    """The round of a sheet in use and not published, as it stands today."""
    root, rules = chosen_root(is_demo), sheet_of(id)
    try:
        award_stages.check_open(root, rules)
    except NotAllowed as fault:
        raise CannotAnswer(award_entries.sentence(fault)) from fault
    version = version_of(root, None)
    return scored_round(root, version, rules, today(version))


def today(version: Version) -> date:
    return published.today(version, store.now())
