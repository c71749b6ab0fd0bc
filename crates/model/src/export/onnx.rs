//! A model as an ONNX graph: from features in their own units to the prediction, in doubles throughout.
//! docs/model-file.md describes it. Message and field numbers are those of onnx.proto
//! (<https://github.com/onnx/onnx/blob/main/onnx/onnx.proto>).

use algomosaic_trees::{Ensemble, Link, Tree};

use crate::export::protobuf::Message;
use crate::linear::Coefficients;
use crate::model::Model;
use crate::predictor::Learned;
use crate::prepare::Preparation;
use crate::scale::Moments;
use crate::{Error, payload};

/// Of ONNX 1.13, which every runtime that has the operators below reads.
const IR_VERSION: i64 = 8;
/// The operators of ai.onnx.
const OPSET: i64 = 17;
/// Those of ai.onnx.ml: the first with trees that give doubles (TreeEnsembleRegressor, before, gives floats).
const OPSET_ML: i64 = 5;
const ML: &str = "ai.onnx.ml";

/// TensorProto.DataType.
const UINT8: i64 = 2;
const INT32: i64 = 6;
const BOOL: i64 = 9;
const DOUBLE: i64 = 11;

/// AttributeProto.AttributeType.
const INT: i64 = 2;
const TENSOR: i64 = 4;
const INTS: i64 = 7;

/// Protobuf ends here, and so do the programs that read ONNX.
const MOST_BYTES: usize = i32::MAX as usize;

/// The input: rows by features, in the order of the model.
const FEATURES: &str = "features";
/// The output: rows by 1.
const PREDICTION: &str = "prediction";

impl Model {
    /// The model as an ONNX file: input `features` (rows by features in the order of the model, doubles, NaN where
    /// undefined), output `prediction` (rows by 1, doubles, NaN where [`Model::predict`] has it). Equal models give equal
    /// bytes. An error for k-nearest neighbours and for a preparation that reads earlier bars.
    pub fn to_onnx(&self) -> Result<Vec<u8>, Error> {
        let refused = |why: &'static str, hint: &'static str| Error::NoOnnx {
            model_type: self.signature.model_type.clone(),
            why,
            hint,
        };
        if !self.classes().is_empty() {
            return Err(refused(
                "it tells several classes, and the graph has one prediction a row",
                "Export it as JSON, or train it on an outcome above zero or not.",
            ));
        }
        let mut graph = Graph::default();
        let mut features = FEATURES;
        if let Some(preparation) = &self.signature.prepare {
            if preparation.carries() {
                return Err(refused(
                    "it fills in a ticker's last value, and an ONNX graph sees one row at a time",
                    "Export it as JSON, or train it with impute = \"median\".",
                ));
            }
            features = graph.prepared(preparation, features);
        }
        match &self.predictor.learned {
            Learned::Linear(linear) => {
                let scaled = graph.scaled(&self.predictor.scale, features);
                graph.linear(linear, scaled, PREDICTION);
            }
            Learned::Logistic(linear) => {
                let scaled = graph.scaled(&self.predictor.scale, features);
                graph.linear(linear, scaled, "log_odds");
                graph.node("Sigmoid", &["log_odds"], PREDICTION);
            }
            Learned::Trees(ensemble) => graph.trees(ensemble, features, self.keeps_undefined()),
            Learned::Neighbors(_) => {
                return Err(refused(
                    "it compares with every training row, for which ONNX has no operator",
                    "Export it as JSON, or train another algorithm.",
                ));
            }
        }
        let bytes = self.onnx(graph).into_bytes();
        if bytes.len() > MOST_BYTES {
            return Err(refused("its file would be larger than 2 GiB", "Export it as JSON, or train fewer trees."));
        }
        Ok(bytes)
    }

    /// ModelProto.
    fn onnx(&self, graph: Graph) -> Message {
        let operators = |domain: &str, version: i64| Message::default().text(1, domain).int(2, version);
        let features = i64::try_from(self.features().len()).unwrap_or(i64::MAX);
        let graph = Message::default()
            .messages(1, &graph.nodes)
            .text(2, self.model_type())
            .messages(5, &graph.constants)
            .message(11, &value(FEATURES, features))
            .message(12, &value(PREDICTION, 1));
        let about = self.about();
        let about: Vec<Message> =
            about.iter().map(|(key, text)| Message::default().text(1, key).text(2, text)).collect();
        Message::default()
            .int(1, IR_VERSION)
            .text(2, "algoMosaic")
            .text(3, self.software_version())
            .message(7, &graph)
            .messages(8, &[operators("", OPSET), operators(ML, OPSET_ML)])
            .messages(14, &about)
    }

    /// The members of the signature: text as it is, all else as JSON. What is prepared is in the graph.
    fn about(&self) -> Vec<(String, String)> {
        let mut about = vec![("payload".to_owned(), payload::kind(&self.predictor.learned).to_owned())];
        if let Ok(serde_json::Value::Object(members)) = serde_json::to_value(&self.signature) {
            about.extend(members.into_iter().filter(|(key, _)| key != "prepare").map(|(key, member)| match member {
                serde_json::Value::String(text) => (key, text),
                member => (key, member.to_string()),
            }));
        }
        about
    }
}

