;; Sets a key of the shared data for each client, its address: what a filter must not do, for they are never removed.
(module
  (import "env" "proxy_get_property" (func $get (param i32 i32 i32 i32) (result i32)))
  (import "env" "proxy_set_shared_data" (func $set (param i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "source\00address")
  (func (export "proxy_abi_version_0_2_1"))
  (func (export "malloc") (param i32) (result i32) (i32.const 1024))
  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
    (if (i32.eqz (call $get (i32.const 16) (i32.const 14) (i32.const 0) (i32.const 4)))
      (then (drop (call $set (i32.load (i32.const 0)) (i32.load (i32.const 4)) (i32.const 16) (i32.const 1) (i32.const 0)))))
    (i32.const 0)))
