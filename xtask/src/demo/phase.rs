//! The phases of the incident: what each is called, who comes, and for how long.

use serde::Serialize;
use std::time::Duration;

/// One part of the incident. They are played in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Phase {
    /// An ordinary morning: patients book, and nobody may notice the filter.
    Quiet,
    /// The flood of the incident that the demonstration is about: from one address, which most patients share.
    OneAddress,
    /// The same flood from ever new addresses.
    ManyAddresses,
    /// Bots that work for clearances like everybody else, and spend them.
    SolvingBotnet,
    /// No flood: more patients at once than the origin can carry.
    Surge,
    /// An ordinary morning again: nothing may be left of what was.
    QuietAgain,
}

/// What attacks during a phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attack {
    /// Nothing.
    None,
    /// Requests without a clearance from one address.
    OneAddress,
    /// Requests without a clearance from ever new addresses.
    ManyAddresses,
    /// Requests with clearances that were worked for.
    SolvingBotnet,
}

/// Whom the patients of a phase share an address with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Neighbours {
    /// Five in six share the address that the bot floods from.
    MostlyTheBot,
    /// Most have an address of their own; one in six shares one with the others of a carrier.
    SomeOfACarrier,
}

/// The sum of all weights, and the length in seconds that the numbers of patients belong to.
pub(crate) const FULL_LENGTH_SECONDS: u32 = 60;

/// The time within which everybody of the surge arrives, at most: spread over longer it would be none.
const SURGE_AT_MOST: Duration = Duration::from_secs(3);

/// Patients of the surge, at least and at most. Each sends three requests: fewer would not be more than the origin can
/// carry, more would wait for longer than a demonstration should last.
const SURGE_PATIENTS: (u32, u32) = (120, 240);

impl Phase {
    /// All of them, in their order.
    pub(crate) const ALL: [Self; 6] = [
        Self::Quiet,
        Self::OneAddress,
        Self::ManyAddresses,
        Self::SolvingBotnet,
        Self::Surge,
        Self::QuietAgain,
    ];

    /// The name in the report and its JSON.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Quiet => "quiet",
            Self::OneAddress => "one_address",
            Self::ManyAddresses => "many_addresses",
            Self::SolvingBotnet => "solving_botnet",
            Self::Surge => "surge",
            Self::QuietAgain => "quiet_again",
        }
    }

    /// The name for people.
    pub(crate) fn title(self) -> String {
        self.name().replace('_', " ")
    }

    /// What attacks.
    pub(crate) const fn attack(self) -> Attack {
        match self {
            Self::Quiet | Self::Surge | Self::QuietAgain => Attack::None,
            Self::OneAddress => Attack::OneAddress,
            Self::ManyAddresses => Attack::ManyAddresses,
            Self::SolvingBotnet => Attack::SolvingBotnet,
        }
    }

    /// What the attack calls itself, so that the origin's access log tells it from patients and from other phases.
    pub(crate) const fn flood_user_agent(self) -> &'static str {
        match self {
            Self::Quiet => "levee-demo-flood/quiet",
            Self::OneAddress => "levee-demo-flood/one_address",
            Self::ManyAddresses => "levee-demo-flood/many_addresses",
            Self::SolvingBotnet => "levee-demo-flood/solving_botnet",
            Self::Surge => "levee-demo-flood/surge",
            Self::QuietAgain => "levee-demo-flood/quiet_again",
        }
    }

    /// Whether this is a time at which nobody may notice the filter.
    pub(crate) const fn is_quiet(self) -> bool {
        matches!(self, Self::Quiet | Self::QuietAgain)
    }

    /// Whom its patients share an address with.
    pub(crate) const fn neighbours(self) -> Neighbours {
        match self {
            Self::OneAddress | Self::ManyAddresses | Self::SolvingBotnet => Neighbours::MostlyTheBot,
            Self::Quiet | Self::Surge | Self::QuietAgain => Neighbours::SomeOfACarrier,
        }
    }

    /// The pause before it, in which price and line may fall back. What the phases before left behind is not what
    /// these are about.
    pub(crate) const fn settling(self) -> Duration {
        match self {
            // For longer than the line counts who of those called have come: of a botnet few do, and those of a surge
            // would be called all at once.
            Self::Surge => Duration::from_secs(15),
            Self::QuietAgain => Duration::from_secs(10),
            Self::Quiet | Self::OneAddress | Self::ManyAddresses | Self::SolvingBotnet => Duration::ZERO,
        }
    }

    /// How long the attack lasts and patients arrive, in an incident of so many seconds.
    pub(crate) fn duration(self, incident_seconds: u16) -> Duration {
        let share = Duration::from_secs(incident_seconds.into()) * self.weight() / FULL_LENGTH_SECONDS;
        if self == Self::Surge {
            share.min(SURGE_AT_MOST)
        } else {
            share
        }
    }

    /// How many patients arrive, in an incident of so many seconds. At least one.
    pub(crate) fn patients(self, incident_seconds: u16) -> u16 {
        let scaled = self.patients_at_full_length() * u32::from(incident_seconds) / FULL_LENGTH_SECONDS;
        let patients = if self == Self::Surge {
            scaled.clamp(SURGE_PATIENTS.0, SURGE_PATIENTS.1)
        } else {
            scaled.max(1)
        };
        u16::try_from(patients).unwrap_or(u16::MAX)
    }

    /// How many payments are reported, in an incident of so many seconds: about one for each fourth patient.
    pub(crate) fn payments(self, incident_seconds: u16) -> u16 {
        self.patients(incident_seconds).div_ceil(4)
    }

    const fn weight(self) -> u32 {
        match self {
            Self::Quiet | Self::QuietAgain => 8,
            Self::OneAddress | Self::ManyAddresses => 12,
            Self::SolvingBotnet => 17,
            Self::Surge => 3,
        }
    }

    const fn patients_at_full_length(self) -> u32 {
        match self {
            // Well within the free lane: three requests each, two patients a second.
            Self::Quiet | Self::QuietAgain => 16,
            Self::OneAddress | Self::ManyAddresses => 60,
            Self::SolvingBotnet => 34,
            Self::Surge => SURGE_PATIENTS.1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_phases_share_the_seconds_and_only_a_long_surge_takes_less() {
        let total = |seconds| -> Duration { Phase::ALL.iter().map(|phase| phase.duration(seconds)).sum() };
        assert_eq!(total(60), Duration::from_secs(60));
        assert_eq!(total(12), Duration::from_secs(12));
        assert_eq!(Phase::Surge.duration(600), SURGE_AT_MOST);
    }

    #[test]
    fn a_short_incident_has_patients_in_every_phase_and_a_surge_in_any() {
        assert!(Phase::ALL.iter().all(|phase| phase.patients(4) > 0));
        assert_eq!(Phase::Surge.patients(4), 120);
        assert_eq!(Phase::Surge.patients(600), 240);
    }

    #[test]
    fn every_phase_has_a_name_and_a_user_agent_of_its_own() {
        for phase in Phase::ALL {
            assert_eq!(serde_json::to_value(phase).unwrap(), phase.name());
            assert_eq!(
                phase.flood_user_agent(),
                format!("levee-demo-flood/{}", phase.name())
            );
        }
    }
}
