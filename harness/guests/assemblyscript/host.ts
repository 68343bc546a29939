// The host functions of ABI 0.2.1 that the guest uses, and how bytes cross the boundary. There is no SDK behind this.

@external("env", "proxy_log")
declare function proxy_log(level: u32, message: usize, size: usize): u32;

@external("env", "proxy_get_header_map_value")
declare function proxy_get_header_map_value(
  map: u32,
  key: usize,
  keySize: usize,
  outData: usize,
  outSize: usize,
): u32;

@external("env", "proxy_add_header_map_value")
declare function proxy_add_header_map_value(
  map: u32,
  key: usize,
  keySize: usize,
  value: usize,
  valueSize: usize,
): u32;

export const REQUEST_HEADERS: u32 = 0;
export const RESPONSE_HEADERS: u32 = 2;

const INFO: u32 = 2;
const CRITICAL: u32 = 5;

// Where the host writes an address and a number.
const out = memory.data(8);

export function log(message: string): void {
  write(INFO, message);
}

// What the compiler has a failed assertion end in.
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  const what = message === null ? "aborted" : message;
  const where = file === null ? "" : file;
  write(CRITICAL, `${what}, at ${where}:${line}:${column}`);
  unreachable();
}

function write(level: u32, message: string): void {
  const bytes = String.UTF8.encode(message);
  proxy_log(level, changetype<usize>(bytes), bytes.byteLength);
}

// The first value of a header, and nothing if there is none.
export function header(map: u32, name: string): string {
  const key = String.UTF8.encode(name);
  const status = proxy_get_header_map_value(map, changetype<usize>(key), key.byteLength, out, out + 4);
  const data = load<u32>(out);
  if (status != 0 || data == 0) return "";
  const value = String.UTF8.decodeUnsafe(data, load<u32>(out, 4));
  heap.free(data);
  return value;
}

export function addHeader(map: u32, name: string, value: string): bool {
  const key = String.UTF8.encode(name);
  const bytes = String.UTF8.encode(value);
  return (
    proxy_add_header_map_value(
      map,
      changetype<usize>(key),
      key.byteLength,
      changetype<usize>(bytes),
      bytes.byteLength,
    ) == 0
  );
}

// The host has this allocate before it writes something here that the guest has asked for.
export function proxy_on_memory_allocate(size: usize): usize {
  return heap.alloc(size);
}

export function proxy_abi_version_0_2_1(): void {}
