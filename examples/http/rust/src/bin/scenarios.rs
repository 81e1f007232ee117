//! Runs a scenario of Converge's own store tests on its in-memory store, or over HTTP on a new, empty log:
//! `scenarios NAME [URL]`. Prints what the store answered, so that the two can be compared; without a name, all names.

use std::collections::HashMap;
use std::process::ExitCode;

use converge_core::{
    ArtifactId, ArtifactKind, BudgetResource, DecisionStep, EventQuery, ExperienceEvent,
    ExperienceEventEnvelope, ExperienceEventKind, ExperienceStore, GovernedArtifactState,
    LifecycleEvent, RemoteReplayTrace, ReplayTrace, Replayability, TraceLinkId,
};
use converge_experience::{InMemoryExperienceStore, summarize_events};
use experience_log_http::HttpExperienceStore;

type Scenario = fn(&dyn ExperienceStore) -> Result<String, Box<dyn std::error::Error>>;
type Printed = Result<String, Box<dyn std::error::Error>>;

const SCENARIOS: [(&str, Scenario); 11] = [
    ("events-come-back-in-order", events_come_back_in_order),
    ("filters-by-tenant-and-kind", filters_by_tenant_and_kind),
    ("filters-by-correlation", filters_by_correlation),
    ("filters-by-chain", filters_by_chain),
    ("limits", limits),
    ("largest-numbers", largest_numbers),
    ("metadata-comes-back", metadata_comes_back),
    ("refuses-malformed-ids", refuses_malformed_ids),
    (
        "stops-a-list-at-its-first-fault",
        stops_a_list_at_its_first_fault,
    ),
    ("trace-links", trace_links),
    ("artifact-transitions", artifact_transitions),
];

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(name) = arguments.next() else {
        SCENARIOS.iter().for_each(|(name, _)| println!("{name}"));
        return ExitCode::SUCCESS;
    };
    let Some((_, scenario)) = SCENARIOS.iter().find(|(known, _)| *known == name) else {
        eprintln!("there is no scenario {name}");
        return ExitCode::FAILURE;
    };
    let key = std::env::var("EXPERIENCE_LOG_KEY").ok();
    let store: Box<dyn ExperienceStore> = match arguments.next() {
        Some(url) => Box::new(HttpExperienceStore::new(&url, key)),
        None => Box::new(InMemoryExperienceStore::new()),
    };
    match scenario(store.as_ref()) {
        Ok(printed) => {
            print!("{printed}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn outcome(chain: &str) -> ExperienceEvent {
    ExperienceEvent::OutcomeRecorded {
        chain_id: chain.into(),
        step: DecisionStep::Planning,
        passed: true,
        stop_reason: None,
        latency_ms: None,
        tokens: None,
        cost_microdollars: None,
        backend: None,
        metadata: HashMap::new(),
    }
}

fn budget(chain: &str) -> ExperienceEvent {
    ExperienceEvent::BudgetExceeded {
        chain_id: chain.into(),
        resource: BudgetResource::Other("rows".into()),
        limit: "100".into(),
        observed: Some("150".into()),
    }
}

fn envelope(id: &str, event: ExperienceEvent) -> ExperienceEventEnvelope {
    ExperienceEventEnvelope::new(id, event)
}

/// What a query finds, as Converge prints it.
fn found(store: &dyn ExperienceStore, query: &EventQuery) -> Printed {
    let mut printed = String::new();
    for event in store.query_events(query)? {
        printed += &serde_json::to_string(&event)?;
        printed.push('\n');
    }
    Ok(printed)
}

fn events_come_back_in_order(store: &dyn ExperienceStore) -> Printed {
    for number in [3, 1, 2, 5, 4] {
        let event = if number % 2 == 0 {
            budget("chain-1")
        } else {
            outcome("chain-1")
        };
        store.append_event(envelope(&format!("evt-{number}"), event))?;
    }
    let printed = found(store, &EventQuery::default())?;
    let summary = summarize_events(&store.query_events(&EventQuery::default())?);
    Ok(printed + &serde_json::to_string(&summary)? + "\n")
}

fn filters_by_tenant_and_kind(store: &dyn ExperienceStore) -> Printed {
    store.append_events(&[
        envelope("a", outcome("chain-1")).with_tenant("alpha"),
        envelope("b", outcome("chain-1")).with_tenant("beta"),
        envelope("c", budget("chain-1")).with_tenant("alpha"),
        envelope("d", budget("chain-1")),
    ])?;
    let mut printed = String::new();
    for tenant in ["alpha", "beta", "gamma"] {
        for kinds in [vec![], vec![ExperienceEventKind::OutcomeRecorded]] {
            let query = EventQuery {
                tenant_id: Some(tenant.into()),
                kinds,
                ..Default::default()
            };
            printed += &found(store, &query)?;
            printed.push_str("--\n");
        }
    }
    let kinds = vec![
        ExperienceEventKind::BudgetExceeded,
        ExperienceEventKind::FactPromoted,
    ];
    Ok(printed
        + &found(
            store,
            &EventQuery {
                kinds,
                ..Default::default()
            },
        )?)
}

fn filters_by_correlation(store: &dyn ExperienceStore) -> Printed {
    store.append_event(envelope("a", outcome("chain-1")).with_correlation("run-1"))?;
    store.append_event(envelope("b", outcome("chain-1")).with_correlation("run-2"))?;
    store.append_event(envelope("c", outcome("chain-1")))?;
    found(
        store,
        &EventQuery {
            correlation_id: Some("run-1".into()),
            ..Default::default()
        },
    )
}

fn filters_by_chain(store: &dyn ExperienceStore) -> Printed {
    store.append_event(envelope("a", outcome("chain-1")))?;
    store.append_event(envelope("b", budget("chain-2")))?;
    store.append_event(envelope("c", budget("chain-1")))?;
    found(
        store,
        &EventQuery {
            chain_id: Some("chain-1".into()),
            ..Default::default()
        },
    )
}

fn limits(store: &dyn ExperienceStore) -> Printed {
    for number in 0..5 {
        store.append_event(envelope(&format!("evt-{number}"), outcome("chain-1")))?;
    }
    let mut printed = String::new();
    for limit in [0, 2, 5, 100] {
        printed += &found(
            store,
            &EventQuery {
                limit: Some(limit),
                ..Default::default()
            },
        )?;
        printed.push_str("--\n");
    }
    Ok(printed)
}

fn largest_numbers(store: &dyn ExperienceStore) -> Printed {
    let mut event = outcome("chain-1");
    if let ExperienceEvent::OutcomeRecorded {
        tokens,
        cost_microdollars,
        latency_ms,
        ..
    } = &mut event
    {
        *tokens = Some(u64::MAX);
        *cost_microdollars = Some(9_007_199_254_740_993);
        *latency_ms = Some(0);
    }
    store.append_event(envelope("evt-1", event))?;
    found(store, &EventQuery::default())
}

fn metadata_comes_back(store: &dyn ExperienceStore) -> Printed {
    let mut event = outcome("chain-1");
    if let ExperienceEvent::OutcomeRecorded { metadata, .. } = &mut event {
        metadata.insert("a.b-c_d".into(), "東京 \"\\\n\u{1F680}\u{2028}".into());
    }
    store.append_event(envelope("evt-1", event))?;
    found(store, &EventQuery::default())
}

fn refuses_malformed_ids(store: &dyn ExperienceStore) -> Printed {
    let mut printed = String::new();
    for refused in [
        envelope("../../admin:hack", outcome("chain-1")),
        envelope("", outcome("chain-1")),
        envelope("evt-1", outcome("chain-1")).with_tenant("tenant'; DROP TABLE event;--"),
        envelope("evt-1", outcome("chain-1")).with_correlation("a b"),
    ] {
        let error = store.append_event(refused).err().ok_or("it was accepted")?;
        printed += &format!("{error}\n");
    }
    Ok(printed + &found(store, &EventQuery::default())?)
}

fn stops_a_list_at_its_first_fault(store: &dyn ExperienceStore) -> Printed {
    let list = ["a", "b", "no spaces", "d"].map(|id| envelope(id, outcome("chain-1")));
    let error = store.append_events(&list).err().ok_or("it was accepted")?;
    Ok(format!(
        "{error}\n{}",
        found(store, &EventQuery::default())?
    ))
}

fn trace_links(store: &dyn ExperienceStore) -> Printed {
    let trace = |provider: &str| ExperienceEvent::ReplayTraceRecorded {
        trace_link_id: "trace/1".into(),
        trace_link: ReplayTrace::Remote(RemoteReplayTrace {
            provider_name: provider.into(),
            provider_model_id: "claude".into(),
            request_fingerprint: "req".into(),
            response_fingerprint: "resp".into(),
            temperature: 0.1,
            top_p: 1.0,
            max_tokens: 512,
            provider_metadata: HashMap::new(),
            retried: false,
            retry_reasons: vec![],
            replayability: Replayability::BestEffort,
        }),
    };
    store.append_event(envelope("evt-1", trace("first")))?;
    store.append_event(envelope("evt-2", trace("second")))?;
    let known = store.get_trace_link(&TraceLinkId::new("trace/1"))?;
    let unknown = store.get_trace_link(&TraceLinkId::new("trace-2"))?;
    Ok(format!(
        "{}\n{}\n",
        serde_json::to_string(&known)?,
        serde_json::to_string(&unknown)?
    ))
}

/// The id, time and tenant of such an event differ (docs/differences.md): its kind and content do not.
fn artifact_transitions(store: &dyn ExperienceStore) -> Printed {
    let event = LifecycleEvent {
        from_state: GovernedArtifactState::Draft,
        to_state: GovernedArtifactState::Approved,
        timestamp: "2026-04-23T09:14:07Z".into(),
        actor: "reviewer".into(),
        reason: "passed".into(),
        ticket_ref: None,
        tenant_id: Some("acme".into()),
    };
    store.write_artifact_state_transition(
        &ArtifactId::new("lora@1"),
        ArtifactKind::Adapter,
        event,
    )?;
    let mut printed = String::new();
    for found in store.query_events(&EventQuery::default())? {
        printed += &serde_json::to_string(&found.event)?;
        printed.push('\n');
    }
    Ok(printed)
}
