/**
 * The service worker: keeps the files of the page, so that it works without its host after the first visit. `FILES` and
 * `VERSION` are written in by vite.config.ts. A new version waits until no page of the old one is open.
 */
/* global FILES, VERSION */
const NAME = `mlp-wasm ${registration.scope}`;
const cache = () => caches.open(`${NAME} ${VERSION}`);

/** Engines without SIMD are few, and networks learn without relaxed SIMD: these files are kept when they are used. */
const WANTED = FILES.filter((name) => !/-scalar|relaxed-threads/.test(name));

/**
 * Headers that let a page share memory between threads, for hosts that do not send them: from its second visit on the
 * page has threads. The first visit is not loaded again for them, because that would take away what is being drawn.
 */
const ISOLATION = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

addEventListener('install', (event) => event.waitUntil(cache().then((open) => open.addAll(WANTED))));

addEventListener('activate', (event) => {
  const forget = async () => {
    const names = await caches.keys();
    const old = names.filter((name) => name.startsWith(`${NAME} `) && name !== `${NAME} ${VERSION}`);
    await Promise.all(old.map((name) => caches.delete(name)));
  };
  event.waitUntil(forget());
  // Also for the page that is open: it may lose its host before it has needed all its files. Not waited for, because
  // Firefox tells every worker of the page first, and one that lends its thread to a network never listens: this one
  // would stay on its way for ever, and with it all that the page asks for.
  clients.claim();
});

addEventListener('fetch', (event) => {
  const { method, url, mode } = event.request;
  if (method !== 'GET' || !url.startsWith(registration.scope)) return;
  // Names in assets/ change with what is in them.
  const isFixed = url.startsWith(`${registration.scope}assets/`);
  const response = isFixed ? keptFirst(event.request) : freshFirst(event.request, mode === 'navigate');
  event.respondWith(response.then(isolated));
});

async function keptFirst(request) {
  const open = await cache();
  const kept = await open.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) await open.put(request, response.clone());
  return response;
}

async function freshFirst(request, isPage) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await (await cache()).match(isPage ? registration.scope : request);
    if (kept) return kept;
    throw error;
  }
}

/** The same response with those headers; one that only passes through, such as a redirection, stays as it is. */
function isolated(response) {
  if (response.status < 200 || response.status === 204 || response.status >= 300) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(ISOLATION)) headers.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
