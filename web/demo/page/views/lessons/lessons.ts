/**
 * The lessons as data: a step names a view and the settings that it wants of it, as they stand in an address; what it does
 * not say is as by default. Their words are in `words-en.ts` and `words-de.ts`, under the same names. In the address,
 * `lesson=vanishing.2` is the second step of the lesson "vanishing".
 */
import { FIELD_NAMES, FIELDS } from '../../settings/settings.js';

export interface LessonStep {
  view: 'train' | 'playground' | 'backpropagation';
  /** Absent where the settings of the step before go on. */
  set?: string;
}

export interface Lesson {
  /** The page of the documentation that has it, by its file and heading. */
  source: { page: string; heading: string };
  steps: readonly [LessonStep, ...LessonStep[]];
}

const playground = (set: string): LessonStep => ({ view: 'playground', set });

/** A network that can learn a few hundred digits by heart. */
const FEW_DIGITS = 'hidden=128&activation=relu&optimizer=adam&lr=0.001';

export const LESSONS = {
  neuron: {
    source: { page: 'mathematics/documents', heading: 'five-documents' },
    steps: [
      playground('p-data=gaussian&p-layers=none&p-lr=0.03&p-at=300'),
      playground('p-data=xor&p-noise=0&p-layers=none&p-lr=0.03&p-at=600'),
      playground('p-data=xor&p-noise=0&p-layers=4&p-lr=0.03&p-at=1200'),
    ],
  },
  'two-layers': {
    source: { page: 'mathematics/documents', heading: 'document-003-the-matrices-of-a-batch' },
    steps: [
      { view: 'train', set: 'count=4000&hidden=128&activation=sigmoid&optimizer=sgd&lr=0.5&batch=8&epochs=5' },
      { view: 'backpropagation', set: 'b-as=003&b-step=delta.output' },
      { view: 'backpropagation', set: 'b-as=003&b-step=gradient.output' },
      { view: 'backpropagation', set: 'b-as=003&b-step=update' },
    ],
  },
  vanishing: {
    source: { page: 'mathematics/steps', heading: 'where-to-begin' },
    steps: [
      playground('p-layers=8.8.8.8.8.8&p-activation=sigmoid&p-optimizer=sgd&p-lr=0.1'),
      playground('p-layers=8.8.8.8.8.8&p-activation=sigmoid&p-optimizer=sgd&p-lr=0.1&p-at=1500'),
      playground('p-layers=8.8.8.8.8.8&p-activation=relu&p-init=heNormal&p-optimizer=sgd&p-lr=0.1&p-at=1500'),
    ],
  },
  rate: {
    source: { page: 'mathematics/steps', heading: 'how-long-a-step-may-be' },
    steps: [
      playground('p-data=plane&p-layers=none&p-optimizer=sgd&p-batch=1000&p-lr=0.114&p-at=150'),
      playground('p-data=plane&p-layers=none&p-optimizer=sgd&p-batch=1000&p-lr=0.12&p-at=400'),
      playground('p-layers=6&p-val=0&p-optimizer=sgd&p-batch=1000&p-lr=2&p-at=130'),
    ],
  },
  optimizers: {
    source: { page: 'mathematics/steps', heading: 'momentum' },
    steps: [
      playground('p-data=plane&p-inputs=x1.x2.x1x1&p-layers=none&p-optimizer=sgd&p-batch=1000&p-lr=0.001&p-at=150'),
      playground(
        'p-data=plane&p-inputs=x1.x2.x1x1&p-layers=none&p-optimizer=sgd&p-momentum=0.9&p-batch=1000&p-lr=0.001&p-at=150',
      ),
      playground('p-data=plane&p-inputs=x1.x2.x1x1&p-layers=none&p-optimizer=rmsprop&p-batch=1000&p-lr=0.02&p-at=150'),
      playground('p-data=plane&p-inputs=x1.x2.x1x1&p-layers=none&p-optimizer=adam&p-batch=1000&p-lr=0.05&p-at=150'),
    ],
  },
  overfitting: {
    source: { page: 'guide/training', heading: 'frozen-layers-penalties-constraints-averages' },
    steps: [
      { view: 'train', set: `${FEW_DIGITS}&count=200&batch=5&epochs=25` },
      { view: 'train', set: `${FEW_DIGITS}&count=200&batch=5&epochs=25&layers=1_dropout_0.8` },
      { view: 'train', set: `${FEW_DIGITS}&count=4000&batch=20&epochs=5` },
    ],
  },
  record: {
    source: { page: 'guide/images', heading: 'train-on-pictures-that-change' },
    steps: [
      { view: 'train', set: 'data=mnist&hidden=800&activation=relu&optimizer=adam&lr=0.001&batch=128&epochs=10' },
      { view: 'train' },
    ],
  },
} as const satisfies Record<string, Lesson>;

export type LessonId = keyof typeof LESSONS;
export const LESSON_IDS = Object.keys(LESSONS) as LessonId[];

/** A step of a lesson; steps count from 0. */
export interface Place {
  id: LessonId;
  step: number;
}

export function placeToText({ id, step }: Place): string {
  return step === 0 ? id : `${id}.${step + 1}`;
}

/** The place that the address names; undefined where there is no such lesson. */
export function placeFromText(text: string): Place | undefined {
  const [name, number = '1', ...more] = text.split('.');
  const id = LESSON_IDS.find((one) => one === name);
  if (!id || more.length > 0) return undefined;
  const step = Number(number) - 1;
  return { id, step: LESSONS[id].steps[step] ? step : 0 };
}

/** Beginnings of the keys of views beside the first one, whose keys are those of its settings. */
const PREFIXES = { playground: 'p-', backpropagation: 'b-' } as const;

/** True if a key of the address is a setting of this view. */
export function isOf(view: LessonStep['view'], key: string): boolean {
  return view === 'train' ? FIELD_NAMES.some((name) => FIELDS[name].key === key) : key.startsWith(PREFIXES[view]);
}
