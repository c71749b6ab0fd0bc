//! Computes every entry of the catalogue over bars made by a rule, and prints a line for each output: its id, its name,
//! how many values it has, and their sum and last. Two machines that agree on this agree on the indicators.

use std::collections::BTreeMap;

use algomosaic_indicators::{Input, catalogue};

/// A pseudo-random number from -1 to 1 (Park and Miller's generator), the same everywhere.
fn next(state: &mut u64) -> f64 {
    *state = *state * 48_271 % 2_147_483_647;
    *state as f64 / 1_073_741_823.5 - 1.0
}

fn bars(rows: usize) -> BTreeMap<&'static str, Vec<f64>> {
    let mut state = 1;
    let mut bars: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    let mut close = 100.0;
    for row in 0..rows {
        let open = close;
        close = (open * (1.0 + 0.02 * next(&mut state)) * 100.0_f64).round() / 100.0;
        let high = open.max(close) + (next(&mut state) * 50.0).abs().round() / 100.0;
        let low = open.min(close) - (next(&mut state) * 50.0).abs().round() / 100.0;
        let volume = (1e6 * (1.5 + next(&mut state))).round();
        let periods = 2.0 + (row * 7 % 29) as f64;
        for (name, value) in
            [("open", open), ("high", high), ("low", low), ("close", close), ("volume", volume), ("periods", periods)]
        {
            bars.entry(name).or_default().push(value);
        }
    }
    bars
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let bars = bars(2_000);
    for indicator in catalogue() {
        let numeric = |input: &Input| !matches!(input, Input::Equals(..) | Input::TimePart(_));
        let Ok(params) = indicator.check(&BTreeMap::new()) else { continue };
        if !indicator.inputs.iter().all(numeric) {
            continue;
        }
        let columns = indicator.input_columns(&params);
        let inputs: Option<Vec<&[f64]>> = columns.iter().map(|name| bars.get(name).map(Vec::as_slice)).collect();
        let outputs = indicator.compute(&inputs.ok_or("a column of the bars is missing")?, &params)?;
        for (output, values) in indicator.outputs.iter().zip(outputs) {
            let defined: Vec<f64> = values.into_iter().filter(|value| value.is_finite()).collect();
            let (sum, last) = (defined.iter().sum::<f64>(), defined.last().copied().unwrap_or(0.0));
            println!("{} {} {} {sum:e} {last:e}", indicator.id, output.name, defined.len());
        }
    }
    Ok(())
}
