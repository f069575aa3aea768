// SPDX-License-Identifier: LGPL-2.1-or-later
// main.mjs — runs the parts of the benchmark and writes what they found; ../run sets everything up
// and starts it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine } from './machine.mjs';
import { figures, table } from './table.mjs';

const kParts = ['cpu', 'glass', 'joins', 'disturbance', 'soak', 'publish', 'loop', 'record'];
// x264 stays a quarter below its target with a VBV of 120 ms; this one gives 2.5 Mbit/s, 320
// packets/s on the wire.
const kBitrate = 3_300_000;
// Source and display both tick at multiples of 30/1.001 and 60 Hz, so where frames fall between two
// refreshes drifts once around in this time; a window of any other length would measure the phase
// it happened to begin with.
const kBeat = 16_683; // ms
const kUsage = `usage: run [options] [part …]     parts (default: all):
    ${kParts.join(' ')}
  and by itself: conversion [rounds]    what pictures cost to convert, next to videoconvert
  and by itself: cuda [device [rounds]]    … on a CUDA device, next to a copy
  and by itself: render [frames [rtp-port]]    from an application's pictures to RTP, but for the encoder
  --rounds=N       interleaved rounds, except of disturbance and soak (5)
  --viewers=LIST   numbers of viewers for cpu (1,10,25,50)
  --window=S       seconds measured for each number of viewers (4)
  --joins=N        joins of Chromium in all rounds (100), and a quarter as many while nobody watches
  --soak=N         joins and leaves of soak, each with and without somebody watching (200)
  --starts=N       times that publish presses the button, in all rounds (50)
  --length=S       seconds measured of glass, publish, loop and record (${kBeat / 1000})
  --bitrate=RATE   bit/s asked of the encoders (${kBitrate})
  --shared         of publish, loop and record: other programs' use of the clients' core does not
                   make a round void. For a machine that is never idle, with \`nice -n -20\`
  --sinks=LIST     baseline,ours
  --ours=FRAGMENT  gst-launch fragment to compare with the baseline; {port} stands for the port
  --source=FRAGMENT   the same at the beginning, for publish, loop and record
  --output=DIR     where the JSON and markdown go`;

function positive(text, name) {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) {
    throw new Error(`--${name}: "${text}" is not a positive number`);
  }
  return value;
}

function parse() {
  const text = (value) => ({ type: 'string', default: value });
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: text('5'),
      viewers: text('1,10,25,50'),
      window: text('4'),
      joins: text('100'),
      soak: text('200'),
      starts: text('50'),
      length: text(String(kBeat / 1000)),
      bitrate: text(String(kBitrate)),
      sinks: text('baseline,ours'),
      output: text('build/bench'),
      ours: text('webrtcsink uri=webrtc://127.0.0.1:{port}/output start-bitrate={bitrate}'),
      source: text('webrtcsrc uri=webrtc://127.0.0.1:{port}/input video-codecs=<H264>'),
      host: text(''),
      receiver: text(''),
      'viewers-program': text(''),
      shared: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    console.log(kUsage);
    process.exit(0);
  }
  for (const part of positionals) if (!kParts.includes(part)) throw new Error(`no part "${part}"`);
  const known = { baseline: 'baseline', ours: values.ours.replaceAll('{bitrate}', values.bitrate) };
  const names = values.sinks.split(',');
  for (const name of names) if (!known[name]) throw new Error(`no sink "${name}"`);
  const viewers = values.viewers.split(',').map((count) => positive(count, 'viewers'));
  if (
    viewers.some((count, index) => !Number.isInteger(count) || count <= (viewers[index - 1] ?? 0))
  ) {
    throw new Error('--viewers: whole numbers, growing');
  }
  return {
    parts: positionals.length ? positionals : kParts,
    sinks: Object.fromEntries(names.map((name) => [name, known[name]])),
    rounds: positive(values.rounds, 'rounds'),
    viewers,
    window: 1000 * positive(values.window, 'window'),
    shared: values.shared ?? false,
    sources: { baseline: 'baseline', ours: values.source },
    glassWindow: 1000 * positive(values.length, 'length'),
    starts: positive(values.starts, 'starts'),
    disturbanceWindow: 8000, // ms
    disturbanceRounds: 1,
    joins: positive(values.joins, 'joins'),
    soakJoins: positive(values.soak, 'soak'),
    bitrate: positive(values.bitrate, 'bitrate'),
    output: values.output,
    host: values.host,
    receiver: values.receiver,
    viewersProgram: values['viewers-program'],
  };
}

/** Runs `task` for every sink in every round, each round in the other order than the one before. */
function interleaver(options, progress) {
  return async (task, rounds = options.rounds) => {
    for (let round = 0; round < rounds; ++round) {
      const sinks = Object.entries(options.sinks);
      if (round % 2) sinks.reverse();
      for (const [name, sink] of sinks) {
        progress.prefix = `${progress.part} ${round + 1}/${rounds} ${name}`;
        try {
          await task(name, sink);
        } catch (error) {
          throw new Error(`${progress.prefix}: ${error.message.split('\n')[0]}`, { cause: error });
        }
      }
    }
  };
}

/** An early and plain failure instead of one in the middle of the first round. */
function requireElement(name) {
  try {
    execFileSync('gst-inspect-1.0', [name], { stdio: 'ignore' });
  } catch {
    throw new Error(
      `GStreamer finds no ${name} in ${process.env.GST_PLUGIN_PATH}: build the project first ` +
        '(./dev build), or run --sinks=baseline',
    );
  }
}

async function main() {
  const options = parse();
  if (options.sinks.ours?.startsWith('webrtcsink')) {
    requireElement('webrtcsink');
  }
  mkdirSync(options.output, { recursive: true });
  const progress = { part: '', prefix: '' };
  options.log = (message) => console.error(`[${progress.prefix}] ${message}`);
  options.interleave = interleaver(options, progress);
  const machine = describeMachine();
  const command = `tests/bench/run ${process.argv
    .slice(2)
    .filter((word) => !/^--(host|receiver|viewers-program|output)=/.test(word))
    .join(' ')}`.trim();
  const sections = [
    `Made with \`${command}\` on ${machine.cores} cores of ${machine.cpu}, ` +
      `Linux ${machine.kernel}, ` +
      `${machine.gstreamer}. Median (least … most) over the rounds.`,
  ];
  for (const part of options.parts) {
    progress.part = progress.prefix = part;
    const module = await import(`./${part}.mjs`);
    const result = await module.run(options);
    writeFileSync(
      join(options.output, `${part}.json`),
      `${JSON.stringify({ command, machine, ...result }, null, 1)}\n`,
    );
    sections.push(`### ${part}`);
    if (result.rows.length) sections.push(figures(result.rows, Object.keys(options.sinks)));
    if (result.table) sections.push(table(result.table));
  }
  const markdown = `${sections.join('\n\n')}\n`;
  writeFileSync(join(options.output, 'results.md'), markdown);
  console.log(markdown);
}

main().catch((error) => {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
});
