;; /login answers with a session in a cookie and as JSON; other requests need that cookie, or get 401.
(module
  (import "env" "proxy_get_header_map_value" (func $header (param i32 i32 i32 i32 i32) (result i32)))
  (import "env" "proxy_send_local_response" (func $reply (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) ":path")
  (data (i32.const 32) "cookie")
  (data (i32.const 48) "{\"session\": {\"id\": 42, \"secret\": \"a7f3\"}}")
  (data (i32.const 112) "please log in\n")
  ;; One pair: "set-cookie" = "session=a7f3; Path=/".
  (data (i32.const 128) "\01\00\00\00\0a\00\00\00\14\00\00\00set-cookie\00session=a7f3; Path=/\00")
  (func (export "proxy_abi_version_0_2_1"))
  (func (export "malloc") (param i32) (result i32) (i32.const 1024))
  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
    (drop (call $header (i32.const 0) (i32.const 16) (i32.const 5) (i32.const 0) (i32.const 4)))
    ;; "/login" is told by its second letter.
    (if (i32.eq (i32.load8_u (i32.add (i32.load (i32.const 0)) (i32.const 1))) (i32.const 108)) (then
      (drop (call $reply (i32.const 200) (i32.const 0) (i32.const 0) (i32.const 48) (i32.const 41)
        (i32.const 128) (i32.const 44) (i32.const -1)))
      (return (i32.const 1))))
    (if (i32.eqz (call $header (i32.const 0) (i32.const 32) (i32.const 6) (i32.const 0) (i32.const 4))) (then
      ;; "session=a7f3" ends with the secret.
      (if (i32.and (i32.eq (i32.load (i32.const 4)) (i32.const 12))
            (i32.eq (i32.load (i32.add (i32.load (i32.const 0)) (i32.const 8))) (i32.const 0x33663761)))
        (then (return (i32.const 0))))))
    (drop (call $reply (i32.const 401) (i32.const 0) (i32.const 0) (i32.const 112) (i32.const 14)
      (i32.const 0) (i32.const 0) (i32.const -1)))
    (i32.const 1)))
