/** Arguments and results of a format's reader and writer. */
import type { ActivationConfig, ActivationName, Sequential } from '../index.js';
import type { ModelDescription, NetworkDescription } from './description.js';
import type { Source } from './source.js';

/** Options for what a file may leave open. */
export interface ReadOptions {
  /**
   * Activation of each layer with a kernel, the last one too, for files that hold weights alone; one name is that of all
   * hidden layers, and the last is then linear.
   */
  activations?: ActivationName | ActivationConfig | readonly (ActivationName | ActivationConfig)[];
}

/** A file that was made. */
export interface ExportedFile {
  /** With folders, if it stands in one: `'model/weights.bin'`. */
  name: string;
  bytes: Uint8Array;
}

/** A reader's part of its file. */
export interface Reader {
  read(method: string, source: Source, options: ReadOptions): Promise<NetworkDescription>;
}

/** A writer's part of its file. */
export interface Writer {
  write(method: string, description: ModelDescription, model: Sequential, options: object): Promise<ExportedFile[]>;
}
