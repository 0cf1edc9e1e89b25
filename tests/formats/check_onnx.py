"""Checks ONNX files with the checker of Python's onnx (Debian's python3-onnx): python3 tests/formats/check_onnx.py FILE..."""
import sys

import onnx
from onnx import checker, defs, shape_inference

for path in sys.argv[1:]:
    model = onnx.load(path)
    opset = next(entry.version for entry in model.opset_import if entry.domain == "")
    if opset > defs.onnx_opset_version():
        continue  # newer than what this checker knows
    checker.check_model(model, full_check=True)
    inferred = shape_inference.infer_shapes(model, check_type=True, strict_mode=True)
    assert len(inferred.graph.value_info) > 0 or len(model.graph.node) == 1, path
    print(path)
