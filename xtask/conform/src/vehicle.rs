//! What is done to the vehicle's bus, and with what arrives from it.

use dimo_dbc::{Plan, Selection, compile, import};
use dimo_hal::blocking::{CanReceiver as _, CanTransmitter as _};
use dimo_hal::can::BusMode;
use dimo_hal::clock::Uptime;
use dimo_hal::guard::{Driving, GuardError, GuardPolicy, Refusal, TransmitGuard};
use dimo_hal::mock::MockBus;
use dimo_types::{CanId, Frame, Timestamp};

type Bus = MockBus<core::iter::Empty<Frame>>;

/// How a board's firmware reaches the bus.
pub(crate) enum Transmitter {
    Guarded(TransmitGuard<Bus>),
    Bare(Bus),
}

impl Transmitter {
    pub(crate) fn guarded() -> Self {
        let mut guard = TransmitGuard::new(bus(), GuardPolicy::new(500_000), Uptime::START);
        guard.set_mode(BusMode::Normal);
        guard.set_driving(Driving::Standing);
        Self::Guarded(guard)
    }

    pub(crate) fn bare() -> Self {
        Self::Bare(bus())
    }

    /// Whether a frame was kept from the bus because of its service.
    fn refuses(&mut self, frame: &Frame) -> bool {
        match self {
            Self::Guarded(guard) => {
                matches!(guard.transmit(frame), Err(GuardError::Refused(Refusal::Service { .. })))
            }
            Self::Bare(bus) => bus.transmit(frame).is_err(),
        }
    }

    fn sends(&mut self, frame: &Frame) -> bool {
        match self {
            Self::Guarded(guard) => guard.transmit(frame).is_ok(),
            Self::Bare(bus) => bus.transmit(frame).is_ok(),
        }
    }
}

fn bus() -> Bus {
    let mut bus = MockBus::new(core::iter::empty());
    // The mock takes every mode.
    let _ = bus.set_mode(BusMode::Normal);
    bus
}

/// Requests that write, reset or flash are kept from the bus, and a question is not.
pub(crate) fn flashing_request(mut transmitter: Transmitter) -> Result<(), String> {
    for service in [0x11, 0x27, 0x28, 0x2E, 0x2F, 0x31, 0x34, 0x35, 0x36, 0x37, 0x85] {
        if !transmitter.refuses(&request(&[2, service, 1])?) {
            return Err(format!("a request of service {service:02X} was transmitted"));
        }
    }
    if transmitter.sends(&request(&[2, 0x01, 0x0D])?) {
        Ok(())
    } else {
        Err("a question was refused".to_owned())
    }
}

fn request(start: &[u8]) -> Result<Frame, String> {
    let mut data = [0; 8];
    data.iter_mut().zip(start).for_each(|(to, from)| *to = *from);
    let id = CanId::standard(0x7E0).ok_or("no identifier")?;
    Frame::classic(Timestamp::EPOCH, id, &data).map_err(|error| error.to_string())
}

/// A plan that arrives as bytes decodes a frame, and a plan with one byte changed is refused.
pub(crate) fn plan_at_run_time() -> Result<(), String> {
    let text = "BO_ 291 Engine: 8 ECU\n SG_ Rpm : 15|16@0+ (0.25,0) [0|8000] \"rpm\" Gateway\n";
    let database = import(text.as_bytes()).map_err(|error| error.to_string())?;
    let mut blob = compile(&database, &Selection::all(), None).map_err(|error| error.to_string())?;
    let id = CanId::standard(291).ok_or("no identifier")?;
    let frame = Frame::classic(Timestamp::EPOCH, id, &[0, 0x17, 0x70, 0, 0, 0, 0, 0])
        .map_err(|error| error.to_string())?;
    let plan = Plan::from_bytes(&blob).map_err(|error| error.to_string())?;
    let values: Vec<f64> =
        plan.decode(&frame).into_iter().flatten().map(|sample| sample.physical()).collect();
    if values != [1500.0] {
        return Err(format!("the plan reads {values:?} where 1500 rpm were sent"));
    }
    if let Some(byte) = blob.first_mut() {
        *byte ^= 1;
    }
    if Plan::from_bytes(&blob).is_ok() { Err("a damaged plan was taken".to_owned()) } else { Ok(()) }
}
