// Drawings that are no digits: letters, shapes, scribbles, digits upon and beside each other. Made by the same hands
// as the generated digits, so that nothing but their form tells them from digits. Training has its own kinds; letters and
// shapes of other forms, and whole other kinds, are held out, so that refusing them is no matter of having seen them.
import { readFileSync } from 'node:fs';

const PIXELS = 784;
const PATH_BYTES = 1024;
/** Far from the numbers of the digits that are made of the same seed. */
const FIRST = 3_000_000_000;

// Paths as digit_styles.h describes them. No letter that people write as they write a digit: no B, b, g, I, i, l, O, o,
// q, S, s, Z, z.
const LETTERS = {
  trained: [
    '1598 5003! 8598 / 2860 7260', // A
    '1098! 5003! 9098 / 3065 7065', // A
    '2010 2098 / 2010 6510 8530 6550 2550! 6550 9075 6598 2098', // B, square
    '8515 5503 1530 1570 5597 8585', // C
    '7530 5020 2545 3580 5595 8085', // c
    '2005 2098 / 2005 7015 8850 7085 2098', // D
    '2005 2098 / 2005 8005 / 2050 7050 / 2098 8098', // E
    '8520 5010 2540 4560 5060 3570 2595 6098 8590', // E, round
    '2005 2098 / 2005 8505 / 2050 7050', // F
    '8020 5005 2025 2075 5097 8080 8060! 5060 / 8060 8098', // G
    '2005 2098 / 8005 8098 / 2050 8050', // H
    '2050 8050! 8005 8098 / 2005 2098', // H, from the bar
    '7003 7065 5597 3090 2075', // J
    '2005 2098 / 8005 2050! 8098', // K
    '2003 2098! 8098', // L
    '1598 1505! 5060! 8505! 8598', // M
    '2098 2005! 8098! 8005', // N
    '2003 2098 / 2005 7008 8028 6548 2052', // P
    '2098 2005 6005 8025 6050 2052! 8098', // R, in one go
    '1005 9005 / 5005 5098', // T
    '1505 8505! 5005! 5098', // T, in one go
    '1505 1570 5097 8570 8505', // U
    '1005 5098! 9005', // V
    '0505 2598! 5030! 7598! 9505', // W
    '1003 9098 / 9003 1098', // X
    '8505 1598 / 1505 5050', // X, crooked
    '1003 4550! 4598 / 8503 4550', // Y
    '7530 5015 2030 2075 4595 7575 7515! 7598', // a
    '7540 5025 2045 2080 5097 8080 8003! 8098', // d
    '1560 8055 7025 4020 1550 2590 5598 8580', // e
    '7510 5505 4520 4598 / 2045 7545', // f
    '2003 2098! 2055 5040 7555 7598', // h
    '2003 2098 / 7540 2070! 7598', // k
    '1530 1598! 1550 3535 4850! 4898! 4850 7035 8550 8598', // m
    '1530 1598! 2050 5530 7850 7898', // n
    '2030 2099 / 2045 5028 8050 6080 2075', // p
    '2535 2598 / 2550 5030 8035', // r
    '5005 5080 6597 8090 / 2535 8035', // t
    '2030 2070 4097 7575 7530! 7598', // u
    '1530 4590 5590 8530', // v, round
    '1540 2590 4595 5060! 5545 7095 9040', // w
    '1530 8598 / 8530 1598', // x
    '1030 5090! 9030 / 5090 3099', // y
  ],
  heldOut: [
    '1598 3010 6505 8530 8598 / 1555 8555', // A, round
    '8505 5005 2040 2070 5098 8598', // C, square
    '1598 1505! 4503 8030 8570 4598 1598', // D, in one go
    '8505! 2005! 2050! 7050! 2050! 2098! 8598', // E, in one go
    '8503 2003! 2098 / 2048 7548', // F, in two
    '8515 5503 1530 1570 5597 8585 8560! 5560', // G
    '2003 2098 / 2050 8050! / 8003 8098', // H
    '1505! 1598 / 8505 3050! 9098', // K, slim
    '1598 2505! 5098! 7505! 8598', // M, slanted
    '1598 3005! 7098! 8503', // N, slanted
    '1598 1503 / 1503 8003 8050! 1550', // P, square
    '2003 2098 / 2005 7008 8028 6048 2052! 8598', // R
    '0515! 0505! 9505! 9515 / 5005 5098 / 3598 6598', // T, with serifs
    '1505 1598! 8598! 8505', // U, square
    '1003 5050! 9003 / 5050 5098', // Y
    '0503 3098! 5003! 7098! 9503', // W
    '5003 5097 / 5003 1530 5050! 9025 5003', // Φ
    '1530 5098! 8530', // v
    '2003 2098 / 3098 2060 5045 7060 7098', // h
    '1598 1540! 3530 4550 4598 / 4550 6530 8050 8598', // m
    '1040 3025 4550 5090 7040 8530 9550', // ν
    '0320 9720 / 3020 3097 / 7020 7097', // π
  ],
};

