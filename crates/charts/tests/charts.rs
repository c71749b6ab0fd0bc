//! Charts from odd and from ordinary numbers: their specification, their table, their pictures.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

use algomosaic_charts::{
    Account, Axis, AxisKind, Chart, Error, Evaluation, HEAT_MAP_NAMES, HeatMap, LINE_POINTS, PNG_SCALE, Role,
    SCATTER_POINTS, Series, Shape, Theme, control_strip, csv, drawdown, equity, error_histogram, errors_by_date,
    fold_scores, learning_curve, png, predicted_against_actual, prediction_histogram, predictions_by_date,
    search_trials, svg,
};

const DAY_MS: f64 = 86_400_000.0;
const SMALL: (u32, u32) = (320, 200);

fn evaluation_charts(evaluation: &Evaluation<'_>) -> [Chart; 5] {
    [
        predictions_by_date(evaluation),
        errors_by_date(evaluation),
        prediction_histogram(evaluation),
        error_histogram(evaluation),
        predicted_against_actual(evaluation),
    ]
}

/// Every chart there is, from one column of numbers.
fn all(numbers: &[f64]) -> Vec<Chart> {
    let times_ms: Vec<f64> = (0..numbers.len()).map(|i| i as f64 * DAY_MS).collect();
    let evaluation = Evaluation { times_ms: &times_ms, tickers: &[], predictions: numbers, outcomes: numbers };
    let account = Account { times_ms: &times_ms, account_value: numbers, market: numbers };
    let mut charts = evaluation_charts(&evaluation).to_vec();
    charts.extend([equity(&account), drawdown(&account)]);
    charts.push(control_strip("score", numbers.first().copied().unwrap_or(f64::NAN), numbers));
    charts
}

fn of_training(numbers: &[f64]) -> [Chart; 3] {
    let points: Vec<(f64, f64)> = numbers.iter().map(|value| (100.0 * value, *value)).collect();
    [fold_scores(numbers), learning_curve(&points), search_trials(numbers)]
}

