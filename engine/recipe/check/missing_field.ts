/** Fields and tags that should be there: the sentences and the way out. */
import type { TSchema } from "../../field.ts";
import { type ChoiceForm, formOf, neededFields } from "../words/form.ts";
import type { At, Problems } from "../parse/problems.ts";
import { synonyms } from "../words/synonyms.ts";
import { child, type Tree } from "../parse/tree.ts";

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
  { block, form }: { readonly block: string; readonly form: ChoiceForm },
  problems: Problems,
): undefined {
  const owner = block === "" ? "a recipe" : `\`${block}\``;
  const { tag, untagged } = form;
  const instead = untagged === undefined ? [] : neededFields(untagged);
  const needed = [tag, ...instead].map((name) => `\`${name}\``).join(" or ");
  const written = at.tree.type === "map" ? [...at.tree.entries.keys()] : [];
  if (tag === "op" && !/\.\d+$/.test(at.path)) {
    const steps = written.flatMap((name) => stepNamed(name, child(at.tree, name), form));
    if (steps.length > 0) {
      problems.atKey(
        "wrong-type",
        at,
        `${owner} is a list of steps, and this is a map`,
        [`${at.path}:`, ...steps.map((step) => `  - ${step}`)].join("\n"),
      );
      return undefined;
    }
  }
  const chosen = written.filter((name) => Object.hasOwn(form.alternatives, name));
  if (chosen.length === 1) {
    problems.atValue(
      "missing-field",
      at,
      `${owner} needs ${needed}`,
      `{ ${tag}: ${chosen[0]}, … } in place of ${chosen[0]}: { … }`,
    );
    return undefined;
  }
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

/** An entry of a map that was meant as a list of steps: `prune: { … }`, or `first: { op: prune, … }`. */
function stepNamed(name: string, tree: Tree | undefined, { alternatives }: ChoiceForm): string[] {
  if (Object.hasOwn(alternatives, name)) return [`{ op: ${name}, … }`];
  const op = child(tree, "op");
  return op?.type === "scalar" && typeof op.value === "string"
    ? [`{ op: ${op.value}, as: ${name}, … }`]
    : [];
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

function alternativesInWords({ alternatives }: ChoiceForm): string {
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
