/** How ONNX files are told from others, apart from the rest because every source is looked at so. */

/** First bytes of the fields that stand after the version of the format: producer, domain, graph, operators … */
const SECOND_FIELDS = [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42];

/**
 * True for what begins as ONNX files do: with the version of the format (field 1, at least 3, because TensorFlow's
 * SavedModel begins so with 1), and another field of a model.
 */
export const looksLikeOnnx = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x08 && bytes[1]! >= 3 && bytes[1]! < 64 && SECOND_FIELDS.includes(bytes[2]!);
