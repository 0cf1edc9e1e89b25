// Breaks the lines of minified code. Node prints the whole line from which an uncaught error comes: 80 kB where there is
// but one. Not esbuild's lineLimit, because that breaks strings too, into which Rollup then writes its indentation.

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The first number of a source map's segment (base 64 VLQ), and what follows it. */
function decode(segment) {
  let [value, shift, at] = [0, 0, 0];
  for (let more = true; more; shift += 5) {
    const digit = DIGITS.indexOf(segment[at++]);
    value |= (digit & 31) << shift;
    more = digit >= 32;
  }
  return [value & 1 ? -(value >> 1) : value >> 1, segment.slice(at)];
}

function encode(number) {
  let rest = number < 0 ? (-number << 1) | 1 : number << 1;
  let text = '';
  do {
    const digit = rest & 31;
    rest >>= 5;
    text += DIGITS[rest > 0 ? digit | 32 : digit];
  } while (rest > 0);
  return text;
}

/**
 * Begins a new line where one is longer than `limit` and it is safe: after a comma, a semicolon or a brace, where the
 * source map says that something of the program begins, hence neither in a string nor before `import.meta`, which
 * bundlers look for behind the address that it belongs to.
 *
 * @param {string} code
 * @param {{ mappings: string }} map
 */
export function breakLines(code, map, limit) {
  const mappings = map.mappings.split(';');
  const lines = code.split('\n').map((line, number) => {
    const parts = [];
    const segments = [];
    let [column, begin, previous] = [0, 0, 0];
    for (const segment of (mappings[number] ?? '').split(',').filter(Boolean)) {
      const [step, rest] = decode(segment);
      column += step;
      const safe = /[,;{]/.test(line[column - 1] ?? '') && !line.startsWith('import.meta', column);
      const breaks = safe && column - begin > limit;
      if (breaks) {
        parts.push(line.slice(begin, column));
        [begin, previous] = [column, column];
      }
      segments.push((segments.length === 0 ? '' : breaks ? ';' : ',') + encode(column - previous) + rest);
      previous = column;
    }
    parts.push(line.slice(begin));
    return { text: parts.join('\n'), mapping: segments.join('') };
  });
  return {
    code: lines.map(({ text }) => text).join('\n'),
    map: { ...map, mappings: lines.map(({ mapping }) => mapping).join(';') },
  };
}
