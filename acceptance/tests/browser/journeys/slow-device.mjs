// A browser that gets a small part of a processor core, as on an old phone. OPTIONS: program, which starts the browser in a
// control group; quota, the file that limits the group, and limit, what is written there.
import { writeFileSync } from "node:fs";
import { Person } from "../lib/person.mjs";
import { book, challenged, form } from "../lib/site.mjs";

/** A slow device is waited for, within reason. */
const PATIENCE = 180_000;

export default async function slowDevice({ base, browsers, program, quota, limit }) {
  const person = await Person.at(base, await browsers.launch({ program }));
  person.context.setDefaultTimeout(PATIENCE);
  const page = await person.page();
  // The browser was there before the visit, so its own start is not slowed down.
  writeFileSync(quota, limit);
  const seconds = {};
  const begun = performance.now();
  const tell = (what) => { seconds[what] = Number(((performance.now() - begun) / 1000).toFixed(1)); };
  person.context.on("response", (response) => {
    if (response.url().startsWith(`${base}/.well-known/levee/solver`)) tell("solver");
    if (response.url().endsWith("/redeem")) tell("solved");
  });
  await challenged(page, `${base}/`);
  tell("challenge");
  await form(page);
  tell("form");
  await page.goto(`${base}/?again`, { waitUntil: "commit" });
  await form(page);
  tell("form again, without a challenge");
  const number = await book(page);
  person.hasHadNoTrouble();
  return { number, engines: [...person.engines], seconds };
}
