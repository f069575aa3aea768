// SPDX-License-Identifier: LGPL-2.1-or-later
// table.mjs — results as markdown.

const digits = (value) => (Number.isFinite(value) ? value.toPrecision(3) : '–');
const spread = ({ median, min, max }) =>
  Number.isFinite(median) ? `${digits(median)} (${digits(min)} … ${digits(max)})` : 'void';

/** Objects with the same keys → a table with those keys as its head. */
export function table(rows) {
  const keys = Object.keys(rows[0]);
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [
    line(keys),
    line(keys.map(() => '---')),
    ...rows.map((row) => line(keys.map((key) => row[key]))),
  ].join('\n');
}

/** A part's summary: median (least … most) over the rounds, and the ratio round by round. */
export function figures(rows, sinks) {
  return table(
    rows.map((row) => ({
      figure: row.unit ? `${row.title}, ${row.unit}` : row.title,
      ...Object.fromEntries(sinks.map((name) => [name, spread(row[name])])),
      ...(sinks.length > 1 ? { ratio: row.ratio ? spread(row.ratio) : '–' } : {}),
    })),
  );
}
