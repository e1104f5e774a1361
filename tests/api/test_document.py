"""The OpenAPI document: names of operations for generated clients, and examples of all bodies, as they may be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from api.app import create_app
from api.settings import ServerSettings
from api.store.database import Database, database_url
from tests.conftest import GoldenCheck


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    database = Database(database_url("unused.sqlite3"))
    found = create_app(ServerSettings(), database).openapi()
    database.close()
    return found


def operations(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def bodies(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every body of a request or an answer that is text: where it is, and its schema and example."""
    for place, operation in operations(described):
        parts = {"request": operation.get("requestBody", {}), **operation["responses"]}
        for part, body in parts.items():
            for media, told in body.get("content", {}).items():
                if told:  # pictures and workbooks have none
                    yield f"{place} {part} {media}", told


def shown(described: dict[str, Any], told: dict[str, Any]) -> Any:
    if "example" in told:
        return told["example"]
    schema = told["schema"]
    if "$ref" in schema:
        schema = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema["example"] if "example" in schema else schema["examples"][0]


def test_operations_have_names_of_their_own_which_stay(described: dict[str, Any], check_golden: GoldenCheck) -> None:
    named = {place: operation["operationId"] for place, operation in operations(described)}
    assert [name for name, n in Counter(named.values()).items() if n > 1] == []
    lines = [f"{name}: {place}\n" for place, name in sorted(named.items(), key=lambda one: one[::-1])]
    check_golden("api", {"operations.txt": "".join(lines).encode()})


def test_every_body_has_an_example_that_is_as_its_schema_says(described: dict[str, Any]) -> None:
    seen, faults = 0, []
    for place, told in bodies(described):
        schema = {**told["schema"], "components": described["components"]}
        try:
            jsonschema_rs.validate(schema, shown(described, told))
        except (KeyError, jsonschema_rs.ValidationError) as fault:
            faults.append(f"{place}: {str(fault.args[0])[:200]}")
        seen += 1
    assert faults == []
    assert seen > 800


def test_no_two_bodies_share_a_name(described: dict[str, Any]) -> None:
    assert [name for name in described["components"]["schemas"] if "__" in name] == []


def test_every_answer_that_succeeds_says_what_it_holds(described: dict[str, Any]) -> None:
    without = [
        f"{place} {status}"
        for place, operation in operations(described)
        for status, answer in operation["responses"].items()
        if status in ("200", "201", "202") and not answer.get("content")
    ]
    assert without == []
