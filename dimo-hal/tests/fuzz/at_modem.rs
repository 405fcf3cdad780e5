//! Whatever a modem, or a network through it, says on its line.

use core::convert::Infallible;
use core::future::poll_fn;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::collections::VecDeque;

use dimo_hal::Modem;
use dimo_hal::modem::{AtModem, AtTimeouts, EdrxCycle, LowPower, PsmTimers, RadioPower, SmsWake};
use embedded_hal_async::delay::DelayNs;
use embedded_io_async::{ErrorType, Read, Write};

/// A stream that says the next piece once a command is complete, is silent after it, and ends after the last one.
struct Pieces {
    pieces: VecDeque<Vec<u8>>,
    now: VecDeque<u8>,
    commands: usize,
}

impl ErrorType for Pieces {
    type Error = Infallible;
}

impl Read for Pieces {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        if self.now.is_empty() && !self.pieces.is_empty() {
            return core::future::pending().await;
        }
        let len = buffer.len().min(self.now.len());
        self.now.drain(..len).zip(buffer).for_each(|(byte, place)| *place = byte);
        Ok(len)
    }
}

impl Write for Pieces {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        for _ in bytes.iter().filter(|byte| **byte == b'\r') {
            self.commands += 1;
            self.now.extend(self.pieces.pop_front().unwrap_or_default());
        }
        Ok(bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// Over as soon as somebody waits for it: what is not there at once does not come.
struct AtOnce;

impl DelayNs for AtOnce {
    async fn delay_ns(&mut self, _: u32) {
        poll_fn(|_| Poll::Ready(())).await;
    }
}

/// Polls a few times at most: waiting for events has no end of its own.
fn poll(future: impl Future) {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..100 {
        if future.as_mut().poll(&mut context).is_ready() {
            return;
        }
    }
}

/// The first byte says which method is called first; the others are what the modem says to each command, with zeros between, or, where a 1 begins
/// them, to each after those that set it up.
pub(crate) fn at_modem(bytes: &[u8]) {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let mut pieces: VecDeque<Vec<u8>> = bytes.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect();
    if bytes.first() == Some(&1) {
        (0..6).for_each(|_| pieces.push_front(b"\r\nOK\r\n".to_vec()));
    }
    let most = pieces.len() + 200;
    let stream = Pieces { pieces, now: VecDeque::new(), commands: 0 };
    let mut modem = AtModem::new(stream, AtOnce, AtTimeouts::default());
    for method in 0..15u8 {
        call(&mut modem, first.wrapping_add(method) % 15);
    }
    let commands = modem.into_stream().commands;
    assert!(commands <= most, "{commands} commands");
}

fn call(modem: &mut AtModem<Pieces, AtOnce>, method: u8) {
    let apn = "iot.example".parse().expect("it is one");
    let psm = PsmTimers::new(Duration::from_secs(4 * 3600), Duration::from_secs(10));
    match method {
        0 => poll(modem.network()),
        1 => poll(modem.imei()),
        2 => poll(modem.sim()),
        3 => poll(modem.sim_identity()),
        4 => poll(modem.signal()),
        5 => poll(modem.low_power()),
        6 => poll(modem.link()),
        7 => poll(modem.network_time()),
        8 => poll(modem.connect(&apn)),
        9 => poll(modem.disconnect()),
        10 => poll(modem.next_event()),
        11 => poll(modem.set_power(RadioPower::On)),
        12 => poll(modem.set_low_power(psm.map_or(LowPower::None, LowPower::Psm))),
        13 => {
            let cycle = EdrxCycle::at_least(Duration::from_secs(80));
            poll(modem.set_low_power(cycle.map_or(LowPower::None, LowPower::Edrx)));
        }
        _ => poll(modem.set_sms_wake(SmsWake::Reported)),
    }
}
