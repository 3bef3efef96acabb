"""The three models that rapidocr's wheel brings, run by ONNX Runtime on one thread. Nothing else of the wheel is used:
none of its code is imported, so nothing of it can fetch another model.

Pictures are given in the order blue, green, red, each value from -1 to 1, as the models were trained.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from knowledge.embedding.onnx_runtime import onnxruntime

DETECTOR, RECOGNISER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
UPSIDE_DOWN = "ch_ppocr_mobile_v2.0_cls_mobile.onnx"
SILENT = 4
Values = NDArray[np.float32]


def run(model: str, values: Values) -> Values:
    """What the model makes of one picture or several of one size, `[picture, colour, row, column]`."""
    session = _session(model)
    [found] = session.run(None, {session.get_inputs()[0].name: values})
    result: Values = found
    return result


def load_all() -> None:
    """Raises ModuleNotFoundError where the wheel is not installed."""
    for model in (DETECTOR, RECOGNISER, UPSIDE_DOWN):
        _session(model)


def letters() -> list[str]:
    """What the recogniser can tell apart, by its number: nothing, its signs, a blank."""
    told = _session(RECOGNISER).get_modelmeta().custom_metadata_map["character"]
    return ["", *told.splitlines(), " "]


def values_of(picture: Image.Image) -> Values:
    """`[colour, row, column]`"""
    pixels = np.asarray(picture, dtype=np.float32)[:, :, ::-1].transpose(2, 0, 1)
    return np.ascontiguousarray(pixels / 127.5 - 1, dtype=np.float32)


@cache
def _session(model: str) -> Any:
    """Memory goes back after each picture: they differ in size, and an arena would keep the most that any needed."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = options.enable_mem_pattern = False
    options.log_severity_level = SILENT
    return onnxruntime.InferenceSession(str(_folder() / model), options, providers=["CPUExecutionProvider"])


def _folder() -> Path:
    spec = find_spec("rapidocr")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("rapidocr is not installed")
    return Path(spec.submodule_search_locations[0]) / "models"
