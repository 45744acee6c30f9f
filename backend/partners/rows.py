"""Judges the rows of a file of errands against what there is; pure, nothing is written here."""

import hashlib
import math
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

import msgspec

from backend import identity, network
from backend.dossiers import Procedure
from backend.identity import Partner
from backend.kit.csv_table import Fault, Row, Table
from backend.kit.errors import Invalid
from backend.kit.geo import Position, distance_m
from backend.kit.text import fold
from backend.network import Commune, Gazetteer, Office
from backend.partners.cells import INSTRUCTION_LENGTH_MAX, KEY_LENGTH_MAX, Cells

SHOWN_CANDIDATES_MAX = 5
ADDRESS_LENGTH_MAX = 300
SEAL_LENGTH_MAX = 40
# A pin further from the commune's centre than its size explains is a mistake.
REACH_FACTOR, REACH_MORE_M = 2.5, 2_000
AREA_KM2_USUAL = 50.0


class Line(msgspec.Struct, frozen=True):
    """A row found sound: an errand to book."""

    row: int
    office_id: UUID
    service: str
    procedure: Procedure
    partner: Partner
    citizen_name: str
    phone: str | None
    address: str
    commune_code: str | None
    """None when the words of the address say it themselves, or nobody knows."""
    position: tuple[float, float] | None
    import_key: str
    dossier_code: str | None
    wanted_on: date
    window: tuple[int, int] | None
    fee_vnd: int | None
    postage_vnd: int
    weight_g: int | None
    instruction: str
    seal_number: str


class Scope(msgspec.Struct, frozen=True):
    """What a file's rows are judged against."""

    today: date
    home: Office | None
    """Where the one who imports belongs; None for the house."""
    offices: dict[str, Office]
    """The office that serves a commune, within what the actor sees."""
    partners: list[Partner]
    procedures: dict[str, Procedure]
    names: Gazetteer


def judge(table: Table, scope: Scope) -> tuple[list[Line], list[Fault]]:
    """Return the sound rows, and what is wrong with the others."""
    lines: list[Line] = []
    faults = list(table.faults)
    first_row: dict[tuple[UUID, str], int] = {}
    for row in table.rows:
        cells = Cells(row.number, row.cells)
        line = _read_line(row, cells, scope)
        if cells.faults or line is None:
            faults.extend(cells.faults)
            continue
        earlier = first_row.setdefault((line.office_id, line.import_key), row.number)
        if earlier != row.number:
            faults.append(Fault(row.number, "", "row_twice", "", {"first_row": earlier}))
            continue
        lines.append(line)
    return lines, faults


def _read_line(row: Row, cells: Cells, scope: Scope) -> Line | None:
    """Return a row's errand; None when its faults, in `cells`, leave nothing to book."""
    service = cells.service()
    code = cells.dossier_code(is_required=service == "S2")
    procedure = _find_procedure(cells, scope, service)
    name = cells.name()
    phone = _read_phone(cells)
    address = cells.text("address", length_max=ADDRESS_LENGTH_MAX, is_required=True)
    position = cells.position()
    said, commune = _find_commune(cells, scope, position)
    office = _find_office(cells, scope, commune)
    partner = None if office is None else _find_partner(cells, scope, office)
    wanted_on, window = cells.day(scope.today), cells.window()
    fee_vnd, postage_vnd = cells.amount("fee_vnd"), cells.amount("postage_vnd")
    weight_g = cells.weight()
    instruction = cells.text("instruction", length_max=INSTRUCTION_LENGTH_MAX)
    seal_number = cells.text("seal_number", length_max=SEAL_LENGTH_MAX)
    key = cells.text("import_key", length_max=KEY_LENGTH_MAX)
    if cells.faults or procedure is None or office is None or partner is None:
        return None
    words = (service, code or "", procedure.code, fold(name), phone or "", fold(address))
    return Line(
        row=row.number,
        office_id=office.id,
        service=service,
        procedure=procedure,
        partner=partner,
        citizen_name=name,
        phone=phone,
        address=address,
        commune_code=said,
        position=position,
        import_key=f"key:{key}" if key else _make_key(words, wanted_on, code),
        dossier_code=code,
        wanted_on=wanted_on,
        window=window,
        fee_vnd=fee_vnd if service == "S1" else fee_vnd or 0,
        postage_vnd=postage_vnd or 0,
        weight_g=weight_g,
        instruction=instruction,
        seal_number=seal_number,
    )