const CIRCLE = '5003 2015 0350 2085 5097 8085 9750 8015 5003';
const SHAPES = {
  trained: [
    '5003 5097 / 0350 9750', // plus
    '0350 9750', // dash
    '0335 9735 / 0365 9765', // equals
    '5005! 9590! 0590! 5005', // triangle
    '1010! 9010! 9090! 1090! 1010', // square
    `${CIRCLE} / 3035 3042 / 6535 6542 / 2560 3578 5085 6578 7560`, // smiley
    '5003! 8097! 0535! 9535! 2097! 5003', // star
    '0550 9550 / 6520 9550! 6580', // arrow to the right
    '5097 5003 / 2035 5003! 8035', // arrow upwards
    '0555 3595! 9505', // check mark
    `${CIRCLE} / 5003 5097 / 0350 9750`, // circle with a cross
    `${CIRCLE} / 2020 8080`, // circle with a bar
    '0550 2030 4050 6070 8050 9535', // tilde
    '5003! 9550! 5097! 0550! 5003', // rhombus
    '3003 3097 / 7003 7097 / 0330 9730 / 0370 9770', // hash
    '6503 3020 2550 3080 6597', // parenthesis
    '5030 5003 / 5030 2015 / 5030 8015 / 5030 5070! 2097 / 5070 8097', // tree or stick man
    '5005 4060 / 4590 4895', // exclamation mark
    '2030 2505 7005 7530 5048 5070 / 4890 5297', // question mark
    '2003 2097 / 8003 8097 / 2020 8020 / 2040 8040 / 2060 8060 / 2080 8080', // ladder
    '9020! 5050! 9080 / 5020! 1050! 5080', // quotation marks
    '0303! 9703! 0397! 9797! 0303', // hourglass
    '5025 3505 1010 0530 1555 5095! 8555 9530 9010 6505 5025!', // heart
    '1005! 5045! 9005 / 1050! 5090! 9050', // double chevron
    '0550 3505! 6595! 9550', // pulse
    '5003 3035 0550 3065 5097 7065 9550 7035 5003', // four-pointed star
    '1550! 1597! 8597! 8550 / 0355 5003! 9755', // house
    '6003! 2055! 6050! 3097', // lightning
    '5055 4045 5035 6550 5070 3055 4020 7520 8560 5095 1575', // spiral
    '2080 0565 1545 2525! 4510 6010 7530! 9045 9570 8080! 2080', // cloud
    '0350 3020 6520 9750 6580 3580 0350 / 8510 9750! 8590', // fish
    '2010! 8010! 6560! 3560! 2010 / 5060 5097 / 2597 7597', // goblet
    '5055 5003 2530 0350 9750 7530 5003 / 5050 5097 3590', // umbrella
  ],
  heldOut: [
    '5095 1050 1015 3505 5030! / 5030! 6505 9015 9050 5095', // heart, in two strokes
    '9550 0550 / 3520 0550! 3580', // arrow to the left
    '1045! 1097! 9097! 9045! 1045 / 1045 5003! 9045 / 4097 4065! 6065! 6097', // house with a door
    '1015! 9015! 5050! 9085! 1085! 5050 1015', // bow
    '1097! 1003! 9003! 9097', // gate
    '5003 5097 / 1025 9075 / 9025 1075', // asterisk
    '9003! 1050! 9097', // less than
    `${CIRCLE} / 3040 4040 / 6040 7040 / 3078 5065 7078`, // frown
    '5003 5060 / 2030 5060! 8030 / 2060 2097! 8097! 8060', // download
    '0597! 3530! 5070! 7020! 9597', // mountains
    '1003 1097 / 1003! 9020! 1045', // flag
    '5003! 9540! 7597! 2597! 0540! 5003', // pentagon
    '5003! 9597! 0597! 5003 / 5035 5070 / 5085 5088', // warning
    '1010! 9010! 9090! 1090! 1010 / 1010 9090 / 9010 1090', // crossed box
    '0550 2520 5005 7520 9550 / 0550! 9550 / 5050 5097', // mushroom
    '2050 0530 3020 5045 7020 9530 8050 / 5045 5097', // palm
  ],
};

