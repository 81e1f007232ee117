//! Converge's `ExperienceStore` over the HTTP API of experience-log.
//!
//! ```no_run
//! use std::sync::Arc;
//! use converge_experience::StoreObserver;
//! use experience_log_http::HttpExperienceStore;
//!
//! let key = std::env::var("EXPERIENCE_LOG_KEY").ok();
//! let store = Arc::new(HttpExperienceStore::new("http://127.0.0.1:7070", key));
//! let observer = StoreObserver::new(store); // for Engine::set_event_observer
//! ```
//!
//! The same event again counts once, so whatever may succeed later is sent again. Reads see everything that was accepted before.
//! For `https://`, give `ureq` the feature `rustls` in Cargo.toml.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use converge_core::{
    ArtifactId, ArtifactKind, EventId, EventQuery, ExperienceEvent, ExperienceEventEnvelope,
    ExperienceStore, ExperienceStoreError, ExperienceStoreResult, LifecycleEvent, ReplayTrace,
    TraceLinkId,
};
use converge_experience::validate_envelope;
use serde::Deserialize;
use ureq::Agent;

/// How long to try again what may succeed later.
const RETRY_FOR: Duration = Duration::from_secs(30);
const NDJSON: &str = "application/x-ndjson";

pub struct HttpExperienceStore {
    agent: Agent,
    url: String,
    authorization: Option<String>,
    next_id: AtomicU64,
}

/// An answer that was read whole.
struct Answer {
    status: u16,
    retry_after: Option<Duration>,
    text: String,
}

#[derive(Deserialize)]
struct AppendAnswer {
    error: Option<Fault>,
    #[serde(default)]
    errors: Vec<Fault>,
}

/// What is wrong with a request, or with one of its events.
#[derive(Deserialize)]
struct Fault {
    code: String,
    message: String,
}

#[derive(Deserialize)]
struct TraceAnswer {
    trace_link: ReplayTrace,
}

#[derive(Deserialize)]
struct LastLine {
    count: usize,
}

