"""All configuration, read once from the environment; a secret may stand in a file named there."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

import msgspec

from backend.kit.webhooks import WrongKey, check_key

PREFIX: Final = "TANNOI_"
KEY_BYTES: Final = 32
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
ROOT: Final = Path(__file__).resolve().parents[1]


class WrongSettings(Exception):
    """A setting is missing, malformed, or not fit for production: says which and why."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is the environment variable `TANNOI_` + its name in capitals.

    Fields of keys also read `TANNOI_<NAME>_FILE`. A list of keys is `new,old`: the first one
    makes, all are accepted, so that a key can be changed while the service runs.
    """

    data_dir: Path
    """Holds pictures (`blobs`), and for `./run` the database and the secrets."""
    database_url: str
    """For the role that owns nothing (`tannoi_app`)."""
    database_direct_url: str | None = None
    """Past a pooler, for LISTEN and jobs; None is `database_url`."""
    database_pooler: Literal["none", "transaction"] = "none"

    num_desk_connections: int = 8
    """Of one web process, for desks, agencies and everything that is not named below (R4)."""
    num_phone_connections: int = 10
    """Of one web process, for couriers' phones; twice as many exchanges are taken at once."""
    num_citizen_connections: int = 4
    """Of one web process, for citizens' pages."""
    num_report_connections: int = 2
    """Of one web process, for files to print or save, which may take longest (R3)."""

    mode: Literal["demo", "production"] = "production"
    """Demo lets anyone with the printed link sign in as a demo user."""
    demo_key: str | None = None
    """What a demo sign-in link must carry; there is none in production."""
    public_url: str = "http://127.0.0.1:8000"
    """Where browsers find the service, without a slash at the end."""
    cookie_secure: bool = True
    """Off only for plain HTTP beyond this machine: cookies lose `Secure` and `__Host-`."""
    ca_file: Path | None = None
    """The certificate of our own authority, for phones to fetch at `/ca.crt` (`./run --tls`)."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses whose `X-Forwarded-For` is believed (A14)."""

    seal_keys: dict[int, bytes]
    """Column encryption (A15) by key id, newest first: `2:hex,1:hex`."""
    index_key: bytes
    """Blind index of sealed columns; changing it loses every search by phone."""
    signing_keys: tuple[bytes, ...]
    """Tokens that the service hands out and must know again."""
    ledger_key: bytes
    """Ed25519 seed that signs the ledger's seals; `tannoi ledger-key` shows its public half."""
    seals_dir: Path | None = None
    """Where sealed roots are copied to: a place that the database's host cannot change."""
    bank_keys: tuple[str, ...] = ()
    """Who may tell that money came (Standard Webhooks): `whsec_…` or `whpk_…`, new,old."""
    vapid_private_key: str
    """Web Push (RFC 8292): the raw P-256 private key, base64url."""
    vapid_subject: str = "mailto:webmaster@localhost.invalid"
    allow_local_push: bool = False
    """Lets messages go to a push service on this machine: for tests, refused in production."""
    num_stops_near: int = 5
    """From how many visits before theirs a citizen learns how many are left, and who comes."""

    pwa_dir: Path = ROOT / "pwa" / "dist"
    solver_budget_s: int = 15
    """How long a plan is improved when the dispatcher names no time."""
    travel: str = "straight"
    """Where travel times come from: `straight`, or `osrm:` or `valhalla:` before a server's address
    (`osrm:http://127.0.0.1:5000`) or a map (`valhalla:/srv/roads.osm.pbf`); see decision 6."""
    travel_timeout_s: int = 6
    """So long a plan waits for roads before it takes the straight line."""
    travel_factors: Path | None = None
    """JSON of factors learned from completed rounds, under `straight`, `osrm`, `valhalla`."""
    travel_python: str | None = None
    """The interpreter that has the package of an embedded engine; None is this one."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    def __repr__(self) -> str:
        """Say which settings these are; never a key, for this may end in a log (A17)."""
        return f"Settings({self.mode}, {self.public_url})"

    @property
    def is_demo(self) -> bool:
        """Tell whether demo users may sign in by link."""
        return self.mode == "demo"

    @property
    def is_factor_required(self) -> bool:
        """Tell whether office roles must have a second factor before they work (A3)."""
        return self.mode == "production"

    @property
    def is_pooled(self) -> bool:
        """Tell whether a pooler changes connections between transactions."""
        return self.database_pooler == "transaction"


def read_settings(env: Mapping[str, str]) -> Settings:
    """Return the settings of this environment.

    Raises
    ------
    WrongSettings
        When one is missing or malformed, or production would start with what only a demo may.
    """
    found: dict[str, object] = {}
    for field in Settings.__struct_fields__:
        text = _read(env, PREFIX + field.upper())
        if text is not None:
            found[field] = _PARSERS[field](text) if field in _PARSERS else text
    try:
        settings = msgspec.convert(found, Settings, strict=False, dec_hook=_convert)
    except msgspec.ValidationError as error:
        raise WrongSettings(f"The settings are not usable: {_in_capitals(str(error))}.") from error
    check_settings(settings)
    return settings


def check_settings(settings: Settings) -> None:
    """Raise `WrongSettings` when keys are weak, or production is set up like a demo (A18)."""
    keys = [
        *settings.seal_keys.values(), settings.index_key, *settings.signing_keys,
        settings.ledger_key,
    ]  # fmt: skip
    if any(len(key) < KEY_BYTES or len(set(key)) < 8 for key in keys):
        raise WrongSettings(
            f"A key is too short or too simple; each has {KEY_BYTES} random bytes, as hex."
        )
    if len(set(keys)) != len(keys):
        raise WrongSettings("Two keys are the same; each use has a key of its own.")
    _check_pools(settings)
    try:
        for bank_key in settings.bank_keys:
            check_key(bank_key)
    except WrongKey as error:
        raise WrongSettings(f"TANNOI_BANK_KEYS: {error}.") from error
    _check_travel(settings)
    if settings.mode == "demo":
        if not settings.demo_key:
            raise WrongSettings("Demo mode needs TANNOI_DEMO_KEY.")
        return
    if settings.demo_key:
        raise WrongSettings("TANNOI_DEMO_KEY must not be set in production.")
    if settings.allow_local_push:
        raise WrongSettings("TANNOI_ALLOW_LOCAL_PUSH must not be set in production.")
    url = urlsplit(settings.public_url)
    if url.scheme != "https" and url.hostname not in LOOPBACK and settings.cookie_secure:
        raise WrongSettings(
            "TANNOI_PUBLIC_URL must be https in production: over plain http browsers do not "
            "return the session's cookie. TANNOI_COOKIE_SECURE=off accepts that risk."
        )


def _check_pools(settings: Settings) -> None:
    """Raise `WrongSettings` when one kind of caller would never be served."""
    for name in ("desk", "phone", "citizen", "report"):
        field = f"num_{name}_connections"
        if not 1 <= getattr(settings, field) <= 100:
            raise WrongSettings(f"{PREFIX}{field.upper()} is 1 to 100.")


def _check_travel(settings: Settings) -> None:
    """Raise `WrongSettings` when nobody could say where travel times come from."""
    if not 1 <= settings.travel_timeout_s <= 60:
        raise WrongSettings("TANNOI_TRAVEL_TIMEOUT_S is 1 to 60.")
    if settings.travel == "straight":
        return
    engine, _, where = settings.travel.partition(":")
    kinds = set(filter(None, where.partition("#")[2].split(",")))
    is_address = where.startswith(("http://", "https://"))
    if (
        engine not in ("osrm", "valhalla")
        or not where.partition("#")[0]
        or not kinds <= {"motorbike", "car", "bicycle", "foot"}
        or (is_address and not urlsplit(where).hostname)
    ):
        raise WrongSettings(
            "TANNOI_TRAVEL is straight, or osrm: or valhalla: before a server's address "
            "(osrm:http://127.0.0.1:5000#motorbike) or a file of roads (valhalla:roads.osm.pbf)."
        )


def _read(env: Mapping[str, str], name: str) -> str | None:
    """Return a value from the environment, or from the file that `<name>_FILE` names."""
    value = env.get(name)
    if value is not None:
        return value.strip()
    path = env.get(f"{name}_FILE")
    if path is None:
        return None
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise WrongSettings(f"{name}_FILE={path} cannot be read: {error.strerror}.") from error


def _key(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise WrongSettings("A key is not hexadecimal.") from None


def _keys(text: str) -> tuple[bytes, ...]:
    return tuple(_key(part.strip()) for part in text.split(","))


def _keys_by_id(text: str) -> dict[int, bytes]:
    keys: dict[int, bytes] = {}
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,3}):([0-9a-fA-F]+)\s*", part)
        if match is None or int(match[1]) > 255 or int(match[1]) in keys:
            raise WrongSettings("TANNOI_SEAL_KEYS is written 2:hex,1:hex, ids 0 to 255, each once.")
        keys[int(match[1])] = _key(match[2])
    return keys


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _switch(text: str) -> object:
    return {"on": True, "off": False}.get(text.lower(), text)


_PARSERS: Final = {
    "seal_keys": _keys_by_id,
    "index_key": _key,
    "ledger_key": _key,
    "signing_keys": _keys,
    "trusted_proxies": _list,
    "bank_keys": _list,
    "cookie_secure": _switch,
    "allow_local_push": _switch,
}


def _convert(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str):
        return Path(value).resolve()
    raise NotImplementedError(kind)


def _in_capitals(words: str) -> str:
    """Return msgspec's words with the names that the operator knows."""
    return re.sub(
        r"(?:`\$\.|(?<=field )`)([a-z_]+)`", lambda match: PREFIX + match[1].upper(), words
    )
