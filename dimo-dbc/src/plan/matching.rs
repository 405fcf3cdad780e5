//! [`IdMatching`]: which frames are those of a message, and the search for it.

use dimo_types::CanId;

use crate::Plan;
use crate::plan::layout::MessageEntry;

/// Which identifiers on the bus are those of a message of the plan; [`Plan::with_matching`] sets it.
///
/// # Example: an engine at another address than in the DBC file
///
/// ```
/// # #[cfg(feature = "import")] {
/// use dimo_dbc::{IdMatching, Plan, Selection, compile, import};
/// use dimo_types::CanId;
/// // Electronic engine controller 1, group 61444, as J1939 files state it: bit 31, and the null address FE as the sender.
/// let text = "BO_ 2364540158 EEC1: 8 X\n SG_ EngineSpeed : 24|16@1+ (0.125,0) [0|8031.875] \"rpm\" X\n";
/// let blob = compile(&import(text.as_bytes()).unwrap(), &Selection::all(), None).unwrap();
/// let plan = Plan::from_bytes(&blob).unwrap();
/// let from_the_engine = CanId::extended(0x0CF0_0400).unwrap();
/// assert_eq!(plan.message_name(from_the_engine), None);
/// let plan = plan.with_matching(IdMatching::J1939);
/// assert_eq!(plan.message_name(from_the_engine), Some("EEC1"));
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IdMatching {
    /// The identifier of the message, and no other.
    #[default]
    Exact,
    /// SAE J1939-21: an extended identifier stands for its parameter group. The priority and the source address do not
    /// count, and with a PDU format below 240 (PDU1) the destination address does not either.
    ///
    /// A message with exactly the identifier of the frame still goes first; else, of several messages with the same group,
    /// the first of the DBC file. (Messages without signals leave no order behind: of those any.) Standard identifiers match
    /// exactly.
    J1939,
}

/// The bits of the priority start here; there are three.
const PRIORITY_SHIFT: u32 = 26;
/// What is not the priority: data pages, PDU format, PDU specific, source address.
const BELOW_PRIORITY: u32 = (1 << PRIORITY_SHIFT) - 1;
/// The first PDU format of PDU2.
const PDU2_FORMAT: u32 = 240;
/// Destination and source address, which are not the group of a PDU1 identifier.
const PDU1_ADDRESSES: u32 = 0xFFFF;
/// The source address, which is not the group of a PDU2 identifier.
const PDU2_ADDRESS: u32 = 0xFF;

/// The bits of `id` that are no address, those of the priority included.
const fn without_addresses(id: u32) -> u32 {
    let addresses = if (id >> 16) & 0xFF < PDU2_FORMAT { PDU1_ADDRESSES } else { PDU2_ADDRESS };
    id & !addresses
}

/// What the identifiers of a parameter group have in common; `None` for a standard one.
#[cfg(feature = "alloc")]
pub(crate) fn group(id: CanId) -> Option<u32> {
    id.is_extended().then_some(without_addresses(id.packed()) & BELOW_PRIORITY)
}

impl Plan<'_> {
    /// The same plan with another rule for which frames are those of a message. It holds for everything that takes an
    /// identifier: decoding, names and lengths.
    #[must_use]
    pub const fn with_matching(self, matching: IdMatching) -> Self {
        Self { matching, ..self }
    }

    /// The message to which a frame with that identifier belongs, and its place in the table.
    pub(crate) fn find(&self, id: CanId) -> Option<(usize, MessageEntry)> {
        let at = self.search(id)?;
        self.messages.get(at).map(|entry| (at, MessageEntry::read(entry)))
    }

    /// The entry of that message.
    #[inline(always)]
    pub(crate) fn find_entry(&self, id: CanId) -> Option<&[u8; MessageEntry::BYTES]> {
        self.messages.get(self.search(id)?)
    }

    /// The place of that message.
    #[inline(always)]
    fn search(&self, id: CanId) -> Option<usize> {
        let by_id = |entry: &[u8; MessageEntry::BYTES]| MessageEntry::read(entry).id;
        match self.messages.binary_search_by_key(&id.packed(), by_id) {
            Ok(at) => Some(at),
            Err(_) if self.matching == IdMatching::J1939 && id.is_extended() => self.find_group(id.packed()),
            Err(_) => None,
        }
    }

    /// The identifier of the message that frames of the parameter group of `id` belong to; `None` where groups do not count.
    #[cfg(feature = "alloc")]
    pub(crate) fn first_of_group(&self, id: CanId) -> Option<CanId> {
        let groups_count = self.matching == IdMatching::J1939 && id.is_extended();
        let first = groups_count.then(|| self.find_group(id.packed()))??;
        CanId::from_packed(MessageEntry::read(self.messages.get(first)?).id)
    }

    /// The first message, in the order of the DBC file, of the parameter group of `id`.
    #[inline(never)]
    fn find_group(&self, id: u32) -> Option<usize> {
        let group = without_addresses(id) & BELOW_PRIORITY;
        let mut found = None;
        // In the table, which ascends by identifier, a group is one run for each priority.
        for priority in 0..8 {
            let least = CanId::EXTENDED_FLAG | (priority << PRIORITY_SHIFT) | group;
            let first = self.messages.partition_point(|entry| MessageEntry::read(entry).id < least);
            for (at, message) in self.messages.iter().map(MessageEntry::read).enumerate().skip(first) {
                if without_addresses(message.id) != least {
                    break;
                }
                // Signals stand in the order of the file. A message without any begins where the one behind it does.
                let order = (message.first_signal, message.signal_count);
                if found.is_none_or(|(_, first)| order < first) {
                    found = Some((at, order));
                }
            }
        }
        found.map(|(at, _)| at)
    }
}
