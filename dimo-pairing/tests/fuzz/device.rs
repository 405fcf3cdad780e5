//! A device alone: any fragments, packets, results and times, in any order.

use dimo_crypto::Signature;
use dimo_pairing::{
    Action, Answer, Device, FRAGMENT_MAX, Fragmenter, Ignition, JobId, Memory, Mtu, PACKET_MAX, Percent,
    Presence, RecordKey, Seed, SigningFailed, StorageFailed,
};
use dimo_types::Address;

use super::parts::{self, NOON, START, secs};

/// What happens, a byte and its argument each, and bytes where it needs some.
pub(crate) fn device(bytes: &[u8]) {
    let mut source = Source(bytes);
    let mut world = World { device: parts::device(Memory::new()), now: START, last_job: None };
    while let Some(event) = source.byte() {
        let argument = source.byte().unwrap_or_default();
        world.happen(event, argument, &mut source);
        world.look();
    }
    // Whatever was before: somebody who stays away long enough leaves nothing open.
    world.device.handle_disconnected();
    assert_eq!(world.device.role(), None);
    assert!(world.device.poll_transmit(&mut [0; FRAGMENT_MAX]).is_none());
}

struct Source<'a>(&'a [u8]);

impl<'a> Source<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    fn take(&mut self, len: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(len.min(self.0.len()));
        self.0 = rest;
        taken
    }
}

struct World {
    device: Device,
    /// In seconds.
    now: u64,
    last_job: Option<JobId>,
}

impl World {
    fn happen(&mut self, event: u8, argument: u8, source: &mut Source<'_>) {
        let now = secs(self.now);
        match event % 16 {
            0 => {
                let mtu = Mtu::new(u16::from(argument)).unwrap_or(Mtu::MIN);
                self.device.handle_connected(now, mtu, Seed::from_bytes([argument; 32]));
            }
            1 => drop(self.device.handle_fragment(now, source.take(argument.into()))),
            2 | 3 => self.packet(source.take(argument.into())),
            4 => self.act(argument, source),
            5 => {
                self.now += u64::from(argument) * 3;
                // Each call ends one thing, and there are few.
                let ended =
                    core::iter::from_fn(|| self.device.handle_timeout(secs(self.now))).take(100).count();
                assert!(ended < 100, "it ends");
            }
            6 => self.device.handle_clock(now, secs(NOON + u64::from(argument) * 1_000)),
            7 => {
                let ignition = [Ignition::Unknown, Ignition::Off, Ignition::On];
                self.device.handle_ignition(ignition[usize::from(argument) % 3]);
            }
            8 => self.device.open_window(now, Presence::PluggedIn),
            9 => self.device.close_window(),
            10 => self.device.set_owner((argument > 0).then_some(Address::new([argument; 20]))),
            11 if argument == 0xFF => self.device.factory_reset(),
            11 | 12 => drop(self.device.poll_transmit(&mut [0; FRAGMENT_MAX]).map(<[u8]>::len)),
            13 => self.device.handle_mtu(Mtu::new(u16::from(argument)).unwrap_or(Mtu::MIN)),
            14 => self.device.handle_disconnected(),
            _ => self.restart(argument, source),
        }
    }

    /// A whole packet.
    fn packet(&mut self, packet: &[u8]) {
        let mut fragmenter = Fragmenter::<PACKET_MAX>::new();
        let mut buffer = [0; FRAGMENT_MAX];
        if fragmenter.load(packet).is_ok() {
            while let Some(fragment) = fragmenter.next_fragment(Mtu::MIN, &mut buffer) {
                let _ = self.device.handle_fragment(secs(self.now), fragment);
            }
        }
    }

    /// Carries out what the device wants, well or badly, or brings a result that nobody waits for.
    fn act(&mut self, argument: u8, source: &mut Source<'_>) {
        let now = secs(self.now);
        if let (Some(job), 7) = (self.last_job, argument % 8) {
            let _ = self.device.handle_stored(now, job, Ok(()));
            let _ = self.device.handle_signature(now, job, Err(SigningFailed));
            let _ = self.device.handle_progress(now, job, Percent::new(argument), argument.into());
            return;
        }
        let Some(action) = self.device.poll_action() else { return };
        match action {
            Action::Sign { job, request } => {
                self.last_job = Some(job);
                let signature: Result<Signature, _> = request.sign_blocking(&mut parts::wallet());
                let signature = signature.map_err(|_| SigningFailed);
                let result = if argument.is_multiple_of(8) { Err(SigningFailed) } else { signature };
                let _ = self.device.handle_signature(now, job, result);
            }
            Action::Store { job, record } => {
                self.last_job = Some(job);
                Memory::new().load(record.key(), record.bytes()).expect("what it writes it reads");
                let result = if argument.is_multiple_of(8) { Err(StorageFailed) } else { Ok(()) };
                let _ = self.device.handle_stored(now, job, result);
            }
            Action::Perform { job, .. } => {
                self.last_job = Some(job);
                if let Ok((_, answer)) = Answer::parse(source.take(argument.into())) {
                    let _ = self.device.handle_answer(job, &answer);
                }
            }
            _ => {}
        }
    }

    /// Power comes back, and the storage has these bytes.
    fn restart(&mut self, argument: u8, source: &mut Source<'_>) {
        let mut memory = Memory::new();
        for key in RecordKey::ALL {
            let _ = memory.load(key, source.take((argument & 0x7F).into()));
        }
        self.device = parts::device(memory);
        self.last_job = None;
    }

    /// What holds at any time.
    fn look(&self) {
        assert_eq!(self.device.role(), None, "nobody here has the secret of the label");
        assert!(self.device.signatures_left() <= 8);
        let _ = (self.device.poll_timeout(), self.device.presence(secs(self.now)), self.device.upload());
    }
}
