/** What an op declares of itself, as plain data, to be held against what a test says by hand. */
import { type AnyOp, defineOp, type Inputs, type Json, Type } from "../../engine/op.ts";
import { metricsKind } from "../../engine/metrics.ts";
import { undocumented } from "../conformance/undocumented.ts";

/** An op of which nothing is said but what must be said. */
const plain: AnyOp = defineOp({
  name: "plain",
  version: 1,
  summary: "Does nothing",
  inputs: {},
  output: metricsKind,
  params: Type.Object({}),
  example: {},
  run: () => ({ metrics: {} }),
});

/** Members with a text of their own below, and those that say how a thing is written. */
const apart = new Set(["version", "summary", "inputs", "output", "params", "metrics"]);

/** What is not as it would be were it left out; functions and the rows of metrics are left out. */
export function declared(op: AnyOp): Readonly<Record<string, unknown>> {
  const usual = JSON.parse(JSON.stringify({ ...plain, makes: op.name })) as Record<string, Json>;
  const members = Object.entries(JSON.parse(JSON.stringify(op)) as Record<string, Json>)
    .filter(([name, value]) =>
      !apart.has(name) && JSON.stringify(value) !== JSON.stringify(usual[name])
    );
  const inputs = Object.entries(op.inputs as Inputs).map(([name, each]) => {
    const { kind, many, optional, learned, description } = each;
    const marks = [many && "many", optional && "optional", learned && "learned"].filter(Boolean);
    return [name, `${[kind.name, ...marks].join(" ")}: ${description}`] as const;
  });
  return {
    ...Object.fromEntries(members),
    version: op.version,
    inputs: Object.fromEntries(inputs),
    output: op.output.name,
  };
}

/** The fields of an op by name, those that are named or all, without their descriptions, which all must have. */
export function fieldsOf(op: AnyOp, ...names: readonly string[]): Readonly<Record<string, Json>> {
  const fields = shapeOf(op.params) as { readonly properties: Readonly<Record<string, Json>> };
  return Object.fromEntries(
    Object.entries(fields.properties).filter(([name]) =>
      names.length === 0 || names.includes(name)
    ),
  );
}

/** The fields of each alternative of an op whose parameters are a choice; of those that are named, that they are there. */
export function alternativesOf(
  op: AnyOp,
  ...named: readonly string[]
): Readonly<Record<string, Readonly<Record<string, Json>>>> {
  const { alternatives } = op.params["x-choice"] as { readonly alternatives: object };
  return Object.fromEntries(
    Object.entries(alternatives).map(([alternative, params]) => {
      if (!params.description) throw new Error(`${op.name}: no description of ${alternative}`);
      const fields = Object.entries(fieldsOf({ ...op, params })).map(([name, field]) =>
        [name, named.includes(name) ? "…" : field] as const
      );
      return [alternative, Object.fromEntries(fields)];
    }),
  );
}

/** A schema without its descriptions, which all its fields must have. */
export function shapeOf(schema: AnyOp["params"]): Json {
  const nameless = undocumented(schema);
  if (nameless.length > 0) throw new Error(`no description of ${nameless.join(", ")}`);
  return undescribed(JSON.parse(JSON.stringify(schema)));
}

function undescribed(value: Json): Json {
  if (Array.isArray(value)) return value.map(undescribed);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value as Readonly<Record<string, Json>>)
      .filter(([name, each]) => name !== "description" || typeof each !== "string")
      .map(([name, each]) => [name, undescribed(each)]),
  );
}
