"""Reference model of `encoder_chain`: layer norm of Q, K and V, attention, GELU, each on a core of its own.

Layer norm hands Q, K and V over in steps of its output scale; attention's output has the scale of V; GELU takes that one.
"""

from __future__ import annotations

from collections.abc import Callable

import attention
import gelu_i8
import layernorm_i8
import numpy as np
import numpy.typing as npt
from gelu_bf16 import gelu
from quantise import saturated

SIZE = attention.SIZE
SCALE = layernorm_i8.OUTPUT_SCALE  # of all that is handed from core to core

CASES = ("gaussian", "uniform", "aligned", "silent")

Int8 = npt.NDArray[np.int8]


def scalars() -> dict[str, tuple[int, ...]]:
    """The scalar arguments of each function of the chain."""
    if gelu_i8.INPUT_SCALE != SCALE:
        raise ValueError("GELU takes another scale than layer norm gives, and attention keeps it")
    return {
        "layernorm_i8": tuple(layernorm_i8.scalars(3 * SIZE, SIZE).values()),
        "attention_64x64": (attention.score_shift(SCALE, SCALE),),
        "gelu_i8": (SIZE * SIZE,),
    }


def work() -> dict[str, int]:
    """Operations of one run: those of the three functions."""
    parts = (layernorm_i8.work(3 * SIZE, SIZE), attention.work(), {"table lookup": SIZE * SIZE})
    return {kind: sum(part.get(kind, 0) for part in parts) for part in parts for kind in part}


def draw(case: str, seed: int) -> tuple[Int8, ...]:
    """Q, K and V of one run, and the parameters of layer norm: int8, shapes (192, 64) and (2, 64)."""
    if case not in CASES:
        raise ValueError(f"unknown case {case!r}, expected one of {', '.join(CASES)}")
    (qkv,) = attention.draw(case, seed)
    return qkv.reshape(3 * SIZE, SIZE), layernorm_i8.draw_rows("silent", seed, 1, SIZE)[1]


def compose(call: Callable[..., None], qkv: Int8, parameters: Int8) -> tuple[Int8, ...]:
    """What the cores compute, one after the other: int8, shape (64, 64)."""
    arguments = scalars()
    normal = np.empty_like(qkv)
    mixed, out = np.empty((2, SIZE, SIZE), np.int8)
    call("layernorm_i8", qkv, parameters, normal, *arguments["layernorm_i8"])
    call("attention_64x64", normal, mixed, *arguments["attention_64x64"])
    call("gelu_i8", mixed, out, *arguments["gelu_i8"])
    return (out,)


def reference(qkv: Int8, parameters: Int8) -> tuple[npt.NDArray[np.float64], ...]:
    """The output in steps of GELU's scale, without any rounding in between: float64, shape (64, 64)."""
    q, k, v = layernorm_i8.normalised(qkv, parameters).reshape(3, SIZE, SIZE)
    logits = q @ k.T / np.sqrt(SIZE)
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return (saturated(gelu(weights @ v) / gelu_i8.OUTPUT_SCALE),)
