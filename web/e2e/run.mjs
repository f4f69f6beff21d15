// The browser tests: each file exports stories, told in order on a node of their own.
import { strict as assert } from "node:assert";
import * as alarm from "./alarm.mjs";
import { startBrowser } from "./browser.mjs";
import { startNode } from "./node.mjs";
import * as papers from "./papers.mjs";
import * as screens from "./screens.mjs";

const only = process.argv[2];
let passed = 0;
let failed = 0;
const browser = await startBrowser();
for (const [file, stories] of Object.entries({ alarm, papers, screens })) {
  if (only && only !== file) continue;
  const node = await startNode();
  for (const [name, tell] of Object.entries(stories)) {
    const started = Date.now();
    try {
      await tell({ browser, node, assert });
      passed += 1;
      console.log(`ok    ${file}: ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL  ${file}: ${name}\n${error.stack ?? error}`);
    }
  }
  await node.stop();
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
