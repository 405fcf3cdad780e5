//! The contract of [`FactoryInfo`].

use core::fmt::Debug;

use thiserror::Error;

use crate::factory_info::FactoryInfo;

/// Checks a device of which nothing is known but that it left the factory: what it says is whole, the same each time, and its secret is none that everybody knows.
///
/// # Errors
///
/// The first [`FactoryInfoViolation`] found.
pub async fn check_factory_info<I: FactoryInfo>(
    factory: &mut I,
) -> Result<(), FactoryInfoViolation<I::Error>> {
    use FactoryInfoViolation as V;
    let (info, secret) = (factory.info().await?, factory.label_secret().await?);
    if info.serial_str().is_empty() || info.class == [0; 16] {
        return Err(V::Nameless);
    }
    let first = secret.first();
    if secret.iter().all(|byte| Some(byte) == first) {
        return Err(V::KnownSecret);
    }
    let (again, secret_again) = (factory.info().await?, factory.label_secret().await?);
    if again == info && secret_again == secret { Ok(()) } else { Err(V::Changes) }
}

/// How what the factory wrote breaks its contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FactoryInfoViolation<E: Debug> {
    /// It cannot be read.
    #[error("it cannot be read: {0:?}")]
    Failed(E),
    /// There is no serial number, or no class of hardware.
    #[error("there is no serial number, or no class")]
    Nameless,
    /// The secret is the same byte sixteen times.
    #[error("the secret is one that everybody guesses")]
    KnownSecret,
    /// It says something else the next time.
    #[error("it says something else the next time")]
    Changes,
}

impl<E: crate::factory_info::Error> From<E> for FactoryInfoViolation<E> {
    fn from(error: E) -> Self {
        Self::Failed(error)
    }
}
