//! [`KeyAttributes`]: what the element says of a key it holds (NXP AN12413).

/// Where a private key came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyOrigin {
    /// It was written from outside: somebody may have a copy.
    External,
    /// The element generated it.
    Internal,
    /// The maker of the element put it there.
    Provisioned,
}

/// What the element says of a key: where it came from and what may be done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyAttributes {
    origin: KeyOrigin,
    rules: Rules,
}

impl KeyAttributes {
    /// Where the private half came from.
    #[must_use]
    pub const fn origin(&self) -> KeyOrigin {
        self.origin
    }

    /// Whether the key was generated inside and nobody may replace, delete or export it: what a wallet of DIP-4 needs.
    #[must_use]
    pub const fn is_permanent(&self) -> bool {
        matches!(self.origin, KeyOrigin::Internal) && self.rules.0 & Rules::CHANGES.0 == 0
    }

    /// Whether it is as this driver makes a key that it may replace.
    pub(crate) const fn is_replaceable(&self) -> bool {
        self.rules.0 == Rules::REPLACEABLE.0
    }

    /// The attributes of `object`.
    ///
    /// Behind 14 bytes of fixed meaning stand the policies, each with its length in front, then the origin. A policy has at
    /// least 8 bytes, so that the origin, 1 to 3, is no length.
    pub(crate) fn parse(object: u32, bytes: &[u8]) -> Result<Self, Unknown> {
        /// A key pair on any curve, as older applets say, and on secp256k1, as newer ones do.
        const KEY_PAIRS: [u8; 2] = [0x01, 0x5D];
        match bytes.split_first_chunk() {
            Some((id, [kind, ..])) if u32::from_be_bytes(*id) == object => {
                if !KEY_PAIRS.contains(kind) {
                    return Err(Unknown::Kind);
                }
            }
            _ => return Err(Unknown::Form),
        }
        bytes.get(14..).and_then(Self::parse_rest).ok_or(Unknown::Form)
    }

    fn parse_rest(mut rest: &[u8]) -> Option<Self> {
        let mut rules = 0;
        loop {
            let (first, behind) = rest.split_first()?;
            let origin = match first {
                1 => KeyOrigin::External,
                2 => KeyOrigin::Internal,
                3 => KeyOrigin::Provisioned,
                _ => {
                    let (policy, next) = behind.split_at_checked(usize::from(*first))?;
                    // Four bytes say who, four say what.
                    rules |= u32::from_be_bytes(*policy.get(4..)?.first_chunk()?);
                    rest = next;
                    continue;
                }
            };
            return Some(Self { origin, rules: Rules(rules) });
        }
    }
}

/// Why attributes are not those of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// The object is no key pair.
    Kind,
    /// The bytes have another form.
    Form,
}

/// What a policy allows. What it does not name is forbidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Rules(pub(crate) u32);

impl Rules {
    const SIGN: u32 = 0x1000_0000;
    /// Of a key pair, the public half.
    const READ: u32 = 0x0020_0000;
    const WRITE: u32 = 0x0010_0000;
    const GENERATE: u32 = 0x0008_0000;
    const DELETE: u32 = 0x0004_0000;
    const IMPORT_EXPORT: u32 = 0x0000_1000;

    /// What would change a key, take it away or give it out.
    const CHANGES: Self = Self(Self::WRITE | Self::GENERATE | Self::DELETE | Self::IMPORT_EXPORT);

    /// It signs, for as long as the element lives.
    pub(crate) const PERMANENT: Self = Self(Self::SIGN | Self::READ);
    /// It signs until it is deleted. Never written: a key of this driver's is generated inside.
    pub(crate) const REPLACEABLE: Self = Self(Self::SIGN | Self::READ | Self::DELETE);
    /// It counts up; deleting it would let it count again.
    pub(crate) const COUNTER: Self = Self(Self::READ | Self::WRITE);
}
