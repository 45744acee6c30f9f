import random
import struct
import zlib

import pytest

from backend.kit.errors import Refusal
from backend.proofs.pictures import MEGAPIXELS_MAX, SIDE_MAX, check_picture
from tests.backend.proofs.making import jpeg, png, webp


@pytest.mark.parametrize("make", [png, jpeg, webp])
def test_pictures_of_bearable_size_are_taken(make) -> None:
    """Tests that each kind is known by its own header, up to the limit exactly."""
    kind = f"image/{make.__name__}"
    assert check_picture(make(1280, 960)) == kind
    assert check_picture(make(1, 1)) == kind
    assert check_picture(make(5000, MEGAPIXELS_MAX * 200)) == kind


@pytest.mark.parametrize("make", [png, jpeg, webp])
@pytest.mark.parametrize(
    "size",
    [(7300, 5480), (5000, 5001), (SIDE_MAX - 1, SIDE_MAX - 1)],  # 40 megapixels; one row more
)
def test_too_many_pixels_are_refused_by_name(make, size: tuple[int, int]) -> None:
    """Tests that a picture of 40 megapixels is refused by what it claims, however few its bytes."""
    with pytest.raises(Refusal) as refused:
        check_picture(make(*size))
    assert refused.value.code == "too_many_pixels"
    assert (refused.value.params["width"], refused.value.params["height"]) == size


def test_a_bomb_is_refused_without_unpacking_it() -> None:
    """Tests that a few kilobytes that unpack to gigabytes are judged by their header."""
    rows = zlib.compress(bytes(10_000_000), 9)
    bomb = png(65_000, 65_000, rows)
    assert len(bomb) < 20_000
    with pytest.raises(Refusal) as refused:
        check_picture(bomb)
    assert refused.value.code == "too_many_pixels"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xd8\xff",  # no frame
        b"\xff\xd8\xff\xe0\x00\x01",  # a segment shorter than its own length
        b"\xff\xd8\xff\xe0\x00\x04ab" + b"\x00" * 20,  # no marker where one should be
        jpeg(0, 5),
        png(0, 5),
        png(5, 5)[:20],
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IDAT", 5, 5),
        webp(5, 5)[:20],
        b"RIFF\x00\x00\x00\x00WEBPVP9 " + bytes(30),
        b"GIF89a" + bytes(30),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7" + bytes(30),
    ],
)
def test_what_is_no_picture_is_refused(body: bytes) -> None:
    """Tests that half headers and other files are no pictures."""
    with pytest.raises(Refusal) as refused:
        check_picture(body)
    assert refused.value.code == "not_a_picture"


def test_no_bytes_break_the_reader() -> None:
    """Tests that headers cut and altered at random are taken or refused, never a crash (P13)."""
    seed = 20261126
    rnd = random.Random(seed)
    codes = set()
    for _ in range(4000):
        body = bytearray(rnd.choice((png, jpeg, webp))(640, 480))
        for _ in range(rnd.randrange(6)):
            body[rnd.randrange(len(body))] = rnd.randrange(256)
        try:
            check_picture(bytes(body[: rnd.randrange(len(body) + 1)]))
        except Refusal as refusal:
            codes.add(refusal.code)
    assert codes == {"not_a_picture", "too_many_pixels"}, f"seed {seed}"
