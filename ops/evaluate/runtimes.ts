/** Where a latency may be timed: in our own arithmetic, or in the runtimes that exported files are for. */
import { Choice, type Static, type TObject, Type } from "../../engine/field.ts";
import type { ExportFormat } from "../formats/format.ts";
import { formats } from "../formats/formats.ts";
import type { Runtime } from "../formats/runtime.ts";

/** A format whose files some runtime times. */
export type TimedFormat = ExportFormat & { readonly runtime: Runtime };

const timedFormats = (formats as readonly Partial<ExportFormat>[])
  .filter((format): format is TimedFormat => format.runtime !== undefined);

type FormatOf<F> = F extends ExportFormat<string, infer P, infer R>
  ? { readonly [name in R]: TObject<P> }
  : never;
type Union<F> = F extends unknown ? FormatOf<F> : never;
type Together<U> = (U extends unknown ? (each: U) => void : never) extends (each: infer All) => void
  ? All
  : never;

const engine = Type.Object({}, { description: "Our own arithmetic" });

type RuntimeAlternatives =
  & { readonly engine: typeof engine }
  & Together<Union<(typeof formats)[number]>>;

const alternatives = {
  engine,
  ...Object.fromEntries(timedFormats.map(({ name, fields, runtime }) => [
    runtime.name,
    Type.Object(fields.properties, {
      description: `${runtime.as}, on the files that \`export: ${name}\` writes`,
      "x-exported-as": name,
    }),
  ])),
} as unknown as RuntimeAlternatives;

/** The choice of a runtime, with the options of its files. */
export const runtimeField = Choice(alternatives, {
  description:
    "Where it is timed: as files in a runtime, written as the recipe exports them, else with these defaults; absent: in our own arithmetic, of which the median alone is kept",
});

/** A runtime with the options of its files. */
export type RuntimeParams = Static<typeof runtimeField>;

/** The format whose files a runtime times; undefined for our own arithmetic. */
export function timedFormat({ use }: Pick<RuntimeParams, "use">): TimedFormat | undefined {
  return timedFormats.find(({ runtime }) => runtime.name === use);
}
