//! The Features page through the application, as the window has it.

use super::*;
use crate::{App, Role, Settings};

const RECIPE: &str = r#"
    name = "r"
    [[feature]]
    indicator = "algom.ema"
    n = [5, 20]
    [[feature]]
    transform = "lag"
    column = "EMA_5"
    n = 3
    [[feature]]
    indicator = "ta.rsii"
    [[feature]]
    indicator = "ta.rsi"
    [[label]]
    indicator = "algom.ror"
    n = -10
"#;

#[test]
fn a_hidden_entry_comes_without_values_and_what_is_made_of_it_does_not_miss_it() {
    let home = tempfile::tempdir().unwrap();
    let app = App::new(Settings::below(home.path()), Role::Owner);
    app.create_workspace(&home.path().join("w"), "local", "main", true).unwrap();
    let ask = |ticker: &str, hidden_features: &[u32], hidden_labels: &[u32]| {
        let request = PreviewRequest {
            table: "market.bars_us_daily".to_owned(),
            ticker: Some(ticker.to_owned()),
            bars: 100,
            recipe: Recipe::from_toml(RECIPE).unwrap(),
            hidden_features: hidden_features.to_vec(),
            hidden_labels: hidden_labels.to_vec(),
            known_bars: None,
        };
        app.preview_features(&request).unwrap()
    };
    let whole = ask("AAPL", &[], &[]);
    assert_eq!((whole.times.len(), whole.problems.len(), whole.problems[0].entry), (100, 1, 2));
    let some = ask("AAPL", &[0, 3], &[0]);
    let facts = |preview: &FeaturePreview| -> Vec<(String, u32, usize, bool)> {
        preview.columns.iter().map(|one| (one.name.clone(), one.entry, one.warm_up, one.overlay)).collect()
    };
    assert_eq!(facts(&some), facts(&whole));
    let over: Vec<bool> = whole.columns.iter().map(|column| column.overlay).collect();
    assert_eq!(over, [true, true, true, false, false], "EMA_5 EMA_20 LAG3_EMA_5 RSI_14 ROR_n10");
    let lengths: Vec<usize> = some.columns.iter().map(|column| column.values.len()).collect();
    assert_eq!(lengths, [0, 0, 100, 0, 0]);
    assert_eq!(some.columns[2].values, whole.columns[2].values);
    assert_eq!((&some.times, &some.close), (&whole.times, &whole.close));
    // Another ticker in between changes nothing.
    assert!(ask("IBM", &[], &[]).close != whole.close);
    assert_eq!(ask("AAPL", &[], &[]), whole);
    assert!(whole.times.is_sorted());
}

#[test]
fn bars_that_are_known_are_not_sent_again_until_they_are_others() {
    let home = tempfile::tempdir().unwrap();
    let app = App::new(Settings::below(home.path()), Role::Owner);
    app.create_workspace(&home.path().join("w"), "local", "main", true).unwrap();
    let ask = |ticker: &str, bars: u32, known_bars: Option<&str>| {
        let request = PreviewRequest {
            table: "market.bars_us_daily".to_owned(),
            ticker: Some(ticker.to_owned()),
            bars,
            recipe: Recipe::from_toml(RECIPE).unwrap(),
            hidden_features: Vec::new(),
            hidden_labels: Vec::new(),
            known_bars: known_bars.map(str::to_owned),
        };
        app.preview_features(&request).unwrap()
    };
    let first = ask("AAPL", 100, None);
    let again = ask("AAPL", 100, Some(&first.bars_id));
    assert_eq!((&again.bars_id, &again.columns), (&first.bars_id, &first.columns));
    assert_eq!([again.times.len(), again.close.len(), again.volume.len()], [0; 3]);
    for (ticker, bars) in [("AAPL", 200), ("IBM", 100)] {
        assert_eq!(ask(ticker, bars, Some(&first.bars_id)).times.len(), bars as usize, "{bars} of {ticker}");
    }
    app.run_sql("DELETE FROM market.bars_us_daily WHERE ticker = 'IBM'", &[], &Job::new()).unwrap();
    assert_eq!(ask("AAPL", 100, Some(&first.bars_id)).times.len(), 100, "the table was written anew");
}

#[test]
fn numbers_of_the_page_are_saved_as_a_file_below_exports_and_nowhere_else() {
    let home = tempfile::tempdir().unwrap();
    let app = App::new(Settings::below(home.path()), Role::Owner);
    app.create_workspace(&home.path().join("w"), "local", "main", false).unwrap();
    let file = app.save_csv("correlation first", "column,x\nx,1\n").unwrap();
    assert_eq!(file.path, home.path().join("w/exports/correlation first.csv").to_string_lossy());
    assert_eq!(std::fs::read_to_string(&file.path).unwrap(), "column,x\nx,1\n");
    for name in ["", "../up", "a/b", ".hidden"] {
        assert!(app.save_csv(name, "x").unwrap_err().message.contains("cannot name a file"), "{name}");
    }
}

#[test]
fn a_heat_map_is_saved_as_the_picture_that_was_asked_for() {
    let home = tempfile::tempdir().unwrap();
    let app = App::new(Settings::below(home.path()), Role::Owner);
    app.create_workspace(&home.path().join("w"), "local", "main", false).unwrap();
    let map = crate::HeatMap {
        title: "Rank correlation of 2 columns".to_owned(),
        names: vec!["AROR_5".to_owned(), "ROR_n10".to_owned()],
        values: vec![vec![Some(1.0), Some(-0.5)], vec![Some(-0.5), None]],
        note: String::new(),
    };
    for (format, start) in [(crate::PictureFormat::Png, &b"\x89PNG"[..]), (crate::PictureFormat::Svg, b"<svg ")] {
        let file = app.save_heat_map("correlation r", &map, format, crate::Theme::DarkColourBlind).unwrap();
        assert!(std::fs::read(&file.path).unwrap().starts_with(start), "{}", file.path);
    }
    let refused = |name: &str, map: &crate::HeatMap| {
        app.save_heat_map(name, map, crate::PictureFormat::Svg, crate::Theme::Light).unwrap_err().message
    };
    assert!(refused("../x", &map).contains("cannot name"));
    assert!(refused("x", &crate::HeatMap { names: Vec::new(), ..map }).contains("as many rows and columns"));
}
