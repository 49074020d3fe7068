/** Fields and tags that should be there: the sentences and the way out. */
import type { TSchema } from "../field.ts";
import { type Form, formOf, neededFields } from "./form.ts";
import type { At, Problems } from "./problems.ts";
import { synonyms } from "./synonyms.ts";

type Choice = Extract<Form, { form: "choice" }>;

/** Reports a field that must be written. */
export function missingField(
  at: At,
  { block, name, schema }: {
    readonly block: string;
    readonly name: string;
    readonly schema: TSchema;
  },
  problems: Problems,
): void {
  const owner = block === "" ? "a recipe" : `\`${block}\``;
  const form = formOf(schema);
  const help = form.form === "choice"
    ? alternativesInWords(form)
    : `${name}: ${exampleOf(schema)}${schema.description ? `   (${schema.description})` : ""}`;
  problems.atValue("missing-field", at, `${owner} needs \`${name}\``, help);
}

/** Reports a map that does not say which alternative it is. */
export function missingTag(
  at: At,
  { block, form }: { readonly block: string; readonly form: Choice },
  problems: Problems,
): undefined {
  const owner = block === "" ? "a recipe" : `\`${block}\``;
  const { tag, untagged } = form;
  const instead = untagged === undefined ? [] : neededFields(untagged);
  const needed = [tag, ...instead].map((name) => `\`${name}\``).join(" or ");
  const written = at.tree.type === "map" ? [...at.tree.entries.keys()] : [];
  const meant = written.find((name) =>
    Object.hasOwn(synonyms, name) && Array.isArray(synonyms[name]) && synonyms[name].includes(tag)
  );
  const renamed = meant === undefined ? "" : `\`${tag}\` in place of \`${meant}\`, `;
  problems.atValue(
    "missing-field",
    at,
    `${owner} needs ${needed}`,
    `${renamed}${alternativesInWords(form)}`,
  );
}

/** Reports a bare name whose alternative needs more. */
export function missingParameter(
  at: At,
  { name, needed, schema, tag }: {
    readonly name: string;
    readonly needed: readonly string[];
    readonly schema: TSchema;
    readonly tag: string;
  },
  problems: Problems,
): undefined {
  const form = formOf(schema);
  const fields = form.form === "object" ? form.fields : {};
  const list = needed.map((field) => `\`${field}\``).join(", ");
  const inner = needed.map((field) => `${field}: ${exampleOf(fields[field])}`).join(", ");
  const key = at.path.split(".").findLast((part) => !/^\d+$/.test(part)) ?? "";
  problems.atValue(
    "missing-parameter",
    at,
    `\`${name}\` needs ${list}, so its bare name is not enough`,
    `${key}: { ${tag}: ${name}, ${inner} }`,
  );
  return undefined;
}

function alternativesInWords({ alternatives }: Choice): string {
  const described = Object.entries(alternatives).filter(([, schema]) => schema.description);
  return described.length > 0 && described.length <= 6
    ? described.map(([name, { description }]) => `${name} = ${firstSentence(description!)}`).join(
      "; ",
    )
    : `one of: ${Object.keys(alternatives).join(", ")}`;
}

function firstSentence(description: string): string {
  const [sentence = ""] = description.split(/\.(?:\s|$)/);
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

/** A value that could stand there, for people to replace. */
function exampleOf(schema: TSchema | undefined): string {
  if (schema === undefined) return "…";
  const [example] = (schema.examples ?? []) as unknown[];
  if (example !== undefined) return JSON.stringify(example);
  const form = formOf(schema);
  if (form.form === "number") return String(form.limits.minimum ?? "…");
  return form.form === "word" ? form.words[0]! : "…";
}
