/** Entries of one's own that other threads can find. */
import { isMainThread } from "node:worker_threads";
import { defineFormat, defineMetric, defineReader } from "../../../engine/api/define.ts";

/** The answers. */
export const figure = defineMetric({
  name: "figure",
  version: 1,
  module: import.meta.url,
  dimension: "count",
  better: "more",
  tasks: ["classification"],
  of: ({ y }) => y.length,
});

/** What it says of where it is read. */
function place(what: string): never {
  throw new RangeError(`${what} in ${isMainThread ? "the main thread" : "another"}`);
}

/** One sample: the length of its file. */
export const lengths = defineReader({
  name: "lengths",
  version: 1,
  module: import.meta.url,
  suffixes: ["len"],
  read(files, { heartbeat }) {
    heartbeat();
    const [{ name, bytes }] = files as [(typeof files)[0]];
    if (bytes.length === 0) place(`"${name}" is read`);
    return { count: 1, input: [1], x: Float32Array.of(bytes.length), y: Int32Array.of(0) };
  },
});

/** The same where no module exports it by this text. */
export const { lengthsHere } = {
  lengthsHere: defineReader({
    name: "lengths",
    version: 1,
    suffixes: ["len"],
    read: ([file]) => place(`"${file!.name}" is read`),
  }),
};

/** A model of nothing but where it is read. */
export const nets = defineFormat({
  name: "nets",
  version: 1,
  module: import.meta.url,
  summary: "Nothing",
  fields: {},
  suffixes: ["net"],
  read(files, { heartbeat }) {
    heartbeat();
    return place(`"${Object.keys(files)[0]}" is read`);
  },
});
