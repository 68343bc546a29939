;; Pauses until the request body is complete, then appends "!" to it.
(module
  (import "env" "proxy_set_buffer_bytes" (func $set (param i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "!")
  (func (export "proxy_abi_version_0_2_1"))
  (func (export "proxy_on_request_body") (param $ctx i32) (param $size i32) (param $end i32) (result i32)
    (if (i32.eqz (local.get $end)) (then (return (i32.const 1))))
    (call $set (i32.const 0) (local.get $size) (i32.const 0) (i32.const 16) (i32.const 1))))
