/** `decant cache`: what is kept, what may go, whether it is sound, what shall stay. */
import { collect, type CollectOptions } from "../store/collect.ts";
import { diskStore } from "../store/disk_store.ts";
import { pin, unpin } from "../store/pin.ts";
import { openPlace } from "../store/place.ts";
import { pins } from "../store/roots.ts";
import type { Recorded } from "../store/store.ts";
import { verifyStore } from "../store/verify.ts";
import { exitCodes } from "../run/problem.ts";
import { bytesText, durationText } from "../run/quantity.ts";
import { defaultCache } from "../run/runnable.ts";
import { tableText } from "../run/table.ts";
import { type Command, type Invocation, UsageError } from "./command.ts";
import { cache, json, set } from "./recipe_options.ts";

/** One thing to do with a cache: what it says to a person and to a program, and how it ends. */
type Action = (
  root: string,
  invocation: Invocation,
) => Promise<{ readonly text: string; readonly document: object; readonly code?: number }>;

const actions: Readonly<Record<string, Action>> = {
  ls: list,
  gc: collectGarbage,
  verify,
  pin: pinRecipe,
  unpin: unpinName,
};

/** The command. */
export const cacheCommand: Command = {
  name: "cache",
  summary: "Lists, collects, verifies the cache: ls, gc, verify, pin RECIPE, unpin NAME",
  operands: ["ACTION", "[RECIPE]"],
  options: {
    cache,
    set,
    days: { value: "DAYS", description: "gc: keeps what runs of these days touched; default 30" },
    "max-size": {
      value: "SIZE",
      description: "gc: removes the longest unused beyond this size, as in 2GB",
    },
    "dry-run": { description: "gc: says what would go and removes nothing" },
    json,
  },
  async run(invocation) {
    const { operands: [name = ""], options, terminal } = invocation;
    const action = actions[name];
    if (action === undefined) {
      const names = Object.keys(actions).join(", ");
      throw new UsageError(`\`cache\` cannot "${name}"`, `it can ${names}`);
    }
    const { text, document, code = exitCodes.done } = await action(
      options.cache?.[0] ?? defaultCache(),
      invocation,
    );
    terminal.out(
      options.json ? `${JSON.stringify({ format: 1, ...document }, null, 2)}\n` : `${text}\n`,
    );
    return code;
  },
};

async function list(root: string): ReturnType<Action> {
  const records: Recorded[] = [];
  for await (const record of (await diskStore(root)).outcomes()) records.push(record);
  records.sort((a, b) => a.outcome.provenance.date.localeCompare(b.outcome.provenance.date));
  const rows = records.map(({ key, outcome: { artifact, provenance, preimage } }) => ({
    key,
    op: (preimage as { op: string }).op,
    kind: artifact.kind,
    artifact: artifact.digest,
    bytes: artifact.bytes,
    seconds: provenance.seconds,
    date: provenance.date,
  }));
  const pinned = [...(await pins(await openPlace(root))).keys()];
  const table = tableText({
    head: ["key", "op", "made", "artifact", "bytes", "seconds"],
    rows: rows.map((row) => [
      row.key.slice(0, 12),
      row.op,
      row.date.slice(0, 16).replace("T", " "),
      row.artifact.slice(0, 12),
      bytesText(row.bytes),
      durationText(row.seconds),
    ]),
    notes: [],
    left: 4,
  });
  const pinText = pinned.length === 0 ? "" : ` Pinned: ${pinned.join(", ")}.`;
  const noun = rows.length === 1 ? "record" : "records";
  return {
    text: `${rows.length === 0 ? "" : `${table}\n`}${rows.length} ${noun} in ${root}.${pinText}`,
    document: { cache: root, records: rows, pins: pinned },
  };
}

async function collectGarbage(root: string, { options }: Invocation): ReturnType<Action> {
  const dryRun = options["dry-run"] !== undefined;
  const days = options.days?.[0];
  const size = options["max-size"]?.[0];
  const limits: CollectOptions = {
    dryRun,
    ...(days === undefined ? {} : { days: dayCount(days) }),
    ...(size === undefined ? {} : { maxBytes: byteCount(size) }),
  };
  const { kept, ...gone } = await collect(await openPlace(root), limits);
  const verb = dryRun ? "would go" : "went";
  return {
    text: `${gone.records} records and ${gone.blobs} blobs ${verb}, ${bytesText(gone.bytes)}; ` +
      `${kept.records} records and ${kept.blobs} blobs stay, ${bytesText(kept.bytes)}.`,
    document: { cache: root, dryRun, ...gone, kept },
  };
}

async function verify(root: string): ReturnType<Action> {
  const found = await verifyStore(root);
  const { records, blobs, bytes, damaged, missing } = found;
  const sound = damaged.length === 0;
  const gone = missing === 0 ? "" : ` ${missing} blobs are not there and are made again on demand.`;
  const verdict = sound
    ? "Nothing is damaged."
    : `${damaged.length} damaged, now in quarantine; the next run makes them again.`;
  return {
    text: [
      ...damaged.map((name) => `damaged: ${name}`),
      `${records} records and ${blobs} blobs read, ${bytesText(bytes)}.${gone} ${verdict}`,
    ].join("\n"),
    document: { cache: root, ok: sound, ...found },
    code: sound ? exitCodes.done : exitCodes.refused,
  };
}

async function pinRecipe(root: string, invocation: Invocation): ReturnType<Action> {
  const recipe = await invocation.recipe(invocation.operands[1]);
  const { steps } = await recipe.plan({ cache: root });
  const keys = steps.flatMap((step) => step.state === "hit" ? [step.key] : []);
  if (keys.length === 0) {
    throw new UsageError(`nothing of \`${recipe.name}\` is recorded`, "decant run RECIPE");
  }
  await pin(await openPlace(root), recipe.name, keys);
  return {
    text: `${keys.length} of ${steps.length} steps of ${recipe.name} are pinned.`,
    document: { cache: root, pin: recipe.name, keys },
  };
}

async function unpinName(root: string, { operands: [, name] }: Invocation): ReturnType<Action> {
  if (name === undefined) throw new UsageError("NAME is missing", "decant cache unpin NAME");
  if (/^[a-z][a-z0-9-]{0,63}$/.test(name) && await unpin(await openPlace(root), name)) {
    return { text: `${name} is no longer pinned.`, document: { cache: root, unpinned: name } };
  }
  throw new UsageError(`nothing is pinned as "${name}"`, "decant cache ls lists the pins");
}

function dayCount(text: string): number {
  const days = Number(text);
  if (text.trim() !== "" && days >= 0) return days;
  throw new UsageError(`--days needs a number; this is "${text}"`, "--days 7");
}

function byteCount(text: string): number {
  const [, number, unit = "B"] = /^(\d+(?:\.\d+)?) ?([kMGT]?B)?$/.exec(text) ?? [];
  const sizes: Readonly<Record<string, number>> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };
  if (number !== undefined) return Number(number) * sizes[unit]!;
  throw new UsageError(`--max-size needs a size; this is "${text}"`, "--max-size 2GB");
}
