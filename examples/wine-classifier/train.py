"""Trains the wine classifier and writes everything in its package that is generated.

    python train.py                     version 1.0.0, into this folder
    python train.py --version 1.1.0     version 1.1.0, into ../wine-classifier-next
    python train.py --check             write nothing; fail when a file would change

Written: model.onnx, eval/holdout.csv, samples/*.json, and the last block of
model.yaml (`lineage`) and card.yaml (`quantitativeAnalysis`). The rest of those
two files is written by hand. Run twice, the files are identical byte for byte.
"""

import argparse
import csv
import hashlib
import io
import json
import platform
import sys
import textwrap
from importlib.metadata import version as installed
from importlib.resources import files
from pathlib import Path

import numpy as np
import onnxruntime
import yaml
from scipy.stats import binomtest
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.datasets import load_wine
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.metrics import accuracy_score, f1_score, log_loss
from sklearn.model_selection import train_test_split

HERE = Path(__file__).resolve().parent
NAME = "wine-classifier"
SEED = 42
HOLDOUT = 0.4
# Version → the folder of its package, estimator, parameters.
VERSIONS = {
    "1.0.0": (
        HERE,
        GradientBoostingClassifier,
        {"n_estimators": 20, "max_depth": 2, "learning_rate": 0.1},
    ),
    "1.1.0": (
        HERE.parent / "wine-classifier-next",
        RandomForestClassifier,
        {"n_estimators": 50, "max_depth": 4},
    ),
}
# How far ONNX Runtime's 32-bit answer may be from scikit-learn's 64-bit one.
TOLERANCE = 1e-5


def build(version: str) -> dict[str, bytes]:
    """Returns the generated files of a version: path in the package → content."""
    folder, estimator, parameters = VERSIONS[version]
    about = yaml.safe_load((folder / "model.yaml").read_text("utf-8"))
    if (about["name"], about["version"]) != (NAME, version):
        sys.exit(f"{folder / 'model.yaml'} is not of {NAME} {version}.")
    data = load_wine()
    columns = [name.replace("/", "_") for name in data.feature_names]
    # What callers send is FP32, so that is what the model is trained and judged on.
    features = data.data.astype(np.float32)
    train, holdout, train_labels, labels = train_test_split(
        features,
        data.target,
        test_size=HOLDOUT,
        stratify=data.target,
        random_state=SEED,
    )
    # No scaler: trees do not need one, and rounding its result to 32 bits moves
    # values across a tree's threshold (one wine in 72 then changes by 0.4).
    model = estimator(**parameters, random_state=SEED)
    model.fit(train, train_labels)

    onnx = to_onnx(
        model,
        initial_types=[("features", FloatTensorType([None, len(columns)]))],
        name=NAME,
        target_opset={"": 17, "ai.onnx.ml": 3},
        options={id(model): {"zipmap": False}},
    )
    # skl2onnx leaves the opsets in the order of a set, which changes by run.
    opsets = sorted(onnx.opset_import, key=lambda opset: opset.domain)
    del onnx.opset_import[:]
    onnx.opset_import.extend(opsets)
    content = onnx.SerializeToString(deterministic=True)
    session = onnxruntime.InferenceSession(
        content, providers=["CPUExecutionProvider"]
    )
    predicted, probabilities = session.run(
        ["label", "probabilities"], {"features": holdout}
    )
    if not (predicted == model.predict(holdout)).all():
        sys.exit("The ONNX model does not predict what scikit-learn predicts.")
    gap = float(np.abs(probabilities - model.predict_proba(holdout)).max())
    if gap > TOLERANCE:
        sys.exit(f"The ONNX model is {gap} away from scikit-learn.")

    sample = slice(0, 3)
    return {
        "model.onnx": content,
        "eval/holdout.csv": to_csv(
            [*columns, "cultivar"],
            [
                [*map(number, row), int(label)]
                for row, label in zip(holdout, labels)
            ],
        ),
        "samples/request.json": to_json(
            {"id": "sample-1"},
            "inputs",
            [tensor("features", "FP32", holdout[sample])],
        ),
        "samples/response.json": to_json(
            {"model_name": NAME, "model_version": version, "id": "sample-1"},
            "outputs",
            [
                tensor("label", "INT64", predicted[sample]),
                tensor("probabilities", "FP32", probabilities[sample]),
            ],
        ),
        "model.yaml": replace_block(
            folder / "model.yaml",
            {"lineage": lineage(model, train, holdout)},
        ),
        "card.yaml": replace_block(
            folder / "card.yaml",
            {
                "quantitativeAnalysis": {
                    "performanceMetrics": measure(
                        labels, predicted, probabilities
                    )
                }
            },
        ),
    }


