//! [`Counter`]: where phones are answered: the VIN and trouble codes from the vehicle, plans, firmware and the owner's consent to the flash.

use application::{CONSENT_MAX, Desk, Hardware, Unanswered, UpdateParts};
use dimo_crypto::manifest::SignatureScheme;
use dimo_dbc::request::Request as _;
use dimo_dbc::request::obd::{ClearCodes, ReadCodes, ReadSupported, ReadVin, SupportedIn};
use dimo_hal::BootControl as _;
use dimo_hal::boot::{BootReason, BootSlot, BootState};
use dimo_pairing::{
    Answer, FirmwareState, FirmwareStatus, PageBuffer, Percent, Refusal, Request, SleepHold, Text,
    TroubleCodes, TroubleEntry, TroubleStatus, UploadKind, UploadPlan, VehicleProtocol, VinAge, VinSource,
};
use dimo_types::{TroubleCode, VehicleNumber, Vin};
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::signal::Signal;
use embassy_time::Instant;
use radio::{Document, Firmware, Handler, Updates};

use crate::plan_words::PlanWords;
use crate::version::Version;

/// The longest answer of a control unit that is read.
const ANSWER: usize = 128;
/// Trouble codes that are told.
const CODES: usize = 48;
/// Of the bus that `settings` has.
const PROTOCOL: VehicleProtocol = VehicleProtocol::Can11Bit500;

/// Does what phones ask for.
pub(crate) struct Counter<'d, 'w, 'c, H: Hardware, S> {
    desk: &'d Desk<'w, 'c, H, S>,
    firmware: &'static mut Firmware,
    /// The number of the release that runs.
    release: u64,
    restart: &'d Signal<NoopRawMutex, ()>,
    /// What the vehicle told last, and when.
    vin: Option<(Vin, Instant)>,
    page: PageBuffer,
    plan: PlanWords,
    consent: Document<CONSENT_MAX>,
}

impl<'d, 'w, 'c, H: Hardware, S: SignatureScheme> Counter<'d, 'w, 'c, H, S> {
    pub(crate) const fn new(
        desk: &'d Desk<'w, 'c, H, S>,
        firmware: &'static mut Firmware,
        release: u64,
        restart: &'d Signal<NoopRawMutex, ()>,
    ) -> Self {
        Self {
            desk,
            firmware,
            release,
            restart,
            vin: None,
            page: [0; _],
            plan: PlanWords::of(0),
            consent: Document::EMPTY,
        }
    }

    async fn vin(&mut self, source: VinSource) -> Answer<'static> {
        if source == VinSource::Vehicle {
            let mut answer = [0; ANSWER];
            let told = self.desk.ask(&ReadVin.bytes(), &mut answer).await;
            match told.map(|told| ReadVin.answer(told)) {
                Ok(Ok(vin)) => self.vin = Some((vin, Instant::now())),
                Ok(Err(_)) => return Answer::Refused(Refusal::NotTold),
                Err(why) => return Answer::Refused(refusal(why)),
            }
        }
        match self.vin {
            Some((vin, told)) => Answer::Vin {
                source,
                age: VinAge::seconds(told.elapsed().as_secs()),
                number: VehicleNumber::Vin(vin),
            },
            None => Answer::Refused(Refusal::Unavailable),
        }
    }

    /// Nothing is cleared in a vehicle that moves or whose engine runs.
    async fn clear_codes(&mut self) -> Answer<'static> {
        let mut answer = [0; ANSWER];
        let told = self.desk.clear_codes(&mut answer).await;
        match told.map(|told| ClearCodes.answer(told)) {
            Ok(Ok(())) => {
                self.desk.tell(format_args!("cleared\tcodes"));
                Answer::TroubleCodesCleared
            }
            Ok(Err(_)) | Err(Unanswered::MayNot) => Answer::Refused(Refusal::EngineState),
            Err(why) => Answer::Refused(refusal(why)),
        }
    }

    /// The one that units have answered in: that of this board's bus.
    async fn protocol(&mut self) -> Answer<'static> {
        let mut answer = [0; ANSWER];
        match self.desk.ask(&ReadSupported::first(SupportedIn::CurrentData).bytes(), &mut answer).await {
            Ok(_) => Answer::Protocol(PROTOCOL),
            Err(why) => Answer::Refused(refusal(why)),
        }
    }

    async fn firmware(&mut self) -> Answer<'static> {
        let mut updates = self.desk.updates().await;
        let UpdateParts { updater, boot, config, .. } = updates.parts();
        let Ok(kept) = boot.state().await else { return Answer::Refused(Refusal::StorageFailed) };
        let wanted = updater.wanted();
        let state = firmware_state(&kept, config.slot, wanted.is_some());
        let percent = match (wanted, state) {
            (Some(wanted), FirmwareState::Downloading) => Percent::of(wanted.index, wanted.count),
            _ => Percent::of(0, 0),
        };
        let running = Version::of(self.release).non_empty_text();
        let next = updater.manifest().map_or(Text::new(""), |next| Version::of(next.seq).text());
        match (running, next) {
            (Ok(running), Ok(next)) => {
                Answer::FirmwareStatus(FirmwareStatus { state, percent, running, next })
            }
            _ => Answer::Refused(Refusal::Unavailable),
        }
    }

    /// Of all kinds, in one list; a unit that does not know one of them has none of it.
    async fn codes(&mut self, first: u16) -> Answer<'_> {
        let Some(none) = TroubleCode::from_bytes([0, 1]) else {
            return Answer::Refused(Refusal::Unavailable);
        };
        let mut found = [TroubleEntry { status: TroubleStatus::Stored, code: none }; CODES];
        let mut count = 0;
        for (kind, status) in KINDS {
            let mut answer = [0; ANSWER];
            let told = match self.desk.ask(&kind.bytes(), &mut answer).await {
                Ok(told) => told,
                Err(Unanswered::Silence) => continue,
                Err(why) => return Answer::Refused(refusal(why)),
            };
            let Ok(codes) = kind.answer(told) else { continue };
            for (place, code) in found.iter_mut().skip(count).zip(codes) {
                *place = TroubleEntry { status, code };
                count += 1;
            }
        }
        let found = found.get(..count).unwrap_or_default();
        Answer::TroubleCodes(TroubleCodes::page(found, first, &mut self.page))
    }
}

