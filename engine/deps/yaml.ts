/**
 * YAML 1.2 with places. The library's Node build looks at two variables of the environment for every token, `LOG_TOKENS`
 * and `LOG_STREAM`, and Deno asks for leave each time: it is shown an environment without variables while it parses,
 * which it does at once.
 */
import process from "node:process";
import type * as library from "npm:yaml@2.9.1";

export type { Node as YamlNode, YAMLMap } from "npm:yaml@2.9.1";

const specifier = "npm:yaml@2.9.1";
const yaml: typeof library = await import(specifier);

export const { isAlias, isMap, isScalar, isSeq }: typeof library = yaml;

/** The value of a document; see the library. */
export const parse: typeof library.parse = (...given: unknown[]) =>
  withoutVariables(() => (yaml.parse as (...given: unknown[]) => unknown)(...given));

/** A document with its places; see the library. */
export const parseDocument: typeof library.parseDocument = (...given) =>
  withoutVariables(() => yaml.parseDocument(...given)) as never;

function withoutVariables<T>(body: () => T): T {
  const { env } = process;
  process.env = {};
  try {
    return body();
  } finally {
    process.env = env;
  }
}
