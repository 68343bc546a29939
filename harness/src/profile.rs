//! How hosts differ, one switch for each difference.
//!
//! A filter that behaves the same in all three profiles does not rest on what one host happens to do.

/// Declares every switch once: its field, its meaning, and its value in each profile.
macro_rules! switches {
    ($($(#[doc = $doc:literal])+ $name:ident: $envoy:literal, $strict:literal, $ngx:literal;)*) => {
        /// The behaviour of a host where hosts differ.
        ///
        /// Begin with one of the profiles, and change single switches where another host is to be imitated:
        ///
        /// ```
        /// use levee_harness::Profile;
        ///
        /// let mut profile = Profile::envoy();
        /// profile.addresses_have_ports = false;
        /// assert_ne!(profile, Profile::envoy());
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct Profile {
            $($(#[doc = $doc])+ pub $name: bool,)*
        }

        impl Profile {
            /// Envoy 1.40, as the differential test finds it.
            #[must_use]
            pub const fn envoy() -> Self {
                Self { $($name: $envoy,)* }
            }

            /// The specification of ABI 0.2.1 to the letter; where it is silent, what is least convenient for a filter.
            #[must_use]
            pub const fn strict() -> Self {
                Self { $($name: $strict,)* }
            }

            /// nginx with `ngx_wasm_module`, as its documentation and sources say.
            #[must_use]
            pub const fn ngx() -> Self {
                Self { $($name: $ngx,)* }
            }

            /// Every switch with its meaning and its values.
            pub const SWITCHES: &[Switch] = &[$(Switch {
                name: stringify!($name),
                meaning: concat!($($doc, "\n"),+),
                envoy: $envoy,
                strict: $strict,
                ngx: $ngx,
            },)*];

            /// Sets a switch by its name.
            ///
            /// # Errors
            /// [`UnknownSwitch`] when there is none of that name.
            pub fn set(&mut self, name: &str, value: bool) -> Result<(), UnknownSwitch> {
                match name {
                    $(stringify!($name) => self.$name = value,)*
                    _ => return Err(UnknownSwitch(name.to_owned())),
                }
                Ok(())
            }
        }
    };
}

switches! {
    /// A canary VM is started first and dropped again, and one VM runs on the main thread, where it ticks and sees no request.
    canary_and_main_vm: true, false, false;
    /// `_initialize`, `main` and `_start` may only log and use WASI; any other call traps.
    startup_may_only_log: true, false, false;
    /// The filter sees its own local reply go by, in `proxy_on_response_headers` and `proxy_on_response_body`.
    own_reply_is_seen: true, false, true;
    /// A local reply can have any status, of which 16 bits are taken. Otherwise only 200 to 599, and others are
    /// `BAD_ARGUMENT`.
    replies_have_any_status: true, false, false;
    /// A reply to a gRPC request is one of gRPC: 200, with a status of gRPC and the body as its message. Otherwise it is sent as
    /// it is given.
    replies_speak_grpc: true, false, false;
    /// Replying, continuing and closing are taken without a stream to do it to, and do nothing. Otherwise `BAD_ARGUMENT`.
    acts_without_stream_are_taken: true, false, false;
    /// Continuing a stream in a callback that then pauses does nothing. Otherwise the stream goes on.
    continue_before_pause_is_lost: true, false, false;
    /// A trap outside of a stream's own callbacks leaves a stream that is held as it is. Otherwise it is answered with 503.
    trap_leaves_held_streams: true, false, false;
    /// What `proxy_on_done` returns matters: false keeps the context of a stream until `proxy_done`. Otherwise a stream's
    /// context goes at once, and `proxy_done` for it is `NOT_FOUND`.
    done_can_wait: false, true, false;
    /// After a local reply, whatever the callback returns is taken for a pause. Otherwise returning "continue" is an error in
    /// the log, for the specification has no meaning for it.
    reply_stops_by_itself: true, false, true;
    /// Header maps exist in their own callback and while it pauses, and are gone when the stream has gone on.
    maps_end_with_their_callback: true, true, false;
    /// All pairs of a map that does not exist now are an empty list. Otherwise `BAD_ARGUMENT`.
    missing_map_has_no_pairs: true, false, false;
    /// In `proxy_on_log` a map can be read and has no size, and there are no request trailers. Otherwise it has one, and there
    /// are all that there were.
    maps_in_log_have_no_size: true, false, false;
    /// The value of a repeated header is the first one. Otherwise all of them, joined with `, ` (RFC 9110, section 5.3).
    first_value_only: true, false, true;
    /// Header names reach the filter in lower case. Otherwise as they were sent.
    names_in_lower_case: true, false, false;
    /// `host` in a header map is another name of `:authority`. Otherwise it is a field like any other.
    host_means_authority: true, false, false;
    /// Well-known fields, such as `accept`, are joined with commas when one more is added, and pseudo headers stand in front.
    /// Otherwise a map has the fields in the order in which they were added, repetitions as they are.
    well_known_fields_are_joined: true, false, false;
    /// A serialised map that is malformed, or beyond 1 MiB or 1024 pairs, is taken for an empty one. Otherwise `BAD_ARGUMENT`.
    malformed_pairs_are_none: true, false, false;
    /// `end_of_stream` is told in header callbacks. Otherwise it is always false there.
    headers_tell_the_end: true, true, false;
    /// A pause in a header callback holds the body too: its callbacks come after the stream goes on. Otherwise they come
    /// during the pause.
    headers_pause_holds_body: true, false, true;
    /// A request body comes in the pieces in which it arrives. Otherwise whole, in one callback.
    request_body_comes_in_pieces: true, true, false;
    /// Request and response trailers have callbacks.
    trailers_have_callbacks: true, true, false;
    /// A response can be paused. Otherwise a pause there is an error in the log, and the response goes on.
    responses_can_pause: true, true, false;
    /// A buffer of a stream or a call that does not exist now is an empty one. Otherwise `NOT_FOUND`.
    missing_buffers_are_empty: true, false, false;
    /// Trailers that do not exist can be added in the body callback at the end of the stream, and in no other. Otherwise
    /// never.
    trailers_can_be_added: true, false, false;
    /// Reading a buffer from beyond its end gives nothing. Otherwise `BAD_ARGUMENT`.
    reads_past_end_are_empty: true, false, true;
    /// A part in the middle of a body can be replaced. Otherwise only a part at its beginning; one can also append.
    bodies_can_be_edited_inside: false, true, false;
    /// `proxy_on_log` of an exchange comes before `proxy_on_done`. Otherwise, and for connections, it comes between
    /// `proxy_on_done` and `proxy_on_delete`.
    log_before_done: true, false, false;
    /// A compare-and-swap on a key that is missing succeeds, whatever version it names. Otherwise it is `CAS_MISMATCH`.
    missing_key_takes_any_version: true, false, false;
    /// Version 0 sets a key whatever it holds. Otherwise only a key that is missing.
    version_zero_overwrites: true, true, false;
    /// `source.address` and `destination.address` have a port. Otherwise only the address, without brackets.
    addresses_have_ports: true, true, false;
    /// Numbers and booleans among the properties are binary. Otherwise they are text.
    properties_are_binary: true, true, false;
    /// What a filter sets is filter state: it is read as the path that was set, or as `filter_state` and `wasm.` with that
    /// path. Otherwise only as the path that was set.
    set_properties_are_filter_state: true, false, false;
    /// A filter may set any property. Otherwise only those that begin with `wasmx`; for others it is `NOT_FOUND`.
    any_property_can_be_set: true, true, false;
    /// What cannot be done now (a map that cannot be written, a body outside its callback, an unknown metric, a call without
    /// `:path`, a tick period of a stream or a second one) is answered with a status. Otherwise it traps.
    misuse_has_a_status: true, true, false;
    /// An HTTP call of the filter that fails is answered like one that the proxy has refused: 503 or 504 with a short text.
    /// Otherwise without headers.
    failed_calls_have_responses: true, false, false;
    /// gRPC calls, and the status of a call, are offered. Otherwise importing them is allowed, and calling them traps.
    grpc_is_offered: true, true, false;
    /// Foreign functions, `proxy_done`, `proxy_close_stream`, `proxy_resolve_shared_queue`, `proxy_get_log_level`,
    /// `proxy_get_header_map_size` and `proxy_get_buffer_status` are offered. Otherwise calling them traps.
    rare_functions_are_offered: true, true, false;
    /// TCP connections have callbacks, and a queue's owner is told of new entries.
    tcp_and_queues_have_callbacks: true, true, false;
}

/// A switch of [`Profile`], for documentation and command lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Switch {
    /// The field's name.
    pub name: &'static str,
    /// What the switch means when it is on, and what otherwise.
    pub meaning: &'static str,
    /// Its value in [`Profile::envoy`].
    pub envoy: bool,
    /// Its value in [`Profile::strict`].
    pub strict: bool,
    /// Its value in [`Profile::ngx`].
    pub ngx: bool,
}

/// There is no switch of that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no switch \"{0}\"; `levee profiles` lists them")]
pub struct UnknownSwitch(String);

/// There is no profile of that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no profile \"{0}\": it must be envoy, strict or ngx")]
pub struct UnknownProfile(String);

impl Profile {
    /// The names that [`FromStr`](std::str::FromStr) knows.
    pub const NAMES: [&str; 3] = ["envoy", "strict", "ngx"];
}

impl Default for Profile {
    /// [`Profile::envoy`].
    fn default() -> Self {
        Self::envoy()
    }
}

impl std::str::FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "envoy" => Ok(Self::envoy()),
            "strict" => Ok(Self::strict()),
            "ngx" => Ok(Self::ngx()),
            _ => Err(UnknownProfile(name.to_owned())),
        }
    }
}
