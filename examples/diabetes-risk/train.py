"""Trains the diabetes model and writes everything in its package that is generated.

    python train.py             write
    python train.py --check     write nothing; fail when a file would change

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
from pathlib import Path

import numpy as np
import onnxruntime
import yaml
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

HERE = Path(__file__).resolve().parent
NAME = "diabetes-risk"
MEASUREMENTS = "data/diabetes_data_raw.csv.gz"
TARGETS = "data/diabetes_target.csv.gz"
REQUIREMENTS = "requirements.txt"
SEED = 42
HOLDOUT = 0.3
ALPHA = 10.0
# The inputs, in the order of the columns of the data: age, sex, bmi, bp, s1 … s6.
INPUTS = [
    "age",
    "sex",
    "bmi",
    "blood_pressure",
    "total_cholesterol",
    "ldl",
    "hdl",
    "cholesterol_hdl_ratio",
    "log_triglycerides",
    "glucose",
]
OUTPUT = "progression"
# How far ONNX Runtime's 32-bit answer may be from scikit-learn's 64-bit one.
TOLERANCE = 1e-3
RESAMPLES = 2000


def build() -> dict[str, bytes]:
    """Returns the generated files: path in the package → content."""
    about = yaml.safe_load((HERE / "model.yaml").read_text("utf-8"))
    # What callers send is FP32, so that is what the model is trained and judged on.
    features = np.loadtxt(HERE / MEASUREMENTS).astype(np.float32)
    progression = np.loadtxt(HERE / TARGETS)
    train, holdout, train_targets, targets = train_test_split(
        features, progression, test_size=HOLDOUT, random_state=SEED
    )
    model = make_pipeline(StandardScaler(), Ridge(alpha=ALPHA))
    model.fit(train.astype(np.float64), train_targets)

    onnx = to_onnx(
        model,
        initial_types=[(name, FloatTensorType([None, 1])) for name in INPUTS],
        final_types=[(OUTPUT, FloatTensorType([None, 1]))],
        name=NAME,
        target_opset={"": 17, "ai.onnx.ml": 3},
    )
    # skl2onnx leaves the opsets in the order of a set, which changes by run.
    opsets = sorted(onnx.opset_import, key=lambda opset: opset.domain)
    del onnx.opset_import[:]
    onnx.opset_import.extend(opsets)
    content = onnx.SerializeToString(deterministic=True)
    session = onnxruntime.InferenceSession(
        content, providers=["CPUExecutionProvider"]
    )
    (predicted,) = session.run([OUTPUT], split(holdout))
    expected = model.predict(holdout.astype(np.float64)).reshape(-1, 1)
    gap = float(np.abs(predicted - expected).max())
    if gap > TOLERANCE:
        sys.exit(f"The ONNX model is {gap} away from scikit-learn.")

    sample = slice(0, 2)
    holdout_file = to_csv(
        [*INPUTS, OUTPUT],
        [
            [*map(number, row), int(target)]
            for row, target in zip(holdout, targets)
        ],
    )
    return {
        "model.onnx": content,
        "eval/holdout.csv": holdout_file,
        "samples/request.json": to_json(
            {"id": "sample-1"},
            "inputs",
            [
                tensor(name, "FP32", values)
                for name, values in split(holdout[sample]).items()
            ],
        ),
        "samples/response.json": to_json(
            {
                "model_name": NAME,
                "model_version": about["version"],
                "id": "sample-1",
            },
            "outputs",
            [tensor(OUTPUT, "FP32", predicted[sample])],
        ),
        "model.yaml": replace_block(
            HERE / "model.yaml", {"lineage": lineage(train, holdout_file)}
        ),
        "card.yaml": replace_block(
            HERE / "card.yaml",
            {
                "quantitativeAnalysis": {
                    "performanceMetrics": measure(
                        holdout, targets, predicted[:, 0], train_targets.mean()
                    )
                }
            },
        ),
    }


def split(rows):
    """One [-1,1] tensor for each input."""
    return {name: rows[:, [index]] for index, name in enumerate(INPUTS)}


def measure(rows, targets, predicted, mean):
    """The card's metrics, on rows that training never saw."""
    age, sex, bmi = (rows[:, INPUTS.index(n)] for n in ("age", "sex", "bmi"))
    slices = {
        "sex 1": sex == 1,
        "sex 2": sex == 2,
        "under 50 years": age < 50,
        "50 years and over": age >= 50,
        "BMI under 25": bmi < 25,
        "BMI 25 to under 30": (bmi >= 25) & (bmi < 30),
        "BMI 30 and over": bmi >= 30,
    }
    baseline = mean_absolute_error(targets, np.full_like(targets, mean))
    return [
        metric("mean absolute error", mean_absolute_error, targets, predicted),
        metric(
            "root mean squared error",
            root_mean_squared_error,
            targets,
            predicted,
        ),
        metric("R²", r_squared, targets, predicted),
        {
            "type": "mean absolute error of always answering the training mean",
            "value": rounded(baseline),
        },
        *(
            metric(
                name,
                function,
                targets[mask],
                predicted[mask],
                f"{label} ({int(mask.sum())} people)",
            )
            for label, mask in slices.items()
            for name, function in (
                ("mean absolute error", mean_absolute_error),
                ("mean error (bias)", mean_error),
            )
        ),
    ]


def metric(name, function, targets, predicted, slice_name=None):
    """A metric with its 95 % percentile bootstrap interval."""
    random = np.random.default_rng(SEED)
    draws = random.integers(len(targets), size=(RESAMPLES, len(targets)))
    values = [function(targets[draw], predicted[draw]) for draw in draws]
    low, high = np.percentile(values, [2.5, 97.5])
    return {
        "type": name,
        "value": rounded(function(targets, predicted)),
        **({"slice": slice_name} if slice_name else {}),
        "confidenceInterval": {
            "lowerBound": rounded(low),
            "upperBound": rounded(high),
        },
    }


def mean_absolute_error(targets, predicted):
    return np.abs(predicted - targets).mean()


def root_mean_squared_error(targets, predicted):
    return np.sqrt(((predicted - targets) ** 2).mean())


def mean_error(targets, predicted):
    return (predicted - targets).mean()


def r_squared(targets, predicted):
    spread = ((targets - targets.mean()) ** 2).sum()
    return 1 - ((predicted - targets) ** 2).sum() / spread


def lineage(train, holdout_file):
    """Where the version comes from; every path is one inside the package."""
    program = Path(__file__)
    return {
        "datasets": [
            *(
                {
                    "name": f"diabetes study (Efron et al., 2004), {what}",
                    "uri": file,
                    "digest": sha256((HERE / file).read_bytes()),
                    "role": "training",
                }
                for what, file in (
                    ("measurements", MEASUREMENTS),
                    ("progression", TARGETS),
                )
            ),
            {
                "name": "hold-out of the diabetes study",
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
            "estimator": "Ridge",
            "alpha": ALPHA,
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
    }


def sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def rounded(value) -> float:
    return round(float(value), 2)


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
        description="Trains the diabetes model."
    )
    arguments.add_argument("--check", action="store_true")
    options = arguments.parse_args()
    changed = []
    for path, content in build().items():
        file = HERE / path
        if file.exists() and file.read_bytes() == content:
            continue
        changed.append(path)
        if not options.check:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    print(f"{NAME}: {', '.join(changed) or 'unchanged'}")
    sys.exit(1 if options.check and changed else 0)


if __name__ == "__main__":
    main()
