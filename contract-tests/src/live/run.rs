//! The run: one call after the other, until all are asked, the budget is spent, or somebody wants it to end.

use std::{future::Future, sync::Arc, time::Duration};

use anyhow::{Context, Result, bail};
use cx_client::{CallOptions, Core, CoreBuilder, ErrorKind};
use cx_mock::Validator;
use cx_spec::{Api, Operation};
use serde_json::Value;

use super::{
    Report, Settings,
    credentials::{self, Variables},
    drift::{Drift, Finding, Severity, Tally},
    fixture::Recorder,
    gate::{Exchange, Gate},
    judge::{self, Ids, Judgement, Standing},
    plan::{self, Call, Known},
};

/// Time for one attempt, beside what the rate makes it wait.
const ATTEMPT: Duration = Duration::from_secs(30);
/// Time for one call and all its attempts, beside the same.
const CALL: Duration = Duration::from_secs(180);

/// Why a run ends that may send no more.
const SPENT: &str = "the budget is spent";
/// Why a run ends whose vendor can be reached no more.
const LOST: &str = "the vendor was lost";

/// Asks a vendor what may be asked, and says where it departs from its document. When `stop` is ready or the vendor can be
/// reached no more, the run ends, and the report says how far it came.
///
/// # Errors
/// No credentials, credentials that nothing takes, a vendor that cannot be reached from the start or that answers nothing
/// but that it has no answer: nothing can be said then.
pub async fn run(settings: &Settings, variables: Variables<'_>, stop: impl Future<Output = ()>) -> Result<Report> {
    let mut run = Run::start(settings, variables).await?;
    let ended = tokio::select! {
        ended = run.ask_everything() => ended,
        () = stop => Ok(Some("the run was ended")),
    };
    match ended {
        Ok(ended) => run.finish(ended),
        // What was asked by then took its time and its requests, and may not be had again.
        Err(lost) if !run.asked.is_empty() => {
            let report = run.finish(Some(LOST))?;
            Ok(Report { lost: Some(format!("{lost:#}")), ..report })
        }
        Err(lost) => Err(lost),
    }
}

struct Run<'s> {
    settings: &'s Settings,
    validator: Arc<Validator>,
    tokens: Option<Arc<Validator>>,
    gate: Gate,
    core: Core,
    known: Known,
    tally: Tally,
    /// Refusals of the credentials, held back until it is known whether they are good anywhere.
    refused: Vec<(String, String, Vec<Finding>)>,
    answered: bool,
    asked: Vec<String>,
    left_out: Vec<(String, String)>,
    /// Whether a call was not made because the budget is spent.
    cut: bool,
    recorder: Recorder,
}

impl<'s> Run<'s> {
    async fn start(settings: &'s Settings, variables: Variables<'_>) -> Result<Self> {
        let subject = &settings.subject;
        let api = subject.client.api;
        // The client's own HTTP client: it follows no redirect, and trusts whom the platform trusts.
        let http = CoreBuilder::new(api).base_url(&settings.base_url).build()?.http().clone();
        let validator = Arc::new(Validator::new(Arc::clone(&subject.api)));
        let tokens = subject.tokens.as_ref().map(|tokens| Arc::new(Validator::new(Arc::clone(tokens))));
        let gate = Gate::open(settings, http, Arc::clone(&validator), tokens.clone()).await?;
        let wait = Duration::try_from_secs_f64(settings.rate.recip()).unwrap_or_default();
        let builder = CoreBuilder::new(api)
            .base_url(gate.base_url())
            .token_base_url(gate.base_url())
            .user_agent(gate.pass())
            .attempt_deadline(ATTEMPT.saturating_add(wait))
            .deadline(CALL.saturating_add(wait.saturating_mul(8)))
            .environment(Arc::clone(&settings.environment));
        let core = credentials::apply(builder, api, variables)?.build()?;
        let source = format!("live run against {}", settings.base_url);
        let recorder = Recorder::new(source, settings.environment.wall_clock());
        Ok(Self {
            settings,
            validator,
            tokens,
            gate,
            core,
            known: Known::default(),
            tally: Tally::default(),
            refused: Vec::new(),
            answered: false,
            asked: Vec::new(),
            left_out: Vec::new(),
            cut: false,
            recorder,
        })
    }

