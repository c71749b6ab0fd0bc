//! Computes indicators for a program in another language: the parity check and the bench against TA-Lib ask it.
//!
//! The argument names a file of series: a line of JSON `{"rows": N, "columns": [names]}`, then each column's N numbers,
//! eight bytes each, least first. Every line of standard input is a question
//! `{"id", "params", "out": file or null, "repeat": how often, "stream": bar by bar}`; every line of standard output an
//! answer: `{"outputs", "integer", "look_back", "cpu_ns": the least of the repeats}` or `{"error"}`.
//! The outputs go to the file one after the other, in the same form.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufRead, Write};

use algomosaic_core::Value;
use cpu_time::ThreadTime;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Header {
    rows: usize,
    columns: Vec<String>,
}

#[derive(Deserialize)]
struct Question {
    id: String,
    #[serde(default)]
    params: BTreeMap<String, Value>,
    out: Option<String>,
    #[serde(default)]
    repeat: usize,
    #[serde(default)]
    stream: bool,
}

#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Series = BTreeMap<String, Vec<f64>>;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("usage: indicator_server SERIES")?;
    let series = read(&std::fs::read(path)?)?;
    for line in std::io::stdin().lock().lines() {
        let answer = answer(&serde_json::from_str(&line?)?, &series);
        let answer = answer.unwrap_or_else(|error| json!({"error": error.to_string()}));
        println!("{answer}");
        std::io::stdout().flush()?;
    }
    Ok(())
}

fn read(bytes: &[u8]) -> Result<Series, Box<dyn Error>> {
    let end = bytes.iter().position(|byte| *byte == b'\n').ok_or("the file of series has no header")?;
    let header: Header = serde_json::from_slice(&bytes[..end])?;
    let numbers: Vec<f64> =
        bytes[end + 1..].as_chunks::<8>().0.iter().map(|number| f64::from_le_bytes(*number)).collect();
    if header.rows == 0 {
        return Ok(header.columns.into_iter().map(|name| (name, Vec::new())).collect());
    }
    Ok(header.columns.into_iter().zip(numbers.chunks(header.rows)).map(|(name, x)| (name, x.to_vec())).collect())
}

fn answer(question: &Question, series: &Series) -> Result<serde_json::Value, Box<dyn Error>> {
    let indicator = algomosaic_indicators::find(&question.id).ok_or("no such indicator")?;
    let params = indicator.check(&question.params)?;
    let mut inputs: Vec<&[f64]> = Vec::new();
    for name in indicator.input_columns(&params) {
        inputs.push(series.get(name).ok_or(format!("no column {name}"))?);
    }
    let mut least = u64::MAX;
    let mut outputs = Vec::new();
    for _ in 0..question.repeat.max(1) {
        // Their memory is free again before the next, as in a loop of calls that keep nothing.
        drop(std::mem::take(&mut outputs));
        let start = ThreadTime::now();
        outputs = indicator.compute(&inputs, &params)?;
        least = least.min(u64::try_from(start.elapsed().as_nanos())?);
    }
    if question.stream {
        let mut stream = indicator.stream(&params).ok_or("it has no stream")?;
        let (mut bar, mut values) = (vec![0.0; inputs.len()], vec![0.0; outputs.len()]);
        for t in 0..inputs.first().map_or(0, |x| x.len()) {
            bar.iter_mut().zip(&inputs).for_each(|(place, x)| *place = x[t]);
            stream.update(&bar, &mut values);
            outputs.iter_mut().zip(&values).for_each(|(output, value)| output[t] = *value);
        }
    }
    if let Some(path) = &question.out {
        let bytes: Vec<u8> = outputs.iter().flatten().flat_map(|value| value.to_le_bytes()).collect();
        std::fs::write(path, bytes)?;
    }
    Ok(json!({
        "outputs": indicator.outputs.iter().map(|output| output.name).collect::<Vec<_>>(),
        "integer": indicator.outputs.iter().map(|output| output.integer).collect::<Vec<_>>(),
        "look_back": (indicator.look_back)(&params),
        "streams": indicator.streams(),
        "cpu_ns": least,
    }))
}
