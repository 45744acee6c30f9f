"""Finds the commune an address lies in from its words; knows no database.

Papers carry names of before the reform for years, with and without tones, abbreviated, with
parts repeated or out of order. One answer is given only when the words leave no other.

Words are read from both sides: names behind a word of kind ("phường", "P.", "huyện") anywhere,
and bare names from the right end, where a Vietnamese address has its largest unit.
"""

import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import msgspec

from backend.kit.text import fold, sound
from backend.network.model import Commune, FormerCommune, FormerDistrict, Resolution
from backend.network.reference import COUNTRY, ELSEWHERE, OURS

Level = Literal["ward", "district", "province"]

NAME_WORDS_MAX = 5
CANDIDATES_MAX = 12
LIKENESS_MIN = 0.8
WORD = re.compile(r"[^\W_]+|[,;/()\n|–—-]")

# Word of kind, as folded words: its level and, for a ward, its kind. Longest first.
KINDS: tuple[tuple[tuple[str, ...], Level, str], ...] = (
    (("thanh", "pho"), "district", ""),
    (("thi", "xa"), "district", ""),
    (("thi", "tran"), "ward", "thi_tran"),
    (("t", "p"), "district", ""),
    (("t", "x"), "district", ""),
    (("t", "t"), "ward", "thi_tran"),
    (("phuong",), "ward", "phuong"),
    (("huyen",), "district", ""),
    (("quan",), "district", ""),
    (("tinh",), "province", ""),
    (("xa",), "ward", "xa"),
    (("tp",), "district", ""),
    (("tx",), "district", ""),
    (("tt",), "ward", "thi_tran"),
    (("p",), "ward", "phuong"),
    (("f",), "ward", "phuong"),
    (("x",), "ward", "xa"),
    (("h",), "district", ""),
    (("q",), "district", ""),
    (("t",), "province", ""),
)
PREFIXES = (("thitran", "thi_tran"), ("tt", "thi_tran"), ("phuong", "phuong"), ("xa", "xa"))

# A bare name behind one of these is a street, a hamlet or a block, not a commune.
SMALLER_WORDS = (
    "so nha duong pho ngo ngach hem thon lang xom ap khu to cum kdc kp lo toa ql tl dt cho "
    "cong ty truong benh vien ubnd"
)
SMALLER = frozenset(SMALLER_WORDS.split())
# The words of kind with their marks: "quán" and "phương" are others.
MARKED = frozenset(sound("thành phố thị xã trấn phường huyện quận tỉnh").split())


class _Word(msgspec.Struct, frozen=True):
    key: str
    """Folded; empty for a break between parts."""
    marked: str
    sound: str
    """Letters with their own marks, then the tone, wherever it was placed."""


class _Entry(msgspec.Struct, frozen=True):
    """One name a commune goes or went by."""

    commune_code: str
    kind: str
    """Empty when the name came without one."""
    district_code: str
    """Of a former commune; empty for a unit in force."""
    province_code: str
    sound: str
    """Empty for a name known only without its tones."""


class _Mention(msgspec.Struct, frozen=True):
    level: Level
    key: str
    kind: str
    sound: str
    is_explicit: bool


class _Heard(msgspec.Struct):
    """What the words of one address name."""

    wards: list[_Mention] = []
    districts: list[_Mention] = []
    former_province: str = ""
    is_ours: bool = False
    is_elsewhere: bool = False
    unknown: list[str] = []


