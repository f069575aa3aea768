// SPDX-License-Identifier: LGPL-2.1-or-later
// rows.mjs — runs a part of the benchmark for both ends in turn, and sums it up row by row.
import { launchBrowser } from './browser.mjs';
import { overRounds, ratios } from './statistics.mjs';

/**
 * `round` gets the browser and the ends (source and sink) under test; `figures` are
 * [title, unit, of one round's result]. A void round has none.
 */
export async function summarise(options, round, figures) {
  const runs = Object.fromEntries(Object.keys(options.sinks).map((name) => [name, []]));
  const browser = await launchBrowser();
  try {
    await options.interleave(async (name, sink) =>
      runs[name].push(await round(browser, { source: options.sources[name], sink })),
    );
  } finally {
    await browser.close();
  }
  return { runs, rows: rowsOf(runs, figures) };
}

export function rowsOf(runs, figures) {
  return figures.map(([title, unit, figure]) => {
    const values = Object.fromEntries(
      Object.entries(runs).map(([name, rounds]) => [
        name,
        rounds.map((each) => (each.void ? NaN : figure(each))),
      ]),
    );
    return {
      title,
      unit,
      ...Object.fromEntries(Object.entries(values).map(([name, list]) => [name, overRounds(list)])),
      ratio: values.ours && values.baseline ? ratios(values.ours, values.baseline) : null,
    };
  });
}
