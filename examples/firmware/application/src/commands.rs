//! [`Commands`]: what a backend or an owner's phone may have the device do besides telemetry: a plan, a release, a question to the vehicle.
//!
//! A command is a kind and a body; a report answers it in the same form. They travel sealed in a session, or in an owner's pairing session.
//!
//! | kind | body | report |
//! |---|---|---|
//! | 16 plan | how identifiers are matched (1), length (4), place (4), a piece | place of the next piece (4), or its length when it is whole |
//! | 17 order | count of bytes (2) and the directive, and so for each signed manifest | [`Ordered`] as a byte, or a 18 |
//! | 18 chunk | number (4), bytes of the proof (2), proof, chunk | manifest (32), number of the chunk that is wanted (4) |
//! | 19 question | a request of OBD-II or UDS | what came: 0 refused, 1 silence, 2 and the answer |
//! | 20 owner | chain (8), contract (20), vehicle (32), owner (20), as the registry has them, big-endian | whether it is stored (1), the version of the consent that is held (8) |
//! | 21 consent | what the owner shares, signed: SPEC.md of `dimo-pairing`, Uploads | whether it is in force (1), the version that is held (8) |
//!
//! Numbers are little-endian.

use dimo_crypto::manifest::SignatureScheme;
use dimo_crypto::merkle::Proof;
use dimo_hal::BootControl as _;
use dimo_hal::boot::ConfirmToken;
use dimo_hal::boot_control::Error as _;
use dimo_hal::clock::Monotonic as _;
use dimo_hal::update::{Begun, Order, Progress, UpdateTarget, Updater};
use dimo_types::Address;

use crate::config::Config;
use crate::desk::UpdateParts;
use crate::event::{Event, Subject};
use crate::hardware::Hardware;
use crate::plans::{PlanRefusal, PlanStore, Taken};
use crate::polls;
use crate::question::{Question, Told};
use crate::shared::SharedStore;
use crate::sharing::{self, SharingRefusal};
use crate::world::{Ticks, World};

/// Signed manifests of one order, at most.
const RELEASES: usize = 4;
/// The longest report.
pub(crate) const REPORT: usize = 160;

/// What commands work on.
pub(crate) struct Commands<'w, 'c, H: Hardware, S> {
    world: &'w World<H>,
    config: &'c Config<'c, S>,
    device: Address,
    plans: PlanStore<H::Plans>,
    updater: Updater<SharedStore<'w, H::Store>>,
    boot: H::Boot,
    is_confirmed: bool,
}

/// What became of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ordered {
    /// What is ordered runs already.
    Runs = 0,
    /// All is fetched and verified: it is tried with the next start.
    Staged = 1,
    /// It is not followed.
    Refused = 2,
}

/// What a command came to.
pub(crate) struct Report {
    bytes: [u8; REPORT],
    len: usize,
    /// The device has to start anew.
    pub(crate) restart: bool,
}

impl Report {
    fn new(kind: u8, parts: &[&[u8]]) -> Self {
        let mut report = Self { bytes: [0; REPORT], len: 0, restart: false };
        let all = core::iter::once(&kind).chain(parts.iter().copied().flatten());
        for (to, from) in report.bytes.iter_mut().zip(all) {
            *to = *from;
            report.len += 1;
        }
        report
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    const fn and_restart(self) -> Self {
        Self { restart: true, ..self }
    }
}

const PLAN: u8 = 16;
const ORDER: u8 = 17;
const CHUNK: u8 = 18;
const QUESTION: u8 = 19;
const OWNER: u8 = 20;
const CONSENT: u8 = 21;
const POLLS: u8 = 22;

impl<'w, 'c, H: Hardware, S: SignatureScheme> Commands<'w, 'c, H, S> {
    pub(crate) const fn new(
        world: &'w World<H>,
        config: &'c Config<'c, S>,
        device: Address,
        plans: PlanStore<H::Plans>,
        updater: Updater<SharedStore<'w, H::Store>>,
        boot: H::Boot,
    ) -> Self {
        Self { world, config, device, plans, updater, boot, is_confirmed: false }
    }

