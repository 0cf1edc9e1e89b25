/** Compares our figures with the committed results: a loss of more than a fifth is reported. */
const LOSS = 0.2;

/** @returns the works that fell: { row, work, was, is } with ratios to native SSE (size: kB, where more is a loss). */
export function losses(committed, rows) {
  return pairs(committed, rows).filter(({ work, was, is }) =>
    work === 'size' ? is > was * (1 + LOSS) : is < was * (1 - LOSS),
  );
}

/** Every ratio that both have. */
export function pairs(committed, rows) {
  return rows
    .filter(({ group }) => group === 'ours')
    .flatMap((row) => {
      const before = committed.rows.find(({ id }) => id === row.id)?.works ?? {};
      return Object.entries(row.works).flatMap(([work, entry]) => {
        const key = work === 'size' ? 'value' : 'ratio';
        const [was, is] = [before[work]?.[key], entry[key]];
        return was === undefined || is === undefined ? [] : [{ row: row.id, work, was, is }];
      });
    });
}
