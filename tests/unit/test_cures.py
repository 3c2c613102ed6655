"""Known messages of the tools bring their cure: every one that the facts sheet lists."""

import re
from pathlib import Path

import pytest

from npubuild.toolchain.cures import CURES, cure

FACTS = Path(__file__).parents[2] / "docs" / "facts" / "toolchain-facts.md"


def messages() -> list[str]:
    """The verbatim messages of the table in section 5, several of them in some rows."""
    section = FACTS.read_text().partition("## 5.")[2].partition("\n## ")[0]
    cells = [
        row.split("|")[1].strip() for row in section.splitlines() if row.startswith("| ") and not row.startswith("| message")
    ]
    found = []
    for cell in cells:
        quoted = re.findall(r"`((?:\\`|[^`])+)`", cell)
        whole = len(quoted) > 1 and (" after " in cell or "\\`" in cell or "for `device" in cell)
        found += [cell.replace("\\`", "`").strip("`")] if whole else [text.replace("\\`", "`") for text in quoted]
    return found


def test_the_table_is_read() -> None:
    assert len(messages()) >= 20
    assert "load_axlf: Operation not supported" in messages()
    assert "xchesscc: command not found" in messages()


@pytest.mark.parametrize("message", messages())
def test_every_message_of_the_facts_is_explained(message: str) -> None:
    assert cure(f"some line before\n{message}\nand one after")


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("ld.lld: error: undefined symbol: sqrtf", "no libm"),
        ("ld.lld: error: undefined symbol: f(short*, short*)", 'extern "C"'),
        ("error: unsupported buffer type: none flag (err=95): Operation not supported", "host_only"),
        ("DRM_IOCTL_AMDXDNA_CREATE_HWCTX IOCTL failed (err=-2): No such file or directory", "6 contexts on npu1"),
        ("error: unknown target triple 'aie2-none-unknown-elf'", "not Peano"),
    ],
)
def test_what_helps(output: str, words: str) -> None:
    assert words in cure(output)


def test_what_is_not_known_has_no_cure() -> None:
    assert cure("all is well") == cure("") == ""


def test_no_cure_is_empty_and_each_pattern_stands_once() -> None:
    assert all(known.hint for known in CURES)
    assert len({known.pattern for known in CURES}) == len(CURES)
