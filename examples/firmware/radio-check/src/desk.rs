//! [`Desk`]: a vehicle and a file in the place of real ones.

use core::cell::RefCell;

use board::Uart;
use dimo_pairing::{Answer, Refusal, Request, UploadKind, UploadPlan, VinAge, VinSource};
use embassy_time::{Duration, Instant, Timer};
use radio::Handler;

use crate::say;

/// What the vehicle tells.
const VIN: &str = "WVWZZZ1JZXW000001";
/// How long it takes for that: longer than a phone waits without a word.
const VIN_TIME: Duration = Duration::from_millis(2_500);

/// Does what phones ask for.
pub(crate) struct Desk<'c> {
    console: &'c RefCell<Uart>,
    /// When the vehicle told its VIN last.
    told: Option<Instant>,
    /// What has come of the upload.
    file: Checksum,
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
    pub(crate) const fn new(console: &'c RefCell<Uart>) -> Self {
        Self { console, told: None, file: Checksum::EMPTY }
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
        self.file = Checksum::EMPTY;
        if plan.kind == UploadKind::Plan { Ok(()) } else { Err(Refusal::Unavailable) }
    }

    async fn piece(&mut self, _: UploadKind, _: u32, bytes: &[u8]) -> Result<(), Refusal> {
        self.file.add(bytes);
        Ok(())
    }

    async fn finish(&mut self, plan: &UploadPlan) -> Result<(), Refusal> {
        say(self.console, format_args!("uploaded\t{:?}\t{}\t{:#010x}", plan.kind, plan.length, self.file.0));
        Ok(())
    }
}
