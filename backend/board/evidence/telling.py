"""Evidence in words: who was there, how they were known, seals, papers counted and taken back."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from backend.board.evidence.words import Words
from backend.proofs import Proof


class Told(msgspec.Struct, frozen=True):
    """What evidence is told with: language, whose errand it is, names of papers by their key."""

    words: Words
    citizen: str
    papers: Mapping[str, str]
    is_taking: bool
    """Papers are taken at the door (S1), not brought."""


def tell_proofs(kept: Sequence[Proof], telling: Told, *, is_done: bool) -> list[tuple[str, str]]:
    """Return the lines of a fact's evidence that is neither drawn nor a photo."""
    told = [_tell_person(kept, telling)] if is_done else []
    for proof in kept:
        text = _tell(proof, telling)
        if text:
            kind = "identity" if proof.kind == "failure" else proof.kind
            told.append((telling.words.say(kind), text))
    return told


def _tell_person(kept: Sequence[Proof], telling: Told) -> tuple[str, str]:
    say = telling.words.say
    role = say("giver" if telling.is_taking else "receiver")
    proxy = next((one.data["proxy"] for one in kept if one.kind == "proxy"), None)
    if proxy is None:
        return role, say("self", name=telling.citizen)
    authority = say(f"authority.{proxy['authority']}")
    return role, say("proxy", name=telling.citizen, relation=proxy["relation"], authority=authority)


def _tell(proof: Proof, telling: Told) -> str:
    data = proof.data
    match proof.kind:
        case "identity" | "failure":
            return _tell_identity(data.get("identity"), telling.words)
        case "seal" if "number" in data:
            return str(data["number"])
        case "seal":
            return telling.words.say("seal.whole" if data["is_whole"] else "seal.broken")
        case "checklist":
            return "; ".join(_tell_count(one, telling) for one in data["papers"])
        case "reclaim":
            return "; ".join(_tell_reclaim(one, telling) for one in data["papers"])
        case _:
            return ""


def _tell_identity(seen: Mapping[str, Any] | None, words: Words) -> str:
    """Return method and the last four characters, as all that is kept of a number."""
    if seen is None:
        return ""
    end = str(seen.get("last4") or "")[-4:]
    method = words.say(f"identity.{seen['method']}")
    return f"{method} •••• {end}" if end else method


def _tell_count(one: Mapping[str, Any], telling: Told) -> str:
    name = telling.papers.get(one["paper"], one["paper"])
    return f"{name}, {telling.words.say('form.' + one['form'])}: {one['count']}"


def _tell_reclaim(one: Mapping[str, Any], telling: Told) -> str:
    name = telling.papers.get(one["paper"], one["paper"])
    how = telling.words.say("reclaim.taken" if one["is_taken"] else "reclaim.not_taken")
    why = one.get("reason")
    return f"{name}: {how} ({why})" if why else f"{name}: {how}"
