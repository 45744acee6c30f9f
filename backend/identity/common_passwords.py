"""Which passwords are guessed first: made of what people choose, however they disguise it (A3).

The list is ours: what is common in Vietnamese and English in any published ranking, the words of
this trade, runs of keys. It holds pieces rather than passwords: a password of twelve signs that is
guessed first is some of them in a row (`MatKhau@123456`, `buudien2026!`).
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from backend.kit.text import fold

TEXT: Final = """
matkhau matma mkmoi makhau dangnhap taikhoan nguoidung quantri quanly hethong congviec
anhyeuem emyeuanh yeuem yeuanh toiyeu iloveyou loveyou ilove tinhyeu giadinh hanhphuc
concuti concu vochong bame botme chame mevacon conyeu congchua hoangtu
vietnam hanoi saigon hochiminh tphcm danang haiphong cantho nhatrang dalat hue
bacninh bacgiang kinhbac luongtai thuanthanh giabinh yenphong tienson tuson quevo
lucngan lucnam songdong yendung hiephoa tanyen yenthe vietyen
buudien buucuc buuta buuchinh vnpost vietnampost tannoi hanhchinh congthongtin dichvu
thuquy kiemsoat dieuphoi canbo coquan nhanvien giaodich ketoan vanthu
sodienthoai ngaysinh khongbiet quenmatkhau khongco xinchao chaoban camon
nguyen nguyenvan nguyenthi tranvan tranthi levan lethi phamvan hoangvan
password passwd pass passw passcode welcome letmein login admin administrator root user
guest test testing demo default changeme secret master super superman batman
monkey dragon shadow sunshine princess football baseball basketball starwars pokemon
michael jordan ashley jessica charlie thomas computer internet google facebook
samsung iphone android windows microsoft whatever trustno freedom summer winter spring
autumn january february march april june july august september october november december
monday tuesday wednesday thursday friday saturday sunday hello nothing money lovely
flower cookie cheese chocolate banana orange purple yellow silver golden diamond
correct horse battery staple correcthorsebatterystaple
"""
WORDS: Final = frozenset(TEXT.split())
KEYS: Final = (
    "qwertyuiop", "asdfghjkl", "zxcvbnm", "qazwsxedcrfvtgbyhnujmikolp", "1qaz2wsx3edc4rfv5tgb6yhn",
    "1q2w3e4r5t6y7u8i9o0p", "abcdefghijklmnopqrstuvwxyz", "01234567890123456789",
    "0987654321098765432", "147258369", "159357", "741852963", "112233445566778899",
)  # fmt: skip
RUN_MIN: Final = 3
DATE: Final = re.compile(r"(?:19|20)\d\d|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])")
REPEATED: Final = re.compile(r"(.{1,4}?)\1{2,}")
LEET: Final = str.maketrans("0134578@$!9", "oieastbasig")
LEET_L: Final = str.maketrans("0134578@$!9", "oleastbaslg")
SIGNS: Final = re.compile(r"[^a-z0-9@$!]")
LENGTH_LOOKED_AT: Final = 200


def count_uncommon(password: str) -> int:
    """Return how many signs of a password stand in nothing that is common, at least.

    Marks, case, blanks and digits in the place of letters count for nothing.
    """
    bare = SIGNS.sub("", fold(password[:LENGTH_LOOKED_AT]))
    forms = {re.sub("[@$!]", " ", bare), bare.translate(LEET), bare.translate(LEET_L)}
    best = [0] * (len(bare) + 1)
    for at in range(len(bare) - 1, -1, -1):
        # A sign of punctuation hides nothing and says nothing.
        costs = [best[at + 1] + (bare[at] not in "@$!")]
        costs += [best[end] for form in forms for end in _ends(form, at)]
        best[at] = min(costs)
    return best[0]


def _ends(text: str, at: int) -> Iterator[int]:
    """Yield where common pieces that begin at a place end."""
    for length in range(RUN_MIN, min(26, len(text) - at) + 1):
        if text[at : at + length] in _pieces():
            yield at + length
    for pattern in (DATE, REPEATED):
        found = pattern.match(text, at)
        if found is not None:
            yield found.end()


@cache
def _pieces() -> frozenset[str]:
    """Return words, and every run of three keys or more, in both directions."""
    rows = [row[::step] for row in KEYS for step in (1, -1)]
    runs = {
        row[start:end]
        for row in rows
        for start in range(len(row))
        for end in range(start + RUN_MIN, len(row) + 1)
    }
    return WORDS | runs
