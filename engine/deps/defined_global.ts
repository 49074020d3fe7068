/** Globals as a package looks for them. In a thread several are others than in the main one, and packages mistake it. */

/** Sets a global, whatever it is; what is returned puts back what was there. */
export function definedGlobal(name: string, value: unknown): () => void {
  const globals = globalThis as unknown as Record<string, unknown>;
  const before = Object.getOwnPropertyDescriptor(globals, name);
  Object.defineProperty(globals, name, { value, configurable: true, writable: true });
  return () => {
    if (before === undefined) delete globals[name];
    else Object.defineProperty(globals, name, before);
  };
}
