"""Writes onnx/predictions.json: what onnxruntime makes of the small exported models of crates/model/src/export/tests.rs.

    UPDATE_ONNX=1 cargo test --workspace --lib onnxruntime
    python3 -m venv venv && venv/bin/pip install -r tests/parity/requirements.txt
    venv/bin/python tests/golden/make_onnx_golden.py

The first command writes the models and the rows into tests/golden/onnx.
"""

import hashlib
import json
import math
import pathlib

import numpy
import onnx
import onnxruntime

folder = pathlib.Path(__file__).parent / "onnx"
rows = numpy.array(json.loads((folder / "rows.json").read_text()), dtype=float)
models = {}
for path in sorted(folder.glob("*.onnx")):
    onnx.checker.check_model(str(path), full_check=True)
    session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    predictions = session.run(["prediction"], {"features": rows})[0]
    assert predictions.dtype == numpy.float64 and predictions.shape == (len(rows), 1)
    models[path.stem] = {
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "predictions": [None if math.isnan(value) else value for value in predictions[:, 0].tolist()],
    }
versions = {"onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__}
(folder / "predictions.json").write_text(json.dumps({"versions": versions, "models": models}, indent=1) + "\n")
