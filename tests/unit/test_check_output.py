"""How findings are printed, and the table of rules behind them."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from npubuild.check.output import as_json, sarif, text
from npubuild.check.rules import RULES, markdown
from npubuild.cli import main
from npubuild.errors import Diagnostic, Place, Severity
from tests.oracle_files import ORACLE

ROOT = Path(__file__).parents[2]
BAD = str(ORACLE / "designs" / "bad_cyclic_wait.mlir")
GOOD = str(ORACLE / "designs" / "linear_i8_single_core.mlir")
FOUND = [
    Diagnostic("five of six", Place("a b.mlir", 3, 7), "partial-object", "send six"),
    Diagnostic("old", Place("a b.mlir"), "old-spelling", severity=Severity.NOTE),
]


def test_text_ends_with_the_numbers():
    assert text(FOUND, "a b.mlir").splitlines() == [
        "error: a b.mlir:3:7: five of six [partial-object]",
        "hint: send six",
        "note: a b.mlir: old [old-spelling]",
        "a b.mlir: 1 error, 1 note",
    ]
    assert text([], "a.mlir") == "a.mlir: no findings\n"


def test_json_is_a_list_of_flat_objects():
    first, second = json.loads(as_json(FOUND, "a b.mlir"))
    assert first == {
        "rule": "partial-object",
        "severity": "error",
        "file": "a b.mlir",
        "line": 3,
        "column": 7,
        "message": "five of six",
        "hint": "send six",
    }
    assert (second["line"], second["column"], second["severity"]) == (0, 0, "note")
    assert json.loads(as_json([], "a.mlir")) == []


def test_sarif_has_what_readers_of_the_format_need():
    log = json.loads(sarif(FOUND, "a b.mlir"))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    described = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in described] == ["old-spelling", "partial-object"]
    assert all(rule["help"]["text"] and rule["shortDescription"]["text"] for rule in described)
    for result in run["results"]:
        assert described[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning", "note"}
        assert result["message"]["text"]
    first, second = (result["locations"][0]["physicalLocation"] for result in run["results"])
    assert first == {"artifactLocation": {"uri": "a%20b.mlir"}, "region": {"startLine": 3, "startColumn": 7}}
    assert "region" not in second


def test_exit_codes_of_the_command(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    assert main(["check", GOOD]) == 0
    assert capsys.readouterr().out == f"{GOOD}: no findings\n"
    assert main(["check", BAD]) == 1
    assert "[cyclic-wait]" in capsys.readouterr().out
    assert main(["check", str(ORACLE / "designs" / "core_finite_loop_once.mlir")]) == 0
    broken = tmp_path / "broken.mlir"
    broken.write_text("module { aie.device(npu1) {")
    assert main(["check", str(broken)]) == 2
    assert "broken.mlir:1:" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_machine_readable_forms_of_the_command(form: str, capsys: pytest.CaptureFixture[str]):
    assert main(["check", BAD, "--format", form]) == 1
    data: Any = json.loads(capsys.readouterr().out)
    found = data[0] if form == "json" else data["runs"][0]["results"][0]
    assert found["rule" if form == "json" else "ruleId"] == "cyclic-wait"


# The table of rules -------------------------------------------------------------------------------------------------------


RULE_POSITIONS = {"error": [1], "finding": [1], "fault": [1], "add": [0], "Diagnostic": [2], "Problem": [0, 2]}
"""Where the rule stands among the arguments of what makes a finding, by the name of the call."""


def rule_names(tree: ast.AST) -> set[str]:
    """The rule names that a module gives to findings, wherever they are written out."""
    found: list[ast.expr] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "rule":
            found.append(node.value)
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            found += [node.args[position] for position in RULE_POSITIONS.get(name, ()) if position < len(node.args)]
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            if node.targets[0].id in {"_RULE", "RULE"}:
                found.append(node.value)
            elif node.targets[0].id == "_RULES" and isinstance(node.value, ast.Dict):
                found += node.value.values
    texts = (node.value for node in found if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return {name for name in texts if re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", name)}


def test_every_rule_name_in_the_code_is_in_the_table():
    modules = sorted((ROOT / "npubuild").rglob("*.py"))
    used = {name: path for path in modules for name in rule_names(ast.parse(path.read_text()))}
    assert len(used) > 100
    assert {name: path for name, path in used.items() if name not in RULES} == {}


def test_every_rule_of_the_table_is_in_use():
    modules = [path for path in (ROOT / "npubuild").rglob("*.py") if path.name != "rule_table.py"]
    code = "".join(path.read_text() for path in modules)
    assert [name for name in RULES if f'"{name}"' not in code] == []


def test_the_documented_table_is_current():
    assert (ROOT / "docs" / "rules.md").read_text() == markdown(), "run `python -m npubuild.check > docs/rules.md`"


def test_rules_are_written_alike():
    for rule in RULES.values():
        assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", rule.name)
        assert rule.summary[0].isupper() or rule.summary[0] == "`"
        assert not rule.summary.endswith(".")
        assert re.fullmatch(r"\d+(, \d+)*|§[\d.]+|xrt-facts|toolchain-facts §\d", rule.source)


def test_all_rules_of_section_six_have_a_name():
    numbers = {
        int(number) for rule in RULES.values() for number in re.findall(r"\b\d+\b", rule.source) if "§" not in rule.source
    }
    assert numbers == set(range(1, 45))
