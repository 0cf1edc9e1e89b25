/** The memory of ready-made callbacks. */
import { checkObject, typeError } from '../check/arguments.js';

/** Tests of what {@link Knowledge.hooks} is given back: a checkpoint may come from anywhere. */
type Checks<Known> = Record<keyof Known, (value: unknown) => boolean>;

/** State of a callback from epoch to epoch: fresh in each training, unless that resumes another. */
export class Knowledge<Known extends object> {
  now: Known;
  readonly #fresh: () => Known;
  readonly #checks: Checks<Required<Known>>;
  #goesOn = false;

  constructor(fresh: () => Known, checks: Checks<Required<Known>>) {
    this.#fresh = fresh;
    this.#checks = checks;
    this.now = fresh();
  }

  hooks(argument: string) {
    return {
      getState: () => ({ ...this.now }),
      setState: (state: unknown) => {
        checkObject(argument, state as Known, Object.keys(this.#checks));
        for (const key of Object.keys(this.#checks) as (keyof Known & string)[]) {
          const value = (state as Known)[key];
          if (!this.#checks[key](value)) throw typeError(`${argument}.${key}`, 'what getState() gave', value);
        }
        this.now = { ...(state as Known) };
        this.#goesOn = true;
      },
      onTrainBegin: () => {
        if (!this.#goesOn) this.now = this.#fresh();
        this.#goesOn = false;
      },
    };
  }
}
