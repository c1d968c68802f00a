"""Makes the models that `serving.mjs` serves, in the folder that it is given.

    python make_models.py .cache/serving-benchmark/models

For each width a logistic regression of scikit-learn: the pickle that MLServer
serves, and the same model in ONNX. The script is run with the packages of
`requirements.txt`, in the environment that `serving.mjs` installs.
"""
import sys
from pathlib import Path

import joblib
import numpy as np
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.linear_model import LogisticRegression

WIDTHS = (4, 30, 1000)
ROWS = 400


def train(width):
    """Two classes, told apart by a random direction with noise on it."""
    random = np.random.default_rng(width)
    features = random.normal(size=(ROWS, width)).astype(np.float32)
    direction = random.normal(size=width) / np.sqrt(width)
    noise = random.normal(scale=0.5, size=ROWS)
    labels = (features @ direction + noise > 0).astype(int)
    return LogisticRegression(C=0.1, max_iter=1000).fit(features, labels)


def save(folder, width):
    model = train(width)
    joblib.dump(model, folder / f"logistic{width}.joblib")
    onnx = to_onnx(
        model,
        initial_types=[("features", FloatTensorType([None, width]))],
        options={"zipmap": False},
        target_opset=17,
    )
    (folder / f"logistic{width}.onnx").write_bytes(onnx.SerializeToString())


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for each in WIDTHS:
        save(target, each)
