/** Engines without pages. */
const PROGRAMS = ['programs/console.mjs'];

/** Of npm's package `node`, which brings the program itself. */
const node = (name, version, title) => ({
  name,
  title,
  packages: { node: version },
  async run(place) {
    const version = (await place.run(place.bin('node'), ['--version'])).trim();
    return { version, outcomes: [await place.runPrograms(place.bin('node'), PROGRAMS)] };
  },
});

export default [
  // The oldest of what package.json names in its engines.
  node('node-20.16', '20.16.0', 'Node 20, oldest'),
  node('node-20', '20', 'Node 20'),
  node('node-22.3', '22.3.0', 'Node 22, oldest'),
  node('node-22', '22', 'Node 22'),
  node('node-24', '24', 'Node 24'),
  node('node-newest', 'latest', 'Node, newest'),
  {
    name: 'deno',
    title: 'Deno',
    packages: { deno: 'latest' },
    async run(place) {
      const outcome = await place.runPrograms(place.bin('deno'), ['run', '--allow-read', '--allow-env', ...PROGRAMS]);
      return { version: await place.version('deno'), outcomes: [outcome] };
    },
  },
  {
    name: 'bun',
    title: 'Bun',
    packages: { bun: 'latest' },
    async run(place) {
      const outcome = await place.runPrograms(place.bin('bun'), PROGRAMS);
      return { version: await place.version('bun'), outcomes: [outcome] };
    },
  },
];
