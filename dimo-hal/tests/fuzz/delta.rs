//! Deltas of anybody.

use dimo_hal::delta::{DeltaApplier, DeltaTarget};
use dimo_hal::wait;

/// An old image, and how many bytes of the new one were made.
struct Images {
    base: [u8; 300],
    made: usize,
}

impl DeltaTarget for Images {
    type Error = ();

    async fn read_base(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), ()> {
        let start = usize::try_from(offset).unwrap();
        let end = start.checked_add(bytes.len()).ok_or(())?;
        bytes.copy_from_slice(self.base.get(start..end).ok_or(())?);
        Ok(())
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), ()> {
        self.made += bytes.len();
        Ok(())
    }
}

/// Never more than the image has, whole only when it has all, and the same in one piece and byte by byte.
pub(crate) fn delta(bytes: &[u8]) {
    const LEN: u32 = 400;
    let whole = [&b"DFD1\x90\x03"[..], bytes].concat();
    let run = |piece: usize| {
        let mut images = Images { base: core::array::from_fn(|place| place.to_le_bytes()[0]), made: 0 };
        let mut applier = DeltaApplier::new(LEN);
        let pushed: Result<(), _> =
            whole.chunks(piece).try_for_each(|piece| wait(applier.push(piece, &mut images)));
        assert!(images.made <= 400);
        (pushed, applier.finish::<()>().is_ok(), images.made)
    };
    let at_once = run(whole.len());
    assert_eq!(at_once, run(1));
    assert!(!at_once.1 || at_once.2 == 400);
}
