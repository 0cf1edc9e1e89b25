/** A work for pages and workers: a model goes to an address of `mlp-wasm/storage` and comes back. Sent as its text. */
type Package = typeof import('mlp-wasm') & { storage: typeof import('mlp-wasm/storage') };

/**
 * @returns the size of the file, the sizes of all models by name, and whether the predictions of the one that came back are
 *   those to the bit; or the message of what was thrown.
 */
export async function keepModels(mlp: Package, { url }: { url: string }) {
  const { save, load, listModels } = mlp.storage;
  try {
    await mlp.init();
    const model = mlp.sequential({ seed: 5, layers: [mlp.dense({ units: 3, inputShape: [2] })] });
    const { bytes } = await save(model, url);
    const loaded = await load(url);
    const [expected, got] = [model, loaded].map((one) => one.predict([[0.3, -0.7]]));
    const same = expected!.every((value, i) => Object.is(value, got![i]));
    const listed = Object.entries(await listModels()).map(([name, about]) => [name, about.bytes]);
    model.dispose();
    loaded.dispose();
    return { bytes, same, listed };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
