/** Weights in the HDF5 files of Keras: in the store of `.keras` and `.weights.h5`, and in the groups before that. */
import { excerpt } from '../check/bytes.js';
import type { DescribedWeight } from './description.js';
import type { Hdf5Object } from './hdf5/file.js';
import type { KerasLayer } from './keras-layers.js';

type Objects = ReadonlyMap<string, Hdf5Object>;

/** How the weights of a layer are found; and layers in order, as far as a file of weights alone tells of them. */
export interface KerasWeights {
  find(layer: KerasLayer): DescribedWeight[];
  /** @throws {RangeError} where the order of layers is not told. */
  layers(): { name: string; weights: { name: string; weight: DescribedWeight }[] }[];
}

export function weightsIn(argument: string, objects: Objects): KerasWeights {
  const base = objects.has('model_weights') ? 'model_weights/' : '';
  const root = objects.get(base.slice(0, -1))!;
  const names = listOf(root, 'layer_names');
  return names ? new Groups(argument, objects, base, names) : new Store(argument, objects);
}

/** Lists too long for one attribute are in several: layer_names0, layer_names1 … */
function listOf(object: Hdf5Object, attribute: string): string[] | undefined {
  const whole = object.texts(attribute);
  if (whole) return whole;
  const parts: string[] = [];
  for (let i = 0; ; ++i) {
    const part = object.texts(`${attribute}${i}`);
    if (!part) return i ? parts : undefined;
    parts.push(...part);
  }
}

/** A group for each layer, by its name; the names of its weights, in their order, are an attribute of it. */
class Groups implements KerasWeights {
  readonly #groups = new Map<string, string[]>();
  /** Of weights in models within: by the name of the layer in `sequential/dense_1/kernel:0`. */
  readonly #nested = new Map<string, string[]>();

  constructor(
    private readonly argument: string,
    private readonly objects: Objects,
    base: string,
    names: readonly string[],
  ) {
    for (const name of names) {
      const group = objects.get(base + name);
      if (!group)
        throw new RangeError(`${argument}: expected a group ${excerpt(name)}, which layer_names has, got none`);
      const weights = listOf(group, 'weight_names') ?? [];
      this.#groups.set(
        name,
        weights.map((weight) => `${base}${name}/${weight}`),
      );
      for (const weight of weights) {
        const owner = weight.split('/').at(-2);
        if (owner === undefined) continue;
        if (!this.#nested.has(owner)) this.#nested.set(owner, []);
        this.#nested.get(owner)!.push(`${base}${name}/${weight}`);
      }
    }
  }

  find({ name }: KerasLayer): DescribedWeight[] {
    const paths = this.#groups.get(name) ?? this.#nested.get(name) ?? [];
    return paths.map((path) => weightAt(this.argument, this.objects, path));
  }

  layers() {
    return [...this.#groups].map(([name, paths]) => ({
      name,
      weights: paths.map((path) => ({
        name: path.slice(path.lastIndexOf('/') + 1).replace(/:\d+$/, ''),
        weight: weightAt(this.argument, this.objects, path),
      })),
    }));
  }
}

/**
 * `layers/dense_1/vars/0`: groups by kind of layer, numbered in the order of layers. Versions number them otherwise (by 1,
 * by 2, with those of no weights or without), so that only their order counts.
 */
class Store implements KerasWeights {
  /** Names of what is in each group. */
  readonly #children = new Map<string, string[]>();

  constructor(
    private readonly argument: string,
    private readonly objects: Objects,
  ) {
    // Groups above a name are made up here, because of a name with a backslash the file has none.
    const known = new Set<string>();
    for (const path of objects.keys()) {
      for (let at = path; at !== '' && !known.has(at);) {
        known.add(at);
        const slash = at.lastIndexOf('/');
        const parent = at.slice(0, Math.max(0, slash));
        if (!this.#children.has(parent)) this.#children.set(parent, []);
        this.#children.get(parent)!.push(at.slice(slash + 1));
        at = parent;
      }
    }
  }

  find({ place }: KerasLayer): DescribedWeight[] {
    let path = '';
    for (const [depth, { kind, index }] of place.entries()) {
      const isLayer = depth === place.length - 1;
      const inner = this.#groups(path, kind, isLayer)[index];
      if (inner === undefined) return [];
      path = inner;
    }
    return this.#weights(path);
  }

  layers() {
    const bases = this.#bases('');
    const others = bases.flatMap((base) =>
      (this.#children.get(base) ?? []).filter((name) => !isOfKind(name, 'dense') && this.#has(`${base}/${name}`)),
    );
    if (others.length > 0) {
      const list = excerpt(others.join(', '));
      throw new RangeError(
        `${this.argument}: expected dense layers alone, whose order is told, got ${list}, too: give the JSON of model.to_json() beside the file`,
      );
    }
    return this.#groups('', 'dense', true).map((path) => ({
      name: path.slice(path.lastIndexOf('/') + 1),
      weights: this.#weights(path).map((weight, i) => ({ name: i ? 'bias' : 'kernel', weight })),
    }));
  }

  /** Groups of the layers of a model. Keras 2.12 and 2.13 wrote their names otherwise. */
  #bases(path: string): string[] {
    const within = path ? `${path}/` : '';
    return [`${within}_layer_checkpoint_dependencies`, `${within}layers`].filter((base) => this.#children.has(base));
  }

  /** Paths of the groups of one kind, in their order. */
  #groups(path: string, kind: string, isLayer: boolean): string[] {
    return this.#bases(path).flatMap((base) =>
      this.#children
        .get(base)!
        .filter((name) => isOfKind(name, kind) && (!isLayer || this.#has(`${base}/${name}`)))
        .sort((a, b) => numberOf(a, kind) - numberOf(b, kind))
        .map((name) => `${base}/${name}`),
    );
  }

  #has(path: string): boolean {
    return this.objects.has(`${path}/vars/0`);
  }

  #weights(path: string): DescribedWeight[] {
    const weights: DescribedWeight[] = [];
    for (let i = 0; this.objects.has(`${path}/vars/${i}`); ++i) {
      weights.push(weightAt(this.argument, this.objects, `${path}/vars/${i}`));
    }
    return weights;
  }
}

const isOfKind = (name: string, kind: string) =>
  name === kind || (name.startsWith(`${kind}_`) && /^\d{1,9}$/.test(name.slice(kind.length + 1)));

const numberOf = (name: string, kind: string) => (name === kind ? 0 : Number(name.slice(kind.length + 1)));

function weightAt(argument: string, objects: Objects, path: string): DescribedWeight {
  const object = objects.get(path.replaceAll('\\', '/'));
  if (!object) throw new RangeError(`${argument}: expected a dataset ${excerpt(path)}, got none`);
  return object.numbers();
}
