/** The view of the visitor's own table: given, trained on, asked, saved. */
import { holds } from './frame.mjs';

/** Rows whose class follows from a number and a category; every seventh number is missing. */
const CSV = [
  'size,colour,class',
  ...Array.from({ length: 120 }, (_, i) => {
    const size = (i * 37) % 100;
    const colour = ['red', 'green', 'blue'][i % 3];
    return `${i % 7 === 3 ? '' : size},${colour},${size > (colour === 'red' ? 30 : 60) ? 'large' : 'small'}`;
  }),
].join('\n');

export async function table(page) {
  page.give('#table-file', { name: 'things.csv', content: CSV, type: 'text/csv' });
  await page.shows('.table-said', /^things\.csv: 120 rows, 3 columns\./);
  await page.press('#table-train');
  await page.shows('#table-status', /^Trained in/);
  const [own, base] = page.all('.table-compared .table-bar-value').map(({ textContent }) => parseFloat(textContent));
  holds('the network is better than guessing', own > base + 5, `${own} % and ${base} %`);
  await page.shows('.table-importance dd', /points/);
  const field = (label) => {
    const { htmlFor } = page.one('.table-asked label', label);
    return `#${htmlFor}`;
  };
  page.write(field('colour'), 'green');
  page.write(field('size'), '95');
  await page.shows('.table-answer > .table-value', /^large$/);
  for (const file of ['Model', 'JavaScript', 'Predictions']) await page.saves('.table-files button', file);
}
