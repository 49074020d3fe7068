/** How text becomes token numbers: the `text` field of a data set. */
import { given } from "../../../engine/given.ts";
import type { DatasetFacts, Task } from "../../../engine/facts.ts";
import { ByType, LARGEST, OneOf, Source, type Static, Type } from "../../../engine/field.ts";

/** What is meant where a recipe says nothing. */
const USUAL_TEXT: Preset = { tokens: "words", length: 128 };

interface Preset {
  readonly tokens: "words" | "characters";
  readonly length: number;
}

/** Numbers that are learned where a recipe does not say how many. */
export const USUAL_VOCABULARY = 10_000;

/**
 * The field; `preset` is what a data set of its own means by it, whole where a recipe says nothing and one by one where
 * it says the other.
 */
export const textField = (preset: Preset = USUAL_TEXT) =>
  Type.Object({
    tokens: ByType({
      string: OneOf(["words", "characters"], {
        description:
          "The way to cut: words (runs of letters and digits in lower case, other signs alone) or characters",
      }),
      object: Type.Object({
        from: Source({
          description:
            "A tokenizer.json of HuggingFace's form (BPE, Unigram, WordPiece), or the vocab.txt of a BERT",
        }),
        lowercase: Type.Optional(Type.Boolean({
          description:
            "Of a vocab.txt: upper case and accents go before a text is cut; false for a cased BERT; default: true",
        })),
      }),
    }, { default: preset.tokens, description: "The way in which text is cut into tokens" }),
    length: Type.Integer({
      minimum: 1,
      maximum: LARGEST.units,
      default: preset.length,
      description: "The tokens of a sample: longer ones are cut at the end, shorter ones padded",
    }),
    vocabulary: Type.Optional(ByType({
      number: Type.Integer({
        minimum: 3,
        maximum: LARGEST.units,
        description:
          "The most token numbers to learn from the training samples, padding (0) and unknown (1) among them",
      }),
      string: Source({
        description:
          "A file of the tokens to use: one a line, a JSON list, or a JSON object from tokens to numbers",
      }),
    }, {
      description:
        `The tokens that get a number: how many (${USUAL_VOCABULARY} where absent), or a file of them; a ` +
        "tokenizer brings its own",
    })),
  }, {
    description: "The way in which text becomes token numbers",
    ...given({ default: preset === USUAL_TEXT ? undefined : preset }),
  });

/** The field, normalised. */
export type TextParams = Static<ReturnType<typeof textField>>;

/** How files become token numbers: as the recipe says, else as usual where they are text; undefined where not. */
export function textWishes(
  { text, task, format, from }: {
    readonly text?: TextParams;
    readonly task: Task;
    readonly format?: string;
    readonly from: unknown;
  },
): TextParams | undefined {
  if (text !== undefined) return text;
  const plain = typeof from === "string" && /\.txt(\.gz)?$/i.test(from);
  return task === "next-token" || format === "text" || plain ? USUAL_TEXT : undefined;
}

/** The files that it names. */
export function textSources({ tokens, vocabulary }: TextParams): readonly string[] {
  return [
    ...(typeof tokens === "string" ? [] : [tokens.from]),
    ...(typeof vocabulary === "string" ? [vocabulary] : []),
  ];
}

/** How many tokens there are is learned from the texts. */
export function textFacts({ length }: TextParams): Pick<DatasetFacts, "input" | "text"> {
  return { input: [length], text: {} };
}
