// Adds a header to every request and every response, and logs what was asked for: a guest in another language than the
// others, by another compiler, with a garbage collector.

import { REQUEST_HEADERS, RESPONSE_HEADERS, addHeader, header, log } from "./host";

export { proxy_abi_version_0_2_1, proxy_on_memory_allocate } from "./host";

const CONTINUE: u32 = 0;

export function proxy_on_request_headers(context: u32, count: u32, endOfStream: bool): u32 {
  log(`asked for ${header(REQUEST_HEADERS, ":path")}`);
  addHeader(REQUEST_HEADERS, "x-guest", "AssemblyScript");
  return CONTINUE;
}

export function proxy_on_response_headers(context: u32, count: u32, endOfStream: bool): u32 {
  addHeader(RESPONSE_HEADERS, "x-guest", "AssemblyScript");
  return CONTINUE;
}
