"""One run's outputs beside what they should be, kept for those who want to look: the first run that failed, or the first."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from npubuild.errors import Place, UserError
from npubuild.files import read_bytes, write_atomically

LARGEST = 1 << 20  # elements: more is not kept

Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SampleOutput:
    """One output of one call, flat: as `found`, and of the float reference (`ideal`); both are in steps of the output."""

    name: str
    shape: tuple[int, ...]
    found: Values
    ideal: Values


@dataclass(frozen=True)
class Sample:
    """`what` names the case, seed and run; `good` tells whether nothing was wrong with it."""

    what: str
    good: bool
    outputs: tuple[SampleOutput, ...]

    def save(self, file: Path) -> None:
        outputs = [{"name": output.name, "shape": list(output.shape)} for output in self.outputs]
        description = json.dumps({"what": self.what, "good": self.good, "outputs": outputs})
        arrays: dict[str, npt.NDArray[np.generic]] = {"description": np.frombuffer(description.encode(), np.uint8)}
        for number, output in enumerate(self.outputs):
            arrays[f"found{number}"], arrays[f"ideal{number}"] = output.found, output.ideal
        content = io.BytesIO()
        np.savez_compressed(content, **arrays)  # type: ignore[arg-type]
        write_atomically(file, content.getvalue())


def read_sample(file: Path) -> Sample:
    """What `save` has written; UserError for anything else."""
    try:
        with np.load(io.BytesIO(read_bytes(file)), allow_pickle=False) as arrays:
            description = json.loads(arrays["description"].tobytes())
            outputs = tuple(
                SampleOutput(output["name"], tuple(output["shape"]), arrays[f"found{number}"], arrays[f"ideal{number}"])
                for number, output in enumerate(description["outputs"])
            )
    except (ValueError, KeyError, TypeError, OSError, EOFError) as error:
        raise UserError.at(Place(str(file)), "is no sample of a smoke test", hint="run the smoke test again") from error
    return Sample(description["what"], description["good"], outputs)
