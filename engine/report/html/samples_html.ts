/** Samples on which two models differ: the picture, what is true, what each of them says. */
import type { Differing } from "../differing.ts";
import { type Html, html } from "./html.ts";
import { tableHtml } from "./section.ts";

/** The samples; `names` are the result's and its reference's. */
export function samplesHtml(
  { samples, part, sheet }: Differing,
  classes: readonly string[],
  names: { readonly result: string; readonly reference: string },
): Html {
  const word = (at: number) => classes[at] ?? String(at);
  const title =
    html`<h3>Where they differ <span class="quiet">the first ${samples.length} of ${part}</span></h3>`;
  if (sheet === undefined) {
    return html`<section class="change">${title}${
      tableHtml(
        ["sample", "truth", names.reference, names.result],
        samples.map(({ sample, truth, answer, reference }) => [
          sample,
          word(truth),
          word(reference),
          word(answer),
        ]),
      )
    }</section>`;
  }
  const { url, width, height } = sheet;
  const whole = height * samples.length;
  return html`<section class="change">${title}
<svg width="0" height="0" class="sheet" aria-hidden="true"><defs><image id="sheet" href="${url}" width="${width}" height="${whole}"/></defs></svg>
<ul class="samples">${
    samples.map(({ sample, truth, answer, reference }, at) =>
      html`
        <li><svg viewBox="0 ${at *
          height} ${width} ${height}" role="img" aria-label="sample ${sample}"><use href="#sheet"/></svg>
        <span>${word(truth)}</span> <small>${mark(
          names.reference,
          word(reference),
          reference === truth,
        )}<br>${mark(names.result, word(answer), answer === truth)}</small></li>
      `
    )
  }</ul></section>`;
}

function mark(name: string, said: string, right: boolean): Html {
  return html`<span class="${right ? "good" : "bad"}">${right ? "✓" : "✗"}</span> ${name} ${said}`;
}
