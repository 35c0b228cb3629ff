"""The large company of `cargo bench -p spiffcast-demo --bench simulate -- large` in
vectorised numpy: 500 partners x 20 products x 3 months, both arms on shared luck
(negative binomial counts; the raise adds Poisson counts on the same gamma), a SPIFF a
unit with a monthly cap a partner, a rebate with retroactive tiers by the quarter, and
quantiles of what every partner is paid.

    python montecarlo.py [DRAWS] [counts|lognormal]

Draws run in blocks, so that memory stays bounded. One process; numpy uses one thread
for all of this.
"""

import resource
import sys
import time

import numpy as np

PARTNERS, PRODUCTS, MONTHS = 500, 20, 3
BLOCK = 100
SHAPE = 2.5
PRICE, MARGIN = 90.0, 40.0
OLD, NEW, CAP = 10.0, 11.0, 500.0
TIERS = [(0.0, 0.01), (10_000.0, 0.02), (18_000.0, 0.03)]
LIFT, LIFT_SD = 0.03, 0.01


def paid(units, rate):
    """Payout by draw and partner: units are draws x partners x products x months."""
    by_month = units.sum(axis=2)
    spiff = np.minimum(by_month * rate, CAP).sum(axis=2)
    revenue = by_month.sum(axis=2) * PRICE
    share = np.zeros_like(revenue)
    for start, percent in TIERS:
        share[revenue >= start] = percent
    return spiff + share * revenue


def counts(rng, rate, lift):
    luck = rng.gamma(SHAPE, 1.0 / SHAPE, rate.shape)
    low = rng.poisson(rate * luck).astype(np.float64)
    return low, low + rng.poisson(rate * luck * lift)


def lognormal(rng, rate, lift):
    variance = np.log1p(1.0 / SHAPE + 1.0 / rate)
    low = rate * np.exp(np.sqrt(variance) * rng.standard_normal(rate.shape) - variance / 2.0)
    return low, low * (1.0 + lift)


def main():
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    kind = {"counts": counts, "lognormal": lognormal}[sys.argv[2] if len(sys.argv) > 2 else "counts"]
    rng = np.random.default_rng(1)
    mean = 0.5 + 10.0 * rng.random((PARTNERS, 1, 1)) * rng.random((1, PRODUCTS, 1)) * np.ones((1, 1, MONTHS))
    wall, processor = time.perf_counter(), time.process_time()
    units, pay, by_partner = [], [], []
    for start in range(0, draws, BLOCK):
        n = min(BLOCK, draws - start)
        shock = np.exp(0.15 * rng.standard_normal((n, 1, PRODUCTS, MONTHS)) - 0.15**2 / 2)
        lift = np.maximum(rng.normal(LIFT, LIFT_SD, (n, 1, PRODUCTS, 1)), 0.0)
        old, new = kind(rng, mean[None] * shock, lift)
        before, after = paid(old, OLD), paid(new, NEW)
        units.append((new - old).sum(axis=(1, 2, 3)))
        pay.append((after - before).sum(axis=1))
        by_partner.append(after)
    quantiles = np.quantile(np.concatenate(by_partner), [0.1, 0.5, 0.9], axis=0)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    cells = draws * PARTNERS * PRODUCTS * MONTHS
    print(f"numpy {np.__version__}, {kind.__name__}, {cells / 1e6:.0f} million cells: wall {wall:.2f} s,")
    print(f"processor {processor:.2f} s, {processor * 1e9 / cells:.1f} ns a cell")
    units, pay = np.concatenate(units), np.concatenate(pay)
    print(f"units {units.mean():.1f}, payout {pay.mean():.0f}, median partner {np.median(quantiles[1]):.0f}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
