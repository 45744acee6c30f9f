"""Decisions of sync: the hash chain, where a batch stands, what time a fact happened.

Pure: reliability rules S1 to S8 and section 1.6.
"""

import hashlib
import re
import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from backend.kit import catalog
from backend.kit.errors import Conflict
from backend.sync.model import Lease, TimeQuality

catalog.add(
    {
        "not_your_stream": (
            "Máy này không được gửi vào luồng của máy khác.",
            "This device may not send into another's stream.",
        ),
        "not_field_device": (
            "Chỉ máy mới nhất của bưu tá được giữ danh sách chi trả và tiền.",
            "Only the courier's newest device may hold payout lists and cash.",
        ),
        "lease_held": (
            "Danh sách này đang do một máy khác giữ.",
            "Another device holds this list.",
        ),
        "no_lease": (
            "Máy này không được giao danh sách này.",
            "This device was not given this list.",
        ),
        "lease_of_another": (
            "Danh sách này do máy khác giữ, không trả hộ được.",
            "Another device holds this list; it cannot be given back for it.",
        ),
        "lease_expired": (
            "Đã quá giờ giữ danh sách khi ghi việc này, cần người xem.",
            "The list's time was over when this was done; somebody must look.",
        ),
        "lease_released": ("Danh sách này đã được trả lại.", "This list was given back already."),
        "lease_asked": (
            "Đã có đề nghị thu lại danh sách này, đang chờ duyệt.",
            "Taking this list back is asked already and waits for approval.",
        ),
        "too_late": (
            "Rút lại quá muộn: sự việc đã được gửi và ghi nhận.",
            "It was withdrawn too late: the fact had been sent and recorded.",
        ),
        "withdrawn": (
            "Bưu tá đã rút lại ngay sau khi ghi.",
            "The courier took it back right after recording it.",
        ),
        "unsealable": (
            "Dữ liệu niêm phong không mở được.",
            "What was sealed cannot be opened.",
        ),
        "revoked": (
            "Gửi từ máy đã bị khoá, giữ riêng để bưu cục xem.",
            "Sent by a locked device; set aside for the office to look at.",
        ),
        "ended_stream": (
            "Máy không còn đọc được, giữ riêng để bưu cục xem.",
            "The device can no longer read it; set aside for the office to look at.",
        ),
        "brought_by_file": (
            "Mang đến bằng tệp, giữ riêng để bưu cục xem.",
            "Brought as a file; set aside for the office to look at.",
        ),
        "not_unsent_file": (
            "Đây không phải tệp việc chưa gửi của ứng dụng bưu tá.",
            "This is no file of unsent facts of the courier's app.",
        ),
        "server_error_held": (
            "Hệ thống chưa xử lý được sự việc, đang chờ người xem.",
            "The office could not process the fact; somebody will look.",
        ),
        "money_in_doubt": (
            "Tiền đã trao tay: hãy xử lý ở mục tiền chờ xử lý, với người thứ hai.",
            "Notes have changed hands: settle it among the money in doubt, with a second person.",
        ),
        "second_person_needed": (
            "Việc này liên quan đến tiền: cần người thứ hai duyệt.",
            "This is about money: a second person has to allow it.",
        ),
        "held_asked": (
            "Đã có đề nghị cho việc này, đang chờ kiểm soát viên.",
            "Something was asked for this fact already; a controller has to decide.",
        ),
        "settled": (
            "Khoản tiền đã được hai người xử lý xong.",
            "Two people have settled the money.",
        ),
        "app_too_old": (
            "Ứng dụng đã quá cũ. Hãy cập nhật; việc đã ghi vẫn ở trên máy và sẽ được gửi.",
            "The app is too old. Renew it; what was recorded stays on the phone and will be sent.",
        ),
        "aside_looked_at": (
            "Đã có người xem sự việc này.",
            "Somebody has looked at this fact already.",
        ),
        "not_missing": (
            "Các việc này không còn thiếu, hoặc đã có người xem.",
            "These facts are not missing any more, or somebody has looked at them already.",
        ),
        "missing_may_come": (
            "Máy cũ này còn dùng được và có thể gửi. Máy đã mất thì báo mất trước.",
            "This older phone is in service and may send them. If it is lost, report it first.",
        ),
        "not_held": (
            "Sự việc này không còn chờ xử lý.",
            "This fact no longer waits for anyone.",
        ),
    }
)

NOTE_MIN = 3
"""Characters of why a person decided so."""
APP_LASTS = timedelta(days=180)
"""An app so much older than the newest one is asked to renew itself (426)."""
BUILT_ON = re.compile(r"\+(\d{4}-\d{2}-\d{2})$")
FIELD_SUBJECTS = frozenset({"cash", "payout", "charge", "order", "pension"})
"""First words of kinds that move money, or may be done under a lease only."""
CLOCK_JUMP_MAX = timedelta(seconds=60)
OFFSET_SUSPECT = timedelta(minutes=5)
OFFSET_GOOD = timedelta(seconds=5)
UNREADABLE_IDS = uuid.UUID("5f6c3f0e-6a0a-5f43-9a3c-1d4d5b0a7c11")


