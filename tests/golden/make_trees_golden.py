"""Writes trees.json: what scikit-learn and LightGBM say about a small data set, for the tests of crates/trees.

    python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1 lightgbm==4.7.0 numpy
    venv/bin/python make_trees_golden.py

The data are drawn here and rounded, so that every column has fewer distinct values than there are bins and the splits
do not depend on how bins are cut. Predictions are of the rows trained on, where equally good splits agree.
"""

import json
import pathlib

import lightgbm
import numpy as np
import sklearn
import sklearn._loss.loss
import sklearn.dummy
import sklearn.ensemble._gb
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn.utils.stats import _weighted_percentile

ROWS, FEATURES = 240, 5

random = np.random.default_rng(20240607)
x = random.normal(size=(ROWS, FEATURES)).round(1)
y = (2 * np.tanh(x[:, 0]) + x[:, 1] * x[:, 2] + 0.5 * random.normal(size=ROWS)).round(3)
# Missing where the outcome tends to be high, so that the side matters.
gaps = x.copy()
gaps[(random.random(ROWS) < 0.15) & (y > 0), 0] = np.nan
gaps[random.random(ROWS) < 0.1, 3] = np.nan
weights = random.integers(1, 4, size=ROWS).astype(float)
binary = (y > 0.3).astype(int)
classes = np.digitize(y, [-0.7, 0.9])

SIZES = {"max_leaf_nodes": 7, "min_samples_leaf": 8, "learning_rate": 0.3, "max_iter": 15, "early_stopping": False}
OURS = {"num_leaves": 7, "min_samples_leaf": 8, "learning_rate": 0.3, "n_estimators": 15}

cases = []


def case(name, params, predictions, target="y", weighted=False, data="x"):
    values = np.asarray(predictions, dtype=float).ravel().tolist()
    cases.append(
        {"name": name, "params": params, "target": target, "weighted": weighted, "data": data, "predictions": values}
    )


model = HistGradientBoostingRegressor(**SIZES).fit(x, y)
case("squared", {**OURS, "loss": {"kind": "squared"}}, model.predict(x))
model = HistGradientBoostingRegressor(**SIZES, l2_regularization=2.0).fit(x, y)
case("squared, l2", {**OURS, "loss": {"kind": "squared"}, "l2": 2.0}, model.predict(x))
model = HistGradientBoostingRegressor(**SIZES).fit(x, y, sample_weight=weights)
case("squared, weighted", {**OURS, "loss": {"kind": "squared"}}, model.predict(x), weighted=True)
model = HistGradientBoostingRegressor(**{**SIZES, "max_leaf_nodes": 31}, max_depth=3).fit(x, y)
case(
    "squared, depth 3",
    {**OURS, "num_leaves": 31, "max_depth": 3, "loss": {"kind": "squared"}},
    model.predict(x),
)
model = HistGradientBoostingRegressor(**SIZES).fit(gaps, y)
case("squared, missing", {**OURS, "loss": {"kind": "squared"}}, model.predict(gaps), data="gaps")
model = HistGradientBoostingRegressor(loss="absolute_error", **SIZES).fit(x, y)
case("absolute", {**OURS, "loss": {"kind": "absolute"}}, model.predict(x))
model = HistGradientBoostingClassifier(**SIZES).fit(x, binary)
case("logistic", {**OURS, "loss": {"kind": "logistic"}}, model.predict_proba(x)[:, 1], target="binary")
model = HistGradientBoostingClassifier(**SIZES).fit(x, classes)
case("softmax", {**OURS, "loss": {"kind": "softmax", "classes": 3}}, model.predict_proba(x), target="classes")

# Quantiles in scikit-learn are averaged ones in some places and not in others; here they are everywhere.
def averaged(array, sample_weight, percentile_rank=50, **_):
    weights = np.ones(len(array)) if sample_weight is None else sample_weight
    return _weighted_percentile(array, weights, percentile_rank, average=True)


def pinball(self, y_true, sample_weight=None):
    return averaged(y_true, sample_weight, 100 * self.closs.quantile)


sklearn._loss.loss.PinballLoss.fit_intercept_only = pinball
for module in (sklearn.dummy, sklearn._loss.loss, sklearn.ensemble._gb):
    module._weighted_percentile = averaged
model = HistGradientBoostingRegressor(loss="quantile", quantile=0.3, **SIZES).fit(x, y)
case("quantile", {**OURS, "loss": {"kind": "quantile", "alpha": 0.3}}, model.predict(x))
# Friedman's own algorithm, whose trees are limited by depth alone.
model = GradientBoostingRegressor(
    loss="huber", alpha=0.8, max_depth=3, min_samples_leaf=8, learning_rate=0.3, n_estimators=15, random_state=0
).fit(x, y)
case("huber", {**OURS, "num_leaves": 31, "max_depth": 3, "loss": {"kind": "huber", "alpha": 0.8}}, model.predict(x))
# The gain as scikit-learn counts it is a share of the rows. (LightGBM never looks again at a feature that fell short.)
model = GradientBoostingRegressor(
    max_depth=3,
    min_samples_leaf=8,
    learning_rate=0.3,
    n_estimators=15,
    min_impurity_decrease=5.0 / ROWS,
    random_state=0,
).fit(x, y)
least = {**OURS, "num_leaves": 31, "max_depth": 3, "loss": {"kind": "squared"}, "min_split_gain": 5.0}
case("squared, least gain", least, model.predict(x))

