"""Linear layers of int8, which processors multiply several times as fast as floating-point ones.

Weights are rounded to eight bits by output column. Tokens are rounded to eight bits as they come, each by its own
largest number: a scale that were shared by a whole run would make a text's vector depend on the texts beside it. What
lies between the linear layers, the sums of attention among it, stays in floating point.

See docs/decisions/0052.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from knowledge.embedding.embedders.minilm_graph import RUNTIME, Graph

MIDDLE = 128
"""What stands for 0 where numbers of both signs are stored as 0 to 255."""

GELU_ZERO = 12
GELU_RANGE = 255 - GELU_ZERO
GELU_LEAST = 0.17
"""Gelu is never below -0.17, so few of the 256 steps are needed below 0 and most are left for what lies above."""


class Int8Graph(Graph):
    def __init__(self, weights: Path) -> None:
        super().__init__(weights)
        self.data = np.memmap(weights, dtype=np.uint8, mode="r", offset=self.data_start)
        self.zeros: dict[int, str] = {}

    def linear(self, tokens: str, *parts: str) -> list[str]:
        largest = self._largest(self.add("Abs", tokens))
        scale = self.add("Mul", largest, self.constant(1 / 127, np.float32))
        return self._multiply(tokens, parts, scale=scale, zero=MIDDLE)

    def linear_after_gelu(self, tokens: str, part: str) -> str:
        least = self.constant(GELU_LEAST / GELU_ZERO * GELU_RANGE, np.float32)
        largest = self.add("Max", self._largest(tokens), least)
        scale = self.add("Mul", largest, self.constant(1 / GELU_RANGE, np.float32))
        return self._multiply(tokens, [part], scale=scale, zero=GELU_ZERO)[0]

    def _largest(self, tokens: str) -> str:
        """Of each token: [tokens]."""
        return self.add("ReduceMax", tokens, self.constant([-1]), keepdims=0)

    def _multiply(self, tokens: str, parts: Sequence[str], *, scale: str, zero: int) -> list[str]:
        rounded = self.add("QuantizeLinear", tokens, scale, self._zeros(scale, zero), axis=0)
        column = self.add("Unsqueeze", scale, self.constant([-1]))
        return [self._multiply_by(part, rounded, scale=column, zero=zero) for part in parts]

    def _multiply_by(self, part: str, rounded: str, *, scale: str, zero: int) -> str:
        numbers, by_column = self._rounded_weight(f"{part}.weight")
        whole = self.constant(1, np.float32), by_column, self.constant(zero, np.uint8)
        product = self.add("MatMulIntegerToFloat", rounded, numbers, *whole, domain=RUNTIME)
        return self.add("Add", self.add("Mul", product, scale), self.weight(f"{part}.bias"))

    def _zeros(self, like: str, zero: int) -> str:
        """One for each token, since their scales are as many; all layers have the same tokens."""
        if zero not in self.zeros:
            self.zeros[zero] = self.add("Expand", self.constant(zero, np.uint8), self.add("Shape", like))
        return self.zeros[zero]

    def _rounded_weight(self, name: str) -> tuple[str, str]:
        """int8 [in, out], and the scale of each column."""
        start, end = self.tensors[name]["data_offsets"]
        weight = self.data[start:end].view(np.float32).reshape(self.tensors[name]["shape"])
        scale = np.abs(weight).max(axis=1) / 127
        numbers = np.rint(weight / scale[:, None]).astype(np.int8)
        return self.hold(f"{name}.numbers", np.ascontiguousarray(numbers.T)), self.hold(f"{name}.scale", scale)
