//! A chart without a drawing library: bars of counts, a line of scores.

use std::fmt::Write;

use cx_client::wootric::nps::{Band, Week};

const HEIGHT: f64 = 320.0;
const MARGIN: f64 = 40.0;
const STEP: f64 = 28.0;
/// From the bottom of a bar to its top.
const BANDS: [(Band, &str, &str); 3] = [
    (Band::Negative, "detractors", "#d9534f"),
    (Band::Neutral, "passives", "#c9c9c9"),
    (Band::Positive, "promoters", "#5cb85c"),
];

/// The weeks as an SVG document.
pub fn svg(weeks: &[Week]) -> String {
    let width = MARGIN * 2.0 + STEP * weeks.len().max(1) as f64;
    let most = weeks.iter().map(|week| week.tally.total()).max().unwrap_or_default().max(1);
    let mut drawing = String::new();
    heading(&mut drawing);
    for score in [-100, -50, 0, 50, 100] {
        let y = height_of(f64::from(score));
        line(&mut drawing, &format!(r##"<path d="M{MARGIN} {y}H{}" stroke="#eee"/>"##, width - MARGIN));
        line(
            &mut drawing,
            &format!(r#"<text x="{}" y="{}" text-anchor="end">{score}</text>"#, MARGIN - 6.0, y + 4.0),
        );
    }
    let mut path = String::new();
    for (at, week) in weeks.iter().enumerate() {
        let x = MARGIN + STEP * (at as f64 + 0.5);
        bars(&mut drawing, week, x, most);
        // A week without responses has no score, and breaks the line.
        match week.tally.nps() {
            Some(score) => {
                let letter = if path.is_empty() || path.ends_with('|') { 'M' } else { 'L' };
                path.push_str(&format!("{letter}{x:.1} {:.1} ", height_of(score)));
            }
            None => path.push('|'),
        }
        if at % 4 == 0 {
            let y = HEIGHT - MARGIN + 16.0;
            line(&mut drawing, &format!(r#"<text x="{x:.1}" y="{y}" text-anchor="middle">{}</text>"#, week.monday));
        }
    }
    let path = path.replace('|', "");
    line(&mut drawing, &format!(r##"<path d="{path}" fill="none" stroke="#1f5fa8" stroke-width="2"/>"##));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"10\">\n\
         <title>Net Promoter Score by week</title>\n{drawing}</svg>\n"
    )
}

/// What is drawn, and the colours of the bands.
fn heading(drawing: &mut String) {
    line(drawing, &format!(r#"<text x="{MARGIN}" y="18" font-size="13">Net Promoter Score by week</text>"#));
    for (at, (_, name, colour)) in BANDS.iter().rev().enumerate() {
        let x = MARGIN + 190.0 + 80.0 * at as f64;
        line(drawing, &format!(r#"<circle cx="{x}" cy="14" r="4" fill="{colour}" opacity="0.6"/>"#));
        line(drawing, &format!(r#"<text x="{}" y="18">{name}</text>"#, x + 8.0));
    }
}

/// Detractors, passives and promoters of a week, one on top of the other.
fn bars(drawing: &mut String, week: &Week, x: f64, most: u64) {
    let mut bottom = HEIGHT - MARGIN;
    for (band, _, colour) in BANDS {
        let height = week.tally.count(band) as f64 / most as f64 * (HEIGHT - MARGIN * 2.0) / 2.0;
        bottom -= height;
        let (left, width) = (x - STEP * 0.35, STEP * 0.7);
        line(
            drawing,
            &format!(
                r#"<rect x="{left:.1}" y="{bottom:.1}" width="{width:.1}" height="{height:.1}" fill="{colour}" opacity="0.6"/>"#
            ),
        );
    }
}

/// The place of a score of -100 to 100.
fn height_of(score: f64) -> f64 {
    MARGIN + (100.0 - score) / 200.0 * (HEIGHT - MARGIN * 2.0)
}

fn line(drawing: &mut String, text: &str) {
    // Writing to a text cannot fail.
    let _ = writeln!(drawing, "{text}");
}
