// Runs a command with its output shown; ends the script with the command's status when it fails.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

export function run(command, args, { env = {}, mayFail = false } = {}) {
  console.log(`\n> ${command} ${args.join(' ')}`);
  const { status, error } = spawnSync(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  if (error) fail(`Could not run ${command}: ${error.message}`);
  if (status !== 0 && !mayFail) fail(`${command} failed with status ${status}.`);
  return status ?? 1;
}

/**
 * Starts a command beside whatever comes next. Its output goes to a file, because nobody reads it meanwhile.
 *
 * @returns {() => Promise<number>} waits until it has ended, shows its output, and gives its status
 */
export function start(command, args) {
  const folder = mkdtempSync(path.join(tmpdir(), 'mlp-wasm-'));
  const file = path.join(folder, 'output');
  const output = openSync(file, 'w');
  const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', output, output] });
  closeSync(output);
  const ended = new Promise((resolve) => {
    child.once('close', (status) => resolve(status ?? 1));
    child.once('error', ({ message }) => {
      console.error(`Could not run ${command}: ${message}`);
      resolve(1);
    });
  });
  return async () => {
    const status = await ended;
    console.log(`\n> ${command} ${args.join(' ')}\n${readFileSync(file, 'utf8')}`);
    rmSync(folder, { recursive: true });
    return status;
  };
}

/** True if a command can be run and succeeds. */
export function answers(command, ...args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

export function fail(message) {
  console.error(`\n${message}`);
  process.exit(1);
}
