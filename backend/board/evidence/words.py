"""The words of a proof sheet, Vietnamese and English."""

from typing import Final

from backend.kit.catalog import Locale

WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("Phiếu chứng cứ", "Proof sheet"),
    "subtitle": (
        "Các lượt đến và chứng cứ của một hồ sơ",
        "Visits to one dossier and what proves them",
    ),
    "sample": (
        "DỮ LIỆU MẪU – không có giá trị sử dụng",
        "SAMPLE DATA – not a document of value",
    ),
    "procedure": ("Thủ tục", "Procedure"),
    "dossier": ("Mã hồ sơ", "Dossier code"),
    "item": ("Mã bưu gửi", "Item code"),
    "agency": ("Cơ quan", "Agency"),
    "citizen": ("Người dân", "Citizen"),
    "address": ("Địa chỉ", "Address"),
    "printed": ("In lúc", "Printed at"),
    "visit": ("Lượt {n}: {end}", "Visit {n}: {end}"),
    "courier": ("Bưu tá", "Courier"),
    "badge": ("số hiệu {badge}", "badge {badge}"),
    "arrived": ("Đến lúc", "Arrived at"),
    "acted": ("Báo lúc", "Acted at"),
    "suspect": ("đồng hồ máy không chắc đúng", "the phone's clock is not certain"),
    "place": ("Vị trí khi đến", "Place of arrival"),
    "untold": ("không báo", "not told"),
    "end": ("Kết quả", "Outcome"),
    "accepted": ("Đã nhận hồ sơ", "Papers taken"),
    "delivered": ("Đã trả kết quả", "Result delivered"),
    "partly": ("Xong một phần", "Done in part"),
    "failed": ("Không thành", "Failed"),
    "reason": ("Lý do", "Reason"),
    "note": ("Ghi chú", "Note"),
    "invitation": ("Giấy mời", "Invitation"),
    "invitation_n": ("lần {n}", "no. {n}"),
    "next_on": ("Hẹn lại", "Next visit"),
    "receiver": ("Người nhận", "Received by"),
    "giver": ("Người giao hồ sơ", "Handed in by"),
    "self": ("{name} (chính chủ)", "{name} (in person)"),
    "proxy": (
        "người được uỷ quyền của {name}: {relation}, {authority}",
        "proxy of {name}: {relation}, {authority}",
    ),
    "authority.certified": ("giấy uỷ quyền có chứng thực", "certified authority"),
    "authority.written": ("giấy uỷ quyền viết tay", "written authority"),
    "identity": ("Giấy tờ tuỳ thân", "Identity seen"),
    "identity.cccd": ("căn cước", "citizen card"),
    "identity.vneid": ("VNeID", "VNeID"),
    "identity.passport": ("hộ chiếu", "passport"),
    "identity.residence": ("thẻ cư trú", "residence card"),
    "identity.known": ("người quen biết", "known person"),
    "seal": ("Niêm phong", "Seal"),
    "seal.whole": ("còn nguyên", "whole"),
    "seal.broken": ("không còn nguyên", "broken"),
    "checklist": ("Giấy tờ đã nhận", "Papers counted"),
    "form.original": ("bản chính", "original"),
    "form.copy": ("bản sao", "copy"),
    "form.electronic": ("bản điện tử", "electronic"),
    "reclaim": ("Giấy tờ thu hồi", "Papers taken back"),
    "reclaim.taken": ("đã thu", "taken"),
    "reclaim.not_taken": ("chưa thu", "not taken"),
    "photos": ("Số ảnh", "Photos"),
    "photos.n": ("{n} ảnh, {came} ảnh đã về", "{n} named, {came} here"),
    "photo.away": ("ảnh chưa về", "the photo has not come"),
    "photo.large": ("ảnh lớn, xem trên hệ thống", "a large photo, see it in the system"),
    "mark.not_so": ("ĐÃ RÚT LẠI: {reason}", "TAKEN BACK: {reason}"),
    "mark.details": ("ĐÃ ĐÍNH CHÍNH: {reason}", "CORRECTED: {reason}"),
    "sign_citizen": ("Chữ ký người dân", "Citizen's signature"),
    "sign_courier": ("Chữ ký bưu tá", "Courier's signature"),
    "rule": ("Bưu cục yêu cầu", "The office asks for"),
    "demand": ("Mức", "How"),
    "there": ("Chứng cứ", "Proof"),
    "rule.photo": ("ảnh", "photo"),
    "rule.note": ("ghi chú", "note"),
    "rule.sign_citizen": ("chữ ký người dân", "citizen's signature"),
    "demand.required": ("bắt buộc", "required"),
    "demand.asked": ("nên có", "asked for"),
    "there.yes": ("có", "there"),
    "there.no": ("không có", "not there"),
    "there.away": ("có báo, ảnh chưa về", "named, the photo has not come"),
    "unvisited": ("Chưa có lượt đến nào.", "No visit yet."),
    "chain": ("Vị trí trong chuỗi ghi nhận (SHA-256)", "Places in the SHA-256 chain"),
    "fact": ("Việc", "Fact"),
    "stream": ("Chuỗi", "Stream"),
    "seq": ("Số", "Number"),
    "hash": ("Mã băm", "Hash"),
    "chain_note": (
        "Mỗi mã băm nối với việc trước nó trên cùng chuỗi; số giấy tờ tuỳ thân chỉ lưu bốn ký tự "
        "cuối.",
        "Each hash binds the fact before it in its stream; of identity papers only the last four "
        "characters are kept.",
    ),
    "kind.dossier.accepted": ("Nhận hồ sơ tại nhà", "Papers taken"),
    "kind.result.delivered": ("Trả kết quả tận tay", "Result delivered"),
    "kind.visit.failed": ("Đến nhưng không thành", "Visit failed"),
    "kind.act.corrected": ("Đính chính việc đã báo", "Correction"),
    "failure.ADDR_NONE": ("Địa chỉ không có thật", "Address does not exist"),
    "failure.ADDR_WRONG": ("Sai địa chỉ", "Wrong address"),
    "failure.ADDR_INCOMPLETE": ("Địa chỉ thiếu chi tiết", "Address incomplete"),
    "failure.MOVED": ("Đã chuyển đi nơi khác", "Moved"),
    "failure.NOT_FOUND": ("Không tìm thấy người", "Person not found"),
    "failure.ABSENT": ("Vắng nhà", "Nobody in"),
    "failure.REFUSED": ("Từ chối", "Refused"),
    "failure.NO_ID": ("Không có giấy tờ tuỳ thân", "No identity paper"),
    "failure.NO_AUTHORITY": ("Không có giấy uỷ quyền", "No written authority"),
    "failure.NO_PIN": ("Không có mã PIN", "No PIN"),
    "failure.FEE_UNPAID": ("Chưa nộp phí", "Fee not paid"),
    "failure.DECEASED": ("Người nhận đã mất", "Addressee has died"),
    "failure.DAMAGED": ("Bưu gửi hư hại", "Item damaged"),
    "failure.FORCE_MAJEURE": ("Bất khả kháng", "Force majeure"),
}


class Words:
    """Says things in one language."""

    def __init__(self, locale: Locale) -> None:
        self.locale = locale

    def say(self, key: str, **params: object) -> str:
        """Return a text with its parameters; a key without words reads as its last part."""
        pair = WORDS.get(key)
        if pair is None:
            return key.partition(".")[2] or key
        return (pair[0] if self.locale == "vi" else pair[1]).format(**params)
