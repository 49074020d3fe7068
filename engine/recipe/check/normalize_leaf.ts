/** Values that hold no others: numbers, words, texts, names, sources. */
import { excerpt, quoted } from "../../quote.ts";
import type { Json } from "../../digest.ts";
import type { CurveLimits, TSchema } from "../../field.ts";
import { type ChoiceForm, type Form, neededFields } from "../words/form.ts";
import { laterValue } from "../words/later.ts";
import { limited, thisIs, within } from "./number_limits.ts";
import { slipOf } from "../words/nearest.ts";
import type { At, Problems } from "../parse/problems.ts";
import { isSource, moveSource } from "../parse/sources.ts";
import { isOneOf, meantValue, synonymElsewhere } from "../words/value_synonyms.ts";
import { type ScalarTree, sortOf } from "../parse/tree.ts";

type LeafForm = Extract<
  Form,
  {
    form: "word" | "constant" | "number" | "text" | "boolean" | "reference" | "source";
  }
>;

type Forms = { [F in LeafForm["form"]]: Extract<LeafForm, { form: F }> };
type LeafValue = { readonly value: Json } | undefined;

/** A value as it is written, and what its field asks for. */
interface WrittenLeaf<F extends LeafForm> {
  readonly form: F;
  readonly scalar: ScalarTree;
  readonly at: At;
  readonly description: string | undefined;
}

type LeafCheck<F extends LeafForm> = (leaf: WrittenLeaf<F>, problems: Problems) => LeafValue;

/** The value of a leaf; undefined after a report. */
export function normalizeLeaf(
  form: LeafForm,
  at: At,
  problems: Problems,
  { description }: TSchema,
): Json | undefined {
  const { tree } = at;
  if (tree.type !== "scalar" || tree.value === null) {
    wrongType(form, at, problems);
    return undefined;
  }
  const leaf = { form, scalar: tree, at, description };
  return (leaves[form.form] as LeafCheck<LeafForm>)(leaf, problems)?.value;
}

const leaves: { readonly [F in LeafForm["form"]]: LeafCheck<Forms[F]> } = {
  word({ form, scalar: { value }, at }, problems) {
    if (typeof value !== "string") return wrongType(form, at, problems);
    if (form.words.includes(value)) return { value };
    return unknownValue(value, form, at, problems);
  },
  constant({ form, scalar: { value }, at }, problems) {
    return value === form.value ? { value } : wrongType(form, at, problems);
  },
  number({ form, scalar: { value }, at, description }, problems) {
    if (typeof value !== "number") return wrongType(form, at, problems);
    if (form.whole && !Number.isSafeInteger(value)) {
      problems.atValue(
        "out-of-range",
        at,
        `\`${at.path}\` must be a whole number; this is ${value}`,
        nearby(value, form.limits),
      );
      return undefined;
    }
    if (within(form.limits, value)) return { value };
    problems.atValue(
      "out-of-range",
      at,
      `${limited(at.path, description, form.limits)}; ${thisIs(form.limits, value)}`,
      within(form.limits, value / 100) && value > 1 ? `did you mean ${value / 100}?` : undefined,
    );
    return undefined;
  },
  text({ form, scalar: { value }, at }, problems) {
    if (typeof value !== "string") return wrongType(form, at, problems);
    const { pattern, least, most } = form;
    if (value.length < least || value.length > most) {
      const bound = value.length < least ? `at least ${least}` : `at most ${most}`;
      const unit = bound.endsWith(" 1") ? "character" : "characters";
      problems.atValue("out-of-range", at, `\`${at.path}\` must have ${bound} ${unit}`);
      return undefined;
    }
    if (pattern === undefined || new RegExp(pattern, "u").test(value)) return { value };
    return badName(value, at, problems);
  },
  boolean({ form, scalar: { value }, at }, problems) {
    return typeof value === "boolean" ? { value } : wrongType(form, at, problems);
  },
  reference({ form, scalar: { value }, at }, problems) {
    return typeof value === "string" ? { value } : wrongType(form, at, problems);
  },
  source({ form, scalar: { value, document: own, variable }, at }, problems) {
    if (typeof value !== "string") return wrongType(form, at, problems);
    if (isSource(value)) {
      const { base, recipeBase = base } = variable?.document ?? own;
      return { value: moveSource(value, base, recipeBase) };
    }
    problems.atValue(
      "source",
      at,
      `\`${at.path}\` is no source: ${quoted(value)}`,
      "a path relative to the recipe, an https URL, or npm:package@1.2.3/path",
    );
    return undefined;
  },
};

/** The nearest whole number, if it is allowed. */
function nearby(value: number, limits: CurveLimits): string | undefined {
  const whole = Math.round(value);
  return Number.isSafeInteger(whole) && within(limits, whole)
    ? `did you mean ${whole}?`
    : undefined;
}

/** The values of a field that are words; of a choice also what it says of others. */
export interface NamedValues extends Partial<Omit<ChoiceForm, "form" | "tag">> {
  readonly words: readonly string[];
}