def is_too_old(app: str, newest_on: date | None) -> bool:
    """Return whether an app, `0.1.0+2026-11-26` by the day it was built, must be renewed.

    `newest_on` is the day of the app that this house gives out: a house that is not renewed turns
    no phone away, and what says no day is taken.
    """
    said = BUILT_ON.search(app)
    if said is None or newest_on is None:
        return False
    try:
        built_on = date.fromisoformat(said[1])
    except ValueError:
        return False
    return newest_on - built_on > APP_LASTS


def first_hash(stream_id: UUID) -> bytes:
    """Return `h0`, the hash before a stream's first fact (S7)."""
    return hashlib.sha256(f"stream:{stream_id}".encode()).digest()


def chain(previous: bytes, raw: bytes) -> bytes:
    """Return the hash of a fact behind the one before it (S7)."""
    return hashlib.sha256(previous + raw).digest()


def chain_all(previous: bytes, raws: Sequence[bytes]) -> list[bytes]:
    """Return the hashes of a batch of facts."""
    hashes = []
    for raw in raws:
        previous = chain(previous, raw)
        hashes.append(previous)
    return hashes


def stand_in_id(stream_id: UUID, seq: int) -> UUID:
    """Return the id a fact gets whose own cannot be read; the same each time it is sent."""
    return uuid.uuid5(UNREADABLE_IDS, f"{stream_id}:{seq}")


def aside_id(stream_id: UUID, seq: int, raw: bytes) -> UUID:
    """Return the id under which a fact is set aside: one for the same bytes, however brought."""
    return uuid.uuid5(UNREADABLE_IDS, f"{stream_id}:{seq}:{raw.hex()}")


def find_missing(first: int, last: int, set_aside: Sequence[int]) -> list[tuple[int, int]]:
    """Return the ranges of `first` to `last` that are left when some numbers are here after all.

    `set_aside` is ascending and without doubles.
    """
    ranges = []
    for seq in set_aside:
        if first < seq <= last:
            ranges.append((first, seq - 1))
        if first <= seq <= last:
            first = seq + 1
    return [*ranges, (first, last)] if first <= last else ranges


def leave_out(
    ranges: Sequence[tuple[int, int]], looked: Sequence[Sequence[int]]
) -> list[tuple[int, int]]:
    """Return what is left of ranges without others; each `(first, last)`, ascending, apart."""
    left = []
    for first, last in ranges:
        for start, end in looked:
            if end < first or start > last:
                continue
            if first < start:
                left.append((first, start - 1))
            first = end + 1
        if first <= last:
            left.append((first, last))
    return left


def judge_time(
    *,
    at: datetime,
    mono: float,
    boot: str,
    sent_at: datetime,
    sent_mono: float,
    sent_boot: str,
    received_at: datetime,
    not_before: datetime | None,
) -> tuple[datetime, TimeQuality]:
    """Return when a fact happened and how far that can be trusted (section 1.6).

    The phone's offset is `received_at - sent_at`. Within one boot the monotonic clock tells
    whether the wall clock was moved between the fact and the sending. The result lies between
    `not_before`, the fact before it, and `received_at`.

    `suspect`: moved by more than 60 s, or an offset over 5 min; `corrected`: an offset over 5 s
    was taken off; else `good`.
    """
    try:
        happened, quality = _correct(at, mono, boot, sent_at, sent_mono, sent_boot, received_at)
    except OverflowError:
        # A clock at the end of time, or a phone that claims to run for ever.
        happened, quality = received_at, "suspect"
    if not_before is not None:
        happened = max(happened, not_before)
    return min(happened, received_at), quality


def _correct(
    at: datetime,
    mono: float,
    boot: str,
    sent_at: datetime,
    sent_mono: float,
    sent_boot: str,
    received_at: datetime,
) -> tuple[datetime, TimeQuality]:
    offset = received_at - sent_at
    happened = at
    quality: TimeQuality = "good"
    if abs(offset) > OFFSET_GOOD:
        happened, quality = at + offset, "corrected"
    if abs(offset) > OFFSET_SUSPECT:
        quality = "suspect"
    if boot == sent_boot and mono <= sent_mono:
        age = timedelta(milliseconds=sent_mono - mono)
        if abs((sent_at - at) - age) > CLOCK_JUMP_MAX:
            happened, quality = received_at - age, "suspect"
    return happened, quality


def needs_field_device(kind: str) -> bool:
    """Return whether only its courier's field device may report a fact of this kind (S22)."""
    return kind.partition(".")[0] in FIELD_SUBJECTS


def moves_money(kind: str) -> bool:
    """Return whether a fact of this kind may have moved notes."""
    return kind.partition(".")[0] in FIELD_SUBJECTS


def judge_lease(leases: Sequence[Lease], *, at: datetime, time_quality: TimeQuality) -> Lease:
    """Return the lease under which something was paid at an instant.

    Raises `Conflict`: `no_lease` where the phone never had one, or gave it back before;
    `suspect_time` where the instant cannot be trusted; `lease_expired` past the server's limit.
    """
    held = [
        lease
        for lease in leases
        if lease.issued_at <= at and (lease.released_at is None or at <= lease.released_at)
    ]
    if not held:
        raise Conflict("no_lease")
    if time_quality == "suspect":
        raise Conflict("suspect_time")
    newest = max(held, key=lambda lease: lease.expires_at)
    if at > newest.expires_at:
        raise Conflict("lease_expired")
    return newest
