//! Building blocks for engine runs: a purchasing desk that works on one request.

use async_trait::async_trait;
use converge_core::invariant::Violation;
use converge_core::{
    AgentEffect, Context, ContextKey, Criterion, CriterionEvaluator, CriterionResult, Invariant,
    InvariantClass, InvariantResult, ProposedFact, Suggestor,
};

pub const SUPPLIERS: [&str; 6] = [
    "Nordic Bearings AB",
    "Łódź Łożyska Sp. z o.o.",
    "東京精工株式会社",
    "O'Brien & Sons \"Precision\" Ltd",
    "Acme\tIndustrial",
    "Rodamientos Peñalver 🛞",
];

/// `SplitMix64`: small, and the same on every machine, so a recording can be made again.
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64, run: u32) -> Self {
        let mut rng = Self(seed);
        Self(rng.next() ^ u64::from(run))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `from..to`.
    pub fn range(&mut self, from: u64, to: u64) -> u64 {
        from + self.next() % (to - from)
    }

    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.range(0, choices.len() as u64) as usize]
    }
}

type Propose = dyn Fn(&dyn Context) -> Vec<ProposedFact> + Send + Sync;

/// A suggestor made of a function; what the context already holds is not proposed again.
pub struct Worker {
    name: &'static str,
    watches: Vec<ContextKey>,
    propose: Box<Propose>,
}

impl Worker {
    pub fn new(
        name: &'static str,
        watches: &[ContextKey],
        propose: impl Fn(&dyn Context) -> Vec<ProposedFact> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name,
            watches: watches.to_vec(),
            propose: Box::new(propose),
        }
    }

    fn fresh(&self, ctx: &dyn Context) -> Vec<ProposedFact> {
        let mut proposals = (self.propose)(ctx);
        proposals.retain(|new| {
            let mut known = ctx.get(new.key).iter();
            known.all(|fact| fact.id.as_str() != new.id.as_str())
        });
        proposals
    }
}

#[async_trait]
impl Suggestor for Worker {
    fn name(&self) -> &str {
        self.name
    }

    fn dependencies(&self) -> &[ContextKey] {
        &self.watches
    }

    fn accepts(&self, ctx: &dyn Context) -> bool {
        !self.fresh(ctx).is_empty()
    }

    async fn execute(&self, ctx: &dyn Context) -> AgentEffect {
        AgentEffect::with_proposals(self.fresh(ctx))
    }
}

/// An invariant: at most `limit` facts under `key`.
pub struct AtMost {
    pub class: InvariantClass,
    pub key: ContextKey,
    pub limit: usize,
}

impl Invariant for AtMost {
    fn name(&self) -> &str {
        match self.class {
            InvariantClass::Structural => "signal-ceiling",
            InvariantClass::Semantic => "one-claim-per-signal",
            InvariantClass::Acceptance => "shortlist-is-short",
        }
    }

    fn class(&self) -> InvariantClass {
        self.class
    }

    fn check(&self, ctx: &dyn Context) -> InvariantResult {
        let count = ctx.count(self.key);
        if count <= self.limit {
            return InvariantResult::Ok;
        }
        InvariantResult::Violated(Violation::new(format!(
            "{:?} holds {count} facts, at most {} allowed",
            self.key, self.limit
        )))
    }
}

/// Judges each criterion by the first letters of its id.
pub struct Judge;

impl CriterionEvaluator for Judge {
    fn evaluate(&self, criterion: &Criterion, ctx: &dyn Context) -> CriterionResult {
        let id = criterion.id.as_str();
        match id.split_once(':').map_or("", |(verdict, _)| verdict) {
            "met" => CriterionResult::Met {
                evidence: ctx
                    .get(ContextKey::Strategies)
                    .iter()
                    .map(|fact| fact.id.clone())
                    .collect(),
            },
            "blocked" => CriterionResult::Blocked {
                reason: "needs a signature".into(),
                approval_ref: Some(format!("approval:{id}").into()),
            },
            "stuck" => CriterionResult::Blocked {
                reason: "nobody may sign".into(),
                approval_ref: None,
            },
            "unmet" => CriterionResult::Unmet {
                reason: "too few bids".into(),
            },
            _ => CriterionResult::Indeterminate,
        }
    }
}
