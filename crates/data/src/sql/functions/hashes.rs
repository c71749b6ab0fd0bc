//! Hashes and encodings.

use super::Rule::Sql;
use super::{SqlFunction, f};

pub(super) const FUNCTIONS: &[SqlFunction] = &[
    f("MD5", "MD5(text STRING) -> BYTES", "The hash MD5", Sql("unhex(md5({0}))")),
    f("MD5", "MD5(bytes BYTES) -> BYTES", "The hash MD5", Sql("unhex(md5({0}))")),
    f("SHA1", "SHA1(text STRING) -> BYTES", "The hash SHA-1", Sql("unhex(sha1({0}))")),
    f("SHA1", "SHA1(bytes BYTES) -> BYTES", "The hash SHA-1", Sql("unhex(sha1({0}))")),
    f("SHA256", "SHA256(text STRING) -> BYTES", "The hash SHA-256", Sql("unhex(sha256({0}))")),
    f("SHA256", "SHA256(bytes BYTES) -> BYTES", "The hash SHA-256", Sql("unhex(sha256({0}))")),
    f("TO_HEX", "TO_HEX(bytes BYTES) -> STRING", "In hexadecimal digits", Sql("lower(hex({0}))")),
    f("FROM_HEX", "FROM_HEX(text STRING) -> BYTES", "From hexadecimal digits", Sql("unhex({0})")),
    f("TO_BASE64", "TO_BASE64(bytes BYTES) -> STRING", "In base64", Sql("to_base64({0})")),
    f("FROM_BASE64", "FROM_BASE64(text STRING) -> BYTES", "From base64", Sql("from_base64({0})")),
];
