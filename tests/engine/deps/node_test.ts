import assert from "node:assert/strict";
import { posix } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { fc } from "../../deps.ts";
import { joinedPath, pathOfUrl, urlOfPath } from "../../../engine/deps/node.ts";

const name = fc.constantFrom("a", "b.c", "..", ".", "", "é ü", "%41", "a#b?", "~x-1", "\\", "...");
const path = fc.tuple(fc.constantFrom("", "/", "./", "../"), fc.array(name, { maxLength: 4 }))
  .map(([start, names]) => start + names.join("/"));

Deno.test("paths are joined, and stand in URLs, as Node has it", () => {
  fc.assert(
    fc.property(path, path, (one, two) => {
      assert.equal(joinedPath(one, two), posix.join(one, two), `${one} + ${two}`);
      const url = pathToFileURL(one);
      assert.equal(urlOfPath(one).href, url.href, one);
      assert.equal(pathOfUrl(url), fileURLToPath(url), url.href);
      assert.equal(pathOfUrl(url.href), fileURLToPath(url));
    }),
    { numRuns: 1000 },
  );
});

Deno.test("a URL that is no file's, or of another host, has no path", () => {
  for (const url of ["https://a/b", "file://host/a", "file:///a%2fb"]) {
    assert.throws(() => pathOfUrl(url), TypeError, url);
  }
});
