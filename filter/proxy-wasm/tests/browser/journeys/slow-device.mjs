// A browser that gets a small part of a processor core, as on an old phone. OPTIONS: program, which starts the browser in a
// control group; quota, the file that limits the group, and limit, what is written there.
import { writeFileSync } from "node:fs";
import { Person } from "../lib/person.mjs";
import { book, challenged, form } from "../lib/site.mjs";

export default async function slowDevice({ base, browsers, program, quota, limit }) {
  const person = await Person.at(base, await browsers.launch({ program }));
  const page = await person.page();
  // The browser was there before the visit, so its own start is not slowed down.
  writeFileSync(quota, limit);
  const begun = performance.now();
  await challenged(page, `${base}/`);
  await form(page);
  const seconds = (performance.now() - begun) / 1000;
  const number = await book(page);
  person.hasHadNoTrouble();
  return { number, engines: [...person.engines], seconds_to_form: Number(seconds.toFixed(1)) };
}
