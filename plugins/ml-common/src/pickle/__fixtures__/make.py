"""Makes the fixtures of this folder and of packages/cli/src/__fixtures__.

    python3 -m venv /tmp/venv
    /tmp/venv/bin/pip install scikit-learn joblib pandas cloudpickle mlflow-skinny xgboost-cpu lightgbm
    /tmp/venv/bin/python make.py

The pickles that import something harmful are written by hand, opcode by
opcode; nothing here loads them.
"""

import pathlib
import pickle
import shutil

import cloudpickle
import joblib
import lightgbm
import mlflow
import mlflow.sklearn
import numpy as np
import pandas as pd
import xgboost
from sklearn.datasets import load_wine
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

HERE = pathlib.Path(__file__).parent
CLI = HERE.parents[4] / "packages/cli/src/__fixtures__"
CLI.mkdir(parents=True, exist_ok=True)
X, y = load_wine(return_X_y=True)

pipeline = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(X, y)
frame = load_wine(as_frame=True).data
named = LogisticRegression(max_iter=5000).fit(frame.iloc[:, :3], y)
forest = RandomForestClassifier(3, max_depth=3, random_state=0).fit(X, y)

for protocol in (0, 2, 4, 5):
    (HERE / f"pipeline-{protocol}.pkl").write_bytes(pickle.dumps(pipeline, protocol))
joblib.dump(pipeline, HERE / "pipeline.joblib")
joblib.dump(named, HERE / "named.joblib")
joblib.dump(forest, HERE / "forest.joblib")
joblib.dump(forest, HERE / "forest-zlib.joblib", compress=3)
joblib.dump(forest, HERE / "forest-gzip.joblib", compress=("gzip", 3))
joblib.dump(forest, HERE / "forest-xz.joblib", compress=("xz", 3))

factor = 3
(HERE / "code.pkl").write_bytes(cloudpickle.dumps(lambda rows: rows * factor))
(HERE / "harm-0.pkl").write_bytes(b"cos\nsystem\n(S'true'\ntR.")


def text(value: str) -> bytes:
    return b"\x8c" + bytes([len(value)]) + value.encode()


# The names go through the memo, so that they do not stand before STACK_GLOBAL.
(HERE / "harm-4.pkl").write_bytes(
    b"\x80\x04" + text("eval") + b"\x94" + text("builtins") + b"\x940"
    b"0h\x01h\x00\x93" + text("1") + b"\x85R."
)


# Harm that only a reader of the bytes after an array of joblib comes to.
class Harm:
    def __reduce__(self):
        import subprocess

        return subprocess.call, (["true"],)


joblib.dump([np.arange(200.0), Harm()], HERE / "harm.joblib")
joblib.dump(np.array([Harm()], dtype=object), HERE / "harm-inside.joblib")

model = xgboost.XGBClassifier(n_estimators=2, max_depth=2).fit(X, y)
model.get_booster().save_model(CLI / "xgboost.json")
booster = lightgbm.train(
    {"objective": "multiclass", "num_class": 3, "num_leaves": 4, "verbose": -1},
    lightgbm.Dataset(frame, y),
    2,
)
booster.save_model(CLI / "lightgbm.txt")

shutil.rmtree(CLI / "mlflow", ignore_errors=True)
example = frame.iloc[:2, :3]
mlflow.sklearn.save_model(
    named,
    CLI / "mlflow",
    signature=mlflow.models.infer_signature(example, named.predict(example)),
    serialization_format="cloudpickle",
    pip_requirements=[
        f"{name}=={__import__(module).__version__}"
        for name, module in [
            ("mlflow", "mlflow"),
            ("scikit-learn", "sklearn"),
            ("cloudpickle", "cloudpickle"),
            ("numpy", "numpy"),
            ("pandas", "pandas"),
        ]
    ],
)
tensors = CLI / "mlflow-tensors"
shutil.rmtree(tensors, ignore_errors=True)
mlflow.sklearn.save_model(
    pipeline,
    tensors,
    signature=mlflow.models.infer_signature(X, pipeline.predict(X)),
    serialization_format="cloudpickle",
    pip_requirements=["mlflow", "scikit-learn"],
)