class Gazetteer:
    """Every name of the province's units, in force and of before, ready to be looked up."""

    def __init__(
        self,
        communes: Iterable[Commune],
        districts: Iterable[FormerDistrict],
        former: Iterable[FormerCommune],
    ) -> None:
        self._wards: dict[str, list[_Entry]] = defaultdict(list)
        self._districts: dict[str, set[str]] = defaultdict(set)
        self._in_district: dict[str, set[str]] = defaultdict(set)
        self._communes = {unit.code: unit for unit in communes}
        provinces = {}
        for district in districts:
            provinces[district.code] = district.province_code
            for key in district.search_keys:
                self._districts[_without_kind(key)[0] or key].add(district.code)
                self._districts[key].add(district.code)
        for unit in self._communes.values():
            name = unit.name.split(" ", 2 if unit.kind == "dac_khu" else 1)[-1]
            entry = _Entry(unit.code, unit.kind, "", "", sound(name))
            self._wards[_glue(unit.search_key)].append(entry)
        for place in former:
            self._in_district[place.district_code].add(place.commune_code)
            for entry_key, entry in _entries(place, provinces[place.district_code]):
                self._wards[entry_key].append(entry)

    def find_commune(self, code: str) -> Commune | None:
        """Return the unit in force with this code, or None."""
        return self._communes.get(code)

    def communes(self) -> list[Commune]:
        """Return every unit in force, by code."""
        return sorted(self._communes.values(), key=lambda unit: unit.code)

    def resolve(self, text: str) -> Resolution:
        """Return the commune that the words of an address name, or who could be meant."""
        words = _words(text)
        heard = self._listen(words)
        if heard.is_elsewhere:
            known = [code for ward in heard.wards for code in self._codes(ward, heard)]
            why: Literal["conflict", "outside"] = (
                "conflict" if known or heard.is_ours or heard.districts else "outside"
            )
            return Resolution(None, "unresolved", _first(known), why)
        answers = [self._answer(ward, heard) for ward in heard.wards]
        if not answers:
            return self._too_wide(heard)
        codes = {answer.commune_code for answer in answers}
        if len(codes) == 1:
            return answers[0]
        candidates = [
            code
            for answer in answers
            for code in ((answer.commune_code,) if answer.commune_code else answer.candidates)
        ]
        return Resolution(None, "unresolved", _first(candidates), "conflict")

    def _answer(self, ward: _Mention, heard: _Heard) -> Resolution:
        districts = {code for d in heard.districts for code in self._districts[d.key]}
        pool = self._wards[ward.key]
        if districts:
            inside = [entry for entry in pool if entry.district_code in districts]
            if not inside:
                reach = {code for d in districts for code in self._in_district[d]}
                inside = [e for e in pool if not e.district_code and e.commune_code in reach]
                if ward.kind == "thi_tran":  # there is none since the reform
                    return self._unsure(ward, inside or pool, "ambiguous", districts)
            if not inside:
                return self._unsure(ward, pool, "conflict", districts)
            pool = inside
        elif heard.former_province:
            pool = [e for e in pool if e.province_code in ("", heard.former_province)]
        return self._choose(ward, pool, districts)

    def _choose(self, ward: _Mention, pool: Sequence[_Entry], districts: set[str]) -> Resolution:
        pool = _prefer(pool, lambda entry: entry.kind == ward.kind) if ward.kind else pool
        pool = _prefer(pool, lambda entry: entry.sound == ward.sound)
        codes = {entry.commune_code for entry in pool}
        is_town_now_gone = ward.kind == "thi_tran" and not any(
            entry.district_code for entry in pool
        )
        if len(codes) != 1 or is_town_now_gone:
            return self._unsure(ward, pool, "ambiguous", districts)
        is_in_force = any(not entry.district_code for entry in pool)
        return Resolution(codes.pop(), "name" if is_in_force else "old_name")

    def _unsure(
        self,
        ward: _Mention,
        pool: Iterable[_Entry],
        why: Literal["ambiguous", "conflict"],
        districts: set[str],
    ) -> Resolution:
        """Return no answer, with the names meant and those that begin alike in the district."""
        near = [
            entry.commune_code
            for key, entries in self._wards.items()
            if key.startswith(ward.key)
            for entry in entries
            if entry.district_code in districts
        ]
        codes = [entry.commune_code for entry in pool]
        return Resolution(None, "unresolved", _first(codes + sorted(near)), why)

    def _too_wide(self, heard: _Heard) -> Resolution:
        """Return no answer: only a district, only the province, or nothing was named."""
        like: list[str] = []
        for name in heard.unknown:
            for key in difflib.get_close_matches(name, self._wards, cutoff=LIKENESS_MIN):
                like.extend(entry.commune_code for entry in self._wards[key])
        codes = like
        for district in heard.districts:
            same = [e.commune_code for e in self._wards.get(district.key, ())]
            inside = {c for d in self._districts[district.key] for c in self._in_district[d]}
            codes = codes + same + sorted(inside)
        why: Literal["too_wide", "unknown"] = "unknown"
        if not heard.unknown and (heard.districts or heard.is_ours or heard.former_province):
            why = "too_wide"
        return Resolution(None, "unresolved", _first(codes), why)

    def _codes(self, ward: _Mention, heard: _Heard) -> list[str]:
        answer = self._answer(ward, heard)
        return [answer.commune_code] if answer.commune_code else list(answer.candidates)

    def _listen(self, words: Sequence[_Word]) -> _Heard:
        heard = _Heard()
        start = 0
        while start < len(words):
            start = self._hear_kind(words, start, heard) or start + 1
        self._hear_tail(words, heard)
        return heard

    def _hear_kind(self, words: Sequence[_Word], start: int, heard: _Heard) -> int | None:
        """Take in a word of kind at `start` with its name; return where it ends, or None."""
        for kind_words, level, kind in KINDS:
            end = start + len(kind_words)
            if tuple(word.key for word in words[start:end]) != kind_words:
                continue
            if any(_is_other_word(word) for word in words[start:end]):
                continue
            for stop in range(min(end + NAME_WORDS_MAX, _part_end(words, end)), end, -1):
                key = _key(words[end:stop])
                sound = _join(words[end:stop])
                if self._take(_Mention(level, key, kind, sound, True), heard):
                    return stop
            rest = _key(words[end : _part_end(words, end)][:3])
            if level == "ward" and len(kind_words[0]) > 2 and rest.isalpha():
                heard.unknown.append(rest)
        return None

    def _take(self, mention: _Mention, heard: _Heard) -> bool:
        """Note a mention when its name is known at its level."""
        key = mention.key
        match mention.level:
            case "ward" if key in self._wards:
                heard.wards.append(mention)
            case "district" if key in self._districts:
                if all(key != other.key for other in heard.districts):
                    heard.districts.append(mention)
            case "province" if key in OURS:
                heard.former_province = OURS[key] or heard.former_province
                heard.is_ours = True
            case "district" | "province" if key in ELSEWHERE:
                heard.is_elsewhere = True
            case _:
                return False
        return True

    def _hear_tail(self, words: Sequence[_Word], heard: _Heard) -> None:
        """Take in bare names from the right end, the largest unit first."""
        has_explicit_ward = bool(heard.wards)
        end = len(words)
        seen_province = False
        while end > 0:
            if not words[end - 1].key:
                end -= 1
                continue
            start = self._hear_bare(words, end, heard, seen_province=seen_province)
            if start is None or (heard.wards and not has_explicit_ward):
                return
            seen_province = seen_province or _key(words[start:end]) not in COUNTRY
            end = start

    def _hear_bare(
        self, words: Sequence[_Word], end: int, heard: _Heard, *, seen_province: bool
    ) -> int | None:
        """Take in the longest known name that ends at `end`; return where it starts."""
        for start in range(max(_part_start(words, end), end - NAME_WORDS_MAX), end):
            key = _key(words[start:end])
            mention = _Mention("ward", key, "", _join(words[start:end]), False)
            before = _kind_before(words, start)
            if before < start and self._is_name(key):
                return before  # heard already, with its kind
            if key in COUNTRY:
                return start
            if not seen_province and (key in OURS or key in ELSEWHERE):
                self._take(msgspec.structs.replace(mention, level="province"), heard)
                return start
            if key in self._districts and not _is_smaller(words, start):
                known = [other.key for other in heard.districts]
                if not known or key in known:
                    self._take(msgspec.structs.replace(mention, level="district"), heard)
                    return start
            if key in self._wards and not heard.wards and not _is_smaller(words, start):
                self._take(mention, heard)
                return start
        return None

    def _is_name(self, key: str) -> bool:
        return key in self._wards or key in self._districts or key in OURS or key in ELSEWHERE


