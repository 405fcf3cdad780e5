//! [`Line`]: bytes of a port or a socket, read and written by threads.

use std::io;
use std::thread;

use embedded_io::{ErrorType, Read, Write};

use crate::post::Post;

/// Pieces that wait to be taken, each of at most so many bytes.
const PIECES: usize = 64;
const PIECE: usize = 4_096;

/// Both directions. It ends with its socket, or with the program.
pub(crate) struct Line {
    incoming: Post<Vec<u8>>,
    outgoing: Post<Vec<u8>>,
    /// Of the piece that was taken last, what nobody has read yet.
    rest: Vec<u8>,
}

impl Line {
    /// Over a port for who reads and the same once more for who writes.
    pub(crate) fn new<P: Read<Error = io::Error> + Write<Error = io::Error> + Send + 'static>(
        mut reader: P,
        mut writer: P,
    ) -> Self {
        let line = Self { incoming: Post::new(PIECES), outgoing: Post::new(PIECES), rest: Vec::new() };
        let incoming = line.incoming.clone();
        thread::spawn(move || {
            let mut piece = [0; PIECE];
            while let Ok(len @ 1..) = reader.read(&mut piece)
                && incoming.put_and_wait(piece.get(..len).unwrap_or_default().to_vec())
            {}
            incoming.close();
        });
        let (incoming, outgoing) = (line.incoming.clone(), line.outgoing.clone());
        thread::spawn(move || {
            while let Some(piece) = outgoing.take_and_wait()
                && writer.write_all(&piece).and_then(|()| writer.flush()).is_ok()
            {}
            // Whoever reads is to hear of it.
            outgoing.close();
            incoming.close();
        });
        line
    }

    /// What came next. `None` at the end. A dropped future has taken nothing.
    pub(crate) async fn take(&self) -> Option<Vec<u8>> {
        self.incoming.take().await
    }

    /// Hands bytes to the thread that writes. `false` when the line has ended.
    pub(crate) fn put(&self, bytes: Vec<u8>) -> bool {
        self.outgoing.put(bytes)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.incoming.close();
        self.outgoing.close();
    }
}

impl ErrorType for Line {
    type Error = io::Error;
}

impl embedded_io_async::Read for Line {
    async fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        if self.rest.is_empty() {
            self.rest = self.take().await.unwrap_or_default();
        }
        let len = bytes.len().min(self.rest.len());
        bytes.iter_mut().zip(self.rest.drain(..len)).for_each(|(to, from)| *to = from);
        Ok(len)
    }
}

impl embedded_io_async::Write for Line {
    async fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.put(bytes.to_vec()) { Ok(bytes.len()) } else { Err(io::ErrorKind::BrokenPipe.into()) }
    }

    async fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
