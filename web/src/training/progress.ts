/** Progress of a training on the console or terminal: the option `verbose`. */
import type { Logs } from '../model/logs.js';
import type { Callbacks } from './callbacks.js';

/** Milliseconds between two updates, of a line that is rewritten and of a list of lines. */
const REWRITE_MS = 100;

const APPEND_MS = 1000;

const BAR_WIDTH = 20;

/** 1: a bar with the time that is left; 2: a line an epoch. */
export function progress(verbose: 1 | 2): Callbacks {
  const stream = globalThis.process?.stderr;
  const rewrites = verbose === 1 && stream?.isTTY === true;
  const show = (line: string, last: boolean) => {
    if (rewrites) stream.write(`\r${line}\x1b[K${last ? '\n' : ''}`);
    else if (stream) stream.write(`${line}\n`);
    else console.log(line);
  };
  let [epochs, steps, first, epoch] = [1, undefined as number | undefined, 0, 0];
  let [started, epochStarted, shown] = [0, 0, 0];
  let unseen: string | undefined;

  const line = (batch: number, logs: Logs, done: boolean): string => {
    const now = performance.now();
    const parts = [`epoch ${epoch + 1}/${epochs}`];
    if (verbose === 1 && steps !== undefined) {
      const share = done ? 1 : Math.min(1, batch / steps);
      const filled = Math.round(BAR_WIDTH * share);
      parts.push('█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled));
      const whole = (epoch - first + share) / (epochs - first);
      if (whole < 1) parts.push(`${time(((now - started) * (1 - whole)) / whole)} left`);
    } else if (!done) parts.push(`batch ${batch}`);
    if (done) parts.push(time(now - epochStarted));
    return [...parts, ...Object.entries(logs).map(([name, value]) => `${name} ${figure(value)}`)].join('  ');
  };

  return {
    setParams(params) {
      ({ epochs, steps, initialEpoch: first } = params);
      epoch = first;
    },
    onTrainBegin() {
      started = epochStarted = performance.now();
      shown = -Infinity;
      unseen = undefined;
    },
    onEpochBegin(number) {
      epoch = number;
      epochStarted = performance.now();
    },
    onYield(number, batch, logs) {
      if (verbose !== 1 || performance.now() - shown < (rewrites ? REWRITE_MS : APPEND_MS)) return;
      epoch = number;
      shown = performance.now();
      show(line(batch, logs, false), false);
      unseen = undefined;
    },
    onEpochEnd(number, logs) {
      epoch = number;
      unseen = line(0, logs, true);
      if (verbose === 1 && performance.now() - shown < (rewrites ? REWRITE_MS : APPEND_MS)) return;
      shown = performance.now();
      show(unseen, true);
      unseen = undefined;
    },
    onTrainEnd() {
      if (unseen !== undefined) show(unseen, true);
    },
  };
}

function time(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function figure(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(2) : value.toFixed(4);
}
