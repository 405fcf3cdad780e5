//! [`Table`]: the lines as they come, and their sum.

use dimo_hal::mock::{CutModel, Scenario, sweep_chains, sweep_single, undisturbed};

use crate::effort::Effort;

/// Whose code a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Ours,
    EmbassyBoot,
}

impl Side {
    const fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::EmbassyBoot => "embassy-boot",
        }
    }
}

/// Prints each line once it is known, and adds up ours.
pub(crate) struct Table {
    effort: Effort,
    cuts: u64,
    violations: u64,
}

impl Table {
    pub(crate) const fn new(effort: Effort) -> Self {
        Self { effort, cuts: 0, violations: 0 }
    }

    /// Sweeps a scenario in every model: single cuts and chains in one line.
    pub(crate) fn sweep<S: Scenario>(&mut self, scenario: &S, side: Side) {
        let stride = self.effort.stride(undisturbed(scenario).0);
        for model in CutModel::ALL {
            let singles = sweep_single(scenario, model, stride);
            let chains = sweep_chains(scenario, model, self.effort.chains);
            let (cuts, violations) = (singles.cuts + chains.cuts, singles.violations + chains.violations);
            println!("{}\t{}\t{cuts}\t{violations}\t{}", scenario.name(), model.name(), side.name());
            if let Some(first) = singles.first.or(chains.first) {
                eprintln!("{}, {}: {first}", side.name(), scenario.name());
            }
            if side == Side::Ours {
                self.cuts += cuts;
                self.violations += violations;
            }
        }
    }

    /// The last line, and whether none of ours was violated.
    pub(crate) fn finish(self) -> bool {
        println!("total\t{}\t{}", self.cuts, self.violations);
        self.violations == 0
    }
}
