//! Apps at a site behind Envoy.

use super::workers::edge;

crate::apps::suite!(edge);
