"""Writes src/__fixtures__/metrics.json: data, and what scikit-learn computes of it.

    python scripts/make-reference-values.py     (scikit-learn 1.9.1, numpy)
"""

import json
from pathlib import Path

import numpy as np
from sklearn import metrics

OUT = Path(__file__).resolve().parent.parent / "src/__fixtures__/metrics.json"


def classification(rng, classes, rows):
    labels = rng.integers(0, classes, rows)
    logits = rng.normal(size=(rows, classes))
    logits[np.arange(rows), labels] += 1.0
    scores = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    scores = np.round(scores, 4)
    scores[:, -1] = 1 - scores[:, :-1].sum(axis=1)
    answers = scores.argmax(axis=1)
    # Equal scores, so that ties are met.
    scores[: rows // 4] = scores[0]
    expected = {"accuracy": metrics.accuracy_score(labels, answers)}
    for average in ["macro", "micro", "weighted"]:
        options = {"average": average, "zero_division": 0}
        for name, compute in [
            ("precision", metrics.precision_score),
            ("recall", metrics.recall_score),
            ("f1", metrics.f1_score),
        ]:
            expected[f"{name}-{average}"] = compute(labels, answers, **options)
    one = (labels == 1).astype(int)
    told = (answers == 1).astype(int)
    expected["precision-binary"] = metrics.precision_score(one, told)
    expected["recall-binary"] = metrics.recall_score(one, told)
    expected["f1-binary"] = metrics.f1_score(one, told)
    expected["roc-auc-binary"] = metrics.roc_auc_score(one, scores[:, 1])
    if classes > 2:
        for average in ["macro", "weighted"]:
            expected[f"roc-auc-{average}"] = metrics.roc_auc_score(
                labels, scores, multi_class="ovr", average=average
            )
    expected["log-loss"] = metrics.log_loss(labels, scores)
    expected["calibration"] = calibration(labels, scores, 10)
    return {
        "classes": classes,
        "labels": labels.tolist(),
        "answers": answers.tolist(),
        "scores": scores.flatten().tolist(),
        "expected": expected,
    }


def calibration(labels, scores, bins):
    """Guo et al. 2017; scikit-learn has none."""
    confidence = scores.max(axis=1)
    right = scores.argmax(axis=1) == labels
    total = 0.0
    for low in np.arange(bins) / bins:
        chosen = (confidence > low) & (confidence <= low + 1 / bins)
        if chosen.any():
            gap = abs(right[chosen].mean() - confidence[chosen].mean())
            total += chosen.mean() * gap
    return total


def regression(rng, rows):
    labels = np.round(rng.normal(50, 20, rows), 3)
    answers = np.round(labels + rng.normal(2, 7, rows), 3)
    return {
        "labels": labels.tolist(),
        "answers": answers.tolist(),
        "expected": {
            "rmse": metrics.root_mean_squared_error(labels, answers),
            "mae": metrics.mean_absolute_error(labels, answers),
            "r2": metrics.r2_score(labels, answers),
            "percentile-95": np.percentile(labels, 95),
        },
    }


def main():
    rng = np.random.default_rng(64)
    cases = {
        "two classes": classification(rng, 2, 80),
        "three classes": classification(rng, 3, 120),
        "quantities": regression(rng, 60),
    }
    OUT.write_text(json.dumps(cases, default=float) + "\n", "utf-8")


if __name__ == "__main__":
    main()
