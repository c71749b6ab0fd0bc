//! Exported models against onnxruntime, whose predictions tests/golden/make_onnx_golden.py keeps, and against a reader of
//! protobuf of the tests' own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use algomosaic_core::Problem;
use algomosaic_trees::{Ensemble, Link, Tree};
use ndarray::Array2;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::Impute;
use crate::linear::Coefficients;
use crate::model::{Model, Signature};
use crate::neighbors::{Neighbors, Weights};
use crate::predictor::{Learned, Predictor};
use crate::prepare::Preparation;
use crate::scale::Moments;
use crate::testing::{close, days, frame};

const NAN: f64 = f64::NAN;

/// Three features a row: within and beyond the bounds below, on thresholds, undefined in part and altogether.
const ROWS: [[f64; 3]; 10] = [
    [0.3, -1.25, 1200.0],
    [0.1, 0.0, -3.5],
    [0.100_000_000_000_000_02, 1e-300, 88.0],
    [-7.5, 4.0, 1e6],
    [9.0, -40.0, 0.1],
    [NAN, 2.0, 17.0],
    [0.2, NAN, NAN],
    [NAN, NAN, NAN],
    [0.099_999_999_999_999_98, -1e-300, 88.000_000_001],
    [1.0 / 3.0, 2.0 / 3.0, 100.0 / 3.0],
];

fn model(algorithm: &str, learned: Learned, scale: Option<Moments>, prepare: Option<Preparation>) -> Model {
    let text = str::to_owned;
    let entry = crate::algorithm(algorithm).unwrap();
    let signature = Signature {
        algorithm: text(algorithm),
        model_type: text(entry.label),
        params: entry.check(&BTreeMap::new()).unwrap().values().clone(),
        outcome: text("ROR_n10"),
        horizon_bars: 10,
        features: ["AROR_5", "RSI_14", "volume change, %"].map(text).into(),
        types: vec![text("FLOAT64"); 3],
        train_start: text("2000-03-01T00:00:00.000000Z"),
        train_end: text("2009-03-02T00:00:00.000000Z"),
        train_rows: 2265,
        split: text("chronological"),
        seed: 7,
        data_hash: "0123456789abcdef".repeat(4),
        software_version: text("0.1.0"),
        prepare,
        classes: Vec::new(),
    };
    let scale = scale.unwrap_or(Moments { mean: vec![0.0; 3], deviation: vec![1.0; 3] });
    Model { signature, training_mean: 0.125, predictor: Predictor { scale, learned } }
}

fn coefficients() -> Coefficients {
    Coefficients { intercept: 0.1, coefficients: vec![0.7, -0.4, 1.0 / 3.0] }
}

fn scale() -> Option<Moments> {
    Some(Moments { mean: vec![0.15, -0.3, 90.0], deviation: vec![0.7, 1.1, 35.0] })
}

fn prepare(impute: Impute, winsorize: bool) -> Option<Preparation> {
    let list = |wanted: bool, values: [f64; 3]| if wanted { values.to_vec() } else { Vec::new() };
    Some(Preparation {
        impute,
        fill: list(!matches!(impute, Impute::None | Impute::Keep), [0.2, 0.05, 91.5]),
        lower: list(winsorize, [-2.0, -3.0, 0.0]),
        upper: list(winsorize, [2.5, 3.0, 500.0]),
    })
}

fn neighbors() -> Learned {
    let rows = Array2::from_shape_vec((2, 3), vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0]).unwrap();
    Learned::Neighbors(Neighbors::new(1, Weights::Distance, rows, vec![-1.0, 0.5]))
}

