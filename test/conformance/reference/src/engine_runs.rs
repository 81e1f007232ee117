//! Runs of the crate's own engine, recorded through its own store observer.
//!
//! Nothing here builds an event: every envelope is what `StoreObserver` put into
//! the store. Each run gets a new observer, as each run of a real producer does,
//! so the ids `evt-0`, `evt-1`, … start again in every run.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, Waker};

use converge_core::gates::hitl::{
    ContextItem, GateDecision, GateVerdict, TimeoutAction, TimeoutPolicy,
};
use converge_core::types::{IntentId, Timestamp};
use converge_core::{
    Context, ContextKey, ContextState, Criterion, Engine, EngineHitlPolicy, EventQuery,
    ExperienceEventEnvelope, ExperienceStore, InvariantClass, ProposedFact, RunResult,
    TypesBudgets, TypesIntentKind, TypesRootIntent, TypesRunHooks,
};
use converge_experience::{InMemoryExperienceStore, StoreObserver};

use crate::desk::{AtMost, Judge, Rng, SUPPLIERS, Worker};

type Observer = Arc<StoreObserver<InMemoryExperienceStore>>;
type Scenario = fn(&mut Desk);

const SCENARIOS: [Scenario; 14] = [
    |desk| desk.typed_run(&[]),
    |desk| desk.typed_run(&["met:two-bids", "met:price-ceiling"]),
    Desk::gated,
    |desk| desk.typed_run(&["met:two-bids", "blocked:cfo", "stuck:works-council"]),
    Desk::runs_out_of_cycles,
    |desk| desk.typed_run(&["met:two-bids", "unmet:price-ceiling"]),
    |desk| desk.breaks(InvariantClass::Structural, ContextKey::Signals, 3),
    Desk::runs_out_of_facts,
    Desk::contradicts_itself,
    |desk| desk.breaks(InvariantClass::Semantic, ContextKey::Hypotheses, 2),
    Desk::gated,
    |desk| desk.typed_run(&["open:reference-call"]),
    |desk| desk.breaks(InvariantClass::Acceptance, ContextKey::Strategies, 0),
    Desk::untyped_run,
];

/// The envelopes of `runs` runs, one after the other.
pub fn record(runs: u32, seed: u64) -> impl Iterator<Item = ExperienceEventEnvelope> {
    (0..runs).flat_map(move |run| {
        let store = Arc::new(InMemoryExperienceStore::new());
        let observer = Arc::new(StoreObserver::new(Arc::clone(&store)));
        let mut desk = Desk::open(run, seed, observer);
        SCENARIOS[run as usize % SCENARIOS.len()](&mut desk);
        store
            .query_events(&EventQuery::default())
            .expect("the in-memory store answers")
    })
}

/// One purchasing request, the engine that works on it, and its observer.
struct Desk {
    rng: Rng,
    request: String,
    clock: u64,
    engine: Engine,
    budgets: TypesBudgets,
    observer: Observer,
}

impl Desk {
    fn open(run: u32, seed: u64, observer: Observer) -> Self {
        let mut desk = Self {
            rng: Rng::new(seed, run),
            request: format!("rfq-{:04}", 400 + run),
            clock: 1_776_945_600 + 3600 * u64::from(run),
            engine: Engine::new(),
            budgets: TypesBudgets::with_cycles(20),
            observer,
        };
        desk.hire();
        desk
    }

