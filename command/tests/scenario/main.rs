//! `levee test`, as authors of filters use it.

mod budgets;
mod mistakes;
mod plays;
mod races;
mod reports;
mod support;
mod tells;
