from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from backend import identity
from backend.identity import store
from backend.kit.db import set_walls
from backend.kit.errors import Refusal
from backend.kit.ids import new_id
from backend.kit.seal import SealBroken, Sealer
from backend.kit.sql import Conn

pytestmark = pytest.mark.store

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
HERE, THERE = new_id(), new_id()
SEALER = Sealer({1: bytes(range(32))}, bytes(range(32, 64)))


def draft(**change: object) -> identity.StaffDraft:
    fields: dict[str, object] = {
        "office_id": HERE,
        "username": "tam.nguyen",
        "display_name": "Nguyễn Thị Tâm",
        "role": "courier",
    }
    return identity.StaffDraft(**(fields | change))  # type: ignore[arg-type]


def person(**change: object) -> identity.CitizenDraft:
    fields: dict[str, object] = {
        "office_id": HERE,
        "name": "Trần Văn Hòa",
        "phone": "0912 345 678",
    }
    return identity.CitizenDraft(**(fields | change))  # type: ignore[arg-type]


async def test_add_staff_refuses_a_taken_name(conn: Conn) -> None:
    """Tests that a user name is one person's, in all offices together, whatever its case."""
    await identity.add_staff(conn, draft(), now=NOW)
    with pytest.raises(Refusal) as caught:
        await identity.add_staff(conn, draft(office_id=THERE, username="Tam.Nguyen"), now=NOW)
    assert (caught.value.status, caught.value.code) == (409, "username_taken")


async def test_add_staff_refuses_an_agency_of_elsewhere(conn: Conn) -> None:
    """Tests that an agency's officer works where the agency's counter is."""
    partner = identity.Partner(
        new_id(), "UBND-VC", "UBND phường Võ Cường", THERE, 21.1, 106.0, "", True
    )
    await identity.save_partner(conn, partner)
    officer = {"role": "agency_officer", "partner_id": partner.id}
    added = await identity.add_staff(conn, draft(office_id=THERE, **officer), now=NOW)
    assert added.partner_id == partner.id
    for wrong in ({"office_id": HERE}, {"office_id": THERE, "partner_id": new_id()}):
        with pytest.raises(Refusal) as caught:
            await identity.add_staff(conn, draft(username="khac", **(officer | wrong)), now=NOW)
        assert caught.value.code == "partner_for_officers_only"


async def test_save_partner_keeps_the_code_once(conn: Conn) -> None:
    """Tests that a partner saved again under its code keeps its id and takes the new name."""
    first = identity.Partner(new_id(), "UBND-KB", "UBND cũ", HERE, 21.1, 106.0, "", False)
    again = identity.Partner(new_id(), "UBND-KB", "UBND mới", HERE, 21.2, 106.0, "", False)
    assert await identity.save_partner(conn, first) == first.id
    assert await identity.save_partner(conn, again) == first.id
    assert [partner.name for partner in await identity.list_partners(conn)] == ["UBND mới"]
    assert (await identity.get_partner(conn, first.id)).lat == 21.2


async def test_list_staff_of_the_offices_seen(conn: Conn) -> None:
    """Tests that staff of other offices is not there, for lists and for single people."""
    here = await identity.add_staff(conn, draft(), now=NOW)
    there = await identity.add_staff(conn, draft(office_id=THERE, username="xoan"), now=NOW)
    await identity.add_staff(conn, draft(username="phoi", role="dispatcher"), now=NOW)
    await set_walls(conn, actor="test", offices=[HERE])
    assert [staff.id for staff in await identity.list_staff(conn, "courier")] == [here.id]
    assert len(await identity.list_staff(conn)) == 2
    with pytest.raises(Refusal) as caught:
        await identity.get_staff(conn, there.id)
    assert caught.value.status == 404


async def test_save_citizen_knows_phone_and_name(conn: Conn) -> None:
    """Tests that one is known again by phone and name however written, and else is new."""
    first = await identity.save_citizen(conn, SEALER, person(), now=NOW)
    same = person(name="Trần Văn Hoà", phone="+84912345678", wishes="Gọi trước")
    assert await identity.save_citizen(conn, SEALER, same, now=NOW) == first
    known = await identity.get_citizen(conn, SEALER, first)
    assert (known.phone, known.wishes, known.name) == ("+84912345678", "Gọi trước", "Trần Văn Hoà")
    others = [
        await identity.save_citizen(conn, SEALER, other, now=NOW)
        for other in (
            person(name="Trần Thị Mai"),  # the same phone in the family
            person(phone="0912 345 679"),
            person(office_id=THERE),  # another office knows people for itself
            person(phone=None),
            person(phone=None),  # without a phone nobody is taken for somebody else
        )
    ]
    assert len({first, *others}) == 6
    found = await identity.list_citizens_by_phone(conn, SEALER, HERE, "0912.345.678")
    assert {citizen.id for citizen in found} == {first, others[0]}


