/** Words of the language that have no op or parameter behind them yet: refused with a sentence of their own. */

type WordLists = Readonly<Record<string, readonly string[]>>;

/** Fields by block; what an op declares is not looked up here. */
export const laterFields: WordLists = {
  quantize: ["recalibrate", "rounding", "group"],
};

/** Values by the field they stand in (`use` stands in the field above it); families of models stand in several. */
export const laterValues: WordLists = {
  families: ["ghostnet"],
  ratio: ["sensitivity"],
  granularity: ["head", "layer", "channel", "group"],
  calibrate: ["entropy"],
  form: ["qoperator"],
};

/** The sentence for a field that the language has and this version has not; undefined for any other. */
export function laterField(block: string, name: string): string | undefined {
  return wordsOf(laterFields, block).includes(name) ? sentence(name) : undefined;
}

/** A step chooses its family in `use`. */
const inStep = /^steps\.(\d+\.)?use$/;
const roles = ["teacher", "student", "model", "assistant", "candidates"];

/** The sentence for a value that the language has and this version has not; undefined for any other. */
export function laterValue(path: string, value: string): string | undefined {
  const [field = ""] = path.split(".").filter((part) => part !== "use" && !/^\d+$/.test(part))
    .slice(-1);
  const list = inStep.test(path) || roles.includes(field) ? "families" : field;
  return wordsOf(laterValues, list).includes(value) ? sentence(value) : undefined;
}

function sentence(word: string): string {
  return `\`${word}\` is part of the language, but this version does not have it yet`;
}

function wordsOf(lists: WordLists, name: string): readonly string[] {
  return Object.hasOwn(lists, name) ? lists[name]! : [];
}
