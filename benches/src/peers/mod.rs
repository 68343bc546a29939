//! Other servers that limit requests.