/// Nodes, each after those it reads, and their constants.
#[derive(Default)]
struct Graph {
    nodes: Vec<Message>,
    constants: Vec<Message>,
}

impl Graph {
    /// A node of ai.onnx without attributes.
    fn node<'a>(&mut self, operator: &str, inputs: &[&str], output: &'a str) -> &'a str {
        self.node_with(operator, inputs, output, &[])
    }

    fn node_with<'a>(&mut self, operator: &str, inputs: &[&str], output: &'a str, attributes: &[Message]) -> &'a str {
        self.nodes.push(node(operator, inputs, output, attributes));
        output
    }

    /// A constant of doubles, of this shape.
    fn constant<'a>(&mut self, name: &'a str, shape: &[usize], values: &[f64]) -> &'a str {
        self.constants.push(doubles(shape, values).text(8, name));
        name
    }

    /// The features, winsorised and filled in as [`Preparation::apply`] does: bounds first, since fillings are within.
    fn prepared(&mut self, preparation: &Preparation, features: &'static str) -> &'static str {
        let mut prepared = features;
        let count = [preparation.lower.len()];
        if !preparation.lower.is_empty() {
            // Not Clip, whose bounds are the same for all features.
            let lower = self.constant("lower", &count, &preparation.lower);
            let below = self.node("Less", &[prepared, lower], "below");
            prepared = self.node("Where", &[below, lower, prepared], "raised");
            let upper = self.constant("upper", &count, &preparation.upper);
            let above = self.node("Greater", &[prepared, upper], "above");
            prepared = self.node("Where", &[above, upper, prepared], "winsorized");
        }
        if !preparation.fill.is_empty() {
            let fill = self.constant("fill", &[preparation.fill.len()], &preparation.fill);
            let undefined = self.node("IsNaN", &[features], "undefined");
            let filled = self.node("Where", &[undefined, fill, prepared], "filled");
            // A row without any defined feature stays undefined.
            let unknown = self.reduced("ReduceMin", undefined, ["undefined_numbers", "least_undefined", "unknown"]);
            prepared = self.node("Where", &[unknown, features, filled], "prepared");
        }
        prepared
    }

    /// Whether all (ReduceMin) or any (ReduceMax) of the features of a row are true: rows by 1.
    fn reduced<'a>(&mut self, operator: &str, flags: &str, names: [&'a str; 3]) -> &'a str {
        let whole = self.node_with("Cast", &[flags], names[0], &[int("to", INT32)]);
        let reduced = self.node_with(operator, &[whole], names[1], &[ints("axes", &[1]), int("keepdims", 1)]);
        self.node_with("Cast", &[reduced], names[2], &[int("to", BOOL)])
    }

    /// (feature - mean) / deviation; the features themselves where they are taken as they are.
    fn scaled(&mut self, scale: &Moments, features: &'static str) -> &'static str {
        if scale.mean.iter().all(|mean| *mean == 0.0) && scale.deviation.iter().all(|deviation| *deviation == 1.0) {
            return features;
        }
        let mean = self.constant("mean", &[scale.mean.len()], &scale.mean);
        let deviation = self.constant("deviation", &[scale.deviation.len()], &scale.deviation);
        let centred = self.node("Sub", &[features, mean], "centred");
        self.node("Div", &[centred, deviation], "scaled")
    }

    fn linear(&mut self, linear: &Coefficients, scaled: &str, output: &str) {
        let coefficients = self.constant("coefficients", &[linear.coefficients.len(), 1], &linear.coefficients);
        let intercept = self.constant("intercept", &[1], &[linear.intercept]);
        let sum = self.node("MatMul", &[scaled, coefficients], "sum");
        self.node("Add", &[sum, intercept], output);
    }

    /// The prediction of trees of one output; undefined in a row without any defined feature, and unless trees keep
    /// undefined values in one with an undefined feature.
    fn trees(&mut self, ensemble: &Ensemble, features: &str, keeps: bool) {
        let mut trees = Trees::default();
        ensemble.trees.iter().for_each(|tree| trees.push(tree));
        if ensemble.trees.is_empty() {
            trees.push(&Tree { left: vec![0], value: vec![0.0], ..Tree::default() });
        }
        self.nodes.push(trees.node(features, "sum"));
        let scale = self.constant("scale", &[1], &[ensemble.scale]);
        let base = self.constant("base", &[1], &ensemble.base);
        let scaled = self.node("Mul", &["sum", scale], "scaled");
        let mut prediction = self.node("Add", &[scaled, base], "raw");
        if ensemble.link == Link::Logistic {
            prediction = self.node("Sigmoid", &[prediction], "probability");
        }
        let missing = self.node("IsNaN", &[features], "missing");
        let all_or_any = if keeps { "ReduceMin" } else { "ReduceMax" };
        let unpredicted = self.reduced(all_or_any, missing, ["missing_numbers", "missing_in_row", "unpredicted"]);
        let undefined = self.constant("nan", &[1], &[f64::NAN]);
        self.node("Where", &[unpredicted, undefined, prediction], PREDICTION);
    }
}

