//! A model as JSON, for people and for programs that do the sums themselves. docs/model-file.md describes it.

use std::io;

use algomosaic_trees::Ensemble;
use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

use crate::model::{Model, Signature};
use crate::neighbors::Weights;
use crate::predictor::Learned;

/// The version of the document.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    version: u32,
    signature: &'a Signature,
    training_mean: f64,
    model: Numbers<'a>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Numbers<'a> {
    Linear {
        mean: &'a [f64],
        deviation: &'a [f64],
        intercept: f64,
        coefficients: &'a [f64],
    },
    Logistic {
        mean: &'a [f64],
        deviation: &'a [f64],
        intercept: f64,
        coefficients: &'a [f64],
    },
    Neighbors {
        mean: &'a [f64],
        deviation: &'a [f64],
        neighbors: usize,
        weights: &'static str,
        rows: Vec<Vec<f64>>,
        outcomes: &'a [f64],
    },
    Trees(&'a Ensemble),
}

impl Model {
    /// The model as a JSON document. Equal models give equal text, and every number reads back as it is.
    pub fn to_json(&self) -> String {
        let (mean, deviation) = (&self.predictor.scale.mean[..], &self.predictor.scale.deviation[..]);
        let model = match &self.predictor.learned {
            Learned::Linear(linear) => {
                let (intercept, coefficients) = (linear.intercept, &linear.coefficients[..]);
                Numbers::Linear { mean, deviation, intercept, coefficients }
            }
            Learned::Logistic(linear) => {
                let (intercept, coefficients) = (linear.intercept, &linear.coefficients[..]);
                Numbers::Logistic { mean, deviation, intercept, coefficients }
            }
            Learned::Trees(ensemble) => Numbers::Trees(ensemble),
            Learned::Neighbors(neighbors) => Numbers::Neighbors {
                mean,
                deviation,
                neighbors: neighbors.neighbors,
                weights: match neighbors.weights {
                    Weights::Uniform => "uniform",
                    Weights::Distance => "distance",
                },
                rows: neighbors.rows.rows().into_iter().map(|row| row.to_vec()).collect(),
                outcomes: &neighbors.outcomes,
            },
        };
        let document = Document {
            format: "algomosaic-model",
            version: VERSION,
            signature: &self.signature,
            training_mean: self.training_mean,
            model,
        };
        let mut text = Vec::new();
        // A value of strings and finite numbers always serialises, and a list of bytes takes all of it.
        let _ = document.serialize(&mut Serializer::with_formatter(&mut text, Lines(PrettyFormatter::new())));
        text.push(b'\n');
        String::from_utf8(text).unwrap_or_default()
    }
}

/// A line for each member of an object, and lists on one line: a thousand numbers are no thousand lines.
struct Lines(PrettyFormatter<'static>);

impl Formatter for Lines {
    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}
