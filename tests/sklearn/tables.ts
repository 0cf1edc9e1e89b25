/** The tables of tables.py, number by number. */

export interface Table {
  x: number[][];
  y: number[];
}

class Draws {
  constructor(private state: number) {}

  uniform(): number {
    this.state = (this.state * 48271) % 2147483647;
    return this.state / 2147483647;
  }

  normal(): number {
    let total = -6;
    for (let i = 0; i < 12; ++i) total += this.uniform();
    return total;
  }

  below(count: number): number {
    return Math.floor(this.uniform() * count);
  }
}

const exact = (value: number) => Math.floor(value * 256 + 0.5) / 256;
const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

function cancer(): Table {
  const draws = new Draws(101);
  const shifts = times(30, () => 0.6 * draws.normal());
  const loadings = times(30, () => times(3, () => draws.normal()));
  const table: Table = { x: [], y: [] };
  times(569, () => {
    const label = draws.uniform() < 0.63 ? 1 : 0;
    const [f, g, h] = times(3, () => draws.normal());
    table.x.push(
      shifts.map((shift, j) => {
        const [a, b, c] = loadings[j]!;
        const common = a! * f! + b! * g! + c! * h!;
        return exact((label - 0.5) * shift + 0.5 * common + 0.8 * draws.normal());
      }),
    );
    table.y.push(draws.uniform() < 0.05 ? 1 - label : label);
  });
  return table;
}

function digits(): Table {
  const draws = new Draws(202);
  const pens = times(10, () => times(64, () => 16 * draws.uniform() * draws.uniform()));
  const table: Table = { x: [], y: [] };
  times(1797, () => {
    const label = draws.below(10);
    const pressure = 0.6 + 0.8 * draws.uniform();
    const levels = pens[label]!.map((ink) => Math.floor(pressure * ink + 6.5 * draws.normal() + 0.5));
    table.x.push(levels.map((level) => Math.min(Math.max(level, 0), 16) / 16));
    table.y.push(label);
  });
  return table;
}

function regression(): Table {
  const draws = new Draws(303);
  const table: Table = { x: [], y: [] };
  times(600, () => {
    const row = times(8, () => exact(draws.normal()));
    const [a, b, c, d, e] = row as [number, number, number, number, number];
    table.x.push(row);
    table.y.push(exact(a + 0.5 * b * c + 0.7 * Math.abs(d) - 0.4 * e + 0.3 * draws.normal()));
  });
  return table;
}

export const TABLES: Record<string, () => Table> = { cancer, digits, regression };

export function checksum({ x, y }: Table): number {
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  return sum(x.map((row, i) => ((i % 97) + 1) * sum(row.map((value, j) => (j + 1) * value)))) + sum(y);
}
