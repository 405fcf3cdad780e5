//! [`Request`]: one HTTP request, as much of it as the simulated service looks at.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpStream;

/// More than any request of ours has.
const MOST_BYTES: u64 = 16 * 1024;

/// A request line, a token and a form.
#[derive(Debug, Default)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) bearer: Option<String>,
    pub(super) form: BTreeMap<String, String>,
}

impl Request {
    /// Reads it; `None` when it is none.
    pub(super) fn read(stream: &mut TcpStream) -> std::io::Result<Option<Self>> {
        let mut lines = BufReader::new(stream).take(MOST_BYTES);
        let mut line = String::new();
        lines.read_line(&mut line)?;
        let mut words = line.split_whitespace();
        let (Some(method), Some(path)) = (words.next(), words.next()) else { return Ok(None) };
        let mut request = Self { method: method.to_owned(), path: path.to_owned(), ..Self::default() };
        let mut length = 0;
        loop {
            let mut header = String::new();
            lines.read_line(&mut header)?;
            let Some((name, value)) = header.split_once(':') else { break };
            match name.to_ascii_lowercase().as_str() {
                "authorization" => request.bearer = value.trim().strip_prefix("Bearer ").map(str::to_owned),
                "content-length" => length = value.trim().parse().unwrap_or(0),
                _ => {}
            }
        }
        let mut body = Vec::new();
        lines.take(length).read_to_end(&mut body)?;
        request.form = form(&String::from_utf8_lossy(&body));
        Ok(Some(request))
    }
}

/// The fields of a form. The tokens and codes of this service have no character that would be escaped.
fn form(body: &str) -> BTreeMap<String, String> {
    let fields = body.split('&').filter_map(|field| field.split_once('='));
    fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
