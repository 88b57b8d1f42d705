"""The matrix of operations and clients has no holes, and the README's table says nothing that no test proves."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import matrix
from larder import REPOSITORY, environment


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    """All cells that some test of the suite proves."""
    file = tmp_path_factory.mktemp("matrix") / "cells.json"
    command = [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "--matrix", file, Path(__file__).parent]
    result = subprocess.run(command, env=environment(), capture_output=True, text=True)
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr
    return matrix.outcomes(json.loads(file.read_text()))


def test_every_operation_that_clients_need_is_proved_with_two_of_them(cells):
    wanted = [name for name in [*matrix.TIER_A, *matrix.TIER_B] if name not in matrix.NOT_IMPLEMENTED]
    short = {name: [client for proved, client in cells if proved == name] for name in wanted}
    assert {name: clients for name, clients in short.items() if len(clients) < 2} == {}


def test_every_client_proves_something(cells):
    assert {client for _, client in cells} == set(matrix.CLIENTS)


def test_the_readme_names_no_operation_that_no_test_proves(cells):
    _, shown, _ = matrix.parts((REPOSITORY / "README.md").read_text())
    rows = [line.split("|")[1].strip() for line in shown.splitlines() if line.startswith("|")][2:]
    assert set(rows) <= {operation for operation, _ in cells}


def test_the_table_shows_what_became_of_the_tests():
    row = lambda operation, client, outcome: {
        "operation": operation,
        "client": client,
        "test": outcome,
        "outcome": outcome,
    }
    rows = [
        row("PutObject", "boto3", "passed"),
        row("PutObject", "curl", "passed"),
        row("PutObject", "curl", "failed"),
        row("GetObject", "curl", "passed"),
        row("GetObject", "curl", "skipped"),
    ]
    assert matrix.table(rows).splitlines() == [
        "| | boto3 | curl |",
        "|---|:---:|:---:|",
        "| GetObject |  |  |",
        "| PutObject | ✓ | ✗ |",
    ]


def test_the_table_goes_between_its_marks_and_nothing_else_changes(tmp_path):
    file = tmp_path / "README.md"
    file.write_text(f"before\n{matrix.BEGIN}\nold\n{matrix.END}\nbehind\n")
    matrix.rewrite(file, [])
    assert "old" not in file.read_text()
    assert file.read_text().startswith(f"before\n{matrix.BEGIN}\n")
    assert file.read_text().endswith(f"\n{matrix.END}\nbehind\n")