/// A tree of five nodes, one of four leaves on the other features, and a leaf alone.
fn trees(link: Link, scale: f64) -> Learned {
    let small = Tree {
        feature: vec![0, 0, 1, 0, 0],
        threshold: vec![0.1, 0.0, -1e-300, 0.0, 0.0],
        missing_left: vec![true, false, false, false, false],
        left: vec![1, 0, 3, 0, 0],
        value: vec![0.0, -1.1, 0.0, 0.3, 1.0 / 3.0],
        cover: vec![40, 10, 30, 20, 10],
        gain: vec![3.0, 0.0, 1.0, 0.0, 0.0],
        ..Tree::default()
    };
    let large = Tree {
        feature: vec![2, 1, 2, 0, 0, 0, 0],
        threshold: vec![88.0, 0.0, 1000.0, 0.0, 0.0, 0.0, 0.0],
        missing_left: vec![false, true, true, false, false, false, false],
        left: vec![1, 3, 5, 0, 0, 0, 0],
        value: vec![0.0, 0.0, 0.0, 0.7, -0.2, 0.05, 1e-3],
        cover: vec![40, 20, 20, 10, 10, 15, 5],
        gain: vec![2.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0],
        ..Tree::default()
    };
    let leaf = Tree {
        feature: vec![0],
        threshold: vec![0.0],
        missing_left: vec![false],
        left: vec![0],
        value: vec![0.01],
        cover: vec![40],
        gain: vec![0.0],
        ..Tree::default()
    };
    let ensemble = Ensemble { features: 3, outputs: 1, link, base: vec![0.25], scale, trees: vec![small, leaf, large] };
    ensemble.check().unwrap();
    Learned::Trees(ensemble)
}

fn no_trees() -> Learned {
    let base = vec![0.25];
    Learned::Trees(Ensemble { features: 3, outputs: 1, link: Link::Identity, base, scale: 1.0, trees: Vec::new() })
}

/// Each kind of model, with and without each part of the preparation.
fn models() -> Vec<(&'static str, Model)> {
    let linear = || Learned::Linear(coefficients());
    vec![
        ("linear", model("elastic_net", linear(), scale(), None)),
        ("linear_unscaled", model("ols", linear(), None, None)),
        ("linear_filled", model("ridge", linear(), scale(), prepare(Impute::Mean, false))),
        ("linear_winsorized", model("ridge", linear(), scale(), prepare(Impute::None, true))),
        ("linear_prepared", model("ridge", linear(), scale(), prepare(Impute::Median, true))),
        ("logistic", model("logistic", Learned::Logistic(coefficients()), scale(), None)),
        ("boosting", model("gradient_boosting", trees(Link::Identity, 1.0), None, None)),
        ("boosting_stopped_at_once", model("gradient_boosting", no_trees(), None, None)),
        ("boosting_classifier", model("gradient_boosting_classifier", trees(Link::Logistic, 1.0), None, None)),
        ("forest", model("random_forest", trees(Link::Identity, 1.0 / 3.0), None, prepare(Impute::Mean, true))),
        ("boosting_kept", model("gradient_boosting", trees(Link::Identity, 1.0), None, prepare(Impute::Keep, false))),
        (
            "boosting_classifier_kept",
            model("gradient_boosting_classifier", trees(Link::Logistic, 1.0), None, prepare(Impute::Keep, true)),
        ),
    ]
}

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/onnx"))
}

fn predictions(model: &Model) -> Vec<f64> {
    let column = |at: usize| ROWS.iter().map(|row| row[at]).collect::<Vec<f64>>();
    let names = model.features();
    let columns: Vec<(&str, Vec<f64>)> = (0..3).map(|at| (names[at].as_str(), column(at))).collect();
    model.predict(&frame(&days("A", ROWS.len()), &columns, &[])).unwrap()
}

/// `UPDATE_ONNX=1` writes the files that tests/golden/make_onnx_golden.py runs.
#[test]
fn predictions_are_those_of_onnxruntime() {
    if std::env::var_os("UPDATE_ONNX").is_some() {
        let undefined = |value: &f64| if value.is_nan() { Value::Null } else { json!(value) };
        let rows: Vec<Vec<Value>> = ROWS.iter().map(|row| row.iter().map(undefined).collect()).collect();
        std::fs::create_dir_all(folder()).unwrap();
        std::fs::write(folder().join("rows.json"), format!("{}\n", json!(rows))).unwrap();
        for (name, model) in models() {
            std::fs::write(folder().join(format!("{name}.onnx")), model.to_onnx().unwrap()).unwrap();
        }
        return;
    }
    let golden: Value =
        serde_json::from_str(&std::fs::read_to_string(folder().join("predictions.json")).unwrap()).unwrap();
    for (name, model) in models() {
        let golden = &golden["models"][name];
        let bytes = model.to_onnx().unwrap();
        let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(golden["sha256"], hash, "{name}: onnxruntime has not seen this file");
        let expected = golden["predictions"].as_array().unwrap();
        let found = predictions(&model);
        assert_eq!(found.len(), expected.len());
        for (row, (found, expected)) in found.iter().zip(expected).enumerate() {
            let what = format!("{name}, row {row}");
            match expected.as_f64() {
                Some(expected) => close(*found, expected, 4e-15 * expected.abs().max(1.0), &what),
                None => assert!(found.is_nan(), "{what}: {found}"),
            }
        }
    }
}

