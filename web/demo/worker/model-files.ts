/** Networks of the page as files of other tools, and back. */
import { loadCheckpoint } from 'mlp-wasm';
import type { ActivationName, Sequential } from 'mlp-wasm';
import { exportModel, exportTraining, loadAny, zipFiles } from 'mlp-wasm/files';
import type { ExportedFile, FormatName } from 'mlp-wasm/files';
import type { Digits } from '../shared/digit-work.js';
import type { ModelFormat, PlainNetwork } from '../shared/model-work.js';
import { denseAlone } from '../shared/dense-alone.js';
import { digitsAlone, modelOf, Unfit } from './plain-network.js';

/** Bytes that an archive may hold. */
const UNPACKED_AT_MOST = 2 ** 29;

export interface MadeFile {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** One file, an archive where the format takes several. */
export async function writeNetwork(network: PlainNetwork, asked: ModelFormat): Promise<MadeFile> {
  const [format, number] = asked.split(/-(?=int8)/) as [Exclude<FormatName, 'brain'>, 'int8' | undefined];
  // The page for people draws only for networks of ten outputs.
  const isPage = format === 'html' && network.layers.at(-1)!.units > 10;
  // scikit-learn's networks have no normalisation of their own, but a folded one works in them.
  const plain = asked === 'sklearn' ? (denseAlone(network) ?? network) : network;
  const model = modelOf(isPage ? digitsAlone(network) : plain);
  if (format === 'mlp-wasm') return { name: 'digits.safetensors', bytes: await model.save() };
  const files = await exportModel(model, format, {
    ...(number && { quantize: number }),
    ...(format === 'c' && { prefix: 'digits' }),
  });
  const [file] = files;
  if (files.length > 1) return { name: `digits-${format}.zip`, bytes: await packed(files) };
  const ending = /\.\w+$/.exec(file!.name)![0];
  return { name: `digits${number ? `-${number}` : ''}${ending}`, bytes: file!.bytes as Uint8Array<ArrayBuffer> };
}

/** The folder in which PyTorch goes on with a training, packed. */
export async function writeTraining(
  checkpoint: Uint8Array,
  { pixels, labels }: Digits,
  plan: { epochs: number; batchSize: number },
): Promise<MadeFile> {
  const model = await loadCheckpoint(checkpoint);
  const data = { x: { data: pixels, scale: 1 / 255 }, y: labels };
  return {
    name: 'digits-training.zip',
    bytes: await packed(await exportTraining(model, data, { target: 'pytorch', ...plan })),
  };
}

const packed = async (files: readonly ExportedFile[]): Promise<Uint8Array<ArrayBuffer>> => await zipFiles(files);

/**
 * The model of these files, of which one may be an archive such as `writeNetwork` makes.
 *
 * @throws {Unfit} for weights that only the program beside them understands
 * @param activation of hidden layers, for files of weights alone
 * @param remarks what the library has said of the files: that it guessed activations goes, where they were given
 */
export async function readModel(
  files: readonly File[],
  activation: ActivationName,
  remarks: string[],
): Promise<Sequential> {
  try {
    return await readPlain(files, activation, remarks);
  } catch (error) {
    const unpacked = files.length === 1 ? await unpackedFrom(files[0]!) : undefined;
    if (!unpacked) throw error;
    if (unpacked.some(({ name }) => /\.npz$/.test(name))) throw new Unfit({ misfit: 'program' });
    return readPlain(unpacked, activation, remarks);
  }
}

async function readPlain(files: readonly File[], activation: ActivationName, remarks: string[]): Promise<Sequential> {
  try {
    const model = await loadAny(files);
    const guess = remarks.findIndex((text) => /has no activations/.test(text));
    if (guess < 0) return model;
    remarks.splice(guess, 1);
  } catch (error) {
    if (!(error instanceof Error && /activations/.test(error.message))) throw error;
  }
  return loadAny(files, { activations: activation });
}

/** The files in a zip archive, without programs and texts; undefined for what is none. */
async function unpackedFrom(file: File): Promise<File[] | undefined> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return undefined;
  const { unzipSync } = await import('fflate');
  let total = 0;
  const found = unzipSync(bytes, {
    filter: ({ name, originalSize }) =>
      !/\.(?:py|md|txt)$|\/$/.test(name) && (total += originalSize) < UNPACKED_AT_MOST,
  });
  return Object.entries(found).map(([name, content]) => new File([content], name));
}
