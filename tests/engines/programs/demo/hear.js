/**
 * Runs in the demo page before any script of its own: tells the page around it of every complaint, and hands it the files
 * that the page saves, because a browser that nobody drives would ask where to put them.
 */
const around = window.parent;

for (const method of ['error', 'warn']) {
  const original = console[method];
  console[method] = (...args) => {
    around.complaints.push(`console.${method}: ${args.map(String).join(' ')}`);
    original.apply(console, args);
  };
}
// Captured, because a script or a style sheet that does not load says so to its own element alone.
const onError = (event) => {
  const { target, message, filename, lineno } = event;
  // Firefox says it of modules that it has already; one that is missing fails where it is imported.
  if (target.rel === 'modulepreload') return;
  const said = message ? `${message} (${filename}:${lineno})` : `${target.src || target.href || target} did not load`;
  around.complaints.push(`error: ${said}`);
};
window.addEventListener('error', onError, true);
window.addEventListener('unhandledrejection', ({ reason }) => {
  around.complaints.push(`unhandled rejection: ${reason?.stack ?? reason}`);
});
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
  around.complaints.push(`the page's policy on ${violatedDirective} kept it from ${blockedURI}`);
});

HTMLAnchorElement.prototype.click = function () {
  if (this.download) around.saved.push({ name: this.download, url: this.href });
  else HTMLElement.prototype.click.call(this);
};
