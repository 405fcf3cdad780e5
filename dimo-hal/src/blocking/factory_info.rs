//! The twin of [`FactoryInfo`](crate::FactoryInfo).

use zeroize::Zeroizing;

use crate::factory_info::DeviceInfo;
use crate::twin::twin;

twin! {
    /// What the factory wrote.
    trait FactoryInfo of factory_info {
        /// What the device is.
        async fn info(&mut self) -> Result<DeviceInfo, Self::Error>;

        /// The secret on the label of the device.
        async fn label_secret(&mut self) -> Result<Zeroizing<[u8; 16]>, Self::Error>;
    }
}
