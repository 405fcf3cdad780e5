//! [`Desk`]: a vehicle and a plan in the place of real ones, and the slots of the board.

use core::cell::RefCell;

use board::Uart;
use dimo_pairing::{Answer, Refusal, Request, UploadKind, UploadPlan, VinAge, VinSource};
use embassy_time::{Duration, Instant, Timer};
use radio::Handler;

use crate::say;
use crate::slots::Slots;

/// What the vehicle tells.
const VIN: &str = "WVWZZZ1JZXW000001";
/// How long it takes for that: longer than a phone waits without a word.
const VIN_TIME: Duration = Duration::from_millis(2_500);

/// Does what phones ask for.
pub(crate) struct Desk<'c> {
    console: &'c RefCell<Uart>,
    /// When the vehicle told its VIN last.
    told: Option<Instant>,
    /// What has come of a plan.
    plan: Checksum,
    slots: &'c mut Slots,
}

/// FNV-1a in 32 bits: not for security, and short.
struct Checksum(u32);

impl Checksum {
    const EMPTY: Self = Self(0x811C_9DC5);

    fn add(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |sum, byte| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
    }
}

impl<'c> Desk<'c> {
    pub(crate) const fn new(console: &'c RefCell<Uart>, slots: &'c mut Slots) -> Self {
        Self { console, told: None, plan: Checksum::EMPTY, slots }
    }

    async fn vin(&mut self, source: VinSource) -> Answer<'static> {
        if source == VinSource::Vehicle {
            Timer::after(VIN_TIME).await;
            self.told = Some(Instant::now());
        }
        match (self.told, VIN.parse()) {
            (Some(told), Ok(number)) => {
                Answer::Vin { source, age: VinAge::seconds(told.elapsed().as_secs()), number }
            }
            _ => Answer::Refused(Refusal::Unavailable),
        }
    }
}

impl Handler for Desk<'_> {
    async fn perform(&mut self, request: &Request<'_>) -> Answer<'_> {
        match request {
            Request::ReadVin(source) => self.vin(*source).await,
            _ => Answer::Refused(Refusal::Unavailable),
        }
    }

    async fn begin(&mut self, plan: &UploadPlan) -> Result<(), Refusal> {
        self.plan = Checksum::EMPTY;
        if plan.kind == UploadKind::Plan { Ok(()) } else { self.slots.begin(plan.kind) }
    }

    async fn piece(&mut self, kind: UploadKind, offset: u32, bytes: &[u8]) -> Result<(), Refusal> {
        if kind == UploadKind::Plan {
            self.plan.add(bytes);
            return Ok(());
        }
        self.slots.piece(kind, offset, bytes).await
    }

    async fn finish(&mut self, plan: &UploadPlan) -> Result<(), Refusal> {
        if plan.kind == UploadKind::Plan {
            let UploadPlan { kind, length, .. } = plan;
            say(self.console, format_args!("uploaded\t{kind:?}\t{length}\t{:#010x}", self.plan.0));
            return Ok(());
        }
        self.slots.finish(plan.kind).await?;
        say(self.console, format_args!("uploaded\t{:?}", plan.kind));
        Ok(())
    }
}
