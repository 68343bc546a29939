;; Hands pointers and lengths to the host that are outside its memory, as the request's number of headers says which.
(module
  (import "env" "proxy_log" (func $log (param i32 i32 i32) (result i32)))
  (import "env" "proxy_get_header_map_pairs" (func $pairs (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "\ff\ff\ff\ff\ff\ff\ff\ff")
  (func (export "proxy_abi_version_0_2_1"))
  ;; Also a hostile allocator: the last byte of the address space.
  (func (export "malloc") (param i32) (result i32) (i32.const -1))
  (func (export "proxy_on_request_headers") (param $ctx i32) (param $n i32) (param i32) (result i32)
    (if (i32.eq (local.get $n) (i32.const 4)) (then
      (drop (call $log (i32.const 2) (i32.const -1) (i32.const -1)))))
    (if (i32.eq (local.get $n) (i32.const 5)) (then
      (drop (call $pairs (i32.const 0) (i32.const 0) (i32.const 4)))))
    (if (i32.eq (local.get $n) (i32.const 6)) (then
      (drop (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 0)))))
    (if (i32.eq (local.get $n) (i32.const 7)) (then
      (drop (call $random (i32.const 65530) (i32.const 100)))))
    (if (i32.eq (local.get $n) (i32.const 8)) (then
      (drop (call $log (i32.const 2) (i32.const 65536) (i32.const 1)))))
    (i32.const 0)))
