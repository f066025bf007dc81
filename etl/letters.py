"""The sentences sent back to whoever sent a workbook, one per code: what stood where, what is expected, what to do."""

from dataclasses import dataclass
from datetime import date

from etl.landing import Landed, Letter, Severity, hold


@dataclass(frozen=True)
class Words:
    """One code's sentence; {found} and the values given with the letter are filled in."""

    severity: Severity
    expected: str
    what: str
    ask: str


COUNT = "một số nguyên từ 0 trở lên, hoặc để trống nếu chưa có số liệu"
HALVES = "một bội của 0,5 từ 0 đến điểm tối đa, ví dụ 4,5"
AGAIN = "Đề nghị kiểm tra và gửi lại dòng này"
RESAVE = "Đề nghị mở tệp bằng Excel, chọn Lưu dưới dạng (Save As) “Excel Workbook (*.xlsx)” rồi gửi lại"

WORDS: dict[str, Words] = {
    # rows held back
    "bad_number": Words("held", COUNT, "“{found}” không đọc được thành một số{why}", "Đề nghị ghi {expected}"),
    "approximate_number": Words("held", COUNT, "“{found}” là số ước chừng", "Đề nghị ghi đúng con số: {expected}"),
    "negative": Words("held", COUNT, "“{found}” là số âm", "Đề nghị ghi {expected}"),
    "fraction": Words("held", COUNT, "“{found}” là số lẻ, mà cột này đếm {unit}", "Đề nghị ghi {expected}"),
    "out_of_range": Words("held", "một số không quá {limit}", "“{found}” lớn quá mức có thể", AGAIN),
    "part_exceeds_whole": Words(
        "held", "{part} không lớn hơn {whole}", "“{part}” là {found}, lớn hơn “{whole}” là {whole_value}", AGAIN
    ),
    "nesting": Words("held", "{rule}", "các số không khớp nhau: {found}, trong khi {rule}", AGAIN),
    "duplicate_village": Words(
        "held",
        "mỗi thôn một dòng",
        "“{found}” có nhiều dòng (các dòng {rows}), chưa biết dòng nào đúng",
        "Đề nghị giữ lại một dòng đúng và gửi lại",
    ),
    "duplicate_row": Words(
        "held",
        "một dòng số liệu của cả xã, phường",
        "biểu này chỉ có một dòng của cả xã, phường, nhưng có nhiều dòng ghi số (các dòng {rows})",
        "Đề nghị giữ lại một dòng đúng và gửi lại",
    ),
    "unknown_village": Words(
        "held",
        "tên hoặc mã một thôn trong danh mục của xã, phường",
        "{what}",
        "Đề nghị ghi đúng tên hoặc mã thôn; thôn mới hoặc đổi tên thì điền biểu “Danh mục thôn”",
    ),
    "ambiguous_village": Words(
        "held",
        "tên hoặc mã của đúng một thôn",
        "“{found}” có thể là nhiều thôn: {candidates}",
        "Đề nghị ghi rõ mã thôn",
    ),
    "village_list_not_adopted": Words(
        "held",
        "danh mục thôn đã được tỉnh xác nhận",
        "danh mục thôn của xã, phường chưa được xác nhận nên “{found}” chưa được ghi nhận",
        "Số liệu được giữ lại và tự vào bảng khi danh mục được xác nhận",
    ),
    "future_month": Words(
        "held",
        "tháng đã đến, không muộn hơn {limit}",
        "kỳ báo cáo ghi {found}, sau ngày nhận tệp",
        "Đề nghị kiểm tra lại tháng báo cáo ở trang bìa và gửi lại",
    ),
    "unknown_category": Words(
        "held",
        "tên một dân tộc, “Không rõ”, hoặc một nhóm ưu tiên của biểu",
        "“{found}” không phải tên dân tộc hay nhóm ưu tiên đã biết{candidates}",
        "Đề nghị chọn trong danh sách có sẵn",
    ),
    "scaled_unit": Words(
        "held",
        COUNT,
        "biểu ghi “{found}”, trong khi cột này đếm từng hộ, từng người",
        "Đề nghị ghi đủ con số: {expected}",
    ),
    "merged_cells": Words(
        "held",
        "mỗi ô một số",
        "“{found}” đứng trong ô gộp chung cho nhiều dòng hoặc nhiều cột, chưa rõ là số của ô nào",
        "Đề nghị bỏ gộp ô và ghi {expected}",
    ),
    "bad_date": Words(
        "held", "ngày/tháng/năm, ví dụ 15/03/2026", "“{found}” không phải một ngày có thật", "Đề nghị ghi {expected}"
    ),
    "bad_yes_no": Words("held", "{choices}", "“{found}” chưa rõ nghĩa ở cột này", "Đề nghị ghi {expected}"),
    "formula_without_value": Words(
        "held",
        "một số đã tính xong",
        "ô chứa công thức {found} nhưng chưa có kết quả được lưu",
        "Đề nghị mở tệp bằng Excel, bấm Lưu (Save) rồi gửi lại",
    ),
    "error_value": Words("held", COUNT, "ô đang báo lỗi {found}", "Đề nghị sửa công thức, hoặc ghi {expected}"),
    "unknown_channel": Words(
        "held",
        "mã của một kênh trong danh mục kênh",
        "“{found}” không phải mã trang, OA hay nhóm nào trong danh mục kênh",
        "Đề nghị tỉnh thêm kênh vào danh mục; số liệu được giữ lại và tự vào bảng khi đã thêm",
    ),
    "no_channel_in_name": Words(
        "held",
        "tên tệp có mã của đúng một kênh, ví dụ “fb-02683 Views.csv”",
        "tệp loại này không ghi là của trang nào, mà tên tệp cũng không có mã của đúng một kênh",
        "Đề nghị đặt tên tệp có mã kênh rồi gửi lại",
    ),
    "dates_out_of_order": Words(
        "held",
        "{later} không trước {earlier}",
        "{later} {found} trước {earlier} {before}",
        "Đề nghị kiểm tra và gửi lại",
    ),
    "duplicate_case": Words(
        "held",
        "mỗi mã phản ánh một dòng",
        "mã “{found}” đứng ở nhiều dòng ({rows}), chưa biết dòng nào đúng",
        "Đề nghị giữ lại một dòng đúng và gửi lại",
    ),
    "case_incomplete": Words(
        "held", "mã phản ánh và ngày tiếp nhận", "dòng thiếu {found}", "Đề nghị điền đủ và gửi lại"
    ),
    "case_commune": Words(
        "held",
        "tên hoặc mã của đúng một xã, phường",
        "chưa rõ phản ánh thuộc xã, phường nào{why}",
        "Đề nghị thêm cột “Xã, phường”, hoặc ghi mã xã ở dòng tiêu đề hay trong tên tệp",
    ),
    "destroyed_id": Words(
        "held",
        "đủ các chữ số của mã, như trong tệp tải về",
        "“{found}” là mã đã bị Excel đổi thành số nên mất các chữ số cuối",
        "Đề nghị gửi tệp tải về, không mở và lưu lại bằng Excel",
    ),
    "no_post_id": Words("held", "mã bài và mã trang bằng chữ số", "“{found}” không phải mã của một bài", AGAIN),
    "duplicate_post": Words(
        "held", "mỗi bài một dòng", "bài {found} có nhiều dòng ghi số khác nhau", "Đề nghị tải lại tệp và gửi lại"
    ),
    "bad_time": Words(
        "held",
        "tháng/ngày/năm giờ:phút như Meta ghi, ví dụ 03/15/2026 08:30",
        "“{found}” không phải một thời điểm đăng bài",
        "Đề nghị gửi tệp tải về, không sửa bằng Excel",
    ),
    "not_lifetime": Words(
        "held",
        "số cộng dồn trọn đời của bài (Lifetime)",
        "dòng ghi số của riêng ngày {found}, không phải số cộng dồn của bài",
        "Đề nghị chọn số liệu trọn đời khi xuất tệp",
    ),
    "duplicate_day": Words("held", "mỗi kênh, mỗi ngày một dòng", "ngày {found} có nhiều dòng", AGAIN),
    "no_channel": Words("held", "mã của một kênh", "dòng không ghi mã kênh", AGAIN),
    "unknown_platform": Words(
        "held", "facebook, zalo_oa, zalo_group hoặc mini_app", "“{found}” không phải một nền tảng đã biết", AGAIN
    ),
    "not_of_platform": Words(
        "held", "để trống ở cột mà nền tảng của kênh không đếm", "nền tảng của kênh không có số này ({found})", AGAIN
    ),
    "future_day": Words("held", "ngày đã đến", "{found} là ngày sau ngày nhận tệp", "Đề nghị kiểm tra ngày và gửi lại"),
    # households by another source held back
    "unknown_commune": Words(
        "held", "mã hoặc tên một xã, phường hiện nay", "“{found}” không phải một xã, phường", AGAIN
    ),
    "unknown_source": Words(
        "held", "công an, thống kê hoặc nguồn khác", "“{found}” không phải một nguồn đã biết", AGAIN
    ),
    "no_document": Words("held", "số, ngày của văn bản ghi số hộ", "dòng không ghi số hộ lấy từ văn bản nào", AGAIN),
    "bad_count": Words("held", "số hộ, một số nguyên lớn hơn 0", "“{found}” không phải một số hộ", AGAIN),
    "duplicate_count": Words(
        "held", "mỗi xã, phường, nguồn và ngày một dòng", "“{found}” đã có một dòng của nguồn và ngày này", AGAIN
    ),
    # lines of scoring workbooks held back
    "bad_points": Words("held", HALVES, "“{found}” không đọc được thành điểm", "Đề nghị chỉ ghi số: {expected}"),
    "award_no_points": Words(
        "held", HALVES, "dòng có ghi chữ nhưng chưa có điểm", "Đề nghị ghi điểm, hoặc để trống cả dòng"
    ),
    "award_twice": Words(
        "held",
        "mỗi xã, phường và tiêu chí một dòng",
        "cùng xã, phường và tiêu chí đứng ở nhiều dòng ({rows}), chưa biết dòng nào đúng",
        "Đề nghị giữ lại một dòng đúng và gửi lại",
    ),
    "award_column_twice": Words(
        "held",
        "mỗi tiêu đề một cột",
        "biểu có nhiều cột cùng tiêu đề “{column_name}”, chưa biết cột nào đúng",
        "Đề nghị giữ lại một cột và gửi lại",
    ),
    "award_hidden": Words(
        "held",
        "không có dòng, cột, biểu ẩn",
        "ô đang bị ẩn, người xem và bản in không thấy",
        "Đề nghị bỏ ẩn (bỏ lọc) rồi gửi lại",
    ),
    "award_other_commune": Words(
        "held", "mã {own} như ở trang đầu", "dòng ghi mã xã, phường “{found}”", "Đề nghị dùng biểu của đơn vị mình"
    ),
    "award_no_such_commune": Words(
        "held", "mã một xã, phường của tỉnh", "không có xã, phường mang mã “{commune}”", "Đề nghị không sửa cột mã"
    ),
    "award_not_manual": Words(
        "held",
        "một tiêu chí chấm bằng tay của bảng điểm",
        "tiêu chí “{criterion}” không chấm bằng tay",
        "Đề nghị dùng biểu mẫu được phát và không sửa cột mã",
    ),
    "award_not_applicable": Words(
        "held",
        "tiêu chí áp dụng với xã, phường",
        "tiêu chí “{criterion}” không áp dụng với xã, phường đó",
        "Đề nghị để trống",
    ),
    "award_not_in_halves": Words(
        "held", "một bội của 0,5, từ 0 đến {most}", "điểm {points} không phải {expected}", "Đề nghị ghi {expected}"
    ),
    "award_later_stage_spoke": Words(
        "held",
        "điểm được ghi trước khi bước sau chấm",
        "bước sau ({stage}) đã cho điểm",
        "Đề nghị trao đổi với bước sau",
    ),
    "award_no_evidence": Words(
        "held",
        "thuyết minh và số, ký hiệu tài liệu minh chứng",
        "điểm chưa có {expected}",
        "Đề nghị ghi đủ cả hai và gửi lại",
    ),
    "award_no_reason": Words(
        "held", "lý do", "điểm khác {was} đã ghi mà chưa có lý do", "Đề nghị ghi lý do và gửi lại"
    ),
    "award_label_changed": Words(
        "held",
        "{right} như khi biểu được phát",
        "ô đã khóa bị sửa thành “{found}”",
        "Đề nghị lấy lại biểu mẫu, chỉ ghi vào các ô màu vàng nhạt",
    ),
    "award_seen_changed": Words(
        "held",
        "điểm đã ghi hiện nay là {now}",
        "biểu cho thấy điểm đã ghi là {seen}, nay là {now}",
        "Đề nghị lấy biểu mới, xem lại rồi chấm",
    ),
    "award_bad_result": Words(
        "held", "một trong: {choices}", "“{found}” không phải kết quả", "Đề nghị chọn {expected}"
    ),
    # questions; the row is stored
    "case_village": Words(
        "question",
        "tên hoặc mã một thôn trong danh mục của xã, phường",
        "chưa rõ “{found}” là thôn nào{what}; phản ánh vẫn được tính cho xã, phường",
        "Đề nghị ghi đúng tên hoặc mã thôn",
    ),
    "unknown_word": Words(
        "question",
        "một trong: {choices}",
        "chưa biết “{found}” ở cột “{column_name}” là gì nên tính vào “Khác”",
        "Đề nghị chọn trong danh sách",
    ),
    "falls": Words("question", "số cộng dồn không giảm", "“{found}” thấp hơn tháng trước ({before})", "Xin xác nhận"),
    "jump": Words(
        "question",
        "mức thay đổi như các tháng trước",
        "“{found}” thay đổi khác thường so với các tháng trước",
        "Xin xác nhận",
    ),
    "copied_forward": Words(
        "question",
        "số liệu của chính tháng này",
        "mọi số giống hệt tháng trước",
        "Xin xác nhận, hoặc đánh dấu “Không thay đổi”",
    ),
    "ethnic_sum": Words(
        "question",
        "tổng các dân tộc bằng tổng số hộ",
        "các dân tộc cộng lại là {found}, tổng số hộ là {whole}",
        "Xin kiểm tra",
    ),
    "breakdown_kept": Words(
        "question",
        "đủ các dòng của thôn",
        "tệp này còn dòng phân tổ phải làm rõ nên phân tổ của thôn vẫn lấy ở tệp gửi trước",
        "Đề nghị sửa và gửi lại đủ các dòng phân tổ của thôn",
    ),
    "breakdown_part": Words(
        "question",
        "đủ các dòng của thôn",
        "còn dòng phân tổ phải làm rõ nên phân tổ của thôn chưa đủ",
        "Đề nghị sửa và gửi lại đủ các dòng phân tổ của thôn",
    ),
    "earlier_sending": Words(
        "question",
        "“Lần gửi” lớn hơn {reference}",
        "tệp ghi lần gửi {found}, mà số liệu lần gửi {reference} đã nhận trước đó, nên số liệu cũ vẫn được dùng",
        "Nếu tệp này mới hơn, đề nghị ghi “Lần gửi” lớn hơn {reference} rồi gửi lại",
    ),
    "above_village": Words(
        "question",
        "không lớn hơn số của cả thôn ({whole})",
        "“{found}” lớn hơn số của cả thôn ({whole})",
        "Xin kiểm tra",
    ),
    "unchanged_from_nothing": Words(
        "question",
        "số liệu của tháng này",
        "đánh dấu “Không thay đổi” nhưng thôn chưa có số liệu tháng nào trước đó",
        "Đề nghị ghi số liệu và gửi lại",
    ),
    "later_decision": Words(
        "question",
        "ngày không sau tháng {month}",
        "ngày quyết định {found} sau tháng báo cáo {month}",
        "Xin xác nhận",
    ),
    "nothing_entered": Words(
        "question",
        "số liệu ở các ô cần điền",
        "không có số nào ở các ô cần điền của tệp; số ghi ở cột “Tháng trước” không được đọc",
        "Đề nghị điền số liệu và gửi lại",
    ),
    "households_reference": Words(
        "question",
        "gần số hộ trong danh mục ({reference})",
        "tổng số hộ là {found}, khác nhiều so với danh mục",
        "Xin xác nhận",
    ),
    "unchanged_conflict": Words(
        "question",
        "chỉ đánh dấu “Không thay đổi”, hoặc chỉ ghi số",
        "vừa đánh dấu “Không thay đổi” vừa ghi số; các số đã ghi được dùng",
        "Xin xác nhận",
    ),
    "hidden_rows": Words(
        "question",
        "không có dòng ẩn",
        "các dòng {found} đang bị ẩn nhưng có số liệu; vẫn được đọc như dòng thường",
        "Xin xác nhận",
    ),
    "hidden_columns": Words(
        "question",
        "không có cột ẩn",
        "các cột {found} đang bị ẩn nhưng có số liệu; vẫn được đọc như cột thường",
        "Xin xác nhận",
    ),
    "other_month": Words(
        "question",
        "một tháng báo cáo",
        "trang bìa ghi tháng {month}, nhưng biểu nhắc đến tháng {found}; số liệu được ghi cho tháng {month}",
        "Xin xác nhận",
    ),
    "other_figures": Words(
        "question",
        "số đã thực hiện, của mọi hộ",
        "tiêu đề ghi “{found}” nên có thể không phải số đã thực hiện của mọi hộ; số liệu vẫn được ghi nhận",
        "Xin xác nhận",
    ),
    "hidden_sheet": Words("question", "không có biểu ẩn", "biểu đang bị ẩn; {what}", "Xin xác nhận"),
    "unknown_column": Words(
        "question", "các cột của biểu", "cột {found} không có trong biểu nên không được đọc", "Xin kiểm tra tên cột"
    ),
    "unknown_metric": Words(
        "question",
        "một số liệu đã khai báo",
        "số liệu “{found}” chưa được khai báo nên không được đọc",
        "Xin báo tỉnh nếu cần",
    ),
    "unknown_row": Words(
        "question",
        "các chỉ tiêu của biểu",
        "“{found}” không có trong biểu nên không được đọc",
        "Xin kiểm tra tên chỉ tiêu",
    ),
    "missing_column": Words(
        "question",
        "đủ các cột của biểu",
        "không thấy cột {found}; số liệu của cột được coi là chưa có",
        "Xin kiểm tra tên cột",
    ),
    "unknown_sheet": Words(
        "question",
        "các cột của một biểu đã biết",
        "trang này có số nhưng không nhận ra là biểu nào, nên không được đọc",
        "Xin kiểm tra tên các cột",
    ),
    # whole files refused
    "not_a_workbook": Words("refused", "một tệp Excel (.xlsx hoặc .xls)", "tệp không phải là sổ Excel{why}", RESAVE),
    "too_large": Words(
        "refused",
        "tệp không quá {limit}",
        "tệp quá lớn ({found})",
        "Đề nghị xóa hình ảnh và các trang không cần rồi gửi lại",
    ),
    "zip_bomb": Words("refused", "một sổ Excel bình thường", "tệp phình ra bất thường khi mở ({found})", RESAVE),
    "macro": Words("refused", "sổ Excel không có macro", "tệp có chứa macro ({found}) nên không được mở", RESAVE),
    "external_link": Words(
        "refused",
        "sổ Excel không liên kết sang tệp khác",
        "tệp có liên kết sang tệp khác ({found}), số liệu có thể không phải của chính tệp này",
        "Đề nghị vào Dữ liệu (Data) → Sửa liên kết (Edit Links) → Ngắt liên kết (Break Link), lưu và gửi lại",
    ),
    "dtd": Words("refused", "một sổ Excel bình thường", "tệp có khai báo XML không được phép ({found})", RESAVE),
    "too_many_cells": Words(
        "refused",
        "không quá {rows} dòng và {columns} cột",
        "trang “{part}” có dữ liệu ở quá xa ({found})",
        "Đề nghị xóa các dòng, cột thừa rồi gửi lại",
    ),
    "password": Words(
        "refused", "tệp không đặt mật khẩu", "tệp có mật khẩu nên không mở được", "Đề nghị bỏ mật khẩu và gửi lại"
    ),
    "no_commune": Words(
        "refused",
        "tên hoặc mã xã, phường ghi trong tệp",
        "không thấy tên hoặc mã xã, phường ở trong tệp{why}",
        "Đề nghị ghi ở trang bìa và gửi lại",
    ),
    "ambiguous_commune": Words(
        "refused",
        "đúng một xã, phường, có mã",
        "“{found}” chưa rõ là xã, phường nào; có thể là: {candidates}",
        "Đề nghị ghi rõ mã xã, phường ở trang bìa và gửi lại",
    ),
    "personal_column": Words(
        "refused",
        "danh sách không có họ tên, số điện thoại, số định danh, địa chỉ hay thư điện tử của người dân",
        "cột “{column_name}” có {what} của người dân nên tệp không được nhận",
        "Đề nghị xóa cột đó và gửi lại",
    ),
    "not_a_case_list": Words(
        "refused",
        "một dòng tiêu đề có cột mã phản ánh và cột ngày tiếp nhận, mỗi cột một lần",
        "không thấy bảng phản ánh trong tệp{why}",
        "Đề nghị kiểm tra tên các cột và gửi lại",
    ),
    "no_month": Words(
        "refused",
        "tháng báo cáo, ví dụ “Tháng 3 năm 2026”",
        "không đọc được tháng báo cáo ở trong tệp{why}",
        "Đề nghị ghi ở trang bìa và gửi lại",
    ),
    "wrong_origin": Words(
        "refused", "{expected_origin}", "tệp là {found} nên không nhận vào đây", "Đề nghị gửi đúng tệp"
    ),
    "wrong_unit": Words(
        "refused", "báo cáo của {expected_unit}", "tệp ghi đơn vị {found}", "Đề nghị gửi đúng tệp của đơn vị mình"
    ),
    "unreadable": Words("refused", "một sổ Excel còn nguyên vẹn", "tệp bị hỏng, không đọc được", RESAVE),
    "broken_archive": Words(
        "refused",
        "một tệp do lệnh sync ghi, còn nguyên vẹn",
        "tệp lưu trả lời của nền tảng hỏng",
        "Đề nghị rút tệp này rồi chạy lại sync",
    ),
    "time_limit": Words(
        "refused",
        "tệp đọc xong trong {limit} giây",
        "tệp mất quá nhiều thời gian để đọc",
        "Đề nghị xóa các trang không cần rồi gửi lại",
    ),
    "memory_limit": Words(
        "refused", "một tệp gọn hơn", "tệp cần quá nhiều bộ nhớ để đọc", "Đề nghị xóa các trang không cần rồi gửi lại"
    ),
    "unreadable_text": Words(
        "refused",
        "tệp CSV như nền tảng cho tải về",
        "tệp không đọc được thành các dòng và cột",
        "Đề nghị tải lại tệp và gửi lại, không mở bằng Excel",
    ),
    # whole award forms refused, and acts on award sheets
    "award_no_cover": Words(
        "refused",
        "mã bảng điểm, bước chấm, mã xã, phường và số gieo như khi biểu được phát",
        "trang đầu không còn “{found}” đọc được",
        "Đề nghị lấy lại biểu mẫu và gửi lại",
    ),
    "award_no_such_sheet": Words(
        "refused", "một trong: {known}", "không có bảng điểm “{found}”", "Đề nghị lấy lại biểu mẫu"
    ),
    "award_not_adopted": Words(
        "refused",
        "một bảng điểm đã được thông qua",
        "bảng điểm {award} chưa được thông qua (awards adopt)",
        "Đề nghị gửi lại sau khi bảng điểm được thông qua",
    ),
    "award_sheet_in_use": Words(
        "refused",
        "bảng điểm như khi được thông qua",
        "bảng điểm {award} đang dùng không được sửa; tệp định nghĩa hiện nay khác bản được thông qua",
        "Đề nghị khôi phục tệp định nghĩa",
    ),
    "award_not_frozen": Words(
        "refused",
        "một vòng chấm đã chốt",
        "vòng chấm của bảng điểm {award} chưa chốt (awards freeze)",
        "Đề nghị chốt vòng chấm trước khi công bố",
    ),
    "award_not_as_frozen": Words(
        "refused",
        "điểm đúng như bản chốt",
        "điểm của bảng điểm {award} không còn như bản chốt",
        "Đề nghị chốt lại, hoặc sửa cho đúng bản chốt",
    ),
    "award_published": Words(
        "refused",
        "một bảng điểm chưa công bố",
        "kết quả của bảng điểm {award} đã công bố, không đổi được nữa",
        "Mọi điều chỉnh để sang năm sau",
    ),
    "award_no_decision": Words(
        "refused", "số, ngày quyết định", "cần số quyết định thông qua bảng điểm", "Đề nghị ghi bằng --decision"
    ),
    "award_adopted_late": Words(
        "refused",
        "thông qua muộn nhất ngày {fixed}",
        "kỳ chấm bắt đầu ngày {first}, tiêu chí áp dụng cho ai phải định xong đến hết ngày {fixed}",
        "Đề nghị ghi lý do bằng --reason; lý do được in trong bảng điểm và hồ sơ",
    ),
    "award_no_such_stage": Words(
        "refused",
        "commune, specialist, board, council, standing_committee",
        "không có bước chấm “{stage}”",
        "Các bước: {expected}",
    ),
    "award_no_minutes": Words(
        "refused",
        "số, ngày biên bản",
        "kết quả kiểm tra cần số, ngày biên bản làm minh chứng",
        "Đề nghị ghi ở trang đầu và gửi lại",
    ),
    "award_no_such_criterion": Words(
        "refused", "một tiêu chí của bảng điểm", "bảng điểm không có tiêu chí “{criterion}”", "Đề nghị kiểm tra mã"
    ),
    "award_no_such_decision": Words(
        "refused", "accepted hoặc rejected", "“{decision}” không phải một quyết định", "Đề nghị ghi {expected}"
    ),
    "award_appeal_no_papers": Words(
        "refused", "lý do và số, ký hiệu tài liệu minh chứng", "kiến nghị chưa có {expected}", "Đề nghị ghi đủ"
    ),
    "award_points_or_figure": Words(
        "refused",
        "điểm (--to), hoặc số liệu (--figure) của tiêu chí tự tính",
        "cần đúng một: {expected}",
        "Tiêu chí chấm bằng tay chỉ nhận điểm",
    ),
    "award_beyond": Words(
        "refused", "điểm từ 0 đến {most}", "{points} điểm vượt mức tối đa {most}", "Đề nghị ghi {expected}"
    ),
    "award_no_corrections": Words(
        "refused",
        "điều chỉnh trước ngày chốt",
        "bảng điểm {award} không nhận điều chỉnh sau ngày chốt",
        "Kiến nghị vẫn được ghi lại, chỉ không chấp nhận được (--decide rejected)",
    ),
    "award_already_so": Words(
        "refused", "một quyết định mới", "kiến nghị này đã được ghi như vậy", "Không cần ghi lại"
    ),
    "award_no_list": Words(
        "refused", "danh sách hộ của phiếu", "không thấy danh sách hộ trong phiếu", "Đề nghị lấy lại phiếu"
    ),
    "award_visit_incomplete": Words(
        "refused",
        "kết quả của mọi hộ trong danh sách",
        "phiếu còn {found} dòng chưa có kết quả đọc được nên chưa tính",
        "Đề nghị điền đủ và gửi lại",
    ),
    "award_not_drawn": Words(
        "refused",
        "một danh sách đã lập bằng lệnh awards sample --form",
        "chưa có danh sách nào của {commune} với số gieo {seed}",
        "Đề nghị kiểm tra trang đầu",
    ),
    "award_other_list": Words(
        "refused",
        "đúng các hộ đã rút thăm",
        "danh sách trong phiếu khác danh sách đã rút thăm với số gieo {seed}",
        "Đề nghị lấy lại phiếu và ghi kết quả của đúng các hộ ấy",
    ),
    "no_known_sheet": Words(
        "refused",
        "ít nhất một biểu của mẫu báo cáo",
        "không nhận ra biểu nào trong tệp (các trang: {found})",
        "Đề nghị dùng mẫu báo cáo của tỉnh",
    ),
}


