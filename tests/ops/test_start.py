import itertools
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from backend.ops import children
from tests.conftest import ROOT
from tests.serving import free_port

pytestmark = pytest.mark.store
WAIT_S = 120
ALL = "0.0.0.0"  # noqa: S104


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a data folder that the database's account may pass through."""
    with tempfile.TemporaryDirectory(prefix="tannoi-start-") as name:
        path = Path(name)
        path.chmod(0o755)
        yield path


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the `tannoi` command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "backend.cli", *words],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=WAIT_S,
    )


@contextmanager
def started(folder: Path, port: int, *words: str) -> Iterator[subprocess.Popen[str]]:
    """Give a house without a demo town that has said it is ready."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "backend.cli", "start", "--no-demo"),
            *("--data", str(folder), "--port", str(port)),
            *words,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    try:
        said = ""
        for line in process.stdout:
            said += line
            if "ready after" in line:
                break
        else:
            pytest.fail(f"the house did not start:\n{said}", pytrace=False)
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.stdout.read()
        process.stdout.close()
        process.wait(30)


def test_house_starts_stops_and_starts_again(folder: Path) -> None:
    """Tests that Ctrl-C ends all of it cleanly, and that the next start serves the same data."""
    port = free_port()
    with started(folder, port) as first:
        url = f"http://127.0.0.1:{port}/health/ready"
        with urllib.request.urlopen(url) as answer:
            assert json.loads(answer.read())["schema"] is not None
    assert first.returncode == 0
    assert not (folder / "pg" / "postmaster.pid").exists()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0

    with started(folder, port) as second:
        assert second.poll() is None


def test_house_serves_https_to_the_network(folder: Path) -> None:
    """Tests that --tls serves under a certificate of our own, which phones fetch beside it."""
    port = free_port()
    with started(folder, port, "--host", ALL, "--tls") as process:
        assert process.stdout is not None
        said = list(itertools.takewhile(lambda line: "SHA-256" not in line, process.stdout))
        page = next(line.strip() for line in said if line.startswith("  http://"))
        assert any(line.count("\u2588") > 20 for line in said), "no QR was drawn"
        with urllib.request.urlopen(f"http://127.0.0.1:{page.split(':')[-1]}ca.crt") as answer:
            authority = answer.read().decode()
        trusting = ssl.create_default_context(cadata=authority)
        for host in ("127.0.0.1", "localhost"):
            url = f"https://{host}:{port}/ca.crt"
            with urllib.request.urlopen(url, context=trusting) as answer:
                assert answer.read().decode() == authority
                assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
                assert "strict-transport-security" not in answer.headers
        with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
            urllib.request.urlopen(url)
        # Browsers split cookies into several headers over HTTP/2: sign-in would get lost.
        trusting.set_alpn_protocols(["h2", "http/1.1"])
        with (
            socket.create_connection(("127.0.0.1", port)) as raw,
            trusting.wrap_socket(raw, server_hostname="localhost") as secure,
        ):
            assert secure.selected_alpn_protocol() != "h2"
    assert process.returncode == 0


def test_start_names_a_bad_key(folder: Path) -> None:
    """Tests that --tls with a damaged key is refused in a sentence, and the key is left alone."""
    (folder / "tls").mkdir()
    (folder / "tls" / "ca.key").write_text("half a key")

    done = run("start", "--no-demo", "--tls", "--data", str(folder), "--port", str(free_port()))

    assert done.returncode == 1
    assert "ca.key holds no private key" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert (folder / "tls" / "ca.key").read_text() == "half a key"


def test_start_says_what_plain_http_lacks(folder: Path) -> None:
    """Tests that a house open to the network without --tls says what phones will miss."""
    with started(folder, free_port(), "--host", ALL) as process:
        assert process.stdout is not None
        lines = itertools.takewhile(lambda line: "alone." not in line, process.stdout)
        said = " ".join("".join(lines).split())
        assert "no camera and no offline work" in said
        assert "--tls" in said


def test_house_survives_kill_and_leaves_no_stray(folder: Path) -> None:
    """Tests that `kill -9` of the starter takes its programs along and blocks no later start."""
    port = free_port()
    with started(folder, port) as process:
        process.kill()
        process.wait()

    with started(folder, port) as again:
        assert again.poll() is None


def test_start_names_port_that_is_taken(folder: Path) -> None:
    """Tests that a taken port is said with how to choose another, before anything is made."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        done = run("start", "--no-demo", "--data", str(folder / "data"), "--port", str(port))

    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr
    assert f"--port {port + 1}" in done.stderr
    assert not (folder / "data").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("migrate", "--database-url", "postgresql://u:pw@127.0.0.1:1/x"), "No database answers"),
        (("migrate", "--database-url", "mysql://u:pw@h/x"), "cannot be used"),
        (("import", "errands", "absent.csv"), "absent.csv cannot be read"),
        (("start", "--no-demo", "--host", "203.0.113.9"), "no address 203.0.113.9"),
    ],
)
def test_command_says_what_is_wrong(folder: Path, words: tuple[str, ...], sentence: str) -> None:
    """Tests that what the operator got wrong is one sentence and status 1, with no stack trace."""
    done = run(*words, "--data", str(folder))

    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert "pw" not in done.stderr


def test_data_folder_that_is_a_file_is_named(folder: Path) -> None:
    """Tests that --data with the name of a file is explained."""
    file = folder / "file"
    file.touch()

    done = run("doctor", "--data", str(file))

    assert done.returncode == 1
    assert "is a file, not a folder" in done.stderr


def test_doctor_needs_the_schema_of_this_release(folder: Path) -> None:
    """Tests that a database that was never migrated is refused with the command to run."""
    done = run("doctor", "--data", str(folder))

    assert done.returncode == 1
    assert "tannoi migrate" in done.stderr


def test_secrets_are_readable_by_their_owner_only(folder: Path) -> None:
    """Tests that keys are made once, differ, and are closed to other accounts (A18)."""
    assert run("migrate", "--data", str(folder)).returncode == 0
    files = sorted((folder / "secrets").iterdir())
    before = [file.read_text() for file in files]

    assert run("doctor", "--data", str(folder)).returncode == 0

    assert [file.read_text() for file in files] == before
    assert len(set(before)) == len(before) >= 4
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert (folder / "secrets").stat().st_mode & 0o777 == 0o700


def test_child_that_ends_is_started_later_and_later(tmp_path: Path) -> None:
    """Tests that a program that cannot live is tried again with growing pauses."""
    child = children.Child("no", [sys.executable, "-c", "pass"], os.environ, tmp_path / "no.log")
    starts: list[float] = []
    child.start()
    for tenth in range(100):
        child.stop(0)
        if child.keep_alive(tenth / 10):
            starts.append(tenth / 10)

    pauses = [later - earlier for earlier, later in pairwise(starts)]
    child.stop(0)
    assert starts[0] == 0.5
    assert pauses == sorted(pauses)
    assert len(starts) == 4  # 0.5, then 1, 2 and 4 s after


def test_every_command_has_help() -> None:
    """Tests that each command of the list says what it does."""
    listed = run("--help").stdout

    names = re.findall(r"^│ ([a-z]+) ", listed, re.MULTILINE)
    assert {"start", "serve", "worker", "migrate", "demo", "user", "import", "plan"} <= set(names)
    assert {"doctor", "verify"} <= set(names)
