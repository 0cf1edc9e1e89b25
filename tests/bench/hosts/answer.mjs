import { spawn } from 'node:child_process';

const TIME_LIMIT_MS = 300_000;

/** Runs a program whose last line of output is its answer in JSON. */
export function answerOf(program, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), TIME_LIMIT_MS);
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    child.on('error', reject);
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      if (status === 0) resolve(JSON.parse(out.trim().split('\n').at(-1)));
      else reject(new Error(`${signal ?? `status ${status}`}: ${reasonIn(err) || out.trim().slice(-300)}`));
    });
  });
}

/** The line that names the error, without the stack. */
function reasonIn(stderr) {
  const lines = stderr.split('\n').map((line) => line.trim());
  return lines.find((line) => /^(\w*Error|\w+: )/.test(line)) ?? stderr.trim().slice(-300);
}