#[test]
fn no_numbers_however_odd_stop_a_picture() {
    let infinite = [f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    for numbers in [
        &[][..],
        &[1.0],
        &[0.0],
        &[f64::NAN],
        &infinite,
        &[1.0, f64::NAN, 3.0],
        &[5.0; 6],
        &[-2.0, f64::INFINITY, 2.0, f64::NEG_INFINITY, 1.0],
        &[f64::MAX, f64::MIN, 0.0],
        &[1e300, -1e300],
        &[f64::MIN_POSITIVE, 5e-324],
        &[1e15, 1e15 + 0.125],
    ] {
        for chart in all(numbers).into_iter().chain(of_training(numbers)) {
            let picture = svg(&chart, Theme::Light, SMALL).unwrap();
            assert!(picture.starts_with("<svg ") && picture.trim_end().ends_with("</svg>"));
            assert!(!picture.contains("NaN") && !picture.contains("inf"), "{} of {numbers:?}", chart.id);
            assert!(!csv(&chart).is_empty());
        }
    }
    // Pixels are slower, and share all but the last step.
    for chart in all(&[5.0, f64::NAN, -1e300]) {
        png(&chart, Theme::Dark, (160, 120)).unwrap();
    }
}

#[test]
fn a_chart_without_data_says_so() {
    for chart in all(&[]).into_iter().chain(of_training(&[])) {
        assert!(svg(&chart, Theme::Light, SMALL).unwrap().contains("No rows"), "{}", chart.id);
        assert!(chart.is_empty());
    }
    for times in [f64::NAN, f64::INFINITY] {
        let evaluation = Evaluation { times_ms: &[times], tickers: &[], predictions: &[1.0], outcomes: &[1.0] };
        assert!(predictions_by_date(&evaluation).is_empty());
    }
}

#[test]
fn several_tickers_become_the_mean_of_each_date_in_time_order() {
    let tickers = ["B", "A", "A", "B"].map(str::to_owned);
    let evaluation = Evaluation {
        times_ms: &[2.0 * DAY_MS, 2.0 * DAY_MS, DAY_MS, DAY_MS],
        tickers: &tickers,
        predictions: &[1.0, 3.0, 5.0, f64::NAN],
        outcomes: &[2.0, 6.0, f64::NAN, f64::NAN],
    };
    let chart = predictions_by_date(&evaluation);
    assert_eq!(chart.note, "Mean of 2 tickers at each date.");
    let of = |role| chart.series.iter().find(|s| s.role == role).unwrap();
    assert_eq!(of(Role::Model).x, [DAY_MS, 2.0 * DAY_MS]);
    assert_eq!(of(Role::Model).y, [Some(5.0), Some(2.0)]);
    assert_eq!(of(Role::Outcome).y, [None, Some(4.0)]);
    assert_eq!(errors_by_date(&evaluation).series[0].y, [None, Some(2.0)]);
    let one = Evaluation { tickers: &tickers[..1], ..evaluation };
    assert_eq!(predictions_by_date(&one).note, "");
}

#[test]
fn both_distributions_have_the_same_bins() {
    let outcomes: Vec<f64> = (0..500).map(|i| (f64::from(i) * 0.37).sin()).collect();
    let predictions: Vec<f64> = outcomes.iter().map(|v| 0.1 * v).collect();
    let evaluation = Evaluation { times_ms: &[], tickers: &[], predictions: &predictions, outcomes: &outcomes };
    let chart = prediction_histogram(&evaluation);
    assert_eq!(chart.series[0].x, chart.series[1].x);
    assert_eq!(chart.series[0].width, chart.series[1].width);
    for series in &chart.series {
        assert_eq!(series.y.iter().flatten().sum::<f64>(), 500.0);
    }
}

#[test]
fn what_the_window_gets_is_bounded_and_the_note_says_so() {
    let numbers: Vec<f64> = (0..50_000).map(|i| (f64::from(i) * 0.01).sin()).collect();
    for chart in all(&numbers) {
        let most = LINE_POINTS.max(SCATTER_POINTS) + 2;
        assert!(chart.series.iter().all(|series| series.x.len() <= most), "{}", chart.id);
        let says = chart.note.matches("50,000").count();
        let reduced = !chart.id.contains("histogram");
        assert_eq!(says, usize::from(reduced) * if chart.id == "control_strip" { 2 } else { 1 }, "{}", chart.note);
    }
}

#[test]
fn the_table_reads_back_as_the_chart() {
    let values = [0.1 + 0.2, -1e-7, 12_345.678];
    let account =
        Account { times_ms: &[0.0, DAY_MS, 1.5 * DAY_MS], account_value: &values, market: &[1.0, f64::NAN, 3.0] };
    let chart = equity(&account);
    let text = csv(&chart);
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(lines[0], ["series", "x", "y"]);
    assert_eq!(lines[2], ["buy and hold", "1970-01-02T00:00:00.000Z", ""]);
    let strategy: Vec<f64> = lines.iter().filter(|l| l[0] == "strategy").map(|l| l[2].parse().unwrap()).collect();
    assert_eq!(strategy, values);
    assert_eq!(lines[6][1], "1970-01-02T12:00:00.000Z");

    let evaluation = Evaluation { times_ms: &[], tickers: &[], predictions: &[0.0, 1.0], outcomes: &[0.0, 1.0] };
    let text = csv(&prediction_histogram(&evaluation));
    assert!(text.starts_with("series,from,to,y\noutcomes,0,0.05,1\n"), "{text}");

    let mut named = chart;
    named.series[0].name = "a \"b\", c".to_owned();
    assert!(csv(&named).contains("\n\"a \"\"b\"\", c\",1970-01-01"));
}

/// A chart with text that an SVG must not take for its own.
fn small_chart() -> Chart {
    Chart {
        id: "small".to_owned(),
        title: "A < B & \"C\"".to_owned(),
        x: Axis { title: "</svg><script>".to_owned(), kind: AxisKind::Number },
        y: Axis { title: String::new(), kind: AxisKind::Number },
        series: vec![
            Series {
                name: "bars".to_owned(),
                role: Role::Outcome,
                shape: Shape::Bars,
                x: vec![1.0, 2.0, 3.0],
                y: vec![Some(1_500.0), None, Some(-500.0)],
                width: Some(1.0),
            },
            Series {
                name: "line\u{0}".to_owned(),
                role: Role::Model,
                shape: Shape::Line,
                x: vec![1.0, 2.0, 3.0],
                y: vec![Some(1_000.0), Some(250.0), Some(0.0)],
                width: None,
            },
        ],
        note: "A note.".to_owned(),
    }
}

/// `UPDATE_GOLDEN=1` writes the file anew; look at the picture and read the difference before keeping it.
#[test]
fn a_small_chart_is_drawn_as_accepted() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/small.svg");
    let drawn = svg(&small_chart(), Theme::Light, SMALL).unwrap();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, &drawn).unwrap();
    }
    assert_eq!(drawn, std::fs::read_to_string(path).unwrap().replace("\r\n", "\n"));
}

