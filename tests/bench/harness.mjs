/** Measures rows in turn: A B C A B C …, each in a fresh process or page, the yardstick beside each of them. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { checkLearnt, checkOutputs } from './check.mjs';
import { measureNative } from './hosts/native.mjs';
import { measureInNode } from './hosts/node.mjs';
import { measureTorch } from './hosts/torch.mjs';
import { measureSize } from './measure-size.mjs';
import { BUILD } from './paths.mjs';
import { undisturbed } from './quiet.mjs';
import { YARDSTICK } from './rows.mjs';
import { median } from './statistics.mjs';

const TIMED = ['train', 'predictOne', 'predictMany'];
const ONCE = { size: 1, timeTo: 2 }; // rounds at most

export class Harness {
  /** @param settings { folder, dist, packageVersion, versions, budgetMs, repetitions, patienceMs, chromium?, log } */
  constructor(settings) {
    Object.assign(this, settings);
    mkdirSync(path.join(BUILD, 'outputs'), { recursive: true });
    this.results = new Map(); // row id → work id → what was measured
  }

  /** One round: every work, every row that does it. */
  async round(number, rows, works) {
    for (const work of works) {
      if (number >= (ONCE[work.kind] ?? Infinity)) continue;
      const timed = TIMED.includes(work.kind);
      const yardstick = timed && rows.find(({ id }) => id === YARDSTICK);
      let before = yardstick && (await this.yardstick(yardstick, work));
      for (const row of rows.filter((row) => row !== yardstick && row.works.includes(work.id))) {
        const entry = this.entry(row, work);
        if (entry.failed || entry.refused) continue;
        const measured = await this.attempt(row, work, entry);
        const after = yardstick && (await this.yardstick(yardstick, work));
        if (measured && yardstick) {
          const beside = (before + after) / 2;
          const own = median(measured.samples);
          measured.native = beside;
          measured.ratio = work.kind === 'predictOne' ? beside / own : own / beside;
        }
        before = after;
        this.log(number, row, work, entry);
      }
    }
  }

  entry(row, work) {
    if (!this.results.has(row.id)) this.results.set(row.id, new Map());
    const works = this.results.get(row.id);
    if (!works.has(work.id)) works.set(work.id, { rounds: [] });
    return works.get(work.id);
  }

  async yardstick(row, work) {
    const entry = this.entry(row, work);
    const budget = { budgetMs: this.budgetMs / 2, repetitions: 2 };
    const measured = await this.attempt(row, work, entry, budget);
    if (!measured) throw new Error(`the yardstick itself: ${entry.failed ?? entry.refused}`);
    measured.ratio = 1;
    return median(measured.samples);
  }

  /** Adds a round to the entry, or the reason why there is none. */
  async attempt(row, work, entry, budget = {}) {
    const verify = TIMED.includes(work.kind) && entry.rounds.length === 0;
    const outputs = path.join(BUILD, 'outputs', `${row.id}-${work.id}`);
    try {
      const job = this.job(row, work, { verify, outputs, ...budget });
      const measure = () => this.measure(row, work, job);
      const timed = work.kind !== 'size';
      const result = timed ? await undisturbed(measure, row.threads ?? 1, this.patienceMs) : await measure();
      const measured = { ...result };
      entry.version = result.version ?? entry.version;
      entry.details = result.details ?? entry.details;
      delete measured.version;
      delete measured.details;
      entry.rounds.push(measured);
      if (verify) {
        const { refused, ...verified } = checkOutputs(this.folder, work, `${outputs}.outputs`);
        entry.verified = verified;
        entry.refused ??= refused;
      }
      if (work.kind === 'train') entry.refused ??= checkLearnt(this.folder, work, `${outputs}.outputsAfter`);
      if (work.kind === 'timeTo') entry.refused ??= this.timeTo(work, measured);
      return measured;
    } catch (error) {
      entry.failed = String(error.message).split('\n')[0];
      return undefined;
    }
  }

  timeTo(work, measured) {
    const last = measured.epochs.at(-1);
    measured.samples = [last.seconds];
    return last.accuracy >= work.accuracy
      ? undefined
      : `${(100 * last.accuracy).toFixed(2)} % after ${measured.epochs.length} epochs`;
  }

  job(row, work, more) {
    const { folder: data, dist, packageVersion, versions, budgetMs, repetitions } = this;
    return {
      peer: row.peer,
      flavour: row.flavour,
      work: work.id,
      data,
      dist,
      packageVersion,
      versions,
      budgetMs,
      repetitions,
      ...more,
    };
  }

  measure(row, work, job) {
    if (work.kind === 'size') return measureSize(row.trainer);
    if (row.host === 'native') return measureNative(job, row.target);
    if (row.host === 'torch') return measureTorch(job, row.flavour);
    if (row.host === 'page') return this.chromium.measure(job, { isolated: row.isolated, cold: work.kind === 'init' });
    return measureInNode(job, { flags: row.flags });
  }
}
