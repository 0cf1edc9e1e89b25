/** Formulas as MathML, made of pieces. A piece is an element, or text: letters are names, digits numbers, else operators. */

export type Piece = MathMLElement | string;

/** An element of MathML. */
function node(tag: string, ...pieces: Piece[]): MathMLElement {
  const made = document.createElementNS('http://www.w3.org/1998/Math/MathML', tag as 'math');
  made.append(...pieces);
  return made;
}

const element = (piece: Piece): MathMLElement => {
  if (typeof piece !== 'string') return piece;
  const tag = /^[\p{L}∅]+[′⃗̂]*$/u.test(piece) ? 'mi' : /^[−+]?[\d.,]/.test(piece) ? 'mn' : 'mo';
  return node(tag, piece);
};

export const row = (...pieces: Piece[]): MathMLElement => node('mrow', ...pieces.map(element));
export const name = (text: string): MathMLElement => node('mi', text);
export const operator = (text: string): MathMLElement => node('mo', text);
export const num = (text: string): MathMLElement => node('mn', text);
export const sub = (base: Piece, below: Piece): MathMLElement => node('msub', element(base), element(below));
export const sup = (base: Piece, above: Piece): MathMLElement => node('msup', element(base), element(above));
export const subsup = (base: Piece, below: Piece, above: Piece): MathMLElement =>
  node('msubsup', element(base), element(below), element(above));
export const fraction = (above: Piece, below: Piece): MathMLElement => node('mfrac', element(above), element(below));
export const over = (base: Piece, above: Piece): MathMLElement => node('mover', element(base), element(above));
export const root = (piece: Piece): MathMLElement => node('msqrt', element(piece));
export const brackets = (...pieces: Piece[]): MathMLElement => row('(', ...pieces, ')');
export const sum = (below: Piece): MathMLElement => node('munder', operator('∑'), element(below));

/** Two cases: a value and its condition each. */
export function cases(...lines: [Piece, Piece][]): MathMLElement {
  const table = node(
    'mtable',
    ...lines.map((cells) => node('mtr', ...cells.map((cell) => node('mtd', element(cell))))),
  );
  return row('{', table);
}

/** A formula in a line of text. */
export function formula(...pieces: Piece[]): MathMLElement {
  return node('math', ...pieces.map(element));
}

/** A formula in a line of its own, its sums and fractions at full size. It may be broken before each = and ←. */
export function block(...pieces: Piece[]): HTMLElement {
  const line = document.createElement('p');
  line.className = 'formula';
  let part: Piece[] = [];
  const end = (): void => {
    if (part.length === 0) return;
    const math = formula(...part);
    math.setAttribute('displaystyle', 'true');
    line.append(math, ' ');
    part = [];
  };
  for (const piece of pieces) {
    if (typeof piece === 'string' && '=←≔'.includes(piece)) end();
    part.push(piece);
  }
  end();
  return line;
}
