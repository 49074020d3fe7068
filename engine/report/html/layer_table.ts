/** What a step did to each layer: notes that name layers, side by side, with what the layers are worth. */
import type { Json } from "../../digest.ts";
import type { Facts, LayerFacts } from "../../facts.ts";
import { countText, percentText, plainText, wholeText } from "../../quantity.ts";
import { type Content, type Html, html } from "./html.ts";
import { mapOf } from "../notes.ts";
import { barHtml, folded, tableHtml } from "./section.ts";

/** More rows than this are folded away. */
const MOST = 24;

/** One column: a title and a cell for some of the layers. */
interface LayerColumn {
  readonly title: string;
  readonly cells: ReadonlyMap<string, Content>;
}

/** The table of a step's notes; undefined where none of them names layers. */
export function layerTable(
  notes: Readonly<Record<string, Json>>,
  before: Facts | undefined,
  after: Facts | undefined,
): Html | undefined {
  const { effect, training: _training, ...rest } = notes;
  const groups = Object.entries({ ...mapOf(effect), ...rest });
  const columns = groups.flatMap(([name, value]) => columnsOf(name, mapOf(value)));
  if (columns.length === 0) return undefined;
  const [from, to] = [layersOf(before), layersOf(after)];
  const layers = inOrder(columns.flatMap(({ cells }) => [...cells.keys()]), from);
  const shown = [...columns, ...sizeColumns(layers, from, to)];
  const table = tableHtml(
    ["layer", ...shown.map(({ title }) => title)],
    layers.map((layer) => [layer, ...shown.map(({ cells }) => cells.get(layer) ?? "–")]),
  );
  return layers.length > MOST ? folded(`${layers.length} layers`, table) : table;
}

/** Each layer once, in the model's order: records keep the keys of a note sorted. */
function inOrder(names: readonly string[], layers: ReadonlyMap<string, LayerFacts>): string[] {
  const order = new Map([...layers.keys()].map((layer, at) => [layer, at]));
  const place = (name: string) => order.get(name) ?? order.get(name.split("/")[0]!) ?? order.size;
  return [...new Set(names)].sort((a, b) => place(a) - place(b));
}

/** A note is a map of layers if each of its values is of one of these forms. */
function columnsOf(name: string, layers: Readonly<Record<string, Json>>): LayerColumn[] {
  const entries = Object.entries(layers);
  const title = name.replaceAll("_", " ");
  if (entries.length === 0) return [];
  if (entries.every(([, value]) => typeof value === "string")) {
    const words = title === "formats" ? "number format" : title;
    return [{ title: words, cells: new Map(entries as [string, string][]) }];
  }
  if (entries.every(([, value]) => typeof value === "number")) {
    return [numberColumn(title, entries as [string, number][])];
  }
  if (!entries.every(([, value]) => Object.keys(mapOf(value)).length > 0)) return [];
  return recordColumns(title, entries.map(([layer, value]) => [layer, mapOf(value)]));
}

function numberColumn(title: string, entries: readonly [string, number][]): LayerColumn {
  const most = Math.max(...entries.map(([, value]) => Math.abs(value)));
  const bars = entries.map(([, value]) => ({
    share: most === 0 ? 0 : Math.abs(value) / most,
    words: plainText(value),
  }));
  return { title, cells: barCells(entries.map(([layer]) => layer), bars) };
}

/** Shares of a whole get a bar; every other number a column of its own. */
function recordColumns(
  title: string,
  entries: readonly (readonly [string, Readonly<Record<string, Json>>])[],
): LayerColumn[] {
  const share = entries.map(([layer, record]) => [layer, shareOf(record)] as const);
  if (share.every(([, found]) => found !== undefined)) {
    const word = "zeros" in entries[0]![1] ? "zero" : "kept";
    const bars = share.map(([, found]) => {
      const { part, of } = found!;
      const portion = of === 0 ? 0 : part / of;
      const words = `${wholeText(part)} of ${wholeText(of)} · ${percentText(portion)}`;
      return { share: portion, words };
    });
    const cells = barCells(share.map(([layer]) => layer), bars);
    return [{ title: `${title} ${word}`, cells }];
  }
  const fields = [...new Set(entries.flatMap(([, record]) => Object.keys(record)))];
  return fields.map((field) => ({
    title: `${title} ${field.replaceAll("_", " ")}`,
    cells: new Map(entries.flatMap(([layer, record]) => {
      const value = record[field];
      if (typeof value === "number") return [[layer, plainText(value)]];
      return typeof value === "string" ? [[layer, value]] : [];
    })),
  }));
}

/** Bars that stand below one another: the words beside them are given equal room. */
function barCells(
  layers: readonly string[],
  bars: readonly { readonly share: number; readonly words: string }[],
): Map<string, Content> {
  const room = Math.max(...bars.map(({ words }) => words.length));
  return new Map(layers.map((layer, at) => {
    const { share, words } = bars[at]!;
    return [layer, barHtml(share, words, room)];
  }));
}

function shareOf(record: Readonly<Record<string, Json>>): { part: number; of: number } | undefined {
  const { kept, removed, zeros, of } = record;
  if (typeof kept === "number" && typeof removed === "number") {
    return { part: kept, of: kept + removed };
  }
  return typeof zeros === "number" && typeof of === "number" ? { part: zeros, of } : undefined;
}

/** Parameters and MACs of the layers, where the step changed them. */
function sizeColumns(
  layers: readonly string[],
  before: ReadonlyMap<string, LayerFacts>,
  after: ReadonlyMap<string, LayerFacts>,
): LayerColumn[] {
  const sizes = [["parameters", "parameters"], ["macs", "MACs"]] as const;
  return sizes.flatMap(([field, title]) => {
    const pairs = layers.flatMap((layer) => {
      const [from, to] = [before.get(layer)?.[field], after.get(layer)?.[field]];
      return from === undefined || to === undefined ? [] : [{ layer, from, to }];
    });
    if (pairs.every(({ from, to }) => from === to)) return [];
    const cell = (from: number, to: number) =>
      html`<span class="quiet">${countText(from)} →</span> ${countText(to)}`;
    return [{ title, cells: new Map(pairs.map(({ layer, from, to }) => [layer, cell(from, to)])) }];
  });
}

function layersOf(facts: Facts | undefined): ReadonlyMap<string, LayerFacts> {
  const layers = facts?.kind === "model" ? facts.layers ?? [] : [];
  return new Map(layers.map((layer) => [layer.name, layer]));
}