@pytest.mark.parametrize(
    ("change", "code"), [({"phone": "113 114"}, "phone_invalid"), ({"name": " "}, "name_invalid")]
)
async def test_save_citizen_refuses(conn: Conn, change: dict[str, str], code: str) -> None:
    """Tests that a citizen has a name, and a phone that can be called or none."""
    with pytest.raises(Refusal) as caught:
        await identity.save_citizen(conn, SEALER, person(**change), now=NOW)
    assert (caught.value.status, caught.value.code) == (422, code)


async def test_phones_are_sealed_to_their_row(conn: Conn) -> None:
    """Tests that the table alone tells no phone, and that a seal opens in no other row."""
    mine = await identity.save_citizen(conn, SEALER, person(), now=NOW)
    other = await identity.save_citizen(conn, SEALER, person(phone="0987654321"), now=NOW)
    row = await conn.fetchrow("SELECT * FROM identity.citizen WHERE id = $1", mine)
    assert "912345678" not in str(dict(row))
    assert b"912345678" not in row["phone_sealed"] + row["phone_index"]
    await conn.execute(
        "UPDATE identity.citizen SET phone_sealed = $2 WHERE id = $1", other, row["phone_sealed"]
    )
    with pytest.raises(SealBroken):
        await identity.get_citizen(conn, SEALER, other)


async def test_get_citizen_of_another_office_is_not_there(conn: Conn) -> None:
    """Tests that another office's citizen and an unknown one are the same 404."""
    citizen_id = await identity.save_citizen(conn, SEALER, person(), now=NOW)
    await set_walls(conn, actor="test", offices=[THERE])
    for wanted in (citizen_id, new_id()):
        with pytest.raises(Refusal) as caught:
            await identity.get_citizen(conn, SEALER, wanted)
        assert (caught.value.status, caught.value.code) == (404, "not_found")


async def test_find_link_does_the_same_for_unknown(conn: Conn) -> None:
    """Tests that a link is found by one look-up of the hash's index, known or not."""
    errand_id = new_id()
    token = await identity.make_link(
        conn, office_id=HERE, errand_id=errand_id, expires_at=NOW + timedelta(days=1), now=NOW
    )
    found = await identity.find_link(conn, token, now=NOW)
    assert found == identity.Link(office_id=HERE, errand_id=errand_id)
    for wrong in ("", token[:-1], token.upper(), "\x00", "x" * 10_000):
        assert await identity.find_link(conn, wrong, now=NOW) is None
    await conn.execute("SET LOCAL enable_seqscan = off")
    plan = await conn.fetch(
        "EXPLAIN " + store.queries.sql("find_link").replace("$1", "''").replace("$2", "now()")
    )
    assert "link_token_hash_key" in str(plan)


async def test_find_session_reads_by_index(conn: Conn) -> None:
    """Tests that the query of every request walks indexes only."""
    await conn.execute("SET LOCAL enable_seqscan = off")
    plan = str(await conn.fetch("EXPLAIN " + store.queries.sql("find_session").replace("$1", "''")))
    assert "session_token_hash_key" in plan
    assert "Seq Scan" not in plan


async def test_audit_cannot_be_changed(conn: Conn) -> None:
    """Tests that a row of the audit stays as it was written."""
    entry = identity.AuditEntry(office_id=HERE, at=NOW, action="phone.show", outcome="granted")
    await identity.audit(conn, entry)
    for statement in (
        "UPDATE identity.audit SET outcome = 'refused'",
        "DELETE FROM identity.audit",
        "TRUNCATE identity.audit",
    ):
        with pytest.raises(asyncpg.PostgresError) as caught:
            async with conn.transaction():
                await conn.execute(statement)
        assert caught.value.sqlstate in ("42501", "23001")  # not allowed, or refused by the book


async def test_a_person_makes_no_code_for_themselves_even_in_sql(conn: Conn) -> None:
    """Tests that the database itself wants two people for a code (A3)."""
    staff = await identity.add_staff(conn, draft(), now=NOW)
    with pytest.raises(asyncpg.CheckViolationError):
        await store.replace_code(
            conn,
            staff,
            made_by=staff.id,
            code_hash=b"x",
            expires_at=NOW + timedelta(minutes=10),
            now=NOW,
        )


async def test_writes_into_another_office_are_refused(conn: Conn) -> None:
    """Tests that the wall holds for new rows too."""
    await set_walls(conn, actor="test", offices=[HERE])
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await identity.add_staff(conn, draft(office_id=UUID(int=7)), now=NOW)
