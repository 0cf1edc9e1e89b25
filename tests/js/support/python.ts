/** Python's libraries, which tests of formats ask where they are there; elsewhere those tests are skipped. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExportedFile } from 'mlp-wasm/files';

/** The folder of the programs that write and check files. */
export const FORMATS = fileURLToPath(new URL('../../formats/', import.meta.url));

/** Python with these modules, of Debian or on the path; undefined where there is none. */
export function findPython(...modules: string[]): string | undefined {
  return ['/usr/bin/python3', 'python3'].find((python) => {
    return spawnSync(python, ['-c', `import ${modules.join()}`]).status === 0;
  });
}

/**
 * Runs Python.
 *
 * @returns the lines that it printed
 * @throws {Error} with what it complained of, where it did.
 */
export function runPython(python: string, args: readonly string[], options: { cwd?: string } = {}): string[] {
  const { status, stdout, stderr } = spawnSync(python, args, { ...options, encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (status !== 0 || stderr !== '') throw new Error(`Python ended with ${status}: ${stderr}`);
  return stdout.trim().split('\n');
}

/** Does work in a new folder, which is gone afterwards. */
export async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mlp-wasm-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Writes files into a folder, and makes the folders that they are in. */
export function writeFiles(folder: string, files: readonly ExportedFile[]): void {
  for (const { name, bytes } of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
}
