;; Counts requests of all workers in shared data under "count", a little-endian u64, and forgets that others may have counted
;; between reading and writing: it sets whatever the version.
(module
  (import "env" "proxy_get_shared_data" (func $get (param i32 i32 i32 i32 i32) (result i32)))
  (import "env" "proxy_set_shared_data" (func $set (param i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "count")
  (func (export "proxy_abi_version_0_2_1"))
  (func (export "malloc") (param i32) (result i32) (i32.const 1024))
  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
    ;; A count that is missing is 0.
    (i64.store (i32.const 1024) (i64.const 0))
    (drop (call $get (i32.const 16) (i32.const 5) (i32.const 0) (i32.const 4) (i32.const 8)))
    (i64.store (i32.const 1024) (i64.add (i64.load (i32.const 1024)) (i64.const 1)))
    (call $set (i32.const 16) (i32.const 5) (i32.const 1024) (i32.const 8) (i32.const 0))))