def _make_key(words: Sequence[str], wanted_on: date, code: str | None) -> str:
    """Return by what a row without a key of its own is known.

    A dossier with a code is the same on any day; without one, the day tells two visits apart.
    """
    said = (*words[:3],) if code else (*words, wanted_on.isoformat())
    return "row:" + hashlib.sha256("\x1f".join(said).encode()).hexdigest()[:32]


def _find_procedure(cells: Cells, scope: Scope, service: str) -> Procedure | None:
    code = cells.procedure_code()
    if code is None:
        return None
    procedure = scope.procedures.get(code)
    if procedure is None:
        cells.fault("procedure_code", "cell_procedure_unknown")
    elif service == "S1" and procedure.must_appear:
        cells.fault("procedure_code", "cell_must_appear")
    elif service == "S1" and not procedure.is_by_post:
        cells.fault("procedure_code", "cell_not_by_post")
    return procedure


def _read_phone(cells: Cells) -> str | None:
    text = cells.cells["phone"]
    if not text:
        return None
    try:
        return identity.read_phone(text)
    except Invalid:
        cells.fault("phone", "cell_phone")
        return None


def _find_commune(
    cells: Cells, scope: Scope, position: tuple[float, float] | None
) -> tuple[str | None, Commune | None]:
    """Return the commune's code if the row says it in a cell of its own, and the commune."""
    found = scope.names.resolve(cells.cells["address"])
    if found.why == "outside":
        cells.fault("address", "cell_address_outside")
        return None, None
    said = None
    if cells.cells["commune"]:
        said = network.find_commune_code(scope.names, cells.cells["commune"])
        if said is None:
            cells.fault("commune", "cell_commune_unknown")
            return None, None
        if found.commune_code not in (None, said):
            other = scope.names.find_commune(found.commune_code or "")
            shown = other.name if other else None
            cells.fault("commune", "cell_commune_conflict", commune=shown)
            return None, None
    code = said or found.commune_code
    if code is None:
        if position is None and cells.cells["address"]:
            cells.fault(
                "address",
                f"cell_address_{found.why}",
                candidates=_names(scope.names, found.candidates),
            )
        return None, None
    commune = scope.names.find_commune(code)
    assert commune is not None
    _check_near(cells, commune, position)
    return said, commune


def _names(names: Gazetteer, codes: Iterable[str]) -> str:
    units = [names.find_commune(code) for code in codes]
    shown = [unit.name for unit in units if unit is not None][:SHOWN_CANDIDATES_MAX]
    return ", ".join(shown) or "—"


def _check_near(cells: Cells, commune: Commune, position: tuple[float, float] | None) -> None:
    if position is None:
        return
    radius_m = 1000 * math.sqrt((commune.area_km2 or AREA_KM2_USUAL) / math.pi)
    away_m = distance_m(Position(*position), Position(commune.lat, commune.lon))
    if away_m > REACH_FACTOR * radius_m + REACH_MORE_M:
        cells.fault(
            "lat", "cell_position_far", commune=commune.name, distance_km=round(away_m / 1000)
        )


def _find_office(cells: Cells, scope: Scope, commune: Commune | None) -> Office | None:
    office = scope.offices.get(commune.code) if commune else None
    if office is None:
        office = scope.home
    if office is None and not cells.faults:
        cells.fault("address", "cell_not_served", commune=commune.name if commune else "—")
    return office


def _find_partner(cells: Cells, scope: Scope, office: Office) -> Partner | None:
    """Return the agency named, or the office's only one when none is named."""
    own = [partner for partner in scope.partners if partner.office_id == office.id]
    wanted = cells.cells["partner_code"].casefold()
    if not wanted:
        if len(own) == 1:
            return own[0]
        cells.fault("partner_code", "cell_missing")
        return None
    named = [partner for partner in own if partner.code.casefold() == wanted]
    if not named:
        cells.fault("partner_code", "cell_partner_unknown")
        return None
    return named[0]
