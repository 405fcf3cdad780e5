//! [`RootStore`]: the roots that a device was handed over to, one after the other.

use core::fmt::Debug;

use dimo_crypto::manifest::{CborError, RotationRefusal, SignatureScheme, SignedRoot, TrustedRoot};
use embedded_storage_async::nor_flash::NorFlash;
use thiserror::Error;

use super::state::BootState;
use crate::record::{RecordError, RecordStore};

/// Before each root stands its length, little-endian.
const LENGTH: usize = 2;

/// Every root since the one of the factory, each as it was signed: at most `N` bytes of them. A root of one key a role has some 300.
///
/// All of them are kept, and all are verified each time, because an application can write this flash. What it cannot write is the root of the factory, with which the
/// chain begins. Keep `N` for as many as the device is to live through: a chain that is full takes no more.
#[derive(Debug)]
pub struct RootStore<F, const N: usize> {
    record: RecordStore<F, N>,
}

/// The roots that hold: see [`Verifier`](super::Verifier).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Roots<'a> {
    /// The current one.
    pub current: TrustedRoot<'a>,
    /// The one before it.
    pub before: Option<TrustedRoot<'a>>,
}

impl<F: NorFlash, const N: usize> RootStore<F, N> {
    /// Finds what is stored. Three pages at least, each of which takes `N` bytes twice.
    ///
    /// # Errors
    ///
    /// [`RootError::Record`].
    pub async fn open(flash: F) -> Result<Self, RootError<F::Error>> {
        Ok(Self { record: RecordStore::open(flash).await? })
    }

    /// Goes from the root of the factory to the current one, verifying each step.
    ///
    /// # Errors
    ///
    /// [`RootError::Parse`] and [`RootError::Refused`] when the chain was tampered with: trust the factory's root, and report it.
    pub fn roots<'a>(
        &'a self,
        factory: TrustedRoot<'a>,
        scheme: &impl SignatureScheme,
    ) -> Result<Roots<'a>, RootError<F::Error>> {
        let mut roots = Roots { current: factory, before: None };
        let mut rest = self.record.get().unwrap_or_default();
        while !rest.is_empty() {
            let (head, tail) = rest.split_first_chunk::<LENGTH>().ok_or(RootError::Damaged)?;
            let len = usize::from(u16::from_le_bytes(*head));
            let (signed, tail) = tail.split_at_checked(len).ok_or(RootError::Damaged)?;
            let next = roots.current.rotate(&SignedRoot::parse(signed)?, scheme)?;
            roots = Roots { current: next, before: Some(roots.current) };
            rest = tail;
        }
        Ok(roots)
    }

    /// Takes the next root, once the current one hands over to it. Not while an image is on trial: it may be of the epoch that ends.
    ///
    /// # Errors
    ///
    /// Why it was refused; [`RootError::OnTrial`], [`RootError::Full`], [`RootError::Record`]. The roots are as before.
    pub async fn take(
        &mut self,
        signed: &[u8],
        factory: TrustedRoot<'_>,
        scheme: &impl SignatureScheme,
        state: &BootState,
    ) -> Result<(), RootError<F::Error>> {
        if state.trial.is_some() {
            return Err(RootError::OnTrial);
        }
        let _ = self.roots(factory, scheme)?.current.rotate(&SignedRoot::parse(signed)?, scheme)?;
        let len = u16::try_from(signed.len()).map_err(|_| RootError::Full)?;
        let mut all = [0; N];
        let mut end = 0;
        let stored = self.record.get().unwrap_or_default();
        for part in [stored, &len.to_le_bytes(), signed] {
            let place = all.get_mut(end..).and_then(|free| free.get_mut(..part.len()));
            place.ok_or(RootError::Full)?.copy_from_slice(part);
            end += part.len();
        }
        Ok(self.record.store(all.get(..end).unwrap_or_default()).await?)
    }

    /// Gives the flash back.
    pub fn into_inner(self) -> F {
        self.record.into_inner()
    }
}

/// Why a root was not taken, or the stored ones are not to be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RootError<E: Debug> {
    /// The record failed.
    #[error(transparent)]
    Record(#[from] RecordError<E>),
    /// What is stored is no chain of roots.
    #[error("what is stored is no chain of roots")]
    Damaged,
    /// The bytes are no signed root.
    #[error(transparent)]
    Parse(#[from] CborError),
    /// The root before does not hand over to it.
    #[error(transparent)]
    Refused(#[from] RotationRefusal),
    /// An image is on trial. Confirm it or take it back first.
    #[error("an image is on trial")]
    OnTrial,
    /// No room for another root.
    #[error("no room for another root")]
    Full,
}
