/** The properties of an object, as the other end is to know them. */
import { tagOf } from '../check/realm.js';

/** True for plain objects and those of a program's classes, false for the engine's own (arrays, maps, dates …). */
export function isObject(value: object): boolean {
  return tagOf(value) === 'Object';
}

/** An object's property, or nothing where it refuses. */
export function read(value: object, name: string): unknown {
  try {
    return (value as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}

/** A value to compare by: it differs whenever the property does. What is frozen is another object then. */
export function comparable(value: unknown): unknown {
  return typeof value === 'object' && !Object.isFrozen(value) ? JSON.stringify(value) : value;
}

/** Properties of an object, its own and its classes'. */
export function propertiesOf(value: object): Map<string, PropertyDescriptor> {
  const properties = new Map<string, PropertyDescriptor>();
  for (let from = value; from; from = Object.getPrototypeOf(from) as object) {
    if (from !== value && Object.getPrototypeOf(from) === null) break; // Object.prototype, of whatever realm
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(from))) {
      if (name !== 'constructor' && !properties.has(name)) properties.set(name, descriptor);
    }
  }
  return properties;
}