    /// The usual chain: seeds, signals, hypotheses, evaluations, one strategy.
    fn hire(&mut self) {
        let offers = self.rng.range(4, 24);
        let request = self.request.clone();
        self.add("supplier-scout", &[ContextKey::Seeds], move |_| {
            (0..offers)
                .map(|n| {
                    let supplier = SUPPLIERS[n as usize % SUPPLIERS.len()];
                    let text = format!("{supplier} offers lot {n}");
                    proposal(ContextKey::Signals, format!("{request}:signal:{n}"), &text)
                })
                // The engine rejects empty content, and emits nothing for it.
                .chain([proposal(
                    ContextKey::Signals,
                    format!("{request}:void"),
                    " ",
                )])
                .collect()
        });
        self.add("analyst", &[ContextKey::Signals], |ctx| {
            follow(ctx, ContextKey::Signals, ContextKey::Hypotheses, "claim", 1)
        });
        self.add("reviewer", &[ContextKey::Hypotheses], |ctx| {
            let (from, to) = (ContextKey::Hypotheses, ContextKey::Evaluations);
            follow(ctx, from, to, "review", 2)
        });
        self.add("planner", &[ContextKey::Evaluations], |ctx| {
            let (from, to) = (ContextKey::Evaluations, ContextKey::Strategies);
            follow(ctx, from, to, "plan", 8)
        });
    }

    fn add(
        &mut self,
        name: &'static str,
        watches: &[ContextKey],
        propose: impl Fn(&dyn Context) -> Vec<ProposedFact> + Send + Sync + 'static,
    ) {
        let worker = Worker::new(name, watches, propose);
        self.engine.register_suggestor(worker);
    }

    fn inputs(&mut self) -> ContextState {
        let mut context = ContextState::new();
        for n in 0..self.rng.range(1, 4) {
            let id = format!("{}:brief:{n}", self.request);
            context
                .add_input(
                    ContextKey::Seeds,
                    id,
                    format!("Bearings for line {n}, 12 weeks"),
                )
                .expect("no brief is given twice");
        }
        context
    }

    /// A run that ends with an outcome event: only typed intents make the engine emit one.
    fn typed_run(&mut self, criteria: &[&str]) {
        let mut criteria: Vec<Criterion> = criteria
            .iter()
            .map(|id| Criterion::required(*id, "asked for by the buyer"))
            .collect();
        criteria.push(Criterion::optional("unmet:nice-to-have", "not needed"));
        let intent = TypesRootIntent::builder()
            .id(IntentId::new(format!("chain-{}", self.request)))
            .kind(TypesIntentKind::ResourceOptimization)
            .request("Source bearings")
            .success_criteria(criteria)
            .budgets(self.budgets.clone())
            .build();
        let hooks = TypesRunHooks {
            criterion_evaluator: Some(Arc::new(Judge)),
            event_observer: Some(self.observer.clone()),
        };
        let context = self.inputs();
        // An Err is a way for a run to end; the observer has seen it.
        let _ = ready(
            self.engine
                .run_with_types_intent_and_hooks(context, &intent, hooks),
        );
    }

    /// A run without an intent: facts are reported, the outcome is not.
    fn untyped_run(&mut self) {
        self.engine.set_event_observer(self.observer.clone());
        let context = self.inputs();
        let _ = ready(self.engine.run(context));
    }

    fn runs_out_of_cycles(&mut self) {
        self.budgets.max_cycles = self.rng.range(3, 25) as u32;
        let request = self.request.clone();
        self.add("haggler", &[ContextKey::Constraints], move |ctx| {
            let round = ctx.count(ContextKey::Constraints);
            let id = format!("{request}:round:{round}");
            vec![proposal(
                ContextKey::Constraints,
                id,
                "one per cent less, then",
            )]
        });
        let request = self.request.clone();
        self.add("opener", &[ContextKey::Seeds], move |_| {
            let id = format!("{request}:opening");
            vec![proposal(ContextKey::Constraints, id, "ten per cent less")]
        });
        self.typed_run(&["met:two-bids"]);
    }

    fn runs_out_of_facts(&mut self) {
        self.budgets.max_facts = self.rng.range(5, 20) as u32;
        let request = self.request.clone();
        self.add("crawler", &[ContextKey::Seeds], move |_| {
            (0..30)
                .map(|n| {
                    let id = format!("{request}:page:{n}");
                    proposal(ContextKey::Competitors, id, "a page about bearings")
                })
                .collect()
        });
        self.typed_run(&[]);
    }

    fn breaks(&mut self, class: InvariantClass, key: ContextKey, limit: usize) {
        self.engine.register_invariant(AtMost { class, key, limit });
        self.typed_run(&["met:two-bids"]);
    }