/** Reports a value that none of the words is. */
export function unknownValue(
  value: string,
  { words, untagged, alternatives, foreignFormats = [] }: NamedValues,
  at: At,
  problems: Problems,
): undefined {
  const later = laterValue(at.path, value);
  if (later !== undefined) {
    problems.atValue("not-yet", at, later, `so far: ${words.join(", ")}`);
    return undefined;
  }
  if (isOneOf(value, foreignFormats)) {
    const message = `\`${value}\` is a format that cannot be written yet`;
    problems.atValue("not-yet", at, message, `those that can: ${words.join(", ")}`);
    return undefined;
  }
  const [source] = untagged === undefined ? [] : neededFields(untagged);
  if (source !== undefined && isSource(value) && /[/\\.]/.test(value)) {
    const written = /^[\w./~@:-]+$/.test(value) ? value : JSON.stringify(value);
    const message = `\`${at.path}\` takes a path in \`${source}\`, not as a bare word`;
    const field = at.path.split(".").at(-1)!;
    const help = field === "use"
      ? `${source}: ${written}, and no use`
      : `${/^\d+$/.test(field) ? "-" : `${field}:`} { ${source}: ${written} }`;
    problems.atValue("wrong-type", at, message, help);
    return undefined;
  }
  const slip = meantValue(value, words, alternatives) ?? slipOf(value, words);
  problems.atValue(
    "unknown-value",
    at,
    `\`${at.path}\` has no value \`${excerpt(value)}\``,
    slip === undefined
      ? synonymElsewhere(at.path, value) ?? `one of: ${words.join(", ")}`
      : `did you mean ${slip}? All: ${words.join(", ")}`,
  );
  return undefined;
}

function badName(value: string, at: At, problems: Problems): undefined {
  const made = value.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^[^a-z]+|-+$/g, "").slice(
    0,
    64,
  );
  problems.atValue(
    "bad-name",
    at,
    `\`${at.path}\` must begin with a lower-case letter and go on in lower-case letters, digits and hyphens, ` +
      `64 at most; this is ${quoted(value)}`,
    made === "" ? undefined : `did you mean ${made}?`,
  );
  return undefined;
}

/** Reports a value of another type than the form asks for. */
export function wrongType(form: Form, at: At, problems: Problems): undefined {
  const { tree } = at;
  const word = tree.type === "scalar" && typeof tree.value === "string" ? tree.value : undefined;
  const later = word === undefined ? undefined : laterValue(at.path, word);
  if (later !== undefined) {
    problems.atValue("not-yet", at, later);
    return undefined;
  }
  const isNull = tree.type === "scalar" && tree.value === null;
  const other = word && synonymElsewhere(at.path, word);
  const help = isNull
    ? "null only removes an inherited field; leave the field out"
    : form.form === "number" && word !== undefined && readsAsNumber(word)
    ? inNumbers(word, form.limits)
    : other !== undefined
    ? other
    : form.form === "choice"
    ? `a map: { ${form.tag}: ${Object.keys(form.alternatives)[0]}, … }`
    : typeof (tree.type === "scalar" ? tree.value : undefined) === "boolean"
    ? "there are no switches in a recipe: a field is there or it is not"
    : undefined;
  const name = at.path === "" ? "a recipe" : `\`${at.path}\``;
  problems.atValue(
    "wrong-type",
    at,
    `${name} must be ${formInWords(form)}; this is ${sortOf(tree)}`,
    help,
  );
  return undefined;
}

/** Whether a text is a number, or one in percent. */
export function readsAsNumber(value: unknown): value is string {
  return typeof value === "string" && /\d/.test(value) &&
    Number.isFinite(Number(value.trim().replace(/ ?%$/, "")));
}

/** The number that a text was meant to be: recipes have fractions, and percent in claims alone. */
function inNumbers(text: string, limits: CurveLimits): string {
  if (!text.trim().endsWith("%")) return `without quotes it is one: ${Number(text)}`;
  const fraction = Number((Number.parseFloat(text) / 100).toPrecision(12));
  return within(limits, fraction)
    ? `percent is for claims; as a fraction: ${fraction}`
    : "percent is for claims";
}

function formInWords(form: Form): string {
  switch (form.form) {
    case "object":
    case "map":
      return "a map";
    case "choice":
      return `a name or a map with \`${form.tag}\``;
    case "by-type":
      return Object.keys(form.types)
        .map((type) =>
          ({ number: "a number", string: "a name", list: "a list", object: "a map" })[type]
        )
        .join(" or ");
    case "list":
      return "a list";
    case "tuple":
      return `a list of ${form.items.length}`;
    case "selectors":
      return "a name of layers or a list of them";
    case "reference":
      return "the name of a step or role";
    case "source":
      return "a source";
    case "word":
      return `one of ${form.words.join(", ")}`;
    case "constant":
      return String(form.value);
    case "number":
      return form.whole ? "a whole number" : "a number";
    case "text":
      return "a text";
    case "boolean":
      return "true or false";
    case "any":
      return "a value";
  }
}
