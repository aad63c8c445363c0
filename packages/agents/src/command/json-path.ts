/** What is at a dot path such as `usage.input_tokens`; what an object only inherits is not there. */
export function valueAt(document: object, path: string): unknown {
  let value: unknown = document;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.getOwnPropertyDescriptor(value, name)?.value;
  }
  return value;
}

/** Whether each of these paths has its value. */
export function matches(document: object, where: Readonly<Record<string, string>>): boolean {
  return Object.entries(where).every(([path, value]) => valueAt(document, path) === value);
}
