/**
 * Colours for losses, from small to large: paper to ink. Their lightness goes one way, and neighbours differ by the same
 * distance in OKLab, so that a step in the picture is a step in the logarithm of the loss, for every eye.
 */
export const LOSS_COLOURS = {
  light: [
    ...['#faf8cd', '#dbebb3', '#b5e39d', '#8cd69d', '#6ac5a2', '#4ab4a4', '#2da1a4', '#1c8da2', '#0c799f', '#10649c'],
    ...['#264e91', '#323884', '#382272'],
  ],
  dark: [
    ...['#262041', '#293059', '#224270', '#18557e', '#0c6987', '#0e7d8c', '#0e9191', '#2fa390', '#4eb48b', '#6fc481'],
    ...['#9ad07a', '#c3d97f', '#e9e38a'],
  ],
};

export function lossColours(): readonly string[] {
  return LOSS_COLOURS[document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light'];
}

const channels = (hex: string): number[] => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

/** The colour at a place between the first one, 0, and the last one, 1: red, green, blue. */
export function mixed(colours: readonly string[], place: number): [number, number, number] {
  const at = Math.max(0, Math.min(1, place)) * (colours.length - 1);
  const from = Math.min(Math.floor(at), colours.length - 2);
  const [low, high] = [channels(colours[from]!), channels(colours[from + 1]!)];
  return low.map((value, i) => value + (high[i]! - value) * (at - from)) as [number, number, number];
}
