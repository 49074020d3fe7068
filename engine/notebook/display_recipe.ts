/** A recipe's card: what it says of itself, its steps and what each reads. Nothing has run for it. */
import { graphMermaid, graphText } from "../graph/draw.ts";
import { type Graph, readBy } from "../graph/graph.ts";
import { html } from "../report/html/html.ts";
import { cardHtml } from "../report/html/section.ts";
import { stepList } from "../report/html/step_list.ts";
import { markdownText } from "../report/markdown_text.ts";
import { stepDeed } from "../report/step_summary.ts";
import type { Bundle } from "./displayable.ts";
import { bundle } from "./forms.ts";

/** The card of a compiled recipe. */
export function displayRecipe(graph: Graph): Bundle {
  const { about, seed, expect } = graph.recipe;
  const claims = expect.map(({ text }) => text);
  const said = [about.description, ...about.references].filter((line) => line !== undefined);
  return bundle(
    [`${about.name}  seed ${seed}`, ...said, graphText(graph), ...claims].join("\n"),
    [
      `### ${about.name}`,
      ...said.map(markdownText),
      `\`\`\`mermaid\n${graphMermaid(graph)}\`\`\``,
      ...claims.map((claim) => `- \`${claim}\``),
    ].join("\n\n"),
    html`<h3>${about.name} <span class="quiet">seed ${seed}, ${graph.nodes.length} steps, nothing has run</span></h3>
${said.map((line) => html`<p>${line}</p>`)}
${
      stepList(graph.nodes.map((node) => ({
        name: node.step.name,
        reads: readBy(node).map(({ step }) => step.name),
        mark: "skipped",
        deed: stepDeed(node),
        came: "",
        clock: "",
      })))
    }
${
      claims.length === 0
        ? undefined
        : cardHtml([["expects", claims.map((claim) => html`<code>${claim}</code><br>`)]])
    }`,
  );
}
