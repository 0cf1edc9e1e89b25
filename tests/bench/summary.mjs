/** From what was measured to one figure for each row and work. */
import { YARDSTICK } from './rows.mjs';
import { median, spread } from './statistics.mjs';
import { denseFlops, workCalled } from './works/index.mjs';

/**
 * @param results row id → work id → entry, as Harness keeps them
 * @returns the same as plain objects; each work with its value, spread, ratio to the yardstick and share of the peak
 */
export function summarise(rows, results) {
  return rows
    .filter(({ id }) => results.has(id))
    .map((row) => {
      const works = Object.fromEntries(
        [...results.get(row.id)].map(([id, entry]) => [id, figures(row, workCalled(id), entry)]),
      );
      const entries = Object.values(works);
      const version = entries.map((entry) => entry.version).find(Boolean);
      const details = entries.map((entry) => entry.details).find(Boolean);
      return {
        id: row.id,
        who: row.who,
        group: row.group,
        host: row.host,
        threads: row.threads ?? 1,
        version,
        details,
        works,
      };
    });
}

function figures(row, work, entry) {
  const rounds = entry.rounds.map((round) => ({ ...round, samples: round.samples?.map(rounded) }));
  const own = rounds.filter(({ samples }) => samples?.length > 0).map(({ samples }) => median(samples));
  const result = { ...entry, unit: work.unit, rounds };
  if (own.length === 0) return result;
  result.value = rounded(median(own));
  result.spread = rounded(spread(own));
  const ratios = rounds.map(({ ratio }) => ratio).filter((ratio) => ratio !== undefined);
  if (ratios.length > 0) {
    result.ratio = rounded(median(ratios));
    result.ratioSpread = rounded(spread(row.id === YARDSTICK ? own : ratios)); // its own ratio is 1 by definition
  }
  const peaks = rounds
    .map(({ peak }) => (row.relaxed ? (peak?.relaxedMadd ?? peak?.mulAdd) : peak?.mulAdd))
    .filter(Boolean);
  if (peaks.length > 0) {
    result.peakGflops = rounded(median(peaks) * (row.threads ?? 1));
    if (work.kind === 'train' && work.unit === 'samples/s') {
      result.gflops = rounded((result.value * denseFlops(work)) / 1e9);
      result.shareOfPeak = rounded(result.gflops / result.peakGflops);
    }
  }
  return result;
}

const rounded = (value) => Number(value.toPrecision(4));
