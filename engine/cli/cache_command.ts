/** `decant cache`: what is kept, what may go, whether it is sound, what shall stay. */
import { jsonText } from "../quote.ts";
import { given } from "../given.ts";
import { collect, type CollectOptions } from "../store/collect.ts";
import { diskStore } from "../store/disk_store.ts";
import { pin, pins, unpin } from "../store/pin.ts";
import { openStoreFolder, type StoreFolder } from "../store/store_folder.ts";
import type { Recorded } from "../store/store.ts";
import { verifyStore } from "../store/verify.ts";
import { DecantError, exitCodes } from "../error.ts";
import { bytesText, durationText } from "../quantity.ts";
import { defaultCache } from "../store/store_folder.ts";
import { tableText } from "../report/table.ts";
import { type Command, type Invocation } from "./command.ts";
import { byteCount, cache, json, set, UNLIMITED } from "./recipe_options.ts";

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
      throw new DecantError("usage", `\`cache\` cannot "${name}"`, `it can ${names}`);
    }
    const root = options.cache?.[0] ?? defaultCache();
    const { text, document, code = exitCodes.done } = await action(root, invocation);
    terminal.out(
      options.json ? jsonText({ format: 1, ...document }) : `${text}\n`,
    );
    return code;
  },
};

async function list(root: string, invocation: Invocation): ReturnType<Action> {
  const records: Recorded[] = [];
  const cache = await openCache(root, invocation);
  // Records are listed whoever signed them.
  const store = await diskStore(root, { existing: true, trusts: () => Promise.resolve(true) });
  for await (const record of store.outcomes()) records.push(record);
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
  const pinned = await pins(cache);
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
  const names = pinned.map(({ name, keys }) => keys === undefined ? `${name} (damaged)` : name);
  const pinText = names.length === 0 ? "" : ` Pinned: ${names.join(", ")}.`;
  const noun = rows.length === 1 ? "record" : "records";
  return {
    text: `${rows.length === 0 ? "" : `${table}\n`}${rows.length} ${noun} in ${root}.${pinText}`,
    document: { cache: root, records: rows, pins: pinned.map(({ name }) => name) },
  };
}

async function collectGarbage(root: string, invocation: Invocation): ReturnType<Action> {
  const { options, terminal } = invocation;
  const dryRun = options["dry-run"] !== undefined;
  const days = options.days?.[0];
  const size = options["max-size"]?.[0];
  const limits: CollectOptions = {
    dryRun,
    waiting: () => terminal.err("waiting for runs that write to the cache\n"),
    ...given({
      days: days === undefined ? undefined : dayCount(days),
      maxBytes: size === undefined ? undefined : byteCount("max-size", size),
    }),
  };
  const { kept, ...gone } = await collect(await openCache(root, invocation), limits);
  const verb = dryRun ? "would go" : "went";
  return {
    text: `${gone.records} records and ${gone.blobs} blobs ${verb}, ${bytesText(gone.bytes)}; ` +
      `${kept.records} records and ${kept.blobs} blobs stay, ${bytesText(kept.bytes)}.`,
    document: { cache: root, dryRun, ...gone, kept },
  };
}

async function verify(root: string, { terminal }: Invocation): ReturnType<Action> {
  const found = await verifyStore(root);
  const { records, blobs, bytes, damaged, missing, otherVersions, notices } = found;
  for (const sentence of notices) terminal.err(`note: ${sentence}\n`);
  const sound = damaged.length === 0;
  const gone = missing === 0 ? "" : ` ${missing} blobs are not there and are made again on demand.`;
  const others = otherVersions === 0 ? "" : ` ${otherVersions} records are of another version.`;
  const badPins = damaged.filter((name) => name.startsWith("pin "));
  const damages = [
    damaged.length > badPins.length
      ? `${
        damaged.length - badPins.length
      } damaged, now in quarantine; the next run makes them again.`
      : "",
    badPins.length > 0 ? "Pin what a damaged pin held again: decant cache pin RECIPE." : "",
  ].filter((conclusion) => conclusion !== "");
  const conclusion = sound ? "Nothing is damaged." : damages.join(" ");
  return {
    text: [
      ...damaged.map((name) => `damaged: ${name}`),
      `${records} records and ${blobs} blobs read, ${
        bytesText(bytes)
      }.${gone}${others} ${conclusion}`,
    ].join("\n"),
    document: { cache: root, ok: sound, ...found },
    code: sound ? exitCodes.done : exitCodes.refused,
  };
}

async function pinRecipe(root: string, invocation: Invocation): ReturnType<Action> {
  const recipe = await invocation.recipe(invocation.operands[1]);
  const { steps } = await recipe.plan({ cache: root, ...UNLIMITED });
  const keys = steps.flatMap((step) => step.state === "hit" ? [step.key] : []);
  if (keys.length === 0) {
    throw new DecantError(
      "usage",
      `nothing of \`${recipe.name}\` is recorded`,
      "decant run RECIPE",
    );
  }
  await pin(await openCache(root, invocation), recipe.name, keys);
  return {
    text: `${keys.length} of ${steps.length} steps of ${recipe.name} are pinned.`,
    document: { cache: root, pin: recipe.name, keys },
  };
}

async function unpinName(root: string, invocation: Invocation): ReturnType<Action> {
  const name = invocation.operands[1];
  if (name === undefined) {
    throw new DecantError("usage", "NAME is missing", "decant cache unpin NAME");
  }
  const cache = await openCache(root, invocation);
  if (/^[a-z][a-z0-9-]{0,63}$/.test(name) && await unpin(cache, name)) {
    return { text: `${name} is no longer pinned.`, document: { cache: root, unpinned: name } };
  }
  throw new DecantError(
    "usage",
    `nothing is pinned as "${name}"`,
    "decant cache ls lists the pins",
  );
}

/** The cache in a folder, which must be one: none of these commands makes one. */
function openCache(root: string, { terminal }: Invocation): Promise<StoreFolder> {
  return openStoreFolder(root, {
    existing: true,
    notice: (sentence) => terminal.err(`note: ${sentence}\n`),
  });
}

function dayCount(text: string): number {
  const days = Number(text);
  if (text.trim() !== "" && days >= 0) return days;
  throw new DecantError("usage", `--days needs a number; this is "${text}"`, "--days 7");
}
