//! The scenarios that come with Levee.

/// A scenario that comes with Levee.
#[derive(Clone, Copy, Debug)]
pub struct Shipped {
    /// What it is called on the command line.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// The one of this name.
#[must_use]
pub fn shipped(name: &str) -> Option<Shipped> {
    Shipped::ALL.into_iter().find(|shipped| shipped.name == name)
}

impl Shipped {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::new("incident", include_str!("../../scenarios/incident.yaml")),
        Self::new(
            "many-addresses",
            include_str!("../../scenarios/many-addresses.yaml"),
        ),
        Self::new("gpu-botnet", include_str!("../../scenarios/gpu-botnet.yaml")),
        Self::new(
            "shared-clearances",
            include_str!("../../scenarios/shared-clearances.yaml"),
        ),
        Self::new(
            "opening-surge",
            include_str!("../../scenarios/opening-surge.yaml"),
        ),
        Self::new("quiet-day", include_str!("../../scenarios/quiet-day.yaml")),
        Self::new(
            "one-address-for-all",
            include_str!("../../scenarios/one-address-for-all.yaml"),
        ),
        Self::new(
            "rotating-ipv6",
            include_str!("../../scenarios/rotating-ipv6.yaml"),
        ),
        Self::new("rehearsal", include_str!("../../scenarios/rehearsal.yaml")),
    ];

    /// The configuration of the filter that they are written for: that of a small hospital's site.
    pub const CONFIGURATION: &'static str = include_str!("../../scenarios/levee.json");

    const fn new(name: &'static str, text: &'static str) -> Self {
        Self { name, text }
    }
}
