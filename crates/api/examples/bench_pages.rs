//! How long pages, a sorted view and a profile of a table take, as JSON:
//! `cargo run --release -p algomosaic-api --example bench_pages -- WORKSPACE TABLE [--sort COLUMN]`.
#![allow(clippy::print_stdout, reason = "what it prints is what it is for")]

use std::path::Path;
use std::time::Instant;

use algomosaic_api::{App, Code, Job, Problem, Role, Settings, SortKey, ViewRequest};

/// Rows of a page.
const PAGE: u64 = 200;
/// Pages at random offsets.
const PAGES: usize = 200;

fn main() -> Result<(), Problem> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [workspace, table, rest @ ..] = &arguments[..] else {
        return Err(Problem::new(Code::Usage, "use: bench_pages WORKSPACE TABLE [--sort COLUMN]", ""));
    };
    let app = App::new(Settings::of_user()?, Role::Guest);
    app.open_workspace(Path::new(workspace))?;

    let cpu = cpu_seconds();
    let started = Instant::now();
    let total = app.table_page(table, 0, PAGE)?.total;
    let first = milliseconds(started);
    let first_cpu = cpu_seconds() - cpu;

    let cpu = cpu_seconds();
    let mut pages = Vec::with_capacity(PAGES);
    // A fixed sequence of offsets (a 64-bit linear congruential generator, Knuth's constants).
    let mut state = 42_u64;
    for _ in 0..PAGES {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let offset = (state >> 11) % total.saturating_sub(PAGE).max(1);
        let started = Instant::now();
        app.table_page(table, offset, PAGE)?;
        pages.push(milliseconds(started));
    }
    let pages_cpu = cpu_seconds() - cpu;
    pages.sort_by(f64::total_cmp);

    let (cpu, started) = (cpu_seconds(), Instant::now());
    app.profile(table, &Job::new())?;
    let (profile, profile_cpu) = (milliseconds(started), cpu_seconds() - cpu);

    let mut sorted = serde_json::Value::Null;
    if let [flag, column] = rest
        && flag == "--sort"
    {
        let sort = vec![SortKey { column: column.clone(), descending: true }];
        let (cpu, started) = (cpu_seconds(), Instant::now());
        let view = app.open_view(&ViewRequest { table: table.clone(), sort, filters: Vec::new() }, &Job::new())?;
        sorted =
            serde_json::json!({"wall_s": milliseconds(started) / 1e3, "cpu_s": cpu_seconds() - cpu, "rows": view.rows});
        app.close_view(&view.table)?;
    }
    let report = serde_json::json!({
        "rows": total,
        "first_page_ms": first,
        "first_page_cpu_s": first_cpu,
        "pages_ms": {"p50": pages[PAGES / 2], "p95": pages[PAGES * 95 / 100], "max": pages[PAGES - 1]},
        "pages_cpu_s": pages_cpu,
        "profile_ms": profile,
        "profile_cpu_s": profile_cpu,
        "sorted": sorted,
    });
    println!("{report:#}");
    Ok(())
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

/// User and system time of this process; 0 where the system has no `/proc`. Ticks are hundredths of a second on Linux.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program, in brackets, may hold spaces.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}
