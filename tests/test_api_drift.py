"""Tests that what the web apps know of the server is what the server is."""

import json
from collections import Counter

from tests.openapi import FILE, read_schema

METHODS = ("get", "head", "post", "put", "patch", "delete")


def test_committed_openapi_is_the_servers() -> None:
    """Tests that nobody changed the server without `make api`."""
    assert json.loads(FILE.read_text(encoding="utf-8")) == read_schema(), "run `make api`"


def test_every_operation_has_an_id_of_its_own() -> None:
    """Tests that each operation is named by hand, as room_verb, and no two alike."""
    operations = [
        (method, path, item[method])
        for path, item in read_schema()["paths"].items()
        for method in METHODS
        if method in item
    ]
    assert operations
    unnamed = [(m, p) for m, p, operation in operations if not operation.get("operationId")]
    assert unnamed == []
    counts = Counter(operation["operationId"] for _, _, operation in operations)
    assert [name for name, count in counts.items() if count > 1] == []
