"""Makes the proof sheet: one part a fact, then where each fact lies in its phone's chain."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from backend import identity, network, proofs, rounds
from backend.board import store
from backend.board.evidence import rows
from backend.board.evidence.pictures import Figure, Pictures
from backend.board.evidence.rows import ActRow, Arrival, AttemptRow, ChainRow, CorrectionRow
from backend.board.evidence.telling import Told, tell_proofs
from backend.board.evidence.words import Words
from backend.board.model import ErrandRow
from backend.board.views import find_place
from backend.kit import pdf
from backend.kit.catalog import Locale
from backend.kit.clock import LOCAL, service_day
from backend.kit.errors import NotFound
from backend.kit.pdf import Column, Letterhead, Section
from backend.kit.seal import Sealer
from backend.kit.sql import Conn
from backend.kit.text import fold
from backend.proofs import BlobFolder, Proof
from backend.rounds import ProofLine

TEMPLATE: Final = Path(__file__).with_name("templates") / "evidence.typ"
ENDS: Final = {"dossier.accept": "accepted", "result.deliver": "delivered"}


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One fact told at a door, as it is printed."""

    title: str
    marks: list[str]
    facts: list[tuple[str, str]]
    demands: Section
    inks: list[Figure]
    photos: list[Figure]


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """What the template is given."""

    letterhead: Letterhead
    title: str
    subtitle: str
    sample: str
    facts: list[tuple[str, str]]
    note: str
    visits: list[Visit]
    chain: Section
    chain_note: str
    footer: str


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one visit to the errand."""

    op_id: UUID
    at: datetime
    act: ActRow | None
    attempt: AttemptRow | None
    proofs: list[Proof]
    corrections: list[CorrectionRow]
    places: list[ChainRow]

    @property
    def stop_id(self) -> UUID | None:
        """Return which visit of a round it was, as far as it is known."""
        if self.attempt is not None:
            return self.attempt.stop_id
        return None if self.act is None else self.act.stop_id


async def print_evidence(
    conn: Conn,
    sealer: Sealer,
    folder: BlobFolder,
    office_id: UUID,
    errand_id: UUID,
    *,
    locale: Locale,
    now: datetime,
) -> bytes:
    """Return the proof sheet of a dossier's errand as PDF; raise `NotFound`, `TooLarge`."""
    file = await store.find_errand(conn, office_id, errand_id)
    if file is None:
        raise NotFound()
    words = Words(locale)
    citizen = await identity.get_citizen(conn, sealer, file.citizen_id)
    facts, chain = await _read_facts(conn, office_id, errand_id)
    arrivals = await rows.find_arrivals(conn, office_id, chain)
    pictures = Pictures(conn, folder, office_id, words)
    papers = {one["paper"]: one["name"] for one in [*file.checklist, *file.reclaims]}
    telling = Told(words, citizen.name, papers, is_taking=file.row.service == "S1")
    visits = [
        await _make_visit(conn, office_id, fact, n, telling, arrivals, pictures)
        for n, fact in enumerate(facts, 1)
    ]
    row = file.row
    paper = Paper(
        letterhead=await network.get_letterhead(conn, office_id, service_day(now)),
        title=words.say("title"),
        subtitle=words.say("subtitle"),
        sample=words.say("sample") if citizen.is_demo else "",
        facts=[
            (words.say("procedure"), row.procedure_name),
            (words.say("dossier"), row.dossier_code or "–"),
            (words.say("item"), row.item_code or "–"),
            (words.say("agency"), row.partner_name),
            (words.say("citizen"), row.name),
            (words.say("address"), _address_of(row)),
            (words.say("printed"), _moment(now)),
        ],
        note="" if visits else words.say("unvisited"),
        visits=visits,
        chain=_make_chain(chain, words),
        chain_note=words.say("chain_note"),
        footer=row.dossier_code or row.item_code or "",
    )
    return await pdf.make(TEMPLATE, paper, at=now)


