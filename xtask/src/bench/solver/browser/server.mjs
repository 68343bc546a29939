// Serves the page, the solver and the peers, to this machine only.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";

const TYPES = { ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };

const HEADERS = {
  // Isolated pages have the finer clock.
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cache-control": "no-store",
};

/** The file that a path names, or undefined. */
function fileOf(pathname, packages) {
  const folders = { "/bench/": fileURLToPath(new URL(".", import.meta.url)), "/npm/": packages };
  for (const [prefix, folder] of Object.entries(folders)) {
    // URL parsing has removed every "..".
    if (pathname.startsWith(prefix)) return path.join(folder, decodeURIComponent(pathname.slice(prefix.length)));
  }
  return undefined;
}

/** Some packages import their modules without the extension, which bundlers add. */
const withExtension = (file) => (path.extname(file) ? file : `${file}.js`);

/** The page itself: all it does comes from /bench/page.mjs. */
const PAGE = { content: "<!doctype html><title>bench</title>", type: "text/html" };

/** What is at a path; rejects when nothing is. */
async function contentOf(pathname, { solver, packages }) {
  if (pathname === "/") return PAGE;
  if (pathname === "/solver.js") return { content: solver, type: TYPES[".js"] };
  const file = withExtension(fileOf(pathname, packages));
  return { content: await readFile(file), type: TYPES[path.extname(file)] ?? "text/plain" };
}

/** Resolves to {base, close}. */
export async function serve(plan) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://127.0.0.1");
    try {
      const { content, type } = await contentOf(pathname, plan);
      response.writeHead(200, { ...HEADERS, "content-type": type }).end(content);
    } catch {
      response.writeHead(404, HEADERS).end();
    }
  });
  await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  return {
    base: `http://127.0.0.1:${server.address().port}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
