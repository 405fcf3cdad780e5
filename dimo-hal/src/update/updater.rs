//! [`Updater`]: from an order to a staged image.

use dimo_crypto::manifest::{
    ManifestHash, Nonce, OrderedManifest, ReleaseRefusal, SignatureScheme, TrustedRoot,
};
use dimo_crypto::merkle::{Proof, proof_len};

use super::delta::{DeltaFailed, DeltaFetch};
use super::error::UpdateError;
use super::key::{Keys, PayloadKey};
use super::order::{Accepted, Known, Order, OrderRefusal, UpdateTarget, Verdict};
use super::plain::Plain;
use super::policy::UpdatePolicy;
use super::record::{KEY, Kept, LEN, Note};
use crate::boot::{BootReason, BootSlot};
use crate::boot_control::{BootControl, Error as _, ErrorKind};
use crate::clock::Uptime;
use crate::key_value::KeyValue;

/// Fetches releases. One for each device, over the store where it keeps what must outlive a restart.
#[derive(Debug)]
pub struct Updater<K> {
    store: K,
    kept: Kept,
    policy: UpdatePolicy,
    battery_mv: Option<u32>,
    keys: Keys,
    phase: Phase,
}

#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one of it, and no heap")]
enum Phase {
    Idle,
    Asked { nonce: Nonce, until: Uptime },
    Fetching(Fetch),
}

#[derive(Debug)]
struct Fetch {
    manifest: OrderedManifest,
    slot: BootSlot,
    /// The chunk that is wanted.
    next: u32,
    /// What its payload becomes, unless that is the image.
    delta: Option<DeltaFetch>,
    /// With which its payload is opened, if that is sealed.
    key: Option<PayloadKey>,
    pace: Pace,
}

/// What a source has brought in the present window.
#[derive(Clone, Copy, Debug)]
struct Pace {
    since: Uptime,
    bytes: u32,
    too_slow: bool,
}

/// The chunk that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Wanted {
    /// The release.
    pub manifest: ManifestHash,
    /// The number of the chunk.
    pub index: u32,
    /// How many chunks there are.
    pub count: u32,
    /// The bytes of every chunk but the last.
    pub chunk_len: u32,
    /// The bytes of this chunk.
    pub len: u32,
    /// How many hashes its proof has.
    pub proof_len: usize,
}

/// What an order came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Begun {
    /// What is ordered runs already.
    AlreadyRuns,
    /// It is staged already: start anew.
    AlreadyStaged,
    /// Fetch it.
    Fetching,
}

/// What a chunk came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Progress {
    /// There are more to come: [`Updater::wanted`].
    More,
    /// All are written: [`Updater::stage`].
    Fetched,
}

/// What happened by itself. Report it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UpdateEvent {
    /// The director did not answer in time: it is away, or somebody is between.
    NoAnswer,
    /// The source is too slow.
    TooSlow,
}

impl<K: KeyValue> Updater<K> {
    /// Finds what was kept. A form that this firmware does not know is left alone and counts as nothing.
    ///
    /// # Errors
    ///
    /// The store's error.
    pub async fn open(mut store: K, policy: UpdatePolicy) -> Result<Self, K::Error> {
        let mut bytes = [0; LEN];
        let len = store.get(KEY, &mut bytes).await?;
        let kept = len.and_then(|len| bytes.get(..len)).and_then(Kept::from_bytes).unwrap_or_default();
        Ok(Self { store, kept, policy, battery_mv: None, keys: Keys::default(), phase: Phase::Idle })
    }

    /// The battery's voltage, in mV. It holds until the next one.
    pub const fn handle_battery(&mut self, mv: u32) {
        self.battery_mv = Some(mv);
    }

    /// The key of a sealed payload has come; hand it over before the order that names it, after a restart again. The last two are held, since a directive for a group names a release for
    /// each slot.
    #[cfg(feature = "seal")]
    pub fn handle_payload_key(&mut self, key: PayloadKey) {
        self.keys.add(key);
    }

