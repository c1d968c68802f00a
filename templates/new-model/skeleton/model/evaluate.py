"""Checks the packaged model against eval/suite.yaml; fails when it is missed.

    python model/evaluate.py
"""

import csv
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import yaml
from sklearn import metrics

HERE = Path(__file__).resolve().parent
METRICS = {
    "accuracy": metrics.accuracy_score,
    "f1": lambda labels, told: metrics.f1_score(labels, told, average="macro"),
    "mae": metrics.mean_absolute_error,
    "r2": metrics.r2_score,
}


def main():
    suite = yaml.safe_load((HERE / "eval/suite.yaml").read_text("utf-8"))
    session = onnxruntime.InferenceSession(
        str(HERE / "model.onnx"), providers=["CPUExecutionProvider"]
    )
    datasets = {item["name"]: item for item in suite["datasets"]}
    missed = 0
    for metric in suite["metrics"]:
        labels, told = answer(session, datasets[metric["dataset"]])
        value = float(METRICS[metric["type"]](labels, told))
        threshold = metric["threshold"]
        is_met = threshold.get("min", -np.inf) <= value <= threshold.get(
            "max", np.inf
        )
        missed += not is_met
        verdict = "met" if is_met else "MISSED"
        print(f"{metric['name']}: {value:.4f}, wanted {threshold}: {verdict}")
    sys.exit(1 if missed else 0)


def answer(session, dataset):
    """The right answers of a dataset, and the model's."""
    with (HERE / dataset["path"]).open(newline="", encoding="utf-8") as source:
        table = list(csv.DictReader(source))
    feed = {
        item["tensor"]: np.array(
            [[float(row[name]) for name in item["columns"]] for row in table],
            np.float32,
        )
        for item in dataset["inputs"]
    }
    label = dataset["label"]
    (told,) = session.run([label["output"]], feed)
    labels = np.array([float(row[label["column"]]) for row in table])
    return labels, told.reshape(len(table))


if __name__ == "__main__":
    main()
