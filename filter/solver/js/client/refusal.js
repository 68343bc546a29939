// What Levee says when it refuses a request, as docs/protocol.md has it.

const OWN_PREFIX = "/.well-known/levee/";

const isOwnPath = (path) => {
  if (typeof path !== "string") return false;
  try {
    const { origin, pathname } = new URL(path, location.origin);
    return origin === location.origin && pathname.startsWith(OWN_PREFIX);
  } catch (_) {
    return false;
  }
};

/** What Levee says in its answer, which stays unread; undefined when it is the site's own. */
const refusalIn = async (response) => {
  const type = response.headers.get("content-type") || "";
  // A foreign server may say what it likes, and has no business with this one's clearances.
  const isForeign = response.type !== "basic" && response.type !== "default";
  if (response.ok || isForeign || !/^application\/problem\+json\b/i.test(type)) return undefined;
  const problem = await response.clone().json().catch(() => undefined);
  const { reason, support_id: id, challenge, line } = Object(problem);
  if (typeof reason !== "string" || typeof id !== "string") return undefined;
  const isSound =
    challenge && typeof challenge.token === "string" && isOwnPath(challenge.solver) && isOwnPath(challenge.redeem);
  return {
    status: response.status,
    seconds: retryAfter(response),
    challenge: isSound ? challenge : undefined,
    place: line ? line.place : undefined,
  };
};
