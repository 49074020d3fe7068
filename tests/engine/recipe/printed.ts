/** The one door of the diagnostics' tests: a recipe's text in, everything a person is told about it out. */
import { compile } from "../../../engine/graph/compile.ts";
import { parseRecipe } from "../../../engine/recipe/parse_recipe.ts";
import { renderDiagnostics } from "../../../engine/recipe/check/render_diagnostics.ts";
import { fakeOps } from "./fake_ops.ts";

/** What is printed about a recipe, less the last line that counts. */
export function printed(text: string, source = "mine.yaml"): string {
  const recipe = parseRecipe(text, source, fakeOps);
  const { diagnostics } = compile(recipe, fakeOps);
  const shown = renderDiagnostics(diagnostics, text);
  return shown.replace(/\n\n\d+ (problem|warning|note)[^\n]*\n$/, "\n").trimEnd();
}

/** Lines at their numbers, comments above and between: `at({ 5: "student: resnet" })`. */
export function at(lines: Readonly<Record<number, string>>): string {
  const numbers = Object.keys(lines).map(Number);
  const last = Math.max(...numbers);
  return Array.from({ length: last }, (_, index) => lines[index + 1] ?? "#").join("\n") + "\n";
}
