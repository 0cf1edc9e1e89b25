// Rules of `npm run lint` for words: the first word of a comment, and the reason a long file gives for its length.
import ts from 'typescript';

const OPENINGS =
  /^(?:(?:what|where|whether|which|who|whose|whom)\b|(?:of|to) (?:what|which|whom)\b|how (?:many|much)\b|that which\b)/i;
const CURE = 'name its subject first, and give a reason with "because"';

const LINES_AT_MOST = 400;
const REASON = new RegExp(`Longer than ${LINES_AT_MOST} lines because [^\\s*]`);
const HEAD_LINES = 30;

/** A sentence, `file:line: …`, for each comment of `text` that begins with a relative or interrogative pronoun. */
export function pronounsFirst(file, text) {
  return commentsOf(file, text).flatMap(({ line, words }) => {
    const [opening] = OPENINGS.exec(words) ?? [];
    return opening === undefined ? [] : [`${file}:${line}: this comment begins with "${opening}": ${CURE}`];
  });
}

/** A sentence if `text` has more than 400 lines and its head gives no reason for that. */
export function unexplainedLength(file, text) {
  const lines = text.replace(/\n$/, '').split('\n');
  const head = lines
    .slice(0, HEAD_LINES)
    .join('\n')
    .replace(/\n *(?:\*|\/\/) /g, ' ');
  if (lines.length <= LINES_AT_MOST || REASON.test(head)) return [];
  const cure = `make it two, or say in its head "Longer than ${LINES_AT_MOST} lines because …"`;
  return [`${file}:1: this file has ${lines.length} lines: ${cure}`];
}

/** The comments with the line that each begins on. `//` lines below each other, at one column, are one comment. */
function commentsOf(file, text) {
  const found = [];
  let above = { line: -1, column: -1 };
  for (const [start, end] of /\.[cm]?[jt]s$/.test(file) ? scriptComments(text) : otherComments(file, text)) {
    const before = text.slice(0, start);
    const line = before.split('\n').length;
    const column = start - (before.lastIndexOf('\n') + 1);
    const isLine = text.startsWith('//', start);
    const isAlone = before.slice(start - column).trim() === '';
    if (!(isLine && isAlone && above.line === line - 1 && above.column === column)) {
      const words = text.slice(start, end).replace(/^[^\p{L}\p{N}`'"]*/u, '');
      found.push({ line, words: words.replace(/\s+(?:(?:\*|\/\/) )?/g, ' ') });
    }
    above = isLine ? { line, column } : { line: -1, column: -1 };
  }
  return found;
}

/** Begins and ends of the comments of TypeScript or JavaScript, by its parser, because `/` may begin an expression. */
function scriptComments(text) {
  const source = ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest, true);
  const ends = new Map();
  const visit = (node) => {
    // Without JSDoc, whose text may look like comments: `//` in an example.
    const children = node.getChildren(source).filter((child) => !ts.isJSDoc(child));
    if (children.length === 0) {
      const leading = ts.getLeadingCommentRanges(text, node.pos) ?? [];
      const trailing = ts.getTrailingCommentRanges(text, node.end) ?? [];
      for (const { pos, end } of [...leading, ...trailing]) ends.set(pos, end);
    }
    children.forEach(visit);
  };
  visit(source);
  return [...ends].sort(([a], [b]) => a - b);
}

/** The same for C++ and CSS. Strings are passed over; a `'` within a number of C++ begins none. */
function otherComments(file, text) {
  const strings = String.raw`R"\([^]*?\)"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])*'`;
  const comments = String.raw`\/\*[^]*?\*\/` + (file.endsWith('.css') ? '' : String.raw`|\/\/.*`);
  return [...text.matchAll(new RegExp(`${strings}|(?<comment>${comments})`, 'g'))]
    .filter(({ groups }) => groups.comment !== undefined)
    .map(({ index, groups }) => [index, index + groups.comment.length]);
}
