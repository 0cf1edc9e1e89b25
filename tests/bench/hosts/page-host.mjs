export const pageHost = {
  kind: 'page',
  peer: (name) => import(/* @vite-ignore */ `/bench/peers/${name}.js`),
  data: async (name) => (await fetched(`/data/${name}`)).arrayBuffer(),
  asset: (name) => new URL(`/modules/${name}`, location.href).href,
};

async function fetched(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response;
}

/** Numbers as plain arrays, for the way out of the page. */
export function plainResult(result) {
  for (const key of ['outputs', 'outputsAfter']) if (result[key]) result[key] = Array.from(result[key]);
  return result;
}
