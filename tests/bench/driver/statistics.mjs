// SPDX-License-Identifier: LGPL-2.1-or-later
// statistics.mjs — the few figures the benchmark is summed up in.

/** The q-quantile (0…1) by the nearest rank, so that every figure is one that was measured. */
export function quantile(values, q) {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)];
}

/** The middle value, or the mean of the two in the middle. */
export function median(values) {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Least-squares slope of [x, y] points; NaN for fewer than two different x. */
export function slope(points) {
  const n = points.length;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n;
  const over = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const under = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return under > 0 ? over / under : NaN;
}

/** Percentiles of a list of samples. */
export function percentiles(values) {
  return {
    count: values.length,
    p50: quantile(values, 0.5),
    p95: quantile(values, 0.95),
    p99: quantile(values, 0.99),
    max: quantile(values, 1),
  };
}

/** Median and range over rounds; rounds without a figure (NaN) do not count. */
export function overRounds(values) {
  const valid = values.filter(Number.isFinite);
  return {
    median: median(valid),
    min: Math.min(...valid),
    max: Math.max(...valid),
    rounds: valid.length,
  };
}

/** Round by round: both sinks ran within the same minute, so what else went on cancels out. */
export function ratios(ours, theirs) {
  return overRounds(ours.map((value, round) => value / theirs[round]));
}
