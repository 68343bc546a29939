;; What refusing costs, with nine header fields and a page of 2.9 KB, besides reading all header fields in one call.
(module
  (import "env" "proxy_get_header_map_pairs" (func $pairs (param i32 i32 i32) (result i32)))
  (import "env" "proxy_send_local_response" (func $reply (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 4)
  ;; Header fields as the host reads them: their number, the lengths of each name and value, then these with a zero byte each.
  (data (i32.const 1024)
    "\09\00\00\00"
    "\0c\00\00\00\18\00\00\00"
    "\0d\00\00\00\08\00\00\00"
    "\16\00\00\00\07\00\00\00"
    "\10\00\00\00\02\00\00\00"
    "\17\00\00\00\90\00\00\00"
    "\0f\00\00\00\0b\00\00\00"
    "\0b\00\00\00\02\00\00\00"
    "\10\00\00\00\15\00\00\00"
    "\09\00\00\00\14\00\00\00"
    "content-type\00text/html; charset=utf-8\00"
    "cache-control\00no-store\00"
    "x-content-type-options\00nosniff\00"
    "content-language\00en\00"
    "content-security-policy\00default-src 'none'; style-src 'sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='; base-uri 'none'; form-action 'self'; frame-ancestors 'none'\00"
    "referrer-policy\00same-origin\00"
    "retry-after\0017\00"
    "ratelimit-policy\00\"clearance\";q=60;w=60\00"
    "ratelimit\00\"clearance\";r=0;t=17\00")
  (global $next (mut i32) (i32.const 8192))
  (func (export "proxy_abi_version_0_2_1"))
  (func (export "proxy_on_memory_allocate") (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (global.get $next))
    (global.set $next (i32.add (global.get $next) (local.get $size)))
    (local.get $at))
  ;; The page is what stands at 4096: nothing.
  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
    (global.set $next (i32.const 8192))
    (drop (call $pairs (i32.const 0) (i32.const 0) (i32.const 4)))
    (drop (call $reply
      (i32.const 429) (i32.const 0) (i32.const 0) (i32.const 4096) (i32.const 2900) (i32.const 1024) (i32.const 470) (i32.const -1)))
    (i32.const 1)))