#[test]
fn text_is_escaped() {
    let drawn = svg(&small_chart(), Theme::Dark, SMALL).unwrap();
    assert!(drawn.contains("A &lt; B &amp; &quot;C&quot;"));
    assert!(drawn.contains("&lt;/svg&gt;&lt;script&gt;"));
    assert!(!drawn.contains("<script>") && !drawn.contains('\u{0}'));
}

#[test]
fn a_png_has_two_pixels_a_point_and_the_ground_of_its_theme() {
    for (theme, ground) in [(Theme::Light, [0xff, 0xff, 0xff]), (Theme::Dark, [0x1a, 0x20, 0x2a])] {
        let file = png(&small_chart(), theme, SMALL).unwrap();
        let mut reader = png::Decoder::new(file.as_slice()).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width, info.height), (SMALL.0 * PNG_SCALE, SMALL.1 * PNG_SCALE));
        assert_eq!(pixels[..3], ground);
        // Something is drawn in more than a few colours.
        let mut colours: Vec<&[u8]> = pixels.chunks(3).collect();
        colours.sort_unstable();
        colours.dedup();
        assert!(colours.len() > 50, "{}", colours.len());
    }
}

#[test]
fn a_size_out_of_bounds_is_refused() {
    for size in [(0, 0), (119, 200), (200, 4_001), (u32::MAX, u32::MAX)] {
        for outcome in
            [svg(&small_chart(), Theme::Light, size).map(|_| ()), png(&small_chart(), Theme::Light, size).map(|_| ())]
        {
            assert!(matches!(outcome, Err(Error::Size { .. })), "{size:?}");
        }
    }
    for size in [(120, 120), (4_000, 120), (120, 4_000)] {
        svg(&small_chart(), Theme::Light, size).unwrap();
    }
}

#[test]
fn the_strip_marks_the_score_and_counts_the_controls() {
    let chart = control_strip("R²", 0.021, &[-0.02, -0.01, f64::NAN, 0.0, 0.01]);
    assert_eq!(chart.note, "This model 0.021; 4 controls without signal, median −0.005.");
    let mark = chart.series.iter().find(|s| s.name == "this model").unwrap();
    assert_eq!((mark.x.as_slice(), mark.y.as_slice()), (&[0.021][..], &[Some(0.0)][..]));
    let density = &chart.series[0];
    // A density: its area is one, up to the tails and to a factor that the hidden axis does not show.
    assert!(density.x[0] < -0.03 && density.x[density.x.len() - 1] > 0.02);
    let alike = control_strip("R²", 0.5, &[0.5; 8]);
    assert!(alike.series[0].x.is_empty() && svg(&alike, Theme::Light, SMALL).is_ok());
}

#[test]
fn folds_and_trials_are_counted_from_one_at_whole_numbers() {
    let folds = fold_scores(&[0.2, f64::NAN, -0.1]);
    assert_eq!(
        (folds.series[0].x.clone(), folds.series[0].y.clone()),
        (vec![1.0, 2.0, 3.0], vec![Some(0.2), None, Some(-0.1)])
    );
    let drawn = svg(&folds, Theme::Light, (1200, 630)).unwrap();
    assert!(drawn.contains("\n3\n") && !drawn.contains("\n1.5\n"), "the folds are 1, 2 and 3");
}

