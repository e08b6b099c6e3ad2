//! Scores out of responses: counts, the Net Promoter Score, and weeks for a chart.
//!
//! The vendor computes an NPS too (`get_nps_summary`), of the account as a whole and of one span of days. Here it is
//! computed from the responses you hold, so it can be had for any part of them.
//!
//! ```
//! use cx_client::wootric::nps::{Scale, Tally};
//!
//! let tally: Tally = Scale::Nps.tally([10, 9, 8, 3]);
//! assert_eq!((tally.promoters(), tally.passives(), tally.detractors()), (2, 1, 1));
//! assert_eq!(tally.nps(), Some(25.0));
//! ```

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};

use crate::generated::wootric::types::Response;

/// What the scores of an account mean. No response says it, so it must be known.
///
/// The bands are those of the vendor's own clients. A score off the scale is in no band.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scale {
    /// Net Promoter Score, 0 to 10: detractors to 6, passives to 8.
    #[default]
    Nps,
    /// Customer Effort Score, 1 to 7: negative to 3, neutral to 5.
    Ces,
    /// Customer Satisfaction, 1 to 5: negative to 2, neutral at 3.
    CsatOf5,
    /// Customer Satisfaction, 1 to 10: negative to 6, neutral to 8.
    CsatOf10,
}

/// A part of a scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Band {
    /// Detractors, of an NPS.
    Negative,
    /// Passives, of an NPS.
    Neutral,
    /// Promoters, of an NPS.
    Positive,
}

impl Scale {
    /// The band of a score; `None` if it is off the scale.
    pub fn band(self, score: i64) -> Option<Band> {
        let (lowest, negative, neutral, highest) = match self {
            Self::Nps => (0, 6, 8, 10),
            Self::Ces => (1, 3, 5, 7),
            Self::CsatOf5 => (1, 2, 3, 5),
            Self::CsatOf10 => (1, 6, 8, 10),
        };
        match score {
            score if score < lowest || score > highest => None,
            score if score <= negative => Some(Band::Negative),
            score if score <= neutral => Some(Band::Neutral),
            _ => Some(Band::Positive),
        }
    }

    /// The counts of these scores.
    pub fn tally(self, scores: impl IntoIterator<Item = i64>) -> Tally {
        let mut tally = Tally::new(self);
        for score in scores {
            tally.add_score(Some(score));
        }
        tally
    }
}

/// How many scores lie in which band.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    scale: Scale,
    negative: u64,
    neutral: u64,
    positive: u64,
    left_out: u64,
}

impl Tally {
    /// Nothing counted yet.
    pub fn new(scale: Scale) -> Self {
        Self { scale, ..Self::default() }
    }

    /// Counts a response. One that is excluded from calculations, has no score or one off the scale is left out.
    pub fn add(&mut self, response: &Response) {
        let excluded = response.excluded_from_calculations == Some(true);
        self.add_score(response.score.filter(|_| !excluded));
    }

    fn add_score(&mut self, score: Option<i64>) {
        let band = score.and_then(|score| self.scale.band(score));
        let count = match band {
            Some(Band::Negative) => &mut self.negative,
            Some(Band::Neutral) => &mut self.neutral,
            Some(Band::Positive) => &mut self.positive,
            None => &mut self.left_out,
        };
        *count += 1;
    }

    /// Scores in a band.
    pub fn count(&self, band: Band) -> u64 {
        match band {
            Band::Negative => self.negative,
            Band::Neutral => self.neutral,
            Band::Positive => self.positive,
        }
    }

    /// Scores of 9 and 10, of an NPS.
    pub fn promoters(&self) -> u64 {
        self.positive
    }

    /// Scores of 7 and 8, of an NPS.
    pub fn passives(&self) -> u64 {
        self.neutral
    }

    /// Scores of 0 to 6, of an NPS.
    pub fn detractors(&self) -> u64 {
        self.negative
    }

    /// Scores that count.
    pub fn total(&self) -> u64 {
        self.negative + self.neutral + self.positive
    }

    /// Responses that do not count.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// The Net Promoter Score, -100 to 100: percentage of promoters less that of detractors, not rounded. `None` without
    /// a score that counts, and for the other scales, for which the vendor documents no such figure.
    pub fn nps(&self) -> Option<f64> {
        let total = self.total();
        (self.scale == Scale::Nps && total > 0)
            .then(|| (self.positive as f64 - self.negative as f64) * 100.0 / total as f64)
    }
}

/// A week with its counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Week {
    /// Its Monday (ISO 8601).
    pub monday: NaiveDate,
    /// Counts of its responses.
    pub tally: Tally,
}

/// Responses by week, in any order; it holds counts only, so any number of responses goes in.
///
/// The week is that of `created_at` on the clock the vendor wrote it by: its offset is the account's, so a response of
/// Sunday night there stays in its week.
#[derive(Clone, Debug, Default)]
pub struct Weekly {
    scale: Scale,
    weeks: BTreeMap<NaiveDate, Tally>,
    undated: u64,
}

impl Weekly {
    /// Nothing counted yet.
    pub fn new(scale: Scale) -> Self {
        Self { scale, ..Self::default() }
    }

    /// Counts a response.
    pub fn add(&mut self, response: &Response) {
        match response.created_at.as_ref().and_then(|time| monday(time.to_datetime()?.date_naive())) {
            Some(monday) => self.weeks.entry(monday).or_insert_with(|| Tally::new(self.scale)).add(response),
            None => self.undated += 1,
        }
    }

    /// The weeks from the first to the last that has a response, those without any included, so that a chart has no gaps.
    /// They are made one by one: a single date that is far off makes many of them.
    pub fn weeks(&self) -> impl Iterator<Item = Week> {
        let ends = self.weeks.first_key_value().zip(self.weeks.last_key_value());
        let ends = ends.map(|((first, _), (last, _))| (*first, *last));
        let mut next = ends.map(|(first, _)| first);
        std::iter::from_fn(move || {
            let monday = next.filter(|monday| ends.is_some_and(|(_, last)| *monday <= last))?;
            next = monday.checked_add_days(Days::new(7));
            let tally = self.weeks.get(&monday).copied().unwrap_or_else(|| Tally::new(self.scale));
            Some(Week { monday, tally })
        })
    }

    /// Responses without a time that can be read. They are in no week.
    pub fn undated(&self) -> u64 {
        self.undated
    }
}

impl<'a> Extend<&'a Response> for Weekly {
    fn extend<I: IntoIterator<Item = &'a Response>>(&mut self, responses: I) {
        for response in responses {
            self.add(response);
        }
    }
}

fn monday(day: NaiveDate) -> Option<NaiveDate> {
    day.checked_sub_days(Days::new(day.weekday().num_days_from_monday().into()))
}
