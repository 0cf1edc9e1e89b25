/**
 * The service worker: keeps the files of the page, so that it works without its host after the first visit. `FILES` and
 * `VERSION` are written in by vite.config.ts. A new version waits until no page of the old one is open.
 */
/* global FILES, VERSION */
const NAME = `mlp-wasm ${registration.scope}`;
const cache = () => caches.open(`${NAME} ${VERSION}`);

/** Threads need an isolated page, and engines without SIMD are few: their files are kept when they are used. */
const WANTED = FILES.filter((name) => !name.includes('-scalar') && (crossOriginIsolated || !name.includes('thread')));

addEventListener('install', (event) => event.waitUntil(cache().then((open) => open.addAll(WANTED))));

addEventListener('activate', (event) => {
  const forget = async () => {
    const names = await caches.keys();
    const old = names.filter((name) => name.startsWith(`${NAME} `) && name !== `${NAME} ${VERSION}`);
    await Promise.all(old.map((name) => caches.delete(name)));
  };
  // Also for the page that is open: it may lose its host before it has needed all its files.
  event.waitUntil(Promise.all([forget(), clients.claim()]));
});

addEventListener('fetch', (event) => {
  const { method, url, mode } = event.request;
  if (method !== 'GET' || !url.startsWith(registration.scope)) return;
  // Names in assets/ change with what is in them.
  const isFixed = url.startsWith(`${registration.scope}assets/`);
  event.respondWith(isFixed ? keptFirst(event.request) : freshFirst(event.request, mode === 'navigate'));
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