    /// The director is being asked, with this nonce: nothing but its answer will do until it comes or the time is up.
    pub fn ask(&mut self, now: Uptime, nonce: Nonce) {
        if !matches!(self.phase, Phase::Fetching(_)) {
            self.phase = Phase::Asked { nonce, until: now.after(self.policy.answer_within) };
        }
    }

    /// Verifies an order, stores that it was taken, and makes the free slot ready. The same directive may be announced again after a restart: then fetching goes on where
    /// it was.
    ///
    /// # Errors
    ///
    /// [`UpdateError`]; whatever was going on before goes on.
    pub async fn begin<B: BootControl, S: SignatureScheme>(
        &mut self,
        now: Uptime,
        order: &Order<'_>,
        target: &UpdateTarget<'_>,
        root: &TrustedRoot<'_>,
        scheme: &S,
        boot: &mut B,
    ) -> Result<Begun, UpdateError<B::Error, K::Error>> {
        let running = boot.running().await.map_err(UpdateError::Boot)?;
        let nonce = if let Phase::Asked { nonce, .. } = self.phase { Some(nonce) } else { None };
        let known = Known { last: self.kept.mark, nonce, keys: self.keys.ids() };
        let Accepted { manifest, signed } = match order.verify(target, &running, known, root, scheme)? {
            Verdict::Install(accepted) => accepted,
            Verdict::AlreadyRuns(mark) => {
                self.keep::<B>(Kept { mark: Some(mark), ..Kept::default() }).await?;
                self.phase = Phase::Idle;
                return Ok(Begun::AlreadyRuns);
            }
        };
        if self.is_staged(boot, &manifest, running.slot).await? {
            self.phase = Phase::Idle;
            return Ok(Begun::AlreadyStaged);
        }
        self.check_voltage()?;
        let key = self.key_of(&manifest)?;
        let slot = running.slot.other();
        let delta = manifest.delta_base.map(|_| DeltaFetch::new(manifest.image_len));
        let is_same = |note: &Note| (note.manifest, note.slot) == (manifest.hash(), slot) && delta.is_none();
        let chunks = self.kept.note.filter(is_same).map_or(0, |note| note.chunks);
        let next =
            page_start(chunks.min(manifest.chunk_count()), manifest.chunk_size.bytes(), boot.page_len());
        let note = Note { manifest: manifest.hash(), slot, chunks: next };
        // First of all, so that no older directive is taken whatever happens to this one.
        self.keep::<B>(Kept { mark: Some(manifest.mark()), note: Some(note), staged: None }).await?;
        if next == 0 {
            boot.prepare(slot, signed).await.map_err(UpdateError::Boot)?;
        }
        let pace = Pace { since: now, bytes: 0, too_slow: false };
        self.phase = Phase::Fetching(Fetch { manifest, slot, next, delta, key, pace });
        Ok(Begun::Fetching)
    }

    /// What is being fetched.
    #[must_use]
    pub const fn manifest(&self) -> Option<&OrderedManifest> {
        if let Phase::Fetching(fetch) = &self.phase { Some(&fetch.manifest) } else { None }
    }

    /// The chunk to ask for; `None` when nothing is being fetched, all of it was, or the source is too slow.
    #[must_use]
    pub fn wanted(&self) -> Option<Wanted> {
        match &self.phase {
            Phase::Fetching(fetch) if !fetch.pace.too_slow => fetch.wanted(),
            _ => None,
        }
    }

