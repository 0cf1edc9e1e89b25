/** Of Node's globals: all that is used of them. In a page `process` is not there. */
interface NodeModules {
  'node:fs/promises': { readFile(path: URL): Promise<Uint8Array<ArrayBuffer>> };
  'node:os': { availableParallelism(): number };
  'node:worker_threads': {
    workerData: unknown;
    parentPort: NodePort | null;
    Worker: new (url: URL, options: { workerData?: unknown; execArgv: string[] }) => NodeWorker;
  };
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
      stderr: { isTTY?: boolean; write(text: string): unknown };
    }
  | undefined;
