"""A name or a code leads to the right commune, village or group, or to a question: never to a wrong one."""

import unicodedata

import pytest

from definitions.places import match_commune, match_ethnic, match_village
from definitions.reference import communes, ethnic_groups, old_units
from definitions.spelling import fold, normalise, search, sort_key

# text, epoch, verdict, commune of today; typed by hand from the acts and domain facts
STORIES = [
    ("Y Tý", None, "exact", "02701"),
    ("Xã Bát Xát", "new", "exact", "02683"),
    ("  xã  bát xát ", "new", "exact", "02683"),
    ("X.Bát Xát", "new", "exact", "02683"),
    ("P. Sa Pa", "new", "exact", "03006"),
    ("PHƯỜNG CAM ĐƯỜNG", "new", "exact", "02671"),
    ("Bản Lầu", "new", "exact", "02788"),
    ("bat xat", "new", "alias", "02683"),
    ("Bat Xát", "new", "alias", "02683"),
    ("XA NGHIA DO", "new", "alias", "02953"),
    ("Xuân Hoà", "new", "exact", "02962"),
    ("Khánh Hòa", "new", "exact", "04342"),
    ("UBND xã Bảo Nhai", "new", "exact", "02890"),
    ("Ủy ban MTTQ Việt Nam xã Bát Xát, tỉnh Lào Cai", "new", "exact", "02683"),
    # spellings that vary in official papers
    ("Tà Si Láng", "new", "alias", "04603"),
    ("Tà Xi Láng", "new", "exact", "04603"),
    ("Tà Xi Láng", "old", "alias", "04603"),
    ("Nậm Chầy", "new", "alias", "03076"),
    ("Nậm Chày", "old", "alias", "03076"),
    ("Nàn Sín", "old", "alias", "02824"),
    ("Nàn Xín", "old", "alias", "02824"),
    ("Hát Lừu", "old", "alias", "04585"),
    ("Hát Lìu", "old", "alias", "04585"),
    ("Mù Căng Chải", "new", "alias", "04456"),
    ("Sơn Thủy", "old", "alias", "03082"),
    ("Tả Củ Tỉ", "new", "alias", "02842"),
    ("Qui Mông", "new", "alias", "04531"),
    # the same bare name for two units
    ("Nam Cường", None, "ambiguous", None),
    ("Nam Cường", "old", "ambiguous", None),
    ("Nam Cường", "new", "exact", "04273"),
    ("Nam Cường, thành phố Lào Cai", "old", "alias", "02671"),
    ("phường Nam Cường (TP. Yên Bái)", "old", "alias", "04273"),
    ("Thanh Bình", "old", "ambiguous", None),
    ("Thanh Bình, huyện Mường Khương", "old", "alias", "02761"),
    ("Thanh Bình - Sa Pa", "old", "alias", "03046"),
    ("Tân An", "old", "ambiguous", None),
    ("Phường Tân An", "old", "alias", "04288"),
    ("Xã Tân An", "old", "alias", "02989"),
    ("Minh Quan", "old", "ambiguous", None),
    ("Minh Quán", "old", "alias", "04498"),
    ("La Pan Tan", "old", "ambiguous", None),
    ("La Pán Tẩn", "old", "alias", "04492"),
    ("Nam Chay", None, "ambiguous", None),
    # an old name that is a new name elsewhere
    ("Lao Chải", None, "ambiguous", None),
    ("Lao Chải", "new", "exact", "04474"),
    ("Lao Chải, Sa Pa", None, "alias", "03037"),
    ("xã Lao Chải huyện Sa Pa", None, "alias", "03037"),
    ("Lao Chải, Mù Cang Chải", None, "exact", "04474"),
    ("Lao Chải, Hà Giang", None, "none", None),
    ("Trạm Tấu", None, "ambiguous", None),
    ("Trạm Tấu", "new", "exact", "04606"),
    ("Thị trấn Trạm Tấu", None, "alias", "04585"),
    ("TT.Trạm Tấu", "old", "alias", "04585"),
    ("Thị trấn Trạm Tấu", "new", "none", None),
    ("Xã Trạm Tấu", "old", "alias", "04606"),
    ("Khánh Yên", None, "ambiguous", None),
    ("TT Khánh Yên", None, "alias", "03082"),
    ("Nghĩa Lộ", None, "ambiguous", None),
    ("Phường Nghĩa Lộ", None, "exact", "04288"),
    ("Xã Nghĩa Lộ", None, "alias", "04663"),
    ("Trung Tâm", "old", "ambiguous", None),
    ("Nam Cường (cũ)", None, "ambiguous", None),
    ("Thị trấn NT Phong Hải", "old", "alias", "02902"),
    ("Xã Âu Lâu", "new", "alias", "04543"),
    # a code means nothing without its epoch
    ("02671", "new", "exact", "02671"),
    ("02671", "old", "alias", "02671"),
    ("02671", None, "ambiguous", None),
    ("04750", None, "ambiguous", None),
    ("2671", "new", "exact", "02671"),
    ("02641", "old", "alias", "02647"),
    ("02641", "new", "none", None),
    ("02701", None, "exact", "02701"),
    ("99999", None, "none", None),
    ("02671 - Nam Cường", None, "alias", "02671"),
    ("04273 Phường Nam Cường", None, "exact", "04273"),
    ("02671 - Nam Cường", "new", "ambiguous", None),
    ("Xã Cam Đường (02671)", "new", "exact", "02671"),
    ("02683 Sa Pa", "new", "ambiguous", None),
    # typing errors and other places are questions
    ("Bát Xáp", "new", "none", None),
    ("Nậm Chạy", "new", "none", None),
    ("Nàn Sín", "new", "none", None),
    ("Thị xã Sa Pa", None, "none", None),
    ("", None, "none", None),
    ("Tổng cộng", None, "none", None),
]


