/** The log of a run as CSV. */
import type { Curve } from '../../training/run.js';

const COLUMNS = ['epoch', 'loss', 'accuracy', 'valLoss', 'valAccuracy'] as const;

/** A row for each point of the charts; cells without a figure are empty. */
export function logFile(curve: Curve): string {
  const rows = curve.epoch.map((_, i) => COLUMNS.map((name) => curve[name][i] ?? '').join(','));
  return [COLUMNS.join(','), ...rows, ''].join('\r\n');
}
