/**
 * Owner of the page's address. Its hash holds the view, where that is not the first, and all settings once one was
 * changed: `#view=backpropagation&data=digits&…`. A part of the page writes its own keys and leaves the others alone.
 * `lesson` is the lesson that is on, as `views/lessons/lessons.ts` writes it.
 */

export function addressed(): URLSearchParams {
  return new URLSearchParams(location.hash.slice(1));
}

/** True in a frame of another page, where the head and the foot are in the way: `#embed=1`, or `?embed`. */
export function isEmbedded(): boolean {
  return addressed().has('embed') || new URLSearchParams(location.search).has('embed');
}

/** Sets these keys, or takes away those that are undefined; `push` makes a step that the browser's Back undoes. */
export function readdress(keys: Record<string, string | undefined>, how: 'push' | 'replace'): void {
  const query = addressed();
  for (const [key, value] of Object.entries(keys)) {
    if (value === undefined) query.delete(key);
    else query.set(key, value);
  }
  const hash = query.toString();
  history[`${how}State`](null, '', hash ? `#${hash}` : location.pathname + location.search);
}

/** Goes there as by a link: whoever listens to the address hears of it, and the browser's Back comes back. */
export function follow(keys: Record<string, string | undefined>): void {
  readdress(keys, 'push');
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}