/// What a phone is told of a vehicle that told nothing.
fn refusal(why: Unanswered) -> Refusal {
    match why {
        Unanswered::MayNot => Refusal::VehicleOff,
        _ => Refusal::NoAnswer,
    }
}

/// How far an update is. What is on trial is in the slot that runs; what is staged is in the other one.
fn firmware_state(boot: &BootState, running: BootSlot, is_fetching: bool) -> FirmwareState {
    match (boot.trial, boot.reverted) {
        (Some((slot, _)), _) if slot == running => FirmwareState::OnTrial,
        (Some(_), _) => FirmwareState::Ready,
        _ if is_fetching => FirmwareState::Downloading,
        (None, BootReason::TrialExhausted | BootReason::TrialRefused | BootReason::TakenBack) => {
            FirmwareState::RolledBack
        }
        (None, _) => FirmwareState::Idle,
    }
}

/// How trouble codes are asked for, and how they stand then.
const KINDS: [(ReadCodes, TroubleStatus); 3] = [
    (ReadCodes::Stored, TroubleStatus::Stored),
    (ReadCodes::Pending, TroubleStatus::Pending),
    (ReadCodes::Permanent, TroubleStatus::Permanent),
];

impl<H: Hardware, S: SignatureScheme> Handler for Counter<'_, '_, '_, H, S> {
    async fn perform(&mut self, request: &Request<'_>) -> Answer<'_> {
        match request {
            Request::ReadVin(source) => self.vin(*source).await,
            Request::ReadTroubleCodes { first } => self.codes(*first).await,
            Request::ClearTroubleCodes => self.clear_codes().await,
            Request::ReadProtocol => self.protocol().await,
            Request::FirmwareStatus => self.firmware().await,
            Request::HoldAwake { seconds } => {
                let held = self.desk.hold_awake(SleepHold::for_request(*seconds).seconds()).await;
                Answer::HeldAwake(SleepHold::for_request(held))
            }
            _ => Answer::Refused(Refusal::Unavailable),
        }
    }

    async fn begin(&mut self, plan: &UploadPlan) -> Result<(), Refusal> {
        self.desk.confirm().await;
        match plan.kind {
            UploadKind::Plan => self.plan = PlanWords::of(plan.length),
            UploadKind::SharingConsent => self.consent.clear(),
            kind => return self.firmware.begin(kind, self.desk.updates().await.parts().updater),
        }
        Ok(())
    }

    async fn piece(&mut self, kind: UploadKind, offset: u32, bytes: &[u8]) -> Result<(), Refusal> {
        match kind {
            UploadKind::Plan => return self.plan.piece(self.desk, bytes).await,
            UploadKind::SharingConsent => return self.consent.put(offset, bytes),
            _ => {}
        }
        let mut updates = self.desk.updates().await;
        let UpdateParts { updater, boot, .. } = updates.parts();
        self.firmware.piece(kind, offset, bytes, updater, boot).await
    }

    async fn finish(&mut self, plan: &UploadPlan) -> Result<(), Refusal> {
        match plan.kind {
            UploadKind::Plan => self.plan.finish(self.desk).await?,
            UploadKind::SharingConsent if self.desk.consent(self.consent.bytes()).await => {}
            UploadKind::SharingConsent => return Err(Refusal::Rejected),
            kind => {
                let mut updates = self.desk.updates().await;
                let UpdateParts { updater, boot, config, target } = updates.parts();
                let to =
                    Updates { updater, boot, root: &config.root, scheme: &config.scheme, target: &target };
                self.firmware.finish(kind, to).await?;
            }
        }
        self.desk.tell(format_args!("uploaded\t{:?}", plan.kind));
        if matches!(plan.kind, UploadKind::Plan | UploadKind::FirmwareImage) {
            self.restart.signal(());
        }
        Ok(())
    }
}