# LightGBM, where scikit-learn has no such parameter.
LIGHT = {"n_estimators": 15, "num_leaves": 7, "min_child_samples": 8, "learning_rate": 0.3, "min_data_in_bin": 1}
LIGHT = {**LIGHT, "verbose": -1, "n_jobs": 1, "min_child_weight": 0.0, "random_state": 0}
# Ten trees: later ones have equally good splits that differ in the rows they divide.
model = lightgbm.LGBMRegressor(**{**LIGHT, "n_estimators": 10}, reg_alpha=3.0, reg_lambda=1.0).fit(x, y)
penalised = {**OURS, "n_estimators": 10, "loss": {"kind": "squared"}, "l1": 3.0, "l2": 1.0}
case("squared, l1 and l2", penalised, model.predict(x))
directions = [1, 0, 0, 0, 0]
model = lightgbm.LGBMRegressor(**LIGHT, monotone_constraints=directions, monotone_constraints_method="basic").fit(x, y)
case("squared, monotone", {**OURS, "loss": {"kind": "squared"}, "monotone": directions}, model.predict(x))

# Single trees without chance: all rows, all features.
trees = []
for name, maker, target in [
    ("regression", DecisionTreeRegressor, y),
    ("binary", DecisionTreeClassifier, binary),
    ("classes", DecisionTreeClassifier, classes),
]:
    model = maker(min_samples_leaf=6, max_depth=5, random_state=0).fit(x, target)
    values = model.predict(x) if name == "regression" else model.predict_proba(x)
    values = values[:, 1] if name == "binary" else values
    trees.append({"name": name, "predictions": np.asarray(values, dtype=float).ravel().tolist()})

# The last rows watched: the mean squared error after each iteration. Their values all occur among the others, so that
# bins of the others are bins of all.
TRAINED = 170
coarse = np.clip((x * 4).round() / 4, -1.5, 1.5)
model = HistGradientBoostingRegressor(**{**SIZES, "max_iter": 40, "learning_rate": 0.6}).fit(coarse[:TRAINED], y[:TRAINED])
watched = {
    "trained": TRAINED,
    "params": {**OURS, "n_estimators": 40, "learning_rate": 0.6, "loss": {"kind": "squared"}},
    "curve": [float(((p - y[TRAINED:]) ** 2).mean()) for p in model.staged_predict(coarse[TRAINED:])],
}

# Chance differs, so that only the mean over seeds and its spread compare. Leaves of single rows: with more, scikit-learn
# gives a node up when the features it looks at leave too few rows on a side, while here others are looked at.
SEEDS = 12
FOREST = {"n_estimators": 100, "max_features": 0.5}
forests = []
for task, outcome, makers in [
    ("regression", y, (RandomForestRegressor, ExtraTreesRegressor)),
    ("binary", binary, (RandomForestClassifier, ExtraTreesClassifier)),
    ("classes", classes, (RandomForestClassifier, ExtraTreesClassifier)),
]:
    for maker, extra in zip(makers, (False, True)):
        scores = [
            maker(**FOREST, bootstrap=True, oob_score=True, random_state=seed).fit(x, outcome).oob_score_
            for seed in range(SEEDS)
        ]
        forests.append(
            {"task": task, "extra": extra, "mean": float(np.mean(scores)), "deviation": float(np.std(scores, ddof=1))}
        )


def flat(node, tree):
    """LightGBM's tree as the plain lists of an ensemble: children side by side, after their parent."""
    queue = [node]
    while queue:
        node = queue.pop(0)
        leaf = "leaf_value" in node
        tree["feature"].append(0 if leaf else node["split_feature"])
        tree["threshold"].append(0.0 if leaf else node["threshold"])
        tree["missing_left"].append(not leaf and node["default_left"])
        tree["value"].append(node["leaf_value"] if leaf else node["internal_value"])
        tree["cover"].append(node["leaf_count"] if leaf else node["internal_count"])
        tree["gain"].append(0.0 if leaf else node["split_gain"])
        tree["left"].append(0 if leaf else len(tree["feature"]) + len(queue))
        if not leaf:
            queue += [node["left_child"], node["right_child"]]
    return tree


names = ["feature", "threshold", "missing_left", "left", "value", "cover", "gain"]
model = lightgbm.LGBMRegressor(**{**LIGHT, "n_estimators": 6}).fit(gaps, y)
dump = model.booster_.dump_model()
ensemble = {
    "features": FEATURES,
    "outputs": 1,
    "link": "identity",
    "base": [0.0],
    "scale": 1.0,
    "trees": [{"output": 0, **flat(t["tree_structure"], {k: [] for k in names})} for t in dump["tree_info"]],
}
SHAP_ROWS = 40
contributions = model.booster_.predict(gaps[:SHAP_ROWS], pred_contrib=True)


def column_lists(data):
    return [[None if np.isnan(value) else float(value) for value in column] for column in data.T]


golden = {
    "source": f"scikit-learn {sklearn.__version__}, LightGBM {lightgbm.__version__}, numpy {np.__version__}",
    "x": column_lists(x),
    "gaps": column_lists(gaps),
    "coarse": column_lists(coarse),
    "y": y.tolist(),
    "binary": binary.tolist(),
    "classes": classes.tolist(),
    "weights": weights.tolist(),
    "boosting": cases,
    "watched": watched,
    "trees": trees,
    "forests": forests,
    "lightgbm": {
        "ensemble": ensemble,
        "predictions": model.predict(gaps).tolist(),
        "shap": contributions[:, :-1].tolist(),
        "expected": float(contributions[0, -1]),
        "importance_by_gain": model.booster_.feature_importance("gain").tolist(),
        "importance_by_split": model.booster_.feature_importance("split").tolist(),
    },
}
path = pathlib.Path(__file__).with_name("trees.json")
path.write_text(json.dumps(golden) + "\n")
print(path, path.stat().st_size)