def _entries(place: FormerCommune, province: str) -> Iterable[tuple[str, _Entry]]:
    """Return a former commune's own name and its earlier ones, each with its kind if known."""
    own = place.name.split(" ", 2 if place.kind == "thi_tran" else 1)[-1]
    own_key = _glue(fold(own))
    code, district = place.commune_code, place.district_code
    yield own_key, _Entry(code, place.kind, district, province, sound(own))
    keys = set(place.search_keys)
    for key in place.search_keys:
        name, kind = _without_kind(key)
        if name in keys:
            if (name, kind) != (own_key, place.kind):
                yield name, _Entry(code, kind, district, province, "")
        elif not any(prefix + key in keys for prefix, _ in PREFIXES) and key != own_key:
            yield key, _Entry(code, "", district, province, "")


def _without_kind(key: str) -> tuple[str, str]:
    for prefix, kind in PREFIXES:
        if key.startswith(prefix) and len(key) > len(prefix):
            return key[len(prefix) :], kind
    for prefix in ("thanhpho", "thixa", "huyen", "quan"):
        if key.startswith(prefix) and len(key) > len(prefix):
            return key[len(prefix) :], ""
    return "", ""


def _words(text: str) -> list[_Word]:
    words = []
    for marked in WORD.findall(unicodedata.normalize("NFC", text).lower()):
        key = fold(marked) if marked[0].isalnum() else ""
        words.append(_Word(key, marked, sound(marked)))
    return words


def _key(words: Sequence[_Word]) -> str:
    return "".join(word.key for word in words)


def _join(words: Sequence[_Word]) -> str:
    return " ".join(word.sound for word in words)


def _glue(key: str) -> str:
    return "".join(character for character in key if character.isalnum())


def _first(codes: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codes))[:CANDIDATES_MAX]


def _prefer(pool: Sequence[_Entry], is_better: Callable[[_Entry], bool]) -> Sequence[_Entry]:
    better = [entry for entry in pool if is_better(entry)]
    return better or pool


def _is_other_word(word: _Word) -> bool:
    """Return whether a word that folds to a word of kind has other marks: quán, phương."""
    return word.marked != word.key and word.sound not in MARKED


def _part_end(words: Sequence[_Word], start: int) -> int:
    return next((n for n in range(start, len(words)) if not words[n].key), len(words))


def _part_start(words: Sequence[_Word], end: int) -> int:
    return next((n + 1 for n in range(end - 1, -1, -1) if not words[n].key), 0)


def _kind_before(words: Sequence[_Word], start: int) -> int:
    """Return where the word of kind before `start` begins, or `start` when there is none."""
    for kind_words, _, _ in KINDS:
        begin = start - len(kind_words)
        kind = words[max(begin, 0) : start]
        if tuple(w.key for w in kind) == kind_words and not any(map(_is_other_word, kind)):
            return begin
    return start


def _is_smaller(words: Sequence[_Word], start: int) -> bool:
    """Return whether the word before a bare name makes it a street, a hamlet or a number's."""
    before = words[start - 1].key if start else ""
    return before in SMALLER or any(character.isdigit() for character in before)
