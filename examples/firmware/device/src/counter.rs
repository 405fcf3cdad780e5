//! [`Counter`]: where phones are answered: the VIN and trouble codes from the vehicle, plans, firmware and the owner's consent to the flash.

use application::{CONSENT_MAX, Desk, Hardware, UpdateParts};
use dimo_crypto::manifest::SignatureScheme;
use dimo_dbc::request::Request as _;
use dimo_dbc::request::obd::{ReadCodes, ReadVin};
use dimo_pairing::{
    Answer, PageBuffer, Refusal, Request, TroubleCodes, TroubleEntry, TroubleStatus, UploadKind, UploadPlan,
    VinAge, VinSource,
};
use dimo_types::{TroubleCode, VehicleNumber, Vin};
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::signal::Signal;
use embassy_time::Instant;
use radio::{Document, Firmware, Handler, Updates};

use crate::plan_words::PlanWords;

/// The longest answer of a control unit that is read.
const ANSWER: usize = 128;
/// Trouble codes that are told.
const CODES: usize = 48;

/// Does what phones ask for.
pub(crate) struct Counter<'d, 'w, 'c, H: Hardware, S> {
    desk: &'d Desk<'w, 'c, H, S>,
    firmware: &'static mut Firmware,
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
        restart: &'d Signal<NoopRawMutex, ()>,
    ) -> Self {
        Self {
            desk,
            firmware,
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
            let Some(vin) = told.and_then(|told| ReadVin.answer(told).ok()) else {
                return Answer::Refused(Refusal::Unavailable);
            };
            self.vin = Some((vin, Instant::now()));
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

    /// Of all kinds, in one list; a unit that does not know one of them has none of it.
    async fn codes(&mut self, first: u16) -> Answer<'_> {
        let Some(none) = TroubleCode::from_bytes([0, 1]) else {
            return Answer::Refused(Refusal::Unavailable);
        };
        let mut found = [TroubleEntry { status: TroubleStatus::Stored, code: none }; CODES];
        let mut count = 0;
        for (kind, status) in KINDS {
            let mut answer = [0; ANSWER];
            let Some(told) = self.desk.ask(&kind.bytes(), &mut answer).await else { continue };
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
