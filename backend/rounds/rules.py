"""Decisions of rounds: what a stop's state is, when a round may close, whose act it is."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from backend.kit import catalog
from backend.kit.errors import Conflict
from backend.rounds.model import StopAct

catalog.add(
    {
        "unknown_stop": ("Không có điểm dừng này.", "There is no such stop."),
        "unknown_act": ("Không có việc này tại điểm dừng.", "There is no such act at the stop."),
        "not_your_round": ("Chuyến này không phải của bạn.", "This round is not yours."),
        "unknown_round": ("Không có chuyến này.", "There is no such round."),
        "round_closed": ("Chuyến đã đóng.", "The round is closed."),
        "open_stops": (
            "Còn {num} điểm dừng chưa xong.",
            "{num} stops are not finished.",
        ),
        "items_on_hand": (
            "Còn {num} bưu gửi trên tay chưa giao lại bưu cục.",
            "{num} items are still on hand.",
        ),
        "errand_on_round": (
            "Có {num} yêu cầu đã nằm trên chuyến khác.",
            "{num} errands are on another round already.",
        ),
        "nothing_open": (
            "Điểm dừng này không còn việc nào để chuyển.",
            "Nothing is left to do at this stop.",
        ),
        "same_courier": (
            "Điểm dừng đã ở chuyến của bưu tá này.",
            "The stop is on this courier's round already.",
        ),
        "no_round": (
            "Bưu tá này chưa có chuyến trong ngày.",
            "This courier has no round that day.",
        ),
        "item_with_courier": (
            "{num} bưu gửi đang trong túi của bưu tá: cần bàn giao tay, không chuyển được từ xa.",
            "{num} items are in the courier's bag: they change hands by a hand-over only.",
        ),
        "storage_not_kept": (
            "Máy này chưa cam kết giữ dữ liệu. Hãy cài ứng dụng vào màn hình chính, "
            "hoặc xin điều phối viên cho đi.",
            "This phone does not promise to keep its storage. Install the app on the home screen, "
            "or ask a dispatcher to let the round leave.",
        ),
        "nothing_to_correct": (
            "Không tìm thấy việc đã ghi để đính chính.",
            "What is to be corrected did not end this act.",
        ),
        "correction_asked": (
            "Bưu tá báo ghi nhầm, chờ điều phối viên đồng ý.",
            "The courier says it was not so; a dispatcher has to agree.",
        ),
        "needs_reversal": (
            "Khoản tiền không hoàn tác được: thủ quỹ lập bút toán đảo, có người thứ hai duyệt.",
            "Money has no undo: the cashier reverses it, with a second person.",
        ),
        "fee_given_up": (
            "Khoản thu của hồ sơ đã huỷ khi chuyển hoàn, không mở lại được.",
            "What was owed for the dossier was given up when it went back.",
        ),
        "passing_code_wrong": (
            "Mã bàn giao không đúng.",
            "This is no code of a hand-over.",
        ),
        "passing_code_used": (
            "Mã bàn giao này đã dùng cho lần khác.",
            "This code stands for another hand-over.",
        ),
        "passing_to_another": (
            "Số bưu gửi này đã có người khác nhận, hoặc giao cho người khác.",
            "Somebody else took these items, or they are for somebody else.",
        ),
        "passing_over": (
            "Lần bàn giao này đã bị huỷ.",
            "This hand-over was given up.",
        ),
        "passing_unknown": (
            "Không tìm thấy lần bàn giao này.",
            "There is no such hand-over.",
        ),
        "passing_taken": (
            "Đã có người ghi nhận số bưu gửi này, không giữ lại được.",
            "Somebody says to have taken these items.",
        ),
        "waits_for_other": (
            "Chờ bên kia ghi nhận bàn giao.",
            "The other side has not reported the hand-over yet.",
        ),
        "passing_differs": (
            "Hai bên đếm số bưu gửi khác nhau, chưa chuyển người giữ.",
            "The two counted different numbers; nothing has moved.",
        ),
        "passing_other_taker": (
            "Người nhận không phải người được giao, chưa chuyển người giữ.",
            "Somebody else took them than the giver named; nothing has moved.",
        ),
        "late_previous_holder": (
            "Đã giao trước khi chuyển sang bưu tá khác.",
            "It was done before it went to another courier.",
        ),
        "unknown_kind": (
            "Ứng dụng gửi loại sự việc mà hệ thống chưa biết.",
            "The app reported a kind of fact the office does not know.",
        ),
        "unreadable": (
            "Sự việc gửi lên không đọc được.",
            "The reported fact cannot be read.",
        ),
        "suspect_time": (
            "Giờ trên máy không tin cậy, cần người xem.",
            "The phone's clock is not to be trusted; somebody must look.",
        ),
    }
)

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXY"
"""Of a hand-over's code: 31, a prime; none is taken for another by eye or ear."""
CODE_LENGTH = 8
DONE = "done"
FAILED = "failed"