async def _read_facts(
    conn: Conn, office_id: UUID, errand_id: UUID
) -> tuple[list[Fact], list[ChainRow]]:
    """Return the visits in order, and the places in the chain of all that was told of them."""
    acts = await rows.list_acts(conn, office_id, errand_id)
    attempts = {one.op_id: one for one in await rows.list_attempts(conn, office_id, errand_id)}
    said = await rows.list_corrections(conn, office_id, [act.id for act in acts])
    evidence: dict[UUID, list[Proof]] = {}
    for proof in await proofs.list_proofs(conn, office_id, errand_id):
        if proof.op_id is not None:
            evidence.setdefault(proof.op_id, []).append(proof)
    afterwards = {one.op_id for one in said}
    ended = {act.op_id: act for act in acts if act.op_id is not None}
    op_ids = {*evidence, *attempts, *ended}
    chain = await rows.list_places_in_chain(conn, office_id, sorted(op_ids | afterwards))
    facts = []
    for op_id in op_ids - afterwards:
        places = [one for one in chain if one.op_id == op_id]
        act = ended.get(op_id) or _find_act(acts, attempts.get(op_id), places)
        kept = evidence.get(op_id, [])
        at = _first_instant(places, kept, act)
        if at is not None:
            facts.append(
                Fact(
                    op_id=op_id,
                    at=at,
                    act=act,
                    attempt=attempts.get(op_id),
                    proofs=kept,
                    corrections=[one for one in said if one.corrects_op_id == op_id],
                    places=places,
                )
            )
    return sorted(facts, key=lambda fact: (fact.at, fact.op_id)), chain


def _first_instant(
    places: Sequence[ChainRow], kept: Sequence[Proof], act: ActRow | None
) -> datetime | None:
    if places:
        return places[0].occurred_at
    return kept[0].occurred_at if kept else act and act.ended_at


def _find_act(
    acts: Sequence[ActRow], attempt: AttemptRow | None, places: Sequence[ChainRow]
) -> ActRow | None:
    """Return the act that a fact ended before it was taken back, or None."""
    named = find_place(places[0].raw).act if places else None
    stop_id = None if attempt is None else attempt.stop_id
    return next((act for act in acts if act.id == named or act.stop_id == stop_id), None)


async def _make_visit(
    conn: Conn,
    office_id: UUID,
    fact: Fact,
    n: int,
    telling: Told,
    arrivals: dict[UUID, Arrival],
    pictures: Pictures,
) -> Visit:
    say = telling.words.say
    photos = [proof for proof in fact.proofs if proof.kind == "photo"]
    figures = [await pictures.draw(photo) for photo in photos]
    num_came = sum(figure.has_come for figure in figures)
    facts = [
        *_tell_visit(fact, telling.words, arrivals),
        *_tell_end(fact, telling.words),
        *tell_proofs(fact.proofs, telling, is_done=fact.attempt is None),
        (say("photos"), say("photos.n", n=len(photos), came=num_came)),
    ]
    lines = await _list_lines(conn, office_id, fact)
    return Visit(
        title=say("visit", n=n, end=say(_end_of(fact))),
        marks=[say(f"mark.{one.wrong}", reason=one.reason) for one in fact.corrections],
        facts=facts,
        demands=_make_demands(fact, lines, telling.words, num_came=num_came),
        inks=pictures.draw_signs(fact.proofs),
        photos=figures,
    )


def _end_of(fact: Fact) -> str:
    if fact.attempt is not None:
        return "failed"
    if any(
        not one["is_taken"]
        for proof in fact.proofs
        if proof.kind == "reclaim"
        for one in proof.data["papers"]
    ):
        return "partly"
    return "delivered" if fact.act is None else ENDS[fact.act.kind]


