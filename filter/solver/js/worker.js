// The solver's side of the conversation with whoever wants a challenge solved: {token: "<base64url>"} is answered with
// {ready: "simd" | "wasm" | "js", count: <sub-puzzles>}, and then {index} with {index, solution: <eight bytes>}, as often and
// in what order one likes; what cannot be done, with {error: "<why>"}. A sub-puzzle is solved in one go: to cancel, end the
// worker.

const bytesOf = (base64url) =>
  Uint8Array.from(atob(base64url.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

/** A function that hears messages and answers each with `post`. */
const conversation = (post) => {
  let search;
  const open = (token) => {
    const puzzle = Puzzle.of(bytesOf(token));
    if (!puzzle) throw new Error("the token is not a challenge that this solver knows");
    const [ready, engine] = fastestEngine();
    search = new Search(puzzle, engine);
    return { ready, count: puzzle.count };
  };
  return ({ token, index }) => {
    try {
      post(token ? open(token) : { index, solution: search.solve(index) });
    } catch (failure) {
      post({ error: String(failure) });
    }
  };
};

if (typeof WorkerGlobalScope !== "undefined" && self instanceof WorkerGlobalScope) {
  const hear = conversation((answer) => self.postMessage(answer));
  self.onmessage = ({ data }) => hear(data);
}
