;; Counts requests of all workers in shared data under "count", by compare-and-swap, and in the metric "requests".
(module
  (import "env" "proxy_get_shared_data" (func $get (param i32 i32 i32 i32 i32) (result i32)))
  (import "env" "proxy_set_shared_data" (func $set (param i32 i32 i32 i32 i32) (result i32)))
  (import "env" "proxy_define_metric" (func $define (param i32 i32 i32 i32) (result i32)))
  (import "env" "proxy_increment_metric" (func $increment (param i32 i64) (result i32)))
  (memory (export "memory") 1)
  (global $metric (mut i32) (i32.const 0))
  (data (i32.const 16) "count")
  (data (i32.const 32) "requests")
  (func (export "proxy_abi_version_0_2_1"))
  ;; Everything that is handed over is handed over again before the next: one place will do.
  (func (export "malloc") (param i32) (result i32) (i32.const 1024))
  (func (export "proxy_on_configure") (param i32 i32) (result i32)
    (if (call $define (i32.const 0) (i32.const 32) (i32.const 8) (i32.const 0)) (then unreachable))
    (global.set $metric (i32.load (i32.const 0)))
    ;; The first to come seeds the counter with 0.
    (if (i32.eq (call $get (i32.const 16) (i32.const 5) (i32.const 0) (i32.const 4) (i32.const 8)) (i32.const 1))
      (then (drop (call $set (i32.const 16) (i32.const 5) (i32.const 2048) (i32.const 8) (i32.const 0)))))
    (i32.const 1))
  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
    (loop $again
      (if (call $get (i32.const 16) (i32.const 5) (i32.const 0) (i32.const 4) (i32.const 8)) (then unreachable))
      (i64.store (i32.const 1024) (i64.add (i64.load (i32.const 1024)) (i64.const 1)))
      (br_if $again (i32.eq (i32.const 8)
        (call $set (i32.const 16) (i32.const 5) (i32.const 1024) (i32.const 8) (i32.load (i32.const 8))))))
    (call $increment (global.get $metric) (i64.const 1))))
