/** YAML 1.2 with places. Its Node build looks at two variables of the environment, `LOG_TOKENS` and `LOG_STREAM`. */
export {
  Document as YamlDocument,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node as YamlNode,
  type Pair as YamlPair,
  parse,
  parseDocument,
  Scalar as YamlScalar,
  YAMLMap,
  YAMLSeq,
} from "npm:yaml@2.9.1";
