import os
from pathlib import Path

import pytest

from backend.settings import WrongSettings, read_settings


@pytest.fixture
def env() -> dict[str, str]:
    return {
        "TANNOI_DATA_DIR": "var",
        "TANNOI_DATABASE_URL": "postgresql://tannoi_app@/tannoi",
        "TANNOI_SEAL_KEYS": f"1:{os.urandom(32).hex()}",
        "TANNOI_INDEX_KEY": os.urandom(32).hex(),
        "TANNOI_SIGNING_KEYS": os.urandom(32).hex(),
        "TANNOI_LEDGER_KEY": os.urandom(32).hex(),
        "TANNOI_VAPID_PRIVATE_KEY": "synthetic",
    }


def test_read_settings_takes_two_live_keys(env: dict[str, str]) -> None:
    """Tests that during a rotation the new key comes first and the old one is still known (A18)."""
    old, new = os.urandom(32), os.urandom(32)
    env["TANNOI_SEAL_KEYS"] = f"2:{new.hex()},1:{old.hex()}"
    env["TANNOI_SIGNING_KEYS"] = f"{new[::-1].hex()},{old[::-1].hex()}"

    settings = read_settings(env)

    assert list(settings.seal_keys.items()) == [(2, new), (1, old)]
    assert settings.signing_keys == (new[::-1], old[::-1])


def test_read_settings_takes_secrets_from_files(env: dict[str, str], tmp_path: Path) -> None:
    """Tests that a secret may stand in a file, so that it is in no process list."""
    secret = tmp_path / "index_key"
    secret.write_text(env.pop("TANNOI_INDEX_KEY") + "\n")
    env["TANNOI_INDEX_KEY_FILE"] = str(secret)

    assert len(read_settings(env).index_key) == 32


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"TANNOI_DATABASE_URL": None}, "missing required field TANNOI_DATABASE_URL"),
        ({"TANNOI_SOLVER_BUDGET_S": "soon"}, "TANNOI_SOLVER_BUDGET_S"),
        ({"TANNOI_COOKIE_SECURE": "maybe"}, "TANNOI_COOKIE_SECURE"),
        ({"TANNOI_MODE": "test"}, "Invalid enum value 'test'.*TANNOI_MODE"),
        ({"TANNOI_INDEX_KEY": "secret"}, "not hexadecimal"),
        ({"TANNOI_INDEX_KEY": "ab" * 32}, "too simple"),  # long enough, but one byte repeated
        ({"TANNOI_INDEX_KEY": "0123456789abcdef"}, "too short"),
        ({"TANNOI_SEAL_KEYS": "1:00,1:00"}, "each once"),
        ({"TANNOI_INDEX_KEY_FILE": "/absent", "TANNOI_INDEX_KEY": None}, "cannot be read"),
        ({"TANNOI_MODE": "demo"}, "needs TANNOI_DEMO_KEY"),
        ({"TANNOI_DEMO_KEY": "k"}, "must not be set in production"),
        ({"TANNOI_PUBLIC_URL": "http://buuta.vn"}, "must be https"),
        ({"TANNOI_TRAVEL": "google"}, "TANNOI_TRAVEL is straight"),
        ({"TANNOI_TRAVEL": "osrm"}, "TANNOI_TRAVEL is straight"),  # and no address
        ({"TANNOI_TRAVEL": "osrm:http://"}, "TANNOI_TRAVEL is straight"),
        ({"TANNOI_TRAVEL": "osrm:http://127.0.0.1:5000#boat"}, "TANNOI_TRAVEL is straight"),
        ({"TANNOI_TRAVEL_TIMEOUT_S": "0"}, "TANNOI_TRAVEL_TIMEOUT_S is 1 to 60"),
        ({"TANNOI_TRAVEL_TIMEOUT_S": "61"}, "TANNOI_TRAVEL_TIMEOUT_S is 1 to 60"),
    ],
)
def test_read_settings_refuses(
    env: dict[str, str], change: dict[str, str | None], words: str
) -> None:
    """Tests that a wrong, weak or demo setting stops a start in production with its name (A18)."""
    changed = {name: value for name, value in {**env, **change}.items() if value is not None}

    with pytest.raises(WrongSettings, match=words):
        read_settings(changed)


def test_read_settings_refuses_one_key_for_two_uses(env: dict[str, str]) -> None:
    """Tests that signing, blind index and encryption have different keys (A18)."""
    env["TANNOI_SIGNING_KEYS"] = env["TANNOI_INDEX_KEY"]

    with pytest.raises(WrongSettings, match="the same"):
        read_settings(env)


def test_settings_do_not_show_keys(env: dict[str, str]) -> None:
    """Tests that settings written to a log show no key (A17)."""
    settings = read_settings(env)

    assert env["TANNOI_INDEX_KEY"] not in repr(settings)
    assert repr(settings.index_key) not in repr(settings)


@pytest.mark.parametrize(
    "travel",
    [
        "straight",
        "osrm:http://127.0.0.1:5000#car,foot",
        "valhalla:roads.osm.pbf",
        "osrm:a.osrm#car",
    ],
)
def test_read_settings_takes_a_source_of_travel_times(env: dict[str, str], travel: str) -> None:
    """Tests that travel may come from the straight line, a server or a file."""
    env |= {"TANNOI_TRAVEL": travel, "TANNOI_TRAVEL_FACTORS": "factors.json"}

    settings = read_settings(env)

    assert settings.travel == travel
    assert settings.travel_factors is not None
    assert settings.travel_factors.is_absolute()
