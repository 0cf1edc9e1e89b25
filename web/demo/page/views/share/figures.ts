/** Sizes, times and moments as the visitor writes them. */
import { locale } from '../../words/language.js';

const bytes = (unit: 'kilobyte' | 'megabyte'): Intl.NumberFormat =>
  new Intl.NumberFormat(locale, { style: 'unit', unit, maximumSignificantDigits: 2 });
const kilobytes = bytes('kilobyte');
const megabytes = bytes('megabyte');
const fourPlaces = new Intl.NumberFormat(locale, { minimumFractionDigits: 4, maximumFractionDigits: 4 });
const seconds = new Intl.NumberFormat(locale, { style: 'unit', unit: 'second', maximumFractionDigits: 1 });
const moments = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });

/** To two digits. */
export function size(count: number): string {
  return count < 995_000 ? kilobytes.format(Math.max(1, count / 1000)) : megabytes.format(count / 1e6);
}

export function figure(value: number | undefined): string {
  return value === undefined ? '–' : fourPlaces.format(value);
}

export function duration(milliseconds: number): string {
  return seconds.format(milliseconds / 1000);
}

export function moment(time: number): string {
  return moments.format(time);
}
