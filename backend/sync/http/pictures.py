"""Pictures, sent after the facts that name them."""

import asyncio
from datetime import datetime
from typing import Final

from litestar import Controller, Request, Response, head, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import FromPath

from backend import proofs
from backend.identity import Actor
from backend.kit.errors import NotFound
from backend.kit.sql import Conn
from backend.sync.http.phone import caller_of

PICTURES: Final = ("image/jpeg", "image/png", "image/webp")


class BlobController(Controller):
    """Pictures, sent whole after the facts that name them."""

    path = "/api/sync/v1/blobs/{sha256:str}"
    tags = ("sync",)

    @put(
        operation_id="sync_put_blob",
        opt={"permission": "phone.blob", "takes": PICTURES, "signed": True},
        status_code=201,
        request_max_body_size=proofs.SIZE_MAX,
        responses={200: ResponseSpec(None, description="Already stored", generate_examples=False)},
    )
    async def put_blob(
        self,
        request: Request[Actor, None, State],
        state: State,
        sha256: FromPath[str],
        actor: NamedDependency[Actor],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        """Store a picture under its SHA-256. 422 `wrong_hash`, 415 `not_a_picture`."""
        digest, house = read_digest(sha256), state.house
        caller = caller_of(actor, house, now)
        body = await request.body()
        folder = proofs.BlobFolder(house.blob_dir)
        media_type = await asyncio.to_thread(folder.store, caller.office_id, digest, body)
        async with house.db.transaction(
            actor=f"courier:{caller.staff_id}", offices=[caller.office_id]
        ) as conn:
            known = await proofs.find_blob(conn, caller.office_id, digest)
            if known is None:
                blob = proofs.Blob(digest, len(body), media_type, now, caller.staff_id)
                await proofs.add_blob(conn, caller.office_id, blob)
        return Response(None, status_code=200 if known else 201)

    @head(operation_id="sync_head_blob", opt={"permission": "phone.blob", "signed": True})
    async def head_blob(
        self, sha256: FromPath[str], actor: NamedDependency[Actor], conn: NamedDependency[Conn]
    ) -> None:
        """Answer 200 when the picture is stored, else 404."""
        if actor.office_id is None:
            raise NotFound()
        if await proofs.find_blob(conn, actor.office_id, read_digest(sha256)) is None:
            raise NotFound()


def read_digest(text: str) -> bytes:
    """Return the SHA-256 named in a path, or raise `NotFound`."""
    try:
        digest = bytes.fromhex(text)
    except ValueError as error:
        raise NotFound() from error
    if len(digest) != 32 or text != text.lower():
        raise NotFound()
    return digest


controllers: Final = (BlobController,)