/** Uniform in [0, 1): xorshift (Marsaglia 2003), 32 bits. */
function dice(seed) {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

/** Strokes of [x, y, mark] of a path, and back. */
const parse = (path) =>
  path.split('/').map((stroke) =>
    stroke
      .trim()
      .split(/\s+/)
      .map((point) => [Number(point.slice(0, 2)), Number(point.slice(2, 4)), point.slice(4)]),
  );
const two = (value) => String(Math.min(99, Math.max(0, Math.round(value)))).padStart(2, '0');
const format = (strokes) =>
  strokes.map((stroke) => stroke.map(([x, y, mark]) => two(x) + two(y) + mark).join(' ')).join('/');
/** Shrunk to `width` × `height` of the sheet, with its corner at (left, top). */
const placed = (strokes, left, top, width, height) =>
  strokes.map((stroke) => stroke.map(([x, y, mark]) => [left + width * x, top + height * y, mark]));

/** The styles of the digits, from their own source. */
function digitStyles() {
  const source = readFileSync(new URL('../cpp/mlp/digits/digit_styles.cc', import.meta.url), 'utf8');
  return [...source.matchAll(/\{(\d), *(\d+), *"([^"]+)"/g)].map(([, digit, , path]) => ({
    digit: Number(digit),
    strokes: parse(path),
  }));
}

