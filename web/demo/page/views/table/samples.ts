/** Small made-up tables from a seed, for visitors without one. Their numbers are of nobody. */

export const SAMPLES = ['flowers', 'houses', 'customers'] as const;
export type SampleName = (typeof SAMPLES)[number];

/** Numbers in [0, 1) and of a normal distribution, the same ones for a seed everywhere. */
class Draws {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** Lehmer's generator (Park & Miller 1988), whose products a double holds. */
  next(): number {
    this.#state = (this.#state * 48271) % 2147483647;
    return this.#state / 2147483647;
  }

  /** A sum of twelve, which is normal enough (Irwin–Hall) and takes no logarithms, in which engines differ. */
  normal(mean: number, deviation: number): number {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += this.next();
    return mean + deviation * sum;
  }

  one<Value>(of: readonly Value[]): Value {
    return of[Math.floor(this.next() * of.length)]!;
  }
}

/** Three species, by four lengths and a colour. */
function flowers(draws: Draws): string[] {
  const species = [
    { name: 'meadow', petal: [15, 2.5], width: [4, 1], leaf: [52, 5], colours: ['white', 'white', 'pink'] },
    { name: 'brook', petal: [42, 5], width: [13, 2], leaf: [60, 6], colours: ['blue', 'pink', 'violet'] },
    { name: 'ridge', petal: [50, 5.5], width: [17, 2.6], leaf: [64, 6], colours: ['violet', 'blue', 'violet'] },
  ] as const;
  const lines = Array.from({ length: 150 }, (_, i) => {
    const { name, petal, width, leaf, colours } = species[i % 3]!;
    const [long, wide, big] = [petal, width, leaf].map(([mean, deviation]) => draws.normal(mean, deviation));
    return [big!.toFixed(1), long!.toFixed(1), wide!.toFixed(1), draws.one(colours), name].join(',');
  });
  return ['leaf_mm,petal_length_mm,petal_width_mm,colour,species', ...lines];
}

/** A price that follows from area, age, district and garden, and not from the number of the house. */
function houses(draws: Draws): string[] {
  const districts = { centre: 1.45, north: 1.05, south: 1.2, harbour: 0.85 };
  const lines = Array.from({ length: 400 }, (_, i) => {
    const area = Math.round(Math.max(28, draws.normal(95, 32)));
    const rooms = Math.max(1, Math.round(area / 27 + draws.normal(0, 0.6)));
    const built = Math.round(1900 + 120 * Math.sqrt(draws.next()));
    const district = draws.one(Object.keys(districts) as (keyof typeof districts)[]);
    const garden = draws.next() < (district === 'centre' ? 0.2 : 0.6);
    const worth = 2300 * area * districts[district] * (0.72 + (built - 1900) / 330) + (garden ? 24_000 : 0);
    const price = 500 * Math.round((worth * draws.normal(1, 0.05)) / 500);
    const missing = (cell: string | number, share: number): string | number => (draws.next() < share ? '' : cell);
    return [i + 1, area, missing(rooms, 0.06), missing(built, 0.09), district, missing(String(garden), 0.04), price];
  });
  return ['house,area,rooms,built,district,garden,price', ...lines.map((cells) => cells.join(','))];
}

/** Few leave: those with a short contract, many complaints and a high price. */
function customers(draws: Draws): string[] {
  const lines = Array.from({ length: 600 }, () => {
    const months = Math.ceil(60 * draws.next() ** 1.3);
    const plan = draws.one(['basic', 'basic', 'plus', 'family']);
    const contract = draws.one(['monthly', 'monthly', 'yearly', 'two years']);
    const price = Number(draws.normal({ basic: 14, plus: 24, family: 38 }[plan]!, 2.5).toFixed(2));
    const complaints = Math.max(0, Math.round(draws.normal(1, 1.3)));
    const paper = draws.next() < 0.35;
    const drive =
      1.5 * complaints +
      0.07 * price -
      0.05 * months +
      (contract === 'monthly' ? 2.2 : contract === 'yearly' ? 0 : -1.4);
    const leaves = drive + draws.normal(0, 0.7) > 5.3;
    return [months, plan, contract, price.toFixed(2), complaints, paper, leaves ? 'leaves' : 'stays'].join(',');
  });
  return ['months,plan,contract,price,complaints,paper_bill,outcome', ...lines];
}

export function sample(name: SampleName): string {
  const lines = { flowers, houses, customers }[name](new Draws({ flowers: 20, houses: 1906, customers: 77 }[name]));
  return `${lines.join('\n')}\n`;
}
