/** The frame of the page that tries a model: how it looks, and where its parts stand. */

/** What stands in the page; each is text that its element can hold as it is. */
interface FrameParts {
  /** JSON without `<`. */
  readonly model: string;
  /** Base64. */
  readonly packed: string;
  /** A module without an end of a script element. */
  readonly script: string;
}

/** The page. It loads nothing, and says so to the browser. */
export function framedPage({ model, packed, script }: FrameParts): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src blob: data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Try the model</title>
<style>
:root { --paper: #fdfcfa; --raised: #f6f4ef; --ink: #23262b; --quiet: #6b7078; --rule: #e4e0d7; --accent: #1f6f78; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #16181c; --raised: #1e2126; --ink: #e4e2dd; --quiet: #979ca5; --rule: #31353c; --accent: #6cc0c4; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 ui-sans-serif, system-ui, sans-serif; }
main { max-width: 44rem; margin: 0 auto; padding: 2rem 1.1rem 3rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 0.4rem; overflow-wrap: anywhere; }
.quiet { color: var(--quiet); font-size: 0.875rem; }
canvas { width: 280px; max-width: 100%; touch-action: none; cursor: crosshair; border: 1px solid var(--rule); border-radius: 8px; }
textarea, input, select { max-width: 100%; font: inherit; color: inherit; background: var(--raised); border: 1px solid var(--rule); border-radius: 8px; padding: 0.5rem; }
textarea, #numbers, #row input, #row select { width: 100%; }
#row { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: 0.8rem; }
#row label { font-size: 0.875rem; overflow-wrap: anywhere; }
button { font: inherit; color: var(--paper); background: var(--accent); border: 0; border-radius: 8px; padding: 0.5rem 1rem; cursor: pointer; }
ol { list-style: none; margin: 1rem 0; padding: 0; min-height: 10rem; font-variant-numeric: tabular-nums; }
li { display: grid; grid-template-columns: minmax(3rem, 9rem) 1fr 4.5rem; gap: 0.8rem; align-items: center; text-align: right; }
li b { text-align: left; overflow-wrap: anywhere; }
.bar { height: 0.5rem; border-radius: 3px; background: var(--rule); overflow: hidden; }
.bar i { display: block; height: 100%; background: var(--accent); }
</style>
</head>
<body>
<main>
<h1 id="name"></h1>
<p class="quiet">The model runs in this page, in real numbers between its layers. Nothing is sent anywhere.</p>
<section id="give"></section>
<ol id="answers" aria-live="polite"></ol>
<p id="time" class="quiet"></p>
</main>
<script type="application/json" id="model">${model}</script>
<script type="text/plain" id="packed">${packed}</script>
<script type="module">
${script}
</script>
</body>
</html>
`;
}
