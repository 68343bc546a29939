//! Apps at a site behind the edge worker.

use super::behaviour::edge;

crate::apps::suite!(edge);
