/**
 * A colour for each of the ten digits, which is never all that tells them apart: the numeral stands beside it. Chosen so
 * that any two differ as much as may be for eyes that lack one kind of cone, too, and that each stands out from the paper.
 */
export const COLOURS = {
  light: ['#395563', '#0f96e4', '#28126b', '#68189e', '#2962ed', '#af8586', '#865ba9', '#4a140d', '#96231c', '#c94506'],
  dark: ['#9aab93', '#b1fee5', '#b4cafe', '#8261f6', '#51abf8', '#f5bf76', '#b169a2', '#e43c30', '#f0ee42', '#ee8004'],
};

/** The colours of the digits 0 to 9 in the current theme. */
export function classColours(): readonly string[] {
  return COLOURS[document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light'];
}
