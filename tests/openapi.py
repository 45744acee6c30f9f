"""Write the server's OpenAPI to the web apps' folder: `python -m tests.openapi`, by `make api`."""

import json
import tempfile
from pathlib import Path
from typing import Any

from backend.app import make_app
from backend.house import make_house
from backend.settings import read_settings
from tests.serving import make_env

FILE = Path(__file__).resolve().parents[1] / "pwa" / "openapi.json"
NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


def read_schema() -> dict[str, Any]:
    """Return the schema of the application as it answers it; opens nothing."""
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings(make_env(NOWHERE, Path(folder), "http://127.0.0.1"))
        app = make_app(make_house(settings))
        document: dict[str, Any] = json.loads(json.dumps(app.openapi_schema.to_schema()))
    return document


def main() -> None:
    """Write the file."""
    text = json.dumps(read_schema(), ensure_ascii=False, indent=1, sort_keys=True)
    FILE.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
