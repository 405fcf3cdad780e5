//! What a backend has a vehicle asked again and again: a command of the reference application, whose `polls` obeys it.
//!
//! A device asks while its ignition is on, through the transmit guard, and records answers of one frame as its plan describes them: a message of the DBC file with the
//! identifier of the answer, in which byte 0 is the length and byte 1 the service.

/// The kind of a command with a list of polls. The device reports 22, and 1 or 0 for taken or not; the list is kept over restarts.
pub const POLLS: u8 = 22;

/// What to ask, whom, how often: as the network's list of requests has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the fields of the list")]
pub struct Poll {
    /// Whom: the identifier, 0 for all units that OBD-II knows.
    pub header: u32,
    /// The service (ISO 15031-5, ISO 14229-1), one that only reads.
    pub service: u8,
    /// Its parameter: the PID, or the identifier of the data.
    pub parameter: u16,
    /// From one request to the next, in seconds; 0 for once after each start.
    pub interval: u16,
    /// Where flow control goes and where the answer comes from, when it is not as ISO 15765-4 has it.
    pub pair: Option<(u32, u32)>,
}

/// Eight polls at most; none ends all polling.
#[must_use]
pub fn polls(list: &[Poll]) -> Vec<u8> {
    let entry = |poll: &Poll| {
        let (transmit, receive) = poll.pair.unwrap_or_default();
        let numbers = [poll.parameter, poll.interval].map(u16::to_le_bytes).concat();
        let pair = [transmit, receive].map(u32::to_le_bytes).concat();
        [&poll.header.to_le_bytes(), [poll.service].as_slice(), &numbers, &pair].concat()
    };
    [vec![POLLS], list.iter().flat_map(entry).collect()].concat()
}
