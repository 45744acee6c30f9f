"""Who and what a simulated town consists of, and how its rows get into the books."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

import asyncpg


@dataclass(frozen=True)
class Visit:
    """A stop with its one act."""

    stop_id: uuid.UUID
    point_id: uuid.UUID
    act_id: uuid.UUID
    kind: str
    errand_id: uuid.UUID
    item_id: uuid.UUID | None
    """None until papers are taken at the door."""
    citizen_id: uuid.UUID


@dataclass(frozen=True)
class CourierOfTown:
    """A courier with an enrolled phone, signed in, and the round of the day."""

    office_id: uuid.UUID
    staff_id: uuid.UUID
    device_id: uuid.UUID
    session: str
    """The token of the phone's session."""
    round_id: uuid.UUID
    visits: tuple[Visit, ...]


@dataclass
class Town:
    """Couriers by number, and the rows that make them real."""

    now: datetime
    couriers: list[CourierOfTown] = field(default_factory=list)
    spares: list[Visit] = field(default_factory=list)
    """Errands of the first office that are on no round yet; their stop and act are made later."""
    rows: dict[str, list[dict[str, object]]] = field(default_factory=dict)

    def add(self, table: str, **columns: object) -> None:
        """Add a row to be written."""
        self.rows.setdefault(table, []).append(columns)

    async def write(self, conn: asyncpg.Connection) -> None:
        """Write all rows through a superuser's connection; in the order they were begun."""
        await conn.set_type_codec(
            "jsonb",
            schema="pg_catalog",
            encoder=lambda text: b"\x01" + text.encode(),
            decoder=lambda raw: raw[1:].decode(),
            format="binary",
        )
        for table, rows in self.rows.items():
            schema, name = table.split(".")
            columns = list(rows[0])
            await conn.copy_records_to_table(
                name,
                schema_name=schema,
                columns=columns,
                records=[tuple(row[column] for column in columns) for row in rows],
            )