    /// Why it ended before everything was asked, if it did.
    async fn ask_everything(&mut self) -> Result<Option<&'static str>> {
        let api = Arc::clone(&self.settings.subject.api);
        for operation in plan::operations(&api) {
            if self.gate.is_spent() {
                return Ok(Some(SPENT));
            }
            self.ask(&api, operation).await?;
            self.asked.push(operation.id.clone());
        }
        // The last operation may have had more to ask.
        Ok((self.cut || self.gate.held_back()).then_some(SPENT))
    }

    async fn ask(&mut self, api: &Api, operation: &Operation) -> Result<()> {
        let mut reasons = Vec::new();
        let mut answered = false;
        for call in self.known.calls(api, operation) {
            let mut next = Some(call);
            let mut first = true;
            while let Some(call) = next.take() {
                if self.gate.is_spent() {
                    self.cut = true;
                    break;
                }
                match self.call(operation, &call).await? {
                    (Standing::Answered, body) => {
                        answered = true;
                        self.known.learn(operation, &call.arguments, &body);
                        next = plan::next_page(operation, &call, &body).filter(|_| first);
                    }
                    (Standing::Inconclusive(reason), _) => reasons.push(reason),
                    (Standing::Refused | Standing::Departed, _) => {}
                }
                first = false;
            }
        }
        if let Some(reason) = reasons.pop().filter(|_| !answered) {
            self.left_out.push((operation.id.clone(), reason));
        }
        Ok(())
    }

    /// One call: how it stands, and the body of its last reply.
    async fn call(&mut self, operation: &Operation, call: &Call) -> Result<(Standing, Value)> {
        let outcome = (self.settings.subject.client.call)(
            self.core.clone(),
            &operation.id,
            call.arguments.clone(),
            CallOptions::new(),
        )
        .await;
        if let Some(failure) = self.gate.failure() {
            bail!("{} cannot be reached: {failure}", self.settings.base_url);
        }
        if let Err(error) = &outcome
            && error.kind() == ErrorKind::InvalidRequest
        {
            return Ok((Standing::Inconclusive(format!("the client does not send it: {error}")), Value::Null));
        }
        let exchanges = self.gate.take();
        let reason = if self.gate.held_back() { SPENT } else { "no token could be had to ask with" };
        let mut standing = Standing::Inconclusive(reason.to_owned());
        for exchange in &exchanges {
            standing = self.judge(operation, exchange, call.ids).unwrap_or(standing);
        }
        let last = exchanges.iter().rev().find(|one| one.operation == operation.id);
        if let (Some(exchange), true) = (last, self.settings.record.is_some()) {
            self.recorder.keep(&self.validator, operation, &call.arguments, exchange, outcome.is_ok());
        }
        let body = last.and_then(|exchange| serde_json::from_slice(&exchange.body).ok());
        Ok((standing, body.unwrap_or_default()))
    }

    /// Judges one exchange. How the operation stands that was called for; none for a token request on its way.
    fn judge(&mut self, called: &Operation, exchange: &Exchange, ids: Ids) -> Option<Standing> {
        let own = exchange.api == self.validator.api().name();
        let validator = if own { Some(&self.validator) } else { self.tokens.as_ref() }?;
        let operation = validator.api().operation(&exchange.operation)?;
        let is_called = own && operation.id == called.id;
        let ids = if is_called { ids } else { Ids::None };
        let Judgement { findings, standing } = judge::judge(validator, operation, exchange, ids);
        let (api, id) = (exchange.api.clone(), operation.id.clone());
        if standing == Standing::Refused && (!is_called || !operation.security.is_empty()) {
            self.refused.push((api, id, findings));
        } else {
            self.tally.add(&api, &id, findings);
        }
        self.answered |= is_called && standing == Standing::Answered && !operation.security.is_empty();
        is_called.then_some(standing)
    }

    fn finish(mut self, ended: Option<&'static str>) -> Result<Report> {
        // What was under way when the run was ended has been asked, and counts.
        for exchange in self.gate.take() {
            if let Some(operation) = self.validator.api().clone().operation(&exchange.operation) {
                self.judge(operation, &exchange, Ids::Examples);
            }
        }
        let needed = self.validator.api().operations.iter().any(|one| !one.security.is_empty());
        if !self.refused.is_empty() && needed && !self.answered && self.tally.drifts().is_empty() {
            bail!("{} refuses these credentials for everything", self.settings.base_url);
        }
        for (api, operation, findings) in std::mem::take(&mut self.refused) {
            self.tally.add(&api, &operation, findings);
        }
        let mut left_out = self.left_out;
        for operation in &self.validator.api().operations {
            if let Some(reason) = plan::reason_to_leave_out(operation) {
                left_out.push((operation.id.clone(), reason));
            } else if !self.asked.contains(&operation.id) {
                left_out.push((operation.id.clone(), ended.unwrap_or("the run was ended").to_owned()));
            }
        }
        // Where nobody cut the run short, a vendor of which nothing was learned is no vendor without drift.
        let learned = self.asked.iter().any(|id| !left_out.iter().any(|(left, _)| left == id));
        let is_drift = |drift: &Drift| drift.finding.severity == Severity::Drift;
        if ended.is_none() && !learned && !self.tally.drifts().iter().any(is_drift) {
            let reason = left_out.first().map_or("it has no operation", |(_, reason)| reason.as_str());
            bail!("nothing can be said of {}: {reason}", self.settings.base_url);
        }
        if let Some(folder) = &self.settings.record {
            let written = self.recorder.write(&folder.join(self.validator.api().name()));
            written.with_context(|| format!("fixtures cannot be written to {}", folder.display()))?;
        }
        Ok(Report::new(self.tally.drifts(), self.gate.sent(), self.asked, left_out, ended))
    }
}
