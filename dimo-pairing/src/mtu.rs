//! [`Mtu`]: how many bytes one ATT packet may hold.

/// The ATT MTU of a link, 23 to 517 bytes.
///
/// Every link begins at [`Mtu::MIN`]. Phones raise it when they like (iOS to 185, many Android phones to 247 or 517) and some
/// stacks report it wrongly; so it may change between two fragments of one message, and nothing here depends on it being large.
///
/// # Example: what a stack reports is checked, never assumed
///
/// ```
/// use dimo_pairing::Mtu;
/// assert_eq!(Mtu::new(185).map(Mtu::payload), Some(182));
/// assert_eq!(Mtu::new(20), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mtu(u16);

impl Mtu {
    /// 23 bytes, what every LE link can carry (Bluetooth Core, Vol 3 Part G 5.2.1).
    pub const MIN: Self = Self(23);
    /// 517 bytes: an attribute of 512, the longest there is, with the header of a prepared write.
    pub const MAX: Self = Self(517);

    /// An MTU in bytes; `None` outside 23 to 517.
    #[must_use]
    pub const fn new(bytes: u16) -> Option<Self> {
        if bytes >= Self::MIN.0 && bytes <= Self::MAX.0 { Some(Self(bytes)) } else { None }
    }

    /// The MTU in bytes, 23 to 517.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }

    /// What a write or a notification can carry, in bytes: the MTU less 3 for opcode and handle, 20 to 514.
    #[must_use]
    pub const fn payload(self) -> usize {
        self.0 as usize - 3
    }
}

/// The MTU before any exchange, [`Mtu::MIN`].
impl Default for Mtu {
    fn default() -> Self {
        Self::MIN
    }
}
