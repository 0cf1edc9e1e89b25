/** Programs in Python, prose and pages, which exports carry along: esbuild takes them in as text. */
declare module '*.py' {
  const text: string;
  export default text;
}

declare module '*.txt' {
  const text: string;
  export default text;
}

declare module '*.html' {
  const text: string;
  export default text;
}
