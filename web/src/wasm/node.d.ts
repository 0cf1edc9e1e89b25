/** The part of Node's globals that the package uses. In a page there is no `process`. */
interface NodeModules {
  'node:fs/promises': {
    readFile(path: URL | string, options?: { signal?: AbortSignal }): Promise<ReturnType<Uint8ArrayConstructor['of']>>;
    open(path: string, flags: string, mode: number): Promise<NodeFile>;
    rename(from: string, to: string): Promise<void>;
    unlink(path: string): Promise<void>;
    realpath(path: string): Promise<string>;
    stat(path: string): Promise<{ mode: number }>;
  };
  'node:module': { createRequire(from: string): { resolve(name: string): string } };
  'node:url': { pathToFileURL(path: string): URL; fileURLToPath(url: URL): string };
  'node:os': { availableParallelism(): number };
  'node:worker_threads': {
    workerData: unknown;
    parentPort: NodePort | null;
    Worker: new (url: URL, options: { workerData?: unknown; execArgv: string[] }) => NodeWorker;
  };
}

interface NodeFile {
  writeFile(bytes: Uint8Array, options?: { signal?: AbortSignal }): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

interface NodePort {
  on(event: 'message', listener: (message: unknown) => void): void;
  postMessage(message: unknown, transfer: unknown[]): void;
}

interface NodeWorker extends NodePort {
  on(event: 'error' | 'exit' | 'message' | 'messageerror', listener: (what: unknown) => void): void;
  ref(): void;
  unref(): void;
  terminate(): Promise<number>;
}

declare var process:
  | {
      getBuiltinModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name];
      cwd(): string;
      stderr: { isTTY?: boolean; write(text: string): unknown };
    }
  | undefined;
