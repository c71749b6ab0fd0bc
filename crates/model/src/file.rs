//! The model file: bytes in, bytes out. docs/model-file.md describes it. Loading runs no code and believes no length.

use std::collections::BTreeMap;

use algomosaic_core::Value;
use algomosaic_trees::Link;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::model::{Model, Signature};
use crate::outcome::Class;
use crate::predictor::Learned;
use crate::prepare::Preparation;
use crate::{Error, Task, payload};

/// The newest format of model files that this version reads, and the one it writes.
pub const FILE_VERSION: u32 = 3;

const MAGIC: &[u8; 8] = b"ALGOMMDL";
const CHECKSUM: usize = 32;
/// Magic, version and the length of the header.
const START: usize = 8 + 4 + 8;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    signature: Signature,
    /// What the payload is, such as `linear`.
    payload: String,
}

impl Model {
    /// The model file. Equal models give equal bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let kind = payload::kind(&self.predictor.learned);
        let header = Header { signature: self.signature.clone(), payload: kind.to_owned() };
        // A value of strings and finite numbers always serialises; an empty header would be refused on loading.
        let header = serde_json::to_vec(&header).unwrap_or_default();
        let numbers = payload::write(self.training_mean, &self.predictor);
        let mut bytes = Vec::with_capacity(START + header.len() + 8 * numbers.len() + CHECKSUM);
        bytes.extend(MAGIC);
        bytes.extend(FILE_VERSION.to_le_bytes());
        bytes.extend((header.len() as u64).to_le_bytes());
        bytes.extend(header);
        for number in numbers {
            bytes.extend(number.to_le_bytes());
        }
        let checksum = Sha256::digest(&bytes);
        bytes.extend(checksum);
        bytes
    }

    /// Reads a model file. A damaged, truncated, foreign or newer one is refused.
    pub fn from_bytes(bytes: &[u8]) -> Result<Model, Error> {
        let bad = |why: &str| Error::BadFile(why.to_owned());
        let Some(rest) = bytes.strip_prefix(MAGIC) else {
            return Err(bad("it does not begin as a model file does"));
        };
        let (version, _) = rest.split_first_chunk::<4>().ok_or_else(|| bad("it is cut off"))?;
        let version = u32::from_le_bytes(*version);
        // Before the checksum: a later format may end otherwise.
        if version > FILE_VERSION {
            return Err(Error::NewerFile { found: version, known: FILE_VERSION });
        }
        if version == 0 {
            return Err(bad("there is no format 0"));
        }
        let (content, checksum) = bytes.split_last_chunk::<CHECKSUM>().ok_or_else(|| bad("it is cut off"))?;
        if Sha256::digest(content)[..] != checksum[..] {
            return Err(bad("its checksum is wrong, so it is damaged or cut off"));
        }
        let rest = content.get(START - 8..).ok_or_else(|| bad("it is cut off"))?;
        let (length, rest) = rest.split_first_chunk::<8>().ok_or_else(|| bad("it is cut off"))?;
        let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| bad("its header has no end"))?;
        let (header, payload) = rest.split_at_checked(length).ok_or_else(|| bad("its header has no end"))?;
        let header: Header =
            serde_json::from_slice(header).map_err(|error| Error::BadFile(format!("its header is wrong: {error}")))?;
        let signature = checked(header.signature)?;
        let (chunks, tail) = payload.as_chunks::<8>();
        if !tail.is_empty() {
            return Err(bad("its payload is no list of doubles"));
        }
        let numbers: Vec<f64> = chunks.iter().map(|chunk| f64::from_le_bytes(*chunk)).collect();
        let (training_mean, predictor) =
            payload::read(version, &header.payload, signature.features.len(), &numbers).map_err(bad)?;
        let model = Model { signature, training_mean, predictor };
        // A forest of either kind gives a mean; other payloads tell.
        let told = match &model.predictor.learned {
            Learned::Logistic(_) => Some(Task::Classification),
            Learned::Trees(ensemble) if ensemble.link != Link::Identity => Some(Task::Classification),
            Learned::Trees(_) => None,
            Learned::Linear(_) | Learned::Neighbors(_) => Some(Task::Regression),
        };
        if told.is_some_and(|task| task != model.task()) {
            return Err(bad("its payload predicts something else than its algorithm"));
        }
        if model.predictor.width() != model.classes().len().max(1) {
            return Err(bad("its payload has other classes than its header"));
        }
        Ok(model)
    }
}

/// The signature, when it is one that training could have written.
fn checked(signature: Signature) -> Result<Signature, Error> {
    let bad = |error: Error| Error::BadFile(error.to_string());
    let algorithm = crate::algorithm(&signature.algorithm).map_err(bad)?;
    let given: BTreeMap<String, Value> = signature.params.clone();
    let params = algorithm.check(&given).map_err(bad)?;
    if *params.values() != signature.params {
        return Err(Error::BadFile("its parameters are incomplete".to_owned()));
    }
    if signature.model_type != algorithm.label {
        return Err(Error::BadFile(format!("{} is not a {}", signature.model_type, algorithm.id)));
    }
    let mut names = signature.features.clone();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() || names.len() != signature.features.len() {
        return Err(Error::BadFile("its features are missing or doubled".to_owned()));
    }
    if !signature.types.is_empty() && signature.types.len() != names.len() {
        return Err(Error::BadFile("it has other types than features".to_owned()));
    }
    if signature.prepare.as_ref().is_some_and(|preparation| !preparation.fits(signature.features.len())) {
        return Err(Error::BadFile("its preparation does not fit its features".to_owned()));
    }
    let mut columns: Vec<String> = signature.classes.iter().map(Class::column).collect();
    columns.sort_unstable();
    columns.dedup();
    let sound = |class: &Class| class.value.is_finite() && (0.0..=1.0).contains(&class.share);
    let told = columns.is_empty() || algorithm.several && columns.len() > 1;
    if !told || columns.len() != signature.classes.len() || !signature.classes.iter().all(sound) {
        return Err(Error::BadFile("its classes are not those of a classifier".to_owned()));
    }
    if signature.prepare.as_ref().is_some_and(Preparation::keeps) && !algorithm.family.keeps_undefined() {
        return Err(Error::BadFile(format!("{} cannot keep undefined values", algorithm.id)));
    }
    Ok(signature)
}

