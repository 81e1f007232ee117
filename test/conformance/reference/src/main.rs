//! The Rust reference of the experience-event contract, as a line filter.
//!
//! Reads standard input line by line (lines end with \n and nothing else) and
//! prints one line for each. See `USAGE` for the modes.

mod canonical;
mod desk;
mod engine_runs;

use std::io::{self, BufRead, BufWriter, Write};
use std::process::ExitCode;

use converge_core::{EventId, EventQuery, ExperienceEventEnvelope, ExperienceStore};
use converge_experience::InMemoryExperienceStore;
use serde::{Deserialize, Serialize};

const USAGE: &str = "usage: experience-log-reference [MODE]
  (none)                    candidate envelopes -> {\"ok\":TEXT} or {\"layer\":…,\"error\":…}
  --query                   {\"events\":[…],\"query\":{…}} -> {\"ids\":[…]} or {\"layer\":…,\"error\":…}
  --float32, --float64      decimal bit patterns -> the text serde_json writes
  --run [--runs N] [--seed S]
                            envelopes that the engine emits in N runs; reads nothing";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.as_slice() {
        [] => each_line(|line, out| json_line(out, &read_back(line))),
        ["--query"] => each_line(|line, out| json_line(out, &answer(line))),
        ["--float32"] => each_line(|line, out| json_line(out, &f32::from_bits(number(line)?))),
        ["--float64"] => each_line(|line, out| json_line(out, &f64::from_bits(number(line)?))),
        ["--run", options @ ..] => match run_options(options) {
            Some((runs, seed)) => run(runs, seed),
            None => return usage(),
        },
        _ => return usage(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}

fn run_options(options: &[&str]) -> Option<(u32, u64)> {
    let (mut runs, mut seed) = (1, 0);
    for option in options.chunks(2) {
        match option {
            ["--runs", value] => runs = value.parse().ok()?,
            ["--seed", value] => seed = value.parse().ok()?,
            _ => return None,
        }
    }
    Some((runs, seed))
}

/// What became of one candidate document.
#[derive(Serialize)]
#[serde(untagged)]
enum Verdict<T> {
    Ok(T),
    Fault { layer: &'static str, error: String },
}

impl<T> Verdict<T> {
    fn fault(layer: &'static str, error: impl ToString) -> Self {
        Self::Fault {
            layer,
            error: error.to_string(),
        }
    }
}

#[derive(Serialize)]
struct Canonical {
    ok: String,
}

fn read_back(line: &[u8]) -> Verdict<Canonical> {
    let envelope: ExperienceEventEnvelope = match serde_json::from_slice(line) {
        Ok(envelope) => envelope,
        Err(error) => return Verdict::fault("serde", error),
    };
    let printed = canonical::to_canonical(&envelope);
    if let Err(error) = InMemoryExperienceStore::new().append_event(envelope) {
        return Verdict::fault("validate", error);
    }
    match printed {
        Ok(ok) => Verdict::Ok(Canonical { ok }),
        Err(error) => Verdict::fault("write", error),
    }
}

#[derive(Deserialize)]
struct QueryCase {
    events: Vec<ExperienceEventEnvelope>,
    query: EventQuery,
}

#[derive(Serialize)]
struct Answer {
    ids: Vec<EventId>,
}

fn answer(line: &[u8]) -> Verdict<Answer> {
    let case: QueryCase = match serde_json::from_slice(line) {
        Ok(case) => case,
        Err(error) => return Verdict::fault("serde", error),
    };
    let store = InMemoryExperienceStore::new();
    if let Err(error) = store.append_events(&case.events) {
        return Verdict::fault("validate", error);
    }
    match store.query_events(&case.query) {
        Ok(found) => Verdict::Ok(Answer {
            ids: found.into_iter().map(|event| event.event_id).collect(),
        }),
        Err(error) => Verdict::fault("query", error),
    }
}

fn number<T: std::str::FromStr>(line: &[u8]) -> io::Result<T> {
    str::from_utf8(line)
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .ok_or_else(|| io::Error::other("not a decimal bit pattern of this width"))
}

fn run(runs: u32, seed: u64) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    for envelope in engine_runs::record(runs, seed) {
        json_line(&mut out, &envelope)?;
    }
    out.flush()
}

fn json_line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

/// Lines are bytes: a candidate may be no UTF-8 at all, and a carriage return
/// belongs to it. The last line may lack its \n.
fn each_line(
    mut handle: impl FnMut(&[u8], &mut BufWriter<io::StdoutLock<'static>>) -> io::Result<()>,
) -> io::Result<()> {
    let mut input = io::BufReader::with_capacity(1 << 16, io::stdin().lock());
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        handle(line.strip_suffix(b"\n").unwrap_or(&line), &mut out)?;
        line.clear();
    }
    out.flush()
}
