/** A data set's manifest in words: how many samples, how they are stored, how a model sees them. */
import type { Meta, PartName } from "./dataset.ts";

/** What is read of a manifest. */
export interface DatasetManifest {
  readonly meta: Meta;
  readonly parts: Readonly<Partial<Record<PartName, { readonly count: number }>>>;
}

/** Names and words, in the order in which a person asks; parts in the order of `names`. */
export function describeManifest(
  { meta, parts }: DatasetManifest,
  names: readonly PartName[],
): Record<string, string> {
  const counts = names.flatMap((name) => {
    const part = parts[name];
    return part === undefined ? [] : [`${part.count} ${name}`];
  });
  return {
    samples: counts.join(", "),
    stored: meta.type,
    ...(meta.text === undefined
      ? { normalisation: normalisation(meta.normalize) }
      : { vocabulary: `${meta.text.tokens.length} tokens` }),
  };
}

/** `value × 0.00392`, per channel where channels differ. */
function normalisation({ scale, offset }: Meta["normalize"]): string {
  const steps = scale.map((factor, at) => stepText(factor, offset[at] ?? offset[0] ?? 0));
  const all = [...new Set(steps)];
  if (all.length <= 4) return all.join("; ");
  return `${all.slice(0, 3).join("; ")}; and ${all.length - 3} more, each column its own`;
}

function stepText(scale: number, offset: number): string {
  const factor = scale === 1 ? "value" : `value × ${short(scale)}`;
  if (offset === 0) return factor;
  return `${factor} ${offset < 0 ? "−" : "+"} ${short(Math.abs(offset))}`;
}

const short = (value: number): string => String(Number(value.toPrecision(4)));
