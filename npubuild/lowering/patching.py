"""Patches with proof: the instruction streams before and after each patch are held against what it claims to change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from npubuild.errors import Diagnostic, Place, UserError
from npubuild.lowering.meaning import HostAddress
from npubuild.lowering.proof import Claim, Comparison, compare
from npubuild.lowering.sequence import lower
from npubuild.lowering.txn import Stream
from npubuild.mlir.patch import Effect, rewrite
from npubuild.mlir.printing import print_design
from npubuild.mlir.source import Design, parse_design

Streams = dict[tuple[str, str], Stream]


@dataclass(frozen=True)
class Step:
    """One applied patch: what it did to each sequence (device, sequence), and the design as it was afterwards."""

    patch: str
    comparisons: dict[tuple[str, str], Comparison]
    text: str

    def __str__(self) -> str:
        lines = []
        for (device, sequence), comparison in self.comparisons.items():
            lines.append(f"{self.patch}: @{device} @{sequence}: same meaning, proven on the instruction stream")
            lines += [f"  {change}" for change in comparison.changes]
        return "\n".join(lines)


def apply(design: Design, patches: Iterable[str]) -> tuple[Design, list[Step]]:
    """Apply patches in order.

    Raises UserError where a patch refuses the design, or where the streams show that it would change what the design does.
    """
    steps: list[Step] = []
    before = streams(design)
    for name in patches:
        effect = rewrite(design, name)
        text = print_design(design)
        design = parse_design(text, design.file)
        after = streams(design)
        steps.append(Step(name, _compare_all(before, after, effect, name, design.file), text))
        before = after
    return design, steps


def streams(design: Design) -> Streams:
    """The instruction stream of every runtime sequence, by device and sequence name."""
    return {
        (device.symbol, sequence.symbol): lower(design, device.symbol, sequence.symbol)
        for device in design.devices()
        for sequence in design.sequences(device)
    }


def _compare_all(
    before: Streams, after: Streams, effect: Effect, patch: str, file: str
) -> dict[tuple[str, str], Comparison]:
    comparisons = {key: compare(before[key], after[key], _claim(effect, key)) for key in before}
    errors = [
        Diagnostic(
            f"patch {patch} would change what sequence @{sequence} does: {comparison.differences[0]}",
            Place(file),
            rule="patch-changes-meaning",
            hint="leave this patch out for this design",
        )
        for (_, sequence), comparison in comparisons.items()
        if not comparison.holds
    ]
    if errors:
        raise UserError(errors)
    return comparisons


def _claim(effect: Effect, key: tuple[str, str]) -> Claim:
    moved = effect.arguments.get(key, {})
    return Claim({old: HostAddress(*new) for old, new in moved.items()}, effect.waits_move)