def measure(labels, predicted, probabilities):
    """The card's metrics, on rows that training never saw."""
    right = predicted == labels
    return [
        {
            "type": "accuracy",
            "value": rounded(accuracy_score(labels, predicted)),
            "confidenceInterval": wilson(right),
        },
        {
            "type": "macro F1",
            "value": rounded(f1_score(labels, predicted, average="macro")),
        },
        {"type": "log loss", "value": rounded(log_loss(labels, probabilities))},
        *(
            {
                "type": "recall",
                "value": rounded(right[labels == label].mean()),
                "slice": f"cultivar {label} ({int((labels == label).sum())} wines)",
                "confidenceInterval": wilson(right[labels == label]),
            }
            for label in sorted(set(labels.tolist()))
        ),
    ]


def wilson(right):
    """95 % Wilson interval of a share."""
    interval = binomtest(int(right.sum()), len(right)).proportion_ci(
        confidence_level=0.95, method="wilson"
    )
    return {
        "lowerBound": rounded(interval.low),
        "upperBound": rounded(interval.high),
    }


def lineage(model, train, holdout):
    source = files("sklearn.datasets") / "data" / "wine_data.csv"
    return {
        "datasets": [
            {
                "name": "wine recognition (UCI)",
                "uri": f"pkg:pypi/scikit-learn@{installed('scikit-learn')}"
                "#sklearn/datasets/data/wine_data.csv",
                "digest": sha256(source.read_bytes()),
            }
        ],
        "code": {"path": f"examples/{NAME}/train.py"},
        "parameters": {
            "estimator": type(model).__name__,
            "n_estimators": model.n_estimators,
            "max_depth": model.max_depth,
            "seed": SEED,
            "trainingRows": len(train),
            "holdoutRows": len(holdout),
        },
        "environment": {
            "python": ".".join(platform.python_version_tuple()[:2]),
            **{
                name: installed(name)
                for name in ("numpy", "onnx", "scikit-learn", "skl2onnx")
            },
        },
    }


def sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def rounded(value) -> float:
    return round(float(value), 4)


def number(value):
    """The shortest text that reads back as the same 32-bit number."""
    return int(value) if isinstance(value, np.integer) else float(str(value))


def tensor(name, datatype, values):
    return {
        "name": name,
        "shape": list(values.shape),
        "datatype": datatype,
        "data": [number(value) for value in values.flatten()],
    }


def to_json(head, side, tensors):
    """A request or response, laid out as Prettier would."""
    lines = ["{"]
    lines += [f"  {json.dumps(k)}: {json.dumps(v)}," for k, v in head.items()]
    lines += [f"  {json.dumps(side)}: ["]
    for index, item in enumerate(tensors):
        lines += ["    {"]
        for key, value in item.items():
            text = json.dumps(value)
            if key == "data" and len(text) > 64:
                body = textwrap.fill(
                    text[1:-1],
                    80,
                    initial_indent=" " * 8,
                    subsequent_indent=" " * 8,
                    break_on_hyphens=False,
                )
                text = f"[\n{body}\n      ]"
            comma = "" if key == "data" else ","
            lines += [f"      {json.dumps(key)}: {text}{comma}"]
        lines += ["    }" if index == len(tensors) - 1 else "    },"]
    return "\n".join([*lines, "  ]", "}", ""]).encode()


def to_csv(header, rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue().encode()


class IndentedLists(yaml.SafeDumper):
    def increase_indent(self, flow=False, indentless=False):
        return super().increase_indent(flow, False)


def replace_block(file: Path, block: dict) -> bytes:
    """Replaces the file's last block, which starts at the line `<key>:`."""
    (key,) = block
    by_hand, found, _ = file.read_text("utf-8").partition(f"\n{key}:")
    if not found:
        sys.exit(f"{file}: there is no block '{key}:' to replace.")
    text = yaml.dump(
        block,
        Dumper=IndentedLists,
        sort_keys=False,
        width=10_000,
        allow_unicode=True,
    )
    return f"{by_hand}\n{text}".encode()


def main():
    arguments = argparse.ArgumentParser(
        description="Trains the wine classifier."
    )
    arguments.add_argument("--version", choices=VERSIONS, default="1.0.0")
    arguments.add_argument("--check", action="store_true")
    options = arguments.parse_args()
    folder = VERSIONS[options.version][0]
    changed = []
    for path, content in build(options.version).items():
        file = folder / path
        if file.exists() and file.read_bytes() == content:
            continue
        changed.append(path)
        if not options.check:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    print(
        f"{folder.name} {options.version}: {', '.join(changed) or 'unchanged'}"
    )
    sys.exit(1 if options.check and changed else 0)


if __name__ == "__main__":
    main()