    /// Whoever can bring another image has been reached: this one may stay. Until then each start counts against its trial.
    pub(crate) async fn confirm(&mut self) {
        if self.is_confirmed {
            return;
        }
        let token = ConfirmToken::after_self_test(self.config.slot);
        match self.boot.confirm(token).await {
            Ok(()) => {
                self.is_confirmed = true;
                self.world.tell(Event::Confirmed);
            }
            // It is tried again when somebody is reached again, and the device does its work meanwhile.
            Err(error) => self.world.tell(Event::NotConfirmed(error.kind())),
        }
    }

    /// Obeys; `None` for what is no command.
    pub(crate) async fn obey(&mut self, command: &[u8]) -> Option<Report> {
        let (kind, body) = command.split_first()?;
        match *kind {
            PLAN => self.plan(body).await,
            ORDER => Some(self.order(body).await),
            CHUNK => self.chunk(body).await,
            QUESTION => self.ask(body).await,
            OWNER => Some(self.owner(body).await),
            CONSENT => {
                let is_taken = self.consent(body).await.is_ok();
                Some(self.shared(CONSENT, is_taken))
            }
            POLLS => Some(self.polls(body).await),
            _ => None,
        }
    }

    async fn plan(&mut self, body: &[u8]) -> Option<Report> {
        let (matching, body) = body.split_first()?;
        let (len, body) = number(body)?;
        let (place, piece) = number(body)?;
        let report = |wanted: u32| Report::new(PLAN, &[&wanted.to_le_bytes()]);
        Some(match self.plan_piece(*matching, len, place, piece).await {
            Ok(Taken::More(next)) => report(next),
            Ok(Taken::Whole) => report(len).and_restart(),
            Err(PlanRefusal::OtherPiece { wanted }) => report(wanted),
            Err(_) => report(u32::MAX),
        })
    }

    /// Takes a piece of a plan, and says on the console what became of the plan.
    pub(crate) async fn plan_piece(
        &mut self,
        matching: u8,
        len: u32,
        place: u32,
        piece: &[u8],
    ) -> Result<Taken, PlanRefusal> {
        let taken = self.plans.take(len, matching, place, piece).await;
        match taken {
            Ok(Taken::Whole) => self.world.tell(Event::PlanStored),
            Ok(Taken::More(_)) | Err(PlanRefusal::OtherPiece { .. }) => {}
            Err(refusal) => self.world.tell(Event::Refused(Subject::Plan, &refusal)),
        }
        taken
    }

    /// What updates are made with; the updater has been told of the battery.
    pub(crate) fn updates(&mut self) -> UpdateParts<'_, 'w, 'c, H, S> {
        let Self { world, config, device, updater, boot, .. } = self;
        if let Some(mv) = world.power.get().battery_mv {
            updater.handle_battery(mv);
        }
        let (class, boot_seq) = (config.class, config.boot_seq);
        let target = UpdateTarget { device: *device, groups: &[], class, boot_seq, others: &[] };
        UpdateParts { updater, boot, config, target }
    }

    async fn order(&mut self, body: &[u8]) -> Report {
        let mut rest = body;
        let directive = counted(&mut rest).unwrap_or_default();
        let mut releases: [&[u8]; RELEASES] = [&[]; RELEASES];
        let mut count = 0;
        for place in &mut releases {
            let Some(release) = counted(&mut rest) else { break };
            *place = release;
            count += 1;
        }
        let order = Order { directive, releases: releases.get(..count).unwrap_or_default() };
        let UpdateParts { updater, boot, config, target } = self.updates();
        let begun = updater.begin(Ticks.uptime(), &order, &target, &config.root, &config.scheme, boot).await;
        match begun {
            Ok(Begun::Fetching) => self.next_chunk().await,
            Ok(Begun::AlreadyRuns) => Self::ordered(Ordered::Runs),
            Ok(_) => Self::ordered(Ordered::Staged).and_restart(),
            Err(refusal) => {
                self.world.tell(Event::Refused(Subject::Order, &refusal));
                Self::ordered(Ordered::Refused)
            }
        }
    }

