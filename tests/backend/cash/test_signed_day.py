"""Tests that the sheet of a day is signed on the screen by both its sides as it closes (L12)."""

import io

import pypdf

from tests.backend.cash.test_http import API, DAY, SIGNED, Desk, close, desk, read

__all__ = ["desk"]


async def test_day_closes_with_two_signatures_alone(desk: Desk) -> None:
    """Tests that a day with one signature, or with none that can be drawn, stays open."""
    for client in (desk.cashier, desk.controller):
        await client.post(f"{API}/days/count", params=DAY, json={"notes": {"500000": 100}})
    for signs in ({}, SIGNED | {"sign_cashier": ""}, SIGNED | {"sign_controller": "- -"}):
        refused = await desk.controller.post(f"{API}/days/close", params=DAY, json=signs)
        assert (refused.status_code, refused.json()["code"]) == (409, "day_unsigned")
    assert (await read(desk.controller, "/days", **DAY))["state"] == "verified"
    assert (await read(desk.controller, "/days/figures", **DAY))["signs"] == []
    closed = await desk.controller.post(f"{API}/days/close", params=DAY, json=SIGNED)
    assert closed.status_code == 204, closed.text


async def test_signatures_stand_on_the_sheet(desk: Desk) -> None:
    """Tests that figures and PDF bear both names and strokes until the day is opened again."""
    bare = (await desk.controller.get(f"{API}/days/sheet", params=DAY)).content
    await close(desk)
    signs = (await read(desk.controller, "/days/figures", **DAY))["signs"]
    assert signs == [
        {"name": "Mẫu cashier", "strokes": SIGNED["sign_cashier"]},
        {"name": "Mẫu controller", "strokes": SIGNED["sign_controller"]},
    ]
    paper = (await desk.controller.get(f"{API}/days/sheet", params=DAY)).content
    text = pypdf.PdfReader(io.BytesIO(paper)).pages[0].extract_text()
    assert text.count("Đã ký trên màn hình") == 2
    assert "Mẫu cashier" in text
    assert "Đã ký" not in pypdf.PdfReader(io.BytesIO(bare)).pages[0].extract_text()
    ask = {"kind": "reopen_day", "reason": "quên một giấy nộp", **DAY}
    asked = await desk.cashier.post(f"{API}/proposals", json=ask)
    path = f"{API}/proposals/{asked.json()['proposal_id']}/decide"
    opened = await desk.controller.post(path, json={"is_allowed": True})
    assert opened.status_code == 204, opened.text
    assert (await read(desk.controller, "/days/figures", **DAY))["signs"] == []
