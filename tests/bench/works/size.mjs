/** What a page that trains has to fetch: bundled, minified JavaScript and wasm, each file gzipped. */
export const SIZE = {
  id: 'size',
  kind: 'size',
  unit: 'kB',
  title: 'gzipped bytes of everything a trainer imports',
};
