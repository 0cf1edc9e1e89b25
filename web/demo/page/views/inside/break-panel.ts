/** Owner of the damage: the controls that do it, the units that are silenced, and the two answers, whole and broken. */
import { make } from '../../dom.js';
import type { Words } from '../../words/words.js';
import { wholePercent } from '../parts/numbers.js';
import { isWhole, WHOLE } from './breaking.js';
import type { Damage } from './breaking.js';
import type { UnitPlace } from './diagram.js';

interface Said {
  answer: string;
  share: string;
}

/** The most noise, in spreads of the weights. */
const NOISE_AT_MOST = 3;

export class BreakPanel {
  readonly element = make('section', 'break');
  damage: Damage = WHOLE;
  readonly #words: Words['inside'];
  readonly #onChange: () => void;
  readonly #answer = make('p', 'break-answer');
  readonly #whole = make('p', 'muted');
  readonly #silenced = make('p', 'muted');
  readonly #spoken = make('p', 'sr-only');
  readonly #biases = make('input');
  readonly #noise = make('input');
  readonly #noiseValue = make('output', 'muted');
  readonly #other = make('button');
  readonly #restore = make('button');
  /** True until the answer to the last damage was spoken. */
  #isToSay = false;

  constructor(words: Words['inside'], onChange: () => void) {
    this.#words = words;
    this.#onChange = onChange;
    this.#biases.type = 'checkbox';
    this.#biases.id = 'without-biases';
    const biases = make('label', 'check-field');
    biases.append(this.#biases, ` ${words.biases}`);
    this.#noise.type = 'range';
    this.#noise.id = 'noise';
    this.#noise.min = '0';
    this.#noise.max = String(NOISE_AT_MOST);
    this.#noise.step = '0.05';
    this.#noise.value = '0';
    const noise = make('label', 'noise-field', words.noise);
    noise.append(this.#noise, this.#noiseValue);
    this.#other.textContent = words.otherNoise;
    this.#restore.textContent = words.restore;
    this.#other.type = this.#restore.type = 'button';
    this.#restore.id = 'restore';
    this.#spoken.setAttribute('role', 'status');
    const buttons = make('div', 'break-buttons');
    buttons.append(this.#other, this.#restore);
    this.element.append(
      make('h2', '', words.breakTitle),
      make('p', 'note', words.breakText),
      this.#answer,
      this.#whole,
      this.#silenced,
      biases,
      noise,
      buttons,
      this.#spoken,
    );
    this.#biases.addEventListener('change', () => this.#set({ withoutBiases: this.#biases.checked }));
    this.#noise.addEventListener('input', () => this.#set({ noise: Number(this.#noise.value) }));
    this.#other.addEventListener('click', () => this.#set({ seed: this.damage.seed + 1 }));
    this.#restore.addEventListener('click', () => {
      this.forget();
      this.#biases.focus();
      this.#set(WHOLE);
    });
    this.#tell();
  }

  readonly isSilenced = ({ layer, unit }: UnitPlace): boolean => this.damage.silenced[layer]?.includes(unit) ?? false;

  /** Silences a unit, or wakes it. */
  toggle(place: UnitPlace): void {
    const silenced = [...this.damage.silenced];
    for (let layer = silenced.length; layer <= place.layer; layer++) silenced.push([]);
    const units = silenced[place.layer]!;
    silenced[place.layer] = this.isSilenced(place)
      ? units.filter((unit) => unit !== place.unit)
      : [...units, place.unit];
    this.#set({ silenced });
  }

  /** Makes it whole, because the network is another one. */
  forget(): void {
    this.damage = WHOLE;
    this.#biases.checked = false;
    this.#noise.value = '0';
    this.#tell();
  }

  /** @param answers of the whole network and of the broken one */
  show([whole, broken]: Said[]): void {
    const text = this.#words.says(broken!.answer, broken!.share);
    this.#answer.textContent = text;
    this.#answer.classList.toggle('is-other', broken!.answer !== whole!.answer);
    this.#whole.textContent = this.#words.whole(whole!.answer, whole!.share);
    if (this.#isToSay) this.#spoken.textContent = text;
    this.#isToSay = false;
  }

  #set(patch: Partial<Damage>): void {
    this.damage = { ...this.damage, ...patch };
    this.#isToSay = true;
    this.#tell();
    this.#onChange();
  }

  #tell(): void {
    const { noise, silenced } = this.damage;
    this.#noiseValue.textContent = this.#words.noiseValue(wholePercent(noise));
    this.#noise.setAttribute('aria-valuetext', this.#noiseValue.textContent);
    this.#other.disabled = noise === 0;
    this.#restore.disabled = isWhole(this.damage);
    this.#silenced.textContent = this.#words.silenced(silenced.reduce((sum, units) => sum + units.length, 0));
  }
}
