//! [`Keys`]: the keys of sealed payloads that an updater was handed.

#[cfg(feature = "seal")]
pub(super) use dimo_crypto::manifest::PayloadKey;
use dimo_crypto::manifest::PayloadKeyId;

/// Without the feature `seal` there is none.
#[cfg(not(feature = "seal"))]
#[derive(Clone, Debug)]
pub(super) enum PayloadKey {}

#[cfg(not(feature = "seal"))]
impl PayloadKey {
    pub(super) const fn id(&self) -> PayloadKeyId {
        match *self {}
    }

    pub(super) const fn open(&self, _offset: u32, _bytes: &mut [u8]) {
        match *self {}
    }
}

/// A directive for a group names two releases, one for each slot, and the payload of each has a key of its own.
const MOST: usize = 2;

/// The last keys that came.
#[derive(Debug, Default)]
pub(super) struct Keys([Option<PayloadKey>; MOST]);

impl Keys {
    /// The oldest one gives way.
    #[cfg(feature = "seal")]
    pub(super) fn add(&mut self, key: PayloadKey) {
        let is_there = |held: &PayloadKey| held.id() == key.id();
        if !self.0.iter().flatten().any(is_there) {
            self.0.rotate_right(1);
            if let Some(first) = self.0.first_mut() {
                *first = Some(key);
            }
        }
    }

    /// Their names.
    pub(super) fn ids(&self) -> Ids {
        let mut ids = Ids { ids: [PayloadKeyId([0; 8]); MOST], count: 0 };
        for (id, key) in ids.ids.iter_mut().zip(self.0.iter().flatten()) {
            *id = key.id();
            ids.count += 1;
        }
        ids
    }

    pub(super) fn find(&self, id: PayloadKeyId) -> Option<&PayloadKey> {
        self.0.iter().flatten().find(|key| key.id() == id)
    }
}

/// The names of the keys that are held.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ids {
    ids: [PayloadKeyId; MOST],
    count: usize,
}

impl Ids {
    pub(super) fn as_slice(&self) -> &[PayloadKeyId] {
        self.ids.get(..self.count).unwrap_or_default()
    }
}
