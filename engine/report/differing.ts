/** The samples on which the result and its reference answer otherwise, looked up where they lie. */
import { given } from "../given.ts";
import type { Digest, Json } from "../digest.ts";
import { type Graph, isMany, type Node, subjectOf } from "../graph/graph.ts";
import type { Kind, Pictures } from "../kind.ts";
import { blobReader } from "../store/blob_reader.ts";
import { CorruptBlobError, type Outcome, type Store, StoreError } from "../store/store.ts";
import { mapOf } from "./notes.ts";

const PNG = "data:image/png;base64,";

/** More are not shown. */
const MOST = 24;

/** One sample; classes by number. */
interface DifferingSample {
  readonly sample: number;
  readonly truth: number;
  readonly answer: number;
  readonly reference: number;
}

/** Samples, and where they are pictures, one PNG with all of them below one another. */
export interface Differing {
  readonly samples: readonly DifferingSample[];
  /** The part of the data they stand in. */
  readonly part: string;
  readonly sheet?: { readonly url: string; readonly width: number; readonly height: number };
}

/** What the evaluation of the result has noted; undefined where it noted nothing. */
export async function differingSamples(
  graph: Graph,
  outcomes: ReadonlyMap<string, Outcome>,
  store: Store,
): Promise<Differing | undefined> {
  for (const node of graph.nodes) {
    const noted = samplesOf(outcomes.get(node.step.name)?.notes.differing);
    if (noted.length === 0 || subjectOf(node)?.step.name !== graph.recipe.result) continue;
    const { split } = node.step.params;
    const part = typeof split === "string" ? split : "test";
    const samples = noted.slice(0, MOST);
    const sheet = await sheetOf(node, { samples, part }, outcomes, store);
    return { samples, part, ...given({ sheet }) };
  }
  return undefined;
}

/**
 * The pictures: worked out once, then recalled, because a part of the data is read for them. Where its bytes are gone
 * there are none: nobody runs a step again for a report.
 */
async function sheetOf(
  { inputs: { data } }: Node,
  { samples, part }: Omit<Differing, "sheet">,
  outcomes: ReadonlyMap<string, Outcome>,
  store: Store,
): Promise<Differing["sheet"]> {
  if (data === undefined || isMany(data) || data.op.output.pictures === undefined) return undefined;
  const digest = outcomes.get(data.step.name)?.artifact.digest;
  if (digest === undefined) return undefined;
  const numbers = samples.map(({ sample }) => sample);
  const name = `pictures ${digest} ${part} ${numbers.join(",")}`;
  const recalled = sheetFrom(await store.recall(name));
  if (recalled !== undefined) return recalled;
  const pictures = await picturesOf(data.op.output, { digest, part, numbers }, store);
  if (pictures === undefined) return undefined;
  const { encodePng } = await import("../deps/fast_png.ts");
  const { width, height, channels, pixels } = pictures;
  const file = encodePng({ width, height: height * samples.length, channels, data: pixels });
  const sheet = { url: `${PNG}${base64(file)}`, width, height };
  try {
    await store.remember(name, sheet);
  } catch (error) {
    // A cache that may not be written serves as it is.
    if (!(error instanceof StoreError)) throw error;
  }
  return sheet;
}

async function picturesOf(
  kind: Kind,
  { digest, part, numbers }: {
    readonly digest: Digest;
    readonly part: string;
    readonly numbers: readonly number[];
  },
  store: Store,
): Promise<Pictures | undefined> {
  using opened = new DisposableStack();
  // Of all samples a few are read: those of a data set stay in their file.
  const read = blobReader(store, undefined, { opened, memory: 0 });
  try {
    const manifest = JSON.parse(new TextDecoder().decode(await read(digest))) as Json;
    return await kind.pictures?.(manifest, read, part, numbers);
  } catch (error) {
    if (error instanceof CorruptBlobError) return undefined;
    throw error;
  }
}

function sheetFrom(value: Json | undefined): Differing["sheet"] {
  const { url, width, height } = mapOf(value);
  if (typeof url !== "string" || !url.startsWith(PNG)) return undefined;
  return typeof width === "number" && typeof height === "number"
    ? { url, width, height }
    : undefined;
}

function samplesOf(note: Json | undefined): DifferingSample[] {
  if (!Array.isArray(note)) return [];
  return (note as Json[]).flatMap((each) => {
    const { sample, truth, answer, reference } = mapOf(each);
    const all = [sample, truth, answer, reference];
    if (!all.every((value) => typeof value === "number" && Number.isInteger(value) && value >= 0)) {
      return [];
    }
    return [{ sample, truth, answer, reference } as DifferingSample];
  });
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
