"""The words of the scoring workbook and the visit form, as they are drawn and as they are known again."""

SCORING, VISIT, READABLE = "Chấm điểm thi đua", "Kiểm tra mẫu", "Số liệu tự tính"
# The facts on the first sheet: label in column A, value in column B.
SHEET, COMMUNE, STAGE, SEED = "Mã bảng điểm", "Mã xã, phường", "Bước chấm", "Số gieo"
NAME = "Xã, phường"
ORIGIN, BY, MINUTES = "Nguồn dữ liệu", "Người lập biểu", "Số, ngày biên bản kiểm tra"
STAGES = {
    "commune": "Xã, phường tự chấm",
    "specialist": "Chuyên viên chấm",
    "board": "Ban chuyên môn chấm",
    "council": "Hội đồng Thi đua - Khen thưởng chấm",
    "standing_committee": "Ban Thường trực chấm",
}
# Columns of a scoring sheet; every line stands for one commune and one criterion.
COLUMNS = {
    "commune": "Mã xã, phường",
    "criterion": "Mã tiêu chí",
    "name": "Xã, phường",
    "label": "Tiêu chí",
    "most": "Điểm tối đa",
    "seen": "Điểm đã ghi",
    "points": "Điểm chấm",
    "explanation": "Thuyết minh",
    "evidence": "Số, ký hiệu tài liệu minh chứng",
    "reason": "Lý do (khi khác điểm đã ghi)",
}
# Columns of a visit form; every line stands for one household of the list, without its name.
VISIT_COLUMNS = {
    "number": "TT",
    "village": "Mã thôn",
    "name": "Thôn, bản, tổ dân phố",
    "line": "Dòng trong sổ của thôn",
    "result": "Kết quả",
}
RESULTS = {"found": "Đúng", "not_found": "Không đúng", "absent": "Vắng nhà"}
# What stands beside the entry cells, to be read by people alone.
SELF_CHECK = "Tự kiểm tra"
OF_COMMUNE = {"explanation": "Thuyết minh của xã, phường", "evidence": "Minh chứng của xã, phường"}
