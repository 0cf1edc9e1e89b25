/** For PyTorch: the weights as safetensors, under the names of its modules, and a program that makes the network. */
import { readSafetensors, writeSafetensors, type Sequential } from '../../index.js';
import { exampleOf, examplesToJson, type ModelDescription } from '../description.js';
import type { ExportedFile } from '../options.js';
import program from './model.py';
import { CONFIG_KEY, moduleLines, NAME_KEYS, stateDict } from './modules.js';

export async function write(method: string, description: ModelDescription, model: Sequential): Promise<ExportedFile[]> {
  const tensors = stateDict(method, description);
  const { metadata: own } = readSafetensors(await model.save());
  const metadata = {
    format: 'pt',
    [CONFIG_KEY]: own['config']!,
    ...Object.fromEntries(NAME_KEYS.flatMap((key) => (own[key] === undefined ? [] : [[key, own[key]]]))),
    examples: JSON.stringify(examplesToJson(exampleOf(model))),
  };
  return [
    { name: 'model.safetensors', bytes: writeSafetensors(tensors, metadata) },
    { name: 'model.py', bytes: new TextEncoder().encode(programOf(description)) },
  ];
}

/** The program that builds the network. */
export function programOf(description: ModelDescription): string {
  const indent = ' '.repeat(16);
  return program.replace(
    `${indent}# LAYERS\n`,
    moduleLines(description)
      .map((line) => `${indent}${line}\n`)
      .join(''),
  );
}
