/** Files that a page has to fetch to train: bundled, minified JavaScript and wasm, each file gzipped. */
export const SIZE = {
  id: 'size',
  kind: 'size',
  unit: 'kB',
  title: 'gzipped bytes of everything a trainer imports',
};