/** Kinds of drawings; each gives a path. `share` is how often it is made. */
function kinds(heldOut) {
  const which = heldOut ? 'heldOut' : 'trained';
  const styles = digitStyles();
  const pick = (roll, list) => list[Math.floor(roll() * list.length)];
  const between = (roll, low, high) => low + (high - low) * roll();
  const point = (roll) => [100 * roll(), 100 * roll(), ''];
  const digit = (roll, ...digits) =>
    pick(roll, digits.length > 0 ? styles.filter((s) => digits.includes(s.digit)) : styles);

  const letter = (roll) => pick(roll, LETTERS[which]);
  const shape = (roll) => pick(roll, SHAPES[which]);
  /** One to four strokes through random points. */
  const scribble = (roll) => {
    const strokes = Array.from({ length: 1 + Math.floor(3 * roll()) }, () =>
      Array.from({ length: 5 + Math.floor(11 * roll()) }, () => point(roll)),
    );
    return format(strokes);
  };
  /** To and fro until the paper is full, in a box of any proportion. */
  const filled = (roll) => {
    const turns = 10 + Math.floor(6 * roll());
    const upright = roll() < 0.5;
    const stroke = (from) =>
      Array.from({ length: turns }, (_, i) => {
        const [along, across] = [(100 * (i + from)) / turns, (i % 2 ? 92 : 8) + between(roll, -8, 8)];
        return upright ? [across, along, ''] : [along, across, ''];
      });
    return format(placed([stroke(0), ...(roll() < 0.6 ? [stroke(0.5)] : [])], 0, 0, between(roll, 0.5, 1), 1));
  };
  /** Round and round. */
  const knot = (roll) => {
    const turn = between(roll, 0.2, 0.45) * (roll() < 0.5 ? -1 : 1);
    const start = roll();
    return format(
      [0, 14].map((from) =>
        Array.from({ length: 15 }, (_, i) => {
          const angle = 2 * Math.PI * (start + turn * (i + from));
          const radius = between(roll, 20, 48);
          return [50 + radius * Math.cos(angle), 50 + radius * Math.sin(angle), ''];
        }),
      ),
    );
  };
  /** Parallel lines crossed by others. */
  const hatch = (roll) => {
    const lines = 3 + Math.floor(3 * roll());
    const tilt = between(roll, -20, 20);
    const strokes = Array.from({ length: lines }, (_, i) => {
      const at = (100 * (i + 0.5)) / lines;
      return [[at + tilt, 3, ''], [at - tilt, 97, '']]; // prettier-ignore
    });
    const across = strokes.map((stroke) => stroke.map(([x, y]) => [y, x, '']));
    return format(roll() < 0.3 ? strokes : [...strokes, ...across]);
  };
  /** One over the other, by a part of their width. */
  const overlapping = (roll) => {
    const width = between(roll, 0.5, 0.68);
    const height = between(roll, 0.8, 1);
    const [one, other] = [digit(roll, 0, 2, 3, 4, 5, 6, 7, 8, 9), digit(roll, 0, 2, 3, 4, 5, 6, 7, 8, 9)];
    return format([
      ...placed(one.strokes, 0, 0, width, height),
      ...placed(other.strokes, 100 * (1 - width) * between(roll, 0.75, 1), 100 * (1 - height), width, height),
    ]);
  };
  /** Two or three in a row. */
  const row = (roll) => {
    const count = roll() < 0.75 ? 2 : 3;
    return format(
      Array.from({ length: count }, (_, i) => placed(digit(roll).strokes, (100 * i) / count, 0, 0.9 / count, 1)).flat(),
    );
  };
  /** One upon the other. */
  const stacked = (roll) =>
    format([
      ...placed(digit(roll, 2, 3, 4, 5, 7, 9).strokes, 10, 0, 0.8, 0.5),
      ...placed(digit(roll, 2, 3, 4, 5, 6, 8, 9).strokes, 10, 50, 0.8, 0.5),
    ]);
  /** Seen in a mirror: those that then are no other digit. */
  const mirrored = (roll) =>
    format(digit(roll, 3, 4, 7, 9).strokes.map((s) => s.map(([x, y, mark]) => [100 - x, y, mark])));
  /** Lying on its side. */
  const lying = (roll) =>
    format(digit(roll, 3, 4, 5, 7).strokes.map((s) => s.map(([x, y, mark]) => [100 - y, x, mark])));
  /** A digit that lines run across. */
  const struck = (roll) => {
    const lines = Array.from({ length: 2 + Math.floor(2 * roll()) }, () => [point(roll), point(roll)]);
    return format([...digit(roll, 2, 3, 5, 6, 8, 9).strokes, ...lines]);
  };
  /** Corners and bows: two or three short strokes, or one with many corners. */
  const figure = (roll) => {
    const count = 1 + Math.floor(3 * roll());
    return format(
      Array.from({ length: count }, () => {
        const points = count === 1 ? 5 + Math.floor(2 * roll()) : 2 + Math.floor(3 * roll());
        const mark = count === 1 || roll() < 0.5 ? '!' : '';
        const stroke = Array.from({ length: points }, (_, i) => [
          ...point(roll).slice(0, 2),
          i > 0 && i < points - 1 ? mark : '',
        ]);
        return points > 3 && roll() < 0.4 ? [...stroke.slice(0, -1), stroke[0]] : stroke;
      }),
    );
  };
  /** Closed, and no oval: with corners, or with a dent. */
  const outline = (roll) => {
    const compass = [[0, -1], [0.7, -0.7], [1, 0], [0.7, 0.7], [0, 1], [-0.7, 0.7], [-1, 0], [-0.7, -0.7]]; // prettier-ignore
    const sharp = roll() < 0.5;
    const dent = Math.floor(8 * roll());
    const wide = between(roll, 0.6, 1);
    const corners = compass.flatMap(([x, y], i) => {
      // Of the sharp ones half of the corners are missing; the others are dented in one place, or in two.
      if (sharp && roll() < 0.5) return [];
      const dented = !sharp && (i === dent || (i === (dent + 3) % 8 && roll() < 0.5));
      const radius = dented ? between(roll, 5, 22) : between(roll, 36, 50);
      return [[50 + wide * radius * x, 50 + radius * y, sharp || dented ? '!' : '']];
    });
    if (corners.length < 3) return outline(roll);
    const turned = [...corners.slice(dent % corners.length), ...corners.slice(0, dent % corners.length)];
    return format([[...turned, [...turned[0].slice(0, 2), '']]]);
  };
  /** A ring, and a short stroke or two in it or across it. */
  const ring = (roll) => {
    const strokes = Array.from({ length: 1 + Math.floor(2 * roll()) }, () =>
      Array.from({ length: 2 + Math.floor(2 * roll()) }, () => point(roll)),
    );
    return format([...placed(parse(CIRCLE), 0, 0, between(roll, 0.7, 1), 1), ...strokes]);
  };
  const crossedOut = (roll) => format([...digit(roll, 2, 3, 5, 6, 8, 9).strokes, [[0, 95, ''], [99, 5, '']]]); // prettier-ignore
  const inCircle = (roll) => format([...placed(digit(roll).strokes, 28, 25, 0.45, 0.5), ...parse(CIRCLE)]);
  const twoLetters = (roll) =>
    format([...placed(parse(letter(roll)), 0, 0, 0.48, 1), ...placed(parse(letter(roll)), 52, 0, 0.48, 1)]);

  const trained = {
    letter,
    shape,
    scribble,
    filled,
    overlapping,
    row,
    mirrored,
    inCircle,
    twoLetters,
    struck,
    figure,
    outline,
    ring,
  };
  const unseen = { letter, shape, knot, hatch, overlapping, stacked, lying, crossedOut };
  const shares = { letter: 10, shape: 9, overlapping: 5, figure: 3, outline: 3 };
  const list = Object.entries(heldOut ? unseen : trained);
  return list.flatMap(([kind, make]) => Array.from({ length: shares[kind] ?? 2 }, () => ({ kind, make })));
}