/// Trees as the operator TreeEnsemble has them: lists over the inner nodes of all trees, and over all leaves.
#[derive(Default)]
struct Trees {
    roots: Vec<i64>,
    feature: Vec<i64>,
    threshold: Vec<f64>,
    missing_left: Vec<i64>,
    left: Vec<Child>,
    right: Vec<Child>,
    leaves: Vec<f64>,
}

/// The position of a child among the nodes or among the leaves.
#[derive(Clone, Copy)]
struct Child {
    at: i64,
    is_leaf: bool,
}

impl Trees {
    fn push(&mut self, tree: &Tree) {
        let (mut nodes, mut leaves) = (self.threshold.len() as i64, self.leaves.len() as i64);
        let mut next = |is_leaf: bool| {
            let count = if is_leaf { &mut leaves } else { &mut nodes };
            *count += 1;
            Child { at: *count - 1, is_leaf }
        };
        let children: Vec<Child> = tree.left.iter().map(|left| next(*left == 0)).collect();
        self.roots.push(self.threshold.len() as i64);
        for (at, left) in tree.left.iter().enumerate() {
            if *left == 0 {
                self.leaves.push(tree.value[at]);
            } else {
                let left = *left as usize;
                self.split(
                    tree.feature[at],
                    tree.threshold[at],
                    tree.missing_left[at],
                    children[left],
                    children[left + 1],
                );
            }
        }
        if let [root] = children[..] {
            // A root must be a node: one that leads to the only leaf either way.
            self.split(0, 0.0, true, root, root);
        }
    }

    fn split(&mut self, feature: u32, threshold: f64, missing_left: bool, left: Child, right: Child) {
        self.feature.push(i64::from(feature));
        self.threshold.push(threshold);
        self.missing_left.push(i64::from(missing_left));
        self.left.push(left);
        self.right.push(right);
    }

    fn node(&self, features: &str, output: &str) -> Message {
        let at = |children: &[Child]| -> Vec<i64> { children.iter().map(|child| child.at).collect() };
        let leafs =
            |children: &[Child]| -> Vec<i64> { children.iter().map(|child| i64::from(child.is_leaf)).collect() };
        // 0: left, which is called true, where the value is at most the threshold.
        let modes = vec![0_u8; self.threshold.len()];
        let modes = Message::default().int(1, modes.len() as i64).int(2, UINT8).bytes(9, &modes);
        let of_nodes = &[self.threshold.len()];
        let of_leaves = &[self.leaves.len()];
        let attributes = [
            // Sums.
            int("aggregate_function", 1),
            ints("leaf_targetids", &vec![0; self.leaves.len()]),
            tensor("leaf_weights", &doubles(of_leaves, &self.leaves)),
            int("n_targets", 1),
            ints("nodes_falseleafs", &leafs(&self.right)),
            ints("nodes_falsenodeids", &at(&self.right)),
            ints("nodes_featureids", &self.feature),
            ints("nodes_missing_value_tracks_true", &self.missing_left),
            tensor("nodes_modes", &modes),
            tensor("nodes_splits", &doubles(of_nodes, &self.threshold)),
            ints("nodes_trueleafs", &leafs(&self.left)),
            ints("nodes_truenodeids", &at(&self.left)),
            // None.
            int("post_transform", 0),
            ints("tree_roots", &self.roots),
        ];
        node("TreeEnsemble", &[features], output, &attributes).text(7, ML)
    }
}

/// NodeProto.
fn node(operator: &str, inputs: &[&str], output: &str, attributes: &[Message]) -> Message {
    let node = inputs.iter().fold(Message::default(), |node, input| node.text(1, input));
    node.text(2, output).text(3, output).text(4, operator).messages(5, attributes)
}

/// AttributeProto of a whole number.
fn int(name: &str, value: i64) -> Message {
    Message::default().text(1, name).int(3, value).int(20, INT)
}

/// AttributeProto of whole numbers.
fn ints(name: &str, values: &[i64]) -> Message {
    Message::default().text(1, name).ints(8, values).int(20, INTS)
}

/// AttributeProto of a tensor.
fn tensor(name: &str, tensor: &Message) -> Message {
    Message::default().text(1, name).message(5, tensor).int(20, TENSOR)
}

/// TensorProto of doubles.
fn doubles(shape: &[usize], values: &[f64]) -> Message {
    let shape: Vec<i64> = shape.iter().map(|size| *size as i64).collect();
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    Message::default().ints(1, &shape).int(2, DOUBLE).bytes(9, &bytes)
}

/// ValueInfoProto of doubles, so many a row for any number of rows.
fn value(name: &str, columns: i64) -> Message {
    let rows = Message::default().text(2, "rows");
    let shape = Message::default().messages(1, &[rows, Message::default().int(1, columns)]);
    let of_doubles = Message::default().int(1, DOUBLE).message(2, &shape);
    Message::default().text(1, name).message(2, &Message::default().message(1, &of_doubles))
}
