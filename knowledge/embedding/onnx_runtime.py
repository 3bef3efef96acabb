"""ONNX Runtime without its telemetry, which its wheels have on since 1.29: loaded, it keeps an identifier and a
database in the home directory, and reports what it does to its maker. See docs/decisions/0301.
"""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # it is looked at once, while the library loads

import onnxruntime

__all__ = ["onnxruntime"]
