/** Of Node's globals: all that is used of them. In a page `process` is not there. */
interface NodeModules {
  'node:fs/promises': { readFile(path: URL): Promise<Uint8Array<ArrayBuffer>> };
  'node:os': { availableParallelism(): number };
  'node:worker_threads': {
    workerData: unknown;
    Worker: new (
      url: URL,
      options: { workerData: unknown; execArgv: string[] },
    ) => { on(event: 'error', listener: () => void): void; unref(): void; terminate(): Promise<number> };
  };
}

declare var process:
  | {
      getBuiltinModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name];
      stderr: { isTTY?: boolean; write(text: string): unknown };
    }
  | undefined;
