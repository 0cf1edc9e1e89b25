/** The choices of one mutation, all from a few numbers, so that the same numbers give the same bytes and can shrink. */
export class Draws {
  #next = 0;

  constructor(private readonly numbers: readonly number[]) {}

  /** An integer from 0 to below `bound`; 0 where there is none. */
  below(bound: number): number {
    const number = this.numbers[this.#next % this.numbers.length] ?? 0;
    // Once they are used up, the numbers come again, stirred.
    const round = Math.floor(this.#next++ / Math.max(1, this.numbers.length));
    const drawn = round === 0 ? number : Math.imul(number ^ (round * 0x9e3779b1), 0x85ebca6b) >>> 0;
    return bound > 0 ? drawn % bound : 0;
  }

  of<Choice>(choices: readonly Choice[]): Choice {
    return choices[this.below(choices.length)]!;
  }
}
