//! The text the reference prints for an envelope, with its hash maps in key order.
//!
//! The maps are sorted in the printed text. Going through `serde_json::Value`
//! would widen every f32, and a mirror of the types with ordered maps could
//! drift from the crate. The text comes straight from serde_json, so it is
//! known to be valid and compact, and the small scanner below may rely on that.

use std::ops::Range;

use converge_core::{ExperienceEvent, ExperienceEventEnvelope, PolicySnapshot, ReplayTrace};

/// Prints an envelope; keys of unordered maps ascend by UTF-8 bytes.
pub fn to_canonical(envelope: &ExperienceEventEnvelope) -> serde_json::Result<String> {
    let mut text = serde_json::to_string(envelope)?;
    for path in unordered_maps(&envelope.event) {
        sort_object_at(&mut text, path)?;
    }
    Ok(text)
}

/// Paths of the hash maps that this event prints. They are looked up by path, so
/// a key of the same name inside `structured_payload` keeps its order.
fn unordered_maps(event: &ExperienceEvent) -> &'static [&'static [&'static str]] {
    match event {
        ExperienceEvent::OutcomeRecorded { metadata, .. } if !metadata.is_empty() => {
            &[&["event", "data", "metadata"]]
        }
        ExperienceEvent::ProposalCreated { proposal, .. }
            if matches!(proposal.trace_link, ReplayTrace::Remote(_)) =>
        {
            &[&[
                "event",
                "data",
                "proposal",
                "trace_link",
                "provider_metadata",
            ]]
        }
        ExperienceEvent::ReplayTraceRecorded {
            trace_link: ReplayTrace::Remote(_),
            ..
        } => &[&["event", "data", "trace_link", "provider_metadata"]],
        ExperienceEvent::PolicySnapshotCaptured {
            policy: PolicySnapshot::Routing(_),
            ..
        } => &[
            &["event", "data", "policy", "policy", "truth_preferences"],
            &["event", "data", "policy", "policy", "risk_tier_backends"],
            &[
                "event",
                "data",
                "policy",
                "policy",
                "data_classification_backends",
            ],
        ],
        _ => &[],
    }
}

fn sort_object_at(text: &mut String, path: &[&str]) -> serde_json::Result<()> {
    let mut start = 0;
    for name in path {
        let member = members(text, start)
            .find(|member| text[member.key.clone()] == **name)
            .expect("the reference always prints this field");
        start = member.value.start;
    }

    let mut entries = Vec::new();
    let mut end = start + 1;
    for member in members(text, start) {
        // Sorted as the string it means: an escape such as \n must not sort as '\'.
        let quoted = &text[member.key.start - 1..member.key.end + 1];
        let key: String = serde_json::from_str(quoted)?;
        end = member.value.end;
        entries.push((key, &text[member.key.start - 1..member.value.end]));
    }
    // The keys come out of a map, so no two are equal. Rust orders strings by bytes.
    entries.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    let sorted = entries
        .iter()
        .map(|entry| entry.1)
        .collect::<Vec<_>>()
        .join(",");
    text.replace_range(start + 1..end, &sorted);
    Ok(())
}

/// One member of an object: the key between its quotes, as printed, and the value.
struct Member {
    key: Range<usize>,
    value: Range<usize>,
}

/// Members of the object that opens at `start`, in the order printed.
fn members(text: &str, start: usize) -> impl Iterator<Item = Member> {
    let bytes = text.as_bytes();
    assert_eq!(bytes[start], b'{');
    let mut at = start + 1;
    std::iter::from_fn(move || {
        match bytes[at] {
            b'}' => return None,
            b',' => at += 1,
            _ => {}
        }
        let key = at + 1..skip_string(bytes, at) - 1;
        let value = key.end + 2..skip_value(bytes, key.end + 2);
        at = value.end;
        Some(Member { key, value })
    })
}

/// The position after the string whose opening quote is at `at`.
fn skip_string(bytes: &[u8], mut at: usize) -> usize {
    loop {
        at += 1;
        match bytes[at] {
            b'"' => return at + 1,
            b'\\' => at += 1,
            _ => {}
        }
    }
}

/// The position after the value that begins at `at`.
fn skip_value(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0_usize;
    loop {
        match bytes[at] {
            b'"' => {
                at = skip_string(bytes, at);
                if depth == 0 {
                    return at;
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return at,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            b',' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_hostile_keys_by_their_bytes() {
        let keys = [
            "",
            "\u{0}",
            "\n",
            "\"",
            "\\",
            "\\\"",
            "__proto__",
            "a",
            "a,b",
            "a}",
            "{",
            "[",
            "é",
            "\u{2028}",
            "\u{ffff}",
            "😀",
            "10",
            "9",
            "metadata",
        ];
        let map: serde_json::Map<String, serde_json::Value> = keys
            .iter()
            .rev()
            .map(|key| ((*key).to_owned(), format!("v{key}").into()))
            .collect();
        let mut text = serde_json::json!({"x": [{"m": 1}, "}"], "m": map, "y": 0}).to_string();
        sort_object_at(&mut text, &["m"]).unwrap();

        let back: serde_json::Value = serde_json::from_str(&text).unwrap();
        let mut expected = keys.map(str::to_owned);
        expected.sort();
        assert!(back["m"].as_object().unwrap().keys().eq(expected.iter()));
        assert_eq!(back["m"], serde_json::Value::Object(map));
        assert_eq!(back["y"], 0);
    }

    #[test]
    fn leaves_an_empty_map_alone() {
        let mut text = r#"{"m":{},"n":{"b":1,"a":2}}"#.to_owned();
        sort_object_at(&mut text, &["m"]).unwrap();
        assert_eq!(text, r#"{"m":{},"n":{"b":1,"a":2}}"#);
    }
}
