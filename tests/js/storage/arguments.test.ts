/** Wrong arguments of mlp-wasm/storage, each refused with its name, what was expected and what came. */
import { describe, expect, it } from 'vitest';
import { copyModel, load, loadBytes, moveModel, removeModel, save } from 'mlp-wasm/storage';
import { expectError, wrong } from '../support/refusals.js';

const LOADED = 'an address like indexeddb://…, localstorage://…, http://…, https://…, file://…, or a File';
const SAVED = 'an address like indexeddb://…, localstorage://…, downloads://…, http://…, https://…, file://…';
const REMOVED = 'an address like indexeddb://…, localstorage://…, file://…';
const ONE = Uint8Array.of(1);

describe('Wrong arguments are refused', () => {
  it.each<[string, () => unknown, ErrorConstructor, string]>([
    ['no address', () => load(wrong(undefined)), TypeError, `load: source: expected ${LOADED}, got undefined`],
    ['a number', () => loadBytes(wrong(5)), TypeError, `loadBytes: source: expected ${LOADED}, got 5`],
    ['bytes in its place', () => load(wrong(ONE)), TypeError, `load: source: expected ${LOADED}, got Uint8Array(1)`],
    ['the empty text', () => load(''), RangeError, `load: source: expected ${LOADED}, got ''`],
    ['a path', () => load('models/a'), RangeError, `load: source: expected ${LOADED}, got 'models/a'`],
    ['a scheme alone', () => load('indexeddb://'), RangeError, `load: source: expected ${LOADED}, got 'indexeddb://'`],
    ['a scheme of its own', () => load('ftp://a/b'), RangeError, `load: source: expected ${LOADED}, got 'ftp://a/b'`],
    [
      'the name of a method',
      () => load('constructor://a'),
      RangeError,
      `load: source: expected ${LOADED}, got 'constructor://a'`,
    ],
    [
      'a scheme that only saves',
      () => load('downloads://a'),
      RangeError,
      `load: source: expected ${LOADED}, got 'downloads://a'`,
    ],
    ['a scheme that only loads', () => save(ONE, 'data:,a'), RangeError, `save: url: expected ${SAVED}, got 'data:,a'`],
    [
      'a scheme that removes nothing',
      () => removeModel('https://a/b'),
      RangeError,
      `removeModel: url: expected ${REMOVED}, got 'https://a/b'`,
    ],
    [
      'to move from there',
      () => moveModel('https://a/b', 'file:///b'),
      RangeError,
      `moveModel: from: expected ${REMOVED}, got 'https://a/b'`,
    ],
    [
      'a copy to no address',
      () => copyModel('https://a/b', wrong(null)),
      TypeError,
      `copyModel: to: expected ${SAVED}, got null`,
    ],
    [
      'a copy onto itself',
      () => copyModel('https://a/b', 'https://a/b'),
      RangeError,
      "copyModel: to: expected another address than from, got 'https://a/b'",
    ],
    [
      'a host of files',
      () => load('file://host/a'),
      RangeError,
      "load: source: expected 'file:///…' or 'file://./…', got 'file://host/a'",
    ],
    [
      'a file with a query',
      () => load('file:///a?b'),
      RangeError,
      "load: source: expected a path in which ? and # are written %3F and %23, got 'file:///a?b'",
    ],
    [
      'no model',
      () => save(wrong(undefined), 'file:///a'),
      TypeError,
      'save: model: expected a model, a Uint8Array or an ArrayBuffer, got undefined',
    ],
    [
      'text',
      () => save(wrong('abc'), 'file:///a'),
      TypeError,
      "save: model: expected a model, a Uint8Array or an ArrayBuffer, got 'abc'",
    ],
    [
      'a model that saves to nothing',
      () => save(wrong({ save: () => 5 }), 'file:///a'),
      TypeError,
      'save: what model.save() gives: expected a model, a Uint8Array or an ArrayBuffer, got 5',
    ],
    [
      'no bytes',
      () => save(new Uint8Array(0), 'file:///a'),
      RangeError,
      'save: model: expected bytes, got Uint8Array(0)',
    ],
    [
      'an option of another name',
      () => load('file:///a', wrong({ sginal: 1 })),
      RangeError,
      "load: options: option: expected one of 'signal', 'onProgress', 'headers', 'credentials', got 'sginal'. Did you mean 'signal'?",
    ],
    [
      'a way to load',
      () => load('https://a/b', wrong({ method: 'PUT' })),
      RangeError,
      "load: options: option: expected one of 'signal', 'onProgress', 'headers', 'credentials', got 'method'.",
    ],
    [
      'a signal that is none',
      () => load('file:///a', wrong({ signal: {} })),
      TypeError,
      'load: signal: expected an AbortSignal, got Object',
    ],
    [
      'progress to nobody',
      () => load('file:///a', wrong({ onProgress: 1 })),
      TypeError,
      'load: onProgress: expected a function, got 1',
    ],
    [
      'another method',
      () => save(ONE, 'https://a/b', wrong({ method: 'GET' })),
      RangeError,
      "save: method: expected one of 'PUT', 'POST', got 'GET'.",
    ],
    [
      'other credentials',
      () => load('https://a/b', wrong({ credentials: 'all' })),
      RangeError,
      "load: credentials: expected one of 'omit', 'same-origin', 'include', got 'all'.",
    ],
  ])('%s', (_name, call, error, message) => expectError(call, error, message));

  it('headers that fetch refuses', async () => {
    await expect(load('https://a/b', { headers: { 'a b': '1' } })).rejects.toThrow(
      /^load: headers: expected headers as fetch takes them: /,
    );
  });

  it('stores that Node has not', async () => {
    await expectError(
      () => save(ONE, 'indexeddb://a'),
      Error,
      'save: indexeddb://a: expected an engine with IndexedDB, got one without; Node has file://',
    );
    await expectError(
      () => load('localstorage://a'),
      Error,
      'load: localstorage://a: expected a page, got an engine without localStorage; workers have indexeddb://, Node file://',
    );
    await expectError(
      () => save(ONE, 'downloads://a'),
      Error,
      'save: downloads://a: expected a page, got an engine without a document; a worker sends the bytes to its page',
    );
  });
});
