//! The inverse of decoding, for simulators and tests: [`MessageEncoder`].

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::RangeInclusive;
use std::collections::HashMap;

use dimo_types::{CanId, Frame, FrameError, Raw, Timestamp};
use thiserror::Error;

use crate::{ByteOrder, Message, Presence, Signal, SignalKind};

impl Message {
    /// An encoder of one frame of this message, with every bit 0.
    ///
    /// # Errors
    ///
    /// [`EncodeError::NoFrame`] for a message whose identifier or length no frame has.
    pub fn encoder(&self) -> Result<MessageEncoder<'_>, EncodeError> {
        let refused = EncodeError::NoFrame { id: self.id, size: self.size };
        let (Some(id), true) = (self.can_id(), self.size as usize <= Frame::MAX_LEN) else {
            return Err(refused);
        };
        Ok(MessageEncoder {
            message: self,
            id,
            bytes: alloc::vec![0; self.size as usize],
            switches: HashMap::new(),
        })
    }
}

/// Sets the signals of one frame.
///
/// A multiplexed signal sets its switch, and the switches around that one, to the first value that selects it, unless
/// the switch stands already. Every value is checked: what does not fit is refused, and the frame stays as it was.
///
/// # Example: one page of a multiplexed message
///
/// ```
/// use dimo_types::Timestamp;
/// let text = "BO_ 291 Cell: 4 X\n SG_ Page M : 0|8@1+ (1,0) [0|0] \"\" X\n SG_ Volts m7 : 8|16@1+ (0.001,0) [0|5] \"V\" X\n";
/// let database = dimo_dbc::import(text.as_bytes()).unwrap();
/// let message = database.message("Cell").unwrap();
/// let frame = message.encoder()?.set("Volts", 3.7)?.frame(Timestamp::EPOCH)?;
/// assert_eq!(frame.data(), [7, 0x74, 0x0E, 0]);
/// assert!(message.encoder()?.set("Volts", 6.0).is_err());
/// # Ok::<(), dimo_dbc::EncodeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct MessageEncoder<'d> {
    message: &'d Message,
    id: CanId,
    bytes: Vec<u8>,
    /// The switches that are set, by name.
    switches: HashMap<&'d str, u64>,
}

impl<'d> MessageEncoder<'d> {
    /// Sets `signal` to the raw value nearest to `physical`.
    ///
    /// # Errors
    ///
    /// [`EncodeError`] when there is no such signal, when `physical` is outside the limits of the DBC file or of the
    /// signal's bits, or when the switches that stand do not select it.
    pub fn set(&mut self, signal: &str, physical: f64) -> Result<&mut Self, EncodeError> {
        let found = self.find(signal)?;
        let out_of_range =
            || EncodeError::OutOfRange { signal: signal.to_string(), value: physical.to_string() };
        if found.limits().is_some_and(|limits| !limits.contains(&physical)) {
            return Err(out_of_range());
        }
        let raw = (physical - found.scale.offset) / found.scale.factor;
        let bits = match found.kind {
            SignalKind::Float32 => u64::from((raw as f32).to_bits()),
            SignalKind::Float64 => raw.to_bits(),
            _ if !raw.is_finite() => return Err(out_of_range()),
            _ => integer_bits(found, raw.round() as i128).ok_or_else(out_of_range)?,
        };
        self.write(found, bits)
    }

    /// Sets the bits of `signal` to the integer `raw`, whatever the limits of the DBC file say.
    ///
    /// # Errors
    ///
    /// [`EncodeError`] when there is no such signal, when it has too few bits for `raw`, or when the switches that stand
    /// do not select it.
    pub fn set_raw(&mut self, signal: &str, raw: Raw) -> Result<&mut Self, EncodeError> {
        let found = self.find(signal)?;
        let integer = match raw {
            Raw::Signed(raw) => Some(i128::from(raw)),
            Raw::Unsigned(raw) => Some(i128::from(raw)),
            _ => None,
        };
        let bits = integer.and_then(|raw| integer_bits(found, raw));
        let out_of_range = || EncodeError::OutOfRange { signal: signal.to_string(), value: raw.to_string() };
        self.write(found, bits.ok_or_else(out_of_range)?)
    }

    /// The payload as it stands.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The frame as it stands: classic up to 8 bytes, CAN FD above.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Frame`] when the DBC file declares a length above 8 bytes that CAN FD has not.
    pub fn frame(&self, time: Timestamp) -> Result<Frame, EncodeError> {
        let frame = if self.bytes.len() > Frame::MAX_CLASSIC_LEN { Frame::fd } else { Frame::classic };
        Ok(frame(time, self.id, &self.bytes)?)
    }

