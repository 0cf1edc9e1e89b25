/** The checksum of zip archives: CRC-32 of ISO 3309, bits from the lowest. */
const POLYNOMIAL = 0xedb88320;

let table: Int32Array | undefined;

/** @returns a number from 0 to below 2³² */
export function crc32(bytes: Uint8Array): number {
  table ??= Int32Array.from({ length: 256 }, (_, byte) => {
    for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? (byte >>> 1) ^ POLYNOMIAL : byte >>> 1;
    return byte;
  });
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) crc = table[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
