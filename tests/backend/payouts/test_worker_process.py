"""Tests that a real worker reads a list's file and brings its payouts to their doors."""

import asyncio
import subprocess
import time

import pytest

from backend import doorstep, payouts
from backend.payouts.model import Upload
from tests.backend.payouts.making import ASKED, HOME, NOW, Counter, file_of, row_of

pytestmark = [pytest.mark.anyio, pytest.mark.store, pytest.mark.slow]

WAIT_S = 60


async def wait_done(counter: Counter, upload_id: object) -> Upload:
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        async with counter.begin() as conn:
            upload = await payouts.find_upload(conn, counter.office_id, upload_id)
        assert upload is not None
        if upload.state in ("done", "judged", "failed"):
            return upload
        await asyncio.sleep(0.1)
    raise AssertionError("the worker never read the file")


async def test_worker_reads_and_places(
    counter: Counter, live_worker: subprocess.Popen[bytes]
) -> None:
    """Tests that what is brought is read, and what is approved gets due, by jobs alone."""
    async with counter.begin() as conn:
        upload_id = await payouts.bring(
            conn,
            counter.house.sealer,
            office_id=counter.office_id,
            partner_id=counter.day.partner_id,
            by=counter.officer,
            asked=ASKED,
            raw=file_of(row_of(1, **HOME), row_of(2)),
            commit=True,
            now=NOW,
        )
    upload = await wait_done(counter, upload_id)
    assert (upload.state, upload.num_good, upload.num_read) == ("done", 2, 2)
    batch = await counter.list_of(upload.list_id)
    await counter.fund(batch)
    await counter.approve(batch)
    home, _ = await counter.rows(batch)
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        async with counter.begin() as conn:
            errands = await doorstep.list_errands(conn, counter.office_id, [home.id])
        if errands:
            break
        await asyncio.sleep(0.1)
    assert [errand.cash_out_vnd for errand in errands] == [3_500_000]
    assert live_worker.poll() is None
