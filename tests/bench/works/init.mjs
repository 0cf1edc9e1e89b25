/** From the first import to a library that can make a model, in a process or page that has loaded nothing before. */
export const INIT = {
  id: 'init',
  kind: 'init',
  unit: 'ms',
  title: 'cold start: import to ready',
};
