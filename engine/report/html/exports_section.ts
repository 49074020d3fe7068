/** The exported files, and what came of loading them again. */
import type { Json } from "../../digest.ts";
import { exportFolder } from "../../files.ts";
import type { Files } from "../../kind.ts";
import type { ExportDocument, StepDocument } from "../document.ts";
import { bytesText, percentText, plainText } from "../../quantity.ts";
import { type Content, type Html, html } from "./html.ts";
import { mapOf } from "../notes.ts";
import { madeText } from "../provenance.ts";
import { cardHtml, folded, type Section, tableHtml } from "./section.ts";
import type { Subject } from "../subject.ts";

/** The section; undefined where nothing is exported. */
export function exportsSection({ graph, document, files }: Subject): Section | undefined {
  const exported = new Map(document.exports?.map((each) => [each.step, each]));
  const parts = document.steps.flatMap((step) => {
    if (graph.node(step.name)?.op.output.name !== "files") return [];
    const folder = exportFolder(step.name);
    return [html`
      <section
        class="change"><h3>${folder}/ <span class="quiet">${madeText(
          step,
        )}</span></h3>${step.artifact && cardHtml(checkRows(step))}${files[folder] &&
          fileList(files[folder])}${documentLine(exported.get(step.name))}${pageLine(
            exported.get(step.name)?.page,
          )}</section>
    `];
  });
  return parts.length === 0 ? undefined : { id: "exports", title: "Exports", body: parts };
}

/** Where the document is that says how the files' inputs are prepared. */
function documentLine(exported: ExportDocument | undefined): Html | undefined {
  if (exported?.document === undefined) return undefined;
  const path = `${exported.folder}/${exported.document.path}`;
  return html`<p><a href="./${path}">${path}</a> says how its inputs are prepared and what its answers are called: ${
    bytesText(exported.document.bytes)
  }.</p>`;
}

/** Where the model can be tried. */
function pageLine(page: ExportDocument["page"]): Html | undefined {
  return page &&
    html`<p><a href="./${page.path}">${page.path}</a> runs it in a browser: ${
      bytesText(page.bytes)
    }, without network.</p>`;
}

/** The check that the export step noted, and further fields as they stand. */
function checkRows({ notes, params, reads }: StepDocument): [string, Content][] {
  const { runtime, samples, difference, reread, rounding, agreement, integers, ...further } = mapOf(
    notes.check,
  );
  const { tolerance } = params;
  const row = (name: string, value: Json | undefined, write: (value: number) => string) =>
    typeof value === "number" ? [[name, write(value)] as [string, Content]] : [];
  const share = (value: number) => `${plainText(value)} of the largest logit`;
  return [
    ["model", String(reads.model ?? "")],
    ...(typeof runtime === "string" ? [["loaded again in", runtime] as [string, Content]] : []),
    ...row("samples compared", samples, String),
    ...row(
      "largest difference",
      difference,
      (value) =>
        typeof tolerance === "number" && rounding === undefined
          ? `${share(value)}; ${tolerance} is tolerated`
          : share(value),
    ),
    ...row("largest rounding", rounding, (value) => `${plainText(value)} of an integer step`),
    ...row("read again by Decant", reread, share),
    ...row("answers alike", agreement, percentText),
    ...row("answers as the integer model", integers, percentText),
    ...Object.entries(further).map(([name, value]): [string, Content] => [
      name.replaceAll("_", " "),
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  ];
}

function fileList(files: Files): Html {
  const entries = Object.entries(files);
  const total = entries.reduce((sum, [, bytes]) => sum + bytes.byteLength, 0);
  const title = `${entries.length} ${entries.length === 1 ? "file" : "files"}, ${bytesText(total)}`;
  return folded(
    title,
    tableHtml(
      ["file", "bytes"],
      entries.map(([path, bytes]) => [path, bytesText(bytes.byteLength)]),
    ),
  );
}
