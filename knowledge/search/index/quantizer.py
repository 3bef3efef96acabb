"""From a vector to its code: each coordinate as one of 16 levels, two coordinates a byte.

The levels of a coordinate are equally far apart and cover `SPREAD` standard deviations to both sides of its mean, so
that coding is two operations on numbers, and a code's product with a question is a plain one. Levels that follow the
distribution (a product quantizer's training) found no more on the vectors of a real model, for 30 times the work.

Distances of codes only choose candidates; what is answered is ordered by the true distance.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEVELS = 16
SPREAD = 2.75

# A normal distribution in four parts, nearly as far apart as they may be for the least error (1.1 deviations): which
# levels make up each, and its mean, in levels.
PARTS = np.repeat(np.arange(4, dtype=np.uint8), (5, 3, 3, 5))
MEANS = np.array([3.12, 6.145, 8.855, 11.88], dtype=np.float32)
COARSE = np.array([PARTS[byte & 15] | PARTS[byte >> 4] << 2 for byte in range(256)], dtype=np.uint8)
"""Of a code's byte: the parts of its two coordinates, in four bits."""

Codes = NDArray[np.uint8]
"""A row for each vector: half as many bytes as dimensions, rounded up; the even coordinate in the lower four bits."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Quantizer:
    """For each dimension the lowest level and how far apart they are."""

    low: Floats
    step: Floats

    @property
    def dimensions(self) -> int:
        return len(self.low)

    def encode(self, vectors: Floats) -> Codes:
        levels = np.clip(np.rint((vectors - self.low) / self.step), 0, LEVELS - 1).astype(np.uint8)
        if self.dimensions % 2:
            levels = np.pad(levels, ((0, 0), (0, 1)))
        packed: Codes = levels[:, 0::2] | (levels[:, 1::2] << 4)
        return packed

    def decode(self, codes: Codes) -> Floats:
        return self.low + self.step * unpack(codes, dimensions=self.dimensions)

    def products(self, codes: Codes, vector: Floats) -> Floats:
        """The inner product of each coded vector with this one."""
        weights = np.zeros(codes.shape[1] * 2, dtype=np.float32)
        weights[: self.dimensions] = vector * self.step
        lower: Floats = (codes & 15).astype(np.float32)
        upper: Floats = (codes >> 4).astype(np.float32)
        products = lower @ weights[0::2] + upper @ weights[1::2] + np.dot(vector, self.low)
        return np.asarray(products, dtype=np.float32)

    @property
    def coarse_centers(self) -> Floats:
        """(pairs, 16, 2): what the four bits of two coordinates stand for in a coarse code."""
        values = np.zeros((coarse_width(self.dimensions), 4), dtype=np.float32)
        values[: self.dimensions] = self.low[:, None] + self.step[:, None] * MEANS
        bits = np.arange(16)
        centers: Floats = np.stack([values[0::2, bits & 3], values[1::2, bits >> 2]], axis=2)
        return centers


def coarse_width(dimensions: int) -> int:
    """Coarse codes are whole bytes."""
    return -(-dimensions // 4) * 4


def coarse(codes: Codes, *, dimensions: int) -> Codes:
    """Half as long: two bits a coordinate, four coordinates a byte. Enough to choose what is compared by its code."""
    missing = coarse_width(dimensions) // 2 - codes.shape[1]
    pairs: Codes = np.take(COARSE, np.pad(codes, ((0, 0), (0, missing))) if missing else codes)
    return np.asarray(pairs[:, 0::2] | (pairs[:, 1::2] << 4), dtype=np.uint8)


def train_quantizer(vectors: Floats) -> Quantizer:
    """From a sample of at least one vector. A coordinate that never varies gets levels all the same."""
    mean, deviation = vectors.mean(axis=0), vectors.std(axis=0)
    step = np.maximum(deviation * 2 * SPREAD / (LEVELS - 1), np.float32(1e-6))
    return Quantizer(low=mean - step * (LEVELS - 1) / 2, step=step)


def unpack(codes: Codes, *, dimensions: int) -> Codes:
    levels = np.empty((len(codes), codes.shape[1] * 2), dtype=np.uint8)
    levels[:, 0::2], levels[:, 1::2] = codes & 15, codes >> 4
    return levels[:, :dimensions]


def unit(vectors: Floats) -> Floats:
    """Of length 1, as the cosine sees them; zeros stay zeros."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
