/** What the result makes, under what it should make: pictures that its evaluation has noted. */
import { modelLabel } from "../model_row.ts";
import { subjectOf } from "../../graph/graph.ts";
import { type Html, html } from "./html.ts";
import { mapOf } from "../notes.ts";
import type { Section } from "./section.ts";
import type { Subject } from "../subject.ts";

const PNG = "data:image/png;base64,";

/** The section; undefined where nothing was made that can be seen. */
export function madeSection({ graph, outcomes }: Subject): Section | undefined {
  const shown = graph.nodes.flatMap((node): Html[] => {
    const { url, width, height } = mapOf(outcomes.get(node.step.name)?.notes.made);
    const name = subjectOf(node)?.step.name;
    if (name === undefined || typeof url !== "string" || !url.startsWith(PNG)) return [];
    if (typeof width !== "number" || typeof height !== "number") return [];
    const { reference } = node.inputs;
    const other = reference === undefined || Array.isArray(reference)
      ? "the samples themselves"
      : modelLabel(graph, (reference as typeof node).step.name);
    const label = modelLabel(graph, name);
    return [html`<section class="change"><h3>${label} <span class="quiet">below ${other}</span></h3>
<img src="${url}" width="${2 * width}" height="${
      2 * height
    }" alt="the first samples: ${other} above, ${label} below"></section>`];
  });
  return shown.length === 0 ? undefined : { id: "made", title: "What is made", body: shown };
}
