//! Where the harness is not like Envoy, and why.

use crate::differences::Difference;

/// A difference that is meant to stay.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    /// The plays that show it.
    pub(crate) plays: &'static [&'static str],
    /// What each line in which the hosts differ has one of; nothing where a play differs as a whole.
    pub(crate) lines: &'static [&'static str],
    /// For whoever reads the documentation, and for whoever finds it here.
    #[expect(dead_code, reason = "it is read by people")]
    pub(crate) reason: &'static str,
}

impl Known {
    /// Whether it is this difference.
    pub(crate) fn explains(&self, difference: &Difference) -> bool {
        let mut lines = difference.harness.iter().chain(&difference.envoy);
        self.plays.contains(&difference.play)
            && lines.all(|line| self.lines.is_empty() || self.lines.iter().any(|part| line.contains(part)))
    }
}

/// All of them.
pub(crate) const KNOWN_DIFFERENCES: &[Known] = &[
    Known {
        plays: &[
            "headers_removed_status",
            "headers_added_pseudo",
            "headers_removed_path",
            "headers_removed_method",
            "headers_bad_values",
        ],
        lines: &[],
        reason: "What a filter hands on goes through Envoy's router and codecs, which answer 404, 502 or 503 themselves when a \
                 pseudo header is missing or a value cannot be sent. The harness hands on what the filter has made.",
    },
    Known {
        plays: &["continue_other_way"],
        lines: &["continue_stream upstream"],
        reason: "Envoy answers Unimplemented (12), which the Rust SDK has no name for: a guest's behaviour would be undefined. \
                 The harness answers 0.",
    },
    Known {
        plays: &["reply_then_close"],
        lines: &[],
        reason: "Envoy still sees to a reply after the stream was closed in the same callback, and calls the filter for a \
                 context that it has deleted. In the harness the stream is over.",
    },
    Known {
        plays: &["reply_create"],
        lines: &["pairs request_headers"],
        reason: "A reply from proxy_on_context_create is sent after proxy_on_request_headers in both hosts; in Envoy the \
                 request's headers are gone by then, because that callback has continued.",
    },
    Known {
        plays: &["origin_resets"],
        lines: &["response.code_details"],
        reason: "The details of responses that the proxy gives by itself are \"via_upstream\" in the harness: it has no upstream \
                 that could tell more.",
    },
    Known {
        plays: &["call_no_host"],
        lines: &[],
        reason: "A call to a cluster without healthy hosts is refused at once in Envoy, with InternalFailure and without a \
                 callback. A service of the harness is asked after the call, and is then answered with 503.",
    },
    Known {
        plays: &["property_surroundings"],
        lines: &[],
        reason: "The harness has no routes, clusters, listeners or upstream connections, so there are no attributes of these \
                 (upstream, xds, metadata, response.backend_latency).",
    },
];