    /// Checks the chunk that is wanted, and writes it.
    ///
    /// # Errors
    ///
    /// [`UpdateError`]. After [`UpdateError::Boot`] an earlier chunk may be [wanted](Self::wanted); after all others the same one is.
    pub async fn handle_chunk<B: BootControl>(
        &mut self,
        now: Uptime,
        index: u32,
        bytes: &[u8],
        proof: Proof<'_>,
        boot: &mut B,
    ) -> Result<Progress, UpdateError<B::Error, K::Error>> {
        self.check_voltage()?;
        let policy = self.policy;
        let Phase::Fetching(fetch) = &mut self.phase else { return Err(UpdateError::NotNow) };
        if fetch.pace.is_too_slow(now, &policy) {
            return Err(UpdateError::TooSlow);
        }
        let wanted = fetch.wanted().ok_or(UpdateError::NotNow)?;
        if index != wanted.index {
            return Err(UpdateError::OtherChunkWanted { wanted: wanted.index });
        }
        let chunk = fetch.manifest.check_chunk(index, bytes, proof)?;
        let mut plain = Plain::new(chunk, fetch.key.as_ref());
        let next = index.saturating_add(1);
        // Should this future be dropped, or the flash fail, a page that is half written has to be erased again, and a delta applied from its beginning.
        match &mut fetch.delta {
            None => {
                fetch.next = page_start(index, wanted.chunk_len, boot.page_len());
                while let Some(piece) = plain.next() {
                    boot.write(fetch.slot, piece).await.map_err(UpdateError::Boot)?;
                }
            }
            Some(delta) => {
                fetch.next = 0;
                match delta.take(plain, next == wanted.count, fetch.slot, boot).await {
                    Ok(()) => {}
                    Err(DeltaFailed::Boot(error)) => return Err(UpdateError::Boot(error)),
                    Err(DeltaFailed::Delta(error)) => {
                        self.abandon().await.map_err(UpdateError::Store)?;
                        return Err(UpdateError::Delta(error));
                    }
                }
            }
        }
        fetch.next = next;
        fetch.pace.bytes = fetch.pace.bytes.saturating_add(wanted.len);
        let note = fetch.note();
        let is_last = next == wanted.count;
        if is_last || next.is_multiple_of(policy.note_every.max(1)) {
            self.keep::<B>(Kept { note: Some(note), ..self.kept }).await?;
        }
        Ok(if is_last { Progress::Fetched } else { Progress::More })
    }

    /// Verifies what was fetched as it stands in flash, and lets it be tried. Start anew when it succeeds.
    ///
    /// # Errors
    ///
    /// [`UpdateError::NotNow`] unless all was fetched; [`UpdateError::Boot`]: a damaged image is fetched anew from the first chunk, after a failure of the flash it
    /// may be staged again, and an image that is refused is given up.
    pub async fn stage<B: BootControl>(
        &mut self,
        boot: &mut B,
    ) -> Result<(), UpdateError<B::Error, K::Error>> {
        self.check_voltage()?;
        let Phase::Fetching(fetch) = &mut self.phase else { return Err(UpdateError::NotNow) };
        if fetch.wanted().is_some() {
            return Err(UpdateError::NotNow);
        }
        let hash = fetch.manifest.hash();
        match boot.stage(fetch.slot, self.policy.starts).await {
            Ok(()) => {
                self.phase = Phase::Idle;
                self.keep::<B>(Kept { note: None, staged: Some(hash), ..self.kept }).await
            }
            Err(error) => {
                match error.kind() {
                    ErrorKind::Image => {
                        fetch.next = 0;
                        let note = fetch.note();
                        self.keep::<B>(Kept { note: Some(note), ..self.kept }).await?;
                    }
                    ErrorKind::Medium => {}
                    _ => self.abandon().await.map_err(UpdateError::Store)?,
                }
                Err(UpdateError::Boot(error))
            }
        }
    }

    /// Stops fetching. The directive stays taken.
    ///
    /// # Errors
    ///
    /// The store's error; then it stopped, and goes on from its note when the same directive is announced again.
    pub async fn abandon(&mut self) -> Result<(), K::Error> {
        self.phase = Phase::Idle;
        let kept = Kept { note: None, ..self.kept };
        self.store.put(KEY, &kept.to_bytes()).await?;
        self.kept = kept;
        Ok(())
    }

    /// There is another source, or the same one again: its time begins now.
    pub const fn go_on(&mut self, now: Uptime) {
        if let Phase::Fetching(fetch) = &mut self.phase {
            fetch.pace = Pace { since: now, bytes: 0, too_slow: false };
        }
    }

