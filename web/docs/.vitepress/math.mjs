/** Formulas between dollar signs, set by KaTeX while the site is built: a page loads its style and fonts, and no script. */
import katex from 'katex';

const set = (formula, displayMode) =>
  katex.renderToString(formula, { displayMode, throwOnError: true, strict: 'error', output: 'htmlAndMathml' });

/** `v-pre`, because braces of a formula are none of Vue's. */
const wrap = (tag, name, html) => `<${tag} class="${name}" v-pre>${html}</${tag}>`;

/** @param {import('markdown-it').default} md */
export function math(md) {
  // $…$ within a line. A dollar sign with a blank behind it opens nothing.
  md.inline.ruler.after('escape', 'math', (state, silent) => {
    if (state.src[state.pos] !== '$') return false;
    const found = /^\$(?!\s)((?:\\.|[^$\\])+?)(?<!\s)\$/.exec(state.src.slice(state.pos));
    if (!found) return false;
    if (!silent) state.push('math_inline', '', 0).content = found[1];
    state.pos += found[0].length;
    return true;
  });
  // $$, formula, $$, each on lines of their own.
  md.block.ruler.before('fence', 'math', (state, begin, end, silent) => {
    const line = (i) => state.src.slice(state.bMarks[i] + state.tShift[i], state.eMarks[i]);
    if (line(begin) !== '$$') return false;
    let last = begin + 1;
    while (last < end && line(last) !== '$$') ++last;
    if (last === end) return false;
    if (silent) return true;
    const token = state.push('math_block', '', 0);
    token.content = state.getLines(begin + 1, last, state.tShift[begin], false);
    token.map = [begin, last + 1];
    state.line = last + 1;
    return true;
  });
  md.renderer.rules.math_inline = (tokens, i) => wrap('span', 'math', set(tokens[i].content, false));
  md.renderer.rules.math_block = (tokens, i) => wrap('div', 'math-block', set(tokens[i].content, true));
}
