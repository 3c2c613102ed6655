"""Image pipelines and convolutions: windows of lines, skipped connections, runtime parameters."""

from __future__ import annotations

import numpy as np

from tests.real.case import case


def pointwise(lines, weights, result, width, inputs, outputs, shift):
    pixels = lines.view(np.int8)[: width * inputs].reshape(inputs, width).T.astype(np.int32)
    sums = pixels @ weights.view(np.int8)[: inputs * outputs].reshape(inputs, outputs).astype(np.int32)
    result.view(np.int8)[: width * outputs] = np.clip(sums >> shift, -128, 127).astype(np.int8).T.reshape(-1)


@case(2, kernels={"conv2dk1_i8": pointwise})
def conv2d_1x1_rtp(x, weights, y):
    result = np.empty(1024, np.int8)
    for line in range(8):
        part = slice(128 * line, 128 * line + 128)
        pointwise(x.view(np.int8)[part].view(np.uint8), weights.view(np.uint8), result[part].view(np.uint8), 8, 16, 16, 5)
    return {2: result.view(np.int32)}


def filter_line(above, here, below, result, width, kernel):
    weights = kernel.view(np.int16)[:9].reshape(3, 3).astype(np.int32)
    lines = np.stack([np.pad(line[:width].astype(np.int32), 1, mode="edge") for line in (above, here, below)])
    sums = sum(weights[row, column] * lines[row, column : column + width] for row in range(3) for column in range(3))
    result[:width] = np.clip(sums >> 12, 0, 255)


@case(1, kernels={"filter2dLine": filter_line})
def conv2d_3x3_sliding(x, y):
    images = np.pad(x.reshape(2, 8, 32).astype(np.int32), ((0, 0), (1, 1), (1, 1)), mode="edge")
    around = images[:, :-2, 1:-1] + images[:, 2:, 1:-1] + images[:, 1:-1, :-2] + images[:, 1:-1, 2:]
    return {1: np.clip(around - 4 * images[:, 1:-1, 1:-1], 0, 255)}


def first_layer(line, result):
    result.view(np.int8)[:16] = line.view(np.int8)[:16] >> 1


def middle_layer(above, here, below, result, half, border):
    part = slice(half, half + 8)
    sums = sum(line.view(np.int8)[part].astype(np.int32) for line in (above, here, below))
    result.view(np.int8)[:8] = (sums >> 2) + border


def last_layer(left, right, skipped, result):
    sums = np.concatenate([left.view(np.int8)[:8], right.view(np.int8)[:8]]).astype(np.int32) + skipped.view(np.int8)[:16]
    result.view(np.int8)[:16] = np.clip(sums, -128, 127)


@case(1, kernels={"conv1": first_layer, "conv3": middle_layer, "skip": last_layer})
def bottleneck_skip(x, y):
    lines = x.view(np.int8).reshape(6, 16).astype(np.int32)
    padded = np.pad(lines >> 1, ((1, 1), (0, 0)), mode="edge")
    border = np.array([0, 1, 1, 1, 1, 2])[:, None]
    middle = (((padded[:-2] + padded[1:-1] + padded[2:]) >> 2) + border).astype(np.int8)
    return {1: np.clip(middle + lines, -128, 127).astype(np.int8).view(np.int32)}


def to_gray(pixels, gray, width):
    channels = pixels[: 4 * width].reshape(width, 4).astype(np.int32)
    gray[:width] = (77 * channels[:, 0] + 150 * channels[:, 1] + 29 * channels[:, 2]) >> 8


def threshold(line, result, width, least, most, kind):
    above, below = (most, 0) if kind == 0 else (0, most)
    result[:width] = np.where(line[:width] > least, above, below)


def to_colours(gray, pixels, width):
    pixels[: 4 * width].reshape(width, 4)[:, :3] = gray[:width, None]
    pixels[: 4 * width].reshape(width, 4)[:, 3] = 255


def add_weighted(one, other, result, width, alpha, beta, gamma):
    sums = (one[:width].astype(np.int32) * alpha + other[:width].astype(np.int32) * beta) >> 14
    result[:width] = np.clip(sums + gamma, 0, 255)


PIPELINE = {
    "rgba2grayLine": to_gray,
    "thresholdLine": threshold,
    "gray2rgbaLine": to_colours,
    "addWeightedLine": add_weighted,
}


@case(2, kernels=PIPELINE)
def edge_detect(x, unused, y):
    pixels = x.reshape(160, 4).astype(np.int32)
    gray = (77 * pixels[:, 0] + 150 * pixels[:, 1] + 29 * pixels[:, 2]) >> 8
    edges = np.where(gray > 100, 255, 0)
    colours = np.stack([edges, edges, edges, np.full(160, 255)], axis=1)
    return {2: np.clip(((colours * 16384 + pixels * 8192) >> 14) - 3, 0, 255)}


@case(2, kernels={"thresholdLine": threshold})
def color_threshold(x, unused, y):
    lines = x.reshape(8, 4, 32)
    above = lines > np.array([50, 70, 90, 110])[:, None]
    above[:, 3] = ~above[:, 3]
    return {2: np.where(above, 255, 0)}
