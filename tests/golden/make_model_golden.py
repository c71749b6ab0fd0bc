"""Writes model.json: what scikit-learn, SciPy and statsmodels say about a small data set, for the tests of crates/model.

    python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1 numpy scipy statsmodels
    venv/bin/python make_model_golden.py

The data are drawn here and rounded, so that the file holds exactly what was fitted.
"""

import json
import pathlib
import warnings

import numpy
import scipy
import sklearn
import statsmodels
from scipy.stats import chi2, norm, spearmanr
from sklearn.cross_decomposition import PLSRegression
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, LogisticRegression, Ridge
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    brier_score_loss,
    confusion_matrix,
    explained_variance_score,
    f1_score,
    log_loss,
    mean_absolute_error,
    mean_squared_error,
    precision_recall_fscore_support,
    precision_score,
    r2_score,
    recall_score,
    roc_auc_score,
)
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVR
from statsmodels.stats.diagnostic import acorr_ljungbox, het_breuschpagan
from statsmodels.stats.stattools import jarque_bera

ROWS, FEATURES, TEST_START, HORIZON = 200, 5, 140, 2

random = numpy.random.default_rng(20240607)
x = random.normal(size=(ROWS, FEATURES)) * [1.0, 0.01, 30.0, 1.0, 2.0] + [0.0, 0.5, 100.0, -3.0, 0.0]
x[:, 4] = 0.9 * x[:, 0] + 0.3 * x[:, 4]  # two features that go together
y = 0.02 * x[:, 0] + 1.5 * x[:, 1] - 0.0007 * x[:, 2] + random.normal(size=ROWS) * 0.05
x, y = x.round(4), y.round(4)
z = (y - numpy.median(y)).round(4)  # an outcome with both signs

TRAIN = slice(0, TEST_START - HORIZON)  # the label of row t reads row t + HORIZON: the last rows are purged
TEST = slice(TEST_START, ROWS)


def linear(estimator, standardize, outcome=y):
    model = make_pipeline(StandardScaler(), estimator) if standardize else estimator
    model.fit(x[TRAIN], outcome[TRAIN])
    return {
        "coefficients": numpy.atleast_1d(estimator.coef_).tolist(),
        "intercept": float(numpy.ravel(estimator.intercept_)[0]),
        "predictions": model.predict(x[TEST]).tolist(),
    }