def stop_state(acts: Sequence[str], *, is_arrived: bool) -> str:
    """Return the state of a stop from those of its acts; removed acts do not count.

    All done: `done`; all failed: `failed`; some of each: `partly`; any open: `arrived` or `open`;
    none left: `removed`.
    """
    counted = [state for state in acts if state != "removed"]
    if not counted:
        return "removed"
    if "open" in counted:
        return "arrived" if is_arrived else "open"
    kinds = set(counted)
    if kinds == {DONE}:
        return "done"
    return "failed" if kinds == {FAILED} else "partly"


def check_act(act: StopAct | None, *, stop_id: object, kind: str, courier_id: object) -> StopAct:
    """Return the act if this courier may report it now.

    Raises `Conflict`: `unknown_act`, `unknown_stop` (the act is at another stop),
    `not_your_round`, `already_done`. An act removed from this courier passes: the errand decides.
    """
    if act is None or act.kind != kind:
        raise Conflict("unknown_act")
    if act.stop_id != stop_id:
        raise Conflict("unknown_stop")
    if act.courier_id != courier_id:
        raise Conflict("not_your_round")
    if act.state in (DONE, FAILED):
        raise Conflict("already_done")
    return act


def check_own(act: StopAct | None, *, stop_id: object, courier_id: object) -> StopAct:
    """Return the act if this courier may speak of it.

    Raises `Conflict`: `unknown_act`, `unknown_stop`, `not_your_round`.
    """
    if act is None:
        raise Conflict("unknown_act")
    if act.stop_id != stop_id:
        raise Conflict("unknown_stop")
    if act.courier_id != courier_id:
        raise Conflict("not_your_round")
    return act


def check_not_so(act: StopAct, *, is_by_person: bool, has_paid: bool) -> None:
    """Refuse to take an act back where that is not the courier's to do.

    Raises `Conflict`: `needs_reversal` where money changed hands, always; `correction_asked` where
    a person must agree: papers that changed hands, and a round that is closed.
    """
    if has_paid:
        raise Conflict("needs_reversal")
    is_simple = act.state == FAILED and act.round_state == "open"
    if not is_simple and not is_by_person:
        raise Conflict("correction_asked")


def check_close(num_open: int, num_on_hand: int) -> None:
    """Refuse to close a round with work left: `open_stops`, `items_on_hand`."""
    if num_open:
        raise Conflict("open_stops", num=num_open)
    if num_on_hand:
        raise Conflict("items_on_hand", num=num_on_hand)


def is_to_bring(
    closing: Hashable, rounds: Mapping[Any, str], acts: Sequence[tuple[Any, str]]
) -> bool:
    """Return whether an item in a courier's hands must be back before one round closes.

    `rounds` are the courier's rounds that are not closed, with their states; `acts` round and state
    of what those have to do with the item, removed acts left out. What another round has still to
    do goes on with that one; what a round was to do comes back with it; what stands on none comes
    back with the last that is out. The phone's twin is tied by `tests/vectors/items_to_bring.json`.
    """
    if any(state == "open" for round_id, state in acts if round_id != closing):
        return False
    if acts:
        return any(round_id == closing for round_id, _ in acts)
    return not any(state == "open" for round_id, state in rounds.items() if round_id != closing)


def is_passing_code(code: str) -> bool:
    """Return whether this is the code of a hand-over on the road.

    Eight symbols, 1·c1 + … + 8·c8 a multiple of 31: no one wrong symbol and no two swapped pass.
    The phone's twin is tied by `tests/vectors/passing_codes.json`.
    """
    if len(code) != CODE_LENGTH or not set(code) <= set(SYMBOLS):
        return False
    values = (SYMBOLS.index(symbol) for symbol in code)
    return sum(place * value for place, value in enumerate(values, 1)) % len(SYMBOLS) == 0


def judge_passing(
    *, num_given: int | None, num_counted: int | None, to: UUID | None, taker: UUID | None
) -> Literal["waits_for_other", "passing_differs", "passing_other_taker", "joined"]:
    """Return how the two sides of a hand-over stand to each other; None is what nobody said."""
    if num_given is None or num_counted is None:
        return "waits_for_other"
    if to not in (None, taker):
        return "passing_other_taker"
    return "joined" if num_given == num_counted else "passing_differs"