#[test]
fn the_best_trial_is_marked_and_failed_ones_are_no_points() {
    let chart = search_trials(&[f64::NAN, 0.1, 0.3, 0.2, 0.3]);
    let of = |name: &str| chart.series.iter().find(|series| series.name == name).unwrap();
    assert_eq!(of("best so far").y, [None, Some(0.1), Some(0.3), Some(0.3), Some(0.3)]);
    assert_eq!(of("trial").y[0], None);
    // Of equal ones the first, as the search has it.
    assert_eq!((of("best").x.as_slice(), of("best").y.as_slice()), (&[3.0][..], &[Some(0.3)][..]));
    assert!(chart.note.contains("The best of 5"));
    assert!(search_trials(&[f64::NAN]).is_empty());
}

#[test]
fn a_learning_curve_crosses_zero_only_where_the_scores_do() {
    let roles = |points: &[(f64, f64)]| learning_curve(points).series.iter().map(|s| s.role).collect::<Vec<_>>();
    assert_eq!(roles(&[(10.0, -0.1), (20.0, 0.1)]), [Role::Guide, Role::Model]);
    assert_eq!(roles(&[(10.0, 0.1), (20.0, 0.2)]), [Role::Model]);
}

fn heat_map(names: usize) -> HeatMap {
    let value = |i: usize, j: usize| (i != 1 && j != 1).then(|| if i == j { 1.0 } else { -0.25 });
    HeatMap {
        title: "Rank correlation".to_owned(),
        names: (0..names).map(|i| format!("column <{i}>")).collect(),
        values: (0..names).map(|i| (0..names).map(|j| value(i, j)).collect()).collect(),
        note: String::new(),
    }
}

#[test]
fn a_heat_map_names_its_rows_and_writes_its_numbers_while_there_is_room() {
    let few = svg(&heat_map(4), Theme::Light, heat_map(4).size()).unwrap();
    assert!(few.contains("4  column &lt;3&gt;") && few.contains("−0.25") && few.contains("1.00") && few.contains("–"));
    let many = heat_map(60);
    let drawn = svg(&many, Theme::Dark, many.size()).unwrap();
    assert!(drawn.contains("60  column") && !drawn.contains("−0.25"));
    assert!(png(&heat_map(3), Theme::Dark, (200, 160)).is_ok());
    for names in [0, 1, HEAT_MAP_NAMES] {
        let map = heat_map(names);
        assert!(!svg(&map, Theme::Light, map.size()).unwrap().contains("NaN"));
        svg(&map, Theme::Light, (120, 120)).unwrap();
    }
}

#[test]
fn a_heat_map_that_is_no_square_or_too_large_is_refused() {
    let mut ragged = heat_map(3);
    ragged.values[1].pop();
    let mut nameless = heat_map(3);
    nameless.names.pop();
    for map in [ragged, nameless, heat_map(HEAT_MAP_NAMES + 1)] {
        assert!(matches!(svg(&map, Theme::Light, SMALL), Err(Error::HeatMap { .. })), "{} names", map.names.len());
        assert!(png(&map, Theme::Light, SMALL).is_err());
    }
}

#[test]
fn gains_and_losses_have_the_pair_of_colours_that_was_chosen() {
    let account = Account { times_ms: &[0.0, DAY_MS], account_value: &[2.0, 1.0], market: &[1.0, 1.0] };
    // The pairs of ui/src/styles/palette.json.
    for (theme, colour) in [
        (Theme::Light, "#B3261E"),
        (Theme::LightColourBlind, "#B04A00"),
        (Theme::Dark, "#FF7B72"),
        (Theme::DarkColourBlind, "#F5A04C"),
    ] {
        let drawn = svg(&drawdown(&account), theme, SMALL).unwrap();
        assert!(drawn.to_uppercase().contains(colour), "{theme:?} has no {colour}");
    }
}
