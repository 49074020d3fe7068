/** The name of a recipe from that of its file. */

/** In small letters and dashes, at most 64 of them; `recipe` where nothing is left. */
export function recipeName(path: string): string {
  const [file = ""] = path.split(/[/\\]/).slice(-1);
  const name = file.replace(/\.ya?ml$/i, "").toLowerCase().replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "").slice(0, 64);
  return name === "" ? "recipe" : name;
}
