/** Words of the lessons, in the visitor's language. */
import { language } from '../../words/language.js';
import type { LESSONS, LessonId } from './lessons.js';
import { de } from './words-de.js';
import { en } from './words-en.js';

/** A step: what it is about, what to do, and what to look at then. */
export interface StepWords {
  text: string;
  act: string;
  watch: string;
}

/** As many as the lesson has steps. */
type Steps<Of> = { readonly [Step in keyof Of]: StepWords };

export interface LessonWords<Id extends LessonId = LessonId> {
  title: string;
  about: string;
  /** Document and section that it is from. */
  source: string;
  steps: Steps<(typeof LESSONS)[Id]['steps']>;
}

export interface LessonsWords {
  title: string;
  lede: string;
  start: string;
  again: string;
  finished: string;
  steps(count: number): string;
  at(step: number, of: number): string;
  act: string;
  watch: string;
  set: string;
  isSet: string;
  isBusy: string;
  back: string;
  next: string;
  finish: string;
  fold: string;
  unfold: string;
  close: string;
  source: string;
  copy: string;
  copied: string;
  notCopied(link: string): string;
  restore: string;
  setAside: string;
  restored: string;
  unknown: string;
  lessons: { readonly [Id in LessonId]: LessonWords<Id> };
}

export const words: LessonsWords = language === 'de' ? de : en;
