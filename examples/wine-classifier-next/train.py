"""Trains the wine classifier and writes everything in its package that is generated.

    python train.py                     the version of this folder's model.yaml
    python train.py --version 1.1.0     version 1.1.0, into ../wine-classifier-next
    python train.py --check             write nothing; fail when a file would change

Written: model.onnx, eval/holdout.csv, samples/*.json, and the last block of
model.yaml (`lineage`) and card.yaml (`quantitativeAnalysis`). The rest of those
two files is written by hand. Run twice, the files are identical byte for byte.
Another folder also gets copies of this program, its requirements and the data,
so that each package holds all that its training needs.
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
from pathlib import Path

import numpy as np
import onnxruntime
import yaml
from scipy.stats import binomtest
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.metrics import accuracy_score, f1_score, log_loss
from sklearn.model_selection import train_test_split

HERE = Path(__file__).resolve().parent
NAME = "wine-classifier"
DATA = "data/wine_data.csv"
REQUIREMENTS = "requirements.txt"
SEED = 42
HOLDOUT = 0.4
# The columns of the data; the last one is the cultivar.
COLUMNS = [
    "alcohol",
    "malic_acid",
    "ash",
    "alcalinity_of_ash",
    "magnesium",
    "total_phenols",
    "flavanoids",
    "nonflavanoid_phenols",
    "proanthocyanins",
    "color_intensity",
    "hue",
    "od280_od315_of_diluted_wines",
    "proline",
]
# Version → the folder of its package, estimator, parameters.
VERSIONS = {
    "1.0.0": (
        "wine-classifier",
        GradientBoostingClassifier,
        {"n_estimators": 20, "max_depth": 2, "learning_rate": 0.1},
    ),
    "1.1.0": (
        "wine-classifier-next",
        RandomForestClassifier,
        {"n_estimators": 50, "max_depth": 4},
    ),
}
# How far ONNX Runtime's 32-bit answer may be from scikit-learn's 64-bit one.
TOLERANCE = 1e-5


def build(version: str) -> dict[str, bytes]:
    """Returns the generated files of a version: path in the package → content."""
    _, estimator, parameters = VERSIONS[version]
    folder = folder_of(version)
    about = yaml.safe_load((folder / "model.yaml").read_text("utf-8"))
    if (about["name"], about["version"]) != (NAME, version):
        sys.exit(f"{folder / 'model.yaml'} is not of {NAME} {version}.")
    table = np.loadtxt(HERE / DATA, delimiter=",", skiprows=1)
    targets = table[:, -1].astype(int)
    # What callers send is FP32, so that is what the model is trained and judged on.
    features = table[:, :-1].astype(np.float32)
    train, holdout, train_labels, labels = train_test_split(
        features,
        targets,
        test_size=HOLDOUT,
        stratify=targets,
        random_state=SEED,
    )
    # No scaler: trees do not need one, and rounding its result to 32 bits moves
    # values across a tree's threshold (one wine in 72 then changes by 0.4).
    model = estimator(**parameters, random_state=SEED)
    model.fit(train, train_labels)

    onnx = to_onnx(
        model,
        initial_types=[("features", FloatTensorType([None, len(COLUMNS)]))],
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
    holdout_file = to_csv(
        [*COLUMNS, "cultivar"],
        [
            [*map(number, row), int(label)]
            for row, label in zip(holdout, labels)
        ],
    )
    return {
        **(
            {}
            if folder == HERE
            else {
                path: (HERE / path).read_bytes()
                for path in (Path(__file__).name, REQUIREMENTS, DATA)
            }
        ),
        "model.onnx": content,
        "eval/holdout.csv": holdout_file,
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
            {"lineage": lineage(version, model, train, holdout_file)},
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


def lineage(version, model, train, holdout_file):
    """Where the version comes from; every path is one inside the package."""
    program = Path(__file__)
    return {
        "datasets": [
            {
                "name": "wine recognition (UCI)",
                "uri": DATA,
                "digest": sha256((HERE / DATA).read_bytes()),
                "role": "training",
            },
            {
                "name": "hold-out of wine recognition",
                "uri": "eval/holdout.csv",
                "digest": sha256(holdout_file),
                "role": "test",
            },
        ],
        "code": {
            "path": program.name,
            "digest": sha256(program.read_bytes()),
            "command": f"python {program.name}",
        },
        "parameters": {
            "estimator": type(model).__name__,
            "n_estimators": model.n_estimators,
            "max_depth": model.max_depth,
            "seed": SEED,
            "trainingRows": len(train),
            "holdoutRows": holdout_file.count(b"\n") - 1,
        },
        "environment": {
            "python": ".".join(platform.python_version_tuple()[:2]),
            **{
                name: installed(name)
                for name in ("numpy", "onnx", "scikit-learn", "skl2onnx")
            },
        },
        "lockFile": {
            "path": REQUIREMENTS,
            "digest": sha256((HERE / REQUIREMENTS).read_bytes()),
        },
        **(
            {}
            if version == "1.0.0"
            else {
                "parents": [
                    {
                        "model": NAME,
                        "version": "1.0.0",
                        "relation": "retrained",
                    }
                ]
            }
        ),
    }


def own_version() -> str:
    """Version of the package that this program is in."""
    return yaml.safe_load((HERE / "model.yaml").read_text("utf-8"))["version"]


def folder_of(version: str) -> Path:
    if version == own_version():
        return HERE
    return HERE.parent / VERSIONS[version][0]


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
    arguments.add_argument(
        "--version", choices=VERSIONS, default=own_version()
    )
    arguments.add_argument("--check", action="store_true")
    options = arguments.parse_args()
    folder = folder_of(options.version)
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
