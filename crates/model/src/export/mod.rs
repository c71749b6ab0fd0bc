//! A model in forms that other programs read. Nothing here is read back: the model file is what this application keeps.

mod json;
mod onnx;
mod protobuf;
#[cfg(test)]
mod tests;
