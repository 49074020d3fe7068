/** What a replacement did, layer by layer: the effect that a report shows. */
import type { Json } from "../../engine/op.ts";
import { sizeOf } from "../model/layers.ts";
import type { Model } from "../model/model.ts";

/** For each layer that gave way, the layers in its place and the parameters of both; undefined where none did. */
export function effectOfReplacing(before: Model, after: Model): Json | undefined {
  const now = after.layers.map(({ name }) => name);
  const had = new Set(before.layers.map(({ name }) => name));
  const rows = before.layers.filter(({ name }) => !now.includes(name)).map(({ name }) => {
    const group = now.filter((each) => each.startsWith(`${name}.`) && !had.has(each));
    const parameters = parametersOf(after, group);
    return [name, { layers: group, parameters, before: parametersOf(before, [name]) }] as const;
  });
  return rows.length === 0 ? undefined : { layers: Object.fromEntries(rows) };
}

function parametersOf({ weights }: Model, layers: readonly string[]): number {
  return Object.entries(weights)
    .filter(([name]) => layers.includes(name.slice(0, name.lastIndexOf("/"))))
    .reduce((sum, [, { shape }]) => sum + sizeOf(shape), 0);
}
