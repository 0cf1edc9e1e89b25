/** Trainings that go on under PyTorch, beside the same ones here. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExportedFile } from 'mlp-wasm/files';
import { findPython, writeFiles } from './python.js';

/** Python with PyTorch, of Debian or on the path; undefined where there is none. */
export const PYTHON = findPython('torch');

/** A new folder with these files. */
export function folderOf(files: readonly ExportedFile[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'mlp-wasm-torchrun-'));
  writeFiles(folder, files);
  return folder;
}

/** Runs `train.py` there in so many processes; returns what it printed. */
export function torchrun(folder: string, processes: number, ...options: string[]): string {
  // Its default for what is printed fails in PyTorch 1.13 under Python 3.11, as Debian 12 has them.
  const printing = ['--redirects=1', '--tee=1', `--log_dir=${join(folder, 'log')}`];
  const launcher = ['-m', 'torch.distributed.run', '--standalone', `--nproc_per_node=${processes}`, ...printing];
  return execFileSync(PYTHON!, [...(processes > 1 ? launcher : []), 'train.py', ...options], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export const checkpointIn = (folder: string) => new Uint8Array(readFileSync(join(folder, 'checkpoint.safetensors')));

/** Runs `train.py` in each of these folders, one after the other in one process, because PyTorch takes seconds to start. */
export function trainEach(folders: readonly string[]): void {
  const program = `
import os, runpy, sys
for folder in sys.argv[1:]:
    sys.modules.pop("model", None)
    sys.path[0] = folder
    sys.argv = ["train.py"]
    runpy.run_path(os.path.join(folder, "train.py"), run_name="__main__")
`;
  execFileSync(PYTHON!, ['-c', program, ...folders], { env: { ...process.env, OMP_NUM_THREADS: '1' }, stdio: 'pipe' });
}
