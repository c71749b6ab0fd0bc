"""CPU of OLS, Ridge and ElasticNet on 100,000 rows of 100 features, beside PyPI scikit-learn in the same run, one thread
each. Both standardise the features first; the least of three fits counts.

    cargo build --release -p algomosaic-model --example bench_linear
    python tests/bench/linear.py --binary target/release/examples/bench_linear
"""

import argparse
import json
import os
import subprocess
import tempfile
import time

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")  # before NumPy is loaded

import numpy as np  # noqa: E402
from sklearn.linear_model import ElasticNet, LinearRegression, Ridge  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402

ROWS, FEATURES = 100_000, 100
PEERS = {"ols": LinearRegression(), "ridge": Ridge(), "elastic_net": ElasticNet(alpha=0.001)}


def least(model, x, y):
    seconds = []
    for _ in range(3):
        start = time.process_time()
        model.fit(x, y)
        seconds.append(time.process_time() - start)
    return min(seconds)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    args = parser.parse_args()
    random = np.random.default_rng(1)
    x = random.normal(size=(ROWS, FEATURES))
    y = x[:, :20] @ random.normal(size=20) * 0.05 + random.normal(size=ROWS)
    with tempfile.NamedTemporaryFile() as file:
        np.concatenate([x.ravel(), y]).tofile(file.name)
        command = [args.binary, file.name, str(ROWS), str(FEATURES), *PEERS]
        ours = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    for name, peer in PEERS.items():
        theirs, alone = least(make_pipeline(StandardScaler(), peer), x, y), least(peer, x, y)
        print(f"{name:12} {ours[name]:.3f} s  scikit-learn {theirs:.3f} s  ratio {ours[name] / theirs:.2f}  "
              f"(scikit-learn without scaling {alone:.3f} s)")


if __name__ == "__main__":
    main()
