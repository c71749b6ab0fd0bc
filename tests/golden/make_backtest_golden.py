"""Expected statistics of accounts, for crates/backtest: python3 make_backtest_golden.py > backtest_statistics.json

Standard library only (Python 3.11: statistics, math, random). The formulas are written from their sources anew and
share nothing with the application: Sharpe and its error (Lo 2002), probabilistic Sharpe (Bailey and Lopez de Prado
2012), Sortino (root mean square of the losses against zero), drawdown by comparing every pair of values.
"""

import json
import math
import random
import statistics

DAY_US = 86_400_000_000


def account(seed, count, drift, spread, crash):
    rng = random.Random(seed)
    values = [10_000.0]
    while len(values) < count:
        step = rng.gauss(drift, spread)
        if rng.random() < crash:
            step -= 6 * spread
        values.append(values[-1] * math.exp(step))
    return values


def expected(values, per_year, times_us):
    returns = [after / before - 1 for before, after in zip(values, values[1:])]
    count = len(returns)
    mean = statistics.fmean(returns)
    ratio = mean / statistics.stdev(returns)
    spread = statistics.pstdev(returns)
    skewness = math.fsum(((r - mean) / spread) ** 3 for r in returns) / count
    kurtosis = math.fsum(((r - mean) / spread) ** 4 for r in returns) / count
    losses = math.sqrt(math.fsum(r * r for r in returns if r < 0) / count)
    years = (times_us[-1] - times_us[0]) / DAY_US / 365.25
    variance = (1 - skewness * ratio + (kurtosis - 1) / 4 * ratio**2) / (count - 1)
    return {
        "periods_per_year": per_year,
        "sharpe": ratio * math.sqrt(per_year),
        "sharpe_standard_error": math.sqrt((1 + ratio**2 / 2) / count * per_year),
        "probabilistic_sharpe": statistics.NormalDist(0, math.sqrt(variance)).cdf(ratio),
        "sortino": mean / losses * math.sqrt(per_year),
        "volatility": statistics.stdev(returns) * math.sqrt(per_year),
        "max_drawdown": max(
            1 - later / earlier for i, earlier in enumerate(values) for later in values[i:]
        ),
        "cagr": math.exp(math.log(values[-1] / values[0]) / years) - 1,
    }


cases = []
for name, seed, count, drift, spread, crash, per_year, step in [
    ("every day of the week", 1, 400, 0.0006, 0.012, 0.02, 365, DAY_US),
    ("weekly and falling", 2, 120, -0.004, 0.03, 0.05, 52, 7 * DAY_US),
    ("a short monthly record", 3, 24, 0.011, 0.02, 0.1, 12, 30 * DAY_US),
]:
    values = account(seed, count, drift, spread, crash)
    times_us = [i * step for i in range(count)]
    cases.append(
        {"name": name, "step_us": step, "values": values, "expected": expected(values, per_year, times_us)}
    )
print(json.dumps({"source": "make_backtest_golden.py, Python 3.11 standard library", "cases": cases}, indent=1))
