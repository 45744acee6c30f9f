"""The sentences of what payouts refuse, hold, or find wrong in a file."""

from backend.kit import catalog

catalog.add(
    {
        # cells of a list
        "cell_person_name": ("“{value}” không phải là họ tên.", "“{value}” is not a name."),
        "cell_id_number": (
            "Số “{value}” không đúng: số định danh có 12 chữ số, hộ chiếu có 6 đến 9 chữ và số.",
            "“{value}” is wrong: a personal number has 12 digits, a passport 6 to 9 letters and "
            "digits.",
        ),
        "cell_birth_year": (
            "Năm sinh không khớp với số định danh.",
            "The year of birth does not agree with the identity number.",
        ),
        "cell_day": (
            "Ngày “{value}” không đúng, ghi 2026-12-05 hoặc 05/12/2026.",
            "The day “{value}” is wrong; write 2026-12-05 or 05/12/2026.",
        ),
        "cell_period": (
            "Kỳ “{value}” không đúng, ghi 2026-12 hoặc 12/2026; mỗi tháng một dòng.",
            "The period “{value}” is wrong; write 2026-12 or 12/2026, one month a row.",
        ),
        "cell_period_differs": (
            "Kỳ “{value}” không thuộc danh sách kỳ {period}.",
            "The period “{value}” does not belong in the list of {period}.",
        ),
        "cell_amount_negative": (
            "Số tiền “{value}” là số âm.",
            "The amount “{value}” is negative.",
        ),
        "cell_amount_fraction": (
            "Số tiền “{value}” có phần lẻ; ghi số đồng nguyên.",
            "The amount “{value}” has a fraction; write whole đồng.",
        ),
        "cell_amount_zero": ("Số tiền bằng 0.", "The amount is zero."),
        "cell_amount_over": (
            "Số tiền “{value}” vượt mức trần {max_vnd} đồng của chế độ.",
            "The amount “{value}” is over the scheme's cap of {max_vnd} đồng.",
        ),
        "cell_amount_unreadable": (
            "Số tiền “{value}” không đọc được; ghi số đồng nguyên, ví dụ 650000.",
            "The amount “{value}” cannot be read; write whole đồng, such as 650000.",
        ),
        "cell_scheme_unknown": (
            "Không có chế độ “{value}”.",
            "There is no scheme “{value}”.",
        ),
        "cell_scheme_differs": (
            "Dòng ghi chế độ “{value}”, khác với chế độ của danh sách ({scheme}).",
            "The row says “{value}”, which is not the list's scheme ({scheme}).",
        ),
        "cell_how": (
            "Hình thức “{value}” không rõ: ghi tại nhà, điểm chi trả hoặc quầy.",
            "The way “{value}” is unknown: write home, pay point or counter.",
        ),
        "cell_change": (
            "Biến động “{value}” không rõ: ghi thêm, dừng, chuyển tài khoản, đã mất hoặc còn sống.",
            "The change “{value}” is unknown: write added, stopped, moved, deceased or alive.",
        ),
        "cell_change_in_first_list": (
            "Danh sách đầu kỳ không có biến động; hãy nộp danh sách biến động riêng.",
            "A first list has no changes; bring them as a delta list.",
        ),
        "cell_members": (
            "Số nhân khẩu “{value}” không đúng, từ 1 đến {max}.",
            "The number of members “{value}” is wrong; 1 to {max}.",
        ),
        "cell_phone_number": (
            "Số điện thoại “{value}” không đúng.",
            "The phone number “{value}” is not valid.",
        ),
        "cell_yes_no": (
            "Cột {column} ghi có hoặc không, không ghi “{value}”.",
            "The column {column} takes yes or no, not “{value}”.",
        ),
        "person_twice": (
            "Người này đã có ở dòng {first_row} cho cùng kỳ.",
            "This person stands in row {first_row} already for the same period.",
        ),
        "household_twice": (
            "Hộ này đã có ở dòng {first_row}.",
            "This household stands in row {first_row} already.",
        ),
        "person_in_other_list": (
            "Người này đã có trong một danh sách khác của cùng chế độ và kỳ {period}.",
            "This person is in another list of the same scheme for {period}.",
        ),
        "row_not_in_list": (
            "Danh sách đã duyệt không có người này cho kỳ {period}.",
            "The approved list does not have this person for {period}.",
        ),
        "row_carried_differs": (
            "Khoản chuyển kỳ của người này là {amount_vnd} đồng, khác với dòng này.",
            "What was carried over for this person is {amount_vnd} đồng; this row differs.",
        ),
        "list_total_differs": (
            "Tổng danh sách {value} đồng khác với số tiền đã báo {declared_vnd} đồng.",
            "The list's total of {value} đồng is not the {declared_vnd} đồng announced.",
        ),
        # files and lists
        "scheme_unknown": ("Không có chế độ {scheme}.", "There is no scheme {scheme}."),
        "reference_needed": (
            "Chế độ này cần mã đợt chi hoặc số lệnh chi.",
            "This scheme needs the code of its campaign or order.",
        ),
        "reference_not_taken": (
            "Chế độ hằng tháng không có mã đợt chi.",
            "A monthly scheme has no code of a campaign.",
        ),
        "due_on_needed": ("Đợt chi cần ngày chi trả.", "A campaign needs its day."),
        "periods_not_merged": (
            "Chỉ gộp hai tháng 1 và 2 trước Tết, với chế độ cho phép.",
            "Only January and February may be paid together, where the scheme allows it.",
        ),
        "base_not_open": (
            "Danh sách gốc chưa duyệt hoặc đã kết thúc, hoặc không cùng chế độ và kỳ.",
            "The first list is not approved, is closed, or is of another scheme or period.",
        ),
        "upload_lost": (
            "Việc đọc tệp bị gián đoạn nhiều lần. Hãy nộp lại tệp.",
            "Reading the file broke off several times. Bring the file again.",
        ),
        "upload_not_ready": (
            "Tệp này chưa kiểm xong, có lỗi, hoặc đã ghi.",
            "This file is not judged yet, has faults, or was kept already.",
        ),
        "list_frozen": (
            "Danh sách đã duyệt thì không sửa; thay đổi bằng danh sách biến động.",
            "An approved list is not changed; bring a delta list.",
        ),
        "list_not_draft": (
            "Danh sách không còn ở dạng nháp.",
            "The list is no longer a draft.",
        ),
        "list_empty": ("Danh sách không có dòng nào.", "The list has no rows."),
        "list_not_balanced": (
            "Danh sách {total_vnd} đồng, tiền đã về {funded_vnd} đồng, chuyển kỳ "
            "{carried_vnd} đồng: chưa khớp nên chưa duyệt được.",
            "The list is {total_vnd} đồng, funded {funded_vnd}, carried over {carried_vnd}: "
            "it does not balance and is not approved.",
        ),
        "list_overlaps": (
            "{num} người đã có trong danh sách đã duyệt khác của cùng chế độ và kỳ.",
            "{num} people are in another approved list of the same scheme and period.",
        ),
        "list_not_approved": ("Danh sách chưa duyệt.", "The list is not approved."),
        "list_has_doubts": (
            "Còn {num} khoản chờ xử lý, chưa kết thúc được.",
            "{num} payments still wait for a person; the list cannot be closed.",
        ),
        "fund_asked": (
            "Kinh phí của danh sách này đang chờ kiểm soát viên duyệt.",
            "The money of this list waits for a controller already.",
        ),
        "list_funded": (
            "Tiền của danh sách đã ghi nhận; muốn sửa phải đảo bút toán.",
            "The list's money is booked already; correct it by a reversal.",
        ),
        "nothing_to_carry": (
            "Đợt chi một lần không chuyển kỳ.",
            "A one-off campaign is not carried over.",
        ),
        # payments
        "already_paid": ("Khoản này đã chi trả.", "This was paid already."),
        "payout_carried": ("Khoản này đã chuyển sang kỳ sau.", "This was carried over."),
        "payout_returned": (
            "Tiền của khoản này đã hoàn về cơ quan.",
            "This money went back to the agency.",
        ),
        "payout_stopped": ("Khoản này đã dừng chi trả.", "This payout was stopped."),
        "payout_moved": (
            "Người hưởng đã chuyển sang nhận qua tài khoản.",
            "The payee gets the money on an account now.",
        ),
        "payee_deceased": (
            "Cơ quan đã báo người hưởng qua đời.",
            "The agency has told that the payee died.",
        ),
        "payee_told_deceased": (
            "Bưu tá đã báo người hưởng qua đời: chưa chi cho người nhận thay cho đến khi cơ quan"
            " xác nhận còn sống bằng danh sách biến động.",
            "A courier has told that the payee died: no proxy is paid until the agency says in a"
            " delta list that the payee is alive.",
        ),
        "amount_differs": (
            "Số tiền chi khác với danh sách.",
            "The amount paid is not the list's.",
        ),
        "payout_late": (
            "Đợt chi này đã hết hạn.",
            "The time of this campaign is over.",
        ),
        "proxy_not_allowed": (
            "Chế độ này không nhận thay.",
            "This scheme is not paid to another.",
        ),
        "proxy_unknown": (
            "Danh sách không ghi người nhận thay.",
            "The list names nobody who may receive it instead.",
        ),
        "proxy_not_certified": (
            "Giấy ủy quyền chưa chứng thực.",
            "The authorisation is not certified.",
        ),
        "proxy_too_early": (
            "Giấy ủy quyền chưa có hiệu lực.",
            "The authorisation is not in force yet.",
        ),
        "proxy_expired": ("Giấy ủy quyền đã hết hạn.", "The authorisation has expired."),
        "proxy_too_long": (
            "Giấy ủy quyền dài quá {months_max} tháng.",
            "The authorisation runs longer than {months_max} months.",
        ),
        "proxy_dates_swapped": (
            "Ngày hết hạn ủy quyền đứng trước ngày bắt đầu.",
            "The authorisation ends before it begins.",
        ),
        "identity_not_seen": (
            "Chưa xem giấy tờ tùy thân hợp lệ của người nhận.",
            "No valid identity paper of the receiver was seen.",
        ),
        "identity_differs": (
            "Giấy tờ của người nhận không khớp với danh sách.",
            "The receiver's identity paper is not the list's.",
        ),
        "payment_proof_missing": (
            "Thiếu chữ ký hoặc ảnh mà chế độ này yêu cầu.",
            "A signature or picture that this scheme demands is missing.",
        ),
        "sitting_needed": (
            "Khoản này chi tại buổi chi trả đang mở của đúng cơ quan, đúng ngày.",
            "This is paid at an open sitting of its agency on its day.",
        ),
        "sitting_closed": ("Buổi chi trả đã kết thúc.", "The sitting is closed."),
        "supervisor_needed": (
            "Buổi chi trả này cần người giám sát của cơ quan.",
            "This sitting needs the agency's supervisor.",
        ),
        "signature_needed": (
            "Biên bản cần chữ ký của hai bên.",
            "The minutes need the signatures of both sides.",
        ),
        "payment_reversed": ("Lần chi này đã được đảo.", "This payment was reversed."),
        "payment_differs": (
            "Mã chi này đã dùng cho khoản khác.",
            "This payment's id was used for another.",
        ),
        # doubts and second persons
        "doubt_settled": ("Khoản này đã xử lý.", "This was settled."),
        "settlement_not_possible": (
            "Khoản này không xử lý được theo cách đó.",
            "This cannot be settled that way.",
        ),
        "proposal_decided": ("Đề nghị này đã có kết quả.", "This was decided already."),
        "export_needs_second": (
            "Xuất trên {num_max} dòng dữ liệu cá nhân cần người thứ hai đồng ý.",
            "An export of more than {num_max} rows of personal data needs a second person.",
        ),
    }
)
