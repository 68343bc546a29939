;; Takes its configuration only if it is empty; else says what it does not like.
(module
  (import "env" "proxy_log" (func $log (param i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "rules[0].path: must begin with \"/\"")
  (data (i32.const 64) "secret: is missing")
  (func (export "proxy_abi_version_0_2_1"))
  (func (export "proxy_on_configure") (param $root i32) (param $size i32) (result i32)
    (if (i32.eqz (local.get $size)) (then (return (i32.const 1))))
    (drop (call $log (i32.const 4) (i32.const 16) (i32.const 34)))
    (drop (call $log (i32.const 4) (i32.const 64) (i32.const 18)))
    (i32.const 0)))
