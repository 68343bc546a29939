;; Imports a function that no ABI has, and calls it on a request with more than the four pseudo headers.
(module
  (import "env" "proxy_brew_coffee" (func $brew (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_seek" (func $seek (param i32 i64 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "proxy_abi_version_0_2_1"))
  (func (export "proxy_on_configure") (param i32 i32) (result i32)
    ;; 58 is "not supported".
    (i32.eq (i32.const 58) (call $seek (i32.const 1) (i64.const 0) (i32.const 0) (i32.const 0))))
  (func (export "proxy_on_request_headers") (param $ctx i32) (param $n i32) (param i32) (result i32)
    (if (i32.gt_u (local.get $n) (i32.const 4)) (then (drop (call $brew (i32.const 0)))))
    (i32.const 0)))