def place(sheet: str, row: int | None, column: str | None, header: str = "") -> str:
    """Where something stands, as an officer would look for it: sheet, row, column and the column's header."""
    parts = [f"Biểu “{sheet}”"] if sheet else []
    parts += [f"dòng {row}"] if row else []
    parts += [f"cột {column}" + (f" ({header})" if header else "")] if column else []
    return ", ".join(parts)


def letter(
    code: str,
    sheet: str = "",
    row: int | None = None,
    column: str | None = None,
    found: object = "",
    header: str = "",
    **values: object,
) -> Letter:
    """The letter of a code; `values` fill the places its sentence names, `header` names the column for the reader."""
    words = WORDS[code]
    given = {"why": "", "found": found} | values
    expected = words.expected.format(**given)
    sentence = f"{words.what}. {words.ask}".format(**given, expected=expected)
    where = place(sheet, row, column, header)
    message = f"{where}: {sentence}." if where else f"{sentence[0].upper()}{sentence[1:]}."
    return Letter(sheet, row, column, code, str(found), expected, message, words.severity)


def future(landed: Landed, received: date) -> Landed:
    """The same delivery, every stored row held where its month begins after the day it was received."""
    if landed.month is None or landed.month <= received:
        return landed
    rows = landed.values.select("sheet", "row").unique(maintain_order=True).iter_rows()
    found, limit = f"{landed.month:%m/%Y}", f"{received:%m/%Y}"
    return hold(landed, [letter("future_month", sheet, row, None, found, limit=limit) for sheet, row in rows])
