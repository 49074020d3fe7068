/** Attributes that come from files, checked against the schemas of their kinds. */
import { Value } from "../../../engine/deps/typebox_value.ts";
import { Extent } from "./attributes.ts";
import { kindOf, type Layer } from "./mod.ts";

/** The attribute of a layer that cannot be as it is; undefined where all can. */
export function unsoundAttribute(layer: Layer): string | undefined {
  const own = layer as unknown as Readonly<Record<string, unknown>>;
  return Object.entries(kindOf(layer).attributes.properties)
    .find(([name, schema]) => !Value.Check(schema, own[name]))?.[0];
}

/** Whether a value can be an extent of a shape. */
export function isExtent(value: unknown): boolean {
  return Value.Check(Extent, value);
}
