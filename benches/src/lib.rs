//! What Levee costs.
