// Runs a command with its output shown; ends the script with the command's status when it fails.
import { spawnSync } from 'node:child_process';
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

/** True if a command can be run and succeeds. */
export function answers(command, ...args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

export function fail(message) {
  console.error(`\n${message}`);
  process.exit(1);
}