/// A protobuf message: its fields, each a number or bytes, by their numbers.
struct Fields(Vec<(u64, Field)>);

enum Field {
    Number(u64),
    Bytes(Vec<u8>),
}

impl Fields {
    fn of(bytes: &[u8]) -> Self {
        let mut rest = bytes.iter();
        let mut fields = Vec::new();
        while !rest.as_slice().is_empty() {
            let key = varint(&mut rest);
            let value = varint(&mut rest);
            fields.push((
                key >> 3,
                match key & 7 {
                    0 => Field::Number(value),
                    2 => {
                        let (taken, after) = rest.as_slice().split_at(value as usize);
                        rest = after.iter();
                        Field::Bytes(taken.to_vec())
                    }
                    other => panic!("wire type {other}"),
                },
            ));
        }
        Fields(fields)
    }

    fn bytes(&self, number: u64) -> Vec<&[u8]> {
        let mut all = Vec::new();
        for (field, value) in &self.0 {
            if let Field::Bytes(bytes) = value
                && *field == number
            {
                all.push(bytes.as_slice());
            }
        }
        all
    }

    fn texts(&self, number: u64) -> Vec<String> {
        self.bytes(number).into_iter().map(|bytes| String::from_utf8(bytes.to_vec()).unwrap()).collect()
    }

    fn text(&self, number: u64) -> String {
        self.texts(number).concat()
    }

    fn messages(&self, number: u64) -> Vec<Fields> {
        self.bytes(number).into_iter().map(Fields::of).collect()
    }

    fn numbers(&self, number: u64) -> Vec<u64> {
        let of = |(field, value): &(u64, Field)| match value {
            Field::Number(value) if *field == number => Some(*value),
            _ => None,
        };
        self.0.iter().filter_map(of).collect()
    }
}

fn varint(rest: &mut std::slice::Iter<'_, u8>) -> u64 {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = *rest.next().unwrap();
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            break;
        }
    }
    value
}

/// Name, type and shape of an input or an output; a dimension without a number is its name.
fn declared(value: &Fields) -> (String, u64, Vec<String>) {
    let tensor = value.messages(2).remove(0).messages(1).remove(0);
    let dimensions = tensor.messages(2).remove(0).messages(1);
    let size = |dimension: &Fields| dimension.numbers(1).first().map_or(dimension.text(2), u64::to_string);
    (value.text(1), tensor.numbers(1)[0], dimensions.iter().map(size).collect())
}