/**
 * `count` drawings from number `first` on, each a pure function of (seed, its number).
 *
 * @param wasm exports of digits.wasm
 * @returns x: count × 784 grey levels in [0, 1]; kinds: what each is
 */
export function notDigits(wasm, { count, seed = 0, first = 0, heldOut = false }) {
  const base = wasm.__heap_base.value;
  const all = kinds(heldOut);
  const x = new Float32Array(count * PIXELS);
  const names = [];
  for (let i = 0; i < count; i++) {
    const number = first + i;
    const roll = dice(Math.imul(seed + 1, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35) ^ (heldOut ? 0x5bd1e995 : 0));
    for (let warm = 0; warm < 4; warm++) roll();
    const { kind, make } = all[Math.floor(roll() * all.length)];
    const path = make(roll);
    const bytes = new Uint8Array(wasm.memory.buffer, base, PATH_BYTES + PIXELS);
    const { written, read } = new TextEncoder().encodeInto(path, bytes.subarray(0, PATH_BYTES - 1));
    if (read < path.length) throw new Error(`not-digits: the path of a ${kind} is longer than ${PATH_BYTES} bytes`);
    bytes[written] = 0;
    wasm.drawPath(seed, FIRST + number, base, base + PATH_BYTES);
    for (let k = 0; k < PIXELS; k++) x[i * PIXELS + k] = bytes[PATH_BYTES + k] / 255;
    names.push(kind);
  }
  return { x, kinds: names, count };
}