    fn contradicts_itself(&mut self) {
        for name in ["optimist", "pessimist"] {
            let id = format!("{}:verdict", self.request);
            let supplier = *self.rng.pick(&SUPPLIERS);
            self.add(name, &[ContextKey::Seeds], move |_| {
                let text = format!("the {name} says of {supplier}: 'it depends' \\ \u{1}");
                vec![proposal(ContextKey::Evaluations, id.clone(), &text)]
            });
        }
        self.typed_run(&["met:two-bids"]);
    }

    /// A run that stops at human gates. The engine reports the decisions only.
    fn gated(&mut self) {
        let orders = self.rng.range(2, 7);
        let timeout = TimeoutPolicy {
            timeout_secs: self.rng.range(0, 100_000),
            action: *self.rng.pick(&[
                TimeoutAction::Reject,
                TimeoutAction::Approve,
                TimeoutAction::Escalate,
            ]),
        };
        self.engine.set_hitl_policy(EngineHitlPolicy {
            confidence_threshold: Some(0.5),
            gated_keys: vec![ContextKey::Proposals],
            timeout,
        });
        // Each order waits for the decision on the one before it. A rejection
        // leaves a diagnostic in the context, an approval a fact.
        let request = self.request.clone();
        let watches = [
            ContextKey::Strategies,
            ContextKey::Proposals,
            ContextKey::Diagnostic,
        ];
        self.add("buyer", &watches, move |ctx| {
            let next = ctx.count(ContextKey::Proposals) + ctx.count(ContextKey::Diagnostic);
            let supplier = SUPPLIERS[next % SUPPLIERS.len()];
            let text = format!("Order {next} at {supplier}\nat € 88.121,00?");
            (next < orders as usize)
                .then(|| {
                    let id = format!("{request}:order:{next}");
                    proposal(ContextKey::Proposals, id, &text).with_confidence(0.4)
                })
                .into_iter()
                .collect()
        });

        self.engine.set_event_observer(self.observer.clone());
        let context = self.inputs();
        let mut state = ready(self.engine.run_with_hitl(context));
        while let RunResult::HitlPause(mut pause) = state {
            // The engine stamps the pause with the wall clock. The host owns the
            // pause until it resumes, and a recording must come out the same twice.
            pause.request.requested_at = self.tick();
            if self.rng.range(0, 3) == 0 {
                pause
                    .request
                    .context_data
                    .push(ContextItem::new("budget left", "€ 12 000"));
            }
            let decision = GateDecision {
                gate_id: pause.request.gate_id.clone(),
                verdict: match self.rng.range(0, 4) {
                    0 => GateVerdict::Reject { reason: None },
                    1 => GateVerdict::Reject {
                        reason: Some("over the ceiling – “no” means no".into()),
                    },
                    _ => GateVerdict::Approve,
                },
                decided_by: self
                    .rng
                    .pick(&["buyer-7", "cfo", "zażółć@example.com"])
                    .to_string(),
                decided_at: self.tick(),
            };
            state = ready(self.engine.resume(*pause, decision));
        }
    }

    /// The next moment, in the form of `Timestamp::now()`.
    fn tick(&mut self) -> Timestamp {
        self.clock += self.rng.range(1, 900);
        Timestamp::new(format!("{}Z", self.clock))
    }
}

fn proposal(key: ContextKey, id: String, text: &str) -> ProposedFact {
    ProposedFact::new(key, id, text, "purchasing desk")
}

/// One proposal under `to` for every `step`th fact under `from`.
fn follow(
    ctx: &dyn Context,
    from: ContextKey,
    to: ContextKey,
    what: &str,
    step: usize,
) -> Vec<ProposedFact> {
    let facts = ctx.get(from).iter().step_by(step);
    facts
        .map(|fact| {
            let id = format!("{what}:{}", fact.id);
            proposal(to, id, &format!("{what} of {}", fact.content))
        })
        .collect()
}

/// The engine never waits for anything outside itself here, so it needs no runtime.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut TaskContext::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("no suggestor here waits"),
    }
}
