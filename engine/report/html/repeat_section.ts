/** Everything it takes to repeat the run: recipe, lock, environment, commands. */
import { kernelsText } from "../../run/host.ts";
import { expandedYaml } from "../../recipe/expanded_yaml.ts";
import { lockText } from "../../run/lock.ts";
import { repetition } from "../commands.ts";
import { type Content, html } from "./html.ts";
import { whenText } from "../provenance.ts";
import { cardHtml, folded, type Section, verbatim } from "./section.ts";
import type { Subject } from "../subject.ts";

/** The section. */
export function repeatSection({ graph, document, lock, origin }: Subject): Section {
  const { recipe } = graph;
  const { about, seed } = recipe;
  const { commands, before } = repetition(about.name, origin);
  const { environment } = document;
  const { host, system, processor, threads, deno, v8, numerics } = environment;
  const words: [string, readonly string[]][] = [
    ["authors", about.authors],
    ["license", about.license === undefined ? [] : [about.license]],
    ["references", about.references],
  ];
  return {
    id: "repeat",
    title: "Repeat it",
    body: [
      before === undefined ? undefined : html`<p>${before}</p>`,
      verbatim(commands.join("\n")),
      cardHtml([
        ...words.flatMap(([name, list]): [string, Content][] =>
          list.length === 0 ? [] : [[name, list.join(", ")]]
        ),
        ["seed", seed],
        ["run", `${whenText(document.date)} on ${host}`],
        ["machine", `${system}, ${processor}, ${threads} ${threads === 1 ? "thread" : "threads"}`],
        ["kernels", kernelsText(environment)],
        ["programs", `Deno ${deno}, V8 ${v8}, numerics ${numerics}`],
      ]),
      origin.text === undefined
        ? undefined
        : folded("the recipe as written", verbatim(origin.text)),
      (origin.documents ?? []).slice(1).map(({ source, text }) =>
        folded(`what it starts from: ${source}`, verbatim(text))
      ),
      document.folded === undefined
        ? [
          folded("the recipe with everything implied written out", verbatim(expandedYaml(recipe))),
          lock === undefined
            ? undefined
            : folded("the lock: what was read and made, by digest", verbatim(lockText(lock))),
        ]
        : html`<p class="quiet">The lock lies beside this page; decant expand writes the recipe out.</p>`,
    ],
  };
}