    async fn chunk(&mut self, body: &[u8]) -> Option<Report> {
        let (index, mut rest) = number(body)?;
        let proof = Proof::from_bytes(counted(&mut rest)?).ok()?;
        let taken = self.updater.handle_chunk(Ticks.uptime(), index, rest, proof, &mut self.boot).await;
        if let Err(refusal) = &taken {
            self.world.tell(Event::Refused(Subject::Chunk, refusal));
        }
        if let Ok(Progress::Fetched) = taken {
            self.world.tell(Event::UpdateFetched);
        }
        Some(self.next_chunk().await)
    }

    /// Asks for a chunk, or has what was fetched tried.
    async fn next_chunk(&mut self) -> Report {
        if let Some(wanted) = self.updater.wanted() {
            return Report::new(CHUNK, &[&wanted.manifest.0, &wanted.index.to_le_bytes()]);
        }
        match self.updater.stage(&mut self.boot).await {
            Ok(()) => {
                self.world.tell(Event::UpdateStaged);
                Self::ordered(Ordered::Staged).and_restart()
            }
            Err(refusal) => {
                self.world.tell(Event::Refused(Subject::Update, &refusal));
                Self::ordered(Ordered::Refused)
            }
        }
    }

    fn ordered(outcome: Ordered) -> Report {
        Report::new(ORDER, &[&[outcome as u8]])
    }

    /// What the vehicle is to be asked from now on.
    async fn polls(&mut self, list: &[u8]) -> Report {
        let set = polls::set(&self.world.polls, &mut SharedStore(&self.world.store), list).await;
        match &set {
            Ok(()) => self.world.tell(Event::PollsInForce),
            Err(refusal) => self.world.tell(Event::Refused(Subject::Polls, refusal)),
        }
        Report::new(POLLS, &[&[u8::from(set.is_ok())]])
    }

    /// The registry says whose the vehicle is.
    async fn owner(&mut self, body: &[u8]) -> Report {
        let mut store = SharedStore(&self.world.store);
        let belongs = sharing::belong(&self.world.sharing, &mut store, body).await;
        match &belongs {
            Ok(()) => self.world.tell(Event::OwnerKnown),
            Err(refusal) => self.world.tell(Event::Refused(Subject::Owner, refusal)),
        }
        self.shared(OWNER, belongs.is_ok())
    }

    /// Takes what the owner consents to, and says on the console what became of it.
    pub(crate) async fn consent(&mut self, file: &[u8]) -> Result<(), SharingRefusal> {
        let mut store = SharedStore(&self.world.store);
        let time = self.world.wall();
        let taken = sharing::consent(&self.world.sharing, &mut store, file, time).await;
        match &taken {
            Ok(()) => {
                let version = self.world.sharing.borrow().version();
                self.world.tell(Event::ConsentInForce(version));
            }
            Err(refusal) => self.world.tell(Event::Refused(Subject::Consent, refusal)),
        }
        taken
    }

    fn shared(&self, kind: u8, is_taken: bool) -> Report {
        let version = self.world.sharing.borrow().version();
        Report::new(kind, &[&[u8::from(is_taken)], &version.to_le_bytes()])
    }

    /// The vehicle answers within seconds, or never.
    pub(crate) async fn put(&mut self, question: Question) -> Told {
        self.world.told.reset();
        self.world.question.signal(question);
        self.world.told.wait().await
    }

    async fn ask(&mut self, body: &[u8]) -> Option<Report> {
        Some(match self.put(Question::new(body)?).await {
            Told::Refused => {
                self.world.tell(Event::QuestionRefused);
                Report::new(QUESTION, &[&[0]])
            }
            Told::Silence => Report::new(QUESTION, &[&[1]]),
            Told::Answer(answer) => Report::new(QUESTION, &[&[2], answer.bytes()]),
        })
    }
}

fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    bytes.split_first_chunk().map(|(number, rest)| (u32::from_le_bytes(*number), rest))
}

/// The next piece of bytes with its count before it.
fn counted<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    let (count, behind) = rest.split_first_chunk()?;
    let (piece, behind) = behind.split_at_checked(usize::from(u16::from_le_bytes(*count)))?;
    *rest = behind;
    Some(piece)
}
