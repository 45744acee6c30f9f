from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from backend.identity import passwords, rules
from backend.identity.model import Actor, Session, Staff, StaffDraft
from backend.kit.errors import Refusal

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
OFFICE, OTHER = UUID(int=1), UUID(int=2)
ALIVE = Session(
    office_id=OFFICE,
    token_hash=b"",
    staff_id=UUID(int=3),
    device_id=None,
    last_seen_at=NOW - timedelta(seconds=59),
    expires_at=NOW + timedelta(hours=1),
    idle_s=1800,
    ended_at=None,
    role="dispatcher",
    partner_id=None,
    all_offices=False,
    locale="vi",
    staff_status="active",
    device_status=None,
)
COURIER = Staff(
    OFFICE, UUID(int=4), "tam", "Tâm", "BT-04", "courier", None, False, "vi", "active", False
)


@pytest.mark.parametrize(
    ("change", "is_alive"),
    [
        ({}, True),  # as it stands
        ({"expires_at": NOW + timedelta(microseconds=1)}, True),  # the last moment
        ({"expires_at": NOW}, False),  # the absolute limit itself
        ({"last_seen_at": NOW - timedelta(seconds=1799)}, True),  # idle, not yet too long
        ({"last_seen_at": NOW - timedelta(seconds=1800)}, False),  # idle for too long
        ({"ended_at": NOW - timedelta(days=1)}, False),  # signed out
        ({"ended_at": NOW + timedelta(days=1)}, False),  # an end is an end, whatever its time
        ({"staff_status": "disabled"}, False),
        ({"device_status": "active"}, True),
        ({"device_status": "lost"}, False),
        ({"device_status": "retired"}, False),
    ],
)
def test_is_alive(change: dict[str, object], is_alive: bool) -> None:
    """Tests that each single thing that ends a session ends it, at its boundary."""
    assert rules.is_alive(msgspec.structs.replace(ALIVE, **change), NOW) is is_alive


@pytest.mark.parametrize(("seen_s", "is_due"), [(0, False), (59, False), (60, True), (600, True)])
def test_needs_touch(seen_s: int, is_due: bool) -> None:
    """Tests that a session's last sight is written at most once a minute."""
    session = msgspec.structs.replace(ALIVE, last_seen_at=NOW - timedelta(seconds=seen_s))
    assert rules.needs_touch(session, NOW) is is_due


def test_session_limits_are_those_of_a1() -> None:
    """Tests that each role has the limits the rules name."""
    hours = {
        role: (limit.absolute_s / 3600, limit.idle_s / 60)
        for role, limit in rules.SESSION_LIMITS.items()
    }
    assert hours.pop("courier") == (16, 12 * 60)
    assert hours.pop("administrator") == (4, 15)
    assert set(hours.values()) == {(12, 30)}
    assert set(hours) == {"dispatcher", "cashier", "controller", "agency_officer", "planner"}


def test_make_actor_sees_its_own_office_or_all() -> None:
    """Tests that only staff of all offices sees all."""
    assert rules.make_actor(ALIVE).offices == (OFFICE,)
    everywhere = rules.make_actor(msgspec.structs.replace(ALIVE, all_offices=True))
    assert everywhere.offices == "*"
    assert everywhere.office_id == OFFICE


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ABCDEFGHJKMNPQRSTWXY", "ABCDEFGHJKMNPQRSTWXY"),
        ("ABCD-EFGH-JKMN-PQRS-TWXY", "ABCDEFGHJKMNPQRSTWXY"),
        (" abcd efgh–jkmn—pqrs twxy\n", "ABCDEFGHJKMNPQRSTWXY"),
        ("", ""),
    ],
)
def test_read_code(typed: str, kept: str) -> None:
    """Tests that dashes, blanks and case do not matter in a one-time code."""
    assert rules.read_code(typed) == kept


def test_code_alphabet_has_no_lookalikes() -> None:
    """Tests that no two characters of a code look alike, and that it cannot be guessed."""
    assert not set(rules.CODE_ALPHABET) & set("0O1ILUV")
    assert len(set(rules.CODE_ALPHABET)) == len(rules.CODE_ALPHABET)
    assert len(rules.CODE_ALPHABET) ** rules.CODE_LENGTH > 2**96


MAKER = Actor(kind="staff", id=UUID(int=9), role="dispatcher", offices=(OFFICE,))


@pytest.mark.parametrize(
    ("maker", "courier", "code"),
    [
        (MAKER, {}, None),
        (Actor(kind="staff", id=COURIER.id, role="courier"), {}, "same_person"),
        (MAKER, {"role": "dispatcher"}, "not_a_courier"),
        (MAKER, {"status": "disabled"}, "staff_disabled"),
    ],
)
def test_check_code_maker(maker: Actor, courier: dict[str, object], code: str | None) -> None:
    """Tests that a code is made by a second person, for an active courier."""
    person = msgspec.structs.replace(COURIER, **courier)
    assert refused(lambda: rules.check_code_maker(maker, person)) == code


