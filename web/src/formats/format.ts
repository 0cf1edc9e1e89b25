/** The table of formats: how each is recognised, and the file that reads or writes it, which is loaded when it is asked for. */
import { loadCheckpoint, loadModel, readSafetensors, type Sequential } from '../index.js';
import type { Reader, Writer } from './options.js';
import { looksLikeOnnx } from './onnx/recognise.js';
import { jsonOf, type Source, type SourceFile } from './source.js';

interface Format {
  /** True for a source of this format, told by what is in its files and not by their names; absent where it is not read. */
  recognises?(source: Source): boolean | Promise<boolean>;
  /** For files of our own, which are read as they are. */
  load?(source: Source): Promise<Sequential>;
  reader?(): Promise<Reader>;
  writer?(): Promise<Writer>;
}

/** In the order in which they are tried. */
export const FORMATS = {
  'mlp-wasm': {
    recognises: ({ files: [file] }) => isOwn(file!.bytes),
    load: async ({ files: [file] }) => {
      const isCheckpoint = readSafetensors(file!.bytes).metadata['training'] !== undefined;
      return (isCheckpoint ? loadCheckpoint : loadModel)(file!.bytes);
    },
  },
  brain: {
    recognises: ({ files }) => files.some((file) => hasKeys(file, 'sizes', 'layers')),
    reader: () => import('./brain.js'),
    writer: () => import('./brain.js'),
  },
  pytorch: {
    recognises: async ({ files: [file] }) =>
      isSafetensors(file!.bytes) || isOldPickle(file!.bytes) || holdsFile(file!, /(?:^|\/)data\.pkl$/),
    reader: () => import('./pytorch/read.js'),
    writer: () => import('./pytorch/write.js'),
  },
  onnx: {
    recognises: ({ files }) => files.some(({ bytes }) => looksLikeOnnx(bytes)),
    reader: () => import('./onnx/read.js'),
    writer: () => import('./onnx/write.js'),
  },
  keras: {
    recognises: ({ files }) =>
      some(files, (file) => beginsWith(file, '\x89HDF') || holdsFile(file, /(?:^|\/)model\.weights\.\w+$/)),
    reader: () => import('./keras.js'),
    writer: () => import('./keras/write.js'),
  },
  c: { writer: () => import('./code/c.js') },
  html: { writer: () => import('./code/html.js') },
  javascript: { writer: () => import('./code/javascript.js') },
  tfjs: {
    recognises: ({ files }) => files.some((file) => hasKeys(file, 'modelTopology', 'weightsManifest')),
    reader: () => import('./tfjs/read.js'),
    writer: () => import('./tfjs/write.js'),
  },
  numpy: {
    recognises: async ({ files }) =>
      files.some((file) => beginsWith(file, '\x93NUMPY')) ||
      (files.length === 1 && (await holdsOnly(files[0]!, /\.npy$/))),
    reader: () => import('./numpy/read.js'),
    writer: () => import('./numpy/write.js'),
  },
  sklearn: {
    recognises: ({ files }) => some(files, (file) => holdsFile(file, /^schema\.json$/)),
    reader: () => import('./sklearn/read.js'),
    writer: () => import('./sklearn/write.js'),
  },
} satisfies Record<string, Format>;

export type FormatName = keyof typeof FORMATS;

export const formatNamed = (name: FormatName): Format => FORMATS[name];

/** Names of the formats that are read. */
export const READABLE = Object.keys(FORMATS).filter(
  (name) => formatNamed(name as FormatName).recognises,
) as FormatName[];

/** Names of the formats that are written. */
export const WRITABLE = Object.keys(FORMATS).filter((name) => formatNamed(name as FormatName).writer) as FormatName[];

/** True for a file of JSON whose object has all of these keys. */
function hasKeys(file: SourceFile, ...keys: string[]): boolean {
  const json = jsonOf(file);
  return json !== undefined && keys.every((key) => Object.hasOwn(json, key));
}

/** True for a file that begins with these bytes. */
const beginsWith = ({ bytes }: Pick<SourceFile, 'bytes'>, start: string) =>
  String.fromCharCode(...bytes.subarray(0, start.length)) === start;

/** True if any file is of a kind, which may take a look into it. */
async function some(files: SourceFile[], isOne: (file: SourceFile) => boolean | Promise<boolean>): Promise<boolean> {
  for (const file of files) if (await isOne(file)) return true;
  return false;
}

/** True for a zip archive in which every file's name fits. */
async function holdsOnly(file: SourceFile, pattern: RegExp): Promise<boolean> {
  const names = await namesIn(file);
  return names.length > 0 && names.every((name) => pattern.test(name));
}

/** True for a zip archive with a file whose name fits. */
async function holdsFile(file: SourceFile, pattern: RegExp): Promise<boolean> {
  return (await namesIn(file)).some((name) => pattern.test(name));
}

/** The names in a zip archive; none in a file that is no such. */
async function namesIn(file: SourceFile): Promise<string[]> {
  if (!beginsWith(file, 'PK')) return [];
  const { zipNames } = await import('./zip.js');
  return zipNames('loadAny: source', file.bytes);
}

/** True for a header of JSON behind its length, as safetensors files have. */
function isSafetensors(bytes: Uint8Array): boolean {
  return bytes.length > 9 && bytes[8] === 0x7b && bytes[6] === 0 && bytes[7] === 0;
}

/** True for the pickle by which files of `torch.save` began before PyTorch 1.6: protocol 2, a long integer. */
function isOldPickle(bytes: Uint8Array): boolean {
  return bytes[0] === 0x80 && bytes[1] === 2 && bytes[2] === 0x8a && bytes[3] === 10;
}

/** True for a safetensors file whose metadata, which stand first in those that we write, have our name. */
function isOwn(bytes: Uint8Array): boolean {
  return isSafetensors(bytes) && beginsWith({ bytes: bytes.subarray(8) }, '{"__metadata__":{"format":"mlp-wasm"');
}