@pytest.mark.parametrize(("text", "epoch", "verdict", "code"), STORIES)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_what_a_text_means(text, epoch, verdict, code, form):
    match = match_commune(unicodedata.normalize(form, text), epoch)
    assert (match.verdict, match.code) == (verdict, code), match


def test_an_ambiguous_name_names_its_candidates():
    told = {(c.code, c.full_name, c.epoch, c.new_code) for c in match_commune("Trạm Tấu").candidates}
    assert told == {
        ("04606", "Xã Trạm Tấu", "new", "04606"),
        ("04600", "Xã Trạm Tấu", "old", "04606"),
        ("04585", "Thị trấn Trạm Tấu", "old", "04585"),
    }


def test_a_code_is_told_with_both_of_its_lives():
    told = [(c.full_name, c.epoch) for c in match_commune("02671").candidates]
    assert told == [("Phường Cam Đường", "new"), ("Phường Nam Cường", "old")]


def test_an_old_name_among_new_ones_is_not_taken_but_told():
    (told,) = match_commune("Nàn Sín", "new").candidates
    assert (told.full_name, told.why, told.new_code) == ("Xã Nàn Xín", "of another epoch", "02824")


def test_a_typing_error_is_offered_never_taken():
    match = match_commune("Mường Khuơng", "new")
    assert match.code is None and match.candidates[0].full_name == "Xã Mường Khương"


def test_every_official_name_of_today_is_exact_in_any_dress():
    for c in communes():
        for text in (c.full_name, c.name, c.full_name.upper(), unicodedata.normalize("NFD", c.name), f" {c.code} "):
            assert (match_commune(text, "new").verdict, match_commune(text, "new").code) == ("exact", c.code), text
        assert match_commune(fold(c.full_name), "new").code == c.code


def test_no_old_unit_ever_leads_to_a_wrong_commune():
    for o in old_units():
        for text in (o.full_name, o.name, fold(o.name), f"{o.full_name}, {o.old_district}", o.code):
            for epoch in ("old", None):
                assert match_commune(text, epoch).code in (o.new_code, None), text
        assert match_commune(f"{o.full_name}, {o.old_district}", "old").code == o.new_code


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("Xã Bát Xát", "bát xát"), ("X. Bát Xát", "bát xát"), ("P.Sa Pa", "sa pa"), ("TT. Trạm Tấu", "trạm tấu"),
        ("Thị trấn Trạm Tấu", "trạm tấu"), ("Thôn Suối Chải", "suối chải"), ("TDP số 4", "4"), ("TDP4", "4"),
        ("Bản Lầu", "bản lầu"), ("Xã Bản Hồ", "bản hồ"), ("Xuân Hoà\u00a0", "xuân hòa"), ("Sơn  Thuỷ", "sơn thủy"),
    ],
)  # fmt: skip
def test_normalise_leaves_the_bare_name(text, bare):
    assert normalise(text) == normalise(unicodedata.normalize("NFD", text)) == bare


