/**
 * The tables in `recipes/data/`, each made by a law that the recipe states: `deno run -A tests/recipes/support/made_tables.ts`
 * writes them.
 */
import { stream } from "../../../engine/tensor/random.ts";

const ROWS = 800;

/** A table's rows, each of so many numbers from 0 up to 1. */
function rowsOf(name: string, width: number, row: (u: readonly number[]) => readonly unknown[]) {
  const drawn = stream(1, name).uniforms(0, ROWS * width);
  return Array.from(
    { length: ROWS },
    (_, at) => row([...drawn.subarray(at * width, (at + 1) * width)]).join(","),
  );
}

const lines = (head: string, rows: readonly string[]): string => [head, ...rows, ""].join("\n");

/** A loan is repaid where income and years in the job, weighed by town and trade, are above what is owed. */
function loans(): string {
  const towns = ["Aachen", "Bonn", "Trier", "Ulm"];
  const trades = ["baker", "nurse", "welder"];
  const rows = rowsOf("loans", 9, ([a, b, c, d, e, f, g, h, i]) => {
    const [income, years, owed] = [1 + 4 * a!, 20 * b!, 1 + 9 * c!].map((each) => each.toFixed(2));
    const [town, trade] = [Math.floor(4 * d!), Math.floor(3 * e!)];
    const score = Number(income) + Number(years) / 5 + town - trade - Number(owed);
    const cell = (said: string, missing: number, word: string) => missing < 0.08 ? word : said;
    return [
      cell(income!, f!, "NA"),
      cell(years!, g!, ""),
      owed,
      cell(towns[town]!, h!, ""),
      cell(trades[trade]!, i!, "NA"),
      score > 0 ? "yes" : "no",
    ];
  });
  return lines("income,years,owed,town,trade,repaid", rows);
}

/** A day is warm, wet and windy by two of its measures each, and may be all of it or nothing. */
function days(): string {
  const rows = rowsOf("days", 5, ([sun, south, cloud, front, pressure]) => {
    const tags = [
      ...sun! + south! > 1 ? ["warm"] : [],
      ...cloud! - sun! / 2 > 0.4 ? ["wet"] : [],
      ...front! - pressure! > 0 ? ["windy"] : [],
    ];
    const measures = [sun, south, cloud, front, pressure].map((each) => each!.toFixed(3));
    return [...measures, tags.join(";")];
  });
  return lines("sun,south,cloud,front,pressure,tags", rows);
}

/** A part is faulty where heat and shaking together are above 1.6: one in thirteen. */
function parts(): string {
  const rows = rowsOf("parts", 4, ([heat, shaking, load, age]) => [
    ...[heat, shaking, load, age].map((each) => each!.toFixed(3)),
    heat! + shaking! > 1.6 ? "faulty" : "sound",
  ]);
  return lines("heat,shaking,load,age,state", rows);
}

/** Each table's text by the name of its file. */
export const madeTables: Readonly<Record<string, () => string>> = {
  "loans.csv": loans,
  "days.csv": days,
  "parts.csv": parts,
};

if (import.meta.main) {
  for (const [name, made] of Object.entries(madeTables)) {
    await Deno.writeTextFile(new URL(`../../../recipes/data/${name}`, import.meta.url), made());
  }
}