def case(estimator, standardize, names):
    """One fit, with the parameters of these names."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = linear(estimator, standardize)
    params = {name: estimator.get_params()[name] for name in names}
    return {"params": {**params, "standardize": standardize}, **fitted}


def ridge(alpha, fit_intercept, standardize):
    names = ("alpha", "fit_intercept")
    return case(Ridge(alpha=alpha, fit_intercept=fit_intercept, solver="cholesky"), standardize, names)


def lasso(alpha, fit_intercept, standardize):
    names = ("alpha", "fit_intercept", "max_iter")
    fitted = case(Lasso(alpha=alpha, fit_intercept=fit_intercept, max_iter=20_000, tol=1e-14), standardize, names)
    fitted["params"]["tol"] = 1e-13
    return fitted


def pls(n_components, standardize):
    """PLSRegression scales by itself; its coefficients are those of the features in their own units."""
    estimator = PLSRegression(n_components=n_components, scale=standardize).fit(x[TRAIN], y[TRAIN])
    return {
        "params": {"n_components": n_components, "standardize": standardize},
        "own_units": True,
        "coefficients": estimator.coef_.ravel().tolist(),
        "intercept": float(estimator.intercept_[0] - estimator.coef_.ravel() @ estimator._x_mean),
        "predictions": estimator.predict(x[TEST]).ravel().tolist(),
    }


def linear_svr(c, epsilon, fit_intercept, standardize):
    estimator = LinearSVR(C=c, epsilon=epsilon, fit_intercept=fit_intercept, max_iter=10_000_000, tol=1e-10,
                          random_state=0)
    fitted = case(estimator, standardize, ("C", "epsilon", "fit_intercept"))
    fitted["params"].update(max_iter=100_000, tol=1e-9)
    return fitted


def gradient_boosting(**params):
    """Predictions of the rows trained on: between them a histogram cuts elsewhere than a tree over single values."""
    model = GradientBoostingRegressor(random_state=0, **params).fit(x[TRAIN], y[TRAIN])
    return {"params": params, "fitted": model.predict(x[TRAIN]).tolist()}


def knn(n_neighbors, weights, standardize):
    estimator = KNeighborsRegressor(n_neighbors=n_neighbors, weights=weights)
    model = make_pipeline(StandardScaler(), estimator) if standardize else estimator
    model.fit(x[TRAIN], y[TRAIN])
    return {
        "params": {"n_neighbors": n_neighbors, "weights": weights, "standardize": standardize},
        "predictions": model.predict(x[TEST]).tolist(),
    }


def logistic(c, fit_intercept, standardize):
    estimator = LogisticRegression(C=c, fit_intercept=fit_intercept, solver="newton-cholesky", tol=1e-12)
    model = make_pipeline(StandardScaler(), estimator) if standardize else estimator
    model.fit(x[TRAIN], z[TRAIN] > 0)
    return {
        "outcome": "z",
        "params": {"C": c, "fit_intercept": fit_intercept, "standardize": standardize, "tol": 1e-12},
        "coefficients": estimator.coef_[0].tolist(),
        "intercept": float(numpy.ravel(estimator.intercept_)[0]),
        "predictions": model.predict_proba(x[TEST])[:, 1].tolist(),
    }


def baseline(strategy):
    estimator = DummyRegressor(strategy=strategy).fit(x[TRAIN], y[TRAIN])
    return {"params": {"strategy": strategy}, "predictions": estimator.predict(x[TEST]).tolist()}


def elastic_net(alpha, l1_ratio, fit_intercept, standardize):
    params = {"alpha": alpha, "l1_ratio": l1_ratio, "fit_intercept": fit_intercept}
    with warnings.catch_warnings():
        # Pure ridge: its duality gap does not close in scikit-learn, but the coefficients stand still.
        warnings.simplefilter("ignore")
        fitted = linear(ElasticNet(**params, max_iter=20_000, tol=1e-14), standardize)
    return {"params": {**params, "standardize": standardize, "max_iter": 20_000, "tol": 1e-13}, **fitted}


def scores(training_mean, predictions, outcomes):
    predictions, outcomes = numpy.asarray(predictions), numpy.asarray(outcomes)
    errors = outcomes - predictions
    moved = outcomes != 0
    mae = float(mean_absolute_error(outcomes, predictions))
    size = float(numpy.abs(outcomes).mean())
    return {
        "training_mean": float(training_mean),
        "predictions": predictions.tolist(),
        "outcomes": outcomes.tolist(),
        "mae": mae,
        "mean_abs_outcome": size,
        "mean_abs_pct_error": mae / size,
        "error_variance": float(errors.var(ddof=1)),
        "rsquared": float(1 - (errors**2).sum() / ((outcomes - training_mean) ** 2).sum()),
        "r2_score": float(r2_score(outcomes, predictions)),
        "explained_variance": float(explained_variance_score(outcomes, predictions)),
        "rmse": float(mean_squared_error(outcomes, predictions) ** 0.5),
        "direction_hits": float((numpy.sign(predictions) == numpy.sign(outcomes))[moved].mean()),
        "information_coefficient": float(spearmanr(predictions, outcomes).statistic),
    }


def class_scores(chances, classes):
    chances, classes = numpy.asarray(chances), numpy.asarray(classes).astype(int)
    said = (chances > 0.5).astype(int)
    return {
        "chances": chances.tolist(),
        "classes": classes.tolist(),
        "accuracy": float(accuracy_score(classes, said)),
        "balanced_accuracy": float(balanced_accuracy_score(classes, said)),
        "precision": float(precision_score(classes, said)),
        "recall": float(recall_score(classes, said)),
        "f1": float(f1_score(classes, said)),
        "log_loss": float(log_loss(classes, chances)),
        "roc_auc": float(roc_auc_score(classes, chances)),
        "brier": float(brier_score_loss(classes, chances)),
    }


def several_class_scores(probabilities, classes):
    probabilities, classes = numpy.asarray(probabilities), numpy.asarray(classes)
    said, labels = probabilities.argmax(axis=1), list(range(probabilities.shape[1]))
    by_class = precision_recall_fscore_support(classes, said, labels=labels, zero_division=0)
    return {
        "probabilities": probabilities.ravel().tolist(),
        "classes": classes.tolist(),
        "accuracy": float(accuracy_score(classes, said)),
        "balanced_accuracy": float(balanced_accuracy_score(classes, said)),
        "precision": float(precision_score(classes, said, average="macro", zero_division=0)),
        "recall": float(recall_score(classes, said, average="macro", zero_division=0)),
        "f1": float(f1_score(classes, said, average="macro", zero_division=0)),
        "log_loss": float(log_loss(classes, probabilities, labels=labels)),
        "roc_auc": float(roc_auc_score(classes, probabilities, multi_class="ovr", average="macro")),
        "brier": float(brier_score_loss(classes, probabilities, labels=labels, scale_by_half=False)),
        "confusion": confusion_matrix(classes, said, labels=labels).tolist(),
        "by_class": numpy.array(by_class[:3]).T.tolist(),
    }


def probabilities(rows, classes):
    # A generator of its own, so that the numbers before stay as they are.
    drawn = numpy.random.default_rng(classes).dirichlet([0.7] * classes, size=rows)
    return (drawn / drawn.sum(axis=1, keepdims=True)).tolist()


def residual_tests(errors, predictions, lags):
    box = acorr_ljungbox(errors, lags=[lags])
    normal = jarque_bera(errors)
    spread = het_breuschpagan(errors, numpy.column_stack([numpy.ones(len(errors)), predictions]))
    return {
        "errors": errors.tolist(),
        "predictions": predictions.tolist(),
        "lags": lags,
        "autocorrelation": [float(box.lb_stat.iloc[0]), float(box.lb_pvalue.iloc[0])],
        "normality": [float(normal[0]), float(normal[1])],
        "spread": [float(spread[0]), float(spread[1])],
    }


def residuals():
    """Three sets of errors: none amiss, dependent ones, and skewed ones that grow with the prediction."""
    draw = numpy.random.default_rng(7)
    predictions, noise = draw.normal(size=120).round(4), draw.normal(size=120).round(4)
    dependent = noise.copy()
    for i in range(1, len(dependent)):
        dependent[i] = round(0.4 * dependent[i - 1] + noise[i], 4)
    growing = (numpy.exp(noise) * (1 + numpy.abs(predictions + 2))).round(4)
    return [residual_tests(e, predictions, lags) for e, lags in [(noise, 10), (dependent, 5), (growing, 1)]]


net = [
    elastic_net(alpha, l1_ratio, fit_intercept, standardize)
    for alpha, l1_ratio in [(0.001, 0.5), (0.01, 0.5), (0.001, 1.0), (0.01, 0.1), (0.02, 0.0), (1.0, 0.5)]
    for fit_intercept, standardize in [(True, True), (True, False), (False, True)]
]
tied = scores(0.1, [0.1, 0.1, -0.2, 0.3, 0.3, 0.3, 0.0], [0.2, -0.1, -0.2, 0.2, 0.0, 0.4, 0.1])
golden = {
    "source": f"scikit-learn {sklearn.__version__}, NumPy {numpy.__version__}, SciPy {scipy.__version__}, "
    f"statsmodels {statsmodels.__version__}",
    "x": x.tolist(),
    "y": y.tolist(),
    "z": z.tolist(),
    "horizon_bars": HORIZON,
    "test_size": (ROWS - TEST_START) / ROWS,
    "train_rows": TRAIN.stop,
    "test_rows": ROWS - TEST_START,
    "purged_rows": HORIZON,
    "elastic_net": net,
    "ols": [
        {"params": {"fit_intercept": fit_intercept}, "own_units": True, **linear(LinearRegression(fit_intercept=fit_intercept), False)}
        for fit_intercept in (True, False)
    ],
    "ridge": [
        ridge(alpha, fit_intercept, standardize)
        for alpha in (1e-6, 1.0, 300.0)
        for fit_intercept, standardize in [(True, True), (True, False), (False, True)]
    ],
    "lasso": [lasso(0.001, True, True), lasso(0.01, True, False), lasso(0.005, False, True)],
    "pls": [pls(n, standardize) for n in (1, 2, 3, 5) for standardize in (True, False)],
    "linear_svr": [
        linear_svr(0.001, 0.0, True, True),
        linear_svr(0.01, 0.02, True, True),
        linear_svr(0.01, 0.05, False, True),
    ],
    "knn": [knn(n, weights, standardize) for n, weights, standardize in
            [(1, "uniform", True), (5, "uniform", True), (7, "distance", True), (5, "uniform", False),
             (138, "uniform", True), (138, "distance", True)]],
    "gradient_boosting": [
        gradient_boosting(n_estimators=20, learning_rate=0.1, max_depth=3, min_samples_leaf=5),
        gradient_boosting(n_estimators=40, learning_rate=0.05, max_depth=2, min_samples_leaf=10),
    ],
    "logistic": [
        logistic(c, fit_intercept, standardize)
        for c in (0.01, 1.0, 100.0)
        for fit_intercept, standardize in [(True, True), (False, True), (True, False)]
    ],
    "baseline": [baseline("mean"), baseline("median")],
    "scores": [scores(y[TRAIN].mean(), net[0]["predictions"], y[TEST]), tied],
    "class_scores": [
        class_scores(logistic(1.0, True, True)["predictions"], z[TEST] > 0),
        class_scores([0.1, 0.5, 0.5, 0.8, 0.8, 0.8, 0.0, 1.0], [0, 1, 0, 1, 0, 1, 1, 1]),
    ],
    "several_class_scores": [
        several_class_scores(probabilities(60, 4), [i * 5 % 7 % 4 for i in range(60)]),
        several_class_scores([[0.5, 0.5, 0.0], [0.2, 0.3, 0.5], [0.9, 0.05, 0.05], [0.6, 0.1, 0.3]], [1, 2, 0, 0]),
    ],
    "residuals": residuals(),
    "normal_below": [[v, float(norm.cdf(v))] for v in (-9.0, -3.0, -1.0, -0.1, 0.0, 0.5, 1.96, 4.0)],
    "chi_squared_above": [[v, k, float(chi2.sf(v, k))] for v in (0.0, 0.3, 2.0, 11.0, 90.0) for k in (1, 2, 10, 40)],
}
lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in golden.items())
pathlib.Path(__file__).with_name("model.json").write_text("{\n" + lines + "\n}\n")
