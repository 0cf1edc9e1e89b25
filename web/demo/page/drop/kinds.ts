/** The kind of a file, told by what is in it; by its name only where its content could be of several kinds. */
import { FORMAT } from '../my-digits/digits-file.js';

export type Kind = 'picture' | 'mnist' | 'my digits' | 'table' | 'model';

/** Bytes of a beginning or an end that are looked at. */
const LOOK = 65_536;
/** A file of JSON that is larger than this is not read to see what it is. */
const JSON_AT_MOST = 256_000_000;

const TABLE_NAME = /\.(?:csv|tsv|tab|xlsx?|ods|parquet)(?:\.gz)?$/i;
const MODEL_NAME = /\.(?:onnx|pth?|ckpt|h5|hdf5|keras|safetensors|np[yz]|skops)$/i;

/** Beginnings of pictures. A browser gives a file's type by its name alone. */
const PICTURES = [
  /^\x89PNG/,
  /^\xff\xd8\xff/,
  /^GIF8/,
  /^RIFF....WEBP/s,
  /^BM.{12}\x28\0\0\0/s,
  /^....ftyp(?:avif|heic|mif1)/s,
];
/** Beginnings of models: HDF5, ONNX (see looksLikeOnnx of the package), NumPy, safetensors, PyTorch's old pickle. */
const MODELS = [
  /^\x89HDF/,
  /^\x08[\x03-\x3f][\x12\x1a\x22\x28\x32\x3a\x42]/,
  /^\x93NUMPY/,
  /^.{6}\0\0\{/s,
  /^\x80\x02\x8a\x0a/,
];
/** The beginning of a zip archive: of its first file, of its list where it has none, or of its part. Text may begin with PK. */
const ARCHIVE = /^PK[\x03\x05\x07]/;
const MY_DIGITS = new RegExp(`^[^{]*\\{\\s*"format"\\s*:\\s*"${FORMAT}"`);
/** Names in an archive that is a model, and in one that is a spreadsheet. */
const IN_MODEL = /data\.pkl|weights\.|\.npy|schema\.json|model\.(?:json|safetensors|onnx|py)|checkpoint\.safetensors/;
const IN_SPREADSHEET = /xl\/workbook|opendocument\.spreadsheet/;

/** The kind of a file; undefined where the page has no use for it. */
export async function kindOf(file: File): Promise<Kind | undefined> {
  const head = await latin(file.slice(0, LOOK));
  if (head === '') return undefined;
  if (file.type.startsWith('image/') || PICTURES.some((beginning) => beginning.test(head))) return 'picture';
  if (isIdx(head)) return 'mnist';
  if (head.startsWith('\x1f\x8b')) return (await holdsIdx(file)) ? 'mnist' : byName(file);
  if (MODELS.some((beginning) => beginning.test(head))) return 'model';
  if (ARCHIVE.test(head)) return inArchive(head + (await latin(file.slice(-LOOK))));
  if (/^(?:\xef\xbb\xbf)?\s*\{/.test(head)) return (await inJson(file, head)) ?? byName(file);
  return byName(file) ?? (isTabular(head) ? 'table' : undefined);
}

function byName({ name }: File): Kind | undefined {
  return TABLE_NAME.test(name) ? 'table' : MODEL_NAME.test(name) ? 'model' : undefined;
}

/** The bytes as characters, one each. */
async function latin(part: Blob): Promise<string> {
  const bytes = new Uint8Array(await part.arrayBuffer());
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return text;
}

/** Bytes in one dimension or three, as labels and images are. */
function isIdx(head: string): boolean {
  return /^\0\0\x08[\x01\x03]/.test(head);
}

/** True for packed labels or images; a file that is cut short is told apart, too. */
async function holdsIdx(file: Blob): Promise<boolean> {
  const unpacked = file.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  try {
    const { value } = await unpacked.read();
    return isIdx(String.fromCharCode(...(value ?? []).slice(0, 4)));
  } catch {
    return false;
  } finally {
    void unpacked.cancel().catch(() => undefined);
  }
}

function inArchive(text: string): Kind | undefined {
  return IN_SPREADSHEET.test(text) ? 'table' : IN_MODEL.test(text) ? 'model' : undefined;
}

async function inJson(file: File, head: string): Promise<Kind | undefined> {
  // Before it is parsed, because one that is damaged is told apart, too.
  if (MY_DIGITS.test(head)) return 'my digits';
  if (file.size > JSON_AT_MOST) return undefined;
  try {
    const json = JSON.parse(await file.text()) as object;
    const has = (...keys: string[]): boolean => keys.every((key) => Object.hasOwn(json, key));
    // TensorFlow.js, brain.js, Keras
    const isModel = has('modelTopology') || has('sizes', 'layers') || has('class_name', 'config');
    return isModel ? 'model' : undefined;
  } catch {
    return undefined;
  }
}

/** True for text whose first lines have as many cells as each other, and more than one. */
function isTabular(head: string): boolean {
  // Control characters are in no text.
  if (/[\0-\x08\x0e-\x1f]/.test(head)) return false;
  const [first = '', second = ''] = head.split(/\r?\n|\r/).filter((line) => line.trim() !== '');
  return [',', ';', '\t', '|'].some((mark) => {
    const cells = (line: string): number => line.split(mark).length;
    return cells(first) > 1 && cells(first) === cells(second);
  });
}
