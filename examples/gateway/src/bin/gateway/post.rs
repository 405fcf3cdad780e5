//! [`Post`]: what a thread that waits for the system hands to the device, which never waits for a thread.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::thread;

/// A queue with one who puts and one who takes; either end may be a thread or a future of the device.
pub(crate) struct Post<T> {
    shared: Arc<Shared<T>>,
}

struct Shared<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

struct State<T> {
    items: VecDeque<T>,
    /// So many items wait at most; a thread that has one more waits with it.
    room: usize,
    is_open: bool,
    waker: Option<Waker>,
    /// Items that were taken in a row by a future that never had to wait.
    row: u8,
}

/// After so many it waits for a moment: what is always full would never let the other parts of the device run.
const ROW: u8 = 16;

impl<T> Clone for Post<T> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<T> Post<T> {
    pub(crate) fn new(room: usize) -> Self {
        let state = State { items: VecDeque::new(), room, is_open: true, waker: None, row: 0 };
        Self { shared: Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() }) }
    }

    /// Puts an item, as soon as there is room. `false` when nobody takes any more.
    pub(crate) fn put_and_wait(&self, item: T) -> bool {
        let mut state = self.lock();
        while state.is_open && state.items.len() >= state.room {
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        self.add(state, item)
    }

    /// Puts an item, whether there is room or not. `false` when nobody takes any more.
    pub(crate) fn put(&self, item: T) -> bool {
        self.add(self.lock(), item)
    }

    fn add(&self, mut state: MutexGuard<'_, State<T>>, item: T) -> bool {
        if !state.is_open {
            return false;
        }
        state.items.push_back(item);
        self.tell(state);
        true
    }

    /// The next item. `None` once it is closed and empty. A dropped future has taken nothing.
    pub(crate) async fn take(&self) -> Option<T> {
        poll_fn(|context| {
            let mut state = self.lock();
            if state.row == ROW {
                state.row = 0;
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            let item = state.items.pop_front();
            state.row = if item.is_some() { state.row + 1 } else { 0 };
            if item.is_none() && state.is_open {
                state.waker = Some(context.waker().clone());
                return Poll::Pending;
            }
            drop(state);
            self.shared.changed.notify_all();
            Poll::Ready(item)
        })
        .await
    }

    /// The next item, for a thread. `None` once it is closed and empty.
    pub(crate) fn take_and_wait(&self) -> Option<T> {
        let mut state = self.lock();
        loop {
            if let Some(item) = state.items.pop_front() {
                drop(state);
                self.shared.changed.notify_all();
                return Some(item);
            }
            if !state.is_open {
                return None;
            }
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Whether nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.lock().items.is_empty()
    }

    /// Nothing more is put; what is there may be taken still.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.is_open = false;
        self.tell(state);
    }

    fn tell(&self, mut state: MutexGuard<'_, State<T>>) {
        let waker = state.waker.take();
        drop(state);
        self.shared.changed.notify_all();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a thread comes to. A dropped future lets it go on, and nobody hears of it.
pub(crate) async fn in_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let post = Post::new(1);
    let answer = post.clone();
    thread::spawn(move || answer.put(work()));
    post.take().await
}
