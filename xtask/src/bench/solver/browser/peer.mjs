// A dedicated worker around one peer: answers {n} to each task.
const name = new URLSearchParams(self.location.search).get("name");
let solve;

self.onmessage = async ({ data }) => {
  try {
    if (data === "open") {
      const { default: open } = await import(`/bench/peers/${name}.mjs`);
      solve = await open();
      self.postMessage({});
    } else {
      self.postMessage({ n: await solve(data) });
    }
  } catch (failure) {
    self.postMessage({ error: String(failure) });
  }
};