    fn find(&self, signal: &str) -> Result<&'d Signal, EncodeError> {
        let unknown = || EncodeError::UnknownSignal { signal: signal.to_string() };
        self.message.signal(signal).ok_or_else(unknown)
    }

    fn write(&mut self, signal: &'d Signal, bits: u64) -> Result<&mut Self, EncodeError> {
        // What has to be written is known to fit before the first bit of it is.
        let mut writes = alloc::vec![(signal, bits)];
        self.select(signal, &mut writes)?;
        let mut switches = self.switches.clone();
        for (signal, bits) in &writes {
            if (0..signal.size).any(|bit| place(signal, bit).is_none_or(|(byte, _)| byte >= self.bytes.len()))
            {
                return Err(EncodeError::OutsideMessage { signal: signal.name.clone() });
            }
            if !self.is_switch(signal) {
                continue;
            }
            let stands = switches.insert(&signal.name, *bits).filter(|stands| stands != bits);
            if let Some(value) = stands {
                return Err(EncodeError::Switch {
                    signal: signal.name.clone(),
                    switch: signal.name.clone(),
                    value,
                });
            }
        }
        self.switches = switches;
        for (signal, bits) in writes {
            for bit in 0..signal.size {
                let (byte, mask) = place(signal, bit).unwrap_or_default();
                if let Some(byte) = self.bytes.get_mut(byte) {
                    *byte = if bits >> bit & 1 == 1 { *byte | mask } else { *byte & !mask };
                }
            }
        }
        Ok(self)
    }

    /// Adds the switches that select `signal` and do not stand yet.
    fn select(&self, signal: &'d Signal, writes: &mut Vec<(&'d Signal, u64)>) -> Result<(), EncodeError> {
        let (switch, values) = match &signal.presence {
            Presence::Always => return Ok(()),
            Presence::When { switch, values } => (switch, values),
            Presence::Unknown => return Err(EncodeError::NoSwitch { signal: signal.name.clone() }),
        };
        let no_switch = || EncodeError::NoSwitch { signal: signal.name.clone() };
        let found = self.message.signal(switch).ok_or_else(no_switch)?;
        if let Some(value) = self.switches.get(switch.as_str()) {
            if values.iter().any(|range| range.contains(value)) {
                return Ok(());
            }
            let (signal, switch) = (signal.name.clone(), switch.clone());
            return Err(EncodeError::Switch { signal, switch, value: *value });
        }
        // A circle of switches would never end.
        if writes.len() > self.message.signals.len() {
            return Err(no_switch());
        }
        let value = values.first().map(RangeInclusive::start).ok_or_else(no_switch)?;
        let bits = integer_bits(found, i128::from(*value)).ok_or_else(no_switch)?;
        writes.push((found, bits));
        self.select(found, writes)
    }

    fn is_switch(&self, signal: &Signal) -> bool {
        let names = |other: &Signal| matches!(&other.presence, Presence::When { switch, .. } if *switch == signal.name);
        self.message.signals.iter().any(names)
    }
}

/// The byte and the mask of bit `bit` of `signal`, counted from its least significant; `None` outside of any frame.
fn place(signal: &Signal, bit: u16) -> Option<(usize, u8)> {
    let position = match signal.byte_order {
        ByteOrder::Intel => signal.start_bit.checked_add(bit)?,
        // Motorola bits run down in a byte and go on at the top of the next.
        ByteOrder::Motorola => {
            let first = (signal.start_bit / 8).checked_mul(8)? + (7 - signal.start_bit % 8);
            let from_top = first.checked_add(signal.size - 1 - bit)?;
            (from_top / 8) * 8 + (7 - from_top % 8)
        }
    };
    Some((usize::from(position / 8), 1 << (position % 8)))
}

/// The bits of `raw`; `None` when `signal` has too few, or too many for an integer, or is a float.
fn integer_bits(signal: &Signal, raw: i128) -> Option<u64> {
    if !(1..=64).contains(&signal.size) {
        return None;
    }
    let range = match signal.kind {
        SignalKind::Unsigned => 0..=(1i128 << signal.size) - 1,
        SignalKind::Signed => -(1i128 << (signal.size - 1))..=(1i128 << (signal.size - 1)) - 1,
        _ => return None,
    };
    // The low bits of two's complement.
    range.contains(&raw).then_some(raw as u64)
}

/// Why a value cannot be put into a frame. The frame stays as it was.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// No frame has that identifier or that length.
    #[error("no frame has the identifier {id:#X} and {size} bytes")]
    NoFrame {
        /// The identifier as the DBC file states it.
        id: u32,
        /// The declared length in bytes.
        size: u32,
    },
    /// The message has no signal of that name.
    #[error("the message has no signal {signal}")]
    UnknownSignal {
        /// The name.
        signal: String,
    },
    /// The value is outside the limits of the DBC file, or of the bits of the signal.
    #[error("{value} is out of the range of {signal}")]
    OutOfRange {
        /// The signal.
        signal: String,
        /// The value, physical or raw as it was given.
        value: String,
    },
    /// The DBC file puts the signal outside of its message. Mend the file.
    #[error("{signal} lies outside of its message")]
    OutsideMessage {
        /// The signal.
        signal: String,
    },
    /// The signal is multiplexed and no value of a switch selects it. Mend the file.
    #[error("no switch selects {signal}")]
    NoSwitch {
        /// The signal.
        signal: String,
    },
    /// The switch stands at a value that does not select the signal. Use another frame for it.
    #[error("{signal} is not there while {switch} is {value}")]
    Switch {
        /// The signal, or the switch itself when it was to change.
        signal: String,
        /// The switch.
        switch: String,
        /// Its raw value.
        value: u64,
    },
    /// CAN FD has no frame of the declared length.
    #[error("{0}")]
    Frame(#[from] FrameError),
}
