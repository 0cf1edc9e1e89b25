/** After the first visit the page works without its host: a service worker keeps its files. */

export function worksOffline(): void {
  // Not for visitors who save data, because it fetches files that only some visits need.
  const { connection } = navigator as { connection?: { saveData?: boolean } };
  if (!('serviceWorker' in navigator) || connection?.saveData) return;
  navigator.serviceWorker.register(new URL('offline.js', document.baseURI)).catch(() => {
    // Without a service worker the page still works as long as its host does.
  });
}
