/** The results as Markdown. */
import { WORKS, workCalled } from './works/index.mjs';

const COLUMNS = [
  { work: 'W1', title: 'W1 /s', show: thousands },
  { work: 'W1', title: '÷ SSE', show: ratio, of: 'ratio' },
  { work: 'W2', title: 'W2 /s', show: thousands },
  { work: 'W2', title: '÷ SSE', show: ratio, of: 'ratio' },
  { work: 'W3', title: 'W3 steps/s', show: thousands },
  { work: 'P1', title: 'P1 µs', show: thousands },
  { work: 'P2', title: 'P2 /s', show: thousands },
  { work: 'init', title: 'init ms', show: thousands },
  { work: 'size', title: 'gz kB', show: thousands },
];

const HOW =
  'Training is timed through `fit` where a tool has it. “÷ SSE” divides by the native Eigen program built for SSE, one ' +
  'thread, timed just before and just after each measurement; medians of all rounds. “–”: not asked; “✗”: refused or ' +
  'failed, see below.';

const PEAK =
  'Peak: a wasm loop over registers only, a multiplication and an addition a lane, or one relaxed multiply-add where ' +
  'the row may use it, timed in the same process; times the threads of the row. Over it, the dense operations of the ' +
  'work: forward, kernel gradient, and input gradient except of the first layer. A tool that skips zeros can pass 1 ' +
  'on W1, not on W1D.';

const SWEEP =
  'The share of the peak at which networks of other shapes train, dense, on one thread, is drawn in ' +
  '[sweep.svg](sweep.svg) by `node tests/bench/sweep.mjs`.';

export function report({ machine, rows, skipped, settings }) {
  const used = WORKS.filter(({ id }) => rows.some(({ works }) => works[id]));
  const parts = [
    '# Benchmark results',
    made(machine, settings),
    used.map(({ id, title }) => `* **${id}**: ${title}`).join('\n'),
    HOW,
    mainTable(rows),
    ...section('Ratios to native SSE, with spread', '', ratioTable(rows)),
    ...section('Share of the peak', PEAK, peakTable(rows)),
    SWEEP,
    ...timeTo(rows),
    ...refusals(rows),
    ...section('Disturbed', '', disturbed(rows)),
    ...section('Not measured here', '', skipped.map(({ who, reason }) => `* ${who}: ${reason}`).join('\n')),
    ...section('Versions', '', versions(rows)),
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

function made(
  { cpu, simd, cores, memoryGiB, os, node, chromium },
  { date, rounds, repetitions, budgetMs, data, load },
) {
  return (
    `Made by \`npm run bench\` on ${cpu} (${simd}), ${cores} cores, ${memoryGiB} GiB, ${os}; Node ${node}, ` +
    `Chromium ${chromium ?? '–'}; ${date}, ${rounds} rounds of ${repetitions} × ${budgetMs} ms, ${data} input, ` +
    `load ${load} before.`
  );
}

const section = (title, text, body) => (body ? [`## ${title}`, text, body] : []);

function mainTable(rows) {
  const shown = rows.filter(({ works }) => COLUMNS.some(({ work }) => works[work]));
  const used = COLUMNS.filter(({ work }) => rows.some(({ works }) => works[work]));
  const cells = shown.map((row) => [row.who, ...used.map((column) => cell(row.works[column.work], column))]);
  return used.length > 0 ? table(['who', ...used.map(({ title }) => title)], cells) : '';
}

function cell(entry, { show, of = 'value' }) {
  if (!entry) return '–';
  if (entry.failed || entry.refused) return '✗';
  return entry[of] === undefined ? '–' : show(entry[of]);
}

function ratioTable(rows) {
  const works = WORKS.filter(({ id }) => rows.some((row) => row.works[id]?.ratio !== undefined));
  const text = (entry) =>
    accepted(entry)?.ratio === undefined ? '–' : `${ratio(entry.ratio)} ±${Math.round(100 * entry.ratioSpread)} %`;
  const shown = rows.filter((row) => works.some(({ id }) => accepted(row.works[id])?.ratio !== undefined));
  if (shown.length === 0) return '';
  return table(
    ['who', ...works.map(({ id }) => id)],
    shown.map((row) => [row.who, ...works.map(({ id }) => text(row.works[id]))]),
  );
}

function peakTable(rows) {
  const works = ['W1', 'W1D', 'W2'].filter((id) => rows.some((row) => row.works[id]?.shareOfPeak));
  const shown = rows.filter((row) => works.some((id) => accepted(row.works[id])?.shareOfPeak));
  if (shown.length === 0) return '';
  const cells = shown.map((row) => {
    const peak = works.map((id) => row.works[id]?.peakGflops).find(Boolean);
    const of = (entry) =>
      accepted(entry)?.shareOfPeak ? `${entry.gflops.toFixed(1)} (${entry.shareOfPeak.toFixed(2)})` : '–';
    return [row.who, peak.toFixed(1), ...works.map((id) => of(row.works[id]))];
  });
  return table(['who', 'peak GFLOP/s', ...works.map((id) => `${id} GFLOP/s (share)`)], cells);
}

function timeTo(rows) {
  const shown = rows.filter((row) => accepted(row.works.T97)?.value);
  if (shown.length === 0) return [];
  const cells = shown.map((row) => {
    const { value, rounds } = row.works.T97;
    const { epochs } = rounds[0];
    return [row.who, value.toPrecision(3), String(epochs.length), `${(100 * epochs.at(-1).accuracy).toFixed(2)} %`];
  });
  return section(workCalled('T97').title, '', table(['who', 'seconds', 'epochs', 'test accuracy'], cells));
}

function refusals(rows) {
  const lines = rows.flatMap(({ who, works }) =>
    Object.entries(works)
      .filter(([, { refused, failed }]) => refused || failed)
      .map(([id, { refused, failed, value, unit }]) =>
        failed
          ? `* ${who}, ${id}: failed: ${failed}`
          : `* ${who}, ${id}: ${refused} (what it did, it did at ${thousands(value)} ${unit})`,
      ),
  );
  return lines.length > 0 ? ['## Refused and failed', lines.join('\n')] : [];
}

function disturbed(rows) {
  const entries = rows.flatMap(({ works }) => Object.values(works).flatMap(({ rounds }) => rounds));
  const count = entries.filter((round) => round.disturbed).length;
  return count > 0 ? `Other programs ran during ${count} of ${entries.length} measurements, after three attempts.` : '';
}

function versions(rows) {
  const lines = rows
    .filter(({ version, details }) => version || details)
    .map(
      ({ who, version, details }) =>
        `* ${who}: ${[version, details && JSON.stringify(details)].filter(Boolean).join(' ')}`,
    );
  return lines.join('\n');
}

const accepted = (entry) => (entry && !entry.refused && !entry.failed ? entry : undefined);

function thousands(value) {
  if (value < 100) return value.toPrecision(value < 10 ? 2 : 3);
  return Math.round(Number(value.toPrecision(3))).toLocaleString('en');
}

function ratio(value) {
  return value >= 0.1 ? value.toFixed(2) : value.toPrecision(1);
}

function table(header, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [
    line(header),
    `|---|${header
      .slice(1)
      .map(() => '--:|')
      .join('')}`,
    ...rows.map(line),
  ].join('\n');
}
