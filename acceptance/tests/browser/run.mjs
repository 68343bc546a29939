// One journey in a real browser, in front of a site that challenges.
//
//     node run.mjs JOURNEY BASE_URL [OPTIONS]
//
// JOURNEY is the name of a file in journeys/, OPTIONS what that file says, as JSON. LEVEE_CHROMIUM names the browser and
// LEVEE_NODE_MODULES the folder that holds playwright-core; LEVEE_BROWSER_HEADERS are headers, as JSON, that every browser
// sends besides its own. The last line of the output is what the journey tells of itself, as JSON; a failure is told on
// stderr, with exit code 1.
import assert from "node:assert/strict";
import { Browsers } from "./lib/browsers.mjs";

const [name, base, options = "{}"] = process.argv.slice(2);
assert(name && base, "usage: node run.mjs JOURNEY BASE_URL [OPTIONS]");
const { default: journey } = await import(`./journeys/${name}.mjs`);
const browsers = new Browsers();
try {
  const told = await journey({ base, browsers, ...JSON.parse(options) });
  console.log(JSON.stringify(told ?? {}));
} catch (failure) {
  console.error(`${name} failed: ${failure.stack}`);
  for (const shown of await browsers.shown()) console.error(`a page showed: ${shown}`);
  process.exitCode = 1;
} finally {
  await browsers.close();
}
