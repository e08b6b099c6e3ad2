//! Exports every response to a CSV file, past the 1,500 rows that the vendor's pages show of a list.
//!
//! Beside the file lies a cursor: the next run appends what came since. The vendor is a mock in this process.
//!
//! ```sh
//! cargo run --example export_to_csv
//! cargo run --example export_to_csv -- responses.csv
//! ```

mod made_up;

use std::{
    env,
    error::Error,
    fs::{self, OpenOptions},
    io::{BufWriter, Write},
    net::TcpListener,
    path::PathBuf,
};

use cx_client::{
    export::Cursor,
    wootric::{Client, types::Response},
};
use cx_mock::issuer;
use futures_util::TryStreamExt;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let path = env::args().nth(1).map_or_else(|| env::temp_dir().join("responses.csv"), PathBuf::from);
    let vendor = made_up::vendor(TcpListener::bind("127.0.0.1:0")?).await?;
    let client = Client::builder()
        .base_url(vendor.base_url())
        .client_credentials(issuer::CLIENT_ID, issuer::CLIENT_SECRET)
        .build()?;

    let cursor_path = path.with_extension("cursor.json");
    let has_rows = fs::metadata(&path).is_ok_and(|file| file.len() > 0);
    let cursor = match fs::read(&cursor_path) {
        Ok(text) if has_rows => Some(serde_json::from_slice::<Cursor>(&text)?),
        // It counts rows that are gone. If this run broke off, the next would go on from there and lose them.
        Ok(_) => {
            fs::remove_file(&cursor_path)?;
            None
        }
        Err(_) => None,
    };
    let resumed = cursor.is_some();
    let mut export = client.export_responses();
    if let Some(cursor) = cursor {
        export = export.resume(cursor);
    }
    let mut rows = export.stream()?;

    let file = OpenOptions::new().create(true).write(true).append(resumed).truncate(!resumed).open(&path)?;
    let known = file.metadata()?.len();
    let mut file = BufWriter::new(file);
    let mut written = if resumed { Ok(()) } else { writeln!(file, "id,created_at,score,text") };
    let ended = loop {
        if written.is_err() {
            break Ok(());
        }
        match rows.try_next().await {
            Ok(Some(response)) => written = writeln!(file, "{}", record(&response)),
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    // The rows first: a cursor that is ahead of them would lose some, and one that is behind would bring some twice. So it
    // is written after a failure of the vendor too, and rows of which nobody knows how many were written are taken back.
    if let Err(error) = written.and_then(|()| file.flush()) {
        let (file, _unwritten) = file.into_parts();
        file.set_len(known)?;
        return Err(error.into());
    }
    fs::write(&cursor_path, serde_json::to_vec(&rows.cursor())?)?;
    ended?;

    let progress = rows.progress();
    println!("{} rows in {} requests: {}", progress.rows, progress.requests, path.display());
    println!("cursor: {}", cursor_path.display());
    Ok(())
}

fn record(response: &Response) -> String {
    let score = response.score.map_or_else(String::new, |score| score.to_string());
    let created = response.created_at.as_ref().map_or_else(String::new, ToString::to_string);
    // Quotes are doubled inside of quotes (RFC 4180 §2.7).
    let text = response.text.as_deref().unwrap_or_default().replace('"', "\"\"");
    format!("{},{created},{score},\"{text}\"", response.id)
}
