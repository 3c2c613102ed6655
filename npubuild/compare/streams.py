"""What the two DMA APIs make of the same transfers: the question that a comparison has to settle by proof, not by look."""

from __future__ import annotations

from dataclasses import dataclass

from npubuild.compare.facts import Api, Facts, kind_of
from npubuild.errors import UserError
from npubuild.lowering.patching import apply
from npubuild.lowering.proof import compare
from npubuild.mlir.source import Design, parse_design

REWRITES = {(Api.MEMCPY, Api.TASKS): "dma-task-to-memcpy", (Api.TASKS, Api.MEMCPY): "memcpy-to-dma-task"}
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True)
class StreamComparison:
    """`same_kinds`: both streams consist of these kinds of operations. `first_difference`: where their meanings part.

    `rewritten`: the patch that states the broken design's transfers in the working one's API, None where both use one;
    `changes`: what it changes in the stream, which keeps its meaning; `refused`: why it cannot be applied.
    """

    same_kinds: tuple[str, ...]
    first_difference: str
    rewritten: str | None = None
    changes: tuple[str, ...] = ()
    refused: str = ""

    @property
    def api_is_cleared(self) -> bool:
        """Whether it is proven that the choice of the API changes nothing for the broken design."""
        return self.rewritten is not None and not self.refused


def compare_streams(broken: Design, one: Facts, other: Facts) -> StreamComparison:
    """Compare the streams of two designs, and that of the broken one with what it would be in the other API."""
    kinds = [tuple(dict.fromkeys(map(kind_of, side.stream.operations))) if side.stream else () for side in (one, other)]
    same = kinds[0] if set(kinds[0]) == set(kinds[1]) else ()
    difference = ""
    if one.stream is not None and other.stream is not None:
        difference = next(iter(compare(one.stream, other.stream).differences), "")
    patch = REWRITES.get((one.api, other.api))
    if patch is None or other.stream is None:
        return StreamComparison(same, difference)
    try:
        _, steps = apply(parse_design(broken.text, broken.file), [patch])
    except UserError as error:
        return StreamComparison(same, difference, patch, refused=error.diagnostics[0].message)
    changes = steps[0].comparisons[other.subject.device.symbol, other.sequence.op.symbol].changes
    return StreamComparison(same, difference, patch, tuple(changes))
