/**
 * YAML 1.2 with places. The library's Node build looks at two variables of the environment for every token, `LOG_TOKENS`
 * and `LOG_STREAM`, and Deno asks for leave each time: it is shown an environment without variables while it parses,
 * which it does at once.
 */
import process from "node:process";
import * as yaml from "npm:yaml@2.9.1";

export {
  Document as YamlDocument,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node as YamlNode,
  type Pair as YamlPair,
  Scalar as YamlScalar,
  YAMLMap,
  YAMLSeq,
} from "npm:yaml@2.9.1";

/** The value of a document; see the library. */
export const parse: typeof yaml.parse = (...given: unknown[]) =>
  withoutVariables(() => (yaml.parse as (...given: unknown[]) => unknown)(...given));

/** A document with its places; see the library. */
export const parseDocument: typeof yaml.parseDocument = (...given) =>
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
