/** Kept by the browser: which lessons were finished, and the settings that the visitor had before a lesson set others. */
import { addressed, follow } from '../../address.js';
import { keep, kept } from '../../keep.js';
import { LESSON_IDS } from './lessons.js';
import type { LessonId } from './lessons.js';

const FINISHED = 'mlp-wasm:lessons';
const SET_ASIDE = 'mlp-wasm:set-aside';
/** Keys of the address that say where one is, not how something is set. */
const PLACES = ['view', 'lesson', 'embed'];

export function finishedLessons(): LessonId[] {
  const names = (kept('localStorage', FINISHED) ?? '').split(' ');
  return LESSON_IDS.filter((id) => names.includes(id));
}

export function finish(id: LessonId): void {
  keep('localStorage', FINISHED, [...new Set([...finishedLessons(), id])].join(' '));
}

/** Only the visitor's own: what is set aside already stays, because what came after it is a lesson's. */
export function setAside(): void {
  if (isSetAside()) return;
  const settings = addressed();
  for (const key of PLACES) settings.delete(key);
  keep('sessionStorage', SET_ASIDE, `?${settings.toString()}`);
}

export function isSetAside(): boolean {
  return Boolean(kept('sessionStorage', SET_ASIDE));
}

/** Brings the visitor's settings back, in the view that is shown. */
export function bringBack(): void {
  const before = new URLSearchParams(kept('sessionStorage', SET_ASIDE) ?? '');
  const now = [...addressed().keys()].filter((key) => !PLACES.includes(key));
  follow({ ...Object.fromEntries(now.map((key) => [key, undefined])), ...Object.fromEntries(before) });
  keep('sessionStorage', SET_ASIDE, '');
}