#[test]
fn a_graph_is_whole_and_says_what_the_model_is() {
    for (name, model) in models() {
        let file = Fields::of(&model.to_onnx().unwrap());
        assert_eq!(file.numbers(1), [8], "ir_version");
        assert_eq!((file.text(2), file.text(3)), ("algoMosaic".to_owned(), "0.1.0".to_owned()));
        let operators: Vec<(String, u64)> =
            file.messages(8).iter().map(|set| (set.text(1), set.numbers(2)[0])).collect();
        assert_eq!(operators, [(String::new(), 17), ("ai.onnx.ml".to_owned(), 5)]);

        let graph = file.messages(7).remove(0);
        let rows = "rows".to_owned();
        assert_eq!(declared(&graph.messages(11)[0]), ("features".to_owned(), 11, vec![rows.clone(), "3".to_owned()]));
        assert_eq!(declared(&graph.messages(12)[0]), ("prediction".to_owned(), 11, vec![rows, "1".to_owned()]));
        assert_eq!((graph.messages(11).len(), graph.messages(12).len()), (1, 1));
        let mut known = BTreeSet::from(["features".to_owned()]);
        for constant in graph.messages(5) {
            let cells: u64 = constant.numbers(1).iter().product();
            assert_eq!(constant.numbers(2), [11], "doubles");
            assert_eq!(constant.bytes(9)[0].len() as u64, 8 * cells);
            assert!(known.insert(constant.text(8)), "{name}: a name twice");
        }
        for node in graph.messages(1) {
            assert!(node.texts(1).iter().all(|input| known.contains(input)), "{name}: {}", node.text(4));
            assert!(known.insert(node.text(2)), "{name}: a name twice");
        }
        assert!(known.contains("prediction"), "{name}");

        let about: BTreeMap<String, String> =
            file.messages(14).iter().map(|entry| (entry.text(1), entry.text(2))).collect();
        for (key, expected) in [
            ("algorithm", model.algorithm()),
            ("features", r#"["AROR_5","RSI_14","volume change, %"]"#),
            ("outcome", "ROR_n10"),
            ("horizon_bars", "10"),
            ("data_hash", model.data_hash()),
            ("software_version", "0.1.0"),
        ] {
            assert_eq!(about[key], expected);
        }
        assert!(!about.contains_key("prepare"));
    }
}

#[test]
fn what_no_graph_can_do_is_refused_with_what_to_do_instead() {
    let linear = Learned::Linear(coefficients());
    for (model, message, hint) in [
        (
            model("knn", neighbors(), None, None),
            "KNeighborsRegressor cannot be exported as ONNX: it compares with every training row, for which ONNX has no operator",
            "Export it as JSON, or train another algorithm.",
        ),
        (
            model("ridge", linear, scale(), prepare(Impute::Last, false)),
            "Ridge cannot be exported as ONNX: it fills in a ticker's last value, and an ONNX graph sees one row at a time",
            "Export it as JSON, or train it with impute = \"median\".",
        ),
    ] {
        let problem = Problem::from(model.to_onnx().unwrap_err());
        assert_eq!((problem.message.as_str(), problem.hint.as_str()), (message, hint));
    }
}

#[test]
fn a_json_document_has_every_number_of_the_model() {
    let last = model("knn", neighbors(), scale(), prepare(Impute::Last, true));
    for (name, model) in models().into_iter().chain([("neighbors", last)]) {
        let text = model.to_json();
        let document: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&document["format"], &document["version"]), (&json!("algomosaic-model"), &json!(1)));
        assert_eq!(document["signature"], serde_json::to_value(&model.signature).unwrap(), "{name}");
        assert_eq!(document["training_mean"], 0.125);
        let numbers = &document["model"];
        assert_eq!(numbers["kind"], crate::payload::kind(&model.predictor.learned));
        match &model.predictor.learned {
            Learned::Linear(linear) | Learned::Logistic(linear) => {
                assert_eq!(numbers["intercept"], linear.intercept);
                assert_eq!(numbers["coefficients"], json!(linear.coefficients));
                assert_eq!(numbers["mean"], json!(model.predictor.scale.mean));
                assert_eq!(numbers["deviation"], json!(model.predictor.scale.deviation));
            }
            Learned::Trees(ensemble) => {
                let mut numbers = numbers.clone();
                numbers.as_object_mut().unwrap().remove("kind");
                assert_eq!(serde_json::from_value::<Ensemble>(numbers).unwrap(), *ensemble);
            }
            Learned::Neighbors(_) => {
                assert_eq!(numbers["rows"], json!([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]));
                assert_eq!(numbers["outcomes"], json!([-1.0, 0.5]));
                assert_eq!((&numbers["neighbors"], &numbers["weights"]), (&json!(1), &json!("distance")));
            }
        }
    }
}

#[test]
fn a_json_document_has_a_line_for_each_member() {
    let text = models().remove(0).1.to_json();
    assert!(
        text.starts_with("{\n  \"format\": \"algomosaic-model\",\n  \"version\": 1,\n  \"signature\": {\n"),
        "{text}"
    );
    assert!(text.contains("\n    \"coefficients\": [0.7,-0.4,0.3333333333333333]\n"), "{text}");
}