def _tell_visit(fact: Fact, words: Words, arrivals: dict[UUID, Arrival]) -> list[tuple[str, str]]:
    who = fact.places[0] if fact.places else fact.act
    name = "–" if who is None else who.courier
    badge = words.say("badge", badge=who.badge) if who is not None and who.badge else ""
    acted = _moment(fact.at)
    if fact.places and fact.places[0].time_quality == "suspect":
        acted += f" ({words.say('suspect')})"
    untold = words.say("untold")
    came_at = None if fact.act is None else fact.act.arrived_at
    place = None if fact.stop_id is None else arrivals.get(fact.stop_id)
    return [
        (words.say("courier"), ", ".join(filter(None, (name, badge)))),
        (words.say("arrived"), untold if came_at is None else _moment(came_at)),
        (words.say("place"), _say_place(place) or untold),
        (words.say("acted"), acted),
    ]


def _say_place(place: Arrival | None) -> str:
    if place is None or place.lat is None or place.lon is None:
        return ""
    near = "" if place.accuracy_m is None else f" (± {place.accuracy_m:.0f} m)"
    return f"{place.lat:.5f}, {place.lon:.5f}{near}"


def _tell_end(fact: Fact, words: Words) -> list[tuple[str, str]]:
    told = [(words.say("end"), words.say(_end_of(fact)))]
    attempt = fact.attempt
    if attempt is None:
        return told
    told.append((words.say("reason"), words.say(f"failure.{attempt.reason}")))
    if attempt.note:
        told.append((words.say("note"), attempt.note))
    if attempt.invitation_n is not None:
        told.append((words.say("invitation"), words.say("invitation_n", n=attempt.invitation_n)))
    if attempt.next_on is not None:
        told.append((words.say("next_on"), f"{attempt.next_on:%d/%m/%Y}"))
    return told


async def _list_lines(conn: Conn, office_id: UUID, fact: Fact) -> list[ProofLine]:
    """Return what the office's rules of that round's day ask for an end like this one."""
    if fact.act is None:
        return []
    found = await rounds.find_proof_rules(conn, office_id, fact.act.service_on)
    reason = None if fact.attempt is None else fact.attempt.reason
    end = "done" if fact.attempt is None else "failed"
    return [
        line
        for line in rounds.list_proof_lines([] if found is None else found.rules)
        if (line.act, line.ending, line.reason) == (fact.act.kind, end, reason)
        and line.demand != "off"
    ]


def _make_demands(
    fact: Fact, lines: Sequence[ProofLine], words: Words, *, num_came: int
) -> Section:
    num_photos = sum(proof.kind == "photo" for proof in fact.proofs)
    has_sign = any(proof.data.get("strokes") for proof in fact.proofs)
    has = {
        "photo": num_photos > 0,
        "note": fact.attempt is not None and fact.attempt.note != "",
        "sign_citizen": has_sign,
    }

    def tell(line: ProofLine) -> str:
        if not has[line.proof]:
            return words.say("there.no")
        is_away = line.proof == "photo" and num_came < num_photos
        return words.say("there.away" if is_away else "there.yes")

    return Section(
        columns=[
            Column(words.say("rule"), width=2),
            Column(words.say("demand"), width=1),
            Column(words.say("there"), width=2),
        ],
        rows=[
            [words.say(f"rule.{one.proof}"), words.say(f"demand.{one.demand}"), tell(one)]
            for one in lines
        ],
    )


def _address_of(row: ErrandRow) -> str:
    """Return the door's address, with its commune where the address does not say it."""
    is_said = row.commune is None or fold(row.commune) in fold(row.address)
    return row.address if is_said else f"{row.address}, {row.commune}"


def _make_chain(chain: Sequence[ChainRow], words: Words) -> Section:
    return Section(
        title=words.say("chain"),
        columns=[
            Column(words.say("fact"), width=2),
            Column(words.say("stream")),
            Column(words.say("seq"), "right"),
            Column(words.say("hash"), width=3),
        ],
        rows=[
            [
                f"{words.say(f'kind.{one.kind}')}, {_moment(one.occurred_at)}",
                str(one.stream_id),
                str(one.seq),
                " ".join(one.hash.hex()[at : at + 16] for at in range(0, 64, 16)),
            ]
            for one in chain
        ],
    )


def _moment(at: datetime) -> str:
    return f"{at.astimezone(LOCAL):%H:%M %d/%m/%Y}"