def test_fold_drops_every_mark():
    assert fold("Đắk Nông, Âu Lâu, Tằng Loỏng, Mường Khương") == "dak nong, au lau, tang loong, muong khuong"
    assert fold(unicodedata.normalize("NFD", "ĐƯỜNG")) == "duong"


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("Mông", "mong"), ("Hmông", "mong"), ("H'Mông", "mong"), ("H’Mông", "mong"), ("HMông", "mong"),
        ("mong", "mong"), ("Cao Lan", "san_chay"), ("Sán Chay", "san_chay"), ("Xa Phó", "phu_la"),
        ("Phù Lá", "phu_la"), ("La Chi", "la_chi"),
        ("Tu Dí", "bo_y"), ("Thu Lao", "tay"), ("Dao đỏ", "dao"), ("dân tộc Giáy", "giay"), ("Muong", "muong"),
        ("Mường", "muong"), ("Thái", "thai"), ("Hà Nhì", "ha_nhi"), ("08", "mong"),
    ],
)  # fmt: skip
def test_ethnic_groups_by_their_many_names(text, group):
    assert match_ethnic(text).code == match_ethnic(unicodedata.normalize("NFD", text)).code == group


def test_every_group_is_found_by_name_alias_and_number():
    for g in ethnic_groups():
        assert match_ethnic(g.name).verdict == "exact"
        assert {match_ethnic(text).code for text in (g.name, *g.aliases, f"{g.number:02d}")} == {g.id}


@pytest.mark.parametrize("text", ["Khác", "Mườn", "Thải", "", "99"])
def test_what_is_no_group_is_a_question(text):
    assert match_ethnic(text).code is None


VILLAGES = [
    ("02683001", "Thôn 5", ()),
    ("02683002", "Bản Phố", ("Bản Phố Cũ",)),
    ("02683003", "Tổ dân phố số 12", ()),
    ("02683004", "Chu Lìn I", ()),
    ("02683005", "Chu Lìn II", ()),
    ("02683006", "Nậm Cang", ()),
    ("02683007", "Nậm Càng", ()),
]


@pytest.mark.parametrize(
    ("text", "verdict", "village"),
    [
        ("Thôn 5", "exact", "02683001"), ("Tổ 05", "alias", "02683001"), ("Thôn năm", "alias", "02683001"),
        ("5", "alias", "02683001"), ("TDP 12", "alias", "02683003"), ("Phố", "alias", "02683002"),
        ("bản pho", "alias", "02683002"), ("Bản Phố Cũ", "alias", "02683002"), ("Chu Lìn 2", "alias", "02683005"),
        ("chu lin ii", "alias", "02683005"), ("Nậm Cang", "exact", "02683006"), ("Thôn Nậm Càng", "alias", "02683007"),
        ("Nam Cang", "ambiguous", None), ("Chu Lìn", "none", None), ("Thôn 6", "none", None), ("", "none", None),
    ],
)  # fmt: skip
def test_villages_of_one_commune(text, verdict, village):
    match = match_village(unicodedata.normalize("NFD", text), VILLAGES)
    assert (match.verdict, match.code) == (verdict, village), match


def test_an_unknown_village_comes_with_candidates():
    assert [c.code for c in match_village("Chu Lỳn", VILLAGES).candidates][:2] == ["02683004", "02683005"]


def test_two_villages_of_one_number_are_a_question():
    both = [("1", "Thôn 3", ()), ("2", "Tổ dân phố 3", ())]
    assert match_village("Tổ 3", both).verdict == "ambiguous"
    assert match_village("Thôn 3", both).code == "1"


def test_sorting_follows_the_vietnamese_alphabet():
    letters = ["An", "Ăn", "Ân", "Ba", "Bà", "Bả", "Bã", "Bá", "Bạ", "Da", "Dương", "Đắk", "Điện", "Em", "Ê"]
    ordered = [*letters, "Thôn 2", "Thôn 10"]
    mixed = ordered[::-1]
    assert sorted(mixed, key=sort_key) == ordered
    assert sorted((unicodedata.normalize("NFD", m) for m in mixed), key=sort_key)[9] == "Da"


def found(text):
    return [name for _, name in search(text, [(c.code, c.full_name) for c in communes()])]


def test_search_without_and_with_diacritics():
    assert found("sa pa")[0] == "Phường Sa Pa"
    assert found("muong") == ["Xã Mường Bo", "Xã Mường Hum", "Xã Mường Khương", "Xã Mường Lai"]
    assert found("mường k") == found("muong k") == ["Xã Mường Khương"]
    assert found("xã lào") == [] and found("lào cai") == ["Phường Lào Cai"]
    assert found("bản")[:2] == ["Xã Bản Hồ", "Xã Bản Lầu"]
    assert found("bạn") == []
    assert found("đ")[0] == "Xã Đông Cuông"


def test_search_puts_beginnings_before_middles():
    assert found("yen b")[:2] == ["Phường Yên Bái", "Xã Yên Bình"]
    assert found("yen")[-1] in ("Xã Trấn Yên", "Xã Khánh Yên", "Xã Bảo Yên")