DRAFT = StaffDraft(office_id=OFFICE, username="tam", display_name="Tâm", role="courier")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, None),
        ({"username": "ab"}, "username_invalid"),
        ({"username": "abc"}, None),
        ({"username": "a" * 40}, None),
        ({"username": "a" * 41}, "username_invalid"),
        ({"username": "dieuphoi.kinhbac"}, None),
        ({"username": "bt_01-a"}, None),
        ({"username": "  TAM  "}, None),  # trimmed and lowered
        ({"username": "1tam"}, "username_invalid"),
        ({"username": "tam."}, "username_invalid"),
        ({"username": "tâm"}, "username_invalid"),
        ({"username": "tam tam"}, "username_invalid"),
        ({"username": "tam\n"}, None),  # trimmed too
        ({"display_name": "  "}, "name_invalid"),
        ({"display_name": "a" * 120}, None),
        ({"display_name": "a" * 121}, "name_invalid"),
        ({"role": "agency_officer"}, "partner_for_officers_only"),
        ({"role": "agency_officer", "partner_id": OTHER}, None),
        ({"partner_id": OTHER}, "partner_for_officers_only"),
        ({"all_offices": True}, "all_offices_not_for_role"),
        ({"all_offices": True, "role": "planner"}, None),
        ({"all_offices": True, "role": "administrator"}, None),
        ({"password": "short"}, "password_too_short"),
    ],
)
def test_check_staff(change: dict[str, object], code: str | None) -> None:
    """Tests that what is wrong in a new member of staff is named."""
    draft = msgspec.structs.replace(DRAFT, **change)
    assert refused(lambda: rules.check_staff(draft)) == code


def test_check_staff_returns_the_stored_form() -> None:
    """Tests that names are stored trimmed, composed, and user names in lower case."""
    draft = msgspec.structs.replace(DRAFT, username=" TAM ", display_name=" Ta\u0302m   Lê ")
    stored = rules.check_staff(draft)
    assert (stored.username, stored.display_name) == ("tam", "Tâm Lê")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("nghé tre lúa", None),  # 12
        ("nghé tre lú", "password_too_short"),  # 11
        ("nghé ăn lúa bờ tre " * 10 + "mưa rào nhé", "password_too_long"),  # 201
        ("nghé ăn lúa bờ tre " * 10 + "mưa rào rồi"[:10], None),  # 200
        ("aaaaabbbbbcc", "password_too_simple"),  # three characters
        ("xin chào Tam nhé", "password_too_simple"),  # the user name
        ("sông Cầu nước chảy", None),
        ("abcdefghijkl", "password_common"),  # a run of keys
        ("qwertyuiop[]12", "password_common"),
        ("Mật khẩu 123456", "password_common"),  # marks, case and blanks say nothing
        ("m@tkh4u-2026-2026", "password_common"),  # digits and signs for letters
        ("P4ssw0rd!P4ssw0rd!", "password_common"),
        ("BưuĐiệnBắcNinh2026", "password_common"),  # the trade's own words
        ("anhyeuem14021995", "password_common"),  # dates
        ("Admin@Vnpost#123", "password_common"),
        ("correct horse battery staple", "password_common"),
        ("matkhau lại ghé Kinh Bắc", None),  # five signs of its own
    ],
)
def test_check_password(password: str, code: str | None) -> None:
    """Tests that short, long and easily guessed passwords are refused."""
    assert refused(lambda: rules.check_password(password, username="tam")) == code


def test_password_bytes_ignore_how_a_keyboard_composes() -> None:
    """Tests that a password typed on another machine still is the same password."""
    assert rules.password_bytes("ma\u0323\u0302t") == rules.password_bytes("mật")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0912 345 678", "+84912345678"),
        ("+84 912.345.678", "+84912345678"),
        ("02223 821 234", "+842223821234"),
        ("+1 650 253 0000", "+16502530000"),
        ("12", None),
        ("mười hai", None),
        ("", None),
    ],
)
def test_read_phone(typed: str, kept: str | None) -> None:
    """Tests that phone numbers become E.164, bare ones as Vietnamese, or are refused."""
    if kept is None:
        assert refused(lambda: rules.read_phone(typed)) == "phone_invalid"
    else:
        assert rules.read_phone(typed) == kept


async def test_passwords_cost_the_same_for_unknown_names() -> None:
    """Tests that no hash means the same Argon2 work as a hash of today, and never a match."""
    fresh = await passwords.hash_password("sông Cầu nước chảy")
    assert passwords.NOBODY.split("$")[:4] == fresh.split("$")[:4]
    assert not passwords.HASHER.check_needs_rehash(passwords.NOBODY)
    assert await passwords.matches(fresh, "sông Cầu nước chảy")
    assert not await passwords.matches(fresh, "sông Cầu nước chảy ")
    assert not await passwords.matches(None, "sông Cầu nước chảy")
    assert not await passwords.matches("not a hash", "sông Cầu nước chảy")


async def test_passwords_compare_unknown_names_on_the_same_path(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Tests that an unknown name's password is verified once, as a known one's is."""
    seen: list[str] = []

    def verify(password_hash: str, _: bytes) -> bool:
        seen.append(password_hash)
        return True

    monkeypatch.setattr(type(passwords.HASHER), "verify", lambda _, *given: verify(*given))
    assert await passwords.matches("$known", "x")
    assert not await passwords.matches(None, "x"), "even the stand-in's own password is refused"
    assert seen == ["$known", passwords.NOBODY]


async def test_passwords_refuse_when_the_queue_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a flood of sign-ins is told to come back rather than queued for ever."""
    monkeypatch.setattr(passwords, "NUM_WAITING_MAX", 0)
    with pytest.raises(Refusal) as caught:
        await passwords.matches(None, "x")
    assert (caught.value.code, caught.value.status) == ("busy", 503)


def refused(decide: object) -> str | None:
    """Return the code of the refusal that `decide` raises, or None."""
    assert callable(decide)
    try:
        decide()
    except Refusal as refusal:
        return refusal.code
    return None
