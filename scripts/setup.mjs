// Finds what the project needs, and installs what is missing: npm packages, and Debian packages where it may.
// `node scripts/setup.mjs` prepares everything; the other scripts prepare what they need by themselves.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { answers, fail, ROOT, run } from './run.mjs';

const eigenPlaces = [
  process.env.EIGEN3_INCLUDE_DIR,
  '/usr/include/eigen3',
  '/usr/local/include/eigen3',
  '/opt/homebrew/include/eigen3',
].filter(Boolean);
const header = (...places) => places.some((place) => existsSync(place));

/** The folder that Eigen's headers are in: EIGEN3_INCLUDE_DIR, or the first of the usual ones. */
export const eigenPath = () => eigenPlaces.find((place) => existsSync(`${place}/Eigen/Core`));

const eigen = { name: 'Eigen 3.4', test: () => eigenPath() !== undefined, debian: 'libeigen3-dev' };

// Needs of each part of the work: a test for each, and the Debian package that brings it.
const NEEDS = {
  build: [
    { name: 'CMake ≥ 3.25', test: () => answers('cmake', '--version'), debian: 'cmake' },
    { name: 'make', test: () => answers('make', '--version'), debian: 'make' },
    { name: 'Emscripten (em++)', test: () => answers('em++', '--version'), debian: 'emscripten' },
    eigen,
  ],
  test: [
    { name: 'a C++17 compiler', test: () => answers('c++', '--version'), debian: 'g++' },
    {
      name: 'GoogleTest',
      test: () => header('/usr/include/gtest/gtest.h', '/usr/local/include/gtest/gtest.h'),
      debian: 'libgtest-dev',
    },
    {
      name: 'nlohmann-json',
      test: () => header('/usr/include/nlohmann/json.hpp', '/usr/local/include/nlohmann/json.hpp'),
      debian: 'nlohmann-json3-dev',
    },
    { name: 'Chromium', test: () => chromiumPath() !== undefined, debian: 'chromium-headless-shell' },
  ],
  lint: [{ name: 'clang-format', test: () => answers('clang-format', '--version'), debian: 'clang-format' }],
  tidy: [eigen, { name: 'clang-tidy', test: () => answers('clang-tidy', '--version'), debian: 'clang-tidy' }],
};

/**
 * The Chromium that tests drive: CHROMIUM_PATH, or the first that is on PATH. The one without windows is first, because a
 * page takes less than half of the processor's time in it.
 */
export function chromiumPath() {
  const { CHROMIUM_PATH, PATH = '' } = process.env;
  if (CHROMIUM_PATH) return CHROMIUM_PATH;
  for (const name of ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome']) {
    for (const folder of PATH.split(path.delimiter)) {
      const candidate = path.join(folder, name);
      if (existsSync(candidate)) return candidate;
    }
  }
  return undefined;
}

/** @throws {Error} where there is no Chromium. */
export function requiredChromium() {
  const found = chromiumPath();
  if (found === undefined) throw new Error('no Chromium: install it, or name one in CHROMIUM_PATH');
  return found;
}

/** @param {...('build' | 'test' | 'lint' | 'tidy')} parts */
export function setup(...parts) {
  const missing = [...new Set(parts.flatMap((part) => NEEDS[part]))].filter(({ test }) => !test());
  if (missing.length > 0) installDebian(missing);
  installPackages();
}

function installDebian(missing) {
  const names = missing.map(({ name }) => name).join(', ');
  const packages = missing.map(({ debian }) => debian);
  const byHand = `Missing: ${names}.\nOn Debian or Ubuntu, install with:  sudo apt-get install ${packages.join(' ')}`;
  if (!answers('apt-get', '--version')) fail(`${byHand}\nElsewhere, install the same tools and put them on PATH.`);
  if (process.getuid?.() !== 0) fail(byHand);
  console.log(`Installing what is missing: ${names}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-q'], { env, mayFail: true });
  if (
    run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], {
      env,
      mayFail: true,
    }) !== 0
  ) {
    fail(`apt-get could not install them. ${byHand}`);
  }
  const still = missing.filter(({ test }) => !test());
  if (still.length > 0) fail(`Installed, but not found: ${still.map(({ name }) => name).join(', ')}.`);
}

// npm writes what it installed beside the packages: when that says the same as the lock file, nothing is to do.
function installPackages() {
  const installed = path.join(ROOT, 'node_modules/.package-lock.json');
  const wanted = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')).packages;
  if (existsSync(installed)) {
    const { packages } = JSON.parse(readFileSync(installed, 'utf8'));
    const same = Object.entries(wanted).every(
      ([name, { version, optional }]) => name === '' || optional || packages[name]?.version === version,
    );
    if (same) return;
  }
  run('npm', ['ci', '--no-audit', '--no-fund']);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  setup('build', 'test', 'lint', 'tidy');
  console.log('Everything is in place.');
}