impl HttpExperienceStore {
    /// A store at `url`, such as `http://127.0.0.1:7070`. Nothing is asked yet.
    #[must_use]
    pub fn new(url: &str, key: Option<String>) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(120)));
        Self {
            agent: config.build().into(),
            url: url.trim_end_matches('/').to_string(),
            authorization: key.map(|key| format!("Bearer {key}")),
            next_id: AtomicU64::new(0),
        }
    }

    /// Sends a request, again while that may help: there is no connection, or the server says "later".
    fn ask(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> ExperienceStoreResult<Answer> {
        let until = Instant::now() + RETRY_FOR;
        let mut pause = Duration::from_millis(100);
        loop {
            let (asked, problem) = match self.ask_once(path, headers, body) {
                Ok(answer) if !matches!(answer.status, 429 | 503) => return Ok(answer),
                Ok(answer) => (answer.retry_after, fault_in(&answer).1),
                Err(error) => (None, error.to_string()),
            };
            // Not all clients of a server come back at the same time.
            let wait = asked.unwrap_or_default() + pause.mul_f64(0.5 + jitter() / 2.0);
            if Instant::now() + wait > until {
                return Err(storage(problem));
            }
            sleep(wait);
            pause = (pause * 2).min(Duration::from_secs(10));
        }
    }

    fn ask_once(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Result<Answer, ureq::Error> {
        let mut request = ureq::http::Request::builder()
            .method(if body.is_some() { "POST" } else { "GET" })
            .uri(format!("{}{path}", self.url));
        let authorization = self
            .authorization
            .as_deref()
            .map(|text| ("authorization", text));
        for (name, value) in headers.iter().copied().chain(authorization) {
            request = request.header(name, value);
        }
        let mut response = match body {
            Some(text) => self.agent.run(request.body(text)?)?,
            None => self.agent.run(request.body(())?)?,
        };
        let retry_after = response.headers().get("retry-after");
        let seconds = retry_after.and_then(|text| text.to_str().ok()?.parse().ok());
        Ok(Answer {
            status: response.status().as_u16(),
            retry_after: seconds.map(Duration::from_secs),
            text: response
                .body_mut()
                .with_config()
                .limit(u64::MAX)
                .read_to_string()?,
        })
    }

    fn append(&self, events: &[ExperienceEventEnvelope]) -> ExperienceStoreResult<()> {
        let mut body = String::new();
        for event in events {
            body += &serde_json::to_string(event).map_err(|error| invalid(error.to_string()))?;
            body.push('\n');
        }
        let answer = self.ask("/v1/events", &[("content-type", NDJSON)], Some(&body))?;
        if answer.status == 200 {
            return Ok(());
        }
        let told: AppendAnswer = serde_json::from_str(&answer.text)
            .map_err(|_| storage(format!("the server answered {}", answer.status)))?;
        match told.errors.into_iter().next().or(told.error) {
            Some(fault) => Err(error_of(fault.code, fault.message)),
            None => Err(storage(format!("the server answered {}", answer.status))),
        }
    }

    fn next_id(&self) -> EventId {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let count = self.next_id.fetch_add(1, Ordering::Relaxed);
        EventId::new(format!("evt-{:x}-{count}", since.as_nanos()))
    }
}

impl ExperienceStore for HttpExperienceStore {
    fn append_event(&self, event: ExperienceEventEnvelope) -> ExperienceStoreResult<()> {
        validate_envelope(&event)?;
        self.append(&[event])
    }

    /// Stops at the first fault; the events before it are appended.
    fn append_events(&self, events: &[ExperienceEventEnvelope]) -> ExperienceStoreResult<()> {
        let fault = events
            .iter()
            .enumerate()
            .find_map(|(index, event)| Some((index, validate_envelope(event).err()?)));
        let sound = fault
            .as_ref()
            .map_or(events, |(index, _)| &events[..*index]);
        if !sound.is_empty() {
            self.append(sound)?;
        }
        fault.map_or(Ok(()), |(_, error)| Err(error))
    }

    fn query_events(
        &self,
        query: &EventQuery,
    ) -> ExperienceStoreResult<Vec<ExperienceEventEnvelope>> {
        let body = serde_json::to_string(query).map_err(|error| invalid(error.to_string()))?;
        let headers = [("accept", NDJSON), ("content-type", "application/json")];
        let answer = self.ask("/v1/events/query", &headers, Some(&body))?;
        let text = expect_ok(answer)?;
        let mut lines: Vec<&str> = text.lines().collect();
        // The last line counts the others: without it, or with another count, the answer is not whole.
        let told = lines
            .pop()
            .and_then(|line| serde_json::from_str::<LastLine>(line).ok());
        if told.is_none_or(|last| last.count != lines.len()) {
            return Err(storage("the answer broke off".to_string()));
        }
        let read = |line: &&str| serde_json::from_str(line);
        lines
            .iter()
            .map(read)
            .collect::<Result<_, _>>()
            .map_err(|error| storage(error.to_string()))
    }

    /// The event has the time and the tenant of the lifecycle event, by which queries find it.
    fn write_artifact_state_transition(
        &self,
        artifact_id: &ArtifactId,
        artifact_kind: ArtifactKind,
        event: LifecycleEvent,
    ) -> ExperienceStoreResult<()> {
        let occurred_at = event.timestamp.clone();
        let tenant_id = event.tenant_id.clone();
        let transition = ExperienceEvent::ArtifactStateTransitioned {
            artifact_id: artifact_id.clone(),
            artifact_kind,
            event,
        };
        let mut envelope = ExperienceEventEnvelope::new(self.next_id(), transition);
        envelope.occurred_at = occurred_at.into();
        envelope.tenant_id = tenant_id.map(Into::into);
        self.append_event(envelope)
    }

    fn get_trace_link(
        &self,
        trace_link_id: &TraceLinkId,
    ) -> ExperienceStoreResult<Option<ReplayTrace>> {
        let path = format!("/v1/trace-links/{}", in_path(trace_link_id.as_str()));
        let answer = self.ask(&path, &[("accept", "application/json")], None)?;
        if answer.status == 404 {
            return Ok(None);
        }
        let text = expect_ok(answer)?;
        let told: TraceAnswer =
            serde_json::from_str(&text).map_err(|error| storage(error.to_string()))?;
        Ok(Some(told.trace_link))
    }
}

fn expect_ok(answer: Answer) -> ExperienceStoreResult<String> {
    if answer.status == 200 {
        return Ok(answer.text);
    }
    let (code, message) = fault_in(&answer);
    Err(error_of(code, message))
}

/// The code and message of an answer that is an error.
fn fault_in(answer: &Answer) -> (String, String) {
    match serde_json::from_str(&answer.text) {
        Ok(AppendAnswer {
            error: Some(Fault { code, message }),
            ..
        }) => (code, message),
        _ => (
            String::new(),
            format!("the server answered {}", answer.status),
        ),
    }
}

fn error_of(code: String, message: String) -> ExperienceStoreError {
    match code.as_str() {
        "InvalidQuery" => ExperienceStoreError::InvalidQuery { message },
        "NotFound" => ExperienceStoreError::NotFound { message },
        _ => ExperienceStoreError::StorageError { message },
    }
}

fn storage(message: String) -> ExperienceStoreError {
    ExperienceStoreError::StorageError { message }
}

fn invalid(message: String) -> ExperienceStoreError {
    ExperienceStoreError::InvalidQuery { message }
}

/// 0 to 1, of the clock's last digits: enough to spread clients.
fn jitter() -> f64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    f64::from(since.subsec_nanos() % 1000) / 1000.0
}

/// An id as part of a path.
fn in_path(id: &str) -> String {
    id.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
