/** One page that works without a network: it reads drawn digits, or asks for features, by the module of JavaScript. */
import { warnOnce } from '../../check/warn.js';
import { readSafetensors, type Sequential } from '../../index.js';
import type { ModelDescription } from '../description.js';
import type { ExportedFile } from '../options.js';
import digits from './digits.html';
import form from './form.html';
import frame from './frame.html';
import { literal, moduleOf } from './javascript.js';
import { checkOptions, planOf, type Plan } from './plan.js';

/** Facts of the model for the page. */
interface PageConfig {
  /** The way from outputs to probabilities; numbers stay what they are. */
  reading: 'probabilities' | 'shares' | 'logits' | 'pair' | 'pair of logits' | 'numbers';
  /** Of the answers. */
  names: string[];
  /** Names of the inputs, if there is a form. */
  features: string[];
  /** First values of the form. */
  means: number[];
  /** The darkest pixel of a digit. */
  white: number;
}

const DIGIT_PIXELS = 784;
/** Of models that nobody named. */
const DEFAULT_NAME = 'sequential';

export async function write(
  method: string,
  description: ModelDescription,
  model: Sequential,
  options: object,
): Promise<ExportedFile[]> {
  const plan = planOf(method, description, checkOptions(method, options, ['quantize']));
  const fromLogits = await takesLogits(model);
  return [{ name: 'model.html', bytes: new TextEncoder().encode(pageOf(plan, description, fromLogits)) }];
}

function pageOf(plan: Plan, description: ModelDescription, fromLogits: boolean): string {
  const isDigits = plan.inputs === DIGIT_PIXELS && plan.outputs === 10;
  const { name = DEFAULT_NAME } = description;
  const isNamed = name !== DEFAULT_NAME;
  const [body, script] = (isDigits ? digits : form).split('<script>\n') as [string, string];
  const parts: Record<string, string> = {
    TITLE: htmlOf(isNamed ? name : isDigits ? 'Read a digit' : 'Ask the model'),
    BODY: body,
    MODULE: moduleOf(plan, description),
    CONFIG: literal(configOf(plan, description, fromLogits, isDigits)),
    SCRIPT: script.replace('</script>\n', ''),
  };
  return frame.replace(/\b(?:TITLE|BODY|MODULE|CONFIG|SCRIPT)\b/g, (name) => parts[name]!);
}

function configOf(
  { inputs, outputs }: Plan,
  { classNames, featureNames, layers }: ModelDescription,
  fromLogits: boolean,
  isDigits: boolean,
): PageConfig {
  const { name } = layers.at(-1)!.layer.activation;
  const isPair = outputs === 1 && classNames?.length !== 1;
  const reading =
    name === 'logSoftmax' || (name === 'linear' && (isDigits || (fromLogits && outputs > 1)))
      ? 'shares'
      : name === 'linear' && fromLogits
        ? isPair
          ? 'pair of logits'
          : 'logits'
        : name === 'sigmoid' && isPair
          ? 'pair'
          : /^(?:softmax|sigmoid)$/.test(name)
            ? 'probabilities'
            : 'numbers';
  const isClasses = reading !== 'numbers';
  const count = isPair && isClasses ? 2 : outputs;
  const normalized = layers[0]!.layer.className === 'normalization' ? layers[0]!.weights[0]!.data : undefined;
  const means = Array.from(normalized ?? new Float32Array(inputs), (value) => Number(value.toPrecision(4)));
  const white = means.some((mean) => mean > 1) ? 255 : 1;
  if (isDigits && white === 255) {
    warnOnce(
      'exportModel: html: pixels are given as 0 to 255, because the means of the first normalization are above 1',
    );
  }
  const named = (i: number) => (isDigits ? String(i) : isClasses ? `Class ${i}` : `Output ${i + 1}`);
  return {
    reading,
    names: Array.from({ length: count }, (_, i) => classNames?.[i] ?? named(i)),
    features: isDigits ? [] : Array.from({ length: inputs }, (_, i) => featureNames?.[i] ?? `Feature ${i + 1}`),
    means: isDigits ? [] : means,
    white,
  };
}

/** True where the model was compiled with a loss that takes outputs for logits. */
async function takesLogits(model: Sequential): Promise<boolean> {
  const { config } = readSafetensors(await model.save()).metadata;
  const { compile } = JSON.parse(config!) as { compile?: { loss?: { fromLogits?: boolean } } };
  return compile?.loss?.fromLogits === true;
}

const htmlOf = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
