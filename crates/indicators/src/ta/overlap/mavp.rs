//! Moving average over as many bars as another column says.

use algomosaic_core::Param;

use crate::indicator::{Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::ma::{look_back, ma_type, memory, moving_average};
use crate::ta::params::{PRICE, period};

pub(super) const MAVP: Indicator = Indicator {
    id: "ta.mavp",
    label: "Moving average of variable period",
    group: Group::Overlap,
    help: "The moving average over as many bars as another column says at each bar",
    formula: "the moving average at t over periods[t] bars, cut off to a whole number between minperiod and maxperiod; all begin so that the longest has its first value with the others",
    inputs: &[Input::Column("price"), Input::Column("periods")],
    params: &[
        PRICE,
        Param::column("periods", "Periods", "periods").help("The column that gives each bar's number of bars"),
        period("minperiod", "Minimum period", 2, 1).help("A smaller number counts as this"),
        period("maxperiod", "Maximum period", 30, 1).help("A greater number counts as this"),
        ma_type("matype", "Type", "SMA"),
    ],
    outputs: &[Output::ta("real")],
    rule: |params| {
        let (least, most) = (params.int("minperiod"), params.int("maxperiod"));
        (least > most).then(|| format!("minperiod must not be over maxperiod, but they are {least} and {most}"))
    },
    look_back: |params| look_back(params.text("matype"), params.size("maxperiod")),
    memory: Memory::Unbroken(|params| memory(params.text("matype"), params.size("maxperiod"))),
    overlay: true,
    kernel: |inputs, params, out| {
        let ([x, periods], [out]) = (inputs, out) else { return };
        let (least, most) = (params.size("minperiod"), params.size("maxperiod"));
        let kind = params.text("matype");
        let first = look_back(kind, most);
        if first >= x.len() {
            return;
        }
        let periods: Vec<usize> = periods[first..].iter().map(|n| clamp(*n, least, most)).collect();
        let mut from = first;
        if matches!(kind, "SMA" | "DEFAULT") && most <= SHORT {
            // Running sums keep a missing value, so that the means from there on come from them.
            from = x.iter().position(|x| !x.is_finite()).map_or(x.len(), |place| place.max(first));
            means(x, &periods[..from - first], first, out);
        }
        averages(kind, x, &periods[from - first..], from, first, (least, most), out);
    },
    ..TA
};

/// The whole number of bars; what is no number of bars counts as the least.
fn clamp(n: f64, least: usize, most: usize) -> usize {
    if n >= 1.0 && n < f64::from(i32::MAX) { (n as usize).clamp(least, most) } else { least }
}

/// The longest window that is quicker summed at each bar than kept as a running sum for each period.
const SHORT: usize = 128;

/// The mean over each bar's own period, from the bar `first` on.
fn means(x: &[f64], periods: &[usize], first: usize, out: &mut [f64]) {
    for (t, (place, n)) in out[first..].iter_mut().zip(periods).enumerate() {
        let end = first + t + 1;
        *place = sum(&x[end - n..end]) / *n as f64;
    }
}

/// The average over each bar's own period, from the bar `from` on; all averages have their first value at `first`.
fn averages(
    kind: &str,
    x: &[f64],
    periods: &[usize],
    from: usize,
    first: usize,
    (least, most): (usize, usize),
    out: &mut [f64],
) {
    // The bars by their period: those of period n begin at `starts[n - least]`.
    let mut starts = vec![0_usize; most - least + 2];
    for n in periods {
        starts[n - least + 1] += 1;
    }
    for place in 1..starts.len() {
        starts[place] += starts[place - 1];
    }
    let mut bars = vec![0_usize; periods.len()];
    let mut next = starts.clone();
    for (t, n) in periods.iter().enumerate() {
        bars[next[n - least]] = from + t;
        next[n - least] += 1;
    }
    let mut average = vec![f64::NAN; if bars.is_empty() { 0 } else { x.len() }];
    for n in least..=most {
        let bars = &bars[starts[n - least]..starts[n - least + 1]];
        let Some(last) = bars.last() else { continue };
        let skip = first - look_back(kind, n);
        moving_average(kind, &x[skip..=*last], n, &mut average[skip..=*last]);
        for t in bars {
            out[*t] = average[*t];
        }
    }
}

/// The sum of values, four at a time.
#[inline(always)]
fn sum(x: &[f64]) -> f64 {
    let (fours, rest) = x.as_chunks::<4>();
    let mut sums = [0.0; 4];
    for four in fours {
        for (sum, x) in sums.iter_mut().zip(four) {
            *sum += x;
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest.iter().sum::<f64>()
}