#[cfg(test)]
mod tests {
    use algomosaic_core::{Code, Job, Problem};

    use super::*;
    use crate::testing::{golden, golden_frame, spec};
    use crate::train;

    /// A model of format 1 as that format wrote it.
    fn format_1(model: &Model) -> Vec<u8> {
        let bytes = model.to_bytes();
        let features = model.features().len();
        let linear = model.linear().unwrap();
        let (head, _) = bytes.split_at(bytes.len() - CHECKSUM - 8 * (2 + 3 * features));
        let mut old = head.to_vec();
        old[8] = 1;
        let numbers = [&[model.training_mean, linear.intercept], &linear.coefficients[..]].concat();
        for number in numbers.iter().chain(&linear.scale.mean).chain(&linear.scale.deviation) {
            old.extend(number.to_le_bytes());
        }
        sealed(old)
    }

    #[test]
    fn a_file_of_format_1_still_loads() {
        let model = model();
        assert_eq!(Model::from_bytes(&format_1(&model)).unwrap(), model);
    }

    #[test]
    fn a_model_of_every_algorithm_is_the_same_after_a_file() {
        let data = golden_frame(&golden());
        for algorithm in crate::algorithms() {
            let model = train(&spec(algorithm.id, "z", "[control]\nrepeats = 1"), &data, &Job::new()).unwrap().model;
            let bytes = model.to_bytes();
            let read = Model::from_bytes(&bytes).unwrap();
            assert_eq!(read, model);
            assert_eq!(read.to_bytes(), bytes);
            assert_eq!(read.predict(&data).unwrap(), model.predict(&data).unwrap());
        }
    }

    fn model() -> Model {
        train(&spec("elastic_net", "y", "[control]\nrepeats = 1"), &golden_frame(&golden()), &Job::new()).unwrap().model
    }

    fn sealed(mut content: Vec<u8>) -> Vec<u8> {
        let checksum = Sha256::digest(&content);
        content.extend(checksum);
        content
    }

    #[test]
    fn a_model_is_the_same_after_a_file() {
        let model = model();
        let bytes = model.to_bytes();
        let read = Model::from_bytes(&bytes).unwrap();
        assert_eq!(read, model);
        assert_eq!(read.to_bytes(), bytes);
        let data = golden_frame(&golden());
        assert_eq!(read.predict(&data).unwrap(), model.predict(&data).unwrap());
    }

    #[test]
    fn parameters_read_back_to_the_last_bit() {
        let mut model = model();
        for value in crate::testing::normal(8, 2000) {
            model.signature.params.insert("alpha".to_owned(), Value::Float(value.abs()));
            assert_eq!(Model::from_bytes(&model.to_bytes()).unwrap(), model);
        }
    }

    #[test]
    fn every_truncation_and_every_flipped_byte_is_refused() {
        let bytes = model().to_bytes();
        for length in 0..bytes.len() {
            assert!(Model::from_bytes(&bytes[..length]).is_err(), "{length}");
        }
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << (at % 8);
            assert!(Model::from_bytes(&damaged).is_err(), "{at}");
        }
    }

    #[test]
    fn a_wrong_file_with_a_right_checksum_is_refused_or_another_model_but_never_a_panic() {
        let bytes = model().to_bytes();
        let content = &bytes[..bytes.len() - CHECKSUM];
        for length in 0..content.len() {
            assert!(Model::from_bytes(&sealed(content[..length].to_vec())).is_err(), "{length}");
        }
        for at in 0..content.len() {
            for value in [0x00, 0x7f, 0xff, content[at] ^ 1] {
                let mut wrong = content.to_vec();
                wrong[at] = value;
                if let Ok(read) = Model::from_bytes(&sealed(wrong)) {
                    assert_eq!(read.features().len(), 5);
                }
            }
        }
        for length in [u64::MAX, u64::from(u32::MAX), content.len() as u64] {
            let mut wrong = content.to_vec();
            wrong[12..20].copy_from_slice(&length.to_le_bytes());
            assert!(Model::from_bytes(&sealed(wrong)).is_err());
        }
    }

    #[test]
    fn foreign_and_newer_files_are_told_apart_from_damaged_ones() {
        let mut newer = model().to_bytes();
        newer[8] = 9;
        for (bytes, code, message) in [
            (newer, Code::TooNew, "the model file has format 9, and this version reads formats up to 3"),
            (b"PK\x03\x04 a zip".to_vec(), Code::BadInput, "it does not begin as a model file does"),
            (MAGIC.to_vec(), Code::BadInput, "it is cut off"),
        ] {
            let problem = Problem::from(Model::from_bytes(&bytes).unwrap_err());
            assert_eq!(problem.code, code);
            assert!(problem.message.contains(message), "{problem:?}");
            assert!(!problem.hint.is_empty());
        }
    }
}