    /// When to [poll](Self::poll) next.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Uptime> {
        match &self.phase {
            Phase::Idle => None,
            Phase::Asked { until, .. } => Some(*until),
            Phase::Fetching(fetch) => {
                (!fetch.pace.too_slow).then(|| fetch.pace.since.after(self.policy.window))
            }
        }
    }

    /// What happened by itself until now.
    pub fn poll(&mut self, now: Uptime) -> Option<UpdateEvent> {
        match &mut self.phase {
            Phase::Asked { until, .. } if *until <= now => {
                self.phase = Phase::Idle;
                Some(UpdateEvent::NoAnswer)
            }
            Phase::Fetching(fetch) if !fetch.pace.too_slow => {
                fetch.pace.is_too_slow(now, &self.policy).then_some(UpdateEvent::TooSlow)
            }
            _ => None,
        }
    }

    /// Whether this release waits for its trial already, after checking that it may have one.
    async fn is_staged<B: BootControl>(
        &self,
        boot: &mut B,
        manifest: &OrderedManifest,
        running: BootSlot,
    ) -> Result<bool, UpdateError<B::Error, K::Error>> {
        let state = boot.state().await.map_err(UpdateError::Boot)?;
        let was_staged = self.kept.staged == Some(manifest.hash()) && self.kept.mark == Some(manifest.mark());
        match state.trial {
            Some((slot, _)) if slot == running => Err(UpdateError::OnTrial),
            Some(_) => Ok(was_staged),
            None if was_staged && state.reverted != BootReason::Confirmed => {
                Err(UpdateError::TakenBack { reason: state.reverted })
            }
            None => Ok(false),
        }
    }

    /// The key of the payload, if it is sealed: it was found when the order was verified.
    fn key_of<B: core::fmt::Debug>(
        &self,
        manifest: &OrderedManifest,
    ) -> Result<Option<PayloadKey>, UpdateError<B, K::Error>> {
        let Some(key) = manifest.payload_key else { return Ok(None) };
        let missing = || OrderRefusal::from(ReleaseRefusal::PayloadKey { key });
        Ok(self.keys.find(key).cloned().map(Some).ok_or_else(missing)?)
    }

    fn check_voltage<B: core::fmt::Debug>(&self) -> Result<(), UpdateError<B, K::Error>> {
        let least_mv = self.policy.least_mv;
        if self.battery_mv.unwrap_or(0) < least_mv {
            return Err(UpdateError::Voltage { mv: self.battery_mv, least_mv });
        }
        Ok(())
    }

    async fn keep<B: BootControl>(&mut self, kept: Kept) -> Result<(), UpdateError<B::Error, K::Error>> {
        if kept != self.kept {
            self.store.put(KEY, &kept.to_bytes()).await.map_err(UpdateError::Store)?;
            self.kept = kept;
        }
        Ok(())
    }
}

impl Fetch {
    fn wanted(&self) -> Option<Wanted> {
        let (index, count) = (self.next, self.manifest.chunk_count());
        let chunk_len = self.manifest.chunk_size.bytes();
        let before = index.checked_mul(chunk_len)?;
        let len = self.manifest.payload_len.checked_sub(before)?.min(chunk_len);
        let proof_len = proof_len(index, count)?;
        Some(Wanted { manifest: self.manifest.hash(), index, count, chunk_len, len, proof_len })
    }

    fn note(&self) -> Note {
        let chunks = if self.delta.is_some() { 0 } else { self.next };
        Note { manifest: self.manifest.hash(), slot: self.slot, chunks }
    }
}

impl Pace {
    /// Whether the window that ends now brought too little. A window that brought enough gives way to the next one.
    fn is_too_slow(&mut self, now: Uptime, policy: &UpdatePolicy) -> bool {
        if !self.too_slow && now.since(self.since) >= policy.window {
            self.too_slow = self.bytes < policy.least_bytes;
            (self.since, self.bytes) = (now, 0);
        }
        self.too_slow
    }
}

/// The last chunk, this one or an earlier one, that begins a page.
fn page_start(index: u32, chunk_len: u32, page_len: u32) -> u32 {
    let begins = |index: &u32| {
        index.checked_mul(chunk_len).is_some_and(|offset| offset.checked_rem(page_len) == Some(0))
    };
    (0..=index).rev().find(begins).unwrap_or(0)
}
