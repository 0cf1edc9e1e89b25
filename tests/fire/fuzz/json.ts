/** Mutations of JSON, as text: what no program would write can be written, too. */
import { TELLING_NUMBERS, type Mutation } from './bytes.js';
import type { Draws } from './draws.js';

/** A value of JSON. Objects are lists of entries, so that a key may come twice; `raw` is written as it is. */
type Node = { raw: string } | { list: Node[] } | { entries: [key: string, value: Node][] };

const TELLING_KEYS = ['', '0', '__proto__', 'constructor', '__metadata__', 'length', 'toString', 'name', '\ud800', 'é'];

const TELLING_VALUES = [
  'null',
  'true',
  '""',
  '"0"',
  '"x"',
  '"\\ud800"',
  '"__proto__"',
  '[]',
  '{}',
  '[[]]',
  '{"__proto__":{"polluted":1}}',
  '{"length":1}',
  '{"name":"adam"}',
  '{"tensor":0}',
  '{"number":"NaN"}',
  '-0',
  '-1',
  '0.5',
  '1e-50',
  '1e39',
  '1e308',
  '1e999',
  '01',
  'NaN',
  '',
  ',',
  ...TELLING_NUMBERS.map(String),
];

/** Deeper JSON is mutated as text, because the functions here, which call themselves, would fill the stack. */
const DEEPEST = 500;

function parsed(value: unknown, depth = 0): Node {
  if (depth > DEEPEST) throw new RangeError('too deep');
  if (Array.isArray(value)) return { list: value.map((element) => parsed(element, depth + 1)) };
  if (typeof value === 'object' && value !== null) {
    return { entries: Object.entries(value).map(([key, content]) => [key, parsed(content, depth + 1)]) };
  }
  return { raw: JSON.stringify(value) };
}

function written(node: Node): string {
  if ('raw' in node) return node.raw;
  if ('list' in node) return `[${node.list.map(written).join()}]`;
  return `{${node.entries.map(([key, value]) => `${JSON.stringify(key)}:${written(value)}`).join()}}`;
}

/** A node, with the places of all nodes below it. */
function places(root: Node): { node: Node; set: (node: Node) => void }[] {
  const found: { node: Node; set: (node: Node) => void }[] = [];
  const visit = (node: Node, set: (node: Node) => void) => {
    found.push({ node, set });
    if ('list' in node) node.list.forEach((child, i) => visit(child, (other) => (node.list[i] = other)));
    else if ('entries' in node) node.entries.forEach((entry) => visit(entry[1], (other) => (entry[1] = other)));
  };
  visit(root, () => undefined);
  return found;
}

/** The text after one mutation; text that is no JSON, or JSON too deep, loses a character. */
export function mutatedJson(text: string, draws: Draws): string {
  let root: Node;
  try {
    root = parsed(JSON.parse(text));
  } catch {
    const at = draws.below(text.length);
    return text.slice(0, at) + text.slice(at + 1);
  }
  const holder: Node = { list: [root] };
  const all = places(holder).slice(1);
  const { node, set } = draws.of(all);
  const inside = draws.below(3);
  // A text that holds JSON, as the metadata of models do, is mostly mutated inside.
  if ('raw' in node && /^"[{[]/.test(node.raw) && inside > 0) {
    set({ raw: JSON.stringify(mutatedJson(JSON.parse(node.raw) as string, draws)) });
    return written(holder).slice(1, -1);
  }
  switch (draws.below(8)) {
    case 0:
      set({ raw: draws.of(TELLING_VALUES) });
      break;
    case 1: // another value of the same document
      set(draws.of(all).node);
      return written({ raw: safely(holder) });
    case 2: {
      if (!('raw' in node) || Number.isNaN(Number(node.raw))) set({ raw: String(draws.of(TELLING_NUMBERS)) });
      else set({ raw: String(Number(node.raw) + draws.of([-1, 1, -0.5, Number(node.raw), 2 ** 31, 2 ** 32])) });
      break;
    }
    case 3: {
      const depth = draws.of([1, 2, 100, 1000, 20_000]);
      const [open, close] = draws.of([
        ['[', ']'],
        ['{"a":', '}'],
        ['{"object":{"a":', '}}'],
      ] as const);
      set({ raw: open.repeat(depth) + written(node) + (draws.below(4) ? close.repeat(depth) : '') });
      break;
    }
    case 4:
      set({ raw: JSON.stringify(draws.of(['a', '\u0000', '"', 'é', '\ud800', '𝄞']).repeat(draws.of([1, 100, 5000]))) });
      break;
    default:
      if ('list' in node && node.list.length > 0) {
        const at = draws.below(node.list.length);
        if (draws.below(2)) node.list.splice(at, 1);
        else node.list.splice(at, 0, ...Array<Node>(draws.of([1, 1, 2, 100])).fill(node.list[at]!));
      } else if ('entries' in node && node.entries.length > 0) {
        const at = draws.below(node.entries.length);
        const entry = node.entries[at]!;
        const change = draws.below(4);
        if (change === 0) node.entries.splice(at, 1);
        else if (change === 1) node.entries.push([...entry]);
        else if (change === 2) entry[0] = draws.of([...TELLING_KEYS, ...node.entries.map(([key]) => key)]);
        else node.entries.push([draws.of(TELLING_KEYS), { raw: draws.of(TELLING_VALUES) }]);
      } else set({ raw: draws.of(TELLING_VALUES) });
  }
  return written(holder).slice(1, -1);
}

/** The text of what may have become a part of itself: then it is told as null. */
function safely(holder: Node): string {
  const open = new Set<Node>();
  const tell = (node: Node): string => {
    if (open.has(node)) return 'null';
    if ('raw' in node) return node.raw;
    open.add(node);
    const text =
      'list' in node
        ? `[${node.list.map(tell).join()}]`
        : `{${node.entries.map(([key, value]) => `${JSON.stringify(key)}:${tell(value)}`).join()}}`;
    open.delete(node);
    return text;
  };
  return tell(holder).slice(1, -1);
}

/** Of files that are JSON from one end to the other. */
export const JSON_MUTATIONS: readonly Mutation[] = [
  function changeJson(file, draws) {
    return new TextEncoder().encode(mutatedJson(new TextDecoder().decode(file), draws));
  },
];
