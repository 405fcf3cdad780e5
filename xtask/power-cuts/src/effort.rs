//! [`Effort`]: how much of everything.

/// How many cuts a sweep makes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// About how many single cuts a line has: each operation is cut, or each nth where there are more.
    pub(crate) singles: u64,
    /// How many lives with chains of cuts a line has.
    pub(crate) chains: u64,
}

impl Effort {
    /// Every operation, and long chains.
    pub(crate) const FULL: Self = Self { singles: u64::MAX, chains: 4_000 };
    /// What a minute allows.
    pub(crate) const QUICK: Self = Self { singles: 300, chains: 200 };

    /// Each how many-th operation is cut when a life has so many.
    pub(crate) const fn stride(self, operations: u64) -> u64 {
        operations.div_ceil(self.singles)
    }
}

#[cfg(test)]
mod tests {
    use super::Effort;

    #[test]
    fn every_operation_is_cut_unless_there_are_too_many() {
        assert_eq!(Effort::FULL.stride(1_000_000), 1);
        assert_eq!(Effort::QUICK.stride(300), 1);
        assert_eq!(Effort::QUICK.stride(301), 2);
    }
}
